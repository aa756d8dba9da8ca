"""Pair a reading's quotations and characters with the annotated ones of the same text."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from corpora.pdnc import GoldQuotation
from dramaturg.reading import Quotation

Stretch = tuple[int, int]
Id = TypeVar("Id", str, int)  # of a character in a reading, or of a person in a roster


def match_quotations(gold: Sequence[GoldQuotation], quotations: Sequence[Quotation]) -> list[Quotation | None]:
    """Find the quotation of the reading that answers for each gold quotation; None if nothing overlaps it.

    All quotations that overlap a gold one vote for their speaker. A vote weighs its fit times the
    length of the gold stretch; the fit of two stretches is overlap² / (length × length), so that a
    quotation around the right one, or inside it, weighs less than the right one. The best fitting
    quotation of the elected speaker is the answer.
    """
    overlapping = index_stretches([(quotation.start, quotation.end) for quotation in quotations])
    return [_elected(quotation, quotations, overlapping) for quotation in gold]


def _elected(
    gold: GoldQuotation, quotations: Sequence[Quotation], overlapping: Callable[[Stretch], Iterator[tuple[int, int]]]
) -> Quotation | None:
    votes: dict[str | None, float] = defaultdict(float)
    best: dict[str | None, tuple[float, Quotation]] = {}
    for start, end in gold.spans:
        for index, overlap in overlapping((start, end)):
            ours = quotations[index]
            fit = overlap * overlap / ((end - start) * (ours.end - ours.start))
            votes[ours.speaker] += fit * (end - start)
            if ours.speaker not in best or fit > best[ours.speaker][0]:
                best[ours.speaker] = (fit, ours)
    return best[max(votes, key=lambda speaker: votes[speaker])][1] if votes else None


def index_stretches(stretches: Sequence[Stretch]) -> Callable[[Stretch], Iterator[tuple[int, int]]]:
    """Make a function from a stretch to those of `stretches` that overlap it: (index, overlap), in text order."""
    order = sorted(range(len(stretches)), key=lambda index: stretches[index])
    starts = [stretches[index][0] for index in order]
    longest = max((end - start for start, end in stretches), default=0)

    def overlapping(wanted: Stretch) -> Iterator[tuple[int, int]]:
        # A stretch that starts more than `longest` before the wanted one cannot reach it.
        for place in range(bisect_left(starts, wanted[0] - longest), len(order)):
            start, end = stretches[order[place]]
            if start >= wanted[1]:
                return
            overlap = min(wanted[1], end) - max(wanted[0], start)
            if overlap > 0:
                yield order[place], overlap

    return overlapping


def pair_characters(gold: Sequence[str], ours: Sequence[Id | None]) -> dict[Id, str]:
    """Pair our characters with gold ones, one to one, so that most quotations are right: our id → gold name.

    `gold`, `ours`: the speaker of each quotation. If several pairings are best, the alphabetical
    order of names and ids decides; this never changes the number of right quotations.
    """
    from scipy.optimize import linear_sum_assignment  # an extra: reading the corpora does without it

    rows = {name: row for row, name in enumerate(sorted(set(gold)))}
    columns = {name: column for column, name in enumerate(sorted({id for id in ours if id is not None}))}
    shared = np.zeros((len(rows), len(columns)))
    for name, id in zip(gold, ours, strict=True):
        if id is not None:
            shared[rows[name], columns[id]] += 1
    names, ids = list(rows), list(columns)
    return {ids[column]: names[row] for row, column in zip(*linear_sum_assignment(shared, maximize=True), strict=True)}


def speaker_of(answer: Quotation | None) -> str | None:
    """The speaker that the reading gives for a gold quotation, or None if it gives none."""
    return None if answer is None else answer.speaker
