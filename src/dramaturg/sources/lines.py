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
from dramaturg.sources.wrapping import MAX_WRAP_CHARACTERS, TERMINAL, Line, LineWrapping, ends_paragraph, is_short
from dramaturg.story import Role

MAX_BYLINE_LINES = 20  # from the start, where `by Jane Roe` is looked for
MAX_LABEL_LINES = 200  # from the start, where labels such as "Rating: T" are looked for
TAB_COLUMNS = 4


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
    text: str, lines: Sequence[Line], wrapping: LineWrapping, words: StructureWords = ENGLISH.structure
) -> list[RawBlock]:
    """The blocks that the lines form, in order. Every line is in one of them.

    `wrapping`: how the whole file breaks its lines, even where `lines` is only a part of it.
    """
    raw_blocks: list[RawBlock] = []
    for run in _runs(text, lines, words):
        raw_blocks.extend(_merge(group) for group in _groups(text, run, wrapping))
    return _join_spaced(text, raw_blocks, wrapping, words) if wrapping.spacing else raw_blocks


def _join_spaced(
    text: str, blocks: Sequence[RawBlock], wrapping: LineWrapping, words: StructureWords
) -> list[RawBlock]:
    """The blocks, those joined that are the lines of a paragraph with blank lines between them."""
    joined: list[RawBlock] = []
    run: list[Line] = []
    for i, block in enumerate(blocks):
        content = text[block.start : min(block.end, block.start + MAX_WRAP_CHARACTERS + 1)]
        line = Line(block.start, block.end, block.indent, block.gap)
        following = blocks[i + 1] if i + 1 < len(blocks) else None
        short = following is not None and is_short(text, line, Line(*following[:2], 0, 0), wrapping.full_width)
        alone = (
            block.n_lines > 1
            or short and text[block.end - 1] not in TERMINAL
            or is_standalone(content, words)
            or is_strong_heading(content, words.headings, untitled_only=False)
        )  # fmt: skip
        if run and (alone or block.gap > wrapping.spacing):
            joined += map(_merge, _cut_packed(text, run, wrapping))
            run = []
        if alone:
            joined.append(block)
        else:
            run.append(line)
    return [*joined, *map(_merge, _cut_packed(text, run, wrapping))] if run else joined


def _merge(lines: Sequence[Line]) -> RawBlock:
    return RawBlock(lines[0].start, lines[-1].end, lines[0].gap, lines[0].indent, len(lines))


def _runs(text: str, lines: Sequence[Line], words: StructureWords) -> Iterator[list[Line]]:
    """Runs of lines without a blank line between them, cut at lines that are always blocks of their own."""
    run: list[Line] = []
    below_heading = False  # capitals right below `CHAPTER I` are its title, not the first words of the text
    for number, line in enumerate(lines):
        content = text[line.start : min(line.end, line.start + MAX_WRAP_CHARACTERS + 1)]
        first = line.gap > 0 or number == 0
        byline = (
            0 < number < MAX_BYLINE_LINES and is_byline(content, words.labels) and not _goes_on(text, lines, number)
        )
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


def _groups(text: str, run: list[Line], wrapping: LineWrapping) -> Iterable[list[Line]]:
    if len(run) == 1:
        return [run]
    if wrapping.indents_first_lines and any(line.indent == 0 for line in run) and any(line.indent for line in run):
        return _cut(run, [b.indent > 0 for _, b in pairwise(run)])
    if wrapping.width is None or any(b.end - b.start > 1.35 * wrapping.width + 10 for b in run):
        return _cut(run, [not _runs_on(text, a, b, wrapping) for a, b in pairwise(run)])
    return _cut_packed(text, run, wrapping)


def _goes_on(text: str, lines: Sequence[Line], number: int) -> bool:
    """Whether the sentence of a line goes on in the next one."""
    return number + 1 < len(lines) and not lines[number + 1].gap and text[lines[number + 1].start].islower()


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


def _cut_packed(text: str, run: list[Line], wrapping: LineWrapping) -> Iterable[list[Line]]:
    """One paragraph of wrapped lines, or several with short last lines. Verse, whose lines are short, stays whole."""
    if run[0].indent > 0 and all(line.indent > 0 for line in run):
        return [run]  # indented as a whole: a letter, a poem, an inscription
    ends = _certain_ends(text, run, wrapping)
    cuts = []
    n_enjambed = n_straight = depth = 0
    start = run[0].start
    for i, (a, b) in enumerate(pairwise(run)):
        content = text[a.start : a.end]
        n_straight += content.count('"')
        depth += content.count("“") - content.count("”")
        inside = (n_straight % 2 == 1 or depth > 0) and text[b.start] not in '"“'
        cuts.append(not inside and ends_paragraph(text, start, a, b, ends[i], wrapping))
        n_enjambed += text[a.end - 1] not in TERMINAL and is_short(text, a, b, wrapping.full_width)
        if cuts[-1]:
            start = b.start
            n_straight = depth = 0
    n_cuts = sum(cuts)
    turns = len(run) == 2 and n_cuts == 1 and text[run[0].start] in '"“' and text[run[1].start] in '"“'
    packed = n_cuts >= (1 if wrapping.is_packed else 2) and n_cuts >= 2 * n_enjambed
    return _cut(run, cuts) if packed or turns else [run]


def _certain_ends(text: str, run: list[Line], wrapping: LineWrapping) -> list[int]:
    """For each line but the last: where the next short line ends, with which the paragraph ends at the latest."""
    ends = [run[-1].end]
    for a, b in pairwise(run[:0:-1]):  # backwards
        ends.append(b.end if is_short(text, b, a, wrapping.full_width) else ends[-1])
    return ends[::-1]
