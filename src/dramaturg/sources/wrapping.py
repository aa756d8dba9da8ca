"""How a file breaks its lines, by the statistics of their lengths.

A line that was wrapped has no room for the first word of the next one. A line that has room was broken on purpose, so a
paragraph ends with it if its sentence does. Where the last line of a paragraph happens to be full, the odds decide.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

from dramaturg.sources.line_patterns import is_title

MIN_LINE_PAIRS = 6  # adjacent lines needed to tell how a file is wrapped
MIN_RUN_ON_SHARE = 0.45  # of lines that end inside a sentence: wrapped files have 0.7 to 0.95, others below 0.2
MIN_RUN_ON_LINES = 5  # where that share is smaller, because there is much dialogue
MIN_FULL_RUN_ON_SHARE = 0.8  # of those lines that have no room for the next word
MAX_WRAP_CHARACTERS = 200  # a wider line is not wrapped
MIN_WRAP_CHARACTERS = 25
RAGGED_SHARE = 0.05  # of wrapped lines, that had room for the next word
MIN_FULL_SHARE = 0.75  # of the width: a shorter line is short, however ragged the lines are
MIN_DIALOGUE_FULL_SHARE = 0.85  # of the width, where only few lines show it
LONGEST_SHARE = 0.98  # of lines that are not longer than the width; the others are headings, addresses and the like
MAX_CLOSE_SHARE = 0.05  # of lines without a blank line before them, in a file with a blank line after every line
MAX_LINE_WIDTH = 120  # of lines that may be whole paragraphs as well
MIN_WRAPPED_SHARE = 0.15  # of these that run on
MIN_PACKED_ENDS = 3  # short lines that end paragraphs

OPENING_MARKS = '"“«„‘'
CLOSING_MARKS = '"”»’'
TERMINAL = ".!?…:\"”’'»)]*_~—–>/|"
MAX_AROUND = 2000  # characters before and after a line's end, where speech is looked for
QUOTATION_MARKS = frozenset('"“”„«»')
SENTENCE_START = re.compile(r"(?<=[.!?…\"”’])\s+(?=[\"“«„‘A-Z])")
PRONOUN = re.compile(r"(?:He|She|It|They|His|Her|Their|Its)\b")
# How much likelier (as a logarithm) the end of a paragraph is than another end of a sentence: by whether there is
# speech before it in the paragraph, whether there is after it, and what comes next. Counted at 96,777 ends of sentences
# in the training stories of PDNC and in the modern ones.
LOG_RATIOS = {
    (False, False, "other"): -0.9, (False, False, "pronoun"): -1.4, (False, True, "mark"): 1.8,
    (False, True, "other"): -0.7, (False, True, "pronoun"): -1.3, (True, True, "mark"): 0.4,
    (True, False, "other"): 0.9, (True, False, "pronoun"): 0.5,
    (True, True, "other"): 0.2, (True, True, "pronoun"): -0.1,
}  # fmt: skip
FIRST_WORD = re.compile(r"\S+")


class Line(NamedTuple):
    """A line without the white space at its ends. `gap`: blank lines before it. `indent`: in columns."""

    start: int
    end: int
    indent: int
    gap: int


class LineWrapping(NamedTuple):
    """How a file breaks its lines.

    `width`: where it wraps them, in characters; None where it does not, or where too few lines show it. `full_width`: a
    line that is shorter than this even with the next line's first word added was broken on purpose.
    `indents_first_lines`: the first lines of paragraphs are indented. `starts_lower`: paragraphs usually start with a
    small letter, which then does not show that a sentence goes on. `is_certain`: there were enough lines to tell.
    `spacing`: blank lines between two lines of a paragraph. `is_packed`: most paragraphs follow one another without
    more blank lines than that. `log_odds`: that a full line which ends a sentence is the last of a paragraph there,
    whatever it says.
    """

    width: int | None
    full_width: int
    indents_first_lines: bool
    starts_lower: bool
    is_certain: bool
    spacing: int = 0
    is_packed: bool = False
    log_odds: float = 0.0


def find_wrapping(text: str, lines: Sequence[Line]) -> LineWrapping:
    """How a file breaks its lines."""
    if sum(line.gap == 0 for line in lines) <= MAX_CLOSE_SHARE * len(lines) + 1:
        closer = [line._replace(gap=max(line.gap - 1, 0)) for line in lines]
        wrapping = find_wrapping_of_all(text, closer)
        if wrapping is not None:
            return wrapping._replace(spacing=1)
    return _find_wrapping(text, lines)


def find_wrapping_of_all(text: str, lines: Sequence[Line]) -> LineWrapping | None:
    """How the lines are wrapped, where nearly all that run on are full; None where they may be whole paragraphs."""
    filled = sorted(
        first.end - first.start + 1 + first_word_length(text, second)
        for first, second in pairwise(lines)
        if text[first.end - 1] not in TERMINAL and not second.gap and not _is_title(text, first)
    )
    width, full = _width_of_dialogue(lines, filled)
    if width is None or width > MAX_LINE_WIDTH or len(filled) < MIN_WRAPPED_SHARE * len(lines):
        return None
    return _with_odds(text, lines, LineWrapping(width, full, False, False, True))


def _is_title(text: str, line: Line) -> bool:
    """Whether a line has the shape of a title, which is short without being verse."""
    return is_title(text[line.start : min(line.end, line.start + MAX_WRAP_CHARACTERS)], strict=True)


def _find_wrapping(text: str, lines: Sequence[Line]) -> LineWrapping:
    n_pairs = n_outdented = n_flush = n_first = n_lower = 0
    running_on = []
    filled = []  # how long each wrapped line would have been with the next word added
    for i, line in enumerate(lines):
        if line.gap or i == 0:
            n_first += 1
            n_lower += text[line.start].islower()
            continue
        before = lines[i - 1]
        n_pairs += 1
        ends = text[before.end - 1] in TERMINAL
        if not ends:
            running_on.append(before.end - before.start + before.indent)
            if text[line.start].islower() or (i > 1 and before.gap == 0):  # else it may be a heading
                filled.append(running_on[-1] + 1 + first_word_length(text, line))
        if line.indent == before.indent:
            n_flush += 1
        elif line.indent > before.indent and before.indent == 0 and ends:
            n_outdented += 1
    lower = n_lower > 0.3 * max(n_first, 3)
    indents = n_outdented >= 2 and n_outdented * 30 > n_flush
    width = _width(running_on, n_pairs)
    filled.sort()
    full = int(MIN_FULL_SHARE * width) if width else 0
    full = max(full, filled[int(RAGGED_SHARE * len(filled))]) if width and filled else full
    if width is None and not indents:
        width, full = _width_of_dialogue(lines, filled)
    wrapping = LineWrapping(width, full, indents, lower, n_pairs >= MIN_LINE_PAIRS)
    return wrapping if width is None or indents else _with_odds(text, lines, wrapping)


def _width(running_on: list[int], n_pairs: int) -> int | None:
    if n_pairs < MIN_LINE_PAIRS or len(running_on) < MIN_RUN_ON_SHARE * n_pairs:
        return None
    running_on.sort()
    width = running_on[int(0.9 * (len(running_on) - 1))]
    n_near = sum(length >= 0.6 * width for length in running_on)
    is_wrapped = MIN_WRAP_CHARACTERS <= width <= MAX_WRAP_CHARACTERS and n_near >= 0.6 * len(running_on)
    return width if is_wrapped else None


def _width_of_dialogue(lines: Sequence[Line], filled: Sequence[int]) -> tuple[int | None, int]:
    """The width and the full width of a text with few lines that run on, if nearly all of those are full.

    `filled`: sorted; how long each of them would have been with the next word added.
    """
    lengths = sorted(line.end - line.start + line.indent for line in lines)
    width = lengths[int(LONGEST_SHARE * (len(lengths) - 1))] if lengths else 0
    full = int(MIN_DIALOGUE_FULL_SHARE * width)
    n_full = sum(length >= full for length in filled)
    if (
        len(filled) < MIN_RUN_ON_LINES
        or n_full < MIN_FULL_RUN_ON_SHARE * len(filled)
        or not MIN_WRAP_CHARACTERS <= width <= MAX_WRAP_CHARACTERS
    ):
        return None, 0
    return width, max(full, filled[int(RAGGED_SHARE * len(filled))])


def _with_odds(text: str, lines: Sequence[Line], wrapping: LineWrapping) -> LineWrapping:
    """Whether the paragraphs are packed, and if so, the odds that one ends with a full line that ends a sentence.

    Of the lines inside paragraphs, one in as many ends a sentence as a sentence has words. Of the last lines, one in as
    many is full as a line has words.
    """
    n_ends = n_enjambed = n_middles = n_gaps = n_words = n_sentences = 0
    for i, line in enumerate(lines):
        content = text[line.start : min(line.end, line.start + MAX_WRAP_CHARACTERS)]
        n_words += content.count(" ") + 1
        n_sentences += sum(1 for _ in SENTENCE_START.finditer(content))
        if i and line.gap:
            n_gaps += 1
        elif i and line.indent == lines[i - 1].indent:
            short = is_short(text, lines[i - 1], line, wrapping.full_width)
            ends = text[lines[i - 1].end - 1] in TERMINAL
            n_ends += short and ends and not text[line.start].islower()
            n_enjambed += short and not ends and not _is_title(text, lines[i - 1])
            n_middles += not short and not ends
    if n_ends < max(MIN_PACKED_ENDS, 2 * n_enjambed, n_gaps + 1):
        return wrapping
    words_per_line = n_words / len(lines)
    words_per_sentence = n_words / (n_sentences + n_ends + n_gaps + 1)
    odds = (n_ends / words_per_line) / (max(n_middles, 1) / words_per_sentence)
    return wrapping._replace(is_packed=True, log_odds=log(odds))


def ends_paragraph(text: str, start: int, first: Line, second: Line, end: int, wrapping: LineWrapping) -> bool:
    """Whether a paragraph ends with the first of two lines that follow one another.

    `start`, `end`: of the paragraph that there would be if it did not.
    """
    if text[first.end - 1] not in TERMINAL or text[second.start].islower() or text[second.start] in ",;.)":
        return False
    if is_short(text, first, second, wrapping.full_width):
        return True
    if not wrapping.is_packed:
        return False
    opens = text[second.start] in OPENING_MARKS
    if opens and text[first.end - 1] in CLOSING_MARKS:
        return True  # another speaker
    around = (
        text[max(start, first.end - MAX_AROUND) : first.end],
        text[second.start : min(end, second.start + MAX_AROUND)],
    )
    before, after = (not QUOTATION_MARKS.isdisjoint(part) for part in around)
    following = "mark" if opens else "pronoun" if PRONOUN.match(text, second.start) else "other"
    return wrapping.log_odds + LOG_RATIOS.get((before, after, following), 0.0) > 0


def is_short(text: str, first: Line, second: Line, full_width: int) -> bool:
    """Whether the first of two lines has room for the first word of the second."""
    return first.indent + first.end - first.start + 1 + first_word_length(text, second) < full_width


def first_word_length(text: str, line: Line) -> int:
    """The number of characters of a line's first word."""
    match = FIRST_WORD.match(text, line.start, min(line.end, line.start + MAX_WRAP_CHARACTERS))
    return match.end() - line.start if match else 0
