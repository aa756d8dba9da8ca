"""Text → lines → pieces: which lines make one paragraph.

Three habits have to be told apart, often in one file: paragraphs hard-wrapped at some width with blank lines
between; one paragraph a line, with or without blank lines; wrapped paragraphs told apart only by a short last
line or an indented first one.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from dramaturg.sources.line_patterns import is_byline, is_label, is_standalone, is_strong_heading, starts_note
from dramaturg.story import Role

MIN_PAIRS = 6  # adjacent lines needed to speak of a file's habit
RUNNING_ON = 0.45  # wrapped files have .7 to .95 of lines that end inside a sentence, the others below .2
MAX_WIDTH = 200  # nobody wraps wider
RAGGED = 0.05  # share of wrapped lines that could have held the next word all the same
SHORT = 0.75  # of the width: what is at least short, however ragged the lines are
MAX_BYLINE = 20  # lines among which `by Somebody` is looked for
HEAD_LINES = 200  # labels ("Rating: T") are looked for in the first lines only
TAB = 4

OPENING = "\"“‘'«„‹「『*_([—–-/<~"
TERMINAL = ".!?…:\"”’'»)]*_~—–>/|"


class Line(NamedTuple):
    """One line without the blanks at its ends. `gap`: blank lines before it; `indent`: in columns."""

    start: int
    end: int
    indent: int
    gap: int


class Piece(NamedTuple):
    """One or more lines that belong together: a block whose role is not known yet, unless `role` says it."""

    start: int
    end: int
    gap: int
    indent: int
    n_lines: int
    role: Role | None = None
    level: int = 0


def find_lines(text: str) -> list[Line]:
    """The lines that are not blank."""
    lines = []
    gap = position = 0
    for content in text.split("\n"):
        stripped = content.strip()
        if stripped:
            blanks = len(content) - len(content.lstrip())
            start = position + blanks
            indent = len(content[:blanks].expandtabs(TAB)) if blanks else 0
            lines.append(Line(start, start + len(stripped), indent, gap))
            gap = 0
        else:
            gap += 1
        position += len(content) + 1
    return lines


def find_pieces(text: str, lines: Sequence[Line], habit: "Habit") -> list[Piece]:
    """The pieces that the lines make, in order; every line is in one.

    `habit`: how the whole file breaks its lines (`find_habit`), though `lines` may be a part of it.
    """
    pieces: list[Piece] = []
    for run in _runs(text, lines):
        pieces.extend(_join(group) for group in _groups(text, run, habit))
    return pieces


def _join(lines: Sequence[Line]) -> Piece:
    return Piece(lines[0].start, lines[-1].end, lines[0].gap, lines[0].indent, len(lines))


def _runs(text: str, lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Lines without a blank one between, cut where a line stands by itself whatever is around it."""
    run: list[Line] = []
    below_heading = False  # the capitals just under `CHAPTER I` are its title, not the first words of the text
    for number, line in enumerate(lines):
        content = text[line.start : min(line.end, line.start + MAX_WIDTH + 1)]
        first = line.gap > 0 or number == 0
        byline = 0 < number < MAX_BYLINE and is_byline(content)
        standalone = is_standalone(content) or is_strong_heading(content, alone=not first)
        title = below_heading and not first and content.isupper()
        cut_before = (
            first or standalone or byline or starts_note(content) or (number < HEAD_LINES and is_label(content))
            or (below_heading and bool(run) and not title)
        )  # fmt: skip
        if cut_before and run:
            yield run
            run = []
        run.append(line)
        if standalone or byline:
            yield run
            run = []
        below_heading = standalone and is_strong_heading(content, alone=True) or title
    if run:
        yield run


class Habit(NamedTuple):
    """How a file breaks its lines. `width`: where it wraps them, None where it does not or too little is seen."""

    width: int | None
    full: int  # a line that would be shorter than this with the next word on it was broken on purpose
    indents: bool  # first lines of paragraphs are indented
    lower: bool  # paragraphs begin with small letters as a rule, so a small letter says nothing
    known: bool  # enough lines were seen to tell


