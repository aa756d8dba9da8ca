"""Emphasis in plain text and Markdown: _italics_, *stress*, **strong**, =bold=, /thought/."""

import re
from collections.abc import Iterable

from dramaturg.story import Block, Span

MARK = re.compile(r"\*+|_+|/+|=+")
MAX_MARK_CHARACTERS = {"*": 3, "_": 3, "=": 1, "/": 2}  # longer runs are rules, or blanks to fill in
MAX_EMPHASIS_CHARACTERS = {"*": 4000, "_": 4000, "=": 200, "/": 400}


def find_emphasis(text: str, blocks: Iterable[Block]) -> tuple[Span, ...]:
    """The emphasised spans of each block, without the mark-up, in order.

    A mark opens after a space or punctuation and before a letter or quotation mark, and closes the other way round, in
    the same block. A mark without a partner is the asterisk of a footnote, or a slash between words.
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
        if len(mark) > MAX_MARK_CHARACTERS[sign]:
            continue
        before = text[match.start() - 1] if match.start() > block.start else " "
        after = text[match.end()] if match.end() < block.end else " "
        if mark in opened and _closes(sign, before, after):
            start = opened[mark][1]
            if start < match.start() <= start + MAX_EMPHASIS_CHARACTERS[sign]:
                spans.append(Span(start, match.start()))
            del opened[mark]
            continue
        if _opens(sign, before, after):
            opened[mark] = match.span()
    return _without_nested(spans)


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


def _without_nested(spans: list[Span]) -> list[Span]:
    """The spans in order. Of spans that overlap, only the first and longest."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
