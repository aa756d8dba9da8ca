"""Telling a saved reading from a story: commands and libraries take either in the same place."""

import codecs
import re
import sys
from pathlib import Path

from dramaturg.reading import Reading

SCHEMA_FIELD = re.compile(rb'"schema"\s*:\s*"dramaturg/')
N_PEEKED_BYTES = 64  # enough to see that a file is not JSON, before the whole of it is read


def load_saved(path: str, name: str | None = None) -> Reading | None:
    """The reading that a file holds, or None if the file is not a saved reading; `-` is standard input.

    None leaves the file to `sources.load`: standard input is only peeked at, and errors are reported there. `name` is
    what error messages call the file, its path by default. Raises UnreadableStory if a saved reading is damaged.
    """
    saved = _saved_bytes(path)
    return None if saved is None else Reading.from_json(saved, name or path)


def _saved_bytes(path: str) -> bytes | None:
    if path == "-":
        head = getattr(sys.stdin.buffer, "peek", lambda size: b"")(1)
        return sys.stdin.buffer.read() if _looks_like_json(head) and SCHEMA_FIELD.search(head) else None
    try:
        if not Path(path).is_file():  # a pipe can be read only once
            return None
        with Path(path).open("rb") as file:
            data = file.read(N_PEEKED_BYTES)
            if not _looks_like_json(data):
                return None
            data += file.read()
    except (OSError, ValueError):  # ValueError: a path that no file can have
        return None
    return data if SCHEMA_FIELD.search(data) else None


def _looks_like_json(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{")
