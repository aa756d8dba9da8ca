"""Documents → examples for a training step: windows in pieces, and the labels of each layer for their units."""

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
    """Some windows of one document with their labels. Units are counted from 0; `last` is excluded everywhere.

    `sentences`: the first and last unit of each. `spans` (spans, 3): the annotated entities as first, last and type;
    the type may be a key of EITHER_TYPE (one of several), or -1 (ignored). `marked`: whether all entities are
    annotated. `mentions` (mentions, 5): those with coreference, as first, last, type, kind and cluster, in the order
    of `columns`. `events`: their first units. `tree` (units, 4): tag, edit, head and relation; the head is a unit, a
    root's its own; -1 if unknown. `speech`: see Speech. `raw`: not annotated; see training/distillation.py.
    """

    inputs: Inputs
    windows: list[Window]
    sentences: list[tuple[int, int]]
    n_units: int
    spans: Ints = field(default_factory=lambda: np.zeros((0, 3), np.int32))
    mentions: Ints = field(default_factory=lambda: np.zeros((0, 5), np.int32))
    columns: MentionColumns | None = None
    events: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    tree: Ints | None = None
    speech: "Speech | None" = None
    marked: bool = False
    raw: bool = False


# Types of other corpora that may be one of several here: any place, any organization. Not indices of TYPES.
EITHER_TYPE: dict[int, tuple[int, ...]] = {
    6: tuple(map(TYPES.index, ("FAC", "GPE", "LOC"))),
    7: tuple(map(TYPES.index, ("ORG", "FAC", "GPE"))),
}
GUM_TYPES = {"person": TYPES.index("PER"), "place": 6, "organization": 7, "object": -1, "animal": -1}


@dataclass
class Speech:
    """Utterances and mentions of some windows.

    `utterance` (utterances, 2): first and last unit. `mention` (mentions, 4): first, last, kind, class of pronoun.
    `pairs`: utterance, mention, whether it is the speaker, whether it is an addressee, and the features of the pair.
    The pairs of an utterance follow each other.
    """

    utterance: Ints
    mention: Ints
    pairs: Ints


def units_of(draft: Draft, start: int, end: int) -> tuple[int, int]:
    """The first and the last unit, excluded, that overlap the text from `start` to `end`."""
    first = int(np.searchsorted(draft.ud_words.places[:, 1], start, side="right"))
    last = int(np.searchsorted(draft.ud_words.places[:, 0], end, side="left"))
    return first, last


def read_draft(text: str, name: str) -> Draft:
    """Scan a text, as dramaturg does."""
    return scan(load_bytes(text.encode(), f"{name}.txt"))


def make_litbank_example(document: Document, pieces: WordPieceTokenizer) -> Example:
    """A whole LitBank document: entities, mentions with clusters, and events."""
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
    """The annotated entities and the pronouns; other mentions get the type -1 and are ignored."""
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
    """The names of the outputs of syntax: parts of speech, edits (word → lemma) and relations."""

    tags: tuple[str, ...]
    edits: tuple[str, ...]
    relations: tuple[str, ...]


def make_labels(texts: Sequence[Text]) -> Labels:
    """All tags and relations of the texts, and the edits that occur at least three times."""
    words = [word for text in texts for tree in text.trees for word in tree.words]
    edits = Counter(edit_of(word.form, word.lemma) for word in words)
    return Labels(
        tuple(sorted({word.pos for word in words})),
        tuple(edit for edit, count in sorted(edits.items(), key=lambda item: (-item[1], item[0])) if count >= 3),
        tuple(sorted({word.relation for word in words})),
    )


def make_treebank_example(text: Text, pieces: WordPieceTokenizer, labels: Labels) -> Example:
    """A treebank document, with the words and sentences of its annotation."""
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
    spans = [(first, last, GUM_TYPES[type]) for first, last, type in text.entities if type in GUM_TYPES]
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
    """The windows from `first` to `last` (excluded) as an example, without mentions, events and speech."""
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
    """A tokenizer with the word pieces of a file, one per line."""
    return WordPieceTokenizer(path.read_text(encoding="utf-8").splitlines())
