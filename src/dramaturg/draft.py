"""A draft: what the scan finds in a story before anyone asks who is who.

Paragraphs, quotations, thoughts, sentences and tokens, each as places in `story.text`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.story import Block, Span, Story


@dataclass(frozen=True, slots=True)
class ScannedQuotation:
    """One stretch of direct speech, its marks included; it never crosses a block.

    `group`: index of the utterance; the parts of one utterance, broken by a tag or going on in the
    next paragraph, share it. `within`: index (in `Draft.quotations`) of the quotation that this one
    is quoted in, or None.
    """

    start: int
    end: int
    group: int
    within: int | None = None


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
    """Syntactic words, as Universal Dependencies counts them: what the encoder and the layers over it see.

    `places`: start and end in code points, int32, shape (units, 2). `sentence`: index in `Draft.sentences`, int32,
    shape (units,). A token of `Tokens` holds one unit or more.
    """

    places: NDArray[np.int32]
    sentence: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.places)


def sentence_bounds(sentence: NDArray[np.int32]) -> list[tuple[int, int]]:
    """First and last (excluded) row of each run of one sentence's units."""
    if not len(sentence):
        return []
    cuts = [0, *(np.flatnonzero(sentence[1:] != sentence[:-1]) + 1).tolist(), len(sentence)]
    return list(zip(cuts[:-1], cuts[1:], strict=True))


BREAK, HEADING = 10, 20  # how far apart paragraphs are for what stands between them, counted in paragraphs


def positions_of(blocks: Iterable[Block]) -> tuple[int, ...]:
    """The position of each paragraph among a story's blocks, in order: see Draft."""
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

    `paragraphs` are the story's blocks of role `paragraph`, in order; only these are scanned. `positions`: where each
    stands: one further than the paragraph before, and further still across a scene break or a heading.
    `quotations` are sorted by start, an outer one before what is quoted inside it. `thoughts` are
    stretches that are set apart as a person's thoughts; they overlap no quotation.
    `language`: the words and patterns that the story is read with.
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

    @property
    def text(self) -> str:
        """The story's text."""
        return self.story.text
