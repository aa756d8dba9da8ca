"""Thoughts: what a person thinks, set apart by italics, or by marks that are not the story's marks of speech.

Precision first. Emphasis is a thought when somebody is said to think it, or when it is whole sentences
in the first person amid a narration that is not. What stands in the story's own marks of speech stays a
quotation even where “he thought” follows, and the thinker is its speaker: PDNC reads it so too.
"""

import re
from bisect import bisect_right

from dramaturg.draft import ScannedQuotation
from dramaturg.story import Block, Span

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MARK_UP = "*_/~ \n\t\u00a0"
_NAME = r"(?:he|she|they|I|we|it|[Tt]he [\w’'-]+|[A-Z][\w’'.-]*(?: [A-Z][\w’'.-]*)?)"
_THINKING = (
    r"(?:thought|thinks?|wondered|wonders|mused|muses|pondered|reasoned"
    r"|(?:told|tells|reminded|asked|scolded) (?:him|her|them|my)sel(?:f|ves))"
)
_THINKS_AFTER = re.compile(
    rf"[*_/~'’\"”,]*\s+(?:{_NAME}\s+(?:[a-z]+ly\s+|had\s+|then\s+){{0,2}}{_THINKING}|{_THINKING}\s+{_NAME})\b"
    r"(?!\s+(?:of|about|that|it|how|so)\b)"
)
_THINKS_BEFORE = re.compile(rf"\b{_THINKING}(?:\s+[a-z]+ly|\s+to\s+\w+self)?\s*[,:—–-]+\s*$")
_FIRST_PERSON = re.compile(r"\b(?:I|I['’](?:m|ll|ve|d)|me|my|mine|we|us|our)\b")
_I = re.compile(r"\bI\b")
LONG = 60  # words of a thought at most
OWN_PARAGRAPH = 40  # the same where it fills a paragraph
FIRST_PERSON = 0.005  # share of “I” in narration's words from which the story tells in the first person
SAMPLE = 2_000  # paragraphs looked at for that
NEAR = 60


def find_thoughts(
    text: str,
    paragraphs: tuple[Block, ...],
    emphasis: tuple[Span, ...],
    quotations: list[ScannedQuotation],
    others: list[Span],
) -> tuple[Span, ...]:
    """The thoughts of a story, in order; none overlaps a quotation, none crosses a paragraph.

    `others`: thoughts in marks that do not carry speech in this story.
    """
    found = list(others)
    if emphasis and paragraphs:
        told_by_i = _tells_in_first_person(text, paragraphs, quotations, emphasis)
        starts = [block.start for block in paragraphs]
        whole = _whole_paragraphs(text, paragraphs, emphasis, starts)
        for span in emphasis:
            at = bisect_right(starts, span.start) - 1
            if at < 0 or span.end > paragraphs[at].end:
                continue
            crowded = at in whole and (at - 1 in whole or at + 1 in whole)
            if not crowded and _is_thought(text, span, paragraphs[at], told_by_i, at in whole):
                found.append(span)
    return _apart(sorted(found, key=lambda span: (span.start, -span.end)), quotations)


def thinks_after(text: str, at: int, end: int) -> bool:
    """Whether somebody is said to think what ends at `at`."""
    return _THINKS_AFTER.match(text, at, min(end, at + NEAR)) is not None


def _is_thought(text: str, span: Span, block: Block, told_by_i: bool, whole: bool) -> bool:
    words = _WORD.findall(text[span.start : min(span.end, span.start + 1000)])
    body = text[span.start : span.end].strip(_MARK_UP)
    if not words or not body[0].isalnum() and body[0] not in "'’‘“\"…—":
        return False
    before = text[max(block.start, span.start - NEAR) : span.start].rstrip(_MARK_UP)
    pointed = body[-1] in ".!?…—-,"
    if len(words) > 1 or body[-1] in "!?":
        if thinks_after(text, span.end, block.end) and (pointed or words[0][0].isupper()):
            return True
        if _THINKS_BEFORE.search(before):
            return True
    if told_by_i or len(words) < 3 or len(words) > (OWN_PARAGRAPH if whole else LONG):
        return False
    at_start = not before or before[-1] in '.!?…”"’'
    return at_start and body[-1] in ".!?…" and words[0][0].isupper() and _FIRST_PERSON.search(body) is not None


def _whole_paragraphs(
    text: str, paragraphs: tuple[Block, ...], emphasis: tuple[Span, ...], starts: list[int]
) -> set[int]:
    """Indices of the paragraphs that are emphasised from end to end: letters, dreams and flashbacks come so too."""
    whole = set()
    for span in emphasis:
        at = bisect_right(starts, span.start) - 1
        if at >= 0:
            block = paragraphs[at]
            rest = text[block.start : min(span.start, block.start + 9)] + text[max(span.end, block.end - 9) : block.end]
            if span.start - block.start < 9 and block.end - span.end < 9 and not any(map(str.isalnum, rest)):
                whole.add(at)
    return whole


def _tells_in_first_person(
    text: str, paragraphs: tuple[Block, ...], quotations: list[ScannedQuotation], emphasis: tuple[Span, ...]
) -> bool:
    """Whether the words outside of quotations and emphasis say “I”."""
    apart = sorted([(q.start, q.end) for q in quotations if q.within is None] + [(e.start, e.end) for e in emphasis])
    n_words = n_first = at = 0
    for block in paragraphs[:SAMPLE]:
        place = block.start
        while at < len(apart) and apart[at][0] < block.end:
            start, end = apart[at]
            if start > place:
                n_words += len(_WORD.findall(text, place, start))
                n_first += len(_I.findall(text, place, start))
            place = max(place, end)
            at += 1
        n_words += len(_WORD.findall(text, place, max(place, block.end)))
        n_first += len(_I.findall(text, place, max(place, block.end)))
    return n_first > FIRST_PERSON * n_words


def _apart(spans: list[Span], quotations: list[ScannedQuotation]) -> tuple[Span, ...]:
    """Those of the sorted spans that overlap neither a quotation nor an earlier one."""
    out: list[Span] = []
    at = 0
    outer = [quotation for quotation in quotations if quotation.within is None]
    for span in spans:
        while at < len(outer) and outer[at].end <= span.start:
            at += 1
        free = at == len(outer) or span.end <= outer[at].start
        if free and (not out or out[-1].end <= span.start):
            out.append(span)
    return tuple(out)
