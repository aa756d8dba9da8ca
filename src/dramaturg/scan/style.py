"""How a story marks its speech: with which quotation marks, and which way each of them faces."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dramaturg.lexicon.language import Language
from dramaturg.scan.dashes import find_dash_style
from dramaturg.scan.lost_marks import has_lost_marks
from dramaturg.scan.quote_marks import CORNER, DOUBLE, GUILLEMET, POINT, SINGLE, SPACE, WORD, Mark, find_marks
from dramaturg.story import Block

OPENS, CLOSES, BOTH = "opens", "closes", "both"

USUAL = {
    **dict.fromkeys(["“", "„", "``", "«", "‹", "‘", "‚", "`", "「", "『", "‟", "‛"], OPENS),
    **dict.fromkeys(["”", "''", "»", "›", "’", "」", "』"], CLOSES),
}
LAST_WORD = re.compile(r"[^\W\d_]+$")
MAX_TAG_CHARACTERS = 24  # before a mark, where the verb of a tag may be
MIN_UNPOINTED_TAGS = 5
FOREIGN = 1.0  # the price of marks that the story does not use for speech
MAX_MARKS = 100_000  # looked at; a style shows long before


@dataclass(frozen=True, slots=True)
class QuoteStyle:
    """How a story marks its speech.

    `faces`: for each shape of mark, whether it opens, closes or does both. `price`: for each family of
    marks, the price (see `pairing`) of taking such a mark for the beginning of speech in narration.
    `dashes`: whether a dash at the start of a paragraph opens speech. `lost`: whether the text lost its single marks
    and spaces show where they were. `unpointed`: whether the tags before speech mostly have no comma: she said "no".
    """

    faces: dict[str, str]
    price: dict[str, float]
    dashes: bool
    lost: bool
    unpointed: bool = False


def find_style(text: str, paragraphs: tuple[Block, ...], language: Language) -> QuoteStyle:
    """The style that a story's paragraphs show."""
    opening: Counter[str] = Counter()
    closing: Counter[str] = Counter()
    speaks: Counter[str] = Counter()
    n_led = 0
    tags: Counter[bool] = Counter()  # before speech: with a comma or a colon, and without
    for mark, leads in islice(_marks(text, paragraphs, language), MAX_MARKS):
        if mark.before == SPACE and mark.after == WORD:
            opening[mark.shape] += 1
            is_pointed = _ends_tag(text, mark.start, language)
            if is_pointed is not None:
                tags[is_pointed] += 1
            if leads:
                speaks[mark.family] += 2
                n_led += mark.shape not in "'’"
        elif mark.family in (GUILLEMET, CORNER) and mark.before == mark.after == SPACE:  # « spaced as in French »
            speaks[mark.family] += 1
        elif mark.after == SPACE and mark.before in (POINT, WORD):
            closing[mark.shape] += 1
            if mark.before == POINT:
                speaks[mark.family] += 1
    faces = {shape: _faces(shape, opening, closing) for shape in {*USUAL, '"', "'", *opening, *closing}}
    total = max(1, sum(speaks.values()))
    price = {}
    for family in (DOUBLE, SINGLE, GUILLEMET, CORNER):
        share = speaks[family] / total
        price[family] = 0.0 if share > 0.4 else 0.4 if share > 0.15 else FOREIGN
    dashes = find_dash_style(text, paragraphs, n_led, language)
    unpointed = tags[False] >= MIN_UNPOINTED_TAGS and tags[False] > tags[True]
    return QuoteStyle(faces, price, dashes, has_lost_marks(text, paragraphs, language), unpointed)


def _ends_tag(text: str, start: int, language: Language) -> bool | None:
    """Whether the tag before a mark ends with a comma or a colon; None if no verb of speech is there."""
    before = text[max(0, start - MAX_TAG_CHARACTERS) : start].rstrip()
    word = LAST_WORD.search(before.rstrip(",:"))
    if word is None or word[0].lower() not in language.speech.core_past_verbs:
        return None
    return before[-1] in ",:"


def _marks(text: str, paragraphs: tuple[Block, ...], language: Language) -> Iterator[tuple[Mark, bool]]:
    """Every mark, and whether its paragraph opens with it."""
    for block in paragraphs:
        for mark in find_marks(text, block.start, block.end, language):
            yield mark, mark.start - block.start < 2


def _faces(shape: str, opening: Counter[str], closing: Counter[str]) -> str:
    """Which way a shape faces in this story, a few slips aside."""
    usual = USUAL.get(shape, BOTH)
    opens, closes = opening[shape], closing[shape]
    if usual == BOTH or opens + closes < 4:
        return usual
    if shape == "’":  # leading apostrophes (’tis) look like opening marks
        return BOTH if opens > closes and opening["‘"] == 0 else CLOSES
    share = opens / (opens + closes)
    if share > 0.85:
        return OPENS
    if share < 0.15:
        return CLOSES
    return BOTH if 0.25 < share < 0.75 else usual
