"""Reading → CoNLL-U: a word a line, with syntax where the reading holds it, entities as CorefUD has them.

Universal Dependencies' CoNLL-U, and CorefUD 1.0's `Entity` in MISC (Nedoluzhko et al. 2022, "CorefUD 1.0"). White
space is kept by `SpaceAfter=No` and `SpacesAfter`, marks of italics by `MarksAfter` and `MarksBefore`, so that the text
can be put together again. Speech begins with `SpeechBegin`, `Speaker` and `Addressees` in MISC, and ends with
`SpeechEnd`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import quote

from dramaturg.exporters.conll import bracketed, clusters_of
from dramaturg.exporters.tei import TYPE_WORDS
from dramaturg.exporters.words import Word, Words, words_of
from dramaturg.reading import Mention, Reading

# https://universaldependencies.org/u/pos/
TAGS = frozenset("ADJ ADP ADV AUX CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X".split())
ESCAPED = str.maketrans({"\\": r"\\", " ": r"\s", "\n": r"\n", "\t": r"\t", "\r": r"\r", "|": r"\p", "_": r"\u005f"})
# What stands between two words: marks at the one, white space, marks at the other. Those of italics are no words.
BETWEEN = re.compile(r"(?P<after>\S*)(?P<spaces>.*?)(?P<before>\S*)", re.DOTALL)
LEADING = re.compile(r"(?P<spaces>.*?)(?P<before>\S*)", re.DOTALL)
TRAILING = re.compile(r"(?P<after>\S*)(?P<spaces>.*)", re.DOTALL)


def to_text(reading: Reading, *, id: str = "") -> str:
    """The document.

    `id`: what the document is called; the file's name where it is empty
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


def _text(words: Words, sentence: range) -> str:
    """The words of a sentence with a blank where there is white space between them."""
    said = [words.text_of(sentence[0])]
    for one, other in pairwise(sentence):
        gap = words.text[words.words[one].end : words.words[other].start]
        said += [" " if any(c.isspace() for c in gap) else "", words.text_of(other)]
    return "".join(said)


def _line(words: Words, number: int, sentence: range, misc: list[str]) -> str:
    word = words.words[number]
    head, deprel = _syntax(word, sentence)
    pos = word.pos if word.pos in TAGS else "X" if word.pos else "_"
    lemma = " ".join(word.lemma.split()) if word.lemma else "_"
    columns = [number - sentence[0] + 1, words.text_of(number), lemma or "_", pos, "_", "_", head, deprel, "_"]
    return "\t".join(map(str, [*columns, "|".join(misc) or "_"])) + "\n"


def _syntax(word: Word, sentence: range) -> tuple[str, str]:
    if word.deprel is None:
        return "_", "_"
    if word.head is None or word.head not in sentence:
        return "0", "root"
    return str(word.head - sentence[0] + 1), word.deprel


def _misc(reading: Reading, words: Words) -> dict[int, list[str]]:
    misc: dict[int, list[str]] = defaultdict(list)
    for number, brackets in _entities(reading, words).items():
        misc[number].append(f"Entity={brackets}")
    for quotation in reading.quotations:
        if place := words.within(quotation):
            said = misc[place[0]]
            said.append(f"SpeechBegin={_safe(quotation.id)}")
            if quotation.speaker is not None:
                said.append(f"Speaker={_safe(quotation.speaker)}")
            if quotation.addressees:
                said.append(f"Addressees={','.join(map(_safe, quotation.addressees))}")
            misc[place[-1]].append(f"SpeechEnd={_safe(quotation.id)}")
    for event in reading.events:
        for number in words.within(event):
            misc[number].append("Event=Yes")
    _tell_gaps(words, misc)
    return defaultdict(list, {number: _named_once(values) for number, values in misc.items()})


def _tell_gaps(words: Words, misc: dict[int, list[str]]) -> None:
    """Add what stands before, between and after the words to what is told of them."""
    for one, other in pairwise([None, *range(len(words.words)), None]):
        start = 0 if one is None else words.words[one].end
        end = len(words.text) if other is None else words.words[other].start
        pattern = LEADING if one is None else TRAILING if other is None else BETWEEN
        parts = pattern.fullmatch(words.text[start:end])
        told = {name: part.translate(ESCAPED) for name, part in parts.groupdict().items()} if parts else {}
        spaces, before, after = (told.get(name) for name in ("spaces", "before", "after"))
        if one is not None:
            if not spaces:
                misc[one].append("SpaceAfter=No")
            elif spaces != r"\s":
                misc[one].append(f"SpacesAfter={spaces}")
            if after:
                misc[one].append(f"MarksAfter={after}")
        if other is not None:
            if one is None and spaces:
                misc[other].append(f"SpacesBefore={spaces}")
            if before:
                misc[other].append(f"MarksBefore={before}")


def _named_once(values: list[str]) -> list[str]:
    """MISC names each thing once: what begins or ends twice at a word is listed by commas."""
    found: dict[str, list[str]] = defaultdict(list)
    for value in values:
        name, _, rest = value.partition("=")
        if rest not in found[name]:
            found[name].append(rest)
    return [f"{name}={','.join(rests)}" for name, rests in found.items()]


def _entities(reading: Reading, words: Words) -> dict[int, str]:
    clusters = clusters_of(reading)
    opens: dict[int, list[tuple[int, str]]] = defaultdict(list)
    closes: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for mention, place in bracketed(reading, words):
        id = f"e{clusters[mention.entity] + 1}"
        told = f"({id}-{TYPE_WORDS[mention.type]}-{_head(words, place)}-{_other(mention)}"
        if len(place) == 1:
            opens[place[0]].append((0, f"{told})"))
        else:
            opens[place[0]].append((-place[-1], told))
            closes[place[-1]].append((-place[0], f"{id})"))
    return {
        n: "".join(bracket for _, bracket in [*sorted(opens[n]), *sorted(closes[n])]) for n in sorted({*opens, *closes})
    }


def _head(words: Words, place: range) -> int:
    """Which of a mention's words is its head, from 1: the one that hangs outside; without syntax the last."""
    for number in place:
        word = words.words[number]
        if word.deprel is not None and (word.head is None or word.head not in place):
            return number - place[0] + 1
    return len(place)


def _other(mention: Mention) -> str:
    told = f"kind:{mention.kind}"
    return told if mention.character is None else f"{told},character:{_safe(mention.character)}"


def _safe(id: str) -> str:
    """An id without what means something in MISC."""
    return quote(id, safe="").replace("-", "%2D")
