"""Formats for those who read aloud: scripts, casting sheets, SSML, Fountain."""

import csv
import io
import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from exporters.full_reading import NAMES, full, read_text, readings
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dramaturg import Reading
from dramaturg.errors import UsageError
from dramaturg.exporters import export, render
from dramaturg.exporters.casting import NARRATION, voices
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.script_lines import script_lines

# Written from the Recommendation's text: no package is known that has the W3C's own schema.
SCHEMA = etree.RelaxNG(etree.parse(str(Path(__file__).parent / "ssml-1.1.rng")))
# The W3C's grammar of VoiceXML 2.1, whose prompts are SSML 1.0; Debian's w3c-sgml-lib has it there.
VOICEXML = Path(
    os.environ.get("DRAMATURG_VOICEXML_DTD")
    or "/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-voicexml21-20070619/vxml.dtd"
)
SSML = "{http://www.w3.org/2001/10/synthesis}"
PIECES = [
    *"“”‘’\"'—.,!? \n*_#<&",
    "\n\n",
    "said Ann",
    "he said",
    "Bo",
    "Ann",
    "* * *",
    "Chapter 1",
    "why",
    "\u2028",
    "\x0b",
]

each_story = pytest.mark.parametrize("name", NAMES)
some_text = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map(lambda pieces: "A" + "".join(pieces))


def text_of(reading: Reading, to: str, **options: object) -> str:
    made = render(reading, to, **options)
    assert isinstance(made, str)
    return made


def words_shown(reading: Reading) -> list[str]:
    display, blocks = DisplayText(reading), reading.story.blocks
    return re.findall(r"\w+", " ".join(display.plain(b.start, b.end) for b in blocks if b.role != "scene_break"))


@each_story
@pytest.mark.parametrize("leave_out_tags", [False, True])
def test_a_script_loses_nothing(name: str, leave_out_tags: bool) -> None:
    reading = readings()[name]

    lines = json.loads(text_of(reading, "script", leave_out_tags=leave_out_tags))["lines"]
    rows = list(csv.DictReader(io.StringIO(text_of(reading, "script", form="csv", leave_out_tags=leave_out_tags), "")))

    for script in (lines, rows):
        assert "".join(line["text"] + line["space"] for line in script) == reading.story.text
    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    for line in lines:
        assert reading.story.text[line["start"] : line["end"]] == line["text"]


@settings(max_examples=60, deadline=None)
@given(some_text)
def test_a_script_of_any_text_loses_nothing(text: str) -> None:
    reading = read_text(text)

    for leave_out in (False, True):
        lines = script_lines(reading, leave_out_tags=leave_out)
        assert "".join(line.text + line.space for line in lines) == reading.story.text
        assert all(line.text for line in lines) or not reading.story.text.strip()


@each_story
def test_a_script_has_every_speech_as_a_line_of_its_own(name: str) -> None:
    reading = readings()[name]

    spoken = [line for line in script_lines(reading) if line.kind == "speech"]

    assert [reading.text_of(line.quotation) for line in spoken if line.quotation] == [line.text for line in spoken]
    outer = {q.id for q in reading.quotations if q.within is None}
    assert {line.quotation.id for line in spoken if line.quotation} == outer & {s.quotation for s in reading.segments}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("“Stop,” said Tom. “Now.”", ["“Stop,”", "“Now.”"]),
        ("“Stop,” said Tom. He rose.", ["“Stop,”", "He rose."]),
        ("“Stop,” said Tom, and rose.", ["“Stop,”", "said Tom, and rose."]),
        ("“Stop,” Tom whispered.", ["“Stop,”", "Tom whispered."]),
        ("“Stop,” said Tom quietly.", ["“Stop,”", "said Tom quietly."]),
        ("“Stop,” said Tom, with feeling.", ["“Stop,”", "said Tom, with feeling."]),
        ("“Stop,” Tom said to Mrs. Hart.", ["“Stop,”", "Tom said to Mrs. Hart."]),
        ("Tom said, “Stop.”", ["“Stop.”"]),
    ],
)
def test_a_tag_is_left_out_where_a_voice_says_it(text: str, left: list[str]) -> None:
    reading = read_text(f"Tom and Ann sat.\n\n“Tom?” asked Ann.\n\n{text}\n")

    lines = [line.text for line in script_lines(reading, leave_out_tags=True) if line.aloud]

    assert lines[: len(lines) - len(left)] == ["Tom and Ann sat.", "“Tom?”"]
    assert lines[-len(left) :] == left


