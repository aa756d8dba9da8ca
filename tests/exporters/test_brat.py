"""brat stand-off, held against brat's own rules (https://brat.nlplab.org/standoff.html)."""

import re
from pathlib import Path
from typing import Any

import pytest
from foreign import STORIES, example, few, readings, without
from handmade import ferry
from hypothesis import given

from dramaturg import Reading, export, import_reading
from dramaturg.exporters import render
from dramaturg.exporters.common.encoding import encode

BOUND = re.compile(r"(T\d+)\t(\w+) (\d+ \d+(?:;\d+ \d+)*)\t(.+)")
LINES = {
    "T": BOUND,
    "R": re.compile(r"R\d+\t(\w+) Arg1:(T\d+) Arg2:(T\d+)"),
    "*": re.compile(r"\*\tEquiv T\d+( T\d+)+"),
    "A": re.compile(r"A\d+\t(\w+) (T\d+) (\w+)"),
    "#": re.compile(r"#\d+\tAnnotatorNotes (T\d+)\t.*"),
}
# What the text of blocks says of structure is not in brat.
HELD = ("addresses", "blocks", "chapters", "emphasis", "facts", "segments", "slips", "supersenses", "tokens")


def files(reading: Reading) -> dict[str, str]:
    made = render(reading, "brat", id="x")
    assert isinstance(made, dict)
    return {name: encode(content).decode() for name, content in made.items()}


def check(text: str, ann: str, conf: str) -> None:
    """Every rule of the format that brat would stumble over."""
    types, ids = declared(conf), set()
    for line in ann.split("\n")[:-1]:
        assert LINES[line[0]].fullmatch(line), line
        id = line.partition("\t")[0]
        assert id == "*" or id not in ids
        ids.add(id)
        if match := BOUND.fullmatch(line):
            assert match[2] in types["entities"]
            places = [tuple(map(int, place.split())) for place in match[3].split(";")]
            assert all(a < b <= len(text) for a, b in places)
            assert all(b <= c for (_, b), (c, _) in zip(places, places[1:], strict=False))
            assert not any("\n" in text[a:b] for a, b in places)
            assert match[4] == " ".join(text[a:b] for a, b in places).replace("\t", " ").replace("\r", " ")
    bound = dict(re.findall(r"^(T\d+)\t(\w+) ", ann, re.MULTILINE))
    for name, one, other in re.findall(r"^R\d+\t(\w+) Arg1:(T\d+) Arg2:(T\d+)$", ann, re.MULTILINE):
        assert name in types["relations"] and one in bound and other in bound
    for name, of, value in re.findall(r"^A\d+\t(\w+) (T\d+) (\w+)$", ann, re.MULTILINE):
        assert of in bound and re.search(rf"^{name}\tArg:<ENTITY>, Value:.*\b{value}\b", conf, re.MULTILINE)


def declared(conf: str) -> dict[str, set[str]]:
    sections: dict[str, set[str]] = {}
    for line in conf.splitlines():
        if line.startswith("["):
            section = sections.setdefault(line.strip("[]"), set())
        elif line:
            section.add(line.split("\t")[0])
    assert set(sections) == {"entities", "relations", "events", "attributes"}
    return sections


@few
@given(readings())
def test_brat_would_take_it(reading: Reading) -> None:
    made = files(reading)

    check(made["x.txt"], made["x.ann"], made["annotation.conf"])


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_an_example_comes_back(tmp_path: Path, path: Path) -> None:
    made = files(example(path))
    check(made["x.txt"], made["x.ann"], made["annotation.conf"])

    back = import_reading(export(example(path), "brat", tmp_path / "story"))

    assert without(back, *HELD) == {**without(example(path), *HELD), "characters": without(back)["characters"]}
    assert {c["id"]: c for c in back.table("characters")} == {c["id"]: c for c in example(path).table("characters")}


@few
@given(readings(odd=False, crossing=False, loose=False))
def test_mentions_speech_events_and_their_people_come_back(
    tmp_path_factory: pytest.TempPathFactory, reading: Reading
) -> None:
    back = import_reading(export(reading, "brat", tmp_path_factory.mktemp("brat") / "story"))

    assert _sorted(without(back, *HELD, "characters")) == _sorted(without(reading, *HELD, "characters"))
    met = {mention.character for mention in reading.mentions}
    met |= {id for quotation in reading.quotations for id in (quotation.speaker, *quotation.addressees)}
    told, there = ({c["id"]: c for c in of.table("characters") if c["id"] in met} for of in (back, reading))
    assert told == there


def test_supersenses_come_back_if_asked_for(tmp_path: Path) -> None:
    made = render(example(STORIES[0]), "brat", id="x", supersenses=True)
    check(made["x.txt"], made["x.ann"], made["annotation.conf"])

    back = import_reading(export(example(STORIES[0]), "brat", tmp_path / "story", supersenses=True))

    held = [name for name in HELD if name != "supersenses"]
    assert back.supersenses and without(back, *held, "characters") == without(example(STORIES[0]), *held, "characters")


def _sorted(told: dict[str, Any]) -> dict[str, Any]:
    """With mentions in one order, whichever of two at the same place stands first."""
    return {**told, "mentions": sorted(told["mentions"], key=str)}


def test_speech_leads_to_mentions_of_its_people() -> None:
    ann = files(ferry())["x.ann"]
    bound = {match[1]: (match[2], match[4]) for match in map(BOUND.fullmatch, ann.splitlines()) if match}
    relations = re.findall(r"^R\d+\t(\w+) Arg1:(T\d+) Arg2:(T\d+)$", ann, re.MULTILINE)

    assert ("Speaker", ("Quotation", "“Is the ferry late?”"), ("PER", "Ann")) in [
        (name, bound[one], bound[other]) for name, one, other in relations
    ]
