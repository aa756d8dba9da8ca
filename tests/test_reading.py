"""A reading is the same after it was saved and loaded, and one that is damaged is said to be."""

import contextlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from handmade import ferry, make, person, said
from hypothesis import given
from hypothesis import strategies as st

from dramaturg import Reading
from dramaturg import reading as module
from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.reading import Alternative, Corrected, Event, Evidence, MadeBy, Mention, Quotation, Segment, Supersense
from dramaturg.story import ROLES, Block, Chapter, Source, Span, Story

CHANCES = st.floats(0, 1)
# Half of a surrogate pair may stand alone in a story, but JSON makes one letter of two that stand together.
LETTERS = st.text(st.characters(exclude_categories=[]), max_size=60).filter(lambda s: not _has_pair(s))


def _has_pair(text: str) -> bool:
    return any("\ud800" <= a <= "\udbff" and "\udc00" <= b <= "\udfff" for a, b in zip(text, text[1:], strict=False))


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    text = draw(LETTERS)
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=6))})
    spans = list(zip(cuts, cuts[1:], strict=False))
    people = draw(st.lists(st.text("abc", min_size=1, max_size=3), unique=True, max_size=4))
    who = st.sampled_from(people) if people else st.nothing()
    maybe = st.none() | who
    some = st.lists(who, max_size=2).map(tuple) if people else st.just(())
    source = Source("-", "text", draw(st.none() | LETTERS), None, "0" * 64, "en", draw(_metadata()))
    quotations = []
    for n, (start, end) in enumerate(spans):
        speaker = draw(maybe)
        evidence = draw(
            st.none() | st.sampled_from(module.EVIDENCE_KINDS).map(lambda k, s=start, e=end: Evidence(k, s, e))
        )
        others = tuple(Alternative(p, draw(CHANCES)) for p in draw(some))
        confidence = None if speaker is None else draw(CHANCES)
        addressees = draw(some)
        quotations.append(
            Quotation(f"q{n}", f"u{n}", None, start, end, speaker, addressees, confidence, evidence, others)
        )
    kinds = st.sampled_from(module.SEGMENT_KINDS)
    return Reading(
        MadeBy("1", None),
        Story(
            text,
            tuple(Block(s, e, draw(st.sampled_from(ROLES))) for s, e in spans),
            source,
            tuple(Span(s, e) for s, e in spans),
            tuple(Chapter(f"c{s}", draw(st.none() | LETTERS), s, e) for s, e in spans),
            tuple(draw(st.lists(LETTERS, max_size=2))),
        ),
        tuple(person(id, draw(LETTERS), aliases=tuple(draw(st.lists(LETTERS, max_size=2)))) for id in people),
        tuple(Mention(s, e, "noun", "GPE", "e1", draw(maybe), draw(CHANCES)) for s, e in spans),
        tuple(quotations),
        tuple(Segment(s, e, draw(kinds), f"q{n}") for n, (s, e) in enumerate(spans)),
        tuple(Event(s, e, draw(some), draw(some), draw(CHANCES)) for s, e in spans),
        Corrected(("a", {"line": 3, "names": ["b"]}), ()),
        draw(st.none() | st.just({"start": [0], "end": [1], "sentence": [0]})),
        supersenses=tuple(Supersense(s, e, draw(st.sampled_from(module.SUPERSENSES))) for s, e in spans),
    )


def _metadata() -> st.SearchStrategy[dict[str, object]]:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | LETTERS, lambda v: st.lists(v, max_size=2), max_leaves=3
    )
    return st.dictionaries(st.text("abc", max_size=3), values, max_size=2)


@given(readings())
def test_a_reading_comes_back_from_its_json(reading: Reading) -> None:
    text = reading.to_json()

    assert Reading.from_json(text) == reading
    assert Reading.from_json(text.encode("utf-8")).to_json() == text


def test_save_and_load(tmp_path: Any) -> None:
    reading = make("A lone half \ud83d, an emoji 😀, and a\x00 nul.\n")
    reading.save(tmp_path / "reading.json")

    assert Reading.load(tmp_path / "reading.json") == reading


def test_fields_of_a_later_version_are_passed_over() -> None:
    document = ferry().to_dict()
    document["mood"] = "wet"
    for table in ("blocks", "chapters", "characters", "mentions", "quotations", "segments", "events", "supersenses"):
        for row in document[table]:
            row["mood"] = ["wet"]
    document["quotations"][0]["evidence"]["mood"] = {}
    document["source"]["mood"] = document["made_by"]["mood"] = None

    assert Reading.from_dict(document) == ferry()


