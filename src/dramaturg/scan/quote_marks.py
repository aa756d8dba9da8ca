"""Quotation marks: their characters, and where they are in a text with what is on either side.

Every way to type a mark belongs to one of four families; inside a family, marks of different shapes
(`"`, `“`, `„`) may open and close one another, since people mix them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from dramaturg.lexicon.language import Language

QUOTE_CHARACTERS = "\"“”„‟‘’'`´«»‹›「」『』"  # the usual ones
ALL_QUOTE_CHARACTERS = QUOTE_CHARACTERS + "＂″‚‛′"
CLOSING_QUOTE_CHARACTERS = "\"'”’»›」』＂"

DOUBLE, SINGLE, GUILLEMET, CORNER = "D", "S", "G", "C"

# What is next to a mark: white space or an edge, a letter or digit, a dash, an opening bracket, another character.
SPACE, WORD, DASH, BRACKET, POINT = "space", "word", "dash", "bracket", "point"

FAMILIES = {
    **dict.fromkeys(["“", "”", "„", "‟", '"', "＂", "``", "''", "´´", ",,", "″"], DOUBLE),
    **dict.fromkeys(["‘", "’", "‚", "‛", "'", "`", "´", "′"], SINGLE),
    **dict.fromkeys(["«", "»", "<<", ">>", "‹", "›"], GUILLEMET),
    **dict.fromkeys(["「", "」", "『", "』"], CORNER),
}
SHAPES = {"``": "``", "''": "''", "´´": "''", ",,": "„", "<<": "«", ">>": "»", "＂": '"', "″": '"', "′": "'"}

# One class of characters first, then the conditions of each: that way the search runs at the speed of a class.
# A single mark between two letters is always an apostrophe, and is not found.
MARK = re.compile(
    r"[\"“”„‟＂″«»‹›「」『』‘’‚‛'`´′,<>](?:"
    r"(?<=\")\"*|(?<=“)“*|(?<=”)”*|(?<=[„‟＂″«»‹›「」『』])|(?<=<)<+|(?<=>)>+|(?<=,),(?<!,,,)(?=\w)"
    r"|(?<=')'+|(?<=`)`+|(?<=´)´+"
    r"|(?<=[‘’‚‛'`´′])(?:(?<![^\W_].)|(?![^\W_])))",
    re.DOTALL,
)
# Other marks, emphasis mark-up, zero-width and hair spaces say nothing about which way a mark faces.
_SKIPPED = frozenset(ALL_QUOTE_CHARACTERS + "_*~" + "\u200a\u2009\u202f\u200b\u2060\ufeff")
_MAX_SKIPPED = 5  # characters, so that a line of nothing but marks takes linear time


class Mark(NamedTuple):
    """One mark: its position, family and shape, and what is before and after it."""

    start: int
    end: int
    family: str
    shape: str
    before: str
    after: str


def kind_of(character: str) -> str:
    """What a character next to a mark is: SPACE, WORD, DASH, BRACKET or POINT."""
    if character.isspace():
        return SPACE
    if character.isalnum():
        return WORD
    if character in "—–―-‒−":
        return DASH
    if character in "([{<":
        return BRACKET
    return POINT


def before(text: str, at: int, low: int) -> str:
    """What is before `at`, looking no further back than `low`."""
    for i in range(at - 1, max(low, at - _MAX_SKIPPED) - 1, -1):
        if text[i] not in _SKIPPED:
            return kind_of(text[i])
    return SPACE if at - _MAX_SKIPPED <= low else POINT


def after(text: str, at: int, high: int) -> str:
    """What is at `at`, looking no further than `high`."""
    for i in range(at, min(high, at + _MAX_SKIPPED)):
        if text[i] not in _SKIPPED:
            return kind_of(text[i])
    return SPACE if at + _MAX_SKIPPED >= high else POINT


def find_marks(text: str, start: int, end: int, language: Language) -> Iterator[Mark]:
    """The marks of `text[start:end]`, in order.

    A run of one mark (`""`) is one mark, unless words or punctuation are close on both its sides
    (`"Go.""Why?"`): then it is a closing and an opening one. Three straight single marks are a single
    and a double one, nested.
    """
    opening_apostrophes = language.writing.opening_apostrophes
    for match in MARK.finditer(text, start, end):
        first, last = match.span()
        run = match.group()
        left, right = before(text, first, start), after(text, last, end)
        if len(run) == 1:
            yield Mark(first, last, FAMILIES[run], SHAPES.get(run, run), left, right)
        elif run == "'''":
            opening = left == SPACE
            cut = first + 2 if opening else first + 1
            families = (DOUBLE, SINGLE) if opening else (SINGLE, DOUBLE)
            yield Mark(first, cut, families[0], "''" if opening else "'", left, right)
            yield Mark(cut, last, families[1], "'" if opening else "''", left, right)
        elif (
            run == "''" and right == WORD and opening_apostrophes.match(text, last)
        ):  # ''Tis: an opening mark and an apostrophe
            yield Mark(first, first + 1, SINGLE, "'", left, right)
            yield Mark(first + 1, last, SINGLE, "'", left, right)
        elif run[0] in "'`´,<>":
            shape = SHAPES[run[:2]]
            yield Mark(first, last, FAMILIES[shape], shape, left, right)
        elif left in (POINT, DASH) and right == WORD:
            yield Mark(first, first + 1, DOUBLE, run[0], left, SPACE)
            yield Mark(first + 1, last, DOUBLE, run[0], SPACE, right)
        else:
            yield Mark(first, last, DOUBLE, run[0], left, right)
