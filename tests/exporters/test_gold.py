"""What the formats make of one small story is what they made before."""

from pathlib import Path

import pytest
from renew_gold import GOLD, golden

MADE = dict(golden())


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.relative_to(GOLD).as_posix())
def test_a_format_makes_what_it_made_before(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        assert MADE[path] == file.read(), "read the difference; if it is meant: python tests/renew_gold.py"


def test_no_golden_file_is_left_over() -> None:
    assert {path for path in GOLD.rglob("*") if path.is_file()} == set(MADE)