def test_narration_is_whole_around_a_tag() -> None:
    reading = read_text(
        "“The keys are gone,” said Mrs. Ode, who kept them. She sat down.\n\n“Again?” asked Tom. He rose.\n"
    )

    assert [(line.kind, line.text) for line in script_lines(reading) if line.kind != "speech"] == [
        ("narration", "said Mrs. Ode, who kept them. She sat down."),
        ("tag", "asked Tom."),
        ("narration", "He rose."),
    ]


def test_a_guess_is_marked_in_every_script() -> None:
    reading = full()
    spoken = [line.quotation for line in script_lines(reading) if line.quotation]
    guesses = [q for q in spoken if q.speaker and q.confidence is not None and q.confidence < 0.6]
    rows = json.loads(text_of(reading, "script"))["lines"]

    assert guesses and [row["quotation"] for row in rows if row["guess"]] == [q.id for q in guesses]
    for format, options, mark in (
        ("script", {"form": "markdown"}, "?**"),
        ("ssml", {}, "<!-- a guess"),
        ("fountain", {}, "(?)"),
    ):
        assert text_of(reading, format, **options).count(mark) == len(guesses)


@each_story
def test_what_is_left_out_is_a_tag_that_says_the_speaker_beside_it(name: str) -> None:
    reading = readings()[name]
    kept, left = script_lines(reading), script_lines(reading, leave_out_tags=True)

    gone = [n for n, (a, b) in enumerate(zip(kept, left, strict=True)) if a.aloud and not b.aloud]

    for n in gone:
        line = kept[n]
        inside = [m for m in reading.mentions if line.start <= m.start and m.end <= line.end]
        # Whose brother “my brother” is does not say who speaks.
        owners = [m for m in inside if any(o is not m and o.start <= m.start and m.end <= o.end for o in inside)]
        people = {m.character for m in inside if m not in owners}
        assert line.kind == "tag" and len(people) == 1
        assert people & {beside.speaker for beside in kept[max(0, n - 1) : n + 2]}


def test_a_tag_that_says_another_than_the_voice_stays() -> None:
    reading = read_text("Tom and Ann sat.\n\n“Stop,” said Tom. “Now.”\n")
    by_ann = replace(reading, quotations=tuple(replace(q, speaker="ann") for q in reading.quotations))

    assert [line.text for line in script_lines(reading, leave_out_tags=True) if not line.aloud] == ["said Tom."]
    assert all(line.aloud for line in script_lines(by_ann, leave_out_tags=True))


@each_story
def test_a_markdown_script_has_all_words_in_order(name: str) -> None:
    reading = readings()[name]
    said = re.findall(r"\w+", text_of(reading, "script", form="markdown"))

    at = 0
    for word in words_shown(reading):
        at = said.index(word, at) + 1


@each_story
def test_a_casting_sheet_accounts_for_every_word(name: str) -> None:
    reading = readings()[name]
    lines = [line for line in script_lines(reading) if line.aloud]

    sheet = voices(reading, words_per_minute=100)

    assert sum(part.words for part in sheet) == sum(len(line.text.split()) for line in lines)
    narration = [line for line in lines if line.kind != "speech"]
    said = {line.quotation.group for line in lines if line.kind == "speech" and line.quotation}
    assert sum(part.lines for part in sheet) == len(narration) + len(said)
    assert [part.id for part in sheet if part.id == NARRATION] == ([NARRATION] if sheet else [])
    for part in sheet:
        assert part.minutes == round(part.words / 100, 1) and part.first_line
    assert [row["id"] for row in csv.DictReader(io.StringIO(text_of(reading, "casting"), ""))] == [p.id for p in sheet]
    assert len(json.loads(text_of(reading, "casting", form="json"))) == len(sheet)
    assert text_of(reading, "casting", form="markdown").count("\n| ") == len(sheet) + 2


def test_a_casting_sheet_says_what_a_director_asks() -> None:
    ann = next(part for part in voices(full()) if part.id == "ann")

    assert (ann.name, ann.gender, ann.lines, ann.chapters) == ("Ann", "female", 3, 2)
    assert ann.first_line == "“Is the ferry late?”"


