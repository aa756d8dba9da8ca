"""Bytes → text, in any encoding.

A byte-order mark decides first, then the pattern of NUL bytes in UTF-16 and UTF-32. Anything else is UTF-8, in which
each byte that does not fit is read as Windows-1252. So a file in Windows-1252, and a UTF-8 file with such bytes pasted
in, are read in the same pass.
"""

import codecs
import re
from collections import Counter
from typing import NamedTuple

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources.repair import WINDOWS_1252, is_mac_roman, repair

SAMPLE_BYTES = 1 << 16  # from the start, to tell text from binary data
MAX_CONTROL_SHARE = 0.05  # of control characters; text has hardly any, random bytes have a tenth
MAX_NUL_SHARE = 0.3  # of NUL bytes, which text may have a few of

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is the start of this one
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# The kinds of files by their first bytes, and what to do with each.
OTHER_FILE = "Give a file with the text of the story."
AS_TEXT = "Save the story as text (.txt) and read that."
AS_DOCX = "Save it as DOCX with Word or LibreOffice and read that."
AS_EPUB = "Convert it to EPUB with Calibre and read that."
END_OF_ZIP = b"PK\x05\x06"
MAX_ZIP_END_BYTES = 22 + (1 << 16)  # that record and the comment after it
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")  # the stream of Office documents with a password
MAGIC = (
    (b"\x89PNG", "a PNG picture", OTHER_FILE),
    (b"\xff\xd8\xff", "a JPEG picture", OTHER_FILE),
    (b"GIF8", "a GIF picture", OTHER_FILE),
    (OLE, "an old Word document", AS_DOCX),
    (b"ITOLITLS", "a Microsoft Reader book (LIT)", AS_EPUB),
    (b"L\0R\0F\0\0\0", "a Sony book (LRF)", AS_EPUB),
    (b"CONT\2\0", "a Kindle book (KFX)", AS_EPUB),
    (b"\xeaDRMION", "a Kindle book (KFX)", AS_EPUB),
    (b"\xb0\x0c\xb0\x0c", "a Rocket eBook (RB)", AS_EPUB),
    (b"SNBP000", "a Shanda book (SNB)", AS_EPUB),
    (b"bplist00", "an Apple property list or web archive", "Save the page as HTML and read that."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it and read a file from it."),
    (b"Rar!", "a RAR archive", "Unpack it and read a file from it."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "Unpack it and read a file from it."),
    (b"BZh", "a bzip2 archive", "Unpack it and read a file from it."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it and read a file from it."),
    (b"\x7fELF", "a program", OTHER_FILE),
    (b"MZ\x90", "a program", OTHER_FILE),
    (b"ID3", "a sound file", OTHER_FILE),
    (b"OggS", "a sound file", OTHER_FILE),
    (b"SQLite format 3", "a database", OTHER_FILE),
)

# Files of XML that hold no story as text: what they begin with after declarations and comments.
PROLOGUE = rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--(?:(?!-->).){0,500}-->\s*){0,3}"
OTHER_XML = (
    (
        re.compile(PROLOGUE + rb"<(?:!DOCTYPE\s+plist|plist)\b", re.DOTALL),
        "an Apple property list or web archive",
        "Save the page as HTML and read that.",
    ),
    (
        re.compile(PROLOGUE + rb"<(?:opf:)?package\b[^>]{0,1000}idpf\.org", re.DOTALL),
        "the package file of an e-book (OPF), without the text",
        "Give the whole e-book (.epub).",
    ),
    (
        re.compile(PROLOGUE + rb"<(?:!DOCTYPE\s+ncx|ncx)\b", re.DOTALL),
        "the table of contents of an e-book (NCX), without the text",
        "Give the whole e-book (.epub).",
    ),
    (
        re.compile(PROLOGUE + rb"<ScrivenerProject\b", re.DOTALL),
        "the index of a Scrivener project, without the text",
        "Compile the project in Scrivener to DOCX or EPUB and read that.",
    ),
)


class Decoded(NamedTuple):
    """The text of a file, and warnings about how it was decoded."""

    text: str
    warnings: tuple[str, ...]


def decode(data: bytes, name: str) -> Decoded:
    """The text of a file, without invisible characters and NUL bytes at its end, and with \\n for every newline.

    Raises UnreadableStory if the file is empty, blank or not text, RefusedStory if it is encrypted.
    """
    _refuse_known_formats(data, name)
    encoding = _encoding(data)
    if encoding == "utf-8":
        _refuse_binary(data, name)
        text, n_stray, n_multibyte = _decode_utf8(data)
    else:
        text, n_stray, n_multibyte = _decode_utf16_or_32(data, encoding), 0, 0
    text = SURROGATE_PAIR.sub(_join_surrogates, text)
    text = text.rstrip("\0").replace("\r\n", "\n").replace("\r", "\n")
    text, repaired = repair(_separators_as_newlines(text))
    if not text or text.isspace():
        what = "holds only white space" if text else "is empty"
        raise UnreadableStory(f"{name}: this file {what}. {OTHER_FILE}")
    return Decoded(text, (*_warnings(n_stray, n_multibyte), *repaired))


SEPARATORS = re.compile("[\x85\u2028\u2029]")


def _separators_as_newlines(text: str) -> str:
    """Unicode's line and paragraph separators as newlines, where the file ends most of its lines with them."""
    if text.isascii():
        return text
    n_separators = sum(text.count(separator) for separator in "\x85\u2028\u2029")
    return SEPARATORS.sub("\n", text) if n_separators > 2 * text.count("\n") + 1 else text


# A character written as two surrogates (CESU-8). JSON would make one character of them, and every position after it
# would be off by one.
SURROGATE_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def _join_surrogates(match: re.Match[str]) -> str:
    return match.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _warnings(n_stray: int, n_multibyte: int) -> list[str]:
    warnings = []
    if n_stray and n_multibyte:
        warnings.append(
            f"This file mixes encodings: {n_stray} bytes that are not UTF-8 were read as Windows-1252. "
            "Check accented letters and quotation marks."
        )
    return warnings


def _refuse_known_formats(data: bytes, name: str) -> None:
    _refuse_encrypted_word(data, name)
    for magic, what, way_out in MAGIC:
        if data.startswith(magic) and (not magic.isalnum() or b"\0" in data[:SAMPLE_BYTES]):
            raise UnreadableStory(f"{name}: this is {what}, which dramaturg does not read. {way_out}")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"opendocument" in data[:SAMPLE_BYTES]:
            raise UnreadableStory(f"{name}: this is an OpenDocument file, but not a text. {OTHER_FILE}")
        if END_OF_ZIP not in data[-MAX_ZIP_END_BYTES:]:
            raise UnreadableStory(
                f"{name}: this is a damaged or truncated ZIP file (its end is missing). Download or save it again."
            )
        raise UnreadableStory(f"{name}: this is a ZIP archive without a story in it. {OTHER_FILE}")
    if data[60:68] in (b"BOOKMOBI", b"TEXtREAd"):
        _refuse_encrypted_kindle(data, name)
        raise UnreadableStory(f"{name}: this is a Kindle or Palm book, which dramaturg does not read. {AS_EPUB}")


def refuse_other_xml(data: bytes, name: str) -> None:
    """Raise UnreadableStory where a file is XML that would be text, but is known to hold no story."""
    for pattern, what, way_out in OTHER_XML:
        if pattern.match(data):
            raise UnreadableStory(f"{name}: this is {what}, which dramaturg does not read. {way_out}")


def _refuse_encrypted_word(data: bytes, name: str) -> None:
    """Refuse Word documents with a password. They are not ZIP files, but containers as old Word documents are."""
    if data.startswith(OLE) and ENCRYPTED_STREAM in data:
        raise RefusedStory(
            f"{name}: this Word document is encrypted with a password. Save it without a password and read that."
        )


def _refuse_encrypted_kindle(data: bytes, name: str) -> None:
    """Refuse Kindle books with DRM. Byte 78 is the offset of the first record, whose 12th byte is the encryption."""
    record = int.from_bytes(data[78:82], "big")
    if data[record + 12 : record + 14] in (b"\0\1", b"\0\2"):
        raise RefusedStory(
            f"{name}: this Kindle book is encrypted (DRM), which dramaturg does not remove. Get an edition without DRM."
        )


def _refuse_binary(data: bytes, name: str) -> None:
    sample = data[:SAMPLE_BYTES]
    n_nul = sample.count(0)
    controls = bytes(set(range(32)) - set(b"\0\t\n\v\f\r\x1a\x1b")) + b"\x7f"
    n_control = len(sample) - len(sample.translate(None, controls))
    if n_control > MAX_CONTROL_SHARE * len(sample) or n_nul > MAX_NUL_SHARE * len(sample):
        if not sample.strip(b"\0"):
            raise UnreadableStory(f"{name}: this file holds only NUL bytes. {OTHER_FILE}")
        raise UnreadableStory(f"{name}: this is binary data, not text. {AS_TEXT}")


def _encoding(data: bytes) -> str:
    for bom, encoding in BOMS:
        if data.startswith(bom) and (not encoding.startswith("utf-32") or len(data) % 4 == 0):
            return encoding
    sample = data[: SAMPLE_BYTES - SAMPLE_BYTES % 4]
    n_nul = [sample[offset::4].count(0) for offset in range(4)]
    if sum(n_nul) < max(2, 0.04 * len(sample)):
        return "utf-8"
    quarter = len(sample) / 4
    if n_nul[2] > 0.9 * quarter and n_nul[3] > 0.9 * quarter and n_nul[0] < 0.1 * quarter:
        return "utf-32-le"
    if n_nul[0] > 0.9 * quarter and n_nul[1] > 0.9 * quarter and n_nul[3] < 0.1 * quarter:
        return "utf-32-be"
    even, odd = n_nul[0] + n_nul[2], n_nul[1] + n_nul[3]
    if odd > 20 * even and _has_few_values(sample[1::2]):  # the high byte of ASCII characters comes second
        return "utf-16-le"
    if even > 20 * odd and _has_few_values(sample[::2]):
        return "utf-16-be"
    return "utf-8"


def _has_few_values(high: bytes) -> bool:
    """Whether these are the high bytes of UTF-16: nearly all are NUL, or NUL and the byte of one other script."""
    return sum(count for _, count in Counter(high).most_common(2)) >= 0.8 * len(high)


def _decode_utf16_or_32(data: bytes, encoding: str) -> str:
    """Decode UTF-16 or UTF-32. Lone surrogates stay; anything invalid, as a last unit cut off, becomes U+FFFD."""
    unit = 4 if "32" in encoding else 2
    whole = len(data) - len(data) % unit
    try:
        text = data[:whole].decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        text = data[:whole].decode(encoding, "replace")
    return text + ("\ufffd" if whole < len(data) else "")


def _decode_utf8(data: bytes) -> tuple[str, int, int]:
    """The text, the number of bytes that are not UTF-8, and the number of other bytes beyond ASCII."""
    try:
        return data.decode("utf-8"), 0, 0
    except UnicodeDecodeError:
        pass
    n_surrogates = len(SURROGATE.findall(data))
    if not n_surrogates and data.decode("utf-8", "ignore").isascii():
        if is_mac_roman(data):
            return data.decode("mac_roman"), 0, 0
        return codecs.charmap_decode(data, "strict", "".join(WINDOWS_1252))[0], 0, 0
    text = data.decode("utf-8", "dramaturg.stray")
    n_stray = len(data) - 3 * n_surrogates - len(data.decode("utf-8", "ignore").encode("utf-8"))
    n_high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    return text, n_stray, n_high - n_stray


def _decode_stray(error: UnicodeError) -> tuple[str, int]:
    """Decode bytes that are not UTF-8 as Windows-1252, its five undefined bytes as Latin-1; keep lone surrogates."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    piece = error.object[error.start : error.start + 3]
    if SURROGATE.fullmatch(piece):
        return piece.decode("utf-8", "surrogatepass"), error.start + 3
    return "".join(WINDOWS_1252[byte] for byte in error.object[error.start : error.end]), error.end


SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
codecs.register_error("dramaturg.stray", _decode_stray)
