"""Plain text → Story, verbatim but for newlines, which become \\n."""

import hashlib

from dramaturg.sources.decode import decode
from dramaturg.sources.emphasis import find_emphasis
from dramaturg.sources.language import find_language, warn_of_language
from dramaturg.sources.lines import find_habit, find_lines, find_pieces
from dramaturg.sources.structure import Structure, find_structure
from dramaturg.story import Source, Story


def read_plain(data: bytes, name: str) -> Story:
    """The story in the bytes of a plain-text file. Raises UnreadableStory where there is none."""
    text, warnings = decode(data, name)
    lines = find_lines(text)
    structure = find_structure(text, find_pieces(text, lines, find_habit(text, lines)))
    return build_story(data, name, "text", text, structure, warnings)


def build_story(
    data: bytes, name: str, format: str, text: str, structure: Structure, warnings: tuple[str, ...]
) -> Story:
    """The story of a file whose text stands as it is typed, mark-up and all."""
    language = find_language(text)
    return Story(
        text=text,
        blocks=structure.blocks,
        source=Source(
            path=name,
            format=format,
            title=structure.title,
            author=structure.author,
            sha256=hashlib.sha256(data).hexdigest(),
            language=language,
            metadata=structure.metadata,
        ),
        emphasis=find_emphasis(text, structure.blocks),
        chapters=structure.chapters,
        warnings=(*warnings, *warn_of_language(language)),
    )
