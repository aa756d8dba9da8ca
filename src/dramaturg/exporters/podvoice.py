"""Reading → a script for podvoice, in Markdown: `[Speaker]` on a line of its own, and below it what that voice says."""

import re

from dramaturg.exporters.common.voiced_text import voice_labels, voiced_texts
from dramaturg.formatting import one_line
from dramaturg.reading import Reading

ABOUT = "podvoice's script in Markdown, a voice for each person"
SUFFIX = ".podvoice.md"
NOT_IN_A_NAME = re.compile(r"[\[\]|]")
LOOKS_LIKE_A_SPEAKER = re.compile(r"\[(.*)\]")  # a text that podvoice would take for the next speaker


def to_text(reading: Reading, *, leave_out_tags: bool = False, notes: bool = True) -> str:
    """The script as Markdown.

    `leave_out_tags`: leave out “he said”, since each speaker has a voice
    `notes`: include author's notes, summaries, front and back matter
    """
    labels = {id: one_line(NOT_IN_A_NAME.sub(" ", label)) or id for id, label in voice_labels(reading).items()}
    found = voiced_texts(reading, leave_out_tags=leave_out_tags, notes=notes)
    return "\n".join(f"[{labels[one.voice]}]\n{_body(one.text)}\n" for one in found if one.text)


def _body(text: str) -> str:
    return LOOKS_LIKE_A_SPEAKER.sub(r"(\1)", text) if LOOKS_LIKE_A_SPEAKER.fullmatch(text) else text
