"""What the encoder saw, laid over the mentions that the rules found."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import Draft
from dramaturg.findings import KINDS, TYPES, Ints, Mention, NeuralFindings, Spans
from dramaturg.reading import MentionKind

PERSON = TYPES.index("PER")
CLEARLY = 2 / 3  # how likely a type must be to be believed
ARTICLE = len("the ")


@dataclass(frozen=True, slots=True)
class AlignedSpans:
    """A sight, and for each of its spans: its head word's unit, and its mention in `Findings.mentions`, -1 for none."""

    neural: NeuralFindings
    head: Ints
    mention: list[int]


def align_mentions(draft: Draft, mentions: list[Mention], neural: NeuralFindings) -> AlignedSpans:
    """Find for each span the mention of the rules that stands at its head word, or, for a name, that it begins with."""
    spans, places = neural.spans, draft.ud_words.places
    starts = [mention.start for mention in mentions]
    heads = head_units(neural)
    begin, end, head = places[spans.first, 0], places[spans.last - 1, 1], places[heads, 0]
    columns = (begin.tolist(), end.tolist(), head.tolist(), spans.kind.tolist(), clearly_other(spans).tolist())
    found = []
    for start, stop, at, kind, thing in zip(*columns, strict=True):
        best = _standing_at(mentions, starts, at, start, stop, KINDS[kind])
        if thing and best >= 0 and mentions[best].start > start + ARTICLE:
            best = -1  # “the Castle Dracula” is not Dracula
        elif best < 0 and KINDS[kind] == "name" and not thing:
            best = _beginning(mentions, starts, start, stop)  # “the Mem Sahib”, whom the rules know as Mem
        found.append(best)
    return AlignedSpans(neural, heads, found)


def clearly_other(spans: Spans) -> NDArray[np.bool_]:
    """Which spans are clearly something else than a person: (spans,)."""
    other: NDArray[np.bool_] = (spans.type != PERSON) & (spans.confidence > CLEARLY)
    return other


def _standing_at(mentions: list[Mention], starts: list[int], at: int, start: int, end: int, kind: MentionKind) -> int:
    """The mention at a place within a span that fits the span best, by kind and then by extent; -1 for none."""
    best, fit = -1, (-1, 0)
    i = bisect_right(starts, at) - 1
    while i >= 0 and starts[i] >= start - 12:
        mention = mentions[i]
        if mention.end > at and mention.end <= end + 2:
            how = (int(mention.kind == kind), -abs(mention.start - start) - abs(mention.end - end))
            if best < 0 or how > fit:
                best, fit = i, how
        i -= 1
    return best


def _beginning(mentions: list[Mention], starts: list[int], start: int, end: int) -> int:
    """The name that a longer name begins with, an article aside; -1 for none."""
    some = range(bisect_left(starts, start), bisect_right(starts, start + ARTICLE))
    return next((i for i in some if mentions[i].kind == "name" and mentions[i].end <= end), -1)


def head_units(neural: NeuralFindings) -> Ints:
    """The unit of each span that its words hang on: the first whose head stands outside."""
    heads = neural.syntax.head
    found = np.empty(len(neural.spans), np.int32)
    for k, (first, last) in enumerate(zip(neural.spans.first.tolist(), neural.spans.last.tolist(), strict=True)):
        above = heads[first:last]
        outside = (above < first) | (above >= last) | (above == np.arange(first, last))
        found[k] = first + int(outside.argmax()) if outside.any() else last - 1
    return found
