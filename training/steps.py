"""An example's windows and labels as tensors, made once and kept."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dramaturg.encoder.windows import pad_windows
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from dramaturg.layers.neural.coreference import candidate_pairs
from dramaturg.layers.neural.pairs import pair_features
from training.examples import Example, Ints, Speech

CELLS = 150_000  # spans or arcs scored at a time: as many as stay in a CPU's cache
IGNORED_LABEL = -100  # not counted in a loss; the default `ignore_index` of PyTorch's cross-entropy


@dataclass(frozen=True)
class Sentences:
    """Sentences of similar length, padded to the longest. Shapes: s sentences, n units.

    `index` (s, n): the example's units. `known` (s, n): false for padding. `possible` (s, n, n): the spans, by first
    and last unit. `types` (s, n, n): 0 for a span that is not a mention, else 1 + its type, or IGNORED_LABEL; None
    without annotation. `heads` (s, n): the head of each unit, counted from the start of its sentence, or
    IGNORED_LABEL; None without annotation.
    """

    index: Tensor
    known: Tensor
    possible: Tensor
    types: Tensor | None = None
    heads: Tensor | None = None


@dataclass(frozen=True)
class Antecedents:
    """Mentions (m) and the pairs (p) of each with earlier ones.

    `first`, `last`, `kind`: (m,). `later`, `earlier`: (p,). `features`: (p, columns). `right` (m, m + 1): the correct
    antecedents of each mention; the last column is for a mention that has none.
    """

    first: Tensor
    last: Tensor
    kind: Tensor
    later: Tensor
    earlier: Tensor
    features: Tensor
    right: Tensor


@dataclass(frozen=True)
class SyntaxLabels:
    """`tag`, `edit` (units,): IGNORED_LABEL if unknown. `child`, `head`, `relation` (arcs,): the labelled arcs."""

    tag: Tensor
    edit: Tensor
    child: Tensor
    head: Tensor
    relation: Tensor


@dataclass(frozen=True)
class SpeechLabels:
    """Utterances and mentions, see `examples.Speech`, and their pairs: utterance `i` with mention `j`.

    `right` (2, utterances, mentions + 1): the correct mentions of the speaker, and of the addressees; the last column
    is for an utterance that has none.
    """

    utterance: Tensor
    mention: Tensor
    i: Tensor
    j: Tensor
    features: Tensor
    right: Tensor


@dataclass(frozen=True)
class Step:
    """An example as tensors. `ids`, `case`, `place`, `mask`: (windows, pieces).

    `unit` (windows, pieces): the unit of each piece, `n_units` if it has none. `counts` (units, 1): the number of
    pieces of each unit, at least 1. `n_spans`: the number of annotated spans. `events`: (units,) or None.
    """

    ids: Tensor
    case: Tensor
    place: Tensor
    mask: Tensor
    unit: Tensor
    counts: Tensor
    sentences: list[Sentences]
    n_spans: int
    marked: bool
    raw: bool
    antecedents: Antecedents | None
    events: Tensor | None
    syntax: SyntaxLabels | None
    speech: SpeechLabels | None

    @property
    def n_units(self) -> int:
        """The number of units of the example."""
        return len(self.counts)


def make_step(example: Example, pieces: WordPieceTokenizer, cells: int = CELLS) -> Step:
    """An example as tensors on the CPU. `cells`: see CELLS."""
    padded = pad_windows(example.windows, example.inputs, pieces)
    unit = np.where(padded.unit < 0, example.n_units, padded.unit)
    counts = np.bincount(unit.ravel(), minlength=example.n_units + 1)[: example.n_units]
    return Step(
        _to_int64(padded.ids),
        _to_int64(padded.case),
        _to_int64(padded.place),
        torch.from_numpy(padded.mask),
        _to_int64(unit),
        torch.from_numpy(np.maximum(counts, 1)[:, None].astype(np.float32)),
        list(_sentences(example, cells)),
        len(example.spans),
        example.marked,
        example.raw,
        _antecedents(example) if len(example.mentions) else None,
        _events(example) if len(example.mentions) else None,
        _syntax_labels(example.tree) if example.tree is not None else None,
        _speech_labels(example.speech) if example.speech is not None else None,
    )


def with_ids(step: Step, example: Example, pieces: WordPieceTokenizer) -> Step:
    """The step with the pieces of `example`, which must be the step's own example but for its pieces."""
    ids = pad_windows(example.windows, example.inputs, pieces).ids
    return replace(step, ids=_to_int64(ids).to(step.ids.device))


Value = TypeVar("Value")


