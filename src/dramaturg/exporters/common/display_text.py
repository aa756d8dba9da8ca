"""The text of a story as a page shows it: without the mark-up of plain text and Markdown, and with lines unwrapped.

Every export that shows the story to people (EPUB, DOCX, SSML, Fountain …) takes its words from here, so that all of
them show the same.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from dramaturg.phrases import LINE_FORMATS
from dramaturg.reading import Reading

HEADING_MARKS = re.compile(r"(?:\s*#{1,6}(?=\s))?\s*")
EMPHASIS_MARKS = "*_/"
# Columns. Prose wrapped by hand is between the two: longer lines are not wrapped, shorter ones are verse.
MIN_WRAP_WIDTH, MAX_WRAP_WIDTH = 50, 100
MIN_FULL_LINE = 0.9  # of the width; a line that ends earlier, although the next word would fit, is a line break


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the text, `[start, end)`, as it is shown. `text` differs from it at most in white space.

    A newline in `text` is an intended line break.
    """

    start: int
    end: int
    text: str
    emphasis: bool


class DisplayText:
    """The text of a story as it is shown."""

    def __init__(self, reading: Reading) -> None:
        """Find the mark-up and the line breaks, in time linear in the story's length."""
        story = reading.story
        self._text = story.text
        self._has_marks = story.source.format in LINE_FORMATS
        self._hidden = self._find_hidden(reading) if self._has_marks else []
        self._emphasis = sorted((span.start, span.end) for span in story.emphasis if span.start < span.end)
        self._edges = sorted({edge for span in [*self._hidden, *self._emphasis] for edge in span})
        self._hidden_starts = [start for start, _ in self._hidden]
        self._emphasis_starts = [start for start, _ in self._emphasis]
        self._breaks = self._find_breaks(reading)

    def runs(self, start: int, end: int, cuts: tuple[int, ...] = ()) -> Iterator[Run]:
        """The runs of `[start, end)` in order, cut where emphasis begins or ends, and at `cuts`."""
        inside = self._edges[bisect_right(self._edges, start) : bisect_left(self._edges, end)]
        edges = sorted({start, *inside, *(cut for cut in cuts if start < cut < end), end})
        for low, high in zip(edges, edges[1:], strict=False):
            if not _contains(self._hidden, self._hidden_starts, low):
                yield Run(low, high, self._shown(low, high), _contains(self._emphasis, self._emphasis_starts, low))

    def plain(self, start: int, end: int) -> str:
        """The shown text of `[start, end)` as one string."""
        return "".join(run.text for run in self.runs(start, end))

    def _shown(self, start: int, end: int) -> str:
        text = self._text[start:end]
        if "\n" not in text:
            return text
        lines = text.split("\n")
        at = start
        shown = []
        for n, line in enumerate(lines):
            at += len(line)
            last = n == len(lines) - 1
            line = line if last else line.rstrip(" \t")
            shown.append(line.lstrip(" \t") if n else line)
            if not last:
                shown.append("\n" if at in self._breaks else " ")
            at += 1
        return "".join(shown)

    def _find_breaks(self, reading: Reading) -> frozenset[int]:
        """The offsets of newlines that are intended line breaks: all, except in paragraphs wrapped to a width.

        A line of verse ends early; a wrapped line ends because the next word would not fit.
        """
        text = self._text
        blocks = reading.story.blocks
        newlines = [[m.start() for m in re.finditer("\n", text[b.start : b.end])] for b in blocks]
        if not self._has_marks:
            return frozenset(b.start + at for b, found in zip(blocks, newlines, strict=True) for at in found)
        breaks: list[int] = []
        for block, found in zip(blocks, newlines, strict=True):
            lines = text[block.start : block.end].split("\n")
            width = min(MAX_WRAP_WIDTH, max(MIN_WRAP_WIDTH, max(map(len, lines))))
            for n, at in enumerate(found):
                following = lines[n + 1].split(None, 1)
                if following and len(lines[n].rstrip()) + 1 + len(following[0]) < width * MIN_FULL_LINE:
                    breaks.append(block.start + at)
        return frozenset(breaks)

    def _find_hidden(self, reading: Reading) -> list[tuple[int, int]]:
        """The spans of mark-up for headings and emphasis, which a page does not show."""
        text = self._text
        hidden = []
        for block in reading.story.blocks:
            if block.role in ("title", "heading"):
                end = HEADING_MARKS.match(text, block.start, block.end)
                if end and end.end() > block.start:
                    hidden.append((block.start, end.end()))
        for span in reading.story.emphasis:
            low, high = span.start, span.end
            while low > 0 and high < len(text) and text[low - 1] == text[high] and text[high] in EMPHASIS_MARKS:
                low, high = low - 1, high + 1
            if low < span.start:
                hidden += [(low, span.start), (span.end, high)]
        return _merged(hidden)


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _contains(spans: list[tuple[int, int]], starts: list[int], at: int) -> bool:
    """Whether one of these spans, which are in order, contains an offset."""
    n = bisect_right(starts, at) - 1
    return n >= 0 and at < spans[n][1]
