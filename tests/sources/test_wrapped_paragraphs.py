"""Documents and pages in which each line of a paragraph is a paragraph: text that was pasted with its line ends."""

import pytest
from books import docx, paragraph, run

from dramaturg.sources import load_bytes

PARAGRAPHS = (
    ("Nora shut the ferry's book and put the pencil behind her", "ear, where it always was when it was lost."),
    ("“You counted nine,” said Nora.",),
    (
        "“There were nine when they came aboard,” said Pim, who was",
        "twisting the cord of his hat. “I counted them by their",
        "boots.”",
    ),
    ("“And now there are ten of them on the landing stage, all", "with boots on.”"),
    ("“Then somebody swam,” said Pim.",),
    ("Nora looked at the river for a while, and at the ten dry", "people on the landing stage, and then at Pim."),
)
WRAPPED = [" ".join(lines) for lines in PARAGRAPHS]


def word(separator: str) -> bytes:
    lines = [separator.join(paragraph(run(line)) for line in lines) for lines in PARAGRAPHS]
    return docx(paragraph(run("The Count"), style="Heading1") + "<w:p/>".join(lines))


def page(space: str) -> bytes:
    lines = [f"<p>{line}</p>" for lines in PARAGRAPHS for line in lines]
    return f"<html><body><h1>The Count</h1>{space.join(lines)}</body></html>".encode()


@pytest.mark.parametrize(("data", "name"), [(word(""), "a.docx"), (page("\n"), "a.html")], ids=["docx", "html"])
def test_lines_of_a_paragraph_are_joined(data, name):
    story = load_bytes(data, name)

    assert [story.text_of(block) for block in story.blocks if block.role == "paragraph"] == WRAPPED


def test_lines_of_verse_and_speech_without_full_stops_stay_apart():
    lines = [
        "where are you",
        "home",
        "is the lamp lit",
        "no it went out again and nobody knows why",
        "ok",
        "bye",
        "bye",
    ]
    story = load_bytes("".join(f"<p>{line}</p>" for line in lines).encode(), "chat.html")

    assert [story.text_of(block) for block in story.blocks] == lines
