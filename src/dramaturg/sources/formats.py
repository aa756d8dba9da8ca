"""The file formats that stories are read from: one module and one line for each.

A format's module has one public function, which makes a Story of the bytes of a file:

    def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story: ...

`name` is the name of the file, for `Source.path` and for messages; `language` has the words that headings, notes and
labels are found by. It raises UnreadableStory if the file holds no story, and RefusedStory if it is encrypted or past a
limit.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from dramaturg.story import Story


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    `name`: its name in `Source.format`. `about`: what such a file is, for messages. `module`: the module with `read`,
    imported when the first such file is read. `extensions`: file name extensions, in lower case, which decide where the
    content does not. `signature`: what its files start with, where a few bytes are enough to recognise it. Formats that
    need more than these two (pages, e-books, Word documents) are recognised by rules in `recognise.py`.
    """

    name: str
    about: str
    module: str
    extensions: tuple[str, ...] = ()
    signature: re.Pattern[bytes] | None = None

    def reader(self) -> Callable[..., Story]:
        """The function `read` of its module."""
        return import_module(self.module).read  # type: ignore[no-any-return]


FORMATS = (
    Format("text", "plain text", "dramaturg.sources.plain", (".txt", ".text", ".log", ".asc")),
    Format("markdown", "Markdown", "dramaturg.sources.markdown", (".md", ".markdown", ".mdown", ".mkd")),
    Format("html", "a web page (HTML)", "dramaturg.sources.html", (".html", ".htm", ".xhtml", ".xht", ".shtml")),
    Format("epub", "an e-book (EPUB)", "dramaturg.sources.epub"),
    Format("docx", "a Word document (DOCX)", "dramaturg.sources.docx"),
    Format(
        "fb2",
        "a FictionBook (FB2)",
        "dramaturg.sources.fb2",
        (".fb2",),
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:\w+:)?FictionBook\b", re.DOTALL
        ),
    ),
    Format(
        "odt",
        "an OpenDocument text (ODT, FODT)",
        "dramaturg.sources.odt",
        (".fodt",),
        re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?<office:document\b"),
    ),
    Format("rtf", "an RTF document", "dramaturg.sources.rtf", (), re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\\rtf")),
    Format("pdf", "a PDF", "dramaturg.sources.pdf", (".pdf",), re.compile(rb"(?:\xef\xbb\xbf|\s){0,20}%PDF-")),
)
