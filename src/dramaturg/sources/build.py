"""Text and structure → Story: the last step of every reader."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dramaturg.sources.language import warn_of_language
from dramaturg.sources.structure import Structure
from dramaturg.story import Block, Chapter, LeftOut, Source, Span, Story

MAX_MARK = 3  # characters of mark-up before or after the words of a heading


def build_story(
    data: bytes,
    name: str,
    format: str,
    text: str,
    structure: Structure,
    *,
    emphasis: Iterable[Span],
    language: str | None,
    title: str | None = None,
    author: str | None = None,
    metadata: Mapping[str, object] | None = None,
    chapters: tuple[Chapter, ...] | None = None,
    warnings: Iterable[str] = (),
    left_out: Iterable[LeftOut] = (),
) -> Story:
    """The story of a file called `name`, whose bytes are `data`, read as `format`.

    `language`: an ISO 639-1 code, or None where it is not known. `title`, `author`, `metadata` and `chapters` are what
    the file says of itself; where it says nothing, they are what `structure` found in the text.
    """
    headings = [block for block in structure.blocks if block.role in ("title", "heading")]
    return Story(
        text=text,
        blocks=structure.blocks,
        source=Source(
            path=name,
            format=format,
            title=title or structure.title,
            author=author or structure.author,
            sha256=hashlib.sha256(data).hexdigest(),
            language=language,
            metadata=dict(structure.metadata if metadata is None else metadata),
        ),
        emphasis=tuple(_without_headings(emphasis, headings)),
        chapters=structure.chapters if chapters is None else chapters,
        warnings=(*warnings, *warn_of_language(language)),
        left_out=tuple(left_out),
    )


def _without_headings(emphasis: Iterable[Span], headings: Sequence[Block]) -> Iterator[Span]:
    """The emphasis without that of whole headings and titles: they are in bold as such."""
    starts = [block.start for block in headings]
    for span in emphasis:
        i = bisect_right(starts, span.start) - 1
        if i < 0 or span.start > headings[i].start + MAX_MARK or span.end < headings[i].end - MAX_MARK:
            yield span
