"""What a training step reckons with: an example's windows and answers as tensors, made once and kept."""

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

CELLS = 150_000  # of spans or arcs scored at a time: as many as stay in a processor's cache
IGNORED = -100  # an answer that counts for nothing


@dataclass(frozen=True)
class Sentences:
    """Sentences of like length, padded to the longest. Shapes: s sentences, n units.

    `index` (s, n): rows of the example's units; `known` (s, n): where there is one; `possible` (s, n, n): the spans.
    `types` (s, n, n): which mention a span is, 0 for none, IGNORED for what does not count; None where not annotated.
    `heads` (s, n): the head of each unit within its sentence, IGNORED where it has none; None likewise.
    """

    index: Tensor
    known: Tensor
    possible: Tensor
    types: Tensor | None = None
    heads: Tensor | None = None


@dataclass(frozen=True)
class Mates:
    """Mentions (m) and the pairs (p) of each with earlier ones.

    `first`, `last`, `kind`: (m,). `later`, `earlier`: (p,); `features`: (p, columns). `right` (m, m + 1): the earlier
    mates of each, or the last column for one that has none.
    """

    first: Tensor
    last: Tensor
    kind: Tensor
    later: Tensor
    earlier: Tensor
    features: Tensor
    right: Tensor


@dataclass(frozen=True)
class Related:
    """Tags and edits of all units, and which units have a head to name the relation to."""

    tag: Tensor
    edit: Tensor
    child: Tensor
    head: Tensor
    relation: Tensor


@dataclass(frozen=True)
class Said:
    """Utterances and mentions, by first and last unit, and their pairs; `right` (2, utterances, mentions + 1)."""

    utterance: Tensor
    mention: Tensor
    i: Tensor
    j: Tensor
    features: Tensor
    right: Tensor


@dataclass(frozen=True)
class Step:
    """An example as tensors. `ids`, `case`, `place`, `mask`: (windows, pieces).

    `unit` (windows, pieces): the unit of each piece, `n_units` where it has none; `counts` (units, 1): pieces of each.
    `found`: how many spans are annotated; `events`: (units,) or None.
    """

    ids: Tensor
    case: Tensor
    place: Tensor
    mask: Tensor
    unit: Tensor
    counts: Tensor
    sentences: list[Sentences]
    found: int
    marked: bool
    raw: bool
    mates: Mates | None
    events: Tensor | None
    related: Related | None
    said: Said | None

    @property
    def n_units(self) -> int:
        """How many units the example has."""
        return len(self.counts)


def make_step(example: Example, pieces: WordPieceTokenizer, cells: int = CELLS) -> Step:
    """An example as tensors on the processor."""
    padded = pad_windows(example.windows, example.inputs, pieces)
    unit = np.where(padded.unit < 0, example.n_units, padded.unit)
    counts = np.bincount(unit.ravel(), minlength=example.n_units + 1)[: example.n_units]
    return Step(
        _whole(padded.ids),
        _whole(padded.case),
        _whole(padded.place),
        torch.from_numpy(padded.mask),
        _whole(unit),
        torch.from_numpy(np.maximum(counts, 1)[:, None].astype(np.float32)),
        list(_sentences(example, cells)),
        len(example.spans),
        example.marked,
        example.raw,
        _mates(example) if len(example.mentions) else None,
        _events(example) if len(example.mentions) else None,
        _related(example.tree) if example.tree is not None else None,
        _said(example.speech) if example.speech is not None else None,
    )


def with_ids(step: Step, example: Example, pieces: WordPieceTokenizer) -> Step:
    """The step with the pieces of an example that differs from its own in these alone."""
    ids = pad_windows(example.windows, example.inputs, pieces).ids
    return replace(step, ids=_whole(ids).to(step.ids.device))


Moved = TypeVar("Moved")


