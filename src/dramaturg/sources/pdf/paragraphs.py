"""Lines of the pages of a PDF → paragraphs, by indents, spaces and the ends of lines."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from dramaturg.sources.line_patterns import is_scene_break
from dramaturg.sources.pdf.hyphens import HYPHENS, Hyphens
from dramaturg.sources.pdf.lines import TextLine
from dramaturg.story import Span

MIN_INDENT = 0.7  # em, of a first line at least
MAX_INDENT = 5.0  # em; what is further right is centred or right-aligned
SAME_EDGE = 0.35  # em between two edges that are the same
MIN_EDGE_SHARE = 0.06  # of the lines of a page that begin at its left edge
WIDER = 1.25  # times the usual distance of lines: a space between them
BREAK_SPACE = 0.75  # lines more than the usual space between paragraphs: a scene break
MIN_SPACES = 3  # between paragraphs, in a file that has them
MAX_BREAK_SHARE = 0.15  # of paragraphs with more space above them, for it to be scene breaks
MIN_INDENTED_SHARE = 0.04  # of lines, in a file that indents first lines
MAX_INDENTED_SHARE = 0.9
MIN_SIDE_LINES = 30  # of left or right pages, to find their own edges
MAX_RAGGED = 2.0  # em that the longest lines are longer than most, where the right edge is ragged
ROOM = 0.6  # em that must be left at the end of a line besides the first word of the next
CENTRED = 1.5  # em that the middle of a line is off the middle of the text at most
HEADING_SIZE = 1.15  # times the size of the text, at least
MAX_HEADING_CHARACTERS = 150
SENTENCE_END = ".!?…\"”’'»)*—"
OPENING = '"“‘«„'
CLOSING = '"”’»'


class Column(NamedTuple):
    """The left and right edge of the text of a page, in points."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Setting:
    """How a file is set. `pitch`: the usual distance of lines. `paragraph_space`: that of the last line of a paragraph
    and the first of the next, where it is the same throughout. `indents`: whether it indents first lines.
    """

    size: float
    pitch: float
    paragraph_space: float
    indents: bool
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class PdfParagraph:
    """Some lines as one paragraph. `space`: lines of space above it, more than paragraphs have; 0 on a new page.

    `size`: in points. `page`: where it begins.
    """

    text: str
    emphasis: tuple[Span, ...]
    size: float
    bold: bool
    centred: bool
    page: int
    at_top: bool
    space: float


def measure(pages: Sequence[Sequence[TextLine]], size: float) -> Setting:
    """How the lines of the story are set. `size`: of most of the text."""
    columns = _columns(pages, size)
    steps = Counter(
        round(2 * (a.baseline - b.baseline)) / 2
        for lines in pages
        for a, b in pairwise(lines)
        if _is_body(a, size) and _is_body(b, size)
    )
    common = [step for step, n in steps.items() if n >= 0.15 * max(steps.values()) and step > 0.8 * size]
    pitch = min(common, default=1.2 * size)
    wider = {step: n for step, n in steps.items() if step > WIDER * pitch}
    space = max(wider, key=lambda step: (wider[step], -step)) if wider else pitch
    if sum(wider.values()) < max(MIN_SPACES, MAX_BREAK_SHARE * sum(steps.values())):
        space = pitch  # paragraphs follow one another without space
    return Setting(size, pitch, space, _indents(pages, size, columns), columns)


def _is_body(line: TextLine, size: float) -> bool:
    return abs(line.size - size) <= 0.08 * size


def _columns(pages: Sequence[Sequence[TextLine]], size: float) -> tuple[Column, ...]:
    """The edges of the text of each page. Left and right pages may have different ones."""
    sides: list[list[TextLine]] = [[], []]
    for number, lines in enumerate(pages):
        sides[number % 2].extend(line for line in lines if _is_body(line, size))
    if min(map(len, sides)) < MIN_SIDE_LINES:
        sides = [[*sides[0], *sides[1]]] * 2
    edges = [_edges(lines) if lines else Column(0.0, 0.0) for lines in sides]
    return tuple(edges[number % 2] for number in range(len(pages)))


def _edges(lines: Sequence[TextLine]) -> Column:
    lefts = Counter(round(line.left) for line in lines)
    n_least = MIN_EDGE_SHARE * len(lines)
    left = min((left for left, n in lefts.items() if n + lefts[left + 1] >= n_least), default=min(lefts))
    rights = sorted(line.right for line in lines)
    usual = rights[int(0.97 * (len(rights) - 1))]
    return Column(left, max(right for right in rights if right <= usual + MAX_RAGGED * lines[0].size))


def _indents(pages: Sequence[Sequence[TextLine]], size: float, columns: Sequence[Column]) -> bool:
    """Whether first lines are indented, all by the same."""
    indents: Counter[int] = Counter()
    n_lines = 0
    for number, lines in enumerate(pages):
        for line in lines:
            if _is_body(line, size):
                n_lines += 1
                indent = line.left - columns[number].left
                if MIN_INDENT * size <= indent <= MAX_INDENT * size:
                    indents[round(indent)] += 1
    if not indents:
        return False
    most = max(n + indents[indent - 1] + indents[indent + 1] for indent, n in list(indents.items()))
    return MIN_INDENTED_SHARE * n_lines <= most <= MAX_INDENTED_SHARE * n_lines and most >= 2


