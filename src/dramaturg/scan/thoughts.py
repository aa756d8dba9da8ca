"""Thoughts: what a person thinks, in italics, or in marks that the story does not use for speech.

Precision comes first. Emphasis is a thought if somebody is said to think it, or if it is whole sentences in the first
person within narration that is not in the first person. Words in the story's own marks of speech stay a quotation even
if “he thought” follows, and the thinker is its speaker: PDNC annotates it that way.
"""

from bisect import bisect_right

from dramaturg.draft import ScannedQuotation, outermost
from dramaturg.lexicon.language import Language
from dramaturg.scan.tokens import BARE_WORD
from dramaturg.story import Block, Span

_MARK_UP = "*_/~ \n\t\u00a0"
MAX_WORDS = 60  # of a thought
MAX_PARAGRAPH_WORDS = 40  # of a thought that fills a paragraph
MIN_NARRATOR_SHARE = 0.005  # of “I” in the words of narration: from here on it is in the first person
MAX_PARAGRAPHS = 2_000  # looked at for that
MAX_CHARACTERS = 60  # looked at before and after


def find_thoughts(
    text: str,
    paragraphs: tuple[Block, ...],
    emphasis: tuple[Span, ...],
    quotations: list[ScannedQuotation],
    others: list[Span],
    language: Language,
) -> tuple[Span, ...]:
    """The thoughts of a story, in order; none overlaps a quotation or crosses a paragraph.

    `others`: thoughts in marks that the story does not use for speech.
    """
    found = list(others)
    if emphasis and paragraphs:
        in_first_person = _is_in_first_person(text, paragraphs, quotations, emphasis, language)
        starts = [block.start for block in paragraphs]
        whole = _whole_paragraphs(text, paragraphs, emphasis, starts)
        for span in emphasis:
            at = bisect_right(starts, span.start) - 1
            if at < 0 or span.end > paragraphs[at].end:
                continue
            crowded = at in whole and (at - 1 in whole or at + 1 in whole)
            if not crowded and _is_thought(text, span, paragraphs[at], in_first_person, at in whole, language):
                found.append(span)
    return _apart(sorted(found, key=lambda span: (span.start, -span.end)), quotations)


def has_thought_tag(text: str, at: int, end: int, language: Language) -> bool:
    """Whether a tag at `at` says that somebody thinks the words before it."""
    return language.narration.thinks_after.match(text, at, min(end, at + MAX_CHARACTERS)) is not None


def _is_thought(text: str, span: Span, block: Block, in_first_person: bool, whole: bool, language: Language) -> bool:
    narration = language.narration
    words = BARE_WORD.findall(text[span.start : min(span.end, span.start + 1000)])
    body = text[span.start : span.end].strip(_MARK_UP)
    if not words or not body[0].isalnum() and body[0] not in "'’‘“\"…—":
        return False
    before = text[max(block.start, span.start - MAX_CHARACTERS) : span.start].rstrip(_MARK_UP)
    pointed = body[-1] in ".!?…—-,"
    if len(words) > 1 or body[-1] in "!?":
        if has_thought_tag(text, span.end, block.end, language) and (pointed or words[0][0].isupper()):
            return True
        if narration.thinks_before.search(before):
            return True
    if in_first_person or len(words) < 3 or len(words) > (MAX_PARAGRAPH_WORDS if whole else MAX_WORDS):
        return False
    at_start = not before or before[-1] in '.!?…”"’'
    is_sentence = at_start and body[-1] in ".!?…" and words[0][0].isupper()
    return is_sentence and narration.first_person.search(body) is not None


def _whole_paragraphs(
    text: str, paragraphs: tuple[Block, ...], emphasis: tuple[Span, ...], starts: list[int]
) -> set[int]:
    """Indices of the paragraphs that are emphasised from end to end, as letters, dreams and flashbacks are, too."""
    whole = set()
    for span in emphasis:
        at = bisect_right(starts, span.start) - 1
        if at >= 0:
            block = paragraphs[at]
            rest = text[block.start : min(span.start, block.start + 9)] + text[max(span.end, block.end - 9) : block.end]
            if span.start - block.start < 9 and block.end - span.end < 9 and not any(map(str.isalnum, rest)):
                whole.add(at)
    return whole


def _is_in_first_person(
    text: str,
    paragraphs: tuple[Block, ...],
    quotations: list[ScannedQuotation],
    emphasis: tuple[Span, ...],
    language: Language,
) -> bool:
    """Whether the narration, without quotations and emphasis, says “I”."""
    narrator = language.narration.narrator_pronoun
    apart = sorted([(q.start, q.end) for q in outermost(quotations)] + [(e.start, e.end) for e in emphasis])
    n_words = n_first = at = 0
    for block in paragraphs[:MAX_PARAGRAPHS]:
        place = block.start
        while at < len(apart) and apart[at][0] < block.end:
            start, end = apart[at]
            if start > place:
                n_words += len(BARE_WORD.findall(text, place, start))
                n_first += len(narrator.findall(text, place, start))
            place = max(place, end)
            at += 1
        n_words += len(BARE_WORD.findall(text, place, max(place, block.end)))
        n_first += len(narrator.findall(text, place, max(place, block.end)))
    return n_first > MIN_NARRATOR_SHARE * n_words


def _apart(spans: list[Span], quotations: list[ScannedQuotation]) -> tuple[Span, ...]:
    """The sorted spans without those that overlap a quotation or an earlier span."""
    out: list[Span] = []
    at = 0
    outer = outermost(quotations)
    for span in spans:
        while at < len(outer) and outer[at].end <= span.start:
            at += 1
        free = at == len(outer) or span.end <= outer[at].start
        if free and (not out or out[-1].end <= span.start):
            out.append(span)
    return tuple(out)
