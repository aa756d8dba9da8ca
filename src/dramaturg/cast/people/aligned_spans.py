"""The mentions of the neural layers (spans), aligned with those of the rules."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import Draft
from dramaturg.findings import KINDS, TYPES, Ints, Mention, NeuralFindings, Spans
from dramaturg.reading import MentionKind

PERSON = TYPES.index("PER")
MIN_TYPE_CONFIDENCE = 2 / 3  # below it, a type is not believed
MAX_START_DISTANCE, MAX_END_DISTANCE = 12, 2  # code points by which a mention may begin before or end after its span


@dataclass(frozen=True, slots=True)
class AlignedSpans:
    """The neural findings, with the alignment of their spans.

    `head`: the unit of each span's head word. `mention`: the index of each span in `Findings.mentions`, or -1.
    """

    neural: NeuralFindings
    head: Ints
    mention: list[int]


def align_mentions(draft: Draft, mentions: list[Mention], neural: NeuralFindings) -> AlignedSpans:
    """Find for each span the mention of the rules at its head word or, for a name, the one that it begins with."""
    spans, places = neural.spans, draft.ud_words.places
    starts = [mention.start for mention in mentions]
    heads = find_heads(neural)
    article = 1 + max(map(len, draft.language.names.definite_articles), default=0)  # code points, with its space
    begin, end, head = places[spans.first, 0], places[spans.last - 1, 1], places[heads, 0]
    columns = (begin.tolist(), end.tolist(), head.tolist(), spans.kind.tolist(), clearly_other(spans).tolist())
    found = []
    for start, stop, at, kind, is_other in zip(*columns, strict=True):
        best = _mention_at(mentions, starts, at, start, stop, KINDS[kind])
        if is_other and best >= 0 and mentions[best].start > start + article:
            best = -1  # “the Castle Dracula” is not Dracula
        elif best < 0 and KINDS[kind] == "name" and not is_other:
            best = _name_at_start(mentions, starts, start, stop, article)  # “the Mem Sahib”, Mem for the rules
        found.append(best)
    return AlignedSpans(neural, heads, found)


def clearly_other(spans: Spans) -> NDArray[np.bool_]:
    """Which spans are clearly something other than a person: (spans,)."""
    other: NDArray[np.bool_] = (spans.type != PERSON) & (spans.confidence > MIN_TYPE_CONFIDENCE)
    return other


def _mention_at(mentions: list[Mention], starts: list[int], at: int, start: int, end: int, kind: MentionKind) -> int:
    """The mention at a place in a span that fits the span best, by kind and then by extent; -1 if there is none."""
    best, fit = -1, (-1, 0)
    i = bisect_right(starts, at) - 1
    while i >= 0 and starts[i] >= start - MAX_START_DISTANCE:
        mention = mentions[i]
        if mention.end > at and mention.end <= end + MAX_END_DISTANCE:
            how_well = (int(mention.kind == kind), -abs(mention.start - start) - abs(mention.end - end))
            if best < 0 or how_well > fit:
                best, fit = i, how_well
        i -= 1
    return best


def _name_at_start(mentions: list[Mention], starts: list[int], start: int, end: int, article: int) -> int:
    """The name that a longer name begins with, possibly after an article; -1 if there is none."""
    places = range(bisect_left(starts, start), bisect_right(starts, start + article))
    return next((i for i in places if mentions[i].kind == "name" and mentions[i].end <= end), -1)


def find_heads(neural: NeuralFindings) -> Ints:
    """The unit of each span's head word: the first word whose own head is outside the span."""
    heads = neural.syntax.head
    found = np.empty(len(neural.spans), np.int32)
    for k, (first, last) in enumerate(zip(neural.spans.first.tolist(), neural.spans.last.tolist(), strict=True)):
        above = heads[first:last]
        outside = (above < first) | (above >= last) | (above == np.arange(first, last))
        found[k] = first + int(outside.argmax()) if outside.any() else last - 1
    return found
