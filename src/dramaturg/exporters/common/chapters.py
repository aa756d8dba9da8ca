"""The chapters of a story as exports show them: every character of the text belongs to one."""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from dramaturg.reading import Reading


class ChapterSpan(NamedTuple):
    """A chapter, or the text before the first one, whose number is 0. `start` and `end` are offsets in the text."""

    number: int
    title: str | None
    start: int
    end: int


def chapter_spans(reading: Reading) -> list[ChapterSpan]:
    """The whole text, divided into the text before the first chapter (if there is any) and the chapters.

    Text between two chapters belongs to the first of them. A story without chapters is one span.
    """
    story = reading.story
    heads = [(n, chapter.title, chapter.start) for n, chapter in enumerate(story.chapters, 1)]
    if not heads or any(block.end <= heads[0][2] for block in story.blocks):
        heads = [(0, None, 0), *heads]
    ends = [*(start for *_, start in heads[1:]), len(story.text)]
    return [ChapterSpan(*head, end) for head, end in zip(heads, ends, strict=True)]


def chapter_finder(reading: Reading) -> Callable[[int], int]:
    """A function from an offset in the text to the number of its chapter, 0 before the first."""
    starts = [chapter.start for chapter in reading.story.chapters]
    return lambda offset: bisect_right(starts, offset)
