"""Plain text → Story, verbatim but for damage and for marks of where it was copied from; every newline is \\n."""

from collections.abc import Iterable

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language, StructureWords
from dramaturg.sources.blank_breaks import mark_blank_breaks
from dramaturg.sources.build import build_story
from dramaturg.sources.decode import decode, refuse_other_xml
from dramaturg.sources.emphasis import find_emphasis
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.lines import find_lines, find_raw_blocks
from dramaturg.sources.plain_marks import without_plain_marks
from dramaturg.sources.structure import Structure, find_structure
from dramaturg.sources.wrapping import find_wrapping
from dramaturg.story import Story


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of a plain-text file. Raises UnreadableStory if they are not text."""
    refuse_other_xml(data, name)
    decoded, warnings = decode(data, name)
    return read_decoded(data, name, "text", decoded, language, warnings)


def read_decoded(
    data: bytes,
    name: str,
    format: str,
    decoded: str,
    language: Language,
    warnings: Iterable[str] = (),
    *,
    title: str | None = None,
    author: str | None = None,
) -> Story:
    """The story in the plain text of a file whose bytes are `data`. `title`, `author`: what the file says of itself."""
    text = without_plain_marks(decoded)
    structure = _find_structure(text, language.structure)
    marked = mark_blank_breaks(text, structure.blocks)
    if marked != text:
        text, structure = marked, _find_structure(marked, language.structure)
    return build_story(
        data,
        name,
        format,
        text,
        structure,
        emphasis=find_emphasis(text, structure.blocks),
        language=find_language(text),
        title=title,
        author=author,
        warnings=warnings,
    )


def _find_structure(text: str, words: StructureWords) -> Structure:
    lines = find_lines(text)
    return find_structure(text, find_raw_blocks(text, lines, find_wrapping(text, lines), words), words)
