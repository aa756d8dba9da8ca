"""What stands on the pages of a PDF besides the story: running heads, page numbers, footnotes, columns."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from dramaturg.sources.line_patterns import is_scene_break
from dramaturg.sources.pdf.lines import TextLine
from dramaturg.story import Span

MAX_EDGE_LINES = 3  # from the top and from the bottom of a page, where heads and page numbers are looked for
MAX_HEAD_CHARACTERS = 120
SAME_PLACE = 4.0  # points, up or down, between the heads of two pages
MAX_HEAD_SIZE = 1.1  # of the size of the text; larger lines are headings
MIN_REPEATED = 2  # pages with the same head
MIN_HEAD_GAP = 1.8  # em between a head and the text, where nothing else tells
MAX_FEW_PAGES = 8  # of a file where two pages with the same head are enough
MIN_HEAD_SHARE = 0.5  # of the lines in one place of the pages that are heads, for the others there to be heads too
MIN_FOOT_GAP = 1.5  # em, above the number of the only page
ROMAN = re.compile(r"m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
PAGE_NUMBER = re.compile(
    r"[-–—|\[(•~ ]*(?:page|p\.)?\s*(?P<number>\d{1,5}|[ivxlcdm]{1,8})(?:\s*(?:of|/)\s*\d{1,5})?[-–—|\])•~ ]*",
    re.IGNORECASE,
)
SENTENCE_END = ".!?…\"”’'»,;"
NUMBERS = re.compile(r"\d{1,6}")
NOTE = re.compile(r"[\[(]?(?P<mark>\d{1,3}|[*†‡§¶]{1,3})[\])]?[.:]?\s*(?=\S)")
MAX_NOTE_SIZE = 0.93  # of the size of the text
MIN_COLUMN_LINES = 12  # of a page
MIN_COLUMN_SHARE = 0.3  # of the lines of a page that are in each of two columns
MAX_CROSSING_SHARE = 0.2  # of the lines that go across both
MIN_COLUMN_WIDTH = 0.22  # of the width of the text
MIN_ALIGNED_SHARE = 0.35  # of the lines of the right column that begin at its left edge


class Edge(NamedTuple):
    """A place for running heads: the top or bottom edge, and the height of the line."""

    is_top: bool
    height: int


def find_heads(pages: Sequence[Sequence[TextLine]], body_size: float) -> set[tuple[int, int]]:
    """The running heads and page numbers: indices of pages and of their lines."""
    places: dict[Edge, list[tuple[int, int]]] = defaultdict(list)
    for page, lines in enumerate(pages):
        for is_top, i in _edge_lines(lines):
            places[Edge(is_top, round(lines[i].baseline / SAME_PLACE))].append((page, i))
    n_filled = sum(bool(lines) for lines in pages)
    heads: set[tuple[int, int]] = set()
    for members in _with_neighbours(places):
        small = [member for member in members if _line(pages, member).size <= MAX_HEAD_SIZE * body_size]
        repeated = _repeated(pages, small) | _counting(pages, small)
        if len(repeated) < MIN_REPEATED and n_filled > 1:
            continue
        heads |= repeated
        if len(repeated) >= MIN_HEAD_SHARE * len(small) and len(repeated) >= MIN_REPEATED:
            heads.update(member for member in small if _may_be_head(_line(pages, member)))
    if n_filled == 1:
        heads |= _lone_number(pages)
    return _without_inner(pages, heads)


def _line(pages: Sequence[Sequence[TextLine]], member: tuple[int, int]) -> TextLine:
    return pages[member[0]][member[1]]


def _edge_lines(lines: Sequence[TextLine]) -> Iterator[tuple[bool, int]]:
    n = len(lines)
    for i in range(min(MAX_EDGE_LINES, n)):
        yield True, i
    for i in range(max(n - MAX_EDGE_LINES, 0), n):
        yield False, i


def _with_neighbours(places: dict[Edge, list[tuple[int, int]]]) -> Iterator[list[tuple[int, int]]]:
    """The lines of each place; those at the border of two places count in both."""
    for edge, members in places.items():
        yield [*members, *places.get(edge._replace(height=edge.height + 1), [])]


def _may_be_head(line: TextLine) -> bool:
    return len(line.text) <= MAX_HEAD_CHARACTERS and not is_scene_break(line.text)


def _repeated(pages: Sequence[Sequence[TextLine]], members: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The lines whose text is in this place of several pages. Two of many may be speech that happens to be the same."""
    keys = defaultdict(set)
    for member in members:
        line = _line(pages, member)
        if _may_be_head(line) and any(c.isalpha() for c in line.text):
            keys[line.text].add(member)
    n_filled = sum(bool(lines) for lines in pages)
    return {
        member
        for text, found in keys.items()
        if len(found) > MIN_REPEATED
        or (
            len(found) == MIN_REPEATED
            and text[-1] not in SENTENCE_END
            and (n_filled == MIN_REPEATED or _are_apart(pages, found))
        )
        for member in found
    }


def _are_apart(pages: Sequence[Sequence[TextLine]], members: set[tuple[int, int]]) -> bool:
    """Whether there is space between these lines and the text of their pages, which are few."""
    return len(pages) <= MAX_FEW_PAGES and all(_is_apart(pages[page], i) for page, i in members)


def _is_apart(lines: Sequence[TextLine], i: int) -> bool:
    inner = i + 1 if i < len(lines) / 2 else i - 1
    if not 0 <= inner < len(lines):
        return False
    return abs(lines[i].baseline - lines[inner].baseline) >= MIN_HEAD_GAP * lines[inner].size


