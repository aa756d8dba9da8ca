"""Plain text → Story, verbatim but for newlines, which become \\n."""

import hashlib
import re

from dramaturg.story import Block, Source, Story


def read_plain(data: bytes, name: str) -> Story:
    """The story in the bytes of a plain-text file. (A first version; the real one replaces it.)"""
    text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    blocks = tuple(Block(m.start(), m.end(), "paragraph") for m in re.finditer(r"\S(?:[^\n]|\n(?!\s*\n))*\S|\S", text))
    source = Source(name, "text", None, None, hashlib.sha256(data).hexdigest(), "en")
    return Story(text, blocks, source)
