"""The corpora as examples, and the order in which a run takes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from corpora.litbank import load_document, split_ids
from corpora.pdnc import load_novel, split
from corpora.treebank import training_texts
from dramaturg.encoder.windows import Inputs, Window
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from training import conversation
from training.examples import Example, Labels, cut_example, grammatical, literary, make_labels

WINDOWS = 16  # of a treebank step


@dataclass
class Data:
    """The examples of each kind, and what is chosen on."""

    labels: Labels
    literary: list[Example]
    grammatical: list[Example]
    conversational: list[Example]
    literary_dev: list[Example]
    grammatical_dev: list[Example]


def read_data(corpora: Path, pieces: WordPieceTokenizer, conversations: bool, cache: Path) -> Data:
    """Read the corpora, or what was read of them before; `conversations`: those of PDNC, too."""
    if cache.exists():
        data: Data = torch.load(cache, weights_only=False)
        return data
    litbank = corpora / "litbank"
    learn, choose = training_texts(corpora)
    labels = make_labels(learn)
    trees = [grammatical(text, pieces, labels) for text in learn]
    names = split(corpora / "pdnc", "train") if conversations else []
    novels = [load_novel(corpora / "pdnc", name) for name in names]
    data = Data(
        labels,
        [literary(load_document(litbank, id), pieces) for id in split_ids(litbank, "train")],
        [part for marked in (True, False) for part in _evenly([e for e in trees if e.marked == marked])],
        [example for novel in novels for example in conversation.conversational(novel, pieces)],
        [literary(load_document(litbank, id), pieces) for id in split_ids(litbank, "dev")],
        list(_evenly([grammatical(text, pieces, labels) for text in choose])),
    )
    torch.save(data, cache)
    return data


def _evenly(examples: list[Example]) -> Iterator[Example]:
    """Treebank documents put together or cut so that each has about as many windows."""
    waiting: list[Example] = []
    for example in examples:
        for at in range(0, len(example.windows), WINDOWS):
            waiting.append(cut_example(example, at, at + WINDOWS))
            if sum(len(e.windows) for e in waiting) >= WINDOWS:
                yield join(waiting)
                waiting = []
    if waiting:
        yield join(waiting)


def join(examples: list[Example]) -> Example:
    """Treebank examples as one; no window or sentence crosses from one to the next."""
    base = np.cumsum([0, *(e.n_units for e in examples)])
    pieces = np.cumsum([0, *(len(e.inputs.ids) for e in examples)])
    trees = []
    for example, low in zip(examples, base.tolist(), strict=False):
        assert example.tree is not None
        tree = example.tree.copy()
        tree[tree[:, 2] >= 0, 2] += low
        trees.append(tree)
    inputs = Inputs(
        np.concatenate([e.inputs.ids for e in examples]),
        np.concatenate([e.inputs.unit + low for e, low in zip(examples, base.tolist(), strict=False)]),
        np.concatenate([e.inputs.case for e in examples]),
        np.concatenate([e.inputs.place for e in examples]),
        np.concatenate([e.inputs.first + low for e, low in zip(examples, pieces.tolist(), strict=False)]),
    )
    moved = list(zip(examples, base.tolist(), strict=False))
    windows = [Window(w.first + low, w.last + low) for e, low in moved for w in e.windows]
    sentences = [(a + low, b + low) for e, low in moved for a, b in e.sentences]
    shift = [np.array([low, low, 0], np.int32) for low in base[:-1].tolist()]
    spans = np.concatenate([e.spans + by for e, by in zip(examples, shift, strict=True)])
    return Example(
        inputs, windows, sentences, int(base[-1]), spans, tree=np.concatenate(trees), marked=examples[0].marked
    )


def schedule(kinds: list[tuple[str, int, float]], seed: int) -> list[tuple[str, int]]:
    """Every step of a run, in order. `kinds`: a name, how many examples there are of it, and how often each is taken.

    Returns a kind and the number of one of its examples for each step; every kind is spread evenly over the run.
    """
    draw = np.random.default_rng(seed)
    steps = []
    for name, count, epochs in kinds:
        whole: list[int] = []
        while len(whole) < count * epochs:
            whole.extend(draw.permutation(count).tolist())
        whole = whole[: int(count * epochs)]
        at = (np.arange(len(whole)) + draw.random(len(whole))) / max(1, len(whole))
        steps.extend((place, name, number) for place, number in zip(np.sort(at).tolist(), whole, strict=True))
    return [(name, number) for _, name, number in sorted(steps)]
