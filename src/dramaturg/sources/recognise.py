"""Which format a file has. Its content decides, by several signs together; its name only where they leave a doubt."""

import codecs
import re
from collections.abc import Sequence
from pathlib import PurePath

from dramaturg.sources.formats import FORMATS, Format
from dramaturg.sources.markdown import looks_like_markdown
from dramaturg.sources.mhtml import looks_like_mhtml

SAMPLE_BYTES = 1 << 18  # from the start of the file
ZIP_LIST_BYTES = 1 << 22  # from the end of a ZIP file, where the list of its files is
MIN_BLOCK_TAGS = 4  # in a fragment of HTML; plain text may mention one or two

ZIP = b"PK\x03\x04"
# What a page opens with. Comments and declarations may come before it.
OPENING = re.compile(
    r"\s*(?:(?:<\?xml[^>]{0,300}>|<!--(?:(?!-->).){0,5000}-->|<!DOCTYPE(?!\s+(?:TEI|book))[^>]{0,300}>)\s*)*"
    r"<(?:html|head|body|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
DOCTYPE = re.compile(r"\s*<!DOCTYPE\s+html\b", re.IGNORECASE)
BLOCK_TAG = re.compile(r"<(?:p|br|div|h[1-6]|hr|blockquote|li|td)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
TAG = re.compile(r"</?(?:[a-z]{1,10}|h[1-6])(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)


def recognise(data: bytes, name: str, formats: Sequence[Format] = FORMATS) -> str:
    """The name of the format of a file called `name`.

    A file of any other kind is "text": the reader of plain text refuses what is not text, and says what it is.

    >>> recognise(b"<!DOCTYPE html><html><p>She ran.</p></html>", "story.txt")
    'html'
    >>> recognise(b"She wrote <b>no</b> on the wall.", "story.txt")
    'text'
    """
    for format in formats:
        if format.signature is not None and format.signature.match(data):
            return format.name
    if data.startswith(ZIP):
        return _recognise_zip(data)
    sample = _decode(data[:SAMPLE_BYTES])
    suffix = PurePath(name).suffix.lower()
    by_extension = next((format.name for format in formats if suffix in format.extensions), None)
    if OPENING.match(sample) or DOCTYPE.match(sample) or looks_like_mhtml(data):
        return "html"
    if by_extension not in (None, "text", "html"):  # pages and plain text are often saved under each other's extension
        return by_extension
    if _is_fragment(sample, named_html=by_extension == "html"):
        return "html"
    if by_extension != "text" and looks_like_markdown(sample):
        return "markdown"
    return "text"


def _recognise_zip(data: bytes) -> str:
    """By the file names listed at the end of the archive; nothing is unpacked."""
    listed = (data[:200] + data[-ZIP_LIST_BYTES:]).lower()
    if b"application/epub+zip" in listed[:200] or b"meta-inf/container.xml" in listed:
        return "epub"
    if b"application/vnd.oasis.opendocument.text" in listed[:200]:
        return "odt"
    if b"word/document" in listed or (b"[content_types].xml" in listed and b"word/" in listed):
        return "docx"
    if b"metadata.opf" in listed and (b"index.html" in listed or b"index.txt" in listed):
        return "text"  # HTMLZ and TXTZ, which hold one file
    return "epub" if b".opf" in listed else "text"


def _is_fragment(sample: str, *, named_html: bool) -> bool:
    """Whether it is a page without a head: text mostly inside block tags, or any tags where the name says HTML."""
    n_blocks = sum(1 for _ in BLOCK_TAG.finditer(sample))
    if named_html:
        return n_blocks > 0 or TAG.search(sample) is not None
    if n_blocks < MIN_BLOCK_TAGS:
        return False
    n_lines = sum(1 for line in sample.split("\n") if line.strip())
    return sample.lstrip().startswith("<") and n_blocks >= 0.3 * n_lines


def _decode(sample: bytes) -> str:
    """The sample as text, well enough to find tags: they are ASCII in every encoding but UTF-16 and UTF-32."""
    for bom, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if sample.startswith(bom):
            return sample[2:].decode(encoding, "ignore")
    return sample.replace(b"\0", b"").decode("utf-8", "ignore").removeprefix("\ufeff")
