"""Documents → what a training step takes: windows in pieces, and the answers of every layer over their units."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dramaturg.draft import Draft, Units
from dramaturg.encoder.pieces import Pieces
from dramaturg.encoder.windows import Inputs, Window, cut_windows, prepare
from dramaturg.findings import KINDS, TYPES
from dramaturg.layers.pairs import Places
from dramaturg.scan import scan
from dramaturg.sources import load_bytes
from dramaturg.story import Span
from training.litbank import Document
from training.treebank import Text

Ints = NDArray[np.int32]


@dataclass
class Example:
    """Some windows of one document, their units counted from 0, sentences as (first, last) units.

    `spans`: mentions as first, last (excluded), type, kind, cluster; `events`: first units; `tree`: tag, edit, head,
    relation of each unit (head as a unit, its own for a root; -1 where unknown). `speech`: see Speech.
    """

    inputs: Inputs
    windows: list[Window]
    sentences: list[tuple[int, int]]
    units: int
    spans: Ints = field(default_factory=lambda: np.zeros((0, 5), np.int32))
    places: Places | None = None
    events: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    tree: Ints | None = None
    speech: "Speech | None" = None


@dataclass
class Speech:
    """Utterances and mentions of some windows. `utterance`: first and last unit; `mention`: first, last, kind, pronoun.

    `pairs`: utterance, mention, says, hears, and the features of the pair; an utterance's pairs stand together.
    """

    utterance: Ints
    mention: Ints
    pairs: Ints


def batch_windows(example: Example, pieces: Pieces) -> tuple[dict[str, Tensor], Tensor]:
    """The windows as padded tensors, and for each piece its row of units: (windows, pieces), -1 where none."""
    inputs = example.inputs
    after = np.append(inputs.first, len(inputs.ids))
    sizes = [int(after[w.last] - after[w.first]) for w in example.windows]
    width = max(sizes) + 2
    ids = np.full((len(sizes), width), pieces.pad, np.int64)
    case, place = np.zeros_like(ids), np.zeros_like(ids)
    unit = np.full(ids.shape, -1, np.int64)
    mask = np.zeros(ids.shape, np.float32)
    for row, (window, n) in enumerate(zip(example.windows, sizes, strict=True)):
        a = after[window.first]
        here = inputs.unit[a : a + n]
        ids[row, 0], ids[row, n + 1] = pieces.open, pieces.close
        ids[row, 1 : n + 1], unit[row, 1 : n + 1] = inputs.ids[a : a + n], here
        case[row, 1 : n + 1], place[row, 1 : n + 1] = inputs.case[here], inputs.place[here]
        mask[row, : n + 2] = 1
    tensors = {"ids": ids, "case": case, "place": place, "mask": mask}
    return {name: torch.from_numpy(value) for name, value in tensors.items()}, torch.from_numpy(unit)


def sentence_bounds(sentence: Ints) -> list[tuple[int, int]]:
    """(first, last) unit of each sentence that has units."""
    if not len(sentence):
        return []
    cuts = [0, *(np.flatnonzero(np.diff(sentence)) + 1).tolist(), len(sentence)]
    return list(zip(cuts[:-1], cuts[1:], strict=True))


def units_of(draft: Draft, start: int, end: int) -> tuple[int, int]:
    """The units that a stretch of text touches, last excluded."""
    first = int(np.searchsorted(draft.units.places[:, 1], start, side="right"))
    last = int(np.searchsorted(draft.units.places[:, 0], end, side="left"))
    return first, last


def read_draft(text: str, name: str) -> Draft:
    """Scan a text as the program does."""
    return scan(load_bytes(text.encode(), f"{name}.txt"))


def literary(document: Document, pieces: Pieces) -> Example:
    """A LitBank document whole: mentions with clusters, and events."""
    draft = read_draft(document.text, document.id)
    clusters = {name: i for i, name in enumerate(sorted({m.entity for m in document.mentions}))}
    spans = []
    for m in document.mentions:
        first, last = units_of(draft, m.start, m.end)
        if first < last and draft.units.sentence[first] == draft.units.sentence[last - 1]:
            spans.append((first, last, TYPES.index(m.type), KINDS.index(m.kind), clusters[m.entity]))
    rows = np.array(sorted(set(spans), key=lambda s: (s[0], -s[1])), np.int32).reshape(-1, 5)
    keep = np.append(True, (np.diff(rows[:, :2], axis=0) != 0).any(axis=1)) if len(rows) else np.zeros(0, bool)
    rows = rows[keep]
    events = [units_of(draft, start, end) for start, end in document.events]
    inputs = prepare(draft, pieces)
    return Example(
        inputs,
        cut_windows(draft, inputs),
        sentence_bounds(draft.units.sentence),
        len(draft.units),
        rows,
        mention_places(draft, rows[:, 0], rows[:, 1], rows[:, 3], rows[:, 2]),
        np.array(sorted({first for first, last in events if first < last}), np.int32),
    )


def mention_places(draft: Draft, first: Ints, last: Ints, kind: Ints, type: Ints) -> Places:
    """The mentions as the scorer of pairs sees them."""
    from dramaturg.layers.coreference import look_at_mentions

    return look_at_mentions(draft, first, last, kind, type)


@dataclass(frozen=True)
class Labels:
    """The closed sets that syntax is named by."""

    tags: tuple[str, ...]
    edits: tuple[str, ...]
    relations: tuple[str, ...]


def make_labels(texts: Sequence[Text]) -> Labels:
    """Every tag and relation of the texts, and the edits that make at least three lemmas."""
    from dramaturg.layers.syntax import edit_of

    words = [word for text in texts for tree in text.trees for word in tree.words]
    edits = Counter(edit_of(word.form, word.lemma) for word in words)
    return Labels(
        tuple(sorted({word.pos for word in words})),
        tuple(edit for edit, count in sorted(edits.items(), key=lambda item: (-item[1], item[0])) if count >= 3),
        tuple(sorted({word.relation for word in words})),
    )


def grammatical(text: Text, pieces: Pieces, labels: Labels) -> Example:
    """A treebank document, cut into words and sentences as its annotators did."""
    from dramaturg.layers.syntax import edit_of

    words = [word for tree in text.trees for word in tree.words]
    places = np.array([(word.start, word.end) for word in words], np.int32)
    number = np.repeat(np.arange(len(text.trees)), [len(tree.words) for tree in text.trees]).astype(np.int32)
    spans = tuple(Span(tree.words[0].start, tree.words[-1].end) for tree in text.trees)
    draft = replace(scan(text.story()), sentences=spans, units=Units(places, number))
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
    return Example(
        inputs, cut_windows(draft, inputs), sentence_bounds(number), len(words), tree=np.array(rows, np.int32)
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
    return Example(inputs, [Window(w.first - a, w.last - a) for w in windows], sentences, b - a, tree=tree)


def save_vocabulary(path: Path) -> Pieces:
    """The pieces named in a file, one a line."""
    return Pieces(path.read_text(encoding="utf-8").splitlines())
