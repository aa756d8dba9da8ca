"""The words of a reading, for formats with one word a line.

The words of paragraphs are the reading's tokens, if it has them. Headings and notes have no tokens, so their words are
found here. Together the words cover the whole text, except white space and the marks of italics.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

from dramaturg.reading import Reading
from dramaturg.scan import scan
from dramaturg.story import Block


class Word(NamedTuple):
    """A word or punctuation mark. `head` is the number of a word, or None for a root and if it is unknown.

    `sentence` and `block` count from 0. `pos`, `lemma` and `deprel` are None if they are unknown.
    """

    start: int
    end: int
    sentence: int
    block: int
    pos: str | None
    lemma: str | None
    head: int | None
    deprel: str | None


@dataclass(frozen=True)
class WordTable:
    """All words of a text in order. Finds the words of a span."""

    text: str
    words: tuple[Word, ...]

    @cached_property
    def _starts(self) -> list[int]:
        return [word.start for word in self.words]

    @cached_property
    def _ends(self) -> list[int]:
        return [word.end for word in self.words]

    @cached_property
    def sentences(self) -> list[range]:
        """The numbers of each sentence's words."""
        cuts = [n for n, word in enumerate(self.words) if n == 0 or word.sentence != self.words[n - 1].sentence]
        return [range(a, b) for a, b in pairwise([*cuts, len(self.words)])]

    def within(self, span: Any) -> range:
        """The numbers of the words that overlap a span (anything with `start` and `end`). Can be empty."""
        return range(bisect_right(self._ends, span.start), bisect_left(self._starts, span.end))

    def in_sentence(self, span: Any) -> range:
        """The words of a span that are in the sentence in which it begins. Can be empty."""
        numbers = self.within(span)
        sentence = self.words[numbers[0]].sentence if numbers else 0
        while numbers and self.words[numbers[-1]].sentence != sentence:
            numbers = numbers[:-1]
        return numbers

    def text_of(self, number: int) -> str:
        """The text of a word, with `_` for white space inside it."""
        word = self.words[number]
        return "_".join(self.text[word.start : word.end].split()) or "_"

    def joined(self, numbers: Iterable[int]) -> str:
        """The text of some words with one space between them."""
        return " ".join(self.text_of(number) for number in numbers)


def words_of(reading: Reading) -> WordTable:
    """The words in the blocks of a reading's story."""
    story = reading.story
    columns = reading.tokens or _scanned(reading, [b for b in story.blocks if b.role == "paragraph"])
    others = _scanned(reading, _without_words(story.blocks, columns["start"]))
    found = sorted(
        (columns["start"][n], columns["end"][n], which, n)
        for which, columns in enumerate((columns, others))
        for n in range(len(columns["start"]))
    )
    numbers = {n: at for at, (_, _, which, n) in enumerate(found) if which == 0}
    starts = [block.start for block in story.blocks]
    words: list[Word] = []
    sentence, previous = -1, None
    for at, (start, end, which, n) in enumerate(found):
        source = others if which else columns
        current = (which, source["sentence"][n])
        sentence += current != previous
        previous = current
        head = None if which else numbers.get(_value(columns, "head", n))
        words.append(
            Word(
                start,
                end,
                sentence,
                max(0, bisect_right(starts, start) - 1),
                _value(source, "pos", n),
                _value(source, "lemma", n),
                None if head == at else head,
                _value(source, "deprel", n),
            )
        )
    return WordTable(story.text, tuple(words))


def _value(columns: dict[str, list[Any]], name: str, n: int) -> Any:
    return columns[name][n] if name in columns else None


def _without_words(blocks: tuple[Block, ...], starts: list[int]) -> list[Block]:
    """The blocks in which no word begins."""
    ordered = sorted(starts)
    return [block for block in blocks if bisect_left(ordered, block.start) == bisect_left(ordered, block.end)]


def _scanned(reading: Reading, blocks: list[Block]) -> dict[str, list[Any]]:
    paragraphs = tuple(replace(block, role="paragraph") for block in blocks)
    units = scan(replace(reading.story, blocks=paragraphs)).ud_words
    return {
        "start": units.places[:, 0].tolist(),
        "end": units.places[:, 1].tolist(),
        "sentence": units.sentence.tolist(),
    }
