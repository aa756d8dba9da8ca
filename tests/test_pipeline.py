"""What holds of every reading, whatever the text: through the package's public face."""

import hashlib
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan.plain import story_of

import dramaturg
from dramaturg.pipeline import read_story
from dramaturg.reading import Quotation, Reading

TALK = (
    "Anna met Peter at the gate. Mary, her sister, was late.\n\n“You are late,” said Anna.\n\n"
    "“The road was bad, Anna,” he said. “And the old man would not wait.”\n\n“It is always bad.”\n\n"
    "“Go home!” cried the boys.\n\n“They said, ‘Never,’” whispered Mary.\n\n“Who did?”\n"
)
PARAGRAPHS = (
    *("Anna met Peter at the gate.", "The old man coughed. He was cold.", "I sat down. I was tired, and my head hurt."),
    *("“Late again,” said Anna.", "“I know, Peter,” she said.", "“Why?”", "“No.” He rose. “Never.”", "She said:"),
    *("“Anna said, ‘Go,’” he whispered.", "Mr. Hale’s brother laughed.", "“Go!” cried the boys.", "* * *", "Chapter 2"),
    *(
        "“THE END,” SAID ANNA",
        "anna slept",
        "😀 “😀,” said 😀.",
        "“Unclosed, said Tom.",
        "Captain Hale--",
        "_Thus_ he thought.",
    ),
    *("Anna " * 30, "“" * 5, "Ann An A Anna-", "“Anna, Anna, Anna!” Anna told Anna.", "The Hales and the Annas came."),
)
STORIES = st.lists(st.sampled_from(PARAGRAPHS), max_size=16).map("\n\n".join)
MANGLED_PIECES = (
    *"“”‘’\"'.,!?—-: \n",
    *("\n\n", "Anna", "PETER", "mr. ", " said ", "she ", "I ", "é", "İ", "ß", "\u200d", "\ud800"),
)
MANGLED = st.lists(st.sampled_from(MANGLED_PIECES), max_size=80).map("".join)


def check(reading: Reading, text: str) -> None:
    """What the contract says of a reading."""
    assert reading.story.text == text
    assert "".join(text[s.start : s.end] for s in reading.segments) == text
    people = {character.id: character for character in reading.characters}
    assert len(people) == len(reading.characters)
    quotations = {quotation.id: quotation for quotation in reading.quotations}
    assert len(quotations) == len(reading.quotations)
    for id in people:
        assert re.fullmatch(r"\w+(-\w+)*", id) and id == id.lower()
    for quotation in reading.quotations:
        check_quotation(quotation, set(people), set(quotations))
        assert 0 <= quotation.start < quotation.end <= len(text)
    for segment in reading.segments:
        assert segment.start < segment.end
        assert (segment.kind == "speech") == (segment.quotation is not None)
        assert segment.quotation is None or quotations[segment.quotation].within is None
    edges = {edge for quotation in reading.quotations for edge in (quotation.start, quotation.end)}
    for mention in reading.mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.entity and 0 <= mention.confidence <= 1
        assert mention.character is None or mention.character in people
        assert mention.character is None or mention.entity == mention.character
        assert not any(mention.start < edge < mention.end for edge in edges), "no mention goes over speech's edge"
    spoken = Counter(quotation.speaker for quotation in reading.quotations)
    named = Counter(mention.character for mention in reading.mentions)
    for id, character in people.items():
        assert (character.quotations, character.mentions) == (spoken[id], named[id])
        assert (character.first is None) == (character.last is None) == (character.mentions == 0)
    assert sum(character.narrator for character in reading.characters) <= 1


def check_quotation(quotation: Quotation, people: set[str], quotations: set[str]) -> None:
    assert (quotation.speaker is None) == (quotation.confidence is None)
    assert quotation.speaker is None or quotation.speaker in people
    assert quotation.confidence is None or 0 <= quotation.confidence <= 1
    assert quotation.speaker is not None or quotation.evidence is None
    assert quotation.within is None or quotation.within in quotations
    assert set(quotation.addressees) <= people - {quotation.speaker}
    chances = [alternative.confidence for alternative in quotation.alternatives]
    assert chances == sorted(chances, reverse=True) and all(0 <= chance <= 1 for chance in chances)
    assert all(chance <= (quotation.confidence or 1) for chance in chances)
    others = [alternative.speaker for alternative in quotation.alternatives]
    assert set(others) <= people and len({quotation.speaker, *others}) == len(others) + 1