def to_device(value: Value, device: torch.device) -> Value:
    """A step, or a part of one, with its tensors moved to a device."""
    if isinstance(value, Tensor):
        return value.to(device)  # type: ignore[return-value]
    if isinstance(value, list):
        return [to_device(part, device) for part in value]  # type: ignore[return-value]
    if is_dataclass(value):
        parts: dict[str, Any] = {field.name: to_device(getattr(value, field.name), device) for field in fields(value)}
        return replace(value, **parts)  # type: ignore[type-var]
    return value


def _to_int64(array: NDArray[Any]) -> Tensor:
    return torch.from_numpy(array.astype(np.int64))


def _sentences(example: Example, cells: int) -> Iterator[Sentences]:
    bounds = np.array(example.sentences, np.int64).reshape(-1, 2)
    bounds = bounds[np.argsort(bounds[:, 1] - bounds[:, 0], kind="stable")]
    length = bounds[:, 1] - bounds[:, 0]
    of_unit = np.full(example.n_units, -1, np.int64)  # the sentence of each unit, in the order of `bounds`
    for row, (start, end) in enumerate(bounds.tolist()):
        of_unit[start:end] = row
    row_of_span = of_unit[example.spans[:, 0]]
    at = 0
    while at < len(bounds):
        # Sentences are sorted by length, so all are padded to the last one: take as many as fit.
        n_fitting = (np.arange(1, len(bounds) - at + 1) * length[at:] ** 2 <= cells).sum()
        stop = at + max(1, int(n_fitting))
        start, n = bounds[at:stop, 0], int(length[stop - 1])
        index = start[:, None] + np.arange(n)
        known = index < bounds[at:stop, 1][:, None]
        possible = known[:, :, None] & known[:, None, :] & np.triu(np.ones((n, n), bool))
        types = heads = None
        if example.marked:
            types = _types(example.spans[(row_of_span >= at) & (row_of_span < stop)], of_unit - at, start, possible)
        if example.tree is not None:
            heads = _heads(example.tree, np.where(known, index, 0), known, start)
        yield Sentences(_to_int64(np.where(known, index, 0)), *map(torch.from_numpy, (known, possible)), types, heads)
        at = stop


def _types(
    spans: Ints, row_of_unit: NDArray[np.int64], start: NDArray[np.int64], possible: NDArray[np.bool_]
) -> Tensor:
    types = np.where(possible, 0, IGNORED_LABEL)
    row = row_of_unit[spans[:, 0]]
    first, last = spans[:, 0] - start[row], spans[:, 1] - 1 - start[row]
    inside = last < possible.shape[1]
    types[row[inside], first[inside], last[inside]] = np.where(spans[:, 2] >= 0, spans[:, 2] + 1, IGNORED_LABEL)[inside]
    return _to_int64(np.where(possible, types, IGNORED_LABEL))


def _heads(tree: Ints, index: NDArray[np.int64], known: NDArray[np.bool_], start: NDArray[np.int64]) -> Tensor:
    head = tree[index, 2] - start[:, None]
    inside = known & (head >= 0) & (head < known.sum(axis=1)[:, None])
    return _to_int64(np.where(inside, head, IGNORED_LABEL))


def _antecedents(example: Example) -> Antecedents:
    assert example.columns is not None
    first, last, _, kind, cluster = (example.mentions[:, column] for column in range(5))
    later, earlier = candidate_pairs(example.columns)
    n = len(first)
    right = np.zeros((n, n + 1), bool)
    right[later, earlier] = cluster[later] == cluster[earlier]
    right[:, n] = ~right[:, :n].any(axis=1)
    features = pair_features(example.columns, later, earlier)
    arrays = (first, last, kind, later, earlier, features)
    return Antecedents(*map(_to_int64, arrays), torch.from_numpy(right))


def _events(example: Example) -> Tensor:
    gold = np.zeros(example.n_units, np.float32)
    gold[example.events] = 1
    return torch.from_numpy(gold)


def _syntax_labels(tree: Ints) -> SyntaxLabels:
    child = np.flatnonzero((tree[:, 2] >= 0) & (tree[:, 3] >= 0))
    tag, edit = (np.where(tree[:, column] >= 0, tree[:, column], IGNORED_LABEL) for column in (0, 1))
    return SyntaxLabels(*map(_to_int64, (tag, edit, child, tree[child, 2], tree[child, 3])))


def _speech_labels(speech: Speech) -> SpeechLabels:
    i, j = speech.pairs[:, 0], speech.pairs[:, 1]
    right = np.zeros((2, len(speech.utterance), len(speech.mention) + 1), bool)
    for number, column in enumerate((2, 3)):
        chosen = speech.pairs[:, column] > 0
        right[number, i[chosen], j[chosen]] = True
        right[number, :, -1] = ~right[number, :, :-1].any(axis=1)
    arrays = (speech.utterance, speech.mention, i, j, speech.pairs[:, 4:])
    return SpeechLabels(*map(_to_int64, arrays), torch.from_numpy(right))
