"""The user's word on what is speech, laid over what the scanner found."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dramaturg.corrections.resolve import ResolvedCorrections, ResolvedQuotation, find_quotation
from dramaturg.draft import ScannedQuotation, Tokens
from dramaturg.story import Block, Span

TALE = 4  # parts of one utterance: what is quoted between them is its teller's, and no narration


@dataclass(frozen=True, slots=True)
class InTale:
    """What is quoted in a tale, and given to nobody. `teller`: the quotation before it, one of the tale's."""

    start: int
    end: int
    teller: int


def correct_speech(
    text: str,
    paragraphs: Sequence[Block],
    quotations: tuple[ScannedQuotation, ...],
    thoughts: tuple[Span, ...],
    resolved: ResolvedCorrections,
) -> tuple[tuple[ScannedQuotation, ...], tuple[Span, ...], tuple[InTale, ...]]:
    """Take out what is no speech, put in what was missed, and part or join utterances.

    Returns the quotations, the thoughts, and what is quoted between the given parts of a tale. Quotations come sorted
    by start, an outer one before what is quoted inside it; none crosses a paragraph.
    """
    complete = resolved.is_complete("quotations")
    if not resolved.quotations and not complete:
        return quotations, thoughts, ()
    work = _Work(text, paragraphs, quotations, resolved)
    if complete:
        work.pieces = [None] * len(quotations)
    for one in resolved.quotations:
        speech = one.correction.speech
        if speech or (complete and speech is None):
            work.put_in(one)
        elif speech is False and complete:
            resolved.ledger.mark_applied(one.correction, one.span)
        elif speech is False:
            work.take_out(one)
    found = _regrouped(work.quotations(), resolved)
    return found, _apart(thoughts, found), tuple(_between_parts(quotations, found)) if complete else ()


@dataclass
class _Piece:
    """A quotation while it is being corrected. `given`: the correction that put it in, or None."""

    start: int
    end: int
    group: int
    given: ResolvedQuotation | None = None


class _Work:
    """The quotations of a story while they are being corrected."""

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

    def take_out(self, one: ResolvedQuotation) -> None:
        """Take a quotation out; what is quoted inside it stands by itself then."""
        number = find_quotation(self.scanned, one.span)
        if number < 0:
            self.ledger.mark_unmatched(one.correction, "no speech was found there", one.span)
            return
        self.pieces[number] = None
        self.ledger.mark_applied(one.correction, one.span)

    def put_in(self, one: ResolvedQuotation) -> None:
        """Put a quotation in, in place of whatever overlaps it and does not hold it; a piece for each paragraph."""
        pieces = self._pieces(one.span)
        if not pieces:
            self.ledger.mark_unmatched(one.correction, "it is not inside a paragraph of the story", one.span)
            return
        self.ledger.mark_applied(one.correction, one.span)
        number = find_quotation(self.scanned, one.span)
        known = self.pieces[number] if number >= 0 else None
        if known is not None and len(pieces) == 1 and self._same(known, pieces[0]):
            return
        self.group += 1
        found = self.scanned[number] if number >= 0 and len(pieces) == 1 else None
        # Where this was found to be speech, or is a part of it, what that is found to go on with holds, too.
        group = found.group if found is not None and self._is_part(pieces[0], found) else self.group
        for piece in pieces:
            for k in _overlapping(self.scanned, piece):
                other = self.pieces[k]
                if other is None or self._stays(other, piece, self.scanned[k].within is not None):
                    continue
                self.pieces[k] = None
            self.added.append(_Piece(piece.start, piece.end, group, one))

    def _is_part(self, piece: Span, found: ScannedQuotation) -> bool:
        """Whether a stretch is a part of what was found, or that itself with other marks."""
        return found.start <= piece.start and piece.end <= found.end or self._same(found, piece)

    def _stays(self, other: _Piece, piece: Span, quoted: bool) -> bool:
        """Whether a quotation stays beside one that is put in: the one around it, and what is quoted in it."""
        around = other.start <= piece.start and piece.end <= other.end
        inside = quoted and piece.start <= other.start and other.end <= piece.end
        return (around or inside) and not self._same(other, piece)

    def quotations(self) -> tuple[ScannedQuotation, ...]:
        """All of them, in order; what crosses another that is given is left out."""
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
            if outer is not None and outer.group == group:  # what is quoted has a group of its own
                self.group += 1
                group = self.group
            found.append(ScannedQuotation(piece.start, piece.end, group, around[-1] if around else None))
            around.append(len(found) - 1)
        return tuple(found)

    def _pieces(self, span: Span) -> list[Span]:
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
        # Words that were copied with the mark that opens the next paragraph say nothing of that one.
        return [piece for piece in pieces if any(map(str.isalnum, self.text[piece.start : piece.end]))] or pieces

    def _same(self, one: _Piece | ScannedQuotation, other: Span) -> bool:
        """Whether two stretches differ by marks and spaces alone."""
        low, high = sorted((one.start, other.start))
        until, end = sorted((one.end, other.end))
        return not any(map(str.isalnum, self.text[low:high])) and not any(map(str.isalnum, self.text[until:end]))


