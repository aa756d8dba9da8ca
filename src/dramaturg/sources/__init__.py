"""File → Story: one module per format, and here the one that recognises the format."""

import sys
from pathlib import Path

from dramaturg.errors import UnreadableStory
from dramaturg.sources.markdown import looks_like_markdown, read_markdown
from dramaturg.sources.plain import read_plain
from dramaturg.story import Story

__all__ = ["load", "load_bytes"]

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
PLAIN = (".txt", ".text", ".log", ".asc")
SAMPLE = 1 << 18  # bytes looked at to tell Markdown from plain text


def load(path: str | Path) -> Story:
    """Read a story from a file, or from standard input for `-`.

    Raises UnreadableStory for what is missing, a folder, not allowed to be read, empty or binary.
    """
    if str(path) == "-":
        return load_bytes(sys.stdin.buffer.read(), "-")
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise UnreadableStory(f"{path}: there is no such file. Check the name.") from error
    except IsADirectoryError as error:
        raise UnreadableStory(f"{path}: this is a folder. Give one of the stories in it.") from error
    except PermissionError as error:
        raise UnreadableStory(f"{path}: it may not be read by you. Change its permissions, or copy it.") from error
    except (OSError, ValueError) as error:
        raise UnreadableStory(f"{path}: it cannot be read ({error}). Check the name.") from error
    return load_bytes(data, path.name)


def load_bytes(data: bytes, name: str) -> Story:
    """Read a story from the bytes of a file called `name`, or of standard input for `-`."""
    if name.lower().endswith(MARKDOWN):
        return read_markdown(data, name)
    if Path(name).suffix.lower() not in PLAIN and looks_like_markdown(data[:SAMPLE].decode("utf-8", "ignore")):
        return read_markdown(data, name)
    return read_plain(data, name)
