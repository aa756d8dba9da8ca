"""The user's corrections of what is speech."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dramaturg.corrections.resolve import ResolvedCorrections, ResolvedQuotation, find_quotation
from dramaturg.draft import ScannedQuotation, Tokens
from dramaturg.story import Block, Span

MIN_TALE_PARTS = 4  # of one utterance: quotations between its parts are told by its speaker, not narration


@dataclass(frozen=True, slots=True)
class TaleQuotation:
    """A quotation inside a long tale, without a speaker. `teller`: the index of the part of the tale before it."""

    start: int
    end: int
    teller: int


def correct_speech(
    text: str,
    paragraphs: Sequence[Block],
    quotations: tuple[ScannedQuotation, ...],
    thoughts: tuple[Span, ...],
    resolved: ResolvedCorrections,
) -> tuple[tuple[ScannedQuotation, ...], tuple[Span, ...], tuple[TaleQuotation, ...]]:
    """Remove quotations that are not speech, add those that were missed, and split or join utterances.

    Returns the quotations, the thoughts, and the quotations between the given parts of a tale. Quotations are sorted by
    start, with an outer quotation before those inside it. None crosses a paragraph.
    """
    complete = resolved.is_complete("quotations")
    if not resolved.quotations and not complete:
        return quotations, thoughts, ()
    corrector = _Corrector(text, paragraphs, quotations, resolved)
    if complete:
        corrector.pieces = [None] * len(quotations)
    for one in resolved.quotations:
        speech = one.correction.speech
        if speech or (complete and speech is None):
            corrector.add(one)
        elif speech is False and complete:
            resolved.ledger.mark_applied(one.correction, one.span)
        elif speech is False:
            corrector.remove(one)
    found = _regroup(corrector.quotations(), resolved)
    return (
        found,
        _drop_overlapping_thoughts(thoughts, found),
        tuple(_between_parts(quotations, found)) if complete else (),
    )


@dataclass
class _Piece:
    """A quotation while quotations are corrected. `given`: the correction that added it, None if it was found."""

    start: int
    end: int
    group: int
    given: ResolvedQuotation | None = None


class _Corrector:
    """The quotations of a story while they are corrected."""

    def __init__(
        self,
        text: str,
        paragraphs: Sequence[Block],
        quotations: Sequence[ScannedQuotation],
        resolved: ResolvedCorrections,
    ) -> None:
        self.text, self.paragraphs, self.ledger = text, paragraphs, resolved.ledger
        self.starts = [block.start for block in paragraphs]
        self.scanned = quotations
        self.pieces: list[_Piece | None] = [_Piece(one.start, one.end, one.group) for one in quotations]
        self.added: list[_Piece] = []
        self.group = max((one.group for one in quotations), default=-1)

    def remove(self, one: ResolvedQuotation) -> None:
        """Remove a quotation; those inside it are kept."""
        number = find_quotation(self.scanned, one.span)
        if number < 0:
            self.ledger.mark_unmatched(one.correction, "no speech was found there", one.span)
            return
        self.pieces[number] = None
        self.ledger.mark_applied(one.correction, one.span)

    def add(self, one: ResolvedQuotation) -> None:
        """Add a quotation, one piece per paragraph, and remove those that overlap it without containing it."""
        pieces = self._split_by_paragraph(one.span)
        if not pieces:
            self.ledger.mark_unmatched(one.correction, "it is not inside a paragraph of the story", one.span)
            return
        self.ledger.mark_applied(one.correction, one.span)
        number = find_quotation(self.scanned, one.span)
        known = self.pieces[number] if number >= 0 else None
        if known is not None and len(pieces) == 1 and self._differ_by_marks(known, pieces[0]):
            return
        self.group += 1
        found = self.scanned[number] if number >= 0 and len(pieces) == 1 else None
        # A quotation that was found already, or a part of one, stays in the utterance that it was found in.
        group = found.group if found is not None and self._is_part(pieces[0], found) else self.group
        for piece in pieces:
            for k in _overlapping(self.scanned, piece):
                other = self.pieces[k]
                if other is None or self._stays(other, piece, self.scanned[k].within is not None):
                    continue
                self.pieces[k] = None
            self.added.append(_Piece(piece.start, piece.end, group, one))

    def _is_part(self, piece: Span, found: ScannedQuotation) -> bool:
        """Whether a span is part of a found quotation, or the same with other marks around it."""
        return found.start <= piece.start and piece.end <= found.end or self._differ_by_marks(found, piece)

    def _stays(self, other: _Piece, piece: Span, quoted: bool) -> bool:
        """Whether a quotation stays when one is added: it contains the added one, or is quoted inside it."""
        around = other.start <= piece.start and piece.end <= other.end
        inside = quoted and piece.start <= other.start and other.end <= piece.end
        return (around or inside) and not self._differ_by_marks(other, piece)

    def quotations(self) -> tuple[ScannedQuotation, ...]:
        """All quotations, in order, without those that cross another."""
        every = [piece for piece in self.pieces if piece is not None] + self.added
        every.sort(key=lambda piece: (piece.start, -piece.end))
        found: list[ScannedQuotation] = []
        around: list[int] = []
        for piece in every:
            while around and found[around[-1]].end <= piece.start:
                around.pop()
            outer = found[around[-1]] if around else None
            same = outer is not None and (outer.start, outer.end) == (piece.start, piece.end)
            if outer is not None and (same or outer.end < piece.end):
                if piece.given is not None:
                    why = "it is given twice" if same else "it overlaps another quotation of the file"
                    self.ledger.mark_unmatched(piece.given.correction, why, piece.given.span)
                continue
            group = piece.group
            if outer is not None and outer.group == group:  # a quotation inside another has a group of its own
                self.group += 1
                group = self.group
            found.append(ScannedQuotation(piece.start, piece.end, group, around[-1] if around else None))
            around.append(len(found) - 1)
        return tuple(found)

    def _split_by_paragraph(self, span: Span) -> list[Span]:
        pieces = []
        for k in range(max(0, bisect_right(self.starts, span.start) - 1), len(self.paragraphs)):
            block = self.paragraphs[k]
            if block.start >= span.end:
                break
            start, end = max(span.start, block.start), min(span.end, block.end)
            while start < end and self.text[start].isspace():
                start += 1
            while end > start and self.text[end - 1].isspace():
                end -= 1
            if end > start:
                pieces.append(Span(start, end))
        # A piece without letters is a quotation mark that was copied from the next paragraph.
        return [piece for piece in pieces if any(map(str.isalnum, self.text[piece.start : piece.end]))] or pieces

    def _differ_by_marks(self, one: _Piece | ScannedQuotation, other: Span) -> bool:
        """Whether two spans differ only by punctuation and white space."""
        low, high = sorted((one.start, other.start))
        until, end = sorted((one.end, other.end))
        return not any(map(str.isalnum, self.text[low:high])) and not any(map(str.isalnum, self.text[until:end]))


def _overlapping(quotations: Sequence[ScannedQuotation], span: Span) -> list[int]:
    """The indices of the quotations that overlap a span, in order."""
    found = []
    k = bisect_right(quotations, span.end - 1, key=lambda one: one.start) - 1
    while k >= 0:
        if quotations[k].end > span.start:
            found.append(k)
        elif quotations[k].within is None:
            break
        k -= 1
    return found[::-1]


def _regroup(quotations: tuple[ScannedQuotation, ...], resolved: ResolvedCorrections) -> tuple[ScannedQuotation, ...]:
    """Split utterances whose parts have different speakers, and split or join those that corrections name."""
    asked: dict[int, ResolvedQuotation] = {}
    for given in sorted(resolved.quotations, key=lambda one: one.order):
        if given.correction.speech is not False:
            number = find_quotation(quotations, given.span)
            if number >= 0:
                asked[number] = given
    fresh = max((one.group for one in quotations), default=-1)
    speaker: dict[int, object] = {}  # by present group
    now: dict[int, int] = {}  # the group that was found → the present one
    before: dict[int | None, int] = {}  # by outer quotation: the last group in it
    found = []
    for k, one in enumerate(quotations):
        correction = asked[k].correction if k in asked else None
        group = now.get(one.group, one.group)
        said = correction.speaker if correction else None
        parted = said is not None and speaker.get(group, said) != said
        last = before.get(one.within)
        if correction and correction.continues and last is not None:
            group = last
        elif parted or (correction and correction.continues is False and last == group):
            fresh += 1
            group = fresh
        now[one.group] = group
        before[one.within] = group
        if said is not None:
            speaker[group] = said
        found.append(one if group == one.group else replace(one, group=group))
    return tuple(found)


def _between_parts(scanned: Sequence[ScannedQuotation], found: Sequence[ScannedQuotation]) -> Iterator[TaleQuotation]:
    """Quotations that were found between the given parts of a tale: the teller quotes others there."""
    outer = [k for k, one in enumerate(found) if one.within is None]
    spans = [found[k] for k in outer]
    parts = Counter(one.group for one in spans)
    for one in scanned:
        k = bisect_right(spans, one.start, key=lambda span: span.start) - 1
        if one.within is None and 0 <= k < len(spans) - 1:
            before, after = spans[k], spans[k + 1]
            apart = before.end <= one.start and one.end <= after.start
            if apart and before.group == after.group and parts[before.group] >= MIN_TALE_PARTS:
                yield TaleQuotation(one.start, one.end, outer[k])


def assign_tale_tokens(tokens: Tokens, quotations: Sequence[TaleQuotation]) -> Tokens:
    """Count the tokens of quotations in a tale as part of the tale, not of the narration."""
    if not quotations:
        return tokens
    quotation = tokens.quotation.copy()
    for one in quotations:
        first, last = np.searchsorted(tokens.start, [one.start, one.end])
        quotation[first:last] = np.where(quotation[first:last] < 0, one.teller, quotation[first:last])
    return replace(tokens, quotation=quotation)


def _drop_overlapping_thoughts(
    thoughts: tuple[Span, ...], quotations: tuple[ScannedQuotation, ...]
) -> tuple[Span, ...]:
    """The thoughts that do not overlap a quotation."""
    outer = [one for one in quotations if one.within is None]
    return tuple(thought for thought in thoughts if not _overlapping(outer, thought))
