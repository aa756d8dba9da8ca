"""Corrections → their places in one story, and the outcome of each."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dramaturg.corrections.anchors import AnchorFinder
from dramaturg.corrections.model import (
    Complete,
    Correction,
    Corrections,
    MentionCorrection,
    PersonCorrection,
    QuotationCorrection,
    SlipCorrection,
)
from dramaturg.reading import Corrected
from dramaturg.story import Span, Story


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a correction, or of a part of it, in one step.

    `span`: its place in the text. `why`: the reason why it was not applied, None if it was. `is_last_resort`: it only
    counts if there is no other outcome of the correction.
    """

    correction: Correction
    span: Span | None = None
    why: str | None = None
    is_last_resort: bool = False


class Ledger:
    """The outcome of each correction in one reading: applied, or not applied and why."""

    def __init__(self) -> None:
        self._rows: dict[int, tuple[Correction, Span | None, str | None]] = {}

    def mark_applied(self, correction: Correction, span: Span | None = None) -> None:
        """Note that a correction was applied. One that failed in part stays unmatched."""
        if id(correction) not in self._rows:
            self._rows[id(correction)] = (correction, span, None)

    def mark_unmatched(self, correction: Correction, why: str, span: Span | None = None) -> None:
        """Note that a correction, or a part of it, could not be applied."""
        self._rows[id(correction)] = (correction, span, why)

    def mark_unmatched_unless_applied(self, correction: Correction, why: str) -> None:
        """Note that a correction could not be applied, unless it has an outcome already."""
        if id(correction) not in self._rows:
            self.mark_unmatched(correction, why)

    def with_outcomes(self, outcomes: Iterable[Outcome]) -> "Ledger":
        """A new ledger that also holds the outcomes of further steps."""
        ledger = Ledger()
        ledger._rows = dict(self._rows)
        for one in outcomes:
            if one.why is None:
                ledger.mark_applied(one.correction, one.span)
            elif not (one.is_last_resort and id(one.correction) in ledger._rows):
                ledger.mark_unmatched(one.correction, one.why, one.span)
        return ledger

    def outcome(self) -> Corrected:
        """The outcomes of all corrections, for the document."""
        applied = [_row(one, span) for one, span, why in self._rows.values() if why is None]
        unmatched = [{**_row(one, span), "why": why} for one, span, why in self._rows.values() if why is not None]
        return Corrected(tuple(applied), tuple(unmatched))


def _row(one: Correction, span: Span | None) -> dict[str, Any]:
    place = {} if span is None else {"start": span.start, "end": span.end}
    origin = {"file": one.location.file, "line": one.location.line} if one.location.file else {}
    person = {"person": one.name} if isinstance(one, PersonCorrection) else {}
    return {"correction": str(one), **person, **place, **origin, **({"shared": True} if one.location.shared else {})}


@dataclass(frozen=True, slots=True)
class ResolvedMention:
    """A correction of a mention, and its place in the text."""

    span: Span
    correction: MentionCorrection


@dataclass(frozen=True, slots=True)
class ResolvedQuotation:
    """A correction of a quotation, and the place of its words in the text: all of them, or the first.

    `order`: its number among the corrections of quotations, from 0.
    """

    span: Span
    correction: QuotationCorrection
    order: int


@dataclass(frozen=True, slots=True)
class ResolvedSlip:
    """A slip that is meant so, and the place of its words in the text."""

    span: Span
    correction: SlipCorrection


@dataclass(frozen=True, slots=True)
class ResolvedCorrections:
    """The corrections of one story, those with a place in text order, and the ledger of their outcomes."""

    corrections: Corrections = field(default_factory=Corrections)
    mentions: tuple[ResolvedMention, ...] = ()
    quotations: tuple[ResolvedQuotation, ...] = ()
    slips: tuple[ResolvedSlip, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)

    def is_complete(self, what: Complete) -> bool:
        """Whether the corrections list every character ("cast") or all speech ("quotations")."""
        return what in self.corrections.complete


def resolve(corrections: Corrections, story: Story) -> ResolvedCorrections:
    """Find the places of corrections in a story. The ledger notes those that have none."""
    relevant = corrections.of_story(story.source.path)
    ledger = Ledger()
    if not (relevant.mentions or relevant.quotations or relevant.slips):
        return ResolvedCorrections(relevant, ledger=ledger)
    finder = AnchorFinder(story.text)
    mentions: dict[tuple[int, int], ResolvedMention] = {}
    for mention in relevant.mentions:
        span = finder.find(mention.anchor)
        if isinstance(span, str):
            ledger.mark_unmatched(mention, span)
        else:
            before = mentions.get((span.start, span.end))
            if before is not None and before.correction != mention:
                ledger.mark_unmatched(before.correction, "a later correction contradicts it", before.span)
            mentions[span.start, span.end] = ResolvedMention(span, mention)
    quotations = []
    for order, quotation in enumerate(relevant.quotations):
        span = _find_quoted_span(quotation, finder)
        if isinstance(span, str):
            ledger.mark_unmatched(quotation, span)
        else:
            quotations.append(ResolvedQuotation(span, quotation, order))
    slips = []
    for slip in relevant.slips:
        span = finder.find(slip.anchor)
        if isinstance(span, str):
            ledger.mark_unmatched(slip, span)
        else:
            slips.append(ResolvedSlip(span, slip))
    in_order = sorted(quotations, key=lambda one: (one.span.start, -one.span.end))
    return ResolvedCorrections(
        relevant, tuple(mentions[key] for key in sorted(mentions)), tuple(in_order), tuple(slips), ledger
    )


def _find_quoted_span(quotation: QuotationCorrection, finder: AnchorFinder) -> Span | str:
    """The span of a quotation's words, up to its last words if they are given; else the reason in words."""
    span = finder.find(quotation.anchor)
    if isinstance(span, str) or not quotation.until:
        return span
    last = finder.find_after(quotation.until, span.start)
    return "its last words (`until`) do not occur after it" if last is None else Span(span.start, last.end)


class HasSpan(Protocol):
    """A quotation: of the scanner, or of a reading."""

    @property
    def start(self) -> int: ...  # noqa: D102
    @property
    def end(self) -> int: ...  # noqa: D102
    @property
    def within(self) -> object: ...  # noqa: D102


def find_quotation(quotations: Sequence[HasSpan], span: Span) -> int:
    """The index of the quotation that overlaps a span and starts closest to it; -1 if there is none.

    `quotations`: sorted by start, with an outer quotation before those inside it.
    """
    best, nearest = -1, 0
    k = bisect_right(quotations, span.end - 1, key=lambda one: one.start) - 1
    while k >= 0:
        one = quotations[k]
        if one.end > span.start:
            distance = abs(one.start - span.start)
            if best < 0 or distance < nearest:
                best, nearest = k, distance
        elif one.within is None:
            break
        k -= 1
    return best
