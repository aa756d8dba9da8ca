"""Reading → SSML 1.1 (W3C Recommendation, 7 September 2010): a paragraph a `p`, a voice for each person.

Narration is in the voice of the document. Each person has a `voice`, told apart by `gender` and `variant`, or by the
`name` that a casting sheet gives. A `mark` with the quotation's id stands before each stretch of speech, so that a
player can tell which one it has reached. Emphasis is kept, scene breaks and chapters are pauses.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from dramaturg.errors import UsageError
from dramaturg.exporters.casting import GENDERS, NARRATION, UNKNOWN, parts
from dramaturg.exporters.manuscript import Manuscript, language_of
from dramaturg.exporters.script import Line, script_lines
from dramaturg.exporters.xml import content, value_of
from dramaturg.formatting import counted, one_line
from dramaturg.reading import Reading

NAMESPACE = "http://www.w3.org/2001/10/synthesis"
PAUSES = {"heading": "1s", "break": "2s"}


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
    """The story as one SSML document, or a chapter of it: many synthesisers take only so much at once.

    `voices`: a casting sheet (CSV or JSON) whose column `voice` is filled in
    `chapter`: this chapter alone, counted from 1; 0 for all
    `leave_out_tags`: leave out “he said” where the speaker has a voice
    `notes`: read author's notes, summaries, front and back matter too
    `emphasis`: say what is in italics with emphasis
    `meta`: name the story and this program in <meta>, which some synthesisers refuse
    """
    names = load_voices(voices) if voices else {}
    manuscript = Manuscript(reading)
    attributes = voice_attributes(reading, names)
    said = [
        line
        for line in script_lines(reading, leave_out_tags=leave_out_tags)
        if line.kind == "break" or (line.aloud and (notes or line.kind not in ("note", "matter")))
    ]
    if chapter:
        wanted = _chapter(reading, chapter)
        said = [line for line in said if line.chapter == wanted]
    source = reading.story.source
    language = value_of(language_of(reading))
    made = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<speak version="1.1" xmlns="{NAMESPACE}" xml:lang="{language}">',
    ]
    told = {"generator": f"dramaturg {reading.made_by.version}", "title": one_line(source.title or "")}
    made += [f'<meta name="{name}" content="{value_of(value)}"/>' for name, value in told.items() if meta and value]
    for _, lines in groupby(said, key=lambda line: (line.paragraph, line.kind == "break")):
        made.extend(_paragraph(list(lines), manuscript, attributes, emphasis))
    return "\n".join([*made, "</speak>"]) + "\n"


def _chapter(reading: Reading, number: int) -> str:
    chapters = reading.story.chapters
    if not 0 < number <= len(chapters):
        raise UsageError(f"chapter={number}: this story has {counted(len(chapters), 'chapter')}.")
    return chapters[number - 1].id


def load_voices(path: str) -> dict[str, str]:
    """The voices that a casting sheet gives, by the id of who has them. Raises UsageError where it is no such sheet."""
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
            f"{path}: this is no casting sheet with the columns id and voice ({error}). "
            "`dramaturg export STORY --to casting -o casting.csv` writes one to fill in."
        ) from error


def voice_attributes(reading: Reading, names: dict[str, str]) -> dict[str, str]:
    """The attributes of the `voice` of each who speaks, by id; of the narration only where `names` gives it one.

    Without a name a voice is one of those of its gender, the first for whoever has the most lines, and so on.
    """
    variants: Counter[str] = Counter()
    made = {}
    for part in parts(reading):
        if part.id in names:
            made[part.id] = f'name="{value_of(names[part.id])}"'
        elif part.id != NARRATION:
            gender = GENDERS.get(part.pronouns, "neutral")
            variants[gender] += 1
            made[part.id] = f'gender="{gender}" variant="{variants[gender]}"'
    return made


def _paragraph(lines: list[Line], manuscript: Manuscript, attributes: dict[str, str], emphasis: bool) -> Iterator[str]:
    if lines[0].kind == "break":
        yield f'<break time="{PAUSES["break"]}"/>'
        return
    said = []
    for line in lines:
        words = _words(line, manuscript, emphasis)
        who = (line.speaker or UNKNOWN) if line.kind == "speech" else NARRATION
        if who in attributes:
            words = f"<voice {attributes[who]}>{words}</voice>"
        if line.quotation is not None:
            words = f'<mark name="{value_of(line.quotation.id)}"/>{words}'
        said.append(words + (" " if line.space else ""))
    yield f"<p>{''.join(said).rstrip()}</p>"
    if lines[0].kind in PAUSES:
        yield f'<break time="{PAUSES[lines[0].kind]}"/>'


def _words(line: Line, manuscript: Manuscript, emphasis: bool) -> str:
    said = []
    for run in manuscript.runs(line.start, line.end):
        words = content(run.text)
        said.append(f"<emphasis>{words}</emphasis>" if emphasis and run.emphasis and run.text.strip() else words)
    return "".join(said)
