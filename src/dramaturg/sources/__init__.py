"""File → Story: one module for each format (FORMATS), and one that recognises the format."""

import hashlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from dramaturg.errors import UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.sources.containers import Contents, unpack
from dramaturg.sources.formats import FORMATS
from dramaturg.sources.limits import DEFAULT, Limits, limit_exceeded
from dramaturg.sources.recognise import recognise
from dramaturg.story import Story

__all__ = ["Limits", "load", "load_bytes"]


def load(path: str | Path, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """Read a story from a file, or from standard input for `-`.

    `language`: the language whose words are used to find headings, notes and so on. Raises UnreadableStory if the file
    is missing, a folder, not readable, empty or not a story; RefusedStory if it is encrypted or past a limit.
    """
    if str(path) == "-":
        return load_bytes(_read(sys.stdin.buffer, "-", limits), "-", limits, language)
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = _read(file, str(path), limits)
    except FileNotFoundError as error:
        raise UnreadableStory(f"{path}: there is no such file. Check the name.") from error
    except IsADirectoryError as error:
        raise UnreadableStory(f"{path}: this is a folder. Give the name of a story in it.") from error
    except PermissionError as error:
        if path.is_dir():  # what Windows raises for folders
            raise UnreadableStory(f"{path}: this is a folder. Give the name of a story in it.") from error
        raise UnreadableStory(f"{path}: you have no permission to read this file. Change its permissions.") from error
    except (OSError, ValueError) as error:
        raise UnreadableStory(f"{path}: this file cannot be read ({error}). Check the name.") from error
    return load_bytes(data, path.name, limits, language)


def load_bytes(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """Read a story from the bytes of a file called `name`, or of standard input for `-`. As `load`."""
    if len(data) > limits.file_size:
        raise limit_exceeded(name, limits, "file_size", f"it has {len(data):,} bytes")
    format = recognise(data, name, FORMATS)
    if format == "text" and (contents := unpack(data, name, limits)) is not None:
        return _load_contents(contents, data, name, limits, language)
    return _read_as(format, data, name, limits, language)


def _load_contents(contents: Contents, outer: bytes, name: str, limits: Limits, language: Language) -> Story:
    """The story of a file in another one, which is called `name`."""
    format = recognise(contents.data, contents.name, FORMATS)
    story = _read_as(format, contents.data, name, limits, language)
    source = replace(
        story.source,
        title=story.source.title or contents.title,
        author=story.source.author or contents.author,
        sha256=hashlib.sha256(outer).hexdigest(),  # of the file that the user has
    )
    return replace(story, source=source, left_out=(*story.left_out, *contents.left_out))


def _read_as(format: str, data: bytes, name: str, limits: Limits, language: Language) -> Story:
    read = next(known for known in FORMATS if known.name == format).reader()
    return read(data, name, limits, language)


def _read(file: BinaryIO, name: str, limits: Limits) -> bytes:
    """All bytes of a file, or an error past the limit: the file may be a pipe without an end."""
    data = file.read(limits.file_size + 1)
    if len(data) > limits.file_size:
        raise limit_exceeded(name, limits, "file_size", f"it has more than {limits.file_size:,} bytes")
    return data
