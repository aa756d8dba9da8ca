"""Inputs that fuzzing found: each once crashed, or took far too long."""

import time
from pathlib import Path

import pytest

from dramaturg.errors import DramaturgError
from dramaturg.scan import scan
from dramaturg.sources import load

FOUND = sorted((Path(__file__).parents[1] / "cases" / "found").iterdir())
PATIENCE = 2.0  # seconds; all of them are small


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.name)
def test_each_ends_in_a_story_or_a_refusal_soon(path):
    start = time.process_time()
    try:
        scan(load(path))
    except DramaturgError as error:
        assert error.exit_code in (3, 4)
    assert time.process_time() - start < PATIENCE
