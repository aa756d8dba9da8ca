"""Reading → SSML 1.1 (W3C Recommendation, 7 September 2010): a `p` for each paragraph, a voice for each person.

Narration uses the document's default voice. Each person has a `voice`, selected by `gender` and `variant`, or by the
`name` from a casting sheet. A `mark` with the quotation's id precedes each quotation, so that a player knows which one
it has reached. Emphasis is kept; scene breaks and headings become pauses.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from dramaturg.errors import UsageError
from dramaturg.exporters.casting import GENDERS, NARRATION, UNKNOWN, voices
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.script_lines import ScriptLine, script_lines
from dramaturg.exporters.common.titles import language_of
from dramaturg.exporters.common.xml_text import attribute_value, content
from dramaturg.formatting import counted, one_line, percent
from dramaturg.phrases import is_guess
from dramaturg.reading import Quotation, Reading

ABOUT = "SSML 1.1 for speech synthesis, a voice for each person"
SUFFIX = ".ssml"
NAMESPACE = "http://www.w3.org/2001/10/synthesis"
PAUSE_LENGTHS = {"heading": "1s", "break": "2s"}


def to_text(
    reading: Reading,
    *,
    voices: str = "",
    chapter: int = 0,
    leave_out_tags: bool = False,
    notes: bool = True,
    emphasis: bool = True,
    meta: bool = True,
) -> str:
    """The story as one SSML document, or one chapter of it: many synthesisers limit the length of their input.

    `voices`: a casting sheet (CSV or JSON) with the column `voice` filled in
    `chapter`: only this chapter, counted from 1; 0 for all
    `leave_out_tags`: leave out “he said”, since each speaker has a voice
    `notes`: include author's notes, summaries, front and back matter
    `emphasis`: speak italics with emphasis
    `meta`: include <meta> with the title and the program, which some synthesisers reject
    """
    names = load_voice_names(voices) if voices else {}
    display = DisplayText(reading)
    attributes = voice_attributes(reading, names)
    lines = [
        line
        for line in script_lines(reading, leave_out_tags=leave_out_tags)
        if line.kind == "break" or (line.aloud and (notes or line.kind not in ("note", "matter")))
    ]
    if chapter:
        wanted = _chapter_id(reading, chapter)
        lines = [line for line in lines if line.chapter == wanted]
    source = reading.story.source
    language = attribute_value(language_of(reading))
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<speak version="1.1" xmlns="{NAMESPACE}" xml:lang="{language}">',
    ]
    meta_values = {"generator": f"dramaturg {reading.made_by.version}", "title": one_line(source.title or "")}
    parts += [
        f'<meta name="{name}" content="{attribute_value(value)}"/>'
        for name, value in meta_values.items()
        if meta and value
    ]
    for _, paragraph in groupby(lines, key=lambda line: (line.paragraph, line.kind == "break")):
        parts.extend(_paragraph(list(paragraph), display, attributes, emphasis))
    return "\n".join([*parts, "</speak>"]) + "\n"


def _chapter_id(reading: Reading, number: int) -> str:
    chapters = reading.story.chapters
    if not 0 < number <= len(chapters):
        raise UsageError(f"chapter={number}: this story has {counted(len(chapters), 'chapter')}.")
    return chapters[number - 1].id


def load_voice_names(path: str) -> dict[str, str]:
    """The voice names in a casting sheet, by character id. Raises UsageError if the file is not a casting sheet."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
        rows = (
            json.loads(text) if text.lstrip().startswith("[") else list(csv.DictReader(io.StringIO(text, newline="")))
        )
        if not rows:
            raise ValueError("it has no rows")
        return {str(row["id"]): str(row["voice"]).strip() for row in rows if str(row["voice"] or "").strip()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path}: this is not a casting sheet with the columns id and voice ({error}). "
            "Create one to fill in: `dramaturg export STORY --to casting -o casting.csv`."
        ) from error


def voice_attributes(reading: Reading, names: dict[str, str]) -> dict[str, str]:
    """The attributes of the `voice` element of each speaker, by id; of the narration only if `names` has its voice.

    Without a name, speakers of one gender get variants 1, 2 … by descending number of lines.
    """
    variants: Counter[str] = Counter()
    attributes = {}
    for voice in voices(reading):
        if voice.id in names:
            attributes[voice.id] = f'name="{attribute_value(names[voice.id])}"'
        elif voice.id != NARRATION:
            gender = GENDERS.get(voice.pronouns, "neutral")
            variants[gender] += 1
            attributes[voice.id] = f'gender="{gender}" variant="{variants[gender]}"'
    return attributes


def _paragraph(
    lines: list[ScriptLine], display: DisplayText, attributes: dict[str, str], emphasis: bool
) -> Iterator[str]:
    if lines[0].kind == "break":
        yield f'<break time="{PAUSE_LENGTHS["break"]}"/>'
        return
    said = []
    for line in lines:
        words = _words(line, display, emphasis)
        id = (line.speaker or UNKNOWN) if line.kind == "speech" else NARRATION
        if id in attributes:
            words = f"<voice {attributes[id]}>{words}</voice>"
        if line.quotation is not None:
            words = f'<mark name="{attribute_value(line.quotation.id)}"/>{_guess(line.quotation)}{words}'
        said.append(words + (" " if line.space else ""))
    yield f"<p>{''.join(said).rstrip()}</p>"
    if lines[0].kind in PAUSE_LENGTHS:
        yield f'<break time="{PAUSE_LENGTHS[lines[0].kind]}"/>'


def _guess(quotation: Quotation) -> str:
    """A comment for whoever edits the document, at a speaker who is a guess."""
    return f"<!-- a guess: {percent(quotation.confidence or 0.0)} -->" if is_guess(quotation) else ""


def _words(line: ScriptLine, display: DisplayText, emphasis: bool) -> str:
    said = []
    for run in display.runs(line.start, line.end):
        words = content(run.text)
        said.append(f"<emphasis>{words}</emphasis>" if emphasis and run.emphasis and run.text.strip() else words)
    return "".join(said)
