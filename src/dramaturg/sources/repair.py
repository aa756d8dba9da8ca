"""Damage that text takes on its way, undone: invisible characters, wrong encodings, lost quotation marks."""

import re

INVISIBLE = re.compile("[\u200b\ufeff]|(?<=[A-Za-z])[\u200c\u200d](?=[A-Za-z])")  # between other letters they join

WINDOWS_1252 = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
BYTES = {character: byte for byte, character in enumerate(WINDOWS_1252)} | {chr(b): b for b in range(128, 256)}


def _characters(first: int, last: int) -> str:
    """The characters of some bytes in Windows-1252 and Latin-1, for a class in a pattern."""
    return "".join({re.escape(c) for byte in range(first, last) for c in (WINDOWS_1252[byte], chr(byte))})


CONTINUATION = _characters(0x80, 0xC0)
# UTF-8 that was read as Windows-1252 and saved as UTF-8 again: â€™ for ’, Ã© for é.
GARBLED = re.compile(
    f"[{_characters(0xC2, 0xE0)}][{CONTINUATION}]|[{_characters(0xE0, 0xF0)}][{CONTINUATION}]{{2}}"
    f"|[{_characters(0xF0, 0xF5)}][{CONTINUATION}]{{3}}"
)
CERTAIN = re.compile("â€[™œ˜“”¦\x9d]|Ã[\u0080-\u00bf\u0192\u02c6\u0160\u0161\u2030]|Â[\u00a0«»]|â€(?=[ \n,.;:?!]|\\Z)")
CLOSING_MARK = re.compile(f"â€(?![{CONTINUATION}])")  # its third byte, which no character has, was dropped
MIN_GARBLED = 3  # fewer may be intended
MAX_TIMES = 2  # that a text was garbled

LOST = "\ufffd"
LOST_MARKS = (
    (re.compile(f"(?<=\\w){LOST}(?=(?:s|t|d|m|ll|re|ve)\\b)"), "’"),
    (re.compile(f"(?:(?<=[\\s(—–])|\\A){LOST}(?=\\w)"), "“"),
    (re.compile(f"(?<=[,.!?…—–]){LOST}(?=[\\s)—–]|\\Z)"), "”"),
)
MIN_LOST = 3


def repair(text: str) -> tuple[str, list[str]]:
    """The text without its damage, and warnings of what had to be guessed.

    >>> repair("â€œYes,â€\\x9d said JosÃ©. â€œNo.â€\\x9d")[0]
    '“Yes,” said José. “No.”'
    """
    if text.isascii():
        return text, []
    warnings: list[str] = []
    text = INVISIBLE.sub("", text)
    if len(CERTAIN.findall(text)) >= MIN_GARBLED:
        for _ in range(MAX_TIMES):
            text = CLOSING_MARK.sub("”", GARBLED.sub(_ungarble, text))
        warnings.append(
            "The text was garbled before it was saved, as in â€™ for an apostrophe. It is read as it was meant; "
            "check accented letters, or download it again."
        )
    if text.count(LOST) >= MIN_LOST:
        for pattern, mark in LOST_MARKS:
            text = pattern.sub(mark, text)
        warnings.append(
            "Characters were lost before the text was saved (they are �). Quotation marks and apostrophes are read "
            "by their places; check them, or download the story again."
        )
    return text, warnings


def _ungarble(match: re.Match[str]) -> str:
    try:
        return bytes(BYTES[character] for character in match.group()).decode("utf-8")
    except UnicodeDecodeError:
        return match.group()


# Mac OS Roman, the encoding of old Macs: “ is 0xD2, ” 0xD3, ’ 0xD5 and é 0x8E, where Windows-1252 has Ò, Ó, Õ and Ž.
MAC_ROMAN = re.compile(
    rb"(?:(?<=[\s(])|\A)\xd2(?=[A-Za-z])|(?<=[,.!?\xc9\xd1])\xd3(?=\s|\Z)|(?<=[a-z])\xd5(?=[a-z])"
    rb"|(?<=[a-z])[\x87\x88\x8a\x8e\x8f\x9f](?=[a-z\s])"
)
WINDOWS_QUOTES = re.compile(rb"[\x91-\x94]")
MIN_MAC_ROMAN = 3


def is_mac_roman(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 are Mac OS Roman and not Windows-1252.

    >>> is_mac_roman("“Yes,” he said. “It’s late.”".encode("mac_roman"))
    True
    """
    n_mac = len(MAC_ROMAN.findall(data))
    return n_mac >= MIN_MAC_ROMAN and n_mac > len(WINDOWS_QUOTES.findall(data))
