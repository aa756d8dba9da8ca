"""A story: its verbatim text, and its structure as spans over that text.

Every `start` and `end` in dramaturg counts Unicode code points of `Story.text`, and `end` is excluded.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

Role = Literal[
    "title",
    "heading",
    "front_matter",
    "authors_note",
    "summary",
    "paragraph",
    "scene_break",
    "back_matter",
]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Span:
    """A part of the story's text, `[start, end)`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the text with one role. Blocks are in order and do not overlap.

    A block has no white space at its ends. A hard-wrapped paragraph is one block with newlines in it.
    """

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: from its heading, or its first paragraph, to the start of the next chapter."""

    id: str
    title: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a story comes from. `path`: the file name without folders, or `-` for standard input."""

    path: str
    format: str
    title: str | None
    author: str | None
    sha256: str
    language: str | None
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in the file that is not in the story's text. `what`: its first words or its name."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """One work of fiction. It is immutable: all that is found later are spans of `text`.

    `left_out` lists, for users, what of the file was not read. It is not saved with a reading, and does not count when
    stories are compared.
    """

    text: str
    blocks: tuple[Block, ...]
    source: Source
    emphasis: tuple[Span, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    warnings: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = field(default=(), compare=False)

    def text_of(self, span: Span | Block | Chapter) -> str:
        """The text that a span covers."""
        return self.text[span.start : span.end]
