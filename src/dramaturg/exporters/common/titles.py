"""What an export calls a story: its title, its language tag, the base name of its files."""

import re

from dramaturg.formatting import one_line
from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Reading

LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")
MAX_FILE_ID_CHARACTERS = 100


def title_of(reading: Reading) -> str:
    """The story's title, or the name of its file without the extension."""
    source = reading.story.source
    name = "" if source.path == "-" else source.path.rpartition(".")[0] or source.path
    return one_line(source.title or "") or one_line(name) or "A story"


def language_of(reading: Reading) -> str:
    """The story's language as a tag that XML accepts; English if the file gives no valid one."""
    language = reading.story.source.language or ""
    return language if LANGUAGE_TAG.fullmatch(language) else ENGLISH.code


def file_id(reading: Reading) -> str:
    """The base name for a story's files: its file name without the extension, in letters that every system accepts."""
    stem = reading.story.source.path.rpartition(".")[0] or reading.story.source.path
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in stem).strip("_")[:MAX_FILE_ID_CHARACTERS] or "story"
