"""Universal Dependencies treebanks (EWT, GUM) in CoNLL-U: texts with the words and trees of their sentences.

Public at https://github.com/UniversalDependencies. EWT is CC BY-SA 4.0. Training uses
only those genres of GUM whose texts are free for any use; its fiction is CC BY-NC-SA, and is used for measuring only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dramaturg.story import Block, Story

FREE_GENRES = ("academic", "bio", "court", "interview", "news", "voyage")


@dataclass(frozen=True, slots=True)
class Word:
    """A syntactic word: its place in the document's text, and its row of the tree. `head`: in the sentence, -1 root."""

    start: int
    end: int
    form: str
    lemma: str
    pos: str
    head: int
    relation: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A sentence's words, in order."""

    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A document: its text, paragraphs apart by a blank line, the paragraphs' places, and its sentences.

    `entities`: where the treebank has them (GUM), first word, last (excluded) and type of each mention of anything.
    """

    name: str
    text: str
    paragraphs: tuple[tuple[int, int], ...]
    trees: tuple[Tree, ...]
    entities: tuple[tuple[int, int, str], ...] = ()

    def story(self) -> Story:
        """The document as a story whose every paragraph is prose."""
        blocks = tuple(Block(start, end, "paragraph") for start, end in self.paragraphs)
        return plain_story(self.text, blocks)


def plain_story(text: str, blocks: tuple[Block, ...]) -> Story:
    """A story that has only paragraphs."""
    from dataclasses import replace

    from dramaturg.sources import load_bytes

    return replace(load_bytes(text.encode() or b".", "text.txt"), text=text, blocks=blocks, chapters=(), emphasis=())


def read_treebank(path: Path) -> list[Text]:
    """Every document of one CoNLL-U file."""
    documents: list[Text] = []
    for name, sentences in _documents(path.read_text(encoding="utf-8")):
        documents.append(_document(name, sentences))
    return documents


def _documents(raw: str) -> Iterator[tuple[str, list[list[str]]]]:
    name, sentences = "", []
    for block in raw.strip().split("\n\n"):
        lines = block.split("\n")
        new = next((line for line in lines if line.startswith("# newdoc")), None)
        if new is not None and sentences:
            yield name, sentences
            sentences = []
        if new is not None:
            name = new.partition("=")[2].strip()
        sentences.append(lines)
    if sentences:
        yield name, sentences


def _document(name: str, sentences: list[list[str]]) -> Text:
    text, trees, at = "", [], 0
    paragraphs: list[list[int]] = []
    entities: list[tuple[int, int, str]] = []
    for lines in sentences:
        if not paragraphs or any(line.startswith("# newpar") for line in lines):
            text = text.rstrip()
            if text:
                paragraphs[-1][1] = len(text)
                text += "\n\n"
            paragraphs.append([len(text), len(text)])
        rows = [line.split("\t") for line in lines if not line.startswith("#")]
        words, written = _words(rows, len(text))
        trees.append(Tree(tuple(words)))
        entities += [(at + first, at + last, type) for first, last, type in _entities(rows)]
        at += len(words)
        text += written
    text = text.rstrip()
    paragraphs[-1][1] = len(text)
    return Text(name, text, tuple((start, end) for start, end in paragraphs), tuple(trees), tuple(entities))


def _entities(rows: list[list[str]]) -> Iterator[tuple[int, int, str]]:
    """The mentions of a sentence as GUM brackets them in the last column: “(12-person-…” to “12)”."""
    opened: dict[str, tuple[int, str]] = {}
    words = [row for row in rows if row[0].isdigit()]
    for number, row in enumerate(words):
        brackets = re.search(r"Entity=([^|]*)", row[9])
        latest = ""
        for id, type, closed in re.findall(r"\(([^-()]+)-([^-()]+)[^()]*|([^()]*)\)", brackets[1] if brackets else ""):
            if id:
                latest = id
                opened[id] = number, type
            elif (closed or latest) in opened:
                first, type = opened.pop(closed or latest)
                yield first, number + 1, type


def _words(rows: list[list[str]], at: int) -> tuple[list[Word], str]:
    words: list[Word] = []
    written = ""
    inside, places = 0, iter([(0, 0)])
    for row in rows:
        if "." in row[0]:
            continue
        if "-" in row[0]:
            first, last = map(int, row[0].split("-"))
            inside = last
            parts = [other[1] for other in rows if other[0].isdigit() and first <= int(other[0]) <= last]
            places = iter(_shares(row[1], parts, at + len(written)))
            written += row[1] + ("" if "SpaceAfter=No" in row[9] else " ")
            continue
        if int(row[0]) <= inside:
            start, end = next(places)
        else:
            start = at + len(written)
            end = start + len(row[1])
            written += row[1] + ("" if "SpaceAfter=No" in row[9] else " ")
        words.append(Word(start, end, row[1], row[2], row[3], int(row[6]) - 1, row[7]))
    return words, written


def _shares(whole: str, parts: list[str], at: int) -> list[tuple[int, int]]:
    """The place of each word of a written token in it; cut in proportion if the words are not its letters."""
    if "".join(parts) != whole:
        cuts = [round(len(whole) * i / len(parts)) for i in range(len(parts) + 1)]
    else:
        cuts = [sum(map(len, parts[:i])) for i in range(len(parts) + 1)]
    return [(at + cuts[i], at + max(cuts[i + 1], cuts[i] + 1)) for i in range(len(parts))]


def training_texts(corpora: Path) -> tuple[list[Text], list[Text]]:
    """The documents to train on (EWT train, GUM's free genres) and to choose on (EWT dev, each fifth GUM document)."""
    learn = read_treebank(corpora / "ud_ewt/en_ewt-ud-train.conllu")
    choose = read_treebank(corpora / "ud_ewt/en_ewt-ud-dev.conllu")
    for genre in FREE_GENRES:
        for number, path in enumerate(sorted((corpora / "gum/dep").glob(f"GUM_{genre}_*.conllu"))):
            (choose if number % 5 == 4 else learn).extend(read_treebank(path))
    return learn, choose
