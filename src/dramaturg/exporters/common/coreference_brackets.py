"""Coreference as brackets in rows of words, for CoNLL-2012 and CoNLL-U."""

from collections import defaultdict
from collections.abc import Iterator

from dramaturg.exporters.common.word_table import WordTable
from dramaturg.reading import Mention, Reading


def bracketed_mentions(reading: Reading, words: WordTable) -> Iterator[tuple[Mention, range]]:
    """The mentions that can be written as brackets, each with the numbers of its words in one sentence.

    Brackets of one cluster may nest but not cross or coincide; if they would, the later mention is left out.
    """
    open: dict[str, list[range]] = defaultdict(list)
    placed = [(mention, place) for mention in reading.mentions if (place := words.in_sentence(mention))]
    for mention, place in sorted(placed, key=lambda pair: (pair[1].start, -pair[1].stop)):
        open_spans = open[mention.entity]
        while open_spans and open_spans[-1].stop <= place.start:
            open_spans.pop()
        if not open_spans or (place.stop <= open_spans[-1].stop and place != open_spans[-1]):
            open_spans.append(place)
            yield mention, place


def clusters_of(reading: Reading) -> dict[str, int]:
    """A number for each coreference cluster, in order of first mention."""
    return {entity: n for n, entity in enumerate(dict.fromkeys(mention.entity for mention in reading.mentions))}
