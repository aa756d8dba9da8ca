"""Quotation marks → stretches between marks: the cheapest reading of a paragraph.

Each mark may open, close, or mean nothing (an apostrophe, a typing error); a mark may be missing. Every reading has a
price, higher the less likely it is, and a Viterbi search over the stack of open marks finds the cheapest reading mark
by mark. It takes time linear in the number of marks, because the stack is at most three deep and expensive states are
dropped. The prices were chosen on PDNC's train novels and LitBank's train documents.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dramaturg.lexicon.language import Language
from dramaturg.scan.quote_marks import BRACKET, DASH, POINT, SINGLE, SPACE, WORD, Mark
from dramaturg.scan.style import BOTH, CLOSES, FOREIGN, OPENS, QuoteStyle
from dramaturg.scan.tags import tag_at

MISSING = 2.5  # a missing mark
UNCLOSED_INSIDE = 2.0  # a nested mark that is never closed
CONTINUED = 0.3  # open at the end of a paragraph, and the next paragraph opens with a mark
SLIP = 4.0  # a double mark that means nothing
WRONG_WAY = 2.5  # “ closes, or ” opens
NESTED = 0.3  # ‘ inside “ ”
ALTERNATING = 0.5  # “ inside ‘ ’ inside “ ”
SAME_NESTED = 2.4  # “ inside “ ”
WITHIN_SENTENCE = 0.8  # a single mark opens or closes without punctuation
BEAM = 7.0  # readings that are this much more expensive than the cheapest are dropped
MAX_DEPTH = 3
CHUNK_MARKS = 20_000  # of one paragraph, decided at once to limit memory

# What is (before, after) a mark → the prices of opening and of closing there.
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

OPENING, CLOSING, NOTHING = range(3)  # the prices of a mark
IGNORE, OPEN, CLOSE, REOPEN, UNOPENED = range(5)  # what a reading can do with it


@dataclass(slots=True)
class Stretch:
    """Text between marks, marks included; `parent` is the index of the stretch around it, or -1.

    `opened`, `closed`: whether the mark at that end is there.
    """

    start: int
    end: int
    family: str
    parent: int
    opened: bool
    closed: bool


def pair_marks(
    text: str,
    start: int,
    end: int,
    marks: list[Mark],
    style: QuoteStyle,
    next_opens: str | None,
    language: Language,
) -> list[Stretch]:
    """The stretches of the paragraph `text[start:end]`, an outer one before those inside it.

    `next_opens`: the family of the mark that the next paragraph opens with, or None. A stretch without one of its marks
    ends at the next mark or the edge of the paragraph; `recovery` finds its true end.
    """
    prices = [_prices(text, start, end, mark, style, language) for mark in marks]
    moves = _Moves(style)
    actions: list[int] = []
    state = ""
    for first in range(0, len(marks), CHUNK_MARKS):
        last = first + CHUNK_MARKS >= len(marks)
        chunk, state = _cheapest(
            marks[first : first + CHUNK_MARKS],
            prices[first : first + CHUNK_MARKS],
            state,
            moves,
            next_opens if last else None,
            last,
        )
        actions.extend(chunk)
    return _stretches(start, end, marks, actions)


class _Prices(NamedTuple):
    """The prices of a mark for opening, closing and meaning nothing; `opens`: whether it looks like an opening mark."""

    opening: float
    closing: float
    nothing: float
    opens: bool


def _prices(text: str, low: int, high: int, mark: Mark, style: QuoteStyle, language: Language) -> _Prices:
    """The prices of one mark of the paragraph `text[low:high]`."""
    writing = language.writing
    opening, closing = _SIDES.get((mark.before, mark.after), _OTHER)
    face = style.faces.get(mark.shape, BOTH)
    if mark.before == SPACE:
        if mark.start == low and mark.after == SPACE:
            opening = 0.4
        elif (
            mark.after == WORD
            and _follows_punctuation(text, mark.start)
            and tag_at(text, mark.end, high, language) >= 0
        ):
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
        opening, closing = _single_mark_prices(text, high, mark, opening, closing, language)
        opens = face != BOTH
        return _Prices(opening, closing, _apostrophe_price(text, low, mark, face, language), opens)
    nothing = SLIP
    if (
        mark.shape == '"'
        and mark.before == SPACE
        and mark.after == WORD
        and writing.typed_beginnings.match(text, mark.end)
    ):
        nothing = 1.0  # typed instead of an apostrophe: "em
    elif mark.before == WORD:
        if mark.after == WORD and writing.contracted.match(text, mark.end):
            nothing = 0.3
        elif text[mark.start - 1].isdigit():
            nothing = 0.8  # inches
    opens = face != BOTH or (mark.before in (SPACE, BRACKET) and mark.after == WORD)
    return _Prices(opening, closing, nothing, opens)


def _follows_punctuation(text: str, at: int) -> bool:
    """Whether a punctuation mark is before the white space before `at`."""
    return at >= 2 and text[at - 2] in ",.!?…—-;"


def _single_mark_prices(
    text: str, high: int, mark: Mark, opening: float, closing: float, language: Language
) -> tuple[float, float]:
    """The prices of a single mark, higher where a sentence goes on across it: `put him 'prentice`, `come fu' you`."""
    if mark.after == WORD and mark.end < high and text[mark.end].islower():
        if language.writing.dropped_beginnings.match(text, mark.end):
            opening += 1.5
        elif mark.start >= 2 and text[mark.start - 1] == " " and text[mark.start - 2].isalnum():
            opening += WITHIN_SENTENCE
    elif mark.before == WORD and text[mark.end : mark.end + 1] == " " and text[mark.end + 1 : mark.end + 2].islower():
        closing += WITHIN_SENTENCE if tag_at(text, mark.end, high, language) < 0 else 0.0
    return opening, closing


def _apostrophe_price(text: str, low: int, mark: Mark, face: str, language: Language) -> float:
    """The price of taking a single mark for an apostrophe."""
    writing = language.writing
    if mark.shape in "‚‛":
        return SLIP
    if mark.before == WORD:
        i = mark.start
        while i > low and mark.start - i < 12 and text[i - 1].isalpha():
            i -= 1
        word = text[i : mark.start].lower()
        if word in writing.dropped_endings:
            return 0.2
        if word.endswith(writing.dropped_suffixes) and len(word) > 3:
            return 0.4
        if word.endswith(writing.plural_endings):
            return 0.6
        return 2.2
    if mark.after == WORD and mark.before in (SPACE, DASH, BRACKET, POINT):
        if face == CLOSES:
            return 0.1
        price = 0.2 if writing.dropped_beginnings.match(text, mark.end) else 1.8
        return price + (1.0 if face == OPENS else 0.0)
    if mark.before == SPACE and mark.after == SPACE:
        return 1.0
    return 3.5


class _Moves(dict[tuple[str, str, bool], tuple[tuple[str, int, float, int], ...]]):
    """What a mark of a family can do to a stack: (stack after it, which of its prices, extra price, action)."""

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
        deeper = len(stack) < MAX_DEPTH
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

    `state`: the stack before them. `last`: whether the paragraph ends after them.
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
    """The price of a paragraph that ends with marks open."""
    if not stack:
        return 0.0
    first = CONTINUED if stack[0] == next_opens else MISSING
    return first + UNCLOSED_INSIDE * 0.75 * (len(stack) - 1)


def _stretches(start: int, end: int, marks: list[Mark], actions: list[int]) -> list[Stretch]:
    """The stretches that the chosen actions make."""
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
