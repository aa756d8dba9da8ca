"""Slips of continuity. `benchmarks/continuity.py` reads all cases; here, a few of each kind."""

from pathlib import Path
from typing import Any

import pytest
from handmade import ferry
from hard_cases import cases

from dramaturg import read
from dramaturg.bonds import bonds_of
from dramaturg.cli import main
from dramaturg.corrections.toml import parse_corrections
from dramaturg.lexicon.en import ENGLISH
from dramaturg.pipeline import read_story
from dramaturg.sources import load_bytes

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


def test_a_slip_that_is_meant_so_is_not_shown_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = next(row for row in cases("continuity") if row.id == READ[0]).values[0]
    path = tmp_path / "story.txt"
    path.write_text(case["text"], encoding="utf-8")  # type: ignore[index]

    main(["continuity", str(path), "--meant", "1"])
    written = (tmp_path / "story.cast.toml").read_text(encoding="utf-8")
    reading = read(path)

    assert "[[meant]]" in written and 'kind = "eyes"' in written
    assert reading.slips == () and [row["correction"] for row in reading.corrections.applied] == [
        "“brown eyes” (eyes) is meant so"
    ]


def test_a_slip_that_is_not_there_is_reported() -> None:
    story = load_bytes(b"Anna sat down.", "a.txt")
    corrections = parse_corrections('[[meant]]\ntext = "Anna"\nkind = "hair"\n')

    assert read_story(story, corrections=corrections).corrections.unmatched[0]["why"] == "no slip is found there"


def test_bonds_by_chapter() -> None:
    said = [(bond.speaker, bond.addressee, bond.chapter, len(bond.lines)) for bond in bonds_of(ferry())]

    assert said == [("ann", "bo", 1, 2), ("bo", "ann", 1, 1)]


def test_there_are_as_many_cases_without_a_slip() -> None:
    rows = [row.values[0] for row in cases("continuity")]

    assert sum(bool(row["slips"]) for row in rows) == sum(not row["slips"] for row in rows) == 30
