"""Fragments of text → the lines of each page, from top to bottom, as they are seen."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dramaturg.sources.pdf.extraction import BOLD, ITALIC, Fragment, Page
from dramaturg.story import Span

SAME_BASELINE = 0.25  # em between the baselines of one line at most
SAME_LINE = 0.4  # em, where one is smaller: raised and lowered characters
WORD_SPACE = 0.15  # em between words at least, where the file has no space
WIDE_SPACE = 1.5  # em: it parts columns, or the cells of a table
NOTE_MARK = re.compile(r"\s*[\[(]?(?:\d{1,3}|[*†‡§¶]{1,3})[\])]?\s*")
MAX_MARK_SIZE = 0.8  # of the line's size
MIN_RAISE = 0.1  # em above the baseline
DROP_CAP_SIZE = 1.7  # times the size of the text, at least
DROP_CAP = re.compile(r"[\"“‘']?[^\W\d_][’']?")


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of a page, in points. `emphasis`: spans of `text`. `marks`: note marks that were left out of it.

    `column_gaps`: the left and right edges of wide spaces in it.
    """

    text: str
    page: int
    left: float
    right: float
    baseline: float
    size: float
    bold: bool
    emphasis: tuple[Span, ...] = ()
    marks: tuple[str, ...] = ()
    column_gaps: tuple[tuple[float, float], ...] = ()


def find_lines(page: Page, number: int, body_size: float) -> list[TextLine]:
    """The lines of a page. `body_size`: of the text of most pages, which drop caps are compared with."""
    caps = [fragment for fragment in page.fragments if _is_drop_cap(fragment, body_size)]
    rows: list[list[Fragment]] = []
    for fragment in sorted(page.fragments, key=lambda fragment: -fragment.baseline):
        if fragment in caps:
            continue
        row = rows[-1] if rows else []
        if row and _is_on_line(fragment, row):
            row.append(fragment)
        else:
            rows.append([fragment])
    lines = [line for row in rows if (line := _make_line(row, number)).text]
    for cap in caps:
        lines = _attach_drop_cap(lines, cap, number, body_size)
    return lines


def _is_drop_cap(fragment: Fragment, body_size: float) -> bool:
    return fragment.size >= DROP_CAP_SIZE * body_size and DROP_CAP.fullmatch(fragment.text.strip()) is not None


def _is_on_line(fragment: Fragment, row: Sequence[Fragment]) -> bool:
    """Whether a fragment is on the line of others: at most raised or lowered a little, or smaller and some more."""
    main = max(row, key=lambda other: other.right - other.left)
    size = max(main.size, fragment.size)
    is_smaller = min(main.size, fragment.size) <= 0.9 * size
    return abs(main.baseline - fragment.baseline) <= (SAME_LINE if is_smaller else SAME_BASELINE) * size


def _make_line(row: list[Fragment], number: int) -> TextLine:
    row = sorted(row, key=lambda fragment: fragment.left)
    main = max(row, key=lambda fragment: fragment.right - fragment.left)
    parts: list[str] = []
    spans: list[Span] = []
    gaps: list[tuple[float, float]] = []
    marks: list[str] = []
    n_bold = length = 0
    last: Fragment | None = None
    for fragment in row:
        if _is_note_mark(fragment, main) and last is not None:
            marks.append(fragment.text.strip(" []()"))
            continue
        text = fragment.text.strip(" ")
        if last is not None:
            space = fragment.left - last.right
            spaced = fragment.text.startswith(" ") or last.text.endswith(" ") or space > WORD_SPACE * main.size
            if spaced and text:
                parts.append(" ")
                length += 1
            if space > WIDE_SPACE * main.size:
                gaps.append((last.right, fragment.left))
        parts.append(text)
        if fragment.style & (ITALIC | BOLD) and text:
            start = spans.pop().start if spans and spans[-1].end >= length - 1 else length
            spans.append(Span(start, length + len(text)))
        n_bold += len(text) if fragment.style & BOLD else 0
        length += len(text)
        last = fragment
    text = "".join(parts).rstrip()
    return TextLine(
        text,
        number,
        row[0].left,
        max(fragment.right for fragment in row),
        main.baseline,
        main.size,
        2 * n_bold > max(len(text), 1),
        tuple(Span(span.start, min(span.end, len(text))) for span in spans if span.start < len(text)),
        tuple(marks),
        tuple(gaps),
    )


def _is_note_mark(fragment: Fragment, main: Fragment) -> bool:
    return (
        fragment.size <= MAX_MARK_SIZE * main.size
        and fragment.baseline - main.baseline >= MIN_RAISE * main.size
        and NOTE_MARK.fullmatch(fragment.text) is not None
    )


def _attach_drop_cap(lines: list[TextLine], cap: Fragment, number: int, body_size: float) -> list[TextLine]:
    """Put a drop cap before the first line next to it, and move the lines next to it to its left edge.

    A large letter without such lines is a line of its own.
    """
    beside = [
        i
        for i, line in enumerate(lines)
        if line.size < cap.size
        and cap.right - 0.5 * body_size <= line.left <= cap.right + 2 * body_size
        and cap.baseline - 0.3 * body_size <= line.baseline <= cap.baseline + cap.size
    ]
    if not beside:
        return sorted([*lines, _make_line([cap], number)], key=lambda line: -line.baseline)
    text = cap.text.strip()
    moved = list(lines)
    for i in beside:
        moved[i] = replace(moved[i], left=cap.left)
    first = moved[beside[0]]
    spans = tuple(Span(span.start + len(text), span.end + len(text)) for span in first.emphasis)
    moved[beside[0]] = replace(first, text=text + first.text, emphasis=spans)
    return moved


def most_common_size(sizes: Iterable[tuple[float, int]]) -> float:
    """The size that most characters have, in half points. `sizes`: pairs of a size and the number of characters."""
    counts: Counter[float] = Counter()
    for size, n in sizes:
        counts[round(2 * size) / 2] += n
    return counts.most_common(1)[0][0] if counts else 10.0
