"""Scripts for programs that make audiobooks, read back by the rules that those programs read them by."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from exporters.full_reading import NAMES, full, read_text, readings
from exporters.test_scripts import text_of

from dramaturg.exporters.casting import NARRATION, UNKNOWN
from dramaturg.exporters.common.voiced_text import voice_labels, voiced_texts

each_story = pytest.mark.parametrize("name", NAMES)
Script = list[tuple[str, str]]  # speakers and texts
FERRY = [
    ("Narrator", "The Ferry"),
    ("Narrator", "Chapter One"),
    ("Ann", "“Is the ferry late?”"),
    ("Narrator", "asked Ann."),
    ("Bo", "“It's always late,”"),
    ("Narrator", "said Bo."),
    ("Bo", "“Every night.”"),
    ("Narrator", "She laughed. Never again, she thought."),
    ("Ann", "“Then we wait, Bo.”"),
    ("Narrator", "Chapter Two"),
    ("Narrator", "A voice came over the water."),
    ("Unknown", "“Anybody there?”"),
    ("Ann", "“Here!”"),
    ("Narrator", "Ann called."),
]


def alexandria(script: str) -> Script:
    """As Alexandria loads `annotated_script.json`: a list of objects of which every value is a string."""
    entries = json.loads(script)
    assert all(set(entry) == {"speaker", "text", "instruct"} for entry in entries)
    return [(entry["speaker"], entry["text"]) for entry in entries]


def podvoice(script: str) -> Script:
    """As `podvoice.parser` 0.1.0: a header in brackets opens a block, and every block has some text."""
    header = re.compile(r"^\[(?P<speaker>[^\]|]+)(?:\s*\|\s*(?P<emotion>[^\]]+))?\]\s*$")
    found: Script = []
    for line in script.splitlines():
        if match := header.match(line.strip()):
            assert not found or found[-1][1]
            found.append((match["speaker"].strip(), ""))
        else:
            speaker, text = found.pop()  # text before the first header is an error there, and here
            found.append((speaker, f"{text}\n{line}".strip()))
    return found


def audiobooker(script: str) -> Script:
    """As `audiobooker.review.import_reviewed` 3.0.0, without the project's chapters."""
    speaker_tag = re.compile(r"^@([\w .,'\-&:]+?)(?:\s*\(([^)]+)\))?$")
    found: Script = []
    in_chapter = False
    for line in script.split("\n"):
        bare = line.strip()
        if bare.startswith("\\"):
            found[-1] = (found[-1][0], bare[1:])
        elif not bare or bare.startswith("#"):
            continue
        elif re.match(r"^===\s*(.+?)\s*===(?:\s*\[id:([^\]]+)\])?$", bare):
            in_chapter = True
        elif match := speaker_tag.match(bare):
            assert in_chapter and match[2] is None
            found.append((match[1], ""))
        else:
            assert not bare.startswith("@") and found[-1][1] == ""
            found[-1] = (found[-1][0], bare)
    return found


READERS = {"alexandria": alexandria, "podvoice": podvoice, "audiobooker": audiobooker}


@pytest.mark.parametrize("program", READERS)
def test_everybody_has_a_voice_and_nobody_s_lines_have_one_too(program: str) -> None:
    found = READERS[program](text_of(full(), program))

    assert [(speaker.capitalize(), text) for speaker, text in found] == FERRY


@each_story
@pytest.mark.parametrize("program", READERS)
def test_any_story_is_read_back_whole(program: str, name: str) -> None:
    reading = readings()[name]

    found = READERS[program](text_of(reading, program))

    spoken = [one.text for one in voiced_texts(reading) if one.text]
    if program == "alexandria":
        assert [text for _, text in found] == spoken
    words = [re.findall(r"\w+", text) for _, text in found]
    assert words == [re.findall(r"\w+", text) for text in spoken]


@pytest.mark.parametrize("program", READERS)
def test_words_that_a_program_would_obey_are_only_words(program: str) -> None:
    text = "[Exit all]\n\n# A sign.\n\n@nobody\n\n=== \n\n“[Ask me]” said Ann.\n\n\\ A slash.\n"
    reading = read_text(text)

    found = READERS[program](text_of(reading, program))

    assert [re.findall(r"\w+", words) for _, words in found] == [
        re.findall(r"\w+", one.text) for one in voiced_texts(reading) if one.text
    ]


class Page(HTMLParser):
    """The paragraphs and headings of a page, each with its element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("p", "h1", "h2"):
            self.found.append((tag, ""))

    def handle_data(self, data: str) -> None:
        if self.found and data.strip():
            self.found[-1] = (self.found[-1][0], self.found[-1][1] + data)


def test_ebook2audiobook_has_tags_chapters_and_pauses() -> None:
    page = Page(text_of(full(), "ebook2audiobook")).found

    assert ("h2", "Chapter One") in page and ("p", "[pause]") in page
    assert ("p", "[voice:voices/ann.wav]“Is the ferry late?”[/voice] asked Ann.") in page
    assert page[-2] == ("p", "A voice came over the water. [voice:voices/unknown.wav]“Anybody there?”[/voice]")


def test_ebook2audiobook_takes_the_recordings_of_a_casting_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "casting.csv"
    sheet.write_text("id,voice\nann,/home/me/Ann & co.wav\nbo,\n(narration),me.wav\n", encoding="utf-8")

    page = Page(text_of(full(), "ebook2audiobook", voices=str(sheet))).found

    assert ("p", "[voice:/home/me/Ann & co.wav]“Then we wait, Bo.”[/voice]") in page
    assert ("p", "“It's always late,” said Bo. “Every night.”") in page


def test_ebook2audiobook_obeys_no_tag_of_the_story() -> None:
    page = text_of(read_text("Ann typed [pause:9] and [voice:x.wav], then [later]."), "ebook2audiobook")

    assert "(pause:9) and (voice:x.wav), then [later]" in page


def test_two_people_of_one_name_have_two_labels() -> None:
    reading = read_text("“Go,” said Ann.\n\n“No,” said Bo.\n\n“Yes,” said Ann.\n\n“Why?” said Bo.")
    assert len(reading.characters) == 2
    one_name = replace(reading, characters=tuple(replace(one, name="Narrator") for one in reading.characters))

    labels = voice_labels(one_name)

    assert len({label.casefold() for label in labels.values()}) == len(labels)
    assert labels[NARRATION] == "Narrator" and UNKNOWN not in labels
