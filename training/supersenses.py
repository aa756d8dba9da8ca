"""Train the layer of supersenses on SemCor, over the vectors of the finished encoder.

    python -m training.supersenses --corpora DIR [--check] [--dev]

DIR is the folder that holds `semcor`. The vectors of its train documents are computed once and kept in `.work/`. Train
again after the encoder or the syntax has changed.
"""

import argparse
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from corpora.semcor import Document, load_split, semcor_folder
from dramaturg.draft import Draft
from dramaturg.encoder import LOWER_LAYERS, encode
from dramaturg.findings import Floats, Syntax
from dramaturg.layers.neural.heads import load_names
from dramaturg.layers.neural.sense_counts import (
    GOES_ON,
    N_LABELS,
    N_TAGS,
    NONE,
    SenseCounts,
    lemma_keys,
    pair_keys,
    unpack,
)
from dramaturg.layers.neural.supersenses import decode, describe_words, score_words
from dramaturg.layers.neural.syntax import apply_edit, find_syntax, join_syntax
from dramaturg.reading import SUPERSENSES
from dramaturg.scan import scan
from dramaturg.sources import load_bytes
from dramaturg.weights import read_weights
from training.manifest import WEIGHTS, write_manifest
from training.trees import save_arrays

CACHE = Path(".work/supersenses")
HIDDEN = 256
EPOCHS = 10  # by folds: 6, 8 and 10 are ever better, and slower
BATCH = 1024  # words
LEARNING_RATE = 3e-3
WEIGHT_DECAY = 0.01
DROPOUT = 0.3
WARM_UP_SHARE = 0.1  # of all steps, in which the learning rate rises
N_FOLDS = 5  # each fifth document: the documents are in the order of their genres
SEED = 7


@dataclass(frozen=True, slots=True)
class Text:
    """A document as the layer sees it, and its tags.

    `vectors`, `lower`: as in `Encoded`, but in 16 bits. `tags`: of each unit, (units,). `n_annotated`: supersenses,
    one in a thousand of which has other ends than units have and no tags.
    """

    words: list[str]
    sentence: NDArray[np.int32]
    syntax: Syntax
    vectors: NDArray[np.float16]
    lower: NDArray[np.float16]
    tags: NDArray[np.int64]
    n_annotated: int


class Network(nn.Module):
    """The network of `dramaturg.layers.neural.supersenses.score_words`."""

    def __init__(self, vectors: int, lower: int, features: int) -> None:
        super().__init__()
        self.cut = (vectors, lower)
        self.register_buffer("mean", torch.zeros(vectors + lower))
        self.register_buffer("scale", torch.ones(vectors + lower))
        self.hidden = nn.Linear(vectors + lower + features, HIDDEN)
        self.out = nn.Linear(HIDDEN + features, N_TAGS)
        self.dropout = nn.Dropout(DROPOUT)

    def forward(self, vectors: Tensor, features: Tensor) -> Tensor:
        """The score of each tag: (words, N_TAGS). `vectors`: of all layers side by side."""
        x = self.dropout((vectors - self.mean) / self.scale)
        hidden = self.dropout(torch.relu(self.hidden(torch.cat([x, features], dim=1))))
        scores: Tensor = self.out(torch.cat([hidden, features], dim=1))
        return scores

    def matrices(self) -> dict[str, NDArray[np.float16]]:
        """What `score_words` needs. Mean and scale of the vectors are multiplied into the weights."""
        n_vectors, n_lower = self.cut
        weight = self.hidden.weight.detach().clone()
        weight[:, : n_vectors + n_lower] /= self.scale
        bias = self.hidden.bias.detach() - weight[:, : n_vectors + n_lower] @ self.mean
        parts = weight.T.split([n_vectors, n_lower, weight.shape[1] - n_vectors - n_lower])
        out = self.out.weight.detach().T
        found = dict(zip(("vectors", "lower", "features"), parts, strict=True))
        found |= {"bias": bias, "out": out[:HIDDEN], "out_features": out[HIDDEN:], "out_bias": self.out.bias.detach()}
        return {name: value.numpy().astype(np.float16) for name, value in found.items()}


