"""Documents and pages whose lines are paragraphs of their own, as in text that was pasted with its line ends."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from dramaturg.lexicon.language import StructureWords
from dramaturg.sources.line_patterns import is_standalone, is_strong_heading
from dramaturg.sources.lines import find_raw_blocks
from dramaturg.sources.markup import Link, Passage
from dramaturg.sources.wrapping import TERMINAL, Line, find_wrapping_of_all, is_short
from dramaturg.story import Span

MORE_SPACE = 0.8  # em above a passage, more than usual: an empty line


class Piece(NamedTuple):
    """What may be a line of a paragraph. `gap`: empty paragraphs before it. `alone`: it is none, a heading for one."""

    text: str
    gap: int
    alone: bool


def find_wrapped(pieces: Sequence[Piece], words: StructureWords) -> list[range]:
    """The paragraphs, as ranges of pieces; none where the pieces are whole paragraphs."""
    lines: list[Line] = []
    position = 0
    for piece in pieces:
        lines.append(Line(position, position + len(piece.text), 0, piece.gap))
        position += len(piece.text) + 1
    text = "\n".join(piece.text for piece in pieces)
    alone = [
        piece.alone
        or is_standalone(piece.text, words)
        or is_strong_heading(piece.text, words.headings, untitled_only=False)
        for piece in pieces
    ]
    spaced = [line for line, is_alone in zip(lines, alone, strict=True) if not is_alone]
    wrapping = find_wrapping_of_all(text, spaced)
    if wrapping is None:
        return []
    for i, (line, following) in enumerate(pairwise(lines)):
        alone[i] |= text[line.end - 1] not in TERMINAL and is_short(text, line, following, wrapping.full_width)
    groups: list[range] = []
    first = 0
    for i in range(len(pieces) + 1):
        if i < len(pieces) and not alone[i]:
            continue
        blocks = find_raw_blocks(text, lines[first:i], wrapping, words)
        for block in blocks:
            groups.append(range(first, first + block.n_lines))
            first += block.n_lines
        if i < len(pieces):
            groups.append(range(i, i + 1))
        first = i + 1
    return groups


def join_wrapped_passages(passages: list[Passage], words: StructureWords) -> list[Passage]:
    """The passages of a page, those joined that are the lines of a paragraph."""
    spaces = sorted(passage.space for passage in passages)
    usual = spaces[len(spaces) // 2] if spaces else 0.0
    groups = find_wrapped([_piece(passage, usual) for passage in passages], words)
    return [_joined(passages[group.start : group.stop]) for group in groups] if groups else passages


def _piece(passage: Passage, usual: float) -> Piece:
    return Piece(
        passage.text, int(passage.space > usual + MORE_SPACE), passage.role is not None or "\n" in passage.text
    )


def _joined(passages: Sequence[Passage]) -> Passage:
    if len(passages) == 1:
        return passages[0]
    parts: list[str] = []
    emphasis: list[Span] = []
    links: list[Link] = []
    position = 0
    for passage in passages:
        for span in passage.emphasis:
            runs_on = emphasis and position + span.start - emphasis[-1].end <= 1
            emphasis.append(Span(emphasis.pop().start if runs_on else position + span.start, position + span.end))
        links += (Link(position + link.start, position + link.end, link.target) for link in passage.links)
        parts.append(passage.text)
        position += len(passage.text) + 1
    anchors = tuple(anchor for passage in passages for anchor in passage.anchors)
    return replace(passages[0], text=" ".join(parts), emphasis=tuple(emphasis), links=tuple(links), anchors=anchors)
