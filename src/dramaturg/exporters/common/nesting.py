"""Overlapping spans → pieces that only nest, as XML needs them.

If two spans cross, the less important one is cut where the other begins or ends. Its pieces can be linked to each
other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RankedSpan(Generic[T]):
    """A span to mark up. Of two that cross, the one with the higher `rank` is cut; of two equal ones, it goes inside.

    A `block` must not be inside a `phrase`, which is therefore cut around it.
    """

    start: int
    end: int
    rank: int
    item: T
    block: bool = False
    phrase: bool = False


@dataclass(slots=True)
class SpanPiece(Generic[T]):
    """A span, or a part of one: the `part`-th piece of `span`, counted from 0."""

    start: int
    end: int
    span: RankedSpan[T]
    part: int = 0


def nest(spans: Iterable[RankedSpan[T]]) -> list[SpanPiece[T]]:
    """The pieces, ordered by start, outer ones first. Any two of them are nested or disjoint.

    The pieces of a span, joined, are the span. Empty spans are left out.
    """
    queue = [
        _queue_entry(SpanPiece(span.start, span.end, span), n) for n, span in enumerate(spans) if span.end > span.start
    ]
    heapify(queue)
    done: list[tuple[int, SpanPiece[T]]] = []
    open: list[tuple[int, SpanPiece[T]]] = []
    while queue:
        *_, number, piece = heappop(queue)
        while open and open[-1][1].end <= piece.start:
            open.pop()
        for cut, outer in _to_cut(open, piece):
            if outer.end > piece.start:
                heappush(queue, _queue_entry(SpanPiece(piece.start, outer.end, outer.span), cut))
            outer.end = piece.start
        while open and open[-1][1].end <= piece.start:
            open.pop()
        if open and open[-1][1].end < piece.end:
            heappush(queue, _queue_entry(SpanPiece(open[-1][1].end, piece.end, piece.span), number))
            piece.end = open[-1][1].end
        open.append((number, piece))
        done.append((number, piece))
    return _numbered(done)


def _to_cut(open: list[tuple[int, SpanPiece[T]]], piece: SpanPiece[T]) -> list[tuple[int, SpanPiece[T]]]:
    """The open pieces that must end where this one begins."""
    first = len(open)
    while first and open[first - 1][1].end < piece.end and open[first - 1][1].span.rank > piece.span.rank:
        first -= 1
    if piece.span.block:
        first = min([first, *(n for n, (_, outer) in enumerate(open) if outer.span.phrase)])
    return open[first:]


def _queue_entry(piece: SpanPiece[T], number: int) -> tuple[int, int, int, int, SpanPiece[T]]:
    return piece.start, -piece.end, piece.span.rank, number, piece


def _numbered(done: list[tuple[int, SpanPiece[T]]]) -> list[SpanPiece[T]]:
    parts: dict[int, int] = {}
    kept = []
    for number, piece in done:
        if piece.end > piece.start:
            piece.part = parts.get(number, 0)
            parts[number] = piece.part + 1
            kept.append(piece)
    return kept