def moved(value: Moved, device: torch.device) -> Moved:
    """A step, or a part of one, with its tensors on a device."""
    if isinstance(value, Tensor):
        return value.to(device)  # type: ignore[return-value]
    if isinstance(value, list):
        return [moved(part, device) for part in value]  # type: ignore[return-value]
    if is_dataclass(value):
        parts: dict[str, Any] = {field.name: moved(getattr(value, field.name), device) for field in fields(value)}
        return replace(value, **parts)  # type: ignore[type-var]
    return value


def _whole(array: NDArray[Any]) -> Tensor:
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
        # The longest sentence is the last: as many as fit when all are padded to it.
        most = (np.arange(1, len(bounds) - at + 1) * length[at:] ** 2 <= cells).sum()
        stop = at + max(1, int(most))
        start, n = bounds[at:stop, 0], int(length[stop - 1])
        index = start[:, None] + np.arange(n)
        known = index < bounds[at:stop, 1][:, None]
        possible = known[:, :, None] & known[:, None, :] & np.triu(np.ones((n, n), bool))
        types = heads = None
        if example.marked:
            types = _types(example.spans[(row_of_span >= at) & (row_of_span < stop)], of_unit - at, start, possible)
        if example.tree is not None:
            heads = _heads(example.tree, np.where(known, index, 0), known, start)
        yield Sentences(_whole(np.where(known, index, 0)), *map(torch.from_numpy, (known, possible)), types, heads)
        at = stop


def _types(
    spans: Ints, row_of_unit: NDArray[np.int64], start: NDArray[np.int64], possible: NDArray[np.bool_]
) -> Tensor:
    types = np.where(possible, 0, IGNORED)
    row = row_of_unit[spans[:, 0]]
    first, last = spans[:, 0] - start[row], spans[:, 1] - 1 - start[row]
    inside = last < possible.shape[1]
    types[row[inside], first[inside], last[inside]] = np.where(spans[:, 2] >= 0, spans[:, 2] + 1, IGNORED)[inside]
    return _whole(np.where(possible, types, IGNORED))


def _heads(tree: Ints, index: NDArray[np.int64], known: NDArray[np.bool_], start: NDArray[np.int64]) -> Tensor:
    head = tree[index, 2] - start[:, None]
    inside = known & (head >= 0) & (head < known.sum(axis=1)[:, None])
    return _whole(np.where(inside, head, IGNORED))


def _mates(example: Example) -> Mates:
    assert example.places is not None
    first, last, _, kind, cluster = (example.mentions[:, column] for column in range(5))
    later, earlier = candidate_pairs(example.places)
    n = len(first)
    right = np.zeros((n, n + 1), bool)
    right[later, earlier] = cluster[later] == cluster[earlier]
    right[:, n] = ~right[:, :n].any(axis=1)
    features = pair_features(example.places, later, earlier)
    arrays = (first, last, kind, later, earlier, features)
    return Mates(*map(_whole, arrays), torch.from_numpy(right))


def _events(example: Example) -> Tensor:
    gold = np.zeros(example.n_units, np.float32)
    gold[example.events] = 1
    return torch.from_numpy(gold)


def _related(tree: Ints) -> Related:
    child = np.flatnonzero((tree[:, 2] >= 0) & (tree[:, 3] >= 0))
    tag, edit = (np.where(tree[:, column] >= 0, tree[:, column], IGNORED) for column in (0, 1))
    return Related(*map(_whole, (tag, edit, child, tree[child, 2], tree[child, 3])))


def _said(speech: Speech) -> Said:
    i, j = speech.pairs[:, 0], speech.pairs[:, 1]
    right = np.zeros((2, len(speech.utterance), len(speech.mention) + 1), bool)
    for number, column in enumerate((2, 3)):
        chosen = speech.pairs[:, column] > 0
        right[number, i[chosen], j[chosen]] = True
        right[number, :, -1] = ~right[number, :, :-1].any(axis=1)
    arrays = (speech.utterance, speech.mention, i, j, speech.pairs[:, 4:])
    return Said(*map(_whole, arrays), torch.from_numpy(right))
