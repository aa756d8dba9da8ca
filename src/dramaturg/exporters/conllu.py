"""Reading → CoNLL-U: one word a line, with syntax if the reading has tokens, and entities as in CorefUD.

Universal Dependencies' CoNLL-U, with the attribute `Entity` of CorefUD 1.0 in MISC (Nedoluzhko et al. 2022, "CorefUD
1.0"). `SpaceAfter=No` and `SpacesAfter` keep white space, `MarksAfter` and `MarksBefore` keep the marks of italics, so
the text can be restored. In MISC, speech begins with `SpeechBegin`, `Speaker` and `Addressees` and ends with
`SpeechEnd`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

from dramaturg.exporters.common import entity_types
from dramaturg.exporters.common.coreference_brackets import bracketed_mentions, clusters_of
from dramaturg.exporters.common.word_table import Word, WordTable, words_of
from dramaturg.reading import Mention, Reading

ABOUT = "CoNLL-U: words and syntax, entities as in CorefUD"
SUFFIX = ".conllu"
# https://universaldependencies.org/u/pos/
UPOS_TAGS = frozenset("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
ESCAPED = str.maketrans({"\\": r"\\", " ": r"\s", "\n": r"\n", "\t": r"\t", "\r": r"\r", "|": r"\p", "_": r"\u005f"})
# The gap between two words: marks after the first, white space, marks before the second. Italics marks are not words.
BETWEEN = re.compile(r"(?P<after>\S*)(?P<spaces>.*?)(?P<before>\S*)", re.DOTALL)
LEADING = re.compile(r"(?P<spaces>.*?)(?P<before>\S*)", re.DOTALL)
TRAILING = re.compile(r"(?P<after>\S*)(?P<spaces>.*)", re.DOTALL)


def to_text(reading: Reading, *, id: str = "") -> str:
    """The document.

    `id`: the document's name; the story's file name if empty
    """
    return "".join(_lines(reading, " ".join((id or reading.story.source.path).split()) or "story"))


def _lines(reading: Reading, id: str) -> Iterator[str]:
    words = words_of(reading)
    misc = _misc(reading, words)
    chapters = {chapter.start: chapter.id for chapter in reading.story.chapters}
    yield f"# newdoc id = {id}\n# global.Entity = eid-etype-head-other\n"
    block = -1
    for number, sentence in enumerate(words.sentences, 1):
        first = words.words[sentence[0]]
        if first.block != block:
            block = first.block
            where = reading.story.blocks[block]
            yield f"# newpar id = p{block + 1}\n# role = {where.role}\n"
            if where.start in chapters:
                yield f"# chapter = {' '.join(chapters[where.start].split())}\n"
        yield f"# sent_id = s{number}\n"
        yield f"# text = {_text(words, sentence)}\n"
        yield from (_line(words, at, sentence, misc[at]) for at in sentence)
        yield "\n"


def _text(words: WordTable, sentence: range) -> str:
    """The words of a sentence, with one space where there is white space between them."""
    pieces = [words.text_of(sentence[0])]
    for left, right in pairwise(sentence):
        gap = words.text[words.words[left].end : words.words[right].start]
        pieces += [" " if any(c.isspace() for c in gap) else "", words.text_of(right)]
    return "".join(pieces)


def _line(words: WordTable, number: int, sentence: range, misc: list[str]) -> str:
    word = words.words[number]
    head, deprel = _syntax(word, sentence)
    pos = word.pos if word.pos in UPOS_TAGS else "X" if word.pos else "_"
    lemma = " ".join(word.lemma.split()) if word.lemma else "_"
    columns = [number - sentence[0] + 1, words.text_of(number), lemma or "_", pos, "_", "_", head, deprel, "_"]
    return "\t".join(map(str, [*columns, "|".join(misc) or "_"])) + "\n"


def _syntax(word: Word, sentence: range) -> tuple[str, str]:
    if word.deprel is None:
        return "_", "_"
    if word.head is None or word.head not in sentence:
        return "0", "root"
    return str(word.head - sentence[0] + 1), word.deprel


def _misc(reading: Reading, words: WordTable) -> dict[int, list[str]]:
    misc: dict[int, list[str]] = defaultdict(list)
    for number, brackets in _entities(reading, words).items():
        misc[number].append(f"Entity={brackets}")
    for quotation in reading.quotations:
        if place := words.within(quotation):
            attributes = misc[place[0]]
            attributes.append(f"SpeechBegin={_escape(quotation.id)}")
            if quotation.speaker is not None:
                attributes.append(f"Speaker={_escape(quotation.speaker)}")
            if quotation.addressees:
                attributes.append(f"Addressees={','.join(map(_escape, quotation.addressees))}")
            misc[place[-1]].append(f"SpeechEnd={_escape(quotation.id)}")
    for event in reading.events:
        for number in words.within(event):
            misc[number].append("Event=Yes")
    _add_gaps(words, misc)
    return defaultdict(list, {number: _merge_attributes(values) for number, values in misc.items()})


def _add_gaps(words: WordTable, misc: dict[int, list[str]]) -> None:
    """Add the white space and marks before, between and after the words to their MISC."""
    for left, right in pairwise([None, *range(len(words.words)), None]):
        start = 0 if left is None else words.words[left].end
        end = len(words.text) if right is None else words.words[right].start
        pattern = LEADING if left is None else TRAILING if right is None else BETWEEN
        parts = pattern.fullmatch(words.text[start:end])
        escaped = {name: part.translate(ESCAPED) for name, part in parts.groupdict().items()} if parts else {}
        spaces, before, after = (escaped.get(name) for name in ("spaces", "before", "after"))
        if left is not None:
            if not spaces:
                misc[left].append("SpaceAfter=No")
            elif spaces != r"\s":
                misc[left].append(f"SpacesAfter={spaces}")
            if after:
                misc[left].append(f"MarksAfter={after}")
        if right is not None:
            if left is None and spaces:
                misc[right].append(f"SpacesBefore={spaces}")
            if before:
                misc[right].append(f"MarksBefore={before}")


def _merge_attributes(values: list[str]) -> list[str]:
    """Merge attributes of one name into one, with commas between the values: MISC allows each name once."""
    found: dict[str, list[str]] = defaultdict(list)
    for value in values:
        name, _, rest = value.partition("=")
        if rest not in found[name]:
            found[name].append(rest)
    return [f"{name}={','.join(rests)}" for name, rests in found.items()]


def _entities(reading: Reading, words: WordTable) -> dict[int, str]:
    clusters = clusters_of(reading)
    opens: dict[int, list[tuple[int, str]]] = defaultdict(list)
    closes: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for mention, place in bracketed_mentions(reading, words):
        id = f"e{clusters[mention.entity] + 1}"
        opening = f"({id}-{entity_types.WORDS[mention.type]}-{_head(words, place)}-{_other(mention)}"
        if len(place) == 1:
            opens[place[0]].append((0, f"{opening})"))
        else:
            opens[place[0]].append((-place[-1], opening))
            closes[place[-1]].append((-place[0], f"{id})"))
    return {
        n: "".join(bracket for _, bracket in [*sorted(opens[n]), *sorted(closes[n])]) for n in sorted({*opens, *closes})
    }


def _head(words: WordTable, place: range) -> int:
    """Which of a mention's words is its head, from 1: the one whose head is outside, or without syntax the last."""
    for number in place:
        word = words.words[number]
        if word.deprel is not None and (word.head is None or word.head not in place):
            return number - place[0] + 1
    return len(place)


def _other(mention: Mention) -> str:
    kind = f"kind:{mention.kind}"
    return kind if mention.character is None else f"{kind},character:{_escape(mention.character)}"


def _escape(id: str) -> str:
    """An id with the characters that are special in MISC percent-encoded."""
    return quote(id, safe="").replace("-", "%2D")
