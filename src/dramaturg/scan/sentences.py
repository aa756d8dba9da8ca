"""Paragraphs and quotations → sentences; a tag stays with its quotation.

Each paragraph is cut into pieces of narration and of (outermost) speech; each piece is split on its own, and then
the sentences on either side of a quotation mark are joined again where they are one: what introduces speech with
its first sentence, a tag with the last one.
"""

import re
from collections.abc import Iterator

from dramaturg.draft import ScannedQuotation
from dramaturg.scan.tags import core_tag_at
from dramaturg.scan.tokens import ABBREVIATIONS
from dramaturg.story import Block, Span

_CLOSERS = "\"“”„‟‘’'`´«»‹›「」『』_*)]}"
# A run of points with the marks that close after it. Matching a whole run at once keeps this linear.
_POINTS = re.compile(r"[.!?…。！？‽]+[\"“”„‟‘’'`´«»‹›「」『』_*)\]}]*")
_OPENERS = re.compile(r"[\s\"“”„‟‘’'`´«»‹›「」『』_*(\[{—–-]*")
_MORE_ABBREVIATIONS = frozenset(["vol", "pp", "ch", "cf", "viz", "vs", "i.e", "e.g", "fig", "mt", "ft"])
_MONTHS = frozenset("jan feb mar apr jun jul aug sept sep oct nov dec no".split())  # before a number
_TITLES = frozenset(word.lower() for word in ABBREVIATIONS) - {"jr", "sr", "esq"}
_PRONOUN_START = re.compile(r"\s*(?:He|She|They|It|We|The|His|Her|Their|There|Then|But|And)\b")


def split_sentences(
    text: str, paragraphs: tuple[Block, ...], quotations: tuple[ScannedQuotation, ...]
) -> tuple[Span, ...]:
    """Cut paragraphs into sentences.

    Every character of a paragraph that is not white space lies in exactly one sentence; no sentence
    crosses a paragraph, or begins or ends with white space. Both arguments are sorted by start.
    """
    outer = [quotation for quotation in quotations if quotation.within is None]
    sentences: list[Span] = []
    at = 0
    for block in paragraphs:
        here = []
        while at < len(outer) and outer[at].start < block.end:
            here.append(outer[at])
            at += 1
        cuts = list(_cuts(text, block, here))
        for start, end in zip([block.start, *cuts], [*cuts, block.end], strict=True):
            span = _trim(text, start, end)
            if span is not None:
                sentences.append(span)
    return tuple(sentences)


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end) if end > start else None


def _cuts(text: str, block: Block, quotations: list[ScannedQuotation]) -> Iterator[int]:
    """Where one sentence of a paragraph ends and the next begins, in order."""
    at = block.start
    small = _is_typed_small(text, block)
    for quotation in quotations:
        yield from _split(text, at, quotation.start, small)
        if at < quotation.start and not _introduces(text, at, quotation.start):
            yield quotation.start
        yield from _split(text, quotation.start, quotation.end, small)
        at = quotation.end
        if at < block.end and not _is_followed(text, quotation, block.end):
            yield at
    yield from _split(text, at, block.end, small)


def _is_typed_small(text: str, block: Block) -> bool:
    """Whether a paragraph is typed without capitals, so that a small letter may begin a sentence."""
    words = text[block.start : min(block.end, block.start + 400)].split()
    first = next((word for word in words if word[0].isalpha()), "")
    return first.islower() and not any(word[0].isupper() for word in words if word.lower() != "i")


def _introduces(text: str, start: int, end: int) -> bool:
    """Whether the narration before a quotation runs on into it."""
    return not _ends_sentence(text, start, end)


def _ends_sentence(text: str, start: int, end: int) -> bool:
    while end > start and (text[end - 1].isspace() or text[end - 1] in _CLOSERS):
        end -= 1
    return end > start and text[end - 1] in ".!?…。！？‽"


def _is_followed(text: str, quotation: ScannedQuotation, high: int) -> bool:
    """Whether what follows a quotation belongs to its last sentence: a tag, or a sentence going on."""
    start = quotation.end
    while start < high and text[start].isspace():
        start += 1
    if start == high:
        return True
    first = text[start]
    if first.islower() or not first.isalnum() and first not in "\"“”„‟‘’'`´«»‹›「」『』_*([":
        return True
    if core_tag_at(text, start, high) >= 0:
        return True
    if _ends_sentence(text, quotation.start, quotation.end):
        return False
    return not _PRONOUN_START.match(text, start, high) and first.isalpha()


def _split(text: str, start: int, end: int, small: bool) -> Iterator[int]:
    """Where sentences end inside a piece of text that is all narration or all speech."""
    for match in _POINTS.finditer(text, start, end):
        if match.end() < end and _is_boundary(text, start, match, end, small):
            yield match.end()


def _is_boundary(text: str, start: int, match: "re.Match[str]", end: int, small: bool) -> bool:
    points = match.group()
    wide = points[0] in "。！？"
    if not wide and not text[match.end()].isspace():
        return False
    opener = _OPENERS.match(text, match.end(), min(end, match.end() + 20))
    following = text[opener.end() : opener.end() + 1] if opener else ""
    if opener and opener.end() >= end:
        return False
    if following.islower() and (not small or points.startswith("..") or points[0] == "…"):
        return False
    if following.isdigit() and _written_before(text, start, match.start()).lower() in _MONTHS:
        return False
    if points.rstrip(_CLOSERS) != ".":
        return True
    return not _is_abbreviation(text, start, match.start())


def _is_abbreviation(text: str, start: int, at: int) -> bool:
    """Whether the full stop at `at` belongs to an abbreviation or an initial."""
    word = _written_before(text, start, at)
    if word.lower() in _TITLES or word.lower() in _MORE_ABBREVIATIONS:
        return True
    last = word.rpartition(".")[2]
    return len(last) == 1 and last.isupper() and (last != "I" or "." in word)


def _written_before(text: str, start: int, at: int) -> str:
    """The letters and points before a place, as far as they can be an abbreviation."""
    first = at
    while first > start and at - first < 12 and (text[first - 1].isalpha() or text[first - 1] == "."):
        first -= 1
    return text[first:at]
