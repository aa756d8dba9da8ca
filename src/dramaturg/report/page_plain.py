"""Reading → the story as plain HTML for browsers without JavaScript: the text, with the speakers of each paragraph."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from html import escape
from itertools import groupby

from dramaturg.formatting import clip, one_line
from dramaturg.phrases import is_guess
from dramaturg.reading import Reading
from dramaturg.story import Block

NOTES = {
    "authors_note": "Author's note",
    "summary": "Summary",
    "front_matter": "Front matter",
    "back_matter": "Back matter",
}
# Characters that HTML does not allow: control characters and lone surrogates.
UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain_story(reading: Reading) -> str:
    """The cast in one line, then the blocks of the story in order."""
    return "\n".join([*_cast(reading), *_blocks(reading)])


def escaped(text: str) -> str:
    """Text escaped for HTML, including attribute values."""
    return escape(UNSHOWABLE.sub("\ufffd", text), quote=True)


def _cast(reading: Reading) -> Iterator[str]:
    names = ", ".join(escaped(clip(character.name, 40)) for character in reading.characters[:24])
    if names:
        yield f"<p>Cast: {names}.</p>"


def _blocks(reading: Reading) -> Iterator[str]:
    starts = [quotation.start for quotation in reading.quotations]
    for role, group in groupby(reading.story.blocks, key=lambda block: block.role):
        if role in NOTES:
            yield f'<aside class="note"><p class="kind">{NOTES[role]}</p>'
        for block in group:
            said = escaped(reading.story.text_of(block))
            if role in ("title", "heading"):
                yield f"<h2>{one_line(said)}</h2>"
            elif role == "scene_break":
                yield f'<p class="break">{said}</p>'
            else:
                yield f"<p>{_speakers(reading, block, starts)}{said}</p>"
        if role in NOTES:
            yield "</aside>"


def _speakers(reading: Reading, block: Block, starts: list[int]) -> str:
    """The names of the speakers in a block; a question mark marks a guess."""
    names: dict[str, None] = {}
    for quotation in reading.quotations[bisect_left(starts, block.start) : bisect_left(starts, block.end)]:
        if quotation.within is None:
            name = clip(reading.name_of(quotation.speaker) or "unknown", 40)
            names[name + ("?" if is_guess(quotation) else "")] = None
    return f"<b>{', '.join(map(escaped, names))}:</b> " if names else ""
