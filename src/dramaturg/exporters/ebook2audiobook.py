"""Reading → a web page for ebook2audiobook, with its tags: `[voice:FILE]…[/voice]` around speech, `[pause]` at breaks.

Headings are `h1` and `h2`, at which it begins chapters. Narration has the voice that its command line names.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from dramaturg.exporters.casting import NARRATION, UNKNOWN
from dramaturg.exporters.casting import voices as casting_sheet
from dramaturg.exporters.common.titles import language_of, title_of
from dramaturg.exporters.common.voiced_text import VoicedText, voiced_texts
from dramaturg.exporters.ssml import load_voice_names
from dramaturg.reading import Reading

ABOUT = "ebook2audiobook's tags in a web page, a voice for each person"
SUFFIX = ".ebook2audiobook.html"
FOLDER = "voices"
TAG = re.compile(r"\[(/?(?:voice|pause|break)\b[^\]]*)\]", re.IGNORECASE)  # in the story, it would be obeyed


def to_text(reading: Reading, *, voices: str = "", leave_out_tags: bool = False, notes: bool = True) -> str:
    """The story as a web page with tags.

    `voices`: a casting sheet whose column `voice` has a recording for each person; without one, voices/ID.wav
    `leave_out_tags`: leave out “he said”, since each speaker has a voice
    `notes`: include author's notes, summaries, front and back matter
    """
    recordings = load_voice_names(voices) if voices else _default_recordings(reading)
    titles = {n for n, block in enumerate(reading.story.blocks, 1) if block.role == "title"}
    found = voiced_texts(reading, leave_out_tags=leave_out_tags, notes=notes)
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{escape(language_of(reading))}">',
        f'<head><meta charset="utf-8"><title>{escape(title_of(reading))}</title></head>',
        "<body>",
    ]
    for _, texts in groupby(found, key=lambda one: (one.paragraph, one.kind == "break")):
        lines.append(_paragraph(list(texts), recordings, titles))
    return "\n".join([*lines, "</body>", "</html>"]) + "\n"


def _default_recordings(reading: Reading) -> dict[str, str]:
    """A file name for each voice but the narration's."""
    found = {voice.id for voice in casting_sheet(reading)} - {NARRATION}
    return {id: f"{FOLDER}/{id.strip('()') if id == UNKNOWN else id}.wav" for id in found}


def _paragraph(texts: list[VoicedText], recordings: dict[str, str], titles: set[int]) -> str:
    if texts[0].kind == "break":
        return "<p>[pause]</p>"
    words = "".join(_spoken(texts, recordings)).strip()
    element = "h1" if texts[0].paragraph in titles else "h2" if texts[0].kind == "heading" else "p"
    return f"<{element}>{words}</{element}>"


def _spoken(texts: list[VoicedText], recordings: dict[str, str]) -> Iterator[str]:
    for one in texts:
        words = escape(TAG.sub(r"(\1)", one.text), quote=False)
        recording = recordings.get(one.voice) if one.voice != NARRATION else None
        words = f"[voice:{escape(recording, quote=False)}]{words}[/voice]" if recording else words
        yield (" " if one.space_before else "") + words
