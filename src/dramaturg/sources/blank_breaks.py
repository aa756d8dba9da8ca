"""Scene breaks that plain text shows by blank lines only."""

from collections.abc import Sequence
from itertools import pairwise

from dramaturg.sources.wrapping import TERMINAL
from dramaturg.story import Block

MARK = "*"  # what a break becomes: in place of one newline, so that no place in the text moves
MIN_MORE = 2  # blank lines more than usual between paragraphs
MAX_SHARE = 0.15  # of the gaps between paragraphs; where more are wide, they mean something else
MIN_GAPS = 5


def mark_blank_breaks(text: str, blocks: Sequence[Block]) -> str:
    """The text with a mark where more blank lines than usual stand between two paragraphs.

    A text that marks its scene breaks stays as it is. `blocks`: of the text, with their roles.
    """
    if any(block.role == "scene_break" for block in blocks):
        return text
    gaps = [
        (first.end, second.start, text.count("\n", first.end, second.start) - 1)
        for first, second in pairwise(blocks)
        if first.role == second.role == "paragraph"
    ]
    if len(gaps) < MIN_GAPS:
        return text
    usual = sorted(gap for _, _, gap in gaps)[len(gaps) // 2]
    wide = [(start, end) for start, end, gap in gaps if gap >= usual + MIN_MORE]
    wide = [(start, end) for start, end in wide if _is_break(text, start, end)]
    if not wide or len(wide) > MAX_SHARE * len(gaps):
        return text
    pieces, position = [], 0
    for start, _ in wide:
        newline = text.index("\n", text.index("\n", start) + 1)  # the second one
        pieces += [text[position:newline], MARK]
        position = newline + 1
    return "".join([*pieces, text[position:]])


def _is_break(text: str, start: int, end: int) -> bool:
    """Whether a sentence ends before the gap and another begins after it, and only empty lines are between."""
    return text[start - 1] in TERMINAL and not text[end].islower() and not text[start:end].strip(" \t\n")
