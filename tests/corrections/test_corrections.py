"""Corrections: what a person says of a story holds in its reading, and what cannot be used is told."""

import re
import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hard_cases import cases
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scan.plain import story_of
from test_pipeline import STORIES, check

from dramaturg.corrections.anchors import Anchor, AnchorFinder, make_anchor
from dramaturg.corrections.edit import merge_corrections
from dramaturg.corrections.model import (
    Corrections,
    MentionCorrection,
    MergeCorrection,
    NarratorCorrection,
    NotAPersonCorrection,
    PersonCorrection,
    QuotationCorrection,
)
from dramaturg.corrections.toml import COMPLETE, parse_corrections, to_toml, toml_string
from dramaturg.errors import BadCorrections
from dramaturg.pipeline import correct_story, read_story
from dramaturg.reading import Reading
from dramaturg.story import Span


@pytest.mark.parametrize("case", cases("corrections"))
def test_what_is_said_holds(case: dict[str, Any]) -> None:
    reading = correct_story(story_of(case["text"]), parse_corrections(case["corrections"], "story.cast.toml"))

    names = {character.name for character in reading.characters}
    assert case.get("speakers", ...) in (..., [reading.name_of(q.speaker) for q in reading.quotations])
    assert case.get("quotations", ...) in (..., [reading.text_of(q) for q in reading.quotations])
    assert case.get("narrator", ...) in (..., _narrator(reading))
    assert set(case.get("characters", names)) == names
    assert not names & set(case.get("absent", ()))
    assert case.get("unmatched", []) == [row["why"] for row in reading.corrections.unmatched]
    for quotation, wanted in zip(reading.quotations, case.get("to", ()), strict=False):
        assert wanted is None or [reading.name_of(id) for id in quotation.addressees] == wanted
    for name, pronouns in case.get("pronouns", {}).items():
        assert reading.find(name).pronouns == pronouns


def _narrator(reading: Reading) -> str | None:
    return next((character.name for character in reading.characters if character.narrator), None)


# Whatever is said of whatever story

NAMES = st.sampled_from(
    [
        "Anna",
        "Peter",
        "Mr. Hale",
        "Mary",
        "the old man",
        "the boys",
        "Narrator",
        "Captain Hale",
        "I",
        "İ",
        " ",
        "😀",
        "the",
    ]
)
WORDS = st.sampled_from(
    ["Anna", "he", "“Why?”", "“Late again,”", "Never", "I", "said", "“", "the old man", "THE END", ""]
)
ANCHORS = st.builds(
    Anchor,
    WORDS,
    st.none() | st.integers(0, 300),
    st.sampled_from(["", "said", "“"]),
    st.sampled_from(["", "said", "."]),
)
MAYBE = st.none() | st.booleans()
CORRECTIONS = st.builds(
    Corrections,
    people=st.lists(
        st.builds(
            PersonCorrection,
            NAMES,
            st.lists(NAMES, max_size=2).map(tuple),
            st.sampled_from([None, "she", "they", "xe"]),
            st.sampled_from([None, "person", "group"]),
        ),
        max_size=3,
    ).map(lambda people: tuple({one.name: one for one in people}.values())),
    same=st.lists(st.builds(MergeCorrection, st.lists(NAMES, min_size=2, max_size=3).map(tuple)), max_size=2).map(
        tuple
    ),
    not_people=st.lists(st.builds(NotAPersonCorrection, NAMES), max_size=2).map(tuple),
    narrator=st.none() | st.builds(NarratorCorrection, st.none() | NAMES),
    mentions=st.lists(st.builds(MentionCorrection, ANCHORS, st.none() | NAMES), max_size=2).map(tuple),
    quotations=st.lists(
        st.builds(
            QuotationCorrection,
            ANCHORS,
            st.sampled_from(["", "Anna", "“Why?”"]),
            st.none() | st.just(False) | NAMES,
            st.none() | st.lists(NAMES, max_size=2).map(tuple),
            MAYBE,
            MAYBE,
        ),
        max_size=3,
    ).map(tuple),
    complete=st.sets(st.sampled_from(COMPLETE)).map(frozenset),
)


