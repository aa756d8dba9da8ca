"""A draft: what the scan finds in a story, before the layers and the cast.

Paragraphs, quotations, thoughts, sentences and tokens, each as spans of `story.text`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.story import Block, Span, Story


@dataclass(frozen=True, slots=True)
class ScannedQuotation:
    """One stretch of direct speech, its quotation marks included; it never crosses a block.

    `group`: index of the utterance; the parts of one utterance, interrupted by a tag or continued in the next
    paragraph, share it. `within`: index in `Draft.quotations` of the quotation that this one is inside, or None.
    """

    start: int
    end: int
    group: int
    within: int | None = None


def outermost(quotations: Iterable[ScannedQuotation]) -> list[ScannedQuotation]:
    """The quotations that are not inside another one, in order."""
    return [quotation for quotation in quotations if quotation.within is None]


def outermost_at(quotations: Sequence[ScannedQuotation], positions: NDArray[np.int32]) -> NDArray[np.int32]:
    """For each position in the text the index of the outermost quotation around it, or -1: (positions,).

    `quotations`: sorted by start. `positions`: in code points.
    """
    numbers = np.array([i for i, quotation in enumerate(quotations) if quotation.within is None], dtype=np.int32)
    if not len(numbers):
        return np.full(len(positions), -1, dtype=np.int32)
    starts = np.array([quotations[i].start for i in numbers], dtype=np.int32)
    ends = np.array([quotations[i].end for i in numbers], dtype=np.int32)
    before = np.searchsorted(starts, positions, side="right") - 1
    is_inside = (before >= 0) & (positions < ends[before])
    return np.where(is_inside, numbers[before], -1).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens as columns, each an int32 array of shape (tokens,).

    `start`, `end`: code points. `sentence`: index in `Draft.sentences`. `paragraph`: index in
    `Draft.paragraphs`. `quotation`: index in `Draft.quotations` of the outermost quotation around
    the token, or -1 in narration.
    """

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    sentence: NDArray[np.int32]
    paragraph: NDArray[np.int32]
    quotation: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class UDWords:
    """Syntactic words (units), as Universal Dependencies counts them. The encoder and the neural layers read these.

    `places`: start and end in code points, int32, shape (units, 2). `sentence`: index in `Draft.sentences`, int32,
    shape (units,). A token of `Tokens` is one unit or more.
    """

    places: NDArray[np.int32]
    sentence: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.places)


def sentence_bounds(sentence: NDArray[np.int32]) -> list[tuple[int, int]]:
    """First and last (excluded) row of each sentence in a column of sentence numbers."""
    if not len(sentence):
        return []
    cuts = [0, *(np.flatnonzero(sentence[1:] != sentence[:-1]) + 1).tolist(), len(sentence)]
    return list(zip(cuts[:-1], cuts[1:], strict=True))


# The distance between the paragraphs before and after a scene break or a heading, counted in paragraphs.
BREAK, HEADING = 10, 20


def positions_of(blocks: Iterable[Block]) -> tuple[int, ...]:
    """`Draft.positions` of a story's blocks."""
    found, at = [], 0
    for block in blocks:
        if block.role == "paragraph":
            found.append(at)
            at += 1
        else:
            at += HEADING if block.role in ("title", "heading") else BREAK
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Draft:
    """A scanned story.

    `paragraphs` are the story's blocks of role `paragraph`, in order; only these are scanned. `positions`: a number
    for each paragraph, one more than for the paragraph before it, or `BREAK` or `HEADING` more across one of those.
    `quotations` are sorted by start, an outer one before those inside it. `thoughts` are stretches that are marked as
    a person's thoughts; they do not overlap quotations.
    `language`: the words and patterns that the story is read with. `labels`: what names the speaker of a labelled line
    (`VANE: Is the key here?`), in order.
    """

    story: Story
    paragraphs: tuple[Block, ...]
    quotations: tuple[ScannedQuotation, ...]
    thoughts: tuple[Span, ...]
    sentences: tuple[Span, ...]
    tokens: Tokens
    ud_words: UDWords
    positions: tuple[int, ...]
    language: Language = ENGLISH
    labels: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """The story's text."""
        return self.story.text

    def outermost_of(self, quotation: int) -> int:
        """The index of the outermost quotation around a quotation, both by their index in `quotations`."""
        while (within := self.quotations[quotation].within) is not None:
            quotation = within
        return quotation