def find_paragraphs(pages: Sequence[Sequence[TextLine]], setting: Setting, hyphens: Hyphens) -> Iterator[PdfParagraph]:
    """The paragraphs, in order."""
    group: list[TextLine] = []
    space = 0.0
    for before, line in pairwise((None, *(line for lines in pages for line in lines))):
        if line is None:
            continue
        if before is not None and not _begins(before, line, setting):
            group.append(line)
            continue
        if group:
            yield _make(group, space, pages, setting, hyphens)
        space = _space_above(before, line, setting)
        group = [line]
    if group:
        yield _make(group, space, pages, setting, hyphens)


def _space_above(before: TextLine | None, line: TextLine, setting: Setting) -> float:
    if before is None or before.page != line.page:
        return 0.0
    return (before.baseline - line.baseline - setting.paragraph_space) / setting.pitch


def _begins(before: TextLine, line: TextLine, setting: Setting) -> bool:
    """Whether a paragraph begins with `line`."""
    if (
        abs(before.size - line.size) > 0.12 * setting.size
        or before.bold != line.bold
        and _is_apart(before, line, setting)
    ):
        return True
    if is_scene_break(before.text) or is_scene_break(line.text):
        return True
    if _is_apart(before, line, setting):
        return True
    if line.size >= HEADING_SIZE * setting.size:
        return False  # a heading of several lines
    if before.text[-1] in HYPHENS and line.text[0].islower():
        return False
    indent = line.left - setting.columns[line.page].left
    is_indented = indent > MIN_INDENT * setting.size
    if is_indented and not _is_block(before, line, setting):
        return True
    if _is_turn(before, line) and not setting.indents and not _shows_space(before, line, setting):
        return True
    return _has_room(before, line, setting) and not _is_inside_sentence(before, line)


def _is_turn(before: TextLine, line: TextLine) -> bool:
    """Whether speech ends at the end of a line, and other speech begins with the next."""
    return before.text[-1] in CLOSING and line.text[0] in OPENING


def _shows_space(before: TextLine, line: TextLine, setting: Setting) -> bool:
    """Whether there would be space between the lines if they were of two paragraphs."""
    return before.page == line.page and setting.paragraph_space > setting.pitch


def _is_apart(before: TextLine, line: TextLine, setting: Setting) -> bool:
    """Whether there is more space between the lines than between two lines of a paragraph."""
    size = max(before.size, line.size) / setting.size
    return before.page == line.page and before.baseline - line.baseline > WIDER * setting.pitch * max(size, 1.0)


def _is_block(before: TextLine, line: TextLine, setting: Setting) -> bool:
    """Whether the lines are in a block that is indented as a whole, or centred."""
    if abs((before.left - setting.columns[before.page].left) - (line.left - setting.columns[line.page].left)) <= (
        SAME_EDGE * setting.size
    ):
        return not setting.indents
    return False


def _has_room(before: TextLine, line: TextLine, setting: Setting) -> bool:
    """Whether the first word of `line` would have fitted in the line before it."""
    word = line.text.split(" ", 1)[0]
    width = (line.right - line.left) * (len(word) + 1) / max(len(line.text), 1)
    return before.right + width + ROOM * setting.size < setting.columns[before.page].right


def _is_inside_sentence(before: TextLine, line: TextLine) -> bool:
    return before.text[-1] not in SENTENCE_END and line.text[0].islower()


def _make(
    lines: list[TextLine], space: float, pages: Sequence[Sequence[TextLine]], setting: Setting, hyphens: Hyphens
) -> PdfParagraph:
    text = ""
    spans: list[Span] = []
    for number, line in enumerate(lines):
        if number:
            text, joint = hyphens.join(text, line.text)
            spans = [replace(span, end=min(span.end, len(text))) for span in spans]
            text += joint
        start = len(text)
        text += line.text
        spans.extend(Span(start + span.start, start + span.end) for span in line.emphasis)
    first = lines[0]
    return PdfParagraph(
        text.replace("\u00ad", ""),
        _without_hyphens(text, _merged(spans)),
        first.size,
        all(line.bold for line in lines),
        all(_is_centred(line, setting) for line in lines),
        first.page,
        bool(pages[first.page]) and pages[first.page][0] is first,
        space,
    )


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The spans; those with at most a space between them are one."""
    merged: list[Span] = []
    for span in spans:
        if merged and span.start - merged[-1].end <= 1:
            merged[-1] = replace(merged[-1], end=span.end)
        else:
            merged.append(span)
    return merged


def _without_hyphens(text: str, spans: list[Span]) -> tuple[Span, ...]:
    """The spans in the text without soft hyphens."""
    if "\u00ad" not in text:
        return tuple(spans)
    return tuple(
        Span(span.start - text.count("\u00ad", 0, span.start), span.end - text.count("\u00ad", 0, span.end))
        for span in spans
    )


def _is_centred(line: TextLine, setting: Setting) -> bool:
    column = setting.columns[line.page]
    middle = (column.left + column.right) / 2
    return (
        abs((line.left + line.right) / 2 - middle) <= CENTRED * setting.size
        and line.left > column.left + MIN_INDENT * setting.size
    )
