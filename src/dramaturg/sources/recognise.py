"""What a file is: by what is in it, several signs together; its name only helps where they leave a doubt."""

import codecs
import re
from pathlib import PurePath
from typing import Literal

from dramaturg.sources.markdown import looks_like_markdown
from dramaturg.sources.mhtml import looks_like_mhtml

Format = Literal["text", "markdown", "html", "epub", "docx"]

SAMPLE = 1 << 18  # bytes looked at
LIST = 1 << 22  # bytes at a zip's end among which its list of files stands
MIN_TAGS = 4  # tags in a fragment of HTML; a text may show one or two

MARKDOWN = (".md", ".markdown", ".mdown", ".mkd")
PLAIN = (".txt", ".text", ".log", ".asc")
HTML = (".html", ".htm", ".xhtml", ".xht", ".shtml")

ZIP = b"PK\x03\x04"
# What a page opens with. Comments and declarations may stand before it.
OPENING = re.compile(
    r"\s*(?:(?:<\?xml[^>]{0,300}>|<!--(?:(?!-->).){0,5000}-->|<!DOCTYPE(?!\s+(?:TEI|book))[^>]{0,300}>)\s*)*"
    r"<(?:html|head|body|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
DOCTYPE = re.compile(r"\s*<!DOCTYPE\s+html\b", re.IGNORECASE)
BLOCK_TAG = re.compile(r"<(?:p|br|div|h[1-6]|hr|blockquote|li|td)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
TAG = re.compile(r"</?(?:[a-z]{1,10}|h[1-6])(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)


def recognise(data: bytes, name: str) -> Format:
    """The format of a file called `name`. What is none of ours is "text", whose reader says what else it is.

    >>> recognise(b"<!DOCTYPE html><html><p>She ran.</p></html>", "story.txt")
    'html'
    >>> recognise(b"She wrote <b>no</b> on the wall.", "story.txt")
    'text'
    """
    if data.startswith(ZIP):
        return _recognise_zip(data)
    sample = _decode(data[:SAMPLE])
    suffix = PurePath(name).suffix.lower()
    if OPENING.match(sample) or DOCTYPE.match(sample) or looks_like_mhtml(data):
        return "html"
    if suffix in MARKDOWN:
        return "markdown"
    if _is_fragment(sample, suffix):
        return "html"
    if suffix not in PLAIN and looks_like_markdown(sample):
        return "markdown"
    return "text"


def _recognise_zip(data: bytes) -> Format:
    """By the names that the archive lists at its end; nothing is unpacked."""
    listed = (data[:200] + data[-LIST:]).lower()
    if b"application/epub+zip" in listed[:200] or b"meta-inf/container.xml" in listed:
        return "epub"
    if b"word/document" in listed or (b"[content_types].xml" in listed and b"word/" in listed):
        return "docx"
    return "epub" if b".opf" in listed else "text"


def _is_fragment(sample: str, suffix: str) -> bool:
    """A page without a head: blocks by tags, hardly any without; or tags at all where the name says HTML."""
    n_blocks = sum(1 for _ in BLOCK_TAG.finditer(sample))
    if suffix in HTML:
        return n_blocks > 0 or TAG.search(sample) is not None
    if n_blocks < MIN_TAGS:
        return False
    n_lines = sum(1 for line in sample.split("\n") if line.strip())
    return sample.lstrip().startswith("<") and n_blocks >= 0.3 * n_lines


def _decode(sample: bytes) -> str:
    """Enough of a text to know it; tags are ASCII in every encoding but UTF-16 and UTF-32."""
    for bom, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if sample.startswith(bom):
            return sample[2:].decode(encoding, "ignore")
    return sample.replace(b"\0", b"").decode("utf-8", "ignore").removeprefix("\ufeff")
