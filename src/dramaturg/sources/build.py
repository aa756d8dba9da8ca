"""Text and structure → Story: the last step of every reader."""

import hashlib
from collections.abc import Iterable, Mapping

from dramaturg.sources.language import warn_of_language
from dramaturg.sources.structure import Structure
from dramaturg.story import Chapter, LeftOut, Source, Span, Story


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
        emphasis=tuple(emphasis),
        chapters=structure.chapters if chapters is None else chapters,
        warnings=(*warnings, *warn_of_language(language)),
        left_out=tuple(left_out),
    )
