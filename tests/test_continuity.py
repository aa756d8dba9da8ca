"""Slips of continuity. `benchmarks/continuity.py` reads all cases; here, a few of each kind."""

from pathlib import Path
from typing import Any

import pytest
from hard_cases import cases

from dramaturg import read
from dramaturg.lexicon.en import ENGLISH

READ = (
    "grey eyes, brown eyes",
    "blond hair, black hair",
    "nineteen, then sixteen",
    "dies, then talks",
    "a name spelt two ways",
    "dark and brown are one",
    "hair that is dyed",
    "a ghost",
)


@pytest.mark.parametrize("case", [row for row in cases("continuity") if row.id in READ])
def test_slips(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "story.txt"
    path.write_text(case["text"], encoding="utf-8")
    reading = read(path)

    found = [{"kind": slip.kind, "person": reading.name_of(slip.person)} for slip in reading.slips]

    assert found == case["slips"]


@pytest.mark.parametrize(
    ("age", "years"),
    [
        ("forty-three", 43),
        ("16", 16),
        ("sixteen-year-old", 16),
        ("ten years old", 10),
        ("young", None),
        ("two and a half", 2),
    ],
)
def test_the_number_of_an_age(age: str, years: int | None) -> None:
    assert ENGLISH.continuity.number_of(age) == years


def test_there_are_as_many_cases_without_a_slip() -> None:
    rows = [row.values[0] for row in cases("continuity")]

    assert sum(bool(row["slips"]) for row in rows) == sum(not row["slips"] for row in rows) == 30
