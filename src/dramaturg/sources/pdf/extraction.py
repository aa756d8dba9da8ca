"""PDF bytes → pages with fragments of text, by PDFium in a process of its own (`pdfium_process.py`)."""

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from dramaturg.errors import MissingExtra, RefusedStory, UnreadableStory
from dramaturg.sources.limits import Limits, limit_exceeded

SCRIPT = Path(__file__).with_name("pdfium_process.py")
OWN_MEMORY = 256 << 20  # bytes for Python and PDFium, besides the file and what it unpacks to
ITALIC, BOLD, INVISIBLE = 1, 2, 4  # bits of a style


class Fragment(NamedTuple):
    """Text on one line in one style. Places and sizes are in points, from the lower left corner of the page.

    `text`: begins with a space where one separates it from the text before it. `style`: bits of ITALIC, BOLD and
    INVISIBLE (text that a scanner's software put behind a picture).
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float
    style: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page. `has_picture`: whether there are pictures, for a page with little text."""

    width: float
    height: float
    has_picture: bool
    fragments: tuple[Fragment, ...]


class Bookmark(NamedTuple):
    """An entry of the outline. `level`: from 0. `page`: an index."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class Document:
    """What PDFium reads of a file. `n_damaged`: pages that it cannot read; they are empty in `pages`."""

    title: str
    author: str
    outline: tuple[Bookmark, ...]
    pages: tuple[Page, ...]
    n_damaged: int


def extract(data: bytes, name: str, limits: Limits) -> Document:
    """The pages of a PDF called `name`.

    Raises MissingExtra without pypdfium2, UnreadableStory if the file is damaged, and RefusedStory if it needs a
    password or passes the limits `time`, `archive_size` (as memory) and `file_size` (as characters of text).
    """
    if find_spec("pypdfium2") is None:
        raise MissingExtra(f"{name}: PDFs need pypdfium2, which is not installed: pip install 'dramaturg[pdf]'")
    result = json.loads(_run(data, name, limits))
    error = result.get("error")
    if error == "password":
        raise RefusedStory(f"{name}: this PDF is encrypted with a password. Save it without a password and read that.")
    if error == "characters":
        what = f"its text has more than {limits.file_size:,} characters"
        raise limit_exceeded(name, limits, "file_size", what)
    if error:
        raise _damaged(name)
    return Document(
        result["title"],
        result["author"],
        tuple(Bookmark(*entry) for entry in result["outline"]),
        tuple(_page(page) for page in result["pages"]),
        sum(page is None for page in result["pages"]),
    )


def _run(data: bytes, name: str, limits: Limits) -> bytes:
    memory = limits.archive_size + 2 * len(data) + OWN_MEMORY
    command = [sys.executable, "-P", str(SCRIPT), str(limits.file_size), str(memory), str(max(limits.time, 0) + 1)]
    try:
        process = subprocess.run(command, input=data, capture_output=True, timeout=max(limits.time, 0), check=False)
    except subprocess.TimeoutExpired as error:
        raise limit_exceeded(name, limits, "time", "it takes too long to read") from error
    if process.returncode == 0:
        return process.stdout
    if b"MemoryError" in process.stderr:
        raise limit_exceeded(name, limits, "archive_size", "it takes too much memory to read")
    raise _damaged(name)


def _damaged(name: str) -> UnreadableStory:
    return UnreadableStory(
        f"{name}: this PDF is damaged. Download it again, or open it elsewhere and print it to a new PDF."
    )


def _page(page: dict[str, object] | None) -> Page:
    if page is None:
        return Page(0.0, 0.0, False, ())
    fragments = tuple(Fragment(*fragment) for fragment in page["fragments"])  # type: ignore[attr-defined]
    return Page(float(page["width"]), float(page["height"]), bool(page["has_picture"]), fragments)  # type: ignore[arg-type]
