"""Emphasis in plain text and Markdown: _italics_, *stress*, **strong**, =bold=, /thought/."""

import re
from collections.abc import Iterable

from dramaturg.story import Block, Span

MARK = re.compile(r"\*+|_+|/+|=+")
LONGEST = {"*": 3, "_": 3, "=": 1, "/": 2}  # longer runs are rules and blanks to fill in
MAX_LENGTH = {"*": 4000, "_": 4000, "=": 200, "/": 400}  # characters of one emphasised stretch


def find_emphasis(text: str, blocks: Iterable[Block]) -> tuple[Span, ...]:
    """The emphasised stretches of each block, mark-up excluded, in order.

    A mark opens after a blank or punctuation and before a letter or mark of speech, and closes the other way
    round, in the same block. What does not pair is a footnote's star or a slash between words.
    """
    spans: list[Span] = []
    for block in blocks:
        if block.role != "scene_break":
            spans.extend(_in_block(text, block))
    return tuple(spans)


def _in_block(text: str, block: Block) -> list[Span]:
    opened: dict[str, tuple[int, int]] = {}  # mark → its start and end
    spans: list[Span] = []
    for match in MARK.finditer(text, block.start, block.end):
        mark = match.group()
        sign = mark[0]
        if len(mark) > LONGEST[sign]:
            continue
        before = text[match.start() - 1] if match.start() > block.start else " "
        after = text[match.end()] if match.end() < block.end else " "
        if mark in opened and _closes(sign, before, after):
            start = opened[mark][1]
            if start < match.start() <= start + MAX_LENGTH[sign]:
                spans.append(Span(start, match.start()))
            del opened[mark]
            continue
        if _opens(sign, before, after):
            opened[mark] = match.span()
    return _outermost(spans)


def _opens(sign: str, before: str, after: str) -> bool:
    if after.isspace() or before.isalnum():
        return False
    if sign in "/=":
        return (before.isspace() or before in "\"“‘('*_") and (after.isalpha() or after in "\"“‘'…*_")
    return before != "\\"


def _closes(sign: str, before: str, after: str) -> bool:
    if before.isspace() or after.isalnum():
        return False
    if sign in "/=":
        return after.isspace() or after in ".,!?;:…\"”’')-—*_"
    return True


def _outermost(spans: list[Span]) -> list[Span]:
    """In order, and of stretches that overlap the first and longest only."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
