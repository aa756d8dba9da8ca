"""What changed between two readings."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan.plain import story_of

from dramaturg.compare.alignment import Alignment
from dramaturg.compare.differences import find_differences
from dramaturg.console import TerminalStyle
from dramaturg.corrections.model import Corrections, MergeCorrection, NotAPersonCorrection
from dramaturg.corrections.toml import parse_corrections
from dramaturg.pipeline import read_story
from dramaturg.reading import Reading
from dramaturg.report.diff import show_differences

TALK = (
    "Anna met Peter at the gate. Mary Hale was late.\n\n“You are late,” said Anna.\n\n"
    "“The road was bad,” said Peter.\n\n“It is always bad,” said Mary Hale.\n\n"
    "“Yes,” said Anna.\n\n“Yes,” said Peter.\n"
)


def reading(text: str, corrections: str = "") -> Reading:
    return read_story(story_of(text), corrections=parse_corrections(corrections))


def test_nothing_changed() -> None:
    assert not find_differences(reading(TALK), reading(TALK))
    assert show_differences(reading(TALK), reading(TALK), TerminalStyle()) == "Nothing changed.\n"


def test_a_changed_speaker() -> None:
    new = reading(TALK, '[[quotation]]\ntext = "always bad"\nspeaker = "Peter"')

    found = find_differences(reading(TALK), new)

    assert [new.text_of(pair.new) for pair in found.speakers] == ["“It is always bad,”"]
    assert "“It is always bad,” Peter, was Mary Hale" in show_differences(reading(TALK), new, TerminalStyle(width=100))


def test_a_draft_with_a_new_chapter_and_a_new_line() -> None:
    draft = "A quiet night.\n\n" * 3 + TALK.replace("“Yes,” said Peter.", "“Yes,” said Peter.\n\n“No!” cried Anna.")

    found = find_differences(reading(TALK), reading(draft))

    assert not found.speakers and not found.removed and not found.people_added and not found.people_removed
    assert [draft[q.start : q.end] for q in found.added] == ["“No!”"]
    assert found.paragraphs_added == 4


def test_a_rewritten_paragraph_keeps_its_speech() -> None:
    draft = TALK.replace("said Mary Hale", "sighed Mary Hale, and sat down")

    found = find_differences(reading(TALK), reading(draft))

    assert not found.speakers and not found.added and not found.removed


def test_merged_and_removed_people() -> None:
    old = reading(TALK)
    joined = read_story(old.story, corrections=Corrections(same=(MergeCorrection(("Peter", "Mary Hale")),)))
    gone = read_story(old.story, corrections=Corrections(not_people=(NotAPersonCorrection("Mary Hale"),)))

    assert [sorted(one.name for one in those) for _, those in find_differences(old, joined).people_joined] == [
        ["Mary Hale", "Peter"]
    ]
    assert [character.name for character in find_differences(old, gone).people_removed] == ["Mary Hale"]
    assert "Mary Hale" in show_differences(old, joined, TerminalStyle())


def test_a_renamed_person_is_the_same_person() -> None:
    old = reading(TALK)
    new = replace(
        old, characters=tuple(replace(c, name="Polly") if c.name == "Mary Hale" else c for c in old.characters)
    )

    found = find_differences(old, new)

    assert [(was.name, now.name) for was, now in found.people_changed] == [("Mary Hale", "Polly")]
    assert not found.speakers


PARAGRAPHS = st.lists(st.sampled_from(["One.", "Two here.", "“Three,” said Anna.", "Four and five."]), max_size=12)


@settings(max_examples=60, deadline=None)
@given(PARAGRAPHS, PARAGRAPHS)
def test_places_stay_in_order_and_keep_their_letters(one: list[str], two: list[str]) -> None:
    old, new = (read_story(story_of("\n\n".join(paragraphs))) for paragraphs in (one, two))
    alignment = Alignment(old, new)

    places = [(at, alignment.place(at)) for at in range(len(old.story.text))]

    found = [(at, there) for at, there in places if there is not None]
    assert [there for _, there in found] == sorted(there for _, there in found)
    for at, there in found:
        assert old.story.text[at] == new.story.text[there]


@pytest.mark.parametrize("text", ["Yes.\n\n" * 4000, "".join(f"Line {n}.\n\n" for n in range(4000)), "word " * 40_000])
def test_a_long_story_does_not_take_quadratic_time(text: str) -> None:
    old, new = read_story(story_of(text)), read_story(story_of("Begin.\n\n" + text + "End."))

    assert find_differences(old, new).paragraphs_added >= 1