def _overlapping(quotations: Sequence[ScannedQuotation], span: Span) -> list[int]:
    """The indices of the quotations that overlap a stretch, in order."""
    found = []
    k = bisect_right(quotations, span.end - 1, key=lambda one: one.start) - 1
    while k >= 0:
        if quotations[k].end > span.start:
            found.append(k)
        elif quotations[k].within is None:
            break
        k -= 1
    return found[::-1]


def _regrouped(quotations: tuple[ScannedQuotation, ...], resolved: ResolvedCorrections) -> tuple[ScannedQuotation, ...]:
    """Utterances parted where two are said by different people, or where a correction parts or joins them."""
    asked: dict[int, ResolvedQuotation] = {}
    for given in sorted(resolved.quotations, key=lambda one: one.order):
        if given.correction.speech is not False:
            number = find_quotation(quotations, given.span)
            if number >= 0:
                asked[number] = given
    fresh = max((one.group for one in quotations), default=-1)
    speaker: dict[int, object] = {}  # by group as it is now
    now: dict[int, int] = {}  # the group as it was found → as it is now
    before: dict[int | None, int] = {}  # by what is around: the last group there
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


def _between_parts(scanned: Sequence[ScannedQuotation], found: Sequence[ScannedQuotation]) -> Iterator[InTale]:
    """What was found to be speech between the given parts of a tale: others whom its teller quotes."""
    outer = [k for k, one in enumerate(found) if one.within is None]
    spans = [found[k] for k in outer]
    parts = Counter(one.group for one in spans)
    for one in scanned:
        k = bisect_right(spans, one.start, key=lambda span: span.start) - 1
        if one.within is None and 0 <= k < len(spans) - 1:
            before, after = spans[k], spans[k + 1]
            apart = before.end <= one.start and one.end <= after.start
            if apart and before.group == after.group and parts[before.group] >= TALE:
                yield InTale(one.start, one.end, outer[k])


def give_to_tellers(tokens: Tokens, told: Sequence[InTale]) -> Tokens:
    """Count what is quoted between the parts of a tale as words of the part before it: it is no narration."""
    if not told:
        return tokens
    quotation = tokens.quotation.copy()
    for one in told:
        first, last = np.searchsorted(tokens.start, [one.start, one.end])
        quotation[first:last] = np.where(quotation[first:last] < 0, one.teller, quotation[first:last])
    return replace(tokens, quotation=quotation)


def _apart(thoughts: tuple[Span, ...], quotations: tuple[ScannedQuotation, ...]) -> tuple[Span, ...]:
    """The thoughts that overlap no quotation."""
    outer = [one for one in quotations if one.within is None]
    return tuple(thought for thought in thoughts if not _overlapping(outer, thought))