@settings(max_examples=100, deadline=None)
@given(STORIES)
def test_every_reading_keeps_the_contract(text: str) -> None:
    check(read_story(story_of(text)), text)


@settings(max_examples=100, deadline=None)
@given(MANGLED)
def test_mangled_text(text: str) -> None:
    check(read_story(story_of(text)), text)


@settings(max_examples=30, deadline=None)
@given(STORIES, st.sampled_from([str.upper, str.lower, str.title, str.swapcase, lambda text: text * 3]))
def test_a_story_with_its_letters_changed(text, change):  # type: ignore[no-untyped-def]
    check(read_story(story_of(change(text))), change(text))


@settings(max_examples=30, deadline=None)
@given(STORIES, STORIES)
def test_a_reading_hangs_on_no_other(one: str, other: str) -> None:
    before = read_story(story_of(one)).to_json()
    read_story(story_of(other))

    assert read_story(story_of(one)).to_json() == before


@settings(max_examples=30, deadline=None)
@given(STORIES)
def test_a_reading_comes_back_from_its_json(text: str) -> None:
    reading = read_story(story_of(text))

    assert Reading.from_json(reading.to_json()) == reading


def test_parts_of_one_utterance_have_one_speaker() -> None:
    reading = read_story(story_of(TALK))
    outer = [quotation for quotation in reading.quotations if quotation.within is None]
    said = {(quotation.group, quotation.speaker, quotation.addressees) for quotation in outer}

    assert len(said) == len({group for group, _, _ in said}) < len(outer)


def test_a_file_gives_the_same_bytes_each_time(tmp_path: Path) -> None:
    """In another process, with other hashes of strings, too."""
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8", newline="")
    ask = f"import dramaturg, sys; sys.stdout.buffer.write(dramaturg.read({str(path)!r}).to_json().encode())"
    found = {hashlib.sha256(dramaturg.read(path).to_json().encode()).hexdigest()}
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, env=environment, timeout=120, check=True
        )
        found.add(hashlib.sha256(done.stdout).hexdigest())

    assert len(found) == 1


def test_tokens_are_for_who_asks(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8", newline="")
    reading, plain = dramaturg.read(path, tokens=True), dramaturg.read(path)

    assert plain.tokens is None and reading.tokens is not None
    words = [TALK[s:e] for s, e in zip(reading.tokens["start"], reading.tokens["end"], strict=True)]
    assert words[:4] == ["Anna", "met", "Peter", "at"]


UNITS = {
    "tags": "“Yes,” said Anna to Peter. ",
    "untagged": "“Yes.”\n\n“No, Anna.”\n\n",
    "vocatives": "“Anna, Anna, Anna, ",
    "one name": "Anna ",
    "pronouns": "She saw him. ",
    "nouns": "The old man met a boy. ",
    "owners": "Anna’s brother’s ",
    "titles": "Mr. Mr. Mr. ",
    "a story of I": "I saw Anna. “Yes,” I said.\n\n",
    "broken off": "“Anna--” “Ann--” ",
    "colons": "She said:\n\n“Yes.”\n\n",
    "quoted in speech": "“Anna said, ‘No,’” said Peter.\n\n",
}


def seconds(text: str) -> float:
    began = time.process_time()
    read_story(story_of(text))
    return time.process_time() - began


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_time_is_linear(unit: str) -> None:
    """Eight times the text takes the processor about eight times as long, and not sixty-four times."""
    small = max(0.02, min(seconds(unit * (4_000 // len(unit))) for _ in range(2)))

    assert seconds(unit * (32_000 // len(unit))) < 32 * small


def test_time_is_linear_in_the_number_of_names() -> None:
    def crowd(size: int) -> str:
        return " ".join(f"Mr. {chr(65 + n % 26)}{'aeiou'[n % 5]}{n:x} bowed.".replace("0", "o") for n in range(size))

    small = max(0.02, min(seconds(crowd(200)) for _ in range(2)))

    assert seconds(crowd(1_600)) < 32 * small
