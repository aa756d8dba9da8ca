"""Plain text → Story, verbatim but for damage and for marks of where it was copied from; every newline is \\n."""

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.sources.build import build_story
from dramaturg.sources.decode import decode
from dramaturg.sources.emphasis import find_emphasis
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.lines import find_lines, find_raw_blocks, find_wrapping
from dramaturg.sources.plain_marks import without_plain_marks
from dramaturg.sources.structure import find_structure
from dramaturg.story import Story


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of a plain-text file. Raises UnreadableStory if they are not text."""
    decoded, warnings = decode(data, name)
    text = without_plain_marks(decoded)
    lines = find_lines(text)
    words = language.structure
    structure = find_structure(text, find_raw_blocks(text, lines, find_wrapping(text, lines), words), words)
    return build_story(
        data,
        name,
        "text",
        text,
        structure,
        emphasis=find_emphasis(text, structure.blocks),
        language=find_language(text),
        warnings=warnings,
    )
