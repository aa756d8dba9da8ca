"""Syntactic words: hard cases as data, and what holds of any text."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg.lexicon.en import ENGLISH
from dramaturg.scan import scan
from dramaturg.scan.ud_words import find_ud_words
from dramaturg.sources import load_bytes
from dramaturg.story import Span

CASES = json.loads((Path(__file__).parents[1] / "cases" / "units.json").read_text(encoding="utf-8"))


def units_of(text: str) -> list[str]:
    return [text[start:end] for start, end in find_ud_words(text, (Span(0, len(text)),), (), ENGLISH).places.tolist()]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_hard_cases(case):
    assert units_of(case["text"]) == case["units"]


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_text(text):
    """Units stand in order, apart, are no white space, and leave no letter, digit or mark out."""
    places = find_ud_words(text, (Span(0, len(text)),), (), ENGLISH).places.tolist()

    covered = [False] * len(text)
    last = 0
    for start, end in places:
        assert last <= start < end <= len(text)
        assert not any(c.isspace() for c in text[start:end])
        covered[start:end] = [True] * (end - start)
        last = end
    assert all(covered[i] for i, c in enumerate(text) if c.isalnum() or (c.isprintable() and not c.isspace()))


@pytest.mark.parametrize(
    "text", ["It was _very_ late.", "It was *very* late.", "It was **very** late.", "It was /very/ late."]
)
def test_marks_of_emphasis_are_no_words(text):
    """What is emphasised is read as it is where italics set it off."""
    draft = scan(load_bytes(text.encode(), "story.txt"))

    assert [text[start:end] for start, end in draft.ud_words.places.tolist()] == ["It", "was", "very", "late", "."]


def test_marks_that_emphasise_nothing_are_words():
    text = "5 * 3 = 15, and snake_case"

    assert "*" in units_of(text) and "=" in units_of(text) and "_" in units_of(text)