@each_story
@pytest.mark.parametrize("options", [{}, {"leave_out_tags": True, "notes": False, "emphasis": False}])
def test_ssml_is_valid_and_says_the_whole_text(name: str, options: dict[str, bool]) -> None:
    reading = readings()[name]

    root = etree.fromstring(text_of(reading, "ssml", **options).encode())

    SCHEMA.assertValid(root)
    if not options:
        assert re.findall(r"\w+", "".join(root.itertext())) == words_shown(reading)
        marks = [mark.get("name") for mark in root.iter(f"{SSML}mark")]
        assert marks == [line.quotation.id for line in script_lines(reading) if line.quotation and line.aloud]


def prompt_of(ssml: str) -> Any:
    """An SSML document as a prompt of VoiceXML's."""
    body = re.sub("<speak [^>]*>", '<vxml version="2.1"><form><block><prompt xml:lang="en">', ssml)
    return etree.fromstring(body.replace("</speak>", "</prompt></block></form></vxml>").encode())


@each_story
@pytest.mark.skipif(not VOICEXML.is_file(), reason="DRAMATURG_VOICEXML_DTD does not say where vxml.dtd is")
def test_ssml_is_valid_by_the_w3cs_own_grammar_of_prompts(name: str) -> None:
    grammar = etree.DTD(str(VOICEXML))
    made = text_of(readings()[name], "ssml")

    assert grammar.validate(prompt_of(made)), grammar.error_log
    assert not grammar.validate(prompt_of(made.replace("<p>", "<para>").replace("</p>", "</para>")))


def test_ssml_without_meta_says_the_same() -> None:
    assert re.sub("<meta [^>]*>\n", "", text_of(full(), "ssml")) == text_of(full(), "ssml", meta=False)


def test_the_schema_for_ssml_refuses_what_is_wrong() -> None:
    good = text_of(full(), "ssml")

    for wrong in (good.replace("<p>", "<para>").replace("</p>", "</para>"), good.replace('variant="1"', 'variant="0"')):
        assert not SCHEMA.validate(etree.fromstring(wrong.encode()))


@each_story
def test_everybody_has_a_voice_of_their_own(name: str) -> None:
    reading = readings()[name]
    root = etree.fromstring(text_of(reading, "ssml").encode())
    speakers = {line.quotation.id: line.speaker for line in script_lines(reading) if line.quotation}

    voices: dict[str | None, set[tuple[tuple[str, str], ...]]] = {}
    for mark in root.iter(f"{SSML}mark"):
        voice = mark.getnext()
        voice = voice.getnext() if voice.tag is etree.Comment else voice  # a guess
        voices.setdefault(speakers[mark.get("name")], set()).add(tuple(voice.items()))

    assert all(len(found) == 1 for found in voices.values())
    assert len({found.copy().pop() for found in voices.values()}) == len(voices)


def test_a_casting_sheet_that_is_filled_in_names_the_voices(tmp_path: Path) -> None:
    sheet = tmp_path / "casting.csv"
    rows = list(csv.DictReader(io.StringIO(text_of(full(), "casting"), "")))
    for row in rows:
        row["voice"] = {"ann": "Amy & Co", NARRATION: "Ned"}.get(row["id"], "")
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    made = text_of(full(), "ssml", voices=str(sheet))

    SCHEMA.assertValid(etree.fromstring(made.encode()))
    assert '<voice name="Amy &amp; Co">“Is the ferry late?”</voice>' in re.sub("</?emphasis>", "", made)
    assert '<voice name="Ned">A voice came over the water.</voice>' in made
    assert '<voice gender="male" variant="1">' in made


@pytest.mark.parametrize("contents", ["", "a,b\n1,2\n", "[1]", '[{"id": 1}]', "\x00"])
def test_what_is_no_casting_sheet_is_said_to_be_none(tmp_path: Path, contents: str) -> None:
    sheet = tmp_path / "casting.csv"
    sheet.write_text(contents, encoding="utf-8")

    with pytest.raises(UsageError, match="not a casting sheet"):
        export(full(), "ssml", tmp_path / "out.ssml", voices=str(sheet))


