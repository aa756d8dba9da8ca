"""Reading → CoNLL-2012: one word a line, coreference in the last column, the speaker in the tenth.

Pradhan et al. (2012), "CoNLL-2012 Shared Task". Columns: document, part, word number, word, part of speech, parse bit,
lemma, frameset, word sense, speaker, named entity, coreference. Unknown values are `-`, or `*` in columns of brackets.
Each chapter is a part, and clusters have the same numbers in all parts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from dramaturg.exporters.common.chapters import chapter_finder
from dramaturg.exporters.common.coreference_brackets import bracketed_mentions, clusters_of
from dramaturg.exporters.common.mentions import outermost_quotations, whole_mentions
from dramaturg.exporters.common.word_table import WordTable, words_of
from dramaturg.reading import Reading

ABOUT = "CoNLL-2012: coreference, with speakers"
SUFFIX = ".conll"
NO_VALUE = "-"


def to_text(reading: Reading, *, id: str = "", parts: bool = True, singletons: bool = True) -> str:
    """The document.

    `id`: the document's name; the story's file name if empty
    `parts`: make each chapter a part
    `singletons`: mark entities that are mentioned once, which CoNLL-2012 itself leaves out
    """
    return "".join(_lines(reading, _id(id or reading.story.source.path), parts, singletons))


def _id(name: str) -> str:
    return "".join("_" if c.isspace() or c in "()" else c for c in name) or "story"


def _lines(reading: Reading, id: str, parts: bool, singletons: bool) -> Iterator[str]:
    words = words_of(reading)
    marks = _coreference(reading, words, singletons)
    speakers = _speakers(reading, words)
    chapter_of = chapter_finder(reading)
    part = -1
    for sentence in words.sentences or [range(0)]:
        chapter = chapter_of(words.words[sentence[0]].start) if parts and sentence else 0
        if chapter != part:
            if part >= 0:
                yield "#end document\n"
            yield f"#begin document ({id}); part {chapter:03d}\n"
            part = chapter
        for number in sentence:
            yield _line(words, number, sentence, f"{id} {part}", speakers.get(number, NO_VALUE), marks[number])
        yield "\n"
    yield "#end document\n"


def _line(words: WordTable, number: int, sentence: range, place: str, speaker: str, mark: list[str]) -> str:
    word = words.words[number]
    document, part = place.split()
    whole = "(TOP" if number == sentence[0] else ""
    bit = f"{whole}*{')' if number == sentence[-1] else ''}"
    lemma = _without_spaces(word.lemma) if word.lemma else NO_VALUE
    pos = word.pos or "XX"
    columns = [
        document,
        part,
        str(number - sentence[0]),
        words.text_of(number),
        pos,
        bit,
        lemma,
        "-",
        "-",
        speaker,
        "*",
    ]
    return "\t".join([*columns, "|".join(mark) or NO_VALUE]) + "\n"


def _without_spaces(text: str) -> str:
    return "_".join(text.split()) or NO_VALUE


def _speakers(reading: Reading, words: WordTable) -> dict[int, str]:
    """The speaker of each word, by the word's number, where the speaker is known."""
    return {
        number: _without_spaces(quotation.speaker)
        for quotation in outermost_quotations(reading)
        if quotation.speaker is not None
        for number in words.within(quotation)
    }


def _coreference(reading: Reading, words: WordTable, singletons: bool) -> dict[int, list[str]]:
    """The brackets that begin and end at each word. A longer bracket opens first and closes last."""
    clusters = clusters_of(reading)
    sizes = Counter(mention.entity for mention in whole_mentions(reading))
    opens: dict[int, list[tuple[int, str]]] = defaultdict(list)
    closes: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for mention, place in bracketed_mentions(reading, words):
        if singletons or sizes[mention.entity] > 1:
            cluster = clusters[mention.entity]
            if len(place) == 1:
                opens[place[0]].append((1, f"({cluster})"))
            else:
                opens[place[0]].append((-place[-1], f"({cluster}"))
                closes[place[-1]].append((-place[0], f"{cluster})"))
    return defaultdict(list, {n: _in_order(opens[n]) + _in_order(closes[n]) for n in {*opens, *closes}})


def _in_order(brackets: list[tuple[int, str]]) -> list[str]:
    return [bracket for _, bracket in sorted(brackets)]
