"""Bytes → text, whatever program saved them.

A byte-order mark decides; then the pattern of NUL bytes that UTF-16 and UTF-32 leave; then UTF-8, in which
every byte that does not fit is taken for Windows-1252. So a pure Windows-1252 file, and a UTF-8 file with
such bytes pasted in, go the same way, in one pass.
"""

import codecs
import re
from collections import Counter
from typing import NamedTuple

from dramaturg.errors import RefusedStory, UnreadableStory

SAMPLE = 1 << 16  # bytes looked at to tell text from binary; enough to be sure, cheap on any file
MAX_CONTROL = 0.05  # share of control characters; text has none or a stray few, random bytes have a tenth
MAX_NUL = 0.3  # share of NUL bytes that text with stray NULs may have

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# What the first bytes say that a file is, and what its owner can do about it.
AS_TEXT = "Save the story as text (.txt) and read that."
AS_DOCX = "Save it as DOCX, from Word or LibreOffice, and read that."
AS_EPUB = "Convert it to EPUB with Calibre and read that."
END_OF_ZIP = b"PK\x05\x06"
LONGEST_END = 22 + (1 << 16)  # bytes: that record and the comment after it
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = "EncryptedPackage".encode("utf-16-le")  # what Office calls the stream that a password locks
MAGIC = (
    (b"\x89PNG", "a PNG picture", "Give a file that holds the story's text."),
    (b"\xff\xd8\xff", "a JPEG picture", "Give a file that holds the story's text."),
    (b"GIF8", "a GIF picture", "Give a file that holds the story's text."),
    (b"%PDF", "a PDF", "Convert it to text, with pdftotext or Calibre, and read that."),
    (OLE, "an old Word document", AS_DOCX),
    (b"{\\rtf", "an RTF document", AS_DOCX),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"\x7fELF", "a program", "Give a file that holds the story's text."),
    (b"MZ\x90", "a program", "Give a file that holds the story's text."),
    (b"ID3", "a sound file", "Give a file that holds the story's text."),
    (b"OggS", "a sound file", "Give a file that holds the story's text."),
    (b"SQLite format 3", "a database", "Give a file that holds the story's text."),
)

# Text that was UTF-8, was read as Windows-1252 and saved as UTF-8 again: â€™ for ’, Ã© for é.
MOJIBAKE = re.compile("â€[™œ˜“”¦\x9d\u009d]|Ã[\u0080-\u00bf\u0192\u02c6\u0160\u0161\u2030]|Â[\u00a0«»]")
MIN_MOJIBAKE = 3  # fewer may be a writer's own letters


class Decoded(NamedTuple):
    """A file's text, and what a person should know about how it was decoded."""

    text: str
    warnings: tuple[str, ...]


def decode(data: bytes, name: str) -> Decoded:
    """The text of a file: a leading U+FEFF dropped, newlines made \\n, else as it stands.

    Raises UnreadableStory where there is no text: empty, blank, or binary; RefusedStory where it is encrypted.
    """
    _refuse_known_formats(data, name)
    encoding = _encoding(data)
    if encoding == "utf-8":
        _refuse_binary(data, name)
        text, n_stray, n_wide = _decode_utf8(data)
    else:
        text, n_stray, n_wide = _decode_wide(data, encoding), 0, 0
    text = SPLIT_LETTER.sub(_join_halves, text)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text or text.isspace():
        what = "are only blanks" if text else "is nothing"
        raise UnreadableStory(f"{name}: there {what} in it. Give a file that holds a story.")
    return Decoded(text, tuple(_warnings(text, n_stray, n_wide)))


# A letter that was written as its two halves (CESU-8). JSON makes one letter of them, and every place after it
# would then be off by one.
SPLIT_LETTER = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _join_halves(match: re.Match[str]) -> str:
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _warnings(text: str, n_stray: int, n_wide: int) -> list[str]:
    warnings = []
    if n_stray and n_wide:
        warnings.append(f"mixed encodings: {n_stray} bytes that are not UTF-8 were read as Windows-1252")
    if len(MOJIBAKE.findall(text)) >= MIN_MOJIBAKE:
        warnings.append(
            "the text was garbled before it was saved (as in â€™ for an apostrophe) and is left as it stands; "
            "ftfy or a fresh download mends it"
        )
    return warnings


