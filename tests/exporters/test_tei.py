"""TEI: well-formed and whole, whatever nests or crosses; valid by TEI's own schema."""

import lzma
import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from foreign import STORIES, example, few, readings, source_of, without
from handmade import ferry
from hypothesis import given
from lxml import etree

from dramaturg import Reading, export, import_reading
from dramaturg.exporters import render
from dramaturg.exporters.common.word_table import words_of
from dramaturg.exporters.common.xml_text import clean

# TEI P5 4.0.0 as the TEI Consortium generated it (https://tei-c.org/Vault/P5/), under BSD-2 and CC BY, compressed.
SCHEMA = Path(__file__).parent / "tei_all.rng.xz"
OTHER_SCHEMA = os.environ.get("DRAMATURG_TEI_SCHEMA")  # the path of another version's tei_all.rng
LOST = ("addresses", "facts", "slips", "supersenses")  # what the text of TEI does not hold whole
TEI = "{http://www.tei-c.org/ns/1.0}"


def parsed(reading: Reading, **options: bool) -> Any:
    return etree.fromstring(str(render(reading, "tei", **options)).encode())


@cache
def schema() -> Any:
    if OTHER_SCHEMA:
        return etree.RelaxNG(etree.parse(OTHER_SCHEMA))
    return etree.RelaxNG(etree.fromstring(lzma.decompress(SCHEMA.read_bytes())))


def faults(document: Any) -> list[str]:
    return [] if schema().validate(document) else [str(error) for error in schema().error_log]


@few
@given(readings())
def test_the_body_is_the_text(reading: Reading) -> None:
    body = parsed(reading).find(f".//{TEI}body")

    assert "".join(body.itertext()) == clean(reading.story.text)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_examples_are_valid(path: Path) -> None:
    assert faults(parsed(example(path))) == []


@few
@given(readings())
def test_whatever_crosses_is_valid(reading: Reading) -> None:
    assert faults(parsed(reading)) == []


@few
@given(readings(odd=False, crossing=False))
def test_everything_comes_back(tmp_path_factory: pytest.TempPathFactory, reading: Reading) -> None:
    back = import_reading(export(reading, "tei", tmp_path_factory.mktemp("tei") / "story.xml"))

    assert without(back, "supersenses") == without(reading, "supersenses")
    assert source_of(back) == source_of(reading)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_an_example_comes_back(tmp_path: Path, path: Path) -> None:
    back = import_reading(export(example(path), "tei", tmp_path / "story.xml"))

    assert without(back, *LOST) == without(example(path), "tokens", *LOST)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_words_come_back_too(tmp_path: Path, path: Path) -> None:
    out = export(example(path), "tei", tmp_path / "story.xml", words=True)

    back = import_reading(out)

    assert without(back, *LOST) == without(example(path), *LOST)
    assert faults(etree.parse(str(out))) == []


@few
@given(readings())
def test_words_amid_whatever_crosses_are_valid(reading: Reading) -> None:
    words = words_of(reading).words
    columns = {
        "start": [w.start for w in words],
        "end": [w.end for w in words],
        "sentence": [w.sentence for w in words],
    }
    document = parsed(replace(reading, tokens=columns), words=True)

    assert faults(document) == []
    assert "".join(document.find(f".//{TEI}body").itertext()) == clean(reading.story.text)


def test_speech_says_who_and_to_whom() -> None:
    said = parsed(ferry()).findall(f".//{TEI}said")

    assert [(s.get("who"), s.get("toWhom")) for s in said[:2]] == [("#ann", "#bo"), ("#bo", "#ann")]
    assert [(s.get("next"), s.get("prev")) for s in said[1:3]] == [("#q3", None), (None, "#q2")]
    assert said[4].get("who") is None
    assert said[0].get("cert") == "0.99"


def test_people_stand_in_the_header() -> None:
    people = parsed(ferry()).findall(f".//{TEI}listPerson/{TEI}person")

    assert [(p.get("{http://www.w3.org/XML/1998/namespace}id"), p[0].text) for p in people] == [
        ("ann", "Ann"),
        ("bo", "Bo"),
    ]
