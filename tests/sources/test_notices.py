"""What sites and translators put between the paragraphs of a story."""

import pytest

from dramaturg.sources import load_bytes

BEFORE = "The tram stopped between two stations, and for a minute nobody in the carriage said a word."
AFTER = "“Is it the snow?” asked Ines, and she rubbed a hole in the white of the window."


def roles(line):
    story = load_bytes(f"Chapter 1\n\n{BEFORE}\n\n{line}\n\n{AFTER}\n\nChapter 2\n\n{BEFORE}".encode(), "story.txt")
    return {story.text_of(block): block.role for block in story.blocks}


@pytest.mark.parametrize(
    "line",
    [
        "Seen this novel on Amazon? It was copied without the author's permission. Please report it.",
        "This chapter was pirated from Royal Road; should you find it anywhere else, report it.",
        "Unauthorised copy: this book has been lifted without consent. Report sightings.",
        "Liking this book? Read it on the original site and support the author.",
        "You can read this tale on the author's preferred platform. Support the writers you love!",
        "Visit fastchapters.com for the newest chapters",
        "The content of this page comes from fastchapters[.]com",
        "If you notice any mistakes (missing words, dead links), let us know and we will mend them.",
    ],
)
def test_a_notice_is_no_part_of_the_story(line):
    found = roles(line)

    assert found[line] == "back_matter"
    assert found[BEFORE] == found[AFTER] == "paragraph"


@pytest.mark.parametrize(
    "line",
    [
        "The report said that the original version of the book had been stolen without her permission.",
        "Find the book, Ines thought. Find it before the Amazon driver does.",
        "If you find this letter, it was taken without his consent; please return it to the house.",
        "She read this chapter on the original site, and then the tale of the theft on another platform.",
        "“Report this book as stolen,” said Ines. “Say that Amazon has it.”",
        "New messages came every hour, from ines@tram.example.com and from people that nobody knew.",
    ],
)
def test_a_story_about_such_things_is_kept(line):
    assert roles(line)[line] == "paragraph"


def test_a_translators_note_is_a_note():
    story = load_bytes(f"Chapter 1\n\n{BEFORE}\n\n{AFTER}\n\nTL note: trams run late here.".encode(), "story.txt")

    assert story.blocks[-1].role == "authors_note"


def test_the_only_volume_and_a_repeated_heading_are_not_in_the_title_of_a_chapter():
    page = f"<h1>Volume 1</h1><h2>Chapter One: Snow</h2><h2>Chapter 1 Snow</h2><p>{BEFORE}</p><p>{AFTER}</p>"
    story = load_bytes(f"<html><body>{page}</body></html>".encode(), "story.html")

    assert [chapter.title for chapter in story.chapters] == ["Chapter One: Snow"]
