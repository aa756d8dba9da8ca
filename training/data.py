"""The corpora as examples, and their order in a run."""

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
from training.conversation import make_pdnc_examples
from training.examples import Example, Labels, cut_example, make_labels, make_litbank_example, make_treebank_example

N_WINDOWS = 16  # of a treebank step


@dataclass
class Data:
    """The examples of each kind, to train on and (`…_dev`) to measure on."""

    labels: Labels
    literary: list[Example]
    grammatical: list[Example]
    conversational: list[Example]
    literary_dev: list[Example]
    grammatical_dev: list[Example]


def read_data(corpora: Path, pieces: WordPieceTokenizer, conversations: bool, cache: Path) -> Data:
    """Read the corpora, or load them from the file `cache`. `conversations`: whether to read PDNC's novels, too."""
    if cache.exists():
        data: Data = torch.load(cache, weights_only=False)
        return data
    litbank = corpora / "litbank"
    train, dev = training_texts(corpora)
    labels = make_labels(train)
    trees = [make_treebank_example(text, pieces, labels) for text in train]
    names = split(corpora / "pdnc", "train") if conversations else []
    novels = [load_novel(corpora / "pdnc", name) for name in names]
    data = Data(
        labels,
        [make_litbank_example(load_document(litbank, id), pieces) for id in split_ids(litbank, "train")],
        [part for marked in (True, False) for part in _resize([e for e in trees if e.marked == marked])],
        [example for novel in novels for example in make_pdnc_examples(novel, pieces)],
        [make_litbank_example(load_document(litbank, id), pieces) for id in split_ids(litbank, "dev")],
        list(_resize([make_treebank_example(text, pieces, labels) for text in dev])),
    )
    torch.save(data, cache)
    return data


def _resize(examples: list[Example]) -> Iterator[Example]:
    """Treebank documents, joined or cut so that each has about N_WINDOWS windows."""
    pending: list[Example] = []
    for example in examples:
        for at in range(0, len(example.windows), N_WINDOWS):
            pending.append(cut_example(example, at, at + N_WINDOWS))
            if sum(len(e.windows) for e in pending) >= N_WINDOWS:
                yield join_examples(pending)
                pending = []
    if pending:
        yield join_examples(pending)


def join_examples(examples: list[Example]) -> Example:
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


def make_schedule(kinds: list[tuple[str, int, float]], seed: int) -> list[tuple[str, int]]:
    """The steps of a run, in order. `kinds`: a name, the number of its examples, and its epochs.

    Returns the kind and the number of an example for each step. Every kind is spread evenly over the run.
    """
    draw = np.random.default_rng(seed)
    steps = []
    for name, count, epochs in kinds:
        numbers: list[int] = []
        while len(numbers) < count * epochs:
            numbers.extend(draw.permutation(count).tolist())
        numbers = numbers[: int(count * epochs)]
        at = (np.arange(len(numbers)) + draw.random(len(numbers))) / max(1, len(numbers))
        steps.extend((place, name, number) for place, number in zip(np.sort(at).tolist(), numbers, strict=True))
    return [(name, number) for _, name, number in sorted(steps)]
