"""The marks that may set speech apart, found in a stretch of text with what stands on either side.

Every way to type a mark belongs to one of four families; inside a family, marks of different shapes
(`"`, `“`, `„`) may open and close one another, since people mix them.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

DOUBLE, SINGLE, GUILLEMET, CORNER = "D", "S", "G", "C"

# What stands beside a mark: white space or an edge, a letter or digit, a dash, an opening bracket, other marks.
SPACE, WORD, DASH, BRACKET, POINT = "space", "word", "dash", "bracket", "point"

FAMILIES = {
    **dict.fromkeys(["“", "”", "„", "‟", '"', "＂", "``", "''", "´´", ",,", "″"], DOUBLE),
    **dict.fromkeys(["‘", "’", "‚", "‛", "'", "`", "´", "′"], SINGLE),
    **dict.fromkeys(["«", "»", "<<", ">>", "‹", "›"], GUILLEMET),
    **dict.fromkeys(["「", "」", "『", "』"], CORNER),
}
SHAPES = {"``": "``", "''": "''", "´´": "''", ",,": "„", "<<": "«", ">>": "»", "＂": '"', "″": '"', "′": "'"}

# One class of characters first, then what each needs: so the search itself runs at the speed of a class.
# A single mark between two letters is an apostrophe whatever else happens, and never looked at.
MARK = re.compile(
    r"[\"“”„‟＂″«»‹›「」『』‘’‚‛'`´′,<>](?:"
    r"(?<=\")\"*|(?<=“)“*|(?<=”)”*|(?<=[„‟＂″«»‹›「」『』])|(?<=<)<+|(?<=>)>+|(?<=,),(?<!,,,)(?=\w)"
    r"|(?<=')'+|(?<=`)`+|(?<=´)´+"
    r"|(?<=[‘’‚‛'`´′])(?:(?<![^\W_].)|(?![^\W_])))",
    re.DOTALL,
)
_MARK_CHARACTERS = "“”„‟\"＂″‘’‚‛'`´′«»‹›「」『』"
# Emphasis mark-up, zero-width and hair spaces between nested marks say nothing about a mark's side.
_SKIPPED = frozenset(_MARK_CHARACTERS + "_*~" + "\u200a\u2009\u202f\u200b\u2060\ufeff")
_BEHEADED = re.compile(r"(?:tis|twas|twere|twill|twould|em|cause|til)\b", re.IGNORECASE)
_REACH = 5  # characters looked across at most, so that a line of nothing but marks stays linear


class Mark(NamedTuple):
    """One mark: where it stands, its family and shape, and what stands before and after it."""

    start: int
    end: int
    family: str
    shape: str
    before: str
    after: str


def kind_of(character: str) -> str:
    """What a character beside a mark is: space, word, dash, bracket or point."""
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
    """What stands before `at`, looking no further back than `low`."""
    for i in range(at - 1, max(low, at - _REACH) - 1, -1):
        if text[i] not in _SKIPPED:
            return kind_of(text[i])
    return SPACE if at - _REACH <= low else POINT


def after(text: str, at: int, high: int) -> str:
    """What stands at `at` and after, looking no further than `high`."""
    for i in range(at, min(high, at + _REACH)):
        if text[i] not in _SKIPPED:
            return kind_of(text[i])
    return SPACE if at + _REACH >= high else POINT


def find_marks(text: str, start: int, end: int) -> Iterator[Mark]:
    """The marks of `text[start:end]`, in order.

    A run of one mark (`""`) is one mark, unless words or points stand close on both its sides
    (`"Go.""Why?"`): then it is a closing and an opening one. Three straight single marks are a single
    and a double one, nested.
    """
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
        elif run == "''" and right == WORD and _BEHEADED.match(text, last):  # ''Tis: an opening mark and an apostrophe
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
