"""Reading → a casting sheet: a row for each voice, with what a director asks first.

The rows are the narration, then whoever speaks, most lines first. The column `voice` is empty, to be filled in: the
format `ssml` takes the sheet as its `voices`.
"""

import csv
import io
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from dramaturg.errors import UsageError
from dramaturg.exporters.manuscript import Manuscript, title_of
from dramaturg.exporters.markdown_text import markdown
from dramaturg.exporters.script import FORMS, Line, script_lines
from dramaturg.formatting import clip, counted, one_line, words_in
from dramaturg.reading import Reading

NARRATION, UNKNOWN = "(narration)", "(unknown)"  # ids that no character can have
WORDS_PER_MINUTE = 155.0  # what audiobook producers reckon with: some 9,300 words in a finished hour
SAMPLE = 160  # characters
GENDERS = {"she": "female", "he": "male", "they": "neutral", "it": "neutral"}


@dataclass(frozen=True, slots=True)
class Part:
    """What one voice has to say.

    `gender`: female, male, neutral, or empty where the text does not tell. `minutes` at a reading speed. `chapters`: in
    how many the voice is heard. `first_line`: as a sample, cut where it is long. `place`: its number in the script.
    """

    id: str
    name: str
    gender: str
    pronouns: str
    narrator: bool
    lines: int
    words: int
    minutes: float
    chapters: int
    first_line: str
    place: int
    voice: str = ""


def parts(reading: Reading, *, words_per_minute: float = WORDS_PER_MINUTE, leave_out_tags: bool = False) -> list[Part]:
    """The voices of a story: its narration first, then by the number of lines. Those with nothing to say are left out.

    Raises UsageError for a speed that is none.
    """
    if not 0 < words_per_minute < float("inf"):
        raise UsageError(f"words_per_minute={words_per_minute:g}: give a number above 0.")
    said: dict[str, list[Line]] = defaultdict(list)
    for line in script_lines(reading, leave_out_tags=leave_out_tags):
        if line.aloud:
            said[(line.speaker or UNKNOWN) if line.kind == "speech" else NARRATION].append(line)
    starts = [chapter.start for chapter in reading.story.chapters]
    manuscript = Manuscript(reading)
    made = [_part(reading, manuscript, id, lines, starts, words_per_minute) for id, lines in said.items()]
    return sorted(made, key=lambda part: (part.id != NARRATION, -part.lines, -part.words, part.id))


def to_text(
    reading: Reading, *, form: str = "csv", words_per_minute: float = WORDS_PER_MINUTE, leave_out_tags: bool = False
) -> str:
    """The casting sheet as a text.

    `form`: json, csv or markdown
    `words_per_minute`: the reading speed
    `leave_out_tags`: do not count “he said” where the speaker has a voice
    """
    if form not in FORMS:
        raise UsageError(f"there is no casting sheet in the form “{form}”. There are: {', '.join(FORMS)}.")
    rows = parts(reading, words_per_minute=words_per_minute, leave_out_tags=leave_out_tags)
    if form == "json":
        return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n"
    return _csv(rows) if form == "csv" else _markdown(reading, rows)


def _part(
    reading: Reading, manuscript: Manuscript, id: str, lines: list[Line], starts: list[int], speed: float
) -> Part:
    words = sum(words_in(line.text) for line in lines)
    character = None if id in (NARRATION, UNKNOWN) else reading.character(id)
    pronouns = (character.pronouns if character else None) or ""
    return Part(
        id=id,
        name=character.name if character else id.strip("()").capitalize(),
        gender=GENDERS.get(pronouns, ""),
        pronouns=pronouns,
        narrator=character.narrator if character else False,
        lines=len(lines),
        words=words,
        minutes=round(words / speed, 1),
        chapters=max(1, len({bisect_right(starts, line.start) for line in lines} - {0})),
        first_line=clip(one_line(manuscript.words(lines[0].start, lines[0].end)), SAMPLE),
        place=lines[0].number,
    )


def _csv(rows: Iterable[Part]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(Part.__dataclass_fields__), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        shown = {"name": _cell(row.name), "first_line": _cell(row.first_line)}
        writer.writerow({**asdict(row), **shown, "narrator": "yes" if row.narrator else "no"})
    return file.getvalue()


def _cell(words: str) -> str:
    """Words for a spreadsheet, which would run those that begin like a formula; it shows no `'` before them."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@")) else words


def _markdown(reading: Reading, rows: list[Part]) -> str:
    made = [f"# Casting: {markdown(title_of(reading))}", ""]
    made += ["| voice | gender | lines | words | minutes | chapters | first line |"]
    made += ["| --- | --- | --: | --: | --: | --: | --- |"]
    for row in rows:
        name = markdown(row.name) + (" (tells the story)" if row.narrator else "")
        made.append(
            f"| {name} | {row.gender or '?'} | {row.lines} | {row.words} | {row.minutes} | {row.chapters} "
            f"| {markdown(row.first_line)} |"
        )
    total = sum(row.minutes for row in rows)
    return "\n".join([*made, "", f"{counted(len(rows), 'voice')}, {total:.1f} minutes."]) + "\n"