@settings(max_examples=100, deadline=None)
@given(STORIES, CORRECTIONS)
def test_every_correction_is_applied_or_told_and_the_reading_keeps_the_contract(
    text: str, corrections: Corrections
) -> None:
    reading = correct_story(story_of(text), corrections)

    check(reading, text)
    told = (*reading.corrections.applied, *reading.corrections.unmatched)
    said = (*corrections.people, *corrections.same, *corrections.not_people)
    said += (*corrections.mentions, *corrections.quotations, *((corrections.narrator,) if corrections.narrator else ()))
    assert {row["correction"] for row in told} == {str(one) for one in said}
    assert Reading.from_json(reading.to_json()) == reading


@settings(max_examples=50, deadline=None)
@given(STORIES)
def test_no_corrections_change_nothing(text: str) -> None:
    story = story_of(text)

    assert correct_story(story, Corrections()).to_json() == read_story(story).to_json()


@settings(max_examples=80, deadline=None)
@given(STORIES, st.data())
def test_a_speaker_who_is_given_speaks(text: str, data: st.DataObject) -> None:
    story = story_of(text)
    before = read_story(story)
    if not before.quotations or not before.characters:
        return
    quotation = data.draw(st.sampled_from(before.quotations))
    who = data.draw(st.sampled_from(before.characters))
    correction = QuotationCorrection(make_anchor(text, quotation.start, quotation.end), speaker=who.name)

    reading = correct_story(story, Corrections(quotations=(correction,)))

    after = next(q for q in reading.quotations if q.start == quotation.start)
    if reading.corrections.applied:
        assert reading.name_of(after.speaker) == who.name
        assert (after.confidence, after.evidence.kind if after.evidence else None) == (1.0, "correction")
        assert after.alternatives == ()
    else:
        assert reading.corrections.unmatched[0]["why"]


TWICE = Corrections(people=(PersonCorrection("Anna", ("Anna", "Anna")),))


@settings(max_examples=100, deadline=None)
@given(CORRECTIONS)
@example(TWICE)
def test_a_file_is_read_back(corrections: Corrections) -> None:
    def written(one: Corrections) -> Corrections:
        texts = tuple(q for q in one.quotations if q.anchor.text)
        return replace(one, quotations=texts, mentions=tuple(m for m in one.mentions if m.anchor.text))

    def read(one: Corrections) -> Corrections:  # a name that is listed twice is listed once
        people = tuple(replace(who, aliases=tuple(dict.fromkeys(who.aliases))) for who in one.people)
        return replace(written(one), people=people)

    if any(not name.strip() for name in _all_names(corrections)):
        return
    assert parse_corrections(to_toml(written(corrections))) == read(corrections)


def _all_names(corrections: Corrections) -> list[str]:
    names = [name for one in corrections.people for name in one.names]
    names += [name for one in corrections.same for name in one.names]
    names += [one.name for one in corrections.not_people]
    names += [one.character for one in corrections.mentions if one.character is not None]
    names += [
        name for q in corrections.quotations for name in (q.speaker, *(q.addressees or ())) if isinstance(name, str)
    ]
    return names + [corrections.narrator.name] if corrections.narrator and corrections.narrator.name else names


@given(st.text(max_size=40))
def test_any_words_are_a_string_of_toml(words: str) -> None:
    written = tomllib.loads(f"a = {toml_string(words)}")["a"]

    assert written == re.sub("[\ud800-\udfff]", "\ufffd", words)


