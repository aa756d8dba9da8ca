"""Marks → stretches between marks: the cheapest reading of a paragraph.

Each mark may open, close, or mean nothing (an apostrophe, a slip); a mark may be missing. Every reading has a price
in units of "how odd this would be", and a Viterbi search over the stack of what is open finds the cheapest one,
mark by mark: linear in the number of marks, since the stack is at most three deep and dear states are dropped.
The prices were chosen on PDNC's train novels and LitBank's train documents.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dramaturg.scan.quote_marks import BRACKET, DASH, POINT, SINGLE, SPACE, WORD, Mark
from dramaturg.scan.style import BOTH, CLOSES, FOREIGN, OPENS, QuoteStyle
from dramaturg.scan.tags import tag_at

MISSING = 2.5  # a mark that is not there
UNCLOSED_INSIDE = 2.0  # a nested mark that is never closed
CONTINUED = 0.3  # open at the end of a paragraph, and the next one opens with a mark
SLIP = 4.0  # a double mark that means nothing
WRONG_WAY = 2.5  # “ that closes, ” that opens
NESTED = 0.3  # ‘ inside “ ”
ALTERNATING = 0.5  # “ inside ‘ ’ inside “ ”
SAME_NESTED = 2.4  # “ inside “ ”
AMID = 0.8  # a single mark that opens or closes where no point is
BEAM = 7.0  # readings this much dearer than the cheapest are dropped
DEPTH = 3
CHUNK = 20_000  # marks of one paragraph decided at once, which bounds the memory

# (before, after) → price of opening, price of closing there
_SIDES = {
    (SPACE, WORD): (0.0, 3.0),
    (SPACE, POINT): (0.4, 1.5),
    (SPACE, DASH): (0.3, 1.5),
    (SPACE, BRACKET): (0.2, 3.0),
    (SPACE, SPACE): (1.8, 1.5),
    (BRACKET, WORD): (0.0, 4.0),
    (DASH, WORD): (0.3, 1.0),
    (DASH, SPACE): (3.0, 0.0),
    (DASH, POINT): (1.5, 0.0),
    (DASH, DASH): (1.0, 0.5),
    (WORD, WORD): (3.0, 3.0),
    (WORD, SPACE): (5.0, 0.4),
    (WORD, POINT): (5.0, 0.1),
    (WORD, DASH): (4.0, 0.2),
    (POINT, WORD): (1.5, 1.0),
    (POINT, SPACE): (5.0, 0.0),
    (POINT, POINT): (3.0, 0.2),
    (POINT, DASH): (3.0, 0.0),
}
_OTHER = (2.0, 2.0)

_BEHEADED = """
tis tisn twas twasn twere twill twould em im er ere un n nd til till cause cos coz cuz bout round cept fraid nother nuff
neath gainst mongst twixt pon tween ave ad as e is it ow ome ouse ead ear eard eart elp imself erself igh ard alf appen
orse orses old ole olding way thout less mid fore hind kay sup ello ell usband am at eaven ope and ands arry enry ot
undred prentice tention specially stead nless our s d ll m t re ve
"""
_LEADING = re.compile(rf"(?:{'|'.join(_BEHEADED.split())}|\d+s?)\b", re.IGNORECASE)
_TYPED = re.compile(r"(?:em|im|er|e|tis|twas|igh|ere|ave|ad|cause|nother)\b", re.IGNORECASE)
_CUT_SHORT = """
o th an wi ol ole tho ha t d ma po mo fo jes las mos tol bes lil de yo y i a ther mus fur col wid gi hae roun aroun
fro da n ar thro thou altho han lan groun foun gran min kin fin behin frien eas wes lef kep nex wen hol chil worl ca le
"""
_TRAILING = frozenset(_CUT_SHORT.split())
_CONTRACTED = re.compile(r"(?:m|s|t|d|ll|re|ve)\b", re.IGNORECASE)

OPENING, CLOSING, NOTHING = range(3)  # the prices of a mark
IGNORE, OPEN, CLOSE, REOPEN, UNOPENED = range(5)  # what may be done with it


@dataclass(slots=True)
class Stretch:
    """Text between marks, marks included; `parent` is the index of the stretch around it, or -1.

    `opened` and `closed` say whether the mark at that end is there.
    """

    start: int
    end: int
    family: str
    parent: int
    opened: bool
    closed: bool


def pair_marks(
    text: str, start: int, end: int, marks: list[Mark], style: QuoteStyle, next_opens: str | None
) -> list[Stretch]:
    """The stretches of the paragraph `text[start:end]`, an outer one before what is inside it.

    `next_opens`: the family of the mark that the next paragraph opens with, if it does. A stretch that
    lacks a mark reaches to the next mark or the paragraph's edge here; `recovery` finds its true end.
    """
    prices = [_prices(text, start, end, mark, style) for mark in marks]
    moves = _Moves(style)
    actions: list[int] = []
    state = ""
    for first in range(0, len(marks), CHUNK):
        last = first + CHUNK >= len(marks)
        chunk, state = _cheapest(
            marks[first : first + CHUNK],
            prices[first : first + CHUNK],
            state,
            moves,
            next_opens if last else None,
            last,
        )
        actions.extend(chunk)
    return _stretches(start, end, marks, actions)


class _Prices(NamedTuple):
    """What it costs for a mark to open, to close and to mean nothing; whether it looks like an opening mark."""

    opening: float
    closing: float
    nothing: float
    opens: bool


def _prices(text: str, low: int, high: int, mark: Mark, style: QuoteStyle) -> _Prices:
    """The prices of one mark of the paragraph `text[low:high]`."""
    opening, closing = _SIDES.get((mark.before, mark.after), _OTHER)
    face = style.faces.get(mark.shape, BOTH)
    if mark.before == SPACE:
        if mark.start == low and mark.after == SPACE:
            opening = 0.4
        elif mark.after == WORD and _points_before(text, mark.start) and tag_at(text, mark.end, high) >= 0:
            closing = 0.8  # a mark on the wrong side of a space: `Hello, "she said`
        elif mark.end == high:
            closing = 0.3
    if mark.start > low and mark.end == high:
        opening += 3.0
    if mark.before == SPACE and mark.after == SPACE and face != BOTH:
        opening, closing = (0.3, 3.0) if face == OPENS else (3.0, 0.3)
    elif face == OPENS:
        closing += WRONG_WAY
    elif face == CLOSES:
        opening += WRONG_WAY
    if mark.family == SINGLE:
        opening, closing = _amid_words(text, high, mark, opening, closing)
        opens = face != BOTH
        return _Prices(opening, closing, _apostrophe(text, low, mark, face), opens)
    nothing = SLIP
    if mark.shape == '"' and mark.before == SPACE and mark.after == WORD and _TYPED.match(text, mark.end):
        nothing = 1.0  # typed for an apostrophe: "em
    elif mark.before == WORD:
        if mark.after == WORD and _CONTRACTED.match(text, mark.end):
            nothing = 0.3
        elif text[mark.start - 1].isdigit():
            nothing = 0.8  # inches
    opens = face != BOTH or (mark.before in (SPACE, BRACKET) and mark.after == WORD)
    return _Prices(opening, closing, nothing, opens)


def _points_before(text: str, at: int) -> bool:
    """Whether a point stands before the white space before `at`."""
    return at >= 2 and text[at - 2] in ",.!?…—-;"


def _amid_words(text: str, high: int, mark: Mark, opening: float, closing: float) -> tuple[float, float]:
    """The prices of a single mark, dearer where words run on across it: `put him 'prentice`, `come fu' you`."""
    if mark.after == WORD and mark.end < high and text[mark.end].islower():
        if _LEADING.match(text, mark.end):
            opening += 1.5
        elif mark.start >= 2 and text[mark.start - 1] == " " and text[mark.start - 2].isalnum():
            opening += AMID
    elif mark.before == WORD and text[mark.end : mark.end + 1] == " " and text[mark.end + 1 : mark.end + 2].islower():
        closing += AMID if tag_at(text, mark.end, high) < 0 else 0.0
    return opening, closing


def _apostrophe(text: str, low: int, mark: Mark, face: str) -> float:
    """The price of taking a single mark for an apostrophe."""
    if mark.shape in "‚‛":
        return SLIP
    if mark.before == WORD:
        i = mark.start
        while i > low and mark.start - i < 12 and text[i - 1].isalpha():
            i -= 1
        word = text[i : mark.start].lower()
        if word in _TRAILING:
            return 0.2
        if word.endswith("in") and len(word) > 3:
            return 0.4
        if word.endswith(("s", "z", "x")):
            return 0.6
        return 2.2
    if mark.after == WORD and mark.before in (SPACE, DASH, BRACKET, POINT):
        if face == CLOSES:
            return 0.1
        price = 0.2 if _LEADING.match(text, mark.end) else 1.8
        return price + (1.0 if face == OPENS else 0.0)
    if mark.before == SPACE and mark.after == SPACE:
        return 1.0
    return 3.5


class _Moves(dict[tuple[str, str, bool], tuple[tuple[str, int, float, int], ...]]):
    """What a mark of a family can do to a stack: (stack after it, which of its prices, what comes on top, action)."""

    def __init__(self, style: QuoteStyle) -> None:
        self._price = style.price

    def __missing__(self, key: tuple[str, str, bool]) -> tuple[tuple[str, int, float, int], ...]:
        self[key] = moves = tuple(self._find(*key))
        return moves

    def _find(self, stack: str, family: str, opens: bool) -> Iterator[tuple[str, int, float, int]]:
        yield stack, NOTHING, 0.0, IGNORE
        if not stack:
            yield family, OPENING, self._price[family], OPEN
            if family != SINGLE or self._price[SINGLE] < FOREIGN:
                yield "", CLOSING, MISSING, UNOPENED
            return
        deeper = len(stack) < DEPTH
        at = stack.rfind(family)
        if at < 0:
            if deeper:
                yield stack + family, OPENING, NESTED, OPEN
            return
        unclosed = UNCLOSED_INSIDE * (len(stack) - 1 - at)
        yield stack[:at], CLOSING, unclosed, CLOSE
        yield stack[: at + 1], OPENING, MISSING + unclosed, REOPEN
        if deeper and (unclosed or opens):
            yield stack + family, OPENING, ALTERNATING if unclosed else SAME_NESTED, OPEN


def _cheapest(
    marks: list[Mark], prices: list[_Prices], state: str, moves: _Moves, next_opens: str | None, last: bool
) -> tuple[list[int], str]:
    """The cheapest way to read some marks: an action for each, and the stack that stays open.

    `state` is the stack before them; `last` whether the paragraph ends after them.
    """
    best = {state: 0.0}
    trail: list[dict[str, tuple[str, int]]] = []
    for mark, price in zip(marks, prices, strict=True):
        reached: dict[str, float] = {}
        came: dict[str, tuple[str, int]] = {}
        limit = min(best.values()) + BEAM
        for stack, so_far in best.items():
            if so_far > limit:
                continue
            for target, which, extra, action in moves[stack, mark.family, price.opens]:
                cost = so_far + price[which] + extra
                if cost < reached.get(target, math.inf):
                    reached[target] = cost
                    came[target] = (stack, action)
        best = reached
        trail.append(came)
    final = min(best, key=lambda stack: (best[stack] + (_end_price(stack, next_opens) if last else 0.0), stack))
    actions = []
    stack = final
    for came in reversed(trail):
        stack, action = came[stack]
        actions.append(action)
    actions.reverse()
    return actions, final


def _end_price(stack: str, next_opens: str | None) -> float:
    """The price of a paragraph's ending with marks open."""
    if not stack:
        return 0.0
    first = CONTINUED if stack[0] == next_opens else MISSING
    return first + UNCLOSED_INSIDE * 0.75 * (len(stack) - 1)


def _stretches(start: int, end: int, marks: list[Mark], actions: list[int]) -> list[Stretch]:
    """What the chosen actions make of the marks."""
    found: list[Stretch] = []
    stack: list[int] = []
    edge = start  # where a stretch without an opening mark may begin
    for mark, action in zip(marks, actions, strict=True):
        if action == IGNORE:
            continue
        if action == UNOPENED:
            found.append(Stretch(edge, mark.end, mark.family, -1, False, True))
            edge = mark.end
            continue
        if action in (CLOSE, REOPEN):
            while True:
                index = stack.pop()
                mine = found[index].family == mark.family
                found[index].closed = mine and action == CLOSE
                found[index].end = mark.end if found[index].closed else mark.start
                if mine:
                    break
            edge = mark.end
        if action in (OPEN, REOPEN):
            found.append(Stretch(mark.start, end, mark.family, stack[-1] if stack else -1, True, False))
            stack.append(len(found) - 1)
    return found
