"""Text → bytes: exports are UTF-8, which cannot hold lone surrogates."""

import re

Contents = str | bytes  # of a file

LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def encode(contents: Contents) -> bytes:
    """The bytes of a file: text is encoded as UTF-8."""
    return contents if isinstance(contents, bytes) else replace_surrogates(contents).encode("utf-8")


def replace_surrogates(text: str) -> str:
    """The text with U+FFFD for each lone surrogate. One character replaces one, so offsets stay valid."""
    return LONE_SURROGATE.sub("\ufffd", text)
