"""Text → lines → raw blocks: which lines make one paragraph.

Files break their lines in three ways, often several in one file: paragraphs are hard-wrapped at some width, with blank
lines between them; each line is a paragraph, with or without blank lines; or paragraphs are hard-wrapped and separated
only by a short last line or an indented first line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import StructureWords
from dramaturg.sources.line_patterns import is_byline, is_label, is_standalone, is_strong_heading, starts_note
from dramaturg.story import Role

MIN_LINE_PAIRS = 6  # adjacent lines needed to tell how a file is wrapped
MIN_RUN_ON_SHARE = 0.45  # of lines that end inside a sentence: wrapped files have 0.7 to 0.95, others below 0.2
MAX_WRAP_CHARACTERS = 200  # a wider line is not wrapped
RAGGED_SHARE = 0.05  # of wrapped lines, that had room for the next word
MIN_FULL_SHARE = 0.75  # of the width: a shorter line is short, however ragged the lines are
MAX_BYLINE_LINES = 20  # from the start, where `by Jane Roe` is looked for
MAX_LABEL_LINES = 200  # from the start, where labels such as "Rating: T" are looked for
TAB_COLUMNS = 4

OPENING = "\"“‘'«„‹「『*_([—–-/<~"
TERMINAL = ".!?…:\"”’'»)]*_~—–>/|"


class Line(NamedTuple):
    """A line without the white space at its ends. `gap`: blank lines before it. `indent`: in columns."""

    start: int
    end: int
    indent: int
    gap: int


class RawBlock(NamedTuple):
    """One or more lines that form a block. `role`: None where mark-up does not give it. `level`: of a heading."""

    start: int
    end: int
    gap: int
    indent: int
    n_lines: int
    role: Role | None = None
    level: int = 0


def find_lines(text: str) -> list[Line]:
    """The lines of a text that are not blank."""
    lines = []
    gap = position = 0
    for content in text.split("\n"):
        stripped = content.strip()
        if stripped:
            blanks = len(content) - len(content.lstrip())
            start = position + blanks
            indent = len(content[:blanks].expandtabs(TAB_COLUMNS)) if blanks else 0
            lines.append(Line(start, start + len(stripped), indent, gap))
            gap = 0
        else:
            gap += 1
        position += len(content) + 1
    return lines


def find_raw_blocks(
    text: str, lines: Sequence[Line], wrapping: "LineWrapping", words: StructureWords = ENGLISH.structure
) -> list[RawBlock]:
    """The blocks that the lines form, in order. Every line is in one of them.

    `wrapping`: how the whole file breaks its lines, even where `lines` is only a part of it.
    """
    raw_blocks: list[RawBlock] = []
    for run in _runs(text, lines, words):
        raw_blocks.extend(_merge(group) for group in _groups(text, run, wrapping))
    return raw_blocks


def _merge(lines: Sequence[Line]) -> RawBlock:
    return RawBlock(lines[0].start, lines[-1].end, lines[0].gap, lines[0].indent, len(lines))


def _runs(text: str, lines: Sequence[Line], words: StructureWords) -> Iterator[list[Line]]:
    """Runs of lines without a blank line between them, cut at lines that are always blocks of their own."""
    run: list[Line] = []
    below_heading = False  # capitals right below `CHAPTER I` are its title, not the first words of the text
    for number, line in enumerate(lines):
        content = text[line.start : min(line.end, line.start + MAX_WRAP_CHARACTERS + 1)]
        first = line.gap > 0 or number == 0
        byline = 0 < number < MAX_BYLINE_LINES and is_byline(content, words.labels)
        standalone = is_standalone(content, words) or is_strong_heading(
            content, words.headings, untitled_only=not first
        )
        title = below_heading and not first and content.isupper()
        cut_before = (
            first or standalone or byline or starts_note(content, words.notes)
            or (number < MAX_LABEL_LINES and is_label(content, words.labels))
            or (below_heading and bool(run) and not title)
        )  # fmt: skip
        if cut_before and run:
            yield run
            run = []
        run.append(line)
        if standalone or byline:
            yield run
            run = []
        below_heading = standalone and is_strong_heading(content, words.headings, untitled_only=True) or title
    if run:
        yield run


class LineWrapping(NamedTuple):
    """How a file breaks its lines.

    `width`: where it wraps them, in characters; None where it does not, or where too few lines show it. `full_width`: a
    line that is shorter than this even with the next line's first word added was broken on purpose.
    `indents_first_lines`: the first lines of paragraphs are indented. `starts_lower`: paragraphs usually start with a
    small letter, which then does not show that a sentence goes on. `is_certain`: there were enough lines to tell.
    """

    width: int | None
    full_width: int
    indents_first_lines: bool
    starts_lower: bool
    is_certain: bool


def find_wrapping(text: str, lines: Sequence[Line]) -> LineWrapping:
    """How a file breaks its lines."""
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
            filled.append(running_on[-1] + 1 + _first_word(text, line))
        if line.indent == before.indent:
            n_flush += 1
        elif line.indent > before.indent and before.indent == 0 and ends:
            n_outdented += 1
    lower = n_lower > 0.3 * max(n_first, 3)
    indents = n_outdented >= 2 and n_outdented * 30 > n_flush
    width = _width(running_on, n_pairs)
    filled.sort()
    full = max(filled[int(RAGGED_SHARE * len(filled))], int(MIN_FULL_SHARE * width)) if width else 0
    return LineWrapping(width, full, indents, lower, n_pairs >= MIN_LINE_PAIRS)


def _width(running_on: list[int], n_pairs: int) -> int | None:
    if n_pairs < MIN_LINE_PAIRS or len(running_on) < MIN_RUN_ON_SHARE * n_pairs:
        return None
    running_on.sort()
    width = running_on[int(0.9 * (len(running_on) - 1))]
    n_near = sum(length >= 0.6 * width for length in running_on)
    return width if 25 <= width <= MAX_WRAP_CHARACTERS and n_near >= 0.6 * len(running_on) else None


def _groups(text: str, run: list[Line], wrapping: LineWrapping) -> Iterable[list[Line]]:
    if len(run) == 1:
        return [run]
    if wrapping.indents_first_lines and any(line.indent == 0 for line in run) and any(line.indent for line in run):
        return _cut(run, [b.indent > 0 for _, b in pairwise(run)])
    if wrapping.width is None or any(b.end - b.start > 1.35 * wrapping.width + 10 for b in run):
        return _cut(run, [not _runs_on(text, a, b, wrapping) for a, b in pairwise(run)])
    return _cut_packed(text, run, wrapping.full_width)


def _cut(run: list[Line], cuts: list[bool]) -> Iterator[list[Line]]:
    group = run[:1]
    for line, cut in zip(run[1:], cuts, strict=True):
        if cut:
            yield group
            group = []
        group.append(line)
    yield group


def _runs_on(text: str, a: Line, b: Line, wrapping: LineWrapping) -> bool:
    """Whether the sentence goes on in the next line, where no width is known."""
    if text[a.end - 1] in TERMINAL:
        return False
    first = QUOTED.match(text, b.start, b.end)
    initial = text[first.end()] if first and first.end() < b.end else text[b.start]
    small = initial.islower() and not wrapping.starts_lower
    return small or (not wrapping.is_certain and 45 <= a.end - a.start <= 100 and initial not in '"“«')


QUOTED = re.compile(r"(?:>[ \t]?){1,9}")  # what block quotations in Markdown and e-mail put before each line


def _cut_packed(text: str, run: list[Line], full: int) -> Iterable[list[Line]]:
    """One paragraph of wrapped lines, or several with short last lines. Verse, whose lines are short, stays whole."""
    if run[0].indent > 0 and all(line.indent > 0 for line in run):
        return [run]  # indented as a whole: a letter, a poem, an inscription
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
    match = FIRST_WORD.match(text, line.start, min(line.end, line.start + MAX_WRAP_CHARACTERS))
    return match.end() - line.start if match else 0


FIRST_WORD = re.compile(r"\S+")
