"""Reading → the review file of audiobooker (audiobooker-ai): who says what, in the form that it imports.

`=== Title ===` opens a chapter and `@Speaker` a stretch of text. Lines that begin with # are comments, and a backslash
keeps a line of the story from being read as one of these. The program matches chapters by their titles.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from dramaturg.exporters.casting import NARRATION
from dramaturg.exporters.common.titles import title_of
from dramaturg.exporters.common.voiced_text import VoicedText, voice_labels, voiced_texts
from dramaturg.formatting import one_line, percent
from dramaturg.phrases import is_guess
from dramaturg.reading import Reading

ABOUT = "audiobooker's review file, a voice for each person"
SUFFIX = ".audiobooker.txt"
NARRATOR = "narrator"
NOT_IN_A_NAME = re.compile(r"[^\w .,'\-&:]")
CONTROL_SIGNS = ("\\", "#", "@", "===")


def to_text(reading: Reading, *, leave_out_tags: bool = False, notes: bool = True) -> str:
    """The review file.

    `leave_out_tags`: leave out “he said”, since each speaker has a voice
    `notes`: include author's notes, summaries, front and back matter
    """
    labels = {id: _speaker(label) for id, label in voice_labels(reading).items()} | {NARRATION: NARRATOR}
    titles = {chapter.id: one_line(chapter.title or "") for chapter in reading.story.chapters}
    found = (one for one in voiced_texts(reading, leave_out_tags=leave_out_tags, notes=notes) if one.text)
    lines: list[str] = []
    for chapter, texts in groupby(found, key=lambda one: one.chapter):
        lines += [f"=== {titles.get(chapter or '') or title_of(reading)} ===", ""]
        for one in texts:
            lines += [*_block(one, labels[one.voice]), ""]
    return "\n".join(lines)


def _block(one: VoicedText, speaker: str) -> Iterator[str]:
    if one.quotation is not None and is_guess(one.quotation):
        yield f"# a guess: {percent(one.quotation.confidence or 0.0)}"
    yield f"@{speaker}"
    yield f"\\{one.text}" if one.text.startswith(CONTROL_SIGNS) else one.text


def _speaker(label: str) -> str:
    return one_line(NOT_IN_A_NAME.sub(" ", label.replace("’", "'"))) or "Unknown"
