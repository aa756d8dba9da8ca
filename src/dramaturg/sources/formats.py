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

    `name`: what `Source.format` calls it. `module`: the module with `read`, imported when the first such file is read.
    `signature`: what its files start with, where a few bytes are enough to recognise it. `extensions`: file name
    extensions, in lower case, which decide where the content does not. The formats that need more than these two
    (pages, e-books, Word documents) are recognised by rules in `recognise.py`.
    """

    name: str
    module: str
    extensions: tuple[str, ...] = ()
    signature: re.Pattern[bytes] | None = None

    def reader(self) -> Callable[..., Story]:
        """The function `read` of its module."""
        return import_module(self.module).read  # type: ignore[no-any-return]


FORMATS = (
    Format("text", "dramaturg.sources.plain", (".txt", ".text", ".log", ".asc")),
    Format("markdown", "dramaturg.sources.markdown", (".md", ".markdown", ".mdown", ".mkd")),
    Format("html", "dramaturg.sources.html", (".html", ".htm", ".xhtml", ".xht", ".shtml")),
    Format("epub", "dramaturg.sources.epub"),
    Format("docx", "dramaturg.sources.docx"),
)