def _refuse_known_formats(data: bytes, name: str) -> None:
    _refuse_locked(data, name)
    for magic, what, way_out in MAGIC:
        if data.startswith(magic) and (not magic.isalnum() or b"\0" in data[:SAMPLE]):
            raise UnreadableStory(f"{name}: this is {what}, which is not read. {way_out}")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"opendocument" in data[:SAMPLE]:
            raise UnreadableStory(f"{name}: this is an OpenDocument text, which is not read. {AS_DOCX}")
        if END_OF_ZIP not in data[-LONGEST_END:]:
            raise UnreadableStory(
                f"{name}: this is a damaged or truncated ZIP file (its end is missing). Download or save it again."
            )
        raise UnreadableStory(f"{name}: this is a ZIP archive, which is not read. Unpack it and give one of its files.")
    if data[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        _refuse_locked_kindle(data, name)
        raise UnreadableStory(f"{name}: this is a Kindle or Palm book, which is not read. {AS_EPUB}")


def _refuse_locked(data: bytes, name: str) -> None:
    """Word documents with a password are no zips: they lie in the container that old Word documents are."""
    if data.startswith(OLE) and LOCKED in data:
        raise RefusedStory(
            f"{name}: this Word document is encrypted with a password. Open it with the password, save it without one "
            "and read that."
        )


def _refuse_locked_kindle(data: bytes, name: str) -> None:
    """The first record of a Palm database begins where byte 78 says, and its 12th byte tells of encryption."""
    record = int.from_bytes(data[78:82], "big")
    if data[record + 12 : record + 14] in (b"\0\1", b"\0\2"):
        raise RefusedStory(
            f"{name}: this Kindle book is encrypted (DRM), and no lock is opened here. Look for an edition without DRM."
        )


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:SAMPLE]
    n_nul = sample.count(0)
    controls = bytes(set(range(32)) - set(b"\0\t\n\v\f\r\x1a\x1b")) + b"\x7f"
    n_control = len(sample) - len(sample.translate(None, controls))
    if n_control > MAX_CONTROL * len(sample) or n_nul > MAX_NUL * len(sample):
        if not sample.strip(b"\0"):
            raise UnreadableStory(f"{name}: there are only NUL bytes in it. Give a file that holds a story.")
        raise UnreadableStory(f"{name}: this is binary data, not text. {AS_TEXT}")


def _encoding(data: bytes) -> str:
    for bom, encoding in BOMS:
        if data.startswith(bom) and (not encoding.startswith("utf-32") or len(data) % 4 == 0):
            return encoding
    sample = data[: SAMPLE - SAMPLE % 4]
    n_nul = [sample[offset::4].count(0) for offset in range(4)]
    if sum(n_nul) < max(2, 0.04 * len(sample)):
        return "utf-8"
    quarter = len(sample) / 4
    if n_nul[2] > 0.9 * quarter and n_nul[3] > 0.9 * quarter and n_nul[0] < 0.1 * quarter:
        return "utf-32-le"
    if n_nul[0] > 0.9 * quarter and n_nul[1] > 0.9 * quarter and n_nul[3] < 0.1 * quarter:
        return "utf-32-be"
    even, odd = n_nul[0] + n_nul[2], n_nul[1] + n_nul[3]
    if odd > 20 * even and _few_values(
        sample[1::2]
    ):  # the high byte of an ASCII letter, space or full stop comes second
        return "utf-16-le"
    if even > 20 * odd and _few_values(sample[::2]):
        return "utf-16-be"
    return "utf-8"


def _few_values(high: bytes) -> bool:
    """Are these the high bytes of UTF-16: nearly all of them NUL, or NUL and the byte of one other script?"""
    return sum(count for _, count in Counter(high).most_common(2)) >= 0.8 * len(high)


def _decode_wide(data: bytes, encoding: str) -> str:
    """UTF-16 or UTF-32; lone surrogates stay, what fits nowhere (a cut-off last unit) becomes U+FFFD."""
    unit = 4 if "32" in encoding else 2
    whole = len(data) - len(data) % unit
    try:
        text = data[:whole].decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = data[:whole].decode(encoding, "replace")
    return text + ("\ufffd" if whole < len(data) else "")


def _decode_utf8(data: bytes) -> tuple[str, int, int]:
    """The text, how many bytes were no UTF-8, and how many characters beyond ASCII were."""
    try:
        return data.decode("utf-8"), 0, 0
    except UnicodeDecodeError:
        pass
    n_surrogates = len(SURROGATE.findall(data))
    if not n_surrogates and data.decode("utf-8", "ignore").isascii():
        return codecs.charmap_decode(data, "strict", "".join(WINDOWS_1252))[0], 0, 0
    text = data.decode("utf-8", "dramaturg.stray")
    n_stray = len(data) - 3 * n_surrogates - len(data.decode("utf-8", "ignore").encode("utf-8"))
    n_high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    return text, n_stray, n_high - n_stray


def _decode_stray(error: UnicodeError) -> tuple[str, int]:
    """Windows-1252 for bytes that are no UTF-8; its five undefined bytes as in Latin-1; a lone surrogate as one."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.start + 3]
    if SURROGATE.fullmatch(piece):
        return piece.decode("utf-8", "surrogatepass"), error.start + 3
    return "".join(WINDOWS_1252[byte] for byte in error.object[error.start : error.end]), error.end


SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
WINDOWS_1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
codecs.register_error("dramaturg.stray", _decode_stray)