DAMAGE = {
    "nothing": lambda d: None,
    "a list": lambda d: [],
    "another schema": lambda d: {**d, "schema": "dramaturg/2"},
    "no schema": lambda d: {k: v for k, v in d.items() if k != "schema"},
    "no text": lambda d: {k: v for k, v in d.items() if k != "text"},
    "a number for a text": lambda d: {**d, "text": 3},
    "no table": lambda d: {**d, "characters": None},
    "a row that is no object": lambda d: {**d, "segments": [3]},
    "a row with a field missing": lambda d: _mended(d, "quotations", speaker=...),
    "a place past the end": lambda d: _mended(d, "quotations", end=10**9),
    "a place that is no number": lambda d: _mended(d, "mentions", start="3"),
    "an end before its start": lambda d: _mended(d, "events", end=0),
    "an unknown kind": lambda d: _mended(d, "segments", kind="song"),
    "an unknown supersense": lambda d: _mended(d, "supersenses", label="noun.thing"),
    "supersenses out of order": lambda d: {**d, "supersenses": d["supersenses"][::-1]},
    "a speaker who is nobody": lambda d: _mended(d, "quotations", speaker="nobody"),
    "an addressee who is nobody": lambda d: _mended(d, "quotations", addressees=["nobody"]),
    "a confidence of 7": lambda d: _mended(d, "quotations", confidence=7),
    "a confidence that is a word": lambda d: _mended(d, "quotations", confidence="high"),
    "a name that is a number": lambda d: _mended(d, "characters", name=3),
    "a character's place past the end": lambda d: _mended(d, "characters", last=10**9),
    "a title that is a list": lambda d: {**d, "source": {**d["source"], "title": []}},
    "segments out of order": lambda d: {**d, "segments": d["segments"][::-1]},
}


def _mended(document: dict[str, Any], table: str, **values: Any) -> dict[str, Any]:
    row = {k: v for k, v in {**document[table][0], **values}.items() if v is not ...}
    return {**document, table: [row, *document[table][1:]]}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_document_is_said_to_be_damaged(damage: Any) -> None:
    with pytest.raises(UnreadableStory, match="ferry.json"):
        Reading.from_json(json.dumps(damage(ferry().to_dict())), "ferry.json")


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "NaN", '{"schema": 1e999}', b"\xff\xfe", b"PK\x03\x04", '{"a":' + "9" * 5000 + "}"]
)
def test_what_is_no_document_is_said_to_be_none(text: str | bytes) -> None:
    with pytest.raises(UnreadableStory):
        Reading.from_json(text)


@given(st.integers(0), st.binary(max_size=3))
def test_no_damage_raises_anything_else(at: int, put: bytes) -> None:
    data = ferry().to_json().encode("utf-8")
    at %= len(data)
    with contextlib.suppress(UnreadableStory):
        Reading.from_json(data[:at] + put + data[at + len(put) :])


def test_a_missing_document_is_said_to_be_missing(tmp_path: Any) -> None:
    with pytest.raises(UnreadableStory, match="No such file"):
        Reading.load(tmp_path / "no.json")
    with pytest.raises(UnreadableStory):
        Reading.load(tmp_path)


CAST = (
    person("anne", "Anne Elliot", aliases=("Anne", "Miss Anne")),
    person("mary", "Mary Musgrove", aliases=("Mary",)),
    person("musgrove", "Mrs. Musgrove"),
    person("oneill", "Dr. O’Neill"),
    person("mary2", "Mary Ann"),
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("anne", "anne"),
        ("ANNE  elliot", "anne"),
        ("miss anne", "anne"),
        ("mary", "mary"),  # the id decides before the start of Mary Ann's name
        ("Mary A", "mary2"),
        ("Mrs", "musgrove"),
        ("o'neill", "oneill"),
        ("dr. o'n", "oneill"),
        ("elliot", "anne"),
    ],
)
def test_a_character_is_found_as_a_person_would_name_one(name: str, found: str) -> None:
    assert make("", CAST).find(name).id == found


@pytest.mark.parametrize(
    ("name", "told"),
    [("m", "Mary Musgrove (mary), "), ("Ane Elliott", "Anne Elliot (anne)"), ("", "nobody"), ("zzz", "nearest: Anne")],
)
def test_a_name_that_fits_nobody_or_several_raises_the_nearest(name: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        make("", CAST).find(name)

    assert told in str(caught.value)


def test_tables_are_plain_rows() -> None:
    reading = ferry()

    for name in (
        "characters",
        "mentions",
        "quotations",
        "segments",
        "events",
        "supersenses",
        "facts",
        "slips",
        "addresses",
        "blocks",
        "chapters",
        "emphasis",
    ):
        rows = reading.table(name)
        assert rows and json.loads(json.dumps(rows)) == rows
    assert [f.name for f in fields(Quotation)] == list(reading.table("quotations")[0])


def test_lines_and_names() -> None:
    reading = ferry()

    assert [reading.text_of(line) for line in reading.lines_of("bo")] == ["“It's always late,”", "“Every night.”"]
    assert reading.name_of("bo") == "Bo" and reading.name_of(None) is None
    with pytest.raises(KeyError):
        reading.character("zed")


def test_a_chance_that_is_no_number_is_never_written() -> None:
    reading = make("“Oh.”", [person("ann")], [said("ann", confidence=float("nan"))])

    with pytest.raises(ValueError):
        reading.to_json()
    assert replace(reading, quotations=()).characters == reading.characters