def fountain(reading: Reading, **options: bool) -> list[str]:
    return text_of(reading, "fountain", **options).split("\n\n")


def test_fountain_has_speech_under_names_and_tags_in_parentheses() -> None:
    pieces = fountain(
        read_text("# Home\n\nTom sat by Ann.\n\n“Stop, *now*,” Tom whispered. “Go.”\n\n* * *\n\nANN LEFT.", ".md")
    )

    assert pieces[1:] == [
        "# Home\n",
        ".HOME",
        "Tom sat by Ann.",
        "TOM\nStop, *now*,\n(Tom whispered)\nGo.",
        "> * * * <",
        "!ANN LEFT.\n",
    ] or pieces[1:] == [
        "Tom sat by Ann.",
        "TOM\nStop, *now*,\n(Tom whispered)\nGo.",
        "> * * * <",
        "!ANN LEFT.\n",
    ]


def test_a_tag_that_narration_goes_on_from_is_action_with_it() -> None:
    pieces = fountain(read_text("Tom sat by Ann.\n\n“Stop,” said Tom, and rose. “Now,” he added.\n"))

    assert pieces[2:] == ["TOM\nStop,", "said Tom, and rose.", "TOM\nNow,\n(he added)\n"]


@each_story
def test_fountain_has_no_line_that_is_misread(name: str) -> None:
    names = {character.name.upper() for character in readings()[name].characters} | {"SOMEBODY"}

    for piece in fountain(readings()[name])[1:]:
        head, _, rest = piece.strip("\n").partition("\n")
        if rest and not head.startswith(("!", "#")) and head.upper() == head:
            assert head.lstrip("@").replace("\\", "").removesuffix(" (?)") in names
        assert "/*" not in piece and "[[" not in piece


@pytest.mark.parametrize("form", ["script", "casting"])
def test_a_form_that_there_is_not_is_refused(form: str) -> None:
    with pytest.raises(UsageError, match="xls"):
        render(full(), form, form="xls")


def test_a_reading_speed_of_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="above 0"):
        render(full(), "casting", words_per_minute=0)


def test_a_spreadsheet_finds_no_formula_in_a_casting_sheet() -> None:
    sheet = text_of(read_text("=SUM(A1) was all it said, and Ann read it."), "casting")

    assert next(csv.DictReader(io.StringIO(sheet, "")))["first_line"].startswith("'=SUM(A1)")


@pytest.mark.parametrize(
    ("speech", "shown"),
    [
        ("“’Tis late,”", "’Tis late,"),
        ("“‘Come!’ he said to me,”", "‘Come!’ he said to me,"),
        ("“I was goin’,”", "I was goin’,"),
        ("‘Who?’", "Who?"),
        ('"So—"', "So—"),
        ("“*Never,*”", "*Never,*"),
        ("“(Later.) No,”", "\\(Later.) No,"),
    ],
)
def test_speech_in_fountain_stands_without_its_own_marks_alone(speech: str, shown: str) -> None:
    reading = read_text(f"Tom sat down with Ann.\n\n{speech} said Tom.\n", ".md")

    assert any(piece.startswith(f"TOM\n{shown}\n") for piece in fountain(reading)), fountain(reading)


def test_speech_that_goes_on_in_the_next_paragraph_keeps_the_marks_inside_it() -> None:
    lines = text_of(readings()["the-two-wells"], "fountain").split("\n")

    assert "‘Who asks?’" in lines and "‘Only me.’" in lines


def test_speech_after_a_dash_stands_without_it() -> None:
    pieces = fountain(readings()["the-half-past-train"])

    assert not any(line.startswith(("—", "–", "--")) for piece in pieces for line in piece.split("\n")[1:])


def test_ssml_may_be_a_chapter_alone() -> None:
    chapters = [etree.fromstring(text_of(full(), "ssml", chapter=n).encode()) for n in (1, 2)]

    assert all(SCHEMA.validate(root) for root in chapters)
    assert "Chapter One" in "".join(chapters[0].itertext()) and "Chapter Two" not in "".join(chapters[0].itertext())
    assert "Anybody there?" in "".join(chapters[1].itertext())
    with pytest.raises(UsageError, match="this story has 2 chapters"):
        text_of(full(), "ssml", chapter=3)
