"""A story: its verbatim text, and its structure as spans over that text.

Every `start` and `end` in dramaturg counts Unicode code points of `Story.text`; `end` is excluded.
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
    """A stretch of the story's text, `[start, end)`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the text with one role. Blocks stand in order and do not overlap.

    A block holds no white space at its ends. A hard-wrapped paragraph is one block, newlines inside.
    """

    start: int
    end: int
    role: Role


@dataclass(frozen=True, slots=True)
class Chapter:
    """From its heading (or its first paragraph) to where the next chapter begins."""

    id: str
    title: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a story came from. `path` is the file's name alone, or `-` for standard input."""

    path: str
    format: str
    title: str | None
    author: str | None
    sha256: str
    language: str | None
    metadata: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in the file that is not in the story's text: its first words or its name, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Story:
    """One work of fiction. Immutable: whatever is found later is spans over `text`.

    `left_out` tells a person what of the file is not read; it is no part of the story, and is not saved with it.
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