def main() -> None:
    """Print figures by folds, or train on all train documents and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, help="the folder that holds semcor")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    parser.add_argument("--dev", action="store_true", help="also print figures on the dev documents")
    arguments = parser.parse_args()
    folder = semcor_folder(arguments.corpora / "semcor" if arguments.corpora else None)
    train = read_texts(folder, "train")
    if arguments.check:
        for fold in range(N_FOLDS):
            learn = [text for number, text in enumerate(train) if number % N_FOLDS != fold]
            report(f"fold {fold}", *fit(learn), train[fold::N_FOLDS])
        return
    matrices, counts = fit(train)
    if arguments.dev:
        report("dev", matrices, counts, read_texts(folder, "dev"))
    encoder = hashlib.sha256(read_weights("encoder.onnx")).hexdigest()
    save_arrays(WEIGHTS / "supersenses.npz", **matrices, **counts, encoder=np.array(encoder))
    write_manifest()


def read_texts(folder: Path, split: str) -> list[Text]:
    """The documents of a split with their vectors and tags, from the cache where they are in it."""
    return [read_text(document) for document in load_split(folder, split)]


def read_text(document: Document) -> Text:
    """A document with its vectors and tags. The vectors are kept in CACHE."""
    draft = scan(load_bytes(document.text.encode("utf-8"), f"{document.id}.txt"))
    arrays = _encoded(draft)
    places, text = draft.ud_words.places, draft.text
    syntax = Syntax(*(arrays[name] for name in Syntax.__slots__))
    tags = np.full(len(places), NONE, np.int64)
    starts, ends = ({int(place): unit for unit, place in enumerate(places[:, side])} for side in (0, 1))
    for start, end, label in document.supersenses:
        if start in starts and end in ends:
            tags[starts[start] + 1 : ends[end] + 1] = GOES_ON
            tags[starts[start]] = SUPERSENSES.index(label)  # type: ignore[arg-type]
    return Text(
        [text[start:end] for start, end in places.tolist()],
        draft.ud_words.sentence,
        syntax,
        arrays["vectors"],
        arrays["lower"],
        tags,
        len(document.supersenses),
    )


def _encoded(draft: Draft) -> dict[str, NDArray[Any]]:
    weights = read_weights("encoder.onnx") + read_weights("heads.npz") + repr(LOWER_LAYERS).encode()
    key = hashlib.sha256(weights + draft.text.encode() + draft.ud_words.places.tobytes()).hexdigest()
    path = CACHE / f"{key}.npz"
    if path.exists():
        with np.load(path) as arrays:
            return dict(arrays)
    windows = list(encode(draft))
    sentence = draft.ud_words.sentence
    syntax = join_syntax([find_syntax(window, sentence[window.first : window.last]) for window in windows])
    vectors, lower = (
        np.concatenate([getattr(window, name) for window in windows]).astype(np.float16)
        for name in ("vectors", "lower")
    )
    arrays = {"vectors": vectors, "lower": lower, **{name: getattr(syntax, name) for name in Syntax.__slots__}}
    CACHE.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new.npz")
    np.savez(temporary, **arrays)
    temporary.rename(path)
    return arrays


def fit(texts: Sequence[Text]) -> tuple[dict[str, NDArray[np.float16]], dict[str, NDArray[Any]]]:
    """Train on some texts. Returns the matrices of the network, and the counts as `sense_counts.unpack` takes them."""
    torch.manual_seed(SEED)
    draw = np.random.default_rng(SEED)
    packed = count(texts)
    counts = unpack(packed)
    described = [describe(counts, text, unpack(count([text]))) for text in texts]
    scored = [np.flatnonzero(is_scored) for _, is_scored in described]
    features = np.concatenate([rows[kept] for (rows, _), kept in zip(described, scored, strict=True)])
    vectors = np.concatenate([_all_vectors(text)[kept] for text, kept in zip(texts, scored, strict=True)])
    target = torch.from_numpy(np.concatenate([text.tags[kept] for text, kept in zip(texts, scored, strict=True)]))
    network = Network(texts[0].vectors.shape[1], texts[0].lower.shape[1], features.shape[1])
    sample = torch.from_numpy(vectors[::50].astype(np.float32))
    network.mean, network.scale = sample.mean(0), sample.std(0) + 1e-3
    steps = EPOCHS * (len(target) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=WARM_UP_SHARE)
    for _ in range(EPOCHS):
        order = draw.permutation(len(target))
        for at in range(0, len(order) - BATCH + 1, BATCH):
            rows = np.sort(order[at : at + BATCH])
            x, f = torch.from_numpy(vectors[rows].astype(np.float32)), torch.from_numpy(features[rows])
            loss = nn.functional.cross_entropy(network(x, f), target[rows])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return network.matrices(), packed


def _all_vectors(text: Text) -> NDArray[np.float16]:
    return np.concatenate([text.vectors, text.lower], axis=1)


def describe(counts: SenseCounts, text: Text, own: SenseCounts | None = None) -> tuple[Floats, NDArray[np.bool_]]:
    """The features of a text's words, and which of them are scored. `own`: the text's own counts, to subtract."""
    return describe_words(counts, text.syntax, text.words, text.sentence, own)


def count(texts: Sequence[Text]) -> dict[str, NDArray[Any]]:
    """Count the tags of each lemma and each pair of lemmas in some texts, as `sense_counts.unpack` takes them."""
    names, edits = load_names("tags"), load_names("edits")
    of_lemma: Counter[tuple[str, int]] = Counter()
    of_expression: Counter[tuple[str, int]] = Counter()
    seen: Counter[str] = Counter()
    joined: Counter[str] = Counter()
    of_pos = np.full((len(names), N_TAGS), 0.5)
    for text in texts:
        lemmas = [
            apply_edit(word, edits[edit]).lower()
            for word, edit in zip(text.words, text.syntax.edit.tolist(), strict=True)
        ]
        tags = text.tags.tolist()
        of_lemma.update(zip(lemma_keys(lemmas, [names[tag] for tag in text.syntax.tag.tolist()]), tags, strict=True))
        np.add.at(of_pos, (text.syntax.tag, text.tags), 1)
        pairs = pair_keys(lemmas)
        seen.update(pairs)
        for pair, tag, following in zip(pairs, tags, tags[1:], strict=False):
            if following == GOES_ON:
                joined[pair] += 1
                if tag < N_LABELS:
                    of_expression[pair, tag] += 1
    lemma_row = {key: row for row, key in enumerate(sorted({key for key, _ in of_lemma}))}
    pair_row = {key: row for row, key in enumerate(sorted(joined))}
    return {
        "lemma_keys": _packed_words(lemma_row),
        "lemma_cells": _cells(of_lemma, lemma_row),
        "pair_keys": _packed_words(pair_row),
        "pairs": np.array([(seen[pair], joined[pair]) for pair in pair_row], np.int32).reshape(-1, 2),
        "expression_cells": _cells(of_expression, pair_row),
        "parts_of_speech": (of_pos / of_pos.sum(axis=1, keepdims=True)).astype(np.float32),
    }


def _packed_words(rows: dict[str, int]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(rows).encode("utf-8"), np.uint8)


def _cells(counted: Counter[tuple[str, int]], rows: dict[str, int]) -> NDArray[np.int32]:
    cells = sorted((rows[key], tag, n) for (key, tag), n in counted.items())
    return np.array(cells, np.int32).reshape(-1, 3)


def report(
    title: str, matrices: dict[str, NDArray[np.float16]], packed: dict[str, NDArray[Any]], texts: Sequence[Text]
) -> None:
    """Print precision, recall and F1 of exact spans with their label."""
    network, counts = {name: value.astype(np.float32) for name, value in matrices.items()}, unpack(packed)
    hits = ours = annotated = 0
    for text in texts:
        features, is_scored = describe(counts, text)
        rows = np.flatnonzero(is_scored)
        scores = np.full((len(text.words), N_TAGS), -np.inf, np.float32)
        scores[:, NONE] = 0
        vectors, lower = (values[rows].astype(np.float32) for values in (text.vectors, text.lower))
        scores[rows] = score_words(network, vectors, lower, features[rows])
        found, gold = spans_of(decode(scores, text.sentence)), spans_of(text.tags)
        hits, ours, annotated = hits + len(found & gold), ours + len(found), annotated + text.n_annotated
    figures = hits / max(1, ours), hits / annotated, 2 * hits / (ours + annotated)
    print(f"{title}: precision {figures[0]:.3f}, recall {figures[1]:.3f}, F1 {figures[2]:.3f}", flush=True)


def spans_of(tags: NDArray[Any]) -> set[tuple[int, int, int]]:
    """The first unit, the last (excluded) and the label of each supersense."""
    ends = np.append(np.flatnonzero(tags != GOES_ON), len(tags))
    first = np.flatnonzero(tags < N_LABELS)
    last = ends[np.searchsorted(ends, first, side="right")]
    return set(zip(first.tolist(), last.tolist(), tags[first].tolist(), strict=True))


if __name__ == "__main__":
    main()