# Places


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["Yes", " ", "  ", "\n\n", "“", "”", "’", ".", "said Tom", "é😀", "\ud83d"]), max_size=30),
    st.data(),
)
def test_a_place_is_found_again(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    places = [i for i, letter in enumerate(text) if not letter.isspace() and (i == 0 or not text[i - 1].isalnum())]
    if not places:
        return
    start = data.draw(st.sampled_from(places))
    end = re.compile(r"\w+|\S").match(text, start).end()  # type: ignore[union-attr]

    found = AnchorFinder(text).find(make_anchor(text, start, end))

    assert found == Span(start, end)


BEFORE = "Anna came. “Yes,” said Anna.\n\n“Yes,” said Peter.\n\n“I have never seen the sea,” said Anna.\n\n“Yes.”\n"


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        "A chapter more. “Yes,” said Mary.\n\n" * 30 + BEFORE,
        BEFORE.replace("Anna came.", "So Anna came in."),
        BEFORE.replace("\n\n", "\n\n\n").replace("“", '"').replace("”", '"'),
        BEFORE.replace("said Peter", "said Peter at once"),
    ],
    ids=["the same", "a chapter before it", "a word before it", "spaces and marks", "words after it"],
)
def test_a_place_survives_edits(after: str) -> None:
    start = BEFORE.index("“Yes,” said Peter")
    kept = make_anchor(BEFORE, start, start + len("“Yes,”"))

    found = AnchorFinder(after).find(kept)

    assert isinstance(found, Span) and after[found.end :].lstrip().startswith("said Peter")


def test_what_was_cut_is_not_found_elsewhere() -> None:
    start = BEFORE.index("“Yes,” said Peter")
    kept = make_anchor(BEFORE, start, start + len("“Yes,”"))

    assert isinstance(
        AnchorFinder(BEFORE.replace("“Yes,” said Peter.", "Peter nodded. They were silent.")).find(kept), str
    )


def test_a_long_sentence_is_found_wherever_it_stands_once() -> None:
    kept = Anchor("I have never seen the sea", 20_000, "“", "she cried")

    assert AnchorFinder(BEFORE).find(kept) == Span(BEFORE.index("I have"), BEFORE.index(",” said Anna.\n\n“Yes.”"))


# More of them in one file


@settings(max_examples=50, deadline=None)
@given(CORRECTIONS, CORRECTIONS)
@example(TWICE, TWICE)
@example(
    Corrections((PersonCorrection("Peter", ("Anna",)),)),
    Corrections((PersonCorrection("Anna"), PersonCorrection("Peter", ("Anna",)))),
)
def test_more_goes_into_a_file(old: Corrections, new: Corrections) -> None:
    texts = [to_toml(one) for one in (old, new)]
    try:
        known, more = map(parse_corrections, texts)
    except BadCorrections:
        return

    found = parse_corrections(merge_corrections(texts[0], more))

    wanted = known + more
    assert set(found.people) == set(wanted.people) and found.narrator == wanted.narrator
    for name in ("same", "not_people", "mentions", "quotations", "complete"):
        assert set(getattr(found, name)) == set(getattr(wanted, name))


def test_what_stands_in_a_file_stays_as_it_stands() -> None:
    text = '# mine\nsame = [["a", "b"]]  # both\n\n[people]\n"Bo" = { aliases = ["Old Bo"] }  # the ferryman\n'
    said = 'same = [["c", "d"]]\nnot_people = ["Providence"]\n\n[people]\n"Ann" = { pronouns = "she" }\n'
    said += '[[quotation]]\ntext = "Why?"\nspeaker = "Ann"\n'

    longer = merge_corrections(text, parse_corrections(said))
    assert merge_corrections(longer, parse_corrections(said)) == longer

    assert longer.count("# mine") == longer.count("# both") == longer.count("# the ferryman") == 1
    assert parse_corrections(longer).same == (MergeCorrection(("a", "b")), MergeCorrection(("c", "d")))
    assert "# mine" in merge_corrections(text, parse_corrections('[people]\n"Robert" = { aliases = ["Bo"] }\n'))
    assert parse_corrections(text) + parse_corrections('[people]\n"Robert" = { aliases = ["Bo"] }\n') == Corrections(
        people=(PersonCorrection("Robert", ("Old Bo", "Bo")),), same=(MergeCorrection(("a", "b")),)
    )
    again = merge_corrections(longer, parse_corrections('[people]\n"Bo" = { pronouns = "he" }\n'))
    assert PersonCorrection("Bo", ("Old Bo",), "he") in parse_corrections(again).people
