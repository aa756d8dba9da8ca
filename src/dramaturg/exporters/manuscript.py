"""A story as it would stand on a page: its text without the marks of plain text and Markdown, its lines unwrapped.

Whatever shows a story to a person (EPUB, DOCX, SSML, Fountain) takes its words from here, so that each shows the same.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from dramaturg.formatting import one_line
from dramaturg.phrases import LINE_FORMATS
from dramaturg.reading import Reading

HEADING_MARKS = re.compile(r"(?:\s*#{1,6}(?=\s))?\s*")
EMPHASIS_MARKS = "*_/"
WIDEST = 100  # columns; nobody wraps lines by hand at more
NARROWEST = 50  # and nobody prose at fewer: shorter lines are verse


LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")


def language_of(reading: Reading) -> str:
    """The story's language as a tag that XML takes: English, which the model knows, where the file says nothing fit."""
    language = reading.story.source.language or ""
    return language if LANGUAGE.fullmatch(language) else "en"


def title_of(reading: Reading) -> str:
    """What the story is called: its title, or the name of its file without the ending."""
    source = reading.story.source
    name = "" if source.path == "-" else source.path.rpartition(".")[0] or source.path
    return one_line(source.title or "") or one_line(name) or "A story"


@dataclass(frozen=True, slots=True)
class Run:
    """Some of the text, `[start, end)`, as it is shown. `text` may differ from it in white space alone.

    A newline in `text` is a line break that the story means.
    """

    start: int
    end: int
    text: str
    emphasis: bool


class Manuscript:
    """The words of a story as they are shown."""

    def __init__(self, reading: Reading) -> None:
        """Look at what the text's own marks are. Linear in the story's length."""
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
        """What is shown of a stretch of the text, in order, cut where emphasis begins or ends, and at `cuts`."""
        inside = self._edges[bisect_right(self._edges, start) : bisect_left(self._edges, end)]
        edges = sorted({start, *inside, *(cut for cut in cuts if start < cut < end), end})
        for low, high in zip(edges, edges[1:], strict=False):
            if not _holds(self._hidden, self._hidden_starts, low):
                yield Run(low, high, self._shown(low, high), _holds(self._emphasis, self._emphasis_starts, low))

    def words(self, start: int, end: int) -> str:
        """The same as one text, without emphasis."""
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
        """The newlines that are line breaks: all of them, but for those of paragraphs wrapped to a width.

        A line of verse ends before it is full; a wrapped one ends because the next word would not fit.
        """
        text = self._text
        blocks = reading.story.blocks
        newlines = [[m.start() for m in re.finditer("\n", text[b.start : b.end])] for b in blocks]
        if not self._has_marks:
            return frozenset(b.start + at for b, found in zip(blocks, newlines, strict=True) for at in found)
        breaks: list[int] = []
        for block, found in zip(blocks, newlines, strict=True):
            lines = text[block.start : block.end].split("\n")
            width = min(WIDEST, max(NARROWEST, max(map(len, lines))))
            for n, at in enumerate(found):
                following = lines[n + 1].split(None, 1)
                if following and len(lines[n].rstrip()) + 1 + len(following[0]) < width * 0.9:
                    breaks.append(block.start + at)
        return frozenset(breaks)

    def _find_hidden(self, reading: Reading) -> list[tuple[int, int]]:
        """The marks that make headings and emphasis, which a page does not show."""
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


def _holds(spans: list[tuple[int, int]], starts: list[int], at: int) -> bool:
    """Whether one of these spans, which are in order, holds a place."""
    n = bisect_right(starts, at) - 1
    return n >= 0 and at < spans[n][1]
