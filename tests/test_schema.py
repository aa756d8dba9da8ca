"""The schema says what a saved reading looks like, and keeps in step with the classes."""

from dataclasses import fields
from typing import Any

import jsonschema
import pytest
from handmade import ferry, make
from hypothesis import given, settings
from hypothesis import strategies as st
from test_reading import readings

from dramaturg import reading as module
from dramaturg.console import TerminalStyle
from dramaturg.errors import UnreadableStory
from dramaturg.pipeline import read_story
from dramaturg.reading import Address, Character, Event, Fact, Mention, Quotation, Reading, Segment, Slip, Supersense
from dramaturg.report.page import show_page
from dramaturg.report.terminal import show_reading
from dramaturg.schema import load_schema
from dramaturg.sources import load_bytes
from dramaturg.story import ROLES, Block, Chapter, Source

SCHEMA = load_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("reading", [ferry(), make("")], ids=["ferry", "empty"])
def test_a_reading_is_valid(reading: Reading) -> None:
    VALIDATOR.validate(reading.to_dict())


@given(readings())
def test_every_reading_is_valid(reading: Reading) -> None:
    VALIDATOR.validate(reading.to_dict())


WORDS = ["Ann", "Bo", "Mr. Gray", "I", "she", "said", "asked", "_so_", "Chapter One", "A/N:", "ز", "😀", "\ud83d\ude00"]
WORDS += [*'“”"‘’—!?.,*#\n\t\r\x00\u2028\ud83d', "- ", "\n\n", "***"]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join) | st.text(max_size=80),
    st.sampled_from(["a.txt", "a.md"]),
)
def test_whatever_is_read_is_valid_and_comes_back_and_can_be_shown(text: str, name: str) -> None:
    try:
        story = load_bytes(text.encode("utf-8", "surrogatepass"), name)
    except UnreadableStory:
        return
    reading = read_story(story, tokens=True)

    VALIDATOR.validate(reading.to_dict())
    assert Reading.from_json(reading.to_json()) == reading
    assert "".join(reading.text_of(segment) for segment in reading.segments) == story.text
    assert show_page(reading) and show_reading(reading, TerminalStyle())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("role", ROLES),
        ("character_kind", module.CHARACTER_KINDS),
        ("mention_kind", module.MENTION_KINDS),
        ("entity_type", module.ENTITY_TYPES),
        ("evidence_kind", module.EVIDENCE_KINDS),
        ("segment_kind", module.SEGMENT_KINDS),
        ("fact_kind", module.FACT_KINDS),
        ("slip_kind", module.SLIP_KINDS),
        ("supersense_label", module.SUPERSENSES),
        ("address_kind", module.ADDRESS_KINDS),
    ],
)
def test_enumerations_are_those_of_the_classes(name: str, values: tuple[str, ...]) -> None:
    assert SCHEMA["$defs"][name]["enum"] == list(values)


@pytest.mark.parametrize(
    "kind", [Block, Chapter, Character, Mention, Quotation, Segment, Event, Supersense, Fact, Slip, Address]
)
def test_fields_are_those_of_the_classes(kind: type) -> None:
    names = [field.name for field in fields(kind)]
    told = SCHEMA["$defs"][kind.__name__.lower()]

    assert set(told["properties"]) == set(names) == set(told["required"])


def test_the_document_is_that_of_to_dict() -> None:
    assert list(ferry().to_dict()) == SCHEMA["required"]
    assert set(SCHEMA["properties"]["source"]["properties"]) == {field.name for field in fields(Source)}


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("segments", {"kind": "song"}),
        ("blocks", {"role": "poem"}),
        ("mentions", {"type": "person"}),
        ("characters", {"kind": "animal"}),
        ("quotations", {"confidence": 1.5}),
        ("quotations", {"speaker": None}),  # its confidence is not null
        ("quotations", {"start": -1}),
        ("supersenses", {"label": "noun.thing"}),
    ],
)
def test_what_the_contract_forbids_is_invalid(table: str, values: dict[str, Any]) -> None:
    document = ferry().to_dict()
    document[table][0].update(values)

    assert not VALIDATOR.is_valid(document)


def test_fields_may_be_added() -> None:
    document = ferry().to_dict()
    document["mood"] = document["quotations"][0]["mood"] = "wet"

    VALIDATOR.validate(document)
