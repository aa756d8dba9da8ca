"""Spans that nest or cross → pieces that only nest, as mark-up needs them.

Where two spans cross, the one that matters less is cut where the other begins or ends; its pieces can be linked
again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Marked(Generic[T]):
    """A span to mark up. Of two that cross, the one with the higher `rank` is cut; with one place, it goes inside.

    `block`: it may stand in no span that is a `phrase`, which is cut around it.
    """

    start: int
    end: int
    rank: int
    item: T
    block: bool = False
    phrase: bool = False


@dataclass(slots=True)
class Piece(Generic[T]):
    """A span, or a part of one: the `part`-th, counted from 0, of `marked`."""

    start: int
    end: int
    marked: Marked[T]
    part: int = 0


def nest(spans: Iterable[Marked[T]]) -> list[Piece[T]]:
    """Pieces of which any two nest or lie apart, in the order in which they begin, the outer one first.

    Joined, the pieces of a span are the span. Empty spans are left out.
    """
    waiting = [_waiting(Piece(span.start, span.end, span), n) for n, span in enumerate(spans) if span.end > span.start]
    heapify(waiting)
    made: list[tuple[int, Piece[T]]] = []
    open: list[tuple[int, Piece[T]]] = []
    while waiting:
        *_, number, piece = heappop(waiting)
        while open and open[-1][1].end <= piece.start:
            open.pop()
        for cut, outer in _to_cut(open, piece):
            if outer.end > piece.start:
                heappush(waiting, _waiting(Piece(piece.start, outer.end, outer.marked), cut))
            outer.end = piece.start
        while open and open[-1][1].end <= piece.start:
            open.pop()
        if open and open[-1][1].end < piece.end:
            heappush(waiting, _waiting(Piece(open[-1][1].end, piece.end, piece.marked), number))
            piece.end = open[-1][1].end
        open.append((number, piece))
        made.append((number, piece))
    return _counted(made)


def _to_cut(open: list[tuple[int, Piece[T]]], piece: Piece[T]) -> list[tuple[int, Piece[T]]]:
    """The pieces that stand open and must end where this one begins."""
    first = len(open)
    while first and open[first - 1][1].end < piece.end and open[first - 1][1].marked.rank > piece.marked.rank:
        first -= 1
    if piece.marked.block:
        first = min([first, *(n for n, (_, outer) in enumerate(open) if outer.marked.phrase)])
    return open[first:]


def _waiting(piece: Piece[T], number: int) -> tuple[int, int, int, int, Piece[T]]:
    return piece.start, -piece.end, piece.marked.rank, number, piece


def _counted(made: list[tuple[int, Piece[T]]]) -> list[Piece[T]]:
    parts: dict[int, int] = {}
    kept = []
    for number, piece in made:
        if piece.end > piece.start:
            piece.part = parts.get(number, 0)
            parts[number] = piece.part + 1
            kept.append(piece)
    return kept
