"""Reading → CoNLL-2012: one word a line, coreference in the last column, who speaks in the tenth.

Pradhan et al. (2012), "CoNLL-2012 Shared Task". Columns: document, part, word number, word, part of speech, parse
bit, lemma, frameset, word sense, speaker, named entity, coreference. What is unknown is `-`, `*` where brackets would
stand. Each chapter is a part; clusters have the same numbers in all of them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from dramaturg.exporters.networks import chapter_finder, outermost
from dramaturg.exporters.people import whole_mentions
from dramaturg.exporters.words import Words, words_of
from dramaturg.reading import Mention, Reading

NOTHING = "-"


def to_text(reading: Reading, *, id: str = "", parts: bool = True, singletons: bool = True) -> str:
    """The document.

    `id`: what the document is called; the file's name where it is empty
    `parts`: whether each chapter is a part of its own
    `singletons`: whether entities that are mentioned once are marked, which CoNLL-2012 itself leaves out
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
            yield _line(words, number, sentence, f"{id} {part}", speakers.get(number, NOTHING), marks[number])
        yield "\n"
    yield "#end document\n"


def _line(words: Words, number: int, sentence: range, place: str, speaker: str, mark: list[str]) -> str:
    word = words.words[number]
    document, part = place.split()
    whole = "(TOP" if number == sentence[0] else ""
    bit = f"{whole}*{')' if number == sentence[-1] else ''}"
    lemma = _one_word(word.lemma) if word.lemma else NOTHING
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
    return "\t".join([*columns, "|".join(mark) or NOTHING]) + "\n"


def _one_word(said: str) -> str:
    return "_".join(said.split()) or NOTHING


def _speakers(reading: Reading, words: Words) -> dict[int, str]:
    """The speaker of each word that somebody known says."""
    return {
        number: _one_word(quotation.speaker)
        for quotation in outermost(reading)
        if quotation.speaker is not None
        for number in words.within(quotation)
    }


def _coreference(reading: Reading, words: Words, singletons: bool) -> dict[int, list[str]]:
    """For each word the brackets that begin and end there: the longer one opens first and closes last."""
    clusters = clusters_of(reading)
    sizes = Counter(mention.entity for mention in whole_mentions(reading))
    opens: dict[int, list[tuple[int, str]]] = defaultdict(list)
    closes: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for mention, place in bracketed(reading, words):
        if singletons or sizes[mention.entity] > 1:
            cluster = clusters[mention.entity]
            if len(place) == 1:
                opens[place[0]].append((1, f"({cluster})"))
            else:
                opens[place[0]].append((-place[-1], f"({cluster}"))
                closes[place[-1]].append((-place[0], f"{cluster})"))
    return defaultdict(list, {n: _in_order(opens[n]) + _in_order(closes[n]) for n in {*opens, *closes}})


def bracketed(reading: Reading, words: Words) -> Iterator[tuple[Mention, range]]:
    """The mentions that brackets in rows of words can hold, each with its words, which are of one sentence.

    Brackets of one cluster can nest but not cross, nor stand twice in one place: the later mention is left out then.
    """
    open: dict[str, list[range]] = defaultdict(list)
    placed = [(mention, place) for mention in reading.mentions if (place := words.in_sentence(mention))]
    for mention, place in sorted(placed, key=lambda pair: (pair[1].start, -pair[1].stop)):
        around = open[mention.entity]
        while around and around[-1].stop <= place.start:
            around.pop()
        if not around or (place.stop <= around[-1].stop and place != around[-1]):
            around.append(place)
            yield mention, place


def _in_order(brackets: list[tuple[int, str]]) -> list[str]:
    return [bracket for _, bracket in sorted(brackets)]


def clusters_of(reading: Reading) -> dict[str, int]:
    """A number for each coreference cluster, in the order in which they are first mentioned."""
    return {entity: n for n, entity in enumerate(dict.fromkeys(mention.entity for mention in reading.mentions))}
