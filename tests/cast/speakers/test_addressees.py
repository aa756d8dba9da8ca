"""Addressees: hard cases as data, and properties that hold for every story.

In a case, each quotation's addressee is a name that must be among those found; null is not checked.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan.plain import story_of

from dramaturg.cast.speakers.addressees import (
    MIN_PROBABILITY,
    MIN_PROBABILITY_OF_LIKELIEST,
    choose_addressees,
)
from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.pipeline import read_story

CASES = json.loads((Path(__file__).parents[2] / "cases" / "addressees.json").read_text(encoding="utf-8"))
TAGS = ("said Anna", "said Peter", "said Robert to Anna", "she asked him", "he said", "")
WORDS = ("Yes", "Are you sure, Peter", "Anna, come here", "I saw Robert there")


def parameters(case: dict[str, Any]) -> Any:
    marks = [pytest.mark.xfail(strict=True)] if case["expect"] == "fail" else []
    return pytest.param(case, marks=marks, id=case["label"])


@pytest.mark.parametrize("case", [parameters(case) for case in CASES])
def test_who_is_addressed(case: dict[str, Any]) -> None:
    reading = read_story(story_of(case["text"]))
    names = [{reading.name_of(id) for id in quotation.addressees} for quotation in reading.quotations]

    assert len(names) == len(case["addressees"])
    for found, wanted in zip(names, case["addressees"], strict=True):
        assert wanted is None or wanted in found


lines = st.tuples(st.sampled_from(WORDS), st.sampled_from(TAGS)).map(lambda line: f"“{line[0]},” {line[1]}.")


@settings(max_examples=40, deadline=None)
@given(st.lists(lines | st.just("Anna and Peter looked at Robert. He smiled."), max_size=12))
def test_nobody_addresses_themselves(paragraphs: list[str]) -> None:
    reading = read_story(story_of("\n\n".join(paragraphs)))
    ids = {character.id for character in reading.characters}

    for quotation in reading.quotations:
        assert quotation.speaker not in quotation.addressees
        assert set(quotation.addressees) <= ids
        assert len(set(quotation.addressees)) == len(quotation.addressees)


def test_thresholds_and_order() -> None:
    table = CandidateTable(
        (),
        np.zeros((6, 0), np.float32),
        np.array([0, 0, 0, 1, 1, 2], np.int32),
        np.array([4, 5, 6, 4, 5, 4], np.int32),
    )
    between = (MIN_PROBABILITY + MIN_PROBABILITY_OF_LIKELIEST) / 2
    probability = np.array(
        [MIN_PROBABILITY, 0.9, 0.99, between, between - 0.01, MIN_PROBABILITY_OF_LIKELIEST - 0.01], np.float32
    )

    # Not the speaker, however likely; two who are likely enough; the likeliest; nobody.
    assert choose_addressees(table, probability, np.array([6, -1, -1])) == [(5, 4), (4,), ()]
