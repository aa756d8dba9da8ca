"""Paragraphs and quotations → sentences; a tag stays with its quotation.

Each paragraph is cut into narration and (outermost) speech, each piece is split on its own, and the sentences on either
side of a quotation mark are joined again if they are one: an introduction with the first sentence of speech, a tag with
the last one.
"""

import re
from collections.abc import Iterator

from dramaturg.draft import ScannedQuotation, outermost
from dramaturg.lexicon.language import Language
from dramaturg.scan.quote_marks import QUOTE_CHARACTERS
from dramaturg.scan.tags import core_tag_at
from dramaturg.story import Block, Span

_CLOSERS = QUOTE_CHARACTERS + "_*)]}"
# A run of full stops and the like, with the marks that close after it. Matching a whole run at once keeps this linear.
_POINTS = re.compile(rf"[.!?…。！？‽]+[{QUOTE_CHARACTERS}_*)\]}}]*")
_FIRST_WORD = re.compile(r"\w+")
_OPENERS = re.compile(rf"[\s{QUOTE_CHARACTERS}_*(\[{{—–-]*")


def split_sentences(
    text: str, paragraphs: tuple[Block, ...], quotations: tuple[ScannedQuotation, ...], language: Language
) -> tuple[Span, ...]:
    """Cut paragraphs into sentences.

    Every character of a paragraph that is not white space is in exactly one sentence; no sentence crosses a paragraph,
    or begins or ends with white space. `paragraphs` and `quotations` are sorted by start.
    """
    outer = outermost(quotations)
    sentences: list[Span] = []
    at = 0
    for block in paragraphs:
        here = []
        while at < len(outer) and outer[at].start < block.end:
            here.append(outer[at])
            at += 1
        cuts = list(_cuts(text, block, here, language))
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


def _cuts(text: str, block: Block, quotations: list[ScannedQuotation], language: Language) -> Iterator[int]:
    """Where one sentence of a paragraph ends and the next begins, in order."""
    at = block.start
    small = _is_in_lower_case(text, block, language)
    for quotation in quotations:
        yield from _split(text, at, quotation.start, small, language)
        if at < quotation.start and not _introduces(text, at, quotation.start):
            yield quotation.start
        yield from _split(text, quotation.start, quotation.end, small, language)
        at = quotation.end
        if at < block.end and not _runs_on(text, quotation, block.end, language):
            yield at
    yield from _split(text, at, block.end, small, language)


def _is_in_lower_case(text: str, block: Block, language: Language) -> bool:
    """Whether a paragraph is typed without capitals, so that a lower-case letter may begin a sentence."""
    lone = language.writing.lone_capitals
    words = text[block.start : min(block.end, block.start + 400)].split()
    first = next((word for word in words if word[0].isalpha()), "")
    return first.islower() and not any(word[0].isupper() for word in words if word.lower() not in lone)


def _introduces(text: str, start: int, end: int) -> bool:
    """Whether the narration before a quotation goes on into it."""
    return not _ends_sentence(text, start, end)


def _ends_sentence(text: str, start: int, end: int) -> bool:
    while end > start and (text[end - 1].isspace() or text[end - 1] in _CLOSERS):
        end -= 1
    return end > start and text[end - 1] in ".!?…。！？‽"


def _runs_on(text: str, quotation: ScannedQuotation, high: int, language: Language) -> bool:
    """Whether the text after a quotation belongs to its last sentence: a tag, or a sentence that goes on."""
    start = quotation.end
    while start < high and text[start].isspace():
        start += 1
    if start == high:
        return True
    first = text[start]
    if first.islower() or not first.isalnum() and first not in QUOTE_CHARACTERS + "_*([":
        return True
    if core_tag_at(text, start, high, language) >= 0:
        return True
    if _ends_sentence(text, quotation.start, quotation.end):
        return False
    opener = _FIRST_WORD.match(text, start, high)
    return first.isalpha() and (opener is None or opener.group() not in language.writing.sentence_openers)


def _split(text: str, start: int, end: int, small: bool, language: Language) -> Iterator[int]:
    """The ends of sentences within a piece of text that is all narration or all speech."""
    for match in _POINTS.finditer(text, start, end):
        if match.end() < end and _is_boundary(text, start, match, end, small, language):
            yield match.end()


def _is_boundary(text: str, start: int, match: "re.Match[str]", end: int, small: bool, language: Language) -> bool:
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
    if (
        following.isdigit()
        and _written_before(text, start, match.start()).lower() in language.writing.number_abbreviations
    ):
        return False
    if points.rstrip(_CLOSERS) != ".":
        return True
    return not _is_abbreviation(text, start, match.start(), language)


def _is_abbreviation(text: str, start: int, at: int, language: Language) -> bool:
    """Whether the full stop at `at` belongs to an abbreviation or an initial."""
    word = _written_before(text, start, at)
    if word.lower() in language.writing.unending_abbreviations:
        return True
    last = word.rpartition(".")[2]
    return len(last) == 1 and last.isupper() and (last != "I" or "." in word)


def _written_before(text: str, start: int, at: int) -> str:
    """The letters and full stops before a position, as far as they can be an abbreviation."""
    first = at
    while first > start and at - first < 12 and (text[first - 1].isalpha() or text[first - 1] == "."):
        first -= 1
    return text[first:at]
