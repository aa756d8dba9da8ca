"""Documents → what a training step takes: windows in pieces, and the answers of every layer over their units."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpora.litbank import Document
from corpora.treebank import Text
from dramaturg.draft import Draft, UDWords, sentence_bounds
from dramaturg.encoder.windows import Inputs, Window, cut_windows, prepare
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from dramaturg.findings import KINDS, TYPES
from dramaturg.layers.neural.coreference import describe_mentions
from dramaturg.layers.neural.pairs import MentionColumns
from dramaturg.layers.neural.syntax import edit_of
from dramaturg.scan import scan
from dramaturg.sources import load_bytes
from dramaturg.story import Span

Ints = NDArray[np.int32]


@dataclass
class Example:
    """Some windows of one document, their units counted from 0, sentences as (first, last) units.

    `spans`: what is annotated as an entity, as first, last (excluded), and a type, or EITHER of several, or -1 for one
    that counts for nothing; `marked`: whether every entity is. `mentions`:
    those of coreference, as first, last, type, kind, cluster, in the order of `places`. `events`: first units. `tree`:
    tag, edit, head, relation of each unit (head as a unit, its own for a root; -1 where unknown). `speech`: see Speech.
    `raw`: nobody has annotated it; see training/distillation.py.
    """

    inputs: Inputs
    windows: list[Window]
    sentences: list[tuple[int, int]]
    n_units: int
    spans: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    mentions: Ints = field(default_factory=lambda: np.zeros((0, 5), np.int32))
    places: MentionColumns | None = None
    events: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    tree: Ints | None = None
    speech: "Speech | None" = None
    marked: bool = False
    raw: bool = False


# Another corpus's types, by what they may be here: persons, any place, any body of people.
EITHER: dict[int, tuple[int, ...]] = {
    6: tuple(map(TYPES.index, ("FAC", "GPE", "LOC"))),
    7: tuple(map(TYPES.index, ("ORG", "FAC", "GPE"))),
}
OF_GUM = {"person": TYPES.index("PER"), "place": 6, "organization": 7, "object": -1, "animal": -1}


@dataclass
class Speech:
    """Utterances and mentions of some windows. `utterance`: first and last unit; `mention`: first, last, kind, pronoun.

    `pairs`: utterance, mention, says, hears, and the features of the pair; an utterance's pairs stand together.
    """

    utterance: Ints
    mention: Ints
    pairs: Ints


def units_of(draft: Draft, start: int, end: int) -> tuple[int, int]:
    """The units that a stretch of text touches, last excluded."""
    first = int(np.searchsorted(draft.ud_words.places[:, 1], start, side="right"))
    last = int(np.searchsorted(draft.ud_words.places[:, 0], end, side="left"))
    return first, last


def read_draft(text: str, name: str) -> Draft:
    """Scan a text as the program does."""
    return scan(load_bytes(text.encode(), f"{name}.txt"))


def literary(document: Document, pieces: WordPieceTokenizer) -> Example:
    """A LitBank document whole: entities, mentions with clusters, and events."""
    draft = read_draft(document.text, document.id)
    clusters = {name: i for i, name in enumerate(sorted({m.entity for m in document.mentions}))}
    spans = []
    for m in document.mentions:
        first, last = units_of(draft, m.start, m.end)
        if _in_one_sentence(draft, first, last):
            spans.append((first, last, TYPES.index(m.type), KINDS.index(m.kind), clusters[m.entity]))
    rows = np.array(sorted(set(spans), key=lambda s: (s[0], -s[1])), np.int32).reshape(-1, 5)
    keep = np.append(True, (np.diff(rows[:, :2], axis=0) != 0).any(axis=1)) if len(rows) else np.zeros(0, bool)
    rows = rows[keep]
    events = [units_of(draft, start, end) for start, end in document.events]
    inputs = prepare(draft, pieces)
    return Example(
        inputs,
        cut_windows(draft, inputs),
        sentence_bounds(draft.ud_words.sentence),
        len(draft.ud_words),
        _entities(document, draft, rows),
        rows,
        describe_mentions(draft, rows[:, 0], rows[:, 1], rows[:, 3], rows[:, 2]),
        np.array(sorted({first for first, last in events if first < last}), np.int32),
        marked=True,
    )


def _entities(document: Document, draft: Draft, mentions: Ints) -> Ints:
    """The annotated entities and the pronouns; a mention that is no entity to its annotators counts for nothing."""
    found = {}
    for first, last, type, kind, _ in mentions.tolist():
        found[first, last] = type if KINDS[kind] == "pronoun" else -1
    for start, end, name in document.entities:
        first, last = units_of(draft, start, end)
        if _in_one_sentence(draft, first, last):
            found[first, last] = TYPES.index(name)
    return np.array([(*place, type) for place, type in sorted(found.items())], np.int32).reshape(-1, 3)


def _in_one_sentence(draft: Draft, first: int, last: int) -> bool:
    return first < last and bool(draft.ud_words.sentence[first] == draft.ud_words.sentence[last - 1])


@dataclass(frozen=True)
class Labels:
    """The closed sets that syntax is named by."""

    tags: tuple[str, ...]
    edits: tuple[str, ...]
    relations: tuple[str, ...]


def make_labels(texts: Sequence[Text]) -> Labels:
    """Every tag and relation of the texts, and the edits that make at least three lemmas."""
    words = [word for text in texts for tree in text.trees for word in tree.words]
    edits = Counter(edit_of(word.form, word.lemma) for word in words)
    return Labels(
        tuple(sorted({word.pos for word in words})),
        tuple(edit for edit, count in sorted(edits.items(), key=lambda item: (-item[1], item[0])) if count >= 3),
        tuple(sorted({word.relation for word in words})),
    )


def grammatical(text: Text, pieces: WordPieceTokenizer, labels: Labels) -> Example:
    """A treebank document, cut into words and sentences as its annotators did."""
    words = [word for tree in text.trees for word in tree.words]
    places = np.array([(word.start, word.end) for word in words], np.int32)
    number = np.repeat(np.arange(len(text.trees)), [len(tree.words) for tree in text.trees]).astype(np.int32)
    spans = tuple(Span(tree.words[0].start, tree.words[-1].end) for tree in text.trees)
    draft = replace(scan(text.story()), sentences=spans, ud_words=UDWords(places, number))
    inputs = prepare(draft, pieces)
    tag, edit = {n: i for i, n in enumerate(labels.tags)}, {n: i for i, n in enumerate(labels.edits)}
    relation = {n: i for i, n in enumerate(labels.relations)}
    rows, base = [], 0
    for tree in text.trees:
        for i, word in enumerate(tree.words):
            head = base + (i if word.head < 0 else word.head)
            rows.append(
                (
                    tag.get(word.pos, -1),
                    edit.get(edit_of(word.form, word.lemma), -1),
                    head,
                    relation.get(word.relation, -1),
                )
            )
        base += len(tree.words)
    spans = [(first, last, OF_GUM[type]) for first, last, type in text.entities if type in OF_GUM]
    return Example(
        inputs,
        cut_windows(draft, inputs),
        sentence_bounds(number),
        len(words),
        np.array(sorted(set(spans)), np.int32).reshape(-1, 3),
        tree=np.array(rows, np.int32),
        marked=bool(text.entities),
    )


def cut_example(example: Example, first: int, last: int) -> Example:
    """Some of an example's windows, `last` excluded, as one of its own."""
    windows = example.windows[first:last]
    a, b = windows[0].first, windows[-1].last
    after = np.append(example.inputs.first, len(example.inputs.ids))
    i, j = after[a], after[b]
    old = example.inputs
    inputs = Inputs(old.ids[i:j], old.unit[i:j] - a, old.case[a:b], old.place[a:b], old.first[a:b] - i)
    sentences = [(max(s, a) - a, min(e, b) - a) for s, e in example.sentences if s < b and e > a]
    tree = None
    if example.tree is not None:
        tree = example.tree[a:b].copy()
        tree[:, 2] -= a
        tree[(tree[:, 2] < 0) | (tree[:, 2] >= b - a), 2] = -1
    spans = example.spans[(example.spans[:, 0] >= a) & (example.spans[:, 1] <= b)] - np.array([a, a, 0], np.int32)
    moved = [Window(w.first - a, w.last - a) for w in windows]
    return Example(inputs, moved, sentences, b - a, spans, tree=tree, marked=example.marked, raw=example.raw)


def load_tokenizer(path: Path) -> WordPieceTokenizer:
    """The pieces named in a file, one a line."""
    return WordPieceTokenizer(path.read_text(encoding="utf-8").splitlines())
