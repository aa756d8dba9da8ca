"""HTML and XHTML → passages: what a reader would see of a page, block by block. The EPUB reader calls it too.

What it promises:
- a passage is one block as it is shown: white space made one blank, ends stripped, <br> a newline, two a new passage
- left out: scripts, styles, hidden elements, ruby's readings, marks of footnotes, soft hyphens, word joiners
- kept: non-breaking and hair spaces, alternative texts of images (as passages of their own), rows of tables
- <hr> is a passage `* * *` with role scene_break; <h1> to <h6> have role heading and their level
- what epub:type, role or class name says becomes a role: notes' text back_matter, title pages front_matter …
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.lines import Piece
from dramaturg.story import Role, Span

SCENE_BREAK = "* * *"  # what stands in the text for a rule


@dataclass(slots=True)
class Element:
    """A block-level element, to ask what a passage lies in. `parent` is an index into `Markup.elements`, or -1."""

    parent: int
    tag: str
    attributes: dict[str, str]


@dataclass(slots=True)
class Passage:
    """One block of the page. `emphasis` counts from the passage's own start.

    `element`: index of the innermost block-level element. `anchors`: the ids and names that stand in or before
    it, as the fragments of links (`#chapter-2`) lead to them. `links`: characters that lie in links.
    """

    text: str
    role: Role | None = None
    level: int = 0
    emphasis: tuple[Span, ...] = ()
    element: int = 0
    anchors: tuple[str, ...] = ()
    links: int = 0


@dataclass(slots=True)
class LeftOut:
    """What of a file is not in the story's text, and why: one line for `dramaturg check`."""

    what: str
    why: str


@dataclass(slots=True)
class Markup:
    """A parsed page. `meta`: <meta> by name or property, in small letters."""

    passages: list[Passage] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    title: str | None = None
    language: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


@dataclass(slots=True)
class Joined:
    """Passages as one text, apart by a blank line, and the pieces for `find_structure`."""

    text: str
    pieces: list[Piece]
    emphasis: tuple[Span, ...]


def read_markup(source: str, name: str = "-", limits: Limits = DEFAULT) -> Markup:
    """What a reader would see of an HTML or XHTML document, whole or a fragment.

    `source` is decoded text; `name` is what an error calls it. Raises RefusedStory past the limits depth and time.
    """
    raise NotImplementedError


def join(passages: Iterable[Passage]) -> Joined:
    """The passages of one or more documents as one text."""
    raise NotImplementedError


def decode_markup(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text of an HTML or XML file and warnings: by its byte-order mark, what it declares, what it holds."""
    raise NotImplementedError
