"""Ids, counts and segments of a reading."""

import pytest
from scan.plain import story_of

from dramaturg.pipeline import read_story
from dramaturg.reading import Reading
from dramaturg.sources import load_bytes

TALK = (
    "Anna met Peter at the gate.\n\n“You are late,” said Anna. “I waited an hour.”\n\n"
    "“I know,” he said.\n\n“She told me, ‘Wait here.’”\n"
)


def segments(reading: Reading) -> list[tuple[str, str]]:
    return [(segment.kind, reading.text_of(segment)) for segment in reading.segments]


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Anna", "anna"),
        ("Mr. Hale", "mr-hale"),
        ("Élodie Müller", "elodie-muller"),
        ("Molly O’Hara", "molly-ohara"),
        ("Jean-Luc Stone", "jean-luc-stone"),
        ("J. R. Hale", "j-r-hale"),
    ],
)
def test_an_id_is_a_readable_name(name: str, id: str) -> None:
    reading = read_story(story_of(f"{name} came in. “Late,” said {name}. “So late,” {name} said."))

    assert {character.id for character in reading.characters} == {id}


def test_ids_of_people_with_one_name_have_numbers() -> None:
    apart = "It rained.\n\n" * 1500
    text = f"A man came in.\n\n“Too late,” said the man.\n\n{apart}\n\nA man came in.\n\n“Too late,” said the man."

    assert {character.id for character in read_story(story_of(text)).characters} == {"a-man", "a-man-2"}


def test_ids_do_not_depend_on_counts() -> None:
    """Text added at the end of a story does not change earlier ids."""
    short = {quotation.id: quotation.speaker for quotation in read_story(story_of(TALK)).quotations[:3]}
    longer = read_story(story_of(TALK + "\nPeter laughed. Peter left. “Gone,” said Mary. “Gone,” said Peter.\n" * 4))

    assert {quotation.id: quotation.speaker for quotation in longer.quotations[:3]} == short


def test_groups_and_nested_quotations() -> None:
    rows = [(q.id, q.group, q.within) for q in read_story(story_of(TALK)).quotations]

    assert rows == [("q1", "u1", None), ("q2", "u1", None), ("q3", "u2", None), ("q4", "u3", None), ("q5", "u4", "q4")]


def test_counts() -> None:
    reading = read_story(story_of(TALK))
    anna = reading.character("anna")

    assert (anna.quotations, anna.first) == (sum(q.speaker == "anna" for q in reading.quotations), 0)
    outer = [q for q in reading.quotations if q.speaker == "anna" and q.within is None]
    assert anna.words_spoken == sum(len(reading.text_of(q).split()) for q in outer)
    assert [c.mentions + c.quotations for c in reading.characters] == sorted(
        (c.mentions + c.quotations for c in reading.characters), reverse=True
    )


def test_segments_of_talk() -> None:
    assert segments(read_story(story_of(TALK)))[:6] == [
        ("narration", "Anna met Peter at the gate.\n\n"),
        ("speech", "“You are late,”"),
        ("narration", " "),
        ("tag", "said Anna"),
        ("narration", ". "),
        ("speech", "“I waited an hour.”"),
    ]


def test_speech_inside_speech_is_not_a_segment() -> None:
    assert segments(read_story(story_of(TALK)))[-2:] == [("speech", "“She told me, ‘Wait here.’”"), ("narration", "\n")]


def test_segments_of_a_story_with_its_structure() -> None:
    text = "# The Gate\n\n## Chapter 1\n\n*I am late*, Anna thought.\n\n***\n\n## Chapter 2\n\n“Late,” said Anna.\n"
    reading = read_story(load_bytes(text.encode(), "gate.md"))
    kinds = [(kind, words) for kind, words in segments(reading) if words.strip()]

    assert ("heading", "# The Gate") in kinds or ("heading", "The Gate") in kinds
    assert sum(kind == "heading" for kind, _ in kinds) == 3
    assert ("break", "***") in kinds
    assert ("speech", "“Late,”") in kinds
    assert any(kind == "thought" and "I am late" in words for kind, words in kinds)


def test_a_text_without_speech_is_one_segment() -> None:
    assert segments(read_story(story_of("It rained."))) == [("narration", "It rained.")]


def test_an_empty_text() -> None:
    reading = read_story(story_of(""))

    assert (reading.segments, reading.quotations, reading.characters, reading.mentions) == ((), (), (), ())


def test_a_name_in_the_name_of_a_place_is_not_a_mention() -> None:
    text = "She walked along the Lebrun cottages by the sea.\n\n“Come in,” said Madame Lebrun."
    reading = read_story(load_bytes(text.encode(), "cottages.txt"))

    assert [text[m.start : m.end] for m in reading.mentions if m.kind == "name"] == ["Madame Lebrun"]
