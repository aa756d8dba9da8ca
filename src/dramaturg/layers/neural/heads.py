"""The trained heads of the neural layers as arrays, and the operations that the layers share."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.findings import Floats
from dramaturg.weights import open_arrays


@cache
def load_heads() -> Mapping[str, Floats]:
    """Every array of the heads by name, float32; biaffine weights have shape (out, width + 1, width + 1)."""
    with open_arrays("heads.npz") as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays if arrays[name].dtype == np.float16}


@cache
def load_names(kind: str) -> tuple[str, ...]:
    """The names of a head's outputs. `kind`: tags, edits or relations."""
    with open_arrays("heads.npz") as arrays:
        return tuple(arrays[kind].tolist())


def dense(x: Floats, name: str) -> Floats:
    """A linear layer: x · Wᵀ + b for the rows of x. `name`: the head's name; the bias is optional."""
    heads = load_heads()
    product: Floats = x @ heads[f"{name}.weight"].T
    return product + heads[f"{name}.bias"] if f"{name}.bias" in heads else product


def relu(x: Floats) -> Floats:
    """max(x, 0)."""
    return np.maximum(x, np.float32(0))


def with_one(x: Floats) -> Floats:
    """Each vector with a 1 appended, for the bias terms of a biaffine scorer: (…, width + 1)."""
    return np.concatenate([x, np.ones((*x.shape[:-1], 1), np.float32)], axis=-1)


def span_rows(x: Floats, first: NDArray[np.int32], last: NDArray[np.int32]) -> Floats:
    """The first, the last and the mean vector of each span of rows: (spans, 3 * width). `last` is excluded."""
    sums = np.concatenate([np.zeros((1, x.shape[1]), np.float32), np.cumsum(x, axis=0, dtype=np.float32)])
    mean = (sums[last] - sums[first]) / (last - first)[:, None].astype(np.float32)
    return np.concatenate([x[first], x[last - 1], mean], axis=1)


def pad_sentences(bounds: list[tuple[int, int]]) -> NDArray[np.int64]:
    """The rows of each sentence: (sentences, longest), padded with -1."""
    longest = max(end - start for start, end in bounds)
    index = np.full((len(bounds), longest), -1, dtype=np.int64)
    for row, (start, end) in enumerate(bounds):
        index[row, : end - start] = np.arange(start, end)
    return index