def find_habit(text: str, lines: Sequence[Line]) -> Habit:
    """How the lines of a file are broken."""
    n_pairs = n_outdented = n_flush = n_first = n_lower = 0
    running_on = []
    filled = []  # how long a wrapped line would have been with the next word on it
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
            filled.append(running_on[-1] + 1 + _first_word(text, line))
        if line.indent == before.indent:
            n_flush += 1
        elif line.indent > before.indent and before.indent == 0 and ends:
            n_outdented += 1
    lower = n_lower > 0.3 * max(n_first, 3)
    indents = n_outdented >= 2 and n_outdented * 30 > n_flush
    width = _width(running_on, n_pairs)
    filled.sort()
    full = max(filled[int(RAGGED * len(filled))], int(SHORT * width)) if width else 0
    return Habit(width, full, indents, lower, n_pairs >= MIN_PAIRS)


def _width(running_on: list[int], n_pairs: int) -> int | None:
    if n_pairs < MIN_PAIRS or len(running_on) < RUNNING_ON * n_pairs:
        return None
    running_on.sort()
    width = running_on[int(0.9 * (len(running_on) - 1))]
    n_near = sum(length >= 0.6 * width for length in running_on)
    return width if 25 <= width <= MAX_WIDTH and n_near >= 0.6 * len(running_on) else None


def _groups(text: str, run: list[Line], habit: Habit) -> Iterable[list[Line]]:
    if len(run) == 1:
        return [run]
    if habit.indents and any(line.indent == 0 for line in run) and any(line.indent for line in run):
        return _cut(run, [b.indent > 0 for _, b in pairwise(run)])
    if habit.width is None or any(b.end - b.start > 1.35 * habit.width + 10 for b in run):
        return _cut(run, [not _runs_on(text, a, b, habit) for a, b in pairwise(run)])
    return _cut_packed(text, run, habit.full)


def _cut(run: list[Line], cuts: list[bool]) -> Iterator[list[Line]]:
    group = run[:1]
    for line, cut in zip(run[1:], cuts, strict=True):
        if cut:
            yield group
            group = []
        group.append(line)
    yield group


def _runs_on(text: str, a: Line, b: Line, habit: Habit) -> bool:
    """Where no width is known: does the sentence go on in the next line?"""
    if text[a.end - 1] in TERMINAL:
        return False
    first = QUOTED.match(text, b.start, b.end)
    initial = text[first.end()] if first and first.end() < b.end else text[b.start]
    small = initial.islower() and not habit.lower
    return small or (not habit.known and 45 <= a.end - a.start <= 100 and initial not in '"“«')


QUOTED = re.compile(r"(?:>[ \t]?){1,9}")  # what a block quotation in Markdown, or in mail, puts before each line


def _cut_packed(text: str, run: list[Line], full: int) -> Iterable[list[Line]]:
    """Wrapped lines: one paragraph, or several whose last lines fall short. Verse, where most lines do, stays whole."""
    if run[0].indent > 0 and all(line.indent > 0 for line in run):
        return [run]  # set in from the margin: a letter, a poem, an inscription
    cuts = []
    n_enjambed = n_straight = depth = 0
    for a, b in pairwise(run):
        content = text[a.start : a.end]
        n_straight += content.count('"')
        depth += content.count("“") - content.count("”")
        short = a.indent + a.end - a.start + 1 + _first_word(text, b) < full
        ends = text[a.end - 1] in TERMINAL
        opens = not text[b.start].islower() and text[b.start] not in ",;.)"
        inside = (n_straight % 2 == 1 or depth > 0) and text[b.start] not in '"“'
        cuts.append(short and ends and opens and not inside)
        n_enjambed += short and not ends
        if cuts[-1]:
            n_straight = depth = 0
    n_cuts = sum(cuts)
    turns = len(run) == 2 and n_cuts == 1 and text[run[0].start] in '"“' and text[run[1].start] in '"“'
    packed = n_cuts >= 2 and n_cuts >= 2 * n_enjambed
    return _cut(run, cuts) if packed or turns else [run]


def _first_word(text: str, line: Line) -> int:
    match = FIRST_WORD.match(text, line.start, min(line.end, line.start + MAX_WIDTH))
    return match.end() - line.start if match else 0


FIRST_WORD = re.compile(r"\S+")
