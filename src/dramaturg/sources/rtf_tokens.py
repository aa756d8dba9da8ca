"""RTF → its tokens, and the encodings of its bytes. Microsoft, Rich Text Format 1.9.1: "Syntax", "Font Table"."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dramaturg.sources.repair import WINDOWS_1252

TOKEN = re.compile(
    rb"(?P<open>\{)|(?P<close>\})"
    rb"|\\(?P<word>[a-zA-Z]{1,40})(?P<number>-?[0-9]{1,10})? ?"
    rb"|\\'(?P<byte>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<text>[^{}\\\r\n\0]+)"
    rb"|[\r\n\0]+|\\",
    re.DOTALL,
)
CHARSETS = {  # of fonts, by the numbers that Windows gives them
    0: "cp1252",
    77: "mac_roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gbk",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    254: "cp437",
    255: "cp850",
}
SYMBOL_CHARSET = 2
SYMBOL_FONT = re.compile(r"\s*(?:symbol\b|wingdings|webdings|(?:itc )?zapf ?dingbats)", re.IGNORECASE)
SYMBOLS = 0xF000  # where Unicode's private use area has the characters of symbol fonts


class Token(NamedTuple):
    """One token. `kind`: `open`, `close`, `word`, `symbol`, `byte` or `text`. `number`: of a control word, or None."""

    kind: str
    value: bytes
    number: int | None = None


def read_tokens(data: bytes) -> Iterator[Token]:
    """The tokens of an RTF file. Binary data (\\bin) and line ends are left out.

    >>> [token.value for token in read_tokens(b"{\\\\b1 Run\\\\'21}")]
    [b'{', b'b', b'Run', b'!', b'}']
    """
    position = 0
    while match := TOKEN.match(data, position):
        position = match.end()
        kind = match.lastgroup
        if kind == "number":
            number = int(match["number"])
            if match["word"] == b"bin":
                position += max(0, number)
            else:
                yield Token("word", match["word"], number)
        elif kind == "byte":
            yield Token("byte", bytes([int(match["byte"], 16)]))
        elif kind is not None:
            yield Token(kind, match[kind])


@dataclass(slots=True)
class Font:
    """What a font says of the bytes that are set in it. `charset`: None where the document's encoding counts."""

    charset: int | None = None
    codec: str | None = None
    is_symbol: bool = False


def codec_of_page(number: int | None) -> str | None:
    """Python's codec for a code page of Windows, or None.

    >>> codec_of_page(1251), codec_of_page(99999)
    ('cp1251', None)
    """
    name = {65001: "utf-8", 10000: "mac_roman"}.get(number or 0, f"cp{number}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


def decode_bytes(data: bytes, codec: str, *, is_symbol: bool = False) -> str:
    """The characters of bytes in a font. No byte is lost."""
    if is_symbol:
        return "".join(chr(SYMBOLS + byte) if byte > 0x20 else " " for byte in data)
    if codec != "cp1252":
        return data.decode(codec, "replace")
    return data.decode("ascii") if data.isascii() else codecs.charmap_decode(data, "strict", TABLE)[0]


def as_utf8(data: bytes) -> str | None:
    """Text that is UTF-8 and not ASCII, which RTF does not allow and some programs write; None for any other."""
    try:
        return None if data.isascii() else data.decode("utf-8")
    except UnicodeDecodeError:
        return None


TABLE = "".join(WINDOWS_1252)
