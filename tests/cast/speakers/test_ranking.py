"""Speakers, and the people to whom pronouns and descriptions refer: small stories, read to the end."""

from typing import Any

import pytest
from hard_cases import cases
from scan.plain import story_of

from dramaturg.pipeline import read_story
from dramaturg.reading import Reading


def speakers(reading: Reading) -> list[str | None]:
    return [None if q.speaker is None else reading.name_of(q.speaker) for q in reading.quotations]


@pytest.mark.parametrize("case", cases("speakers"))
def test_who_speaks(case: dict[str, Any]) -> None:
    reading = read_story(story_of(case["text"]))

    assert speakers(reading) == case["speakers"]
    if "narrator" in case:
        assert next((c.name for c in reading.characters if c.narrator), None) == case["narrator"]


@pytest.mark.parametrize("case", cases("pronouns"))
def test_what_a_pronoun_refers_to(case: dict[str, Any]) -> None:
    reading = read_story(story_of(case["text"]))
    meant = {(m.start, m.end): reading.name_of(m.character) for m in reading.mentions if m.character is not None}
    found, at = [], 0
    for words, _ in case["means"]:
        start = place_of(case["text"], words, at)
        found.append([words, meant.get((start, start + len(words)))])
        at = start if " " in words else start + len(words)  # “her father” holds “her”

    assert found == case["means"]


@pytest.mark.parametrize("case", cases("character_pronouns"))
def test_the_pronouns_of_characters(case: dict[str, Any]) -> None:
    found = {character.name: character.pronouns for character in read_story(story_of(case["text"])).characters}

    assert {name: found.get(name) for name in case["pronouns"]} == case["pronouns"]


def place_of(text: str, words: str, at: int) -> int:
    """Where the words stand as words, from a place on."""
    while True:
        at = text.index(words, at)
        before, after = text[at - 1 : at], text[at + len(words) : at + len(words) + 1]
        if not before.isalpha() and not after.isalpha():
            return at
        at += 1


@pytest.mark.parametrize("case", cases("descriptions", "speakers"))
def test_what_a_description_refers_to(case: dict[str, Any]) -> None:
    assert speakers(read_story(story_of(case["text"]))) == case["speakers"]


@pytest.mark.parametrize("case", cases("descriptions", "two"))
def test_descriptions_of_two(case: dict[str, Any]) -> None:
    reading = read_story(story_of(case["text"]))

    assert len({quotation.speaker for quotation in reading.quotations}) == 2


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("“Late,” said Anna.", "tag", "said Anna"),
        ("Anna sat down.\n\n“Late,” she said.", "pronoun_tag", "she said"),
        ("Anna sat down. “Late.”", "action", "Anna"),
        ("I sat. I ate. My hat fell. Anna saw me.\n\n“Late,” I said.", "narrator", "I said"),
    ],
)
def test_evidence_is_a_place_to_look_at(text: str, kind: str, words: str) -> None:
    evidence = read_story(story_of(text)).quotations[0].evidence

    assert evidence is not None
    assert (evidence.kind, text[evidence.start : evidence.end]) == (kind, words)


def test_a_tag_gives_more_confidence_than_a_turn() -> None:
    talk = "Anna met Peter.\n\n“Late,” said Anna.\n\n“Yes,” said Peter.\n\n“Why?”\n\n“The road was bad.”"
    sure = [quotation.confidence or 0 for quotation in read_story(story_of(talk)).quotations]

    assert min(sure[:2]) > max(sure[2:])
