"""Reading → a casting sheet: a row for each voice, with what a director needs to know first.

The first row is the narration; the speakers follow by descending number of lines. The column `voice` is empty, for you
to fill in: the format `ssml` accepts the sheet as its option `voices`.
"""

import csv
import io
import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from dramaturg.errors import UsageError
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.markdown_text import escape_markdown
from dramaturg.exporters.common.script_lines import ScriptLine, script_lines
from dramaturg.exporters.common.titles import title_of
from dramaturg.exporters.script import FORMS
from dramaturg.formatting import clip, counted, one_line, words_in
from dramaturg.reading import Reading

ABOUT = "a casting sheet: each voice, its lines and minutes"
SUFFIX = ".casting.csv"
NARRATION, UNKNOWN = "(narration)", "(unknown)"  # ids that no character can have
WORDS_PER_MINUTE = 155.0  # the usual estimate for audiobooks: about 9,300 words in a finished hour
MAX_SAMPLE_CHARACTERS = 160
GENDERS = {"she": "female", "he": "male", "they": "neutral", "it": "neutral"}


@dataclass(frozen=True, slots=True)
class Voice:
    """A row of the casting sheet.

    `gender` is female, male, neutral, or empty if unknown. `minutes` depends on the reading speed. `chapters` is the
    number of chapters in which the voice is heard. `first_line` is a sample, shortened if it is long, and `place` its
    number in the script. `voice` is empty, for the user to fill in.
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


def voices(
    reading: Reading, *, words_per_minute: float = WORDS_PER_MINUTE, leave_out_tags: bool = False
) -> list[Voice]:
    """The voices of a story: the narration, then the speakers by number of lines. Voices without words are left out.

    Raises UsageError for an impossible speed.
    """
    if not 0 < words_per_minute < float("inf"):
        raise UsageError(f"words_per_minute={words_per_minute:g}: give a number above 0.")
    lines_of: dict[str, list[ScriptLine]] = defaultdict(list)
    for line in script_lines(reading, leave_out_tags=leave_out_tags):
        if line.aloud:
            lines_of[(line.speaker or UNKNOWN) if line.kind == "speech" else NARRATION].append(line)
    starts = [chapter.start for chapter in reading.story.chapters]
    display = DisplayText(reading)
    found = [_voice(reading, display, id, lines, starts, words_per_minute) for id, lines in lines_of.items()]
    return sorted(found, key=lambda voice: (voice.id != NARRATION, -voice.lines, -voice.words, voice.id))


def to_text(
    reading: Reading, *, form: str = "csv", words_per_minute: float = WORDS_PER_MINUTE, leave_out_tags: bool = False
) -> str:
    """The casting sheet as a text.

    `form`: json, csv or markdown
    `words_per_minute`: the reading speed
    `leave_out_tags`: do not count “he said”, for a cast of several voices
    """
    if form not in FORMS:
        raise UsageError(f"a casting sheet cannot have the form “{form}”. The forms are: {', '.join(FORMS)}.")
    rows = voices(reading, words_per_minute=words_per_minute, leave_out_tags=leave_out_tags)
    if form == "json":
        return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n"
    return _csv(rows) if form == "csv" else _markdown(reading, rows)


def _voice(
    reading: Reading, display: DisplayText, id: str, lines: list[ScriptLine], starts: list[int], speed: float
) -> Voice:
    words = sum(words_in(line.text) for line in lines)
    character = None if id in (NARRATION, UNKNOWN) else reading.character(id)
    pronouns = (character.pronouns if character else None) or ""
    return Voice(
        id=id,
        name=character.name if character else id.strip("()").capitalize(),
        gender=GENDERS.get(pronouns, ""),
        pronouns=pronouns,
        narrator=character.narrator if character else False,
        # As everywhere: what is said in one go is one line, even if a tag interrupts it.
        lines=len({line.quotation.group if line.quotation else line.number for line in lines}),
        words=words,
        minutes=round(words / speed, 1),
        chapters=max(1, len({bisect_right(starts, line.start) for line in lines} - {0})),
        first_line=clip(one_line(display.plain(lines[0].start, lines[0].end)), MAX_SAMPLE_CHARACTERS),
        place=lines[0].number,
    )


def _csv(rows: Iterable[Voice]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(Voice.__dataclass_fields__), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        shown = {"name": _cell(row.name), "first_line": _cell(row.first_line)}
        writer.writerow({**asdict(row), **shown, "narrator": "yes" if row.narrator else "no"})
    return file.getvalue()


def _cell(words: str) -> str:
    """Text for a spreadsheet cell. The leading `'` is not shown, and keeps the text from being run as a formula."""
    return f"'{words}" if words.startswith(("=", "+", "-", "@")) else words


def _markdown(reading: Reading, rows: list[Voice]) -> str:
    lines = [f"# Casting: {escape_markdown(title_of(reading))}", ""]
    lines += ["| voice | gender | lines | words | minutes | chapters | first line |"]
    lines += ["| --- | --- | --: | --: | --: | --: | --- |"]
    for row in rows:
        name = escape_markdown(row.name) + (" (narrator)" if row.narrator else "")
        lines.append(
            f"| {name} | {row.gender or '?'} | {row.lines} | {row.words} | {row.minutes} | {row.chapters} "
            f"| {escape_markdown(row.first_line)} |"
        )
    total = sum(row.minutes for row in rows)
    return "\n".join([*lines, "", f"{counted(len(rows), 'voice')}, {total:.1f} minutes."]) + "\n"