def _counting(pages: Sequence[Sequence[TextLine]], members: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """The lines with the number of their page, as it counts up with the pages: alone, or in the same words."""
    offsets = defaultdict(set)
    for member in members:
        line = _line(pages, member)
        if _may_be_head(line):
            for place, number in _numbers(line.text):
                offsets[place, number - member[0]].add(member)
    return {member for found in offsets.values() if len(found) >= MIN_REPEATED for member in found}


def _numbers(text: str) -> Iterator[tuple[tuple[str, int], int]]:
    """The numbers in a line, each with the words around it and its place among the numbers."""
    match = PAGE_NUMBER.fullmatch(text)
    if match and (number := _value(match["number"])):
        yield ("", 0), number
        return
    words = NUMBERS.sub("0", text)
    for place, found in enumerate(NUMBERS.finditer(text)):
        yield (words, place), int(found.group())


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    if not ROMAN.fullmatch(number):
        return 0
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}[c] for c in number.lower()]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))


def _lone_number(pages: Sequence[Sequence[TextLine]]) -> set[tuple[int, int]]:
    """The number at the foot of the only page."""
    for page, lines in enumerate(pages):
        if len(lines) > 1 and PAGE_NUMBER.fullmatch(lines[-1].text):
            gap = lines[-2].baseline - lines[-1].baseline
            return {(page, len(lines) - 1)} if gap >= MIN_FOOT_GAP * lines[-2].size else set()
    return set()


def _without_inner(pages: Sequence[Sequence[TextLine]], heads: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The heads with no line of the story between them and the edge of the page."""
    kept = set()
    for page, lines in enumerate(pages):
        for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
            for i in order:
                if (page, i) not in heads:
                    break
                kept.add((page, i))
    return kept


# ---- footnotes


class Note(NamedTuple):
    """The lines of footnotes at the foot of a page, from `first` on. `marks`: those that its notes begin with."""

    first: int
    marks: tuple[str, ...]


def find_notes(pages: Sequence[Sequence[TextLine]], body_size: float) -> dict[int, Note]:
    """The footnotes, by page, of pages without heads: small lines at the foot, from one that begins with a mark on.

    The mark must be in the text of the page as well. Small lines without one continue a note of the page before.
    """
    notes: dict[int, Note] = {}
    is_open = False
    for page, lines in enumerate(pages):
        start = len(lines)
        while start > 0 and lines[start - 1].size <= MAX_NOTE_SIZE * body_size:
            start -= 1
        marks = {i: match["mark"] for i in range(start, len(lines)) if (match := NOTE.match(lines[i].text))}
        marked = {i: mark for i, mark in marks.items() if _is_referred_to(mark, lines[:start])}
        if is_open and 0 < start < len(lines):
            notes[page] = Note(start, tuple(marked.values()))
        elif marked:
            notes[page] = Note(min(marked), tuple(marked.values()))
        is_open = page in notes
    return notes


def _is_referred_to(mark: str, lines: Sequence[TextLine]) -> bool:
    return any(mark in line.marks or _reference(mark).search(line.text) for line in lines)


def _reference(mark: str) -> re.Pattern[str]:
    """A mark right after a word or its punctuation: some fonts have raised figures that are no smaller."""
    return re.compile(rf"(?<=[^\W\d_]|[.,;:!?…\"”’'»)]){re.escape(mark)}(?![\w.])")


def without_marks(line: TextLine, marks: Sequence[str]) -> TextLine:
    """The line without the marks of notes."""
    for mark in marks:
        match = _reference(mark).search(line.text)
        if match and mark not in line.marks:
            start, end = match.span()
            spans = tuple(Span(_moved(span.start, start, end), _moved(span.end, start, end)) for span in line.emphasis)
            text = line.text[:start] + line.text[end:]
            line = replace(line, text=text, emphasis=spans, marks=(*line.marks, mark))
    return line


def _moved(position: int, start: int, end: int) -> int:
    """A position in the text without what is between `start` and `end`."""
    return position if position <= start else max(start, position - (end - start))


# ---- columns


def has_columns(lines: Sequence[TextLine]) -> bool:
    """Whether most lines of a page are in two columns, side by side."""
    pieces = [piece for line in lines for piece in _pieces(line)]
    if len(pieces) < MIN_COLUMN_LINES:
        return False
    left = min(piece[0] for piece in pieces)
    right = max(piece[1] for piece in pieces)
    width = right - left
    for tenth in (0.5, 0.45, 0.55, 0.4, 0.6):
        gutter = left + tenth * width
        before = [piece for piece in pieces if piece[1] <= gutter + 2]
        after = [piece for piece in pieces if piece[0] >= gutter - 2]
        crossing = len(pieces) - len(before) - len(after)
        if min(len(before), len(after)) < MIN_COLUMN_SHARE * len(pieces) or crossing > MAX_CROSSING_SHARE * len(pieces):
            continue
        edges = Counter(round(piece[0] / 2) for piece in after)
        aligned = max(n + edges[edge + 1] for edge, n in list(edges.items()))
        wide = sum(piece[1] - piece[0] >= MIN_COLUMN_WIDTH * width for piece in after)
        if aligned >= MIN_ALIGNED_SHARE * len(after) and wide >= 0.5 * len(after):
            return True
    return False


def _pieces(line: TextLine) -> Iterator[tuple[float, float]]:
    """The left and right edges of what is between the wide spaces of a line."""
    start = line.left
    for end, following in line.column_gaps:
        yield start, end
        start = following
    yield start, line.right
