"""Conversations in a small network: each candidate beside the others of its utterance, and beside itself around it.

What trees are told of a candidate's neighbours is counted by hand (`rounds`); here it is learned. A residual network of
two layers; each mixes what is known of a candidate with the same of the same person in the utterances before and after,
and with the highest and the mean of all candidates of the utterance (as sets are read; Zaheer et al. 2017).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.features import Table
from dramaturg.findings import Floats
from dramaturg.weights import open_arrays

OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
LAYERS = 2
BLOCK = 512  # utterances that go through together
EDGE = LAYERS * max(OFFSETS)  # utterances to either side that they are read beside
LOWEST = -5.0  # where the highest of an utterance's candidates starts
EPSILON = 1e-5

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Network:
    """`knots`: the quantiles of each feature, float32 (features, knots); `arrays`: the layers' weights, by name."""

    knots: Floats
    arrays: dict[str, Floats]

    def even(self, rows: Floats) -> Floats:
        """Rows with each feature told by its quantile, from -1 to 1: (rows, features)."""
        found = np.zeros_like(rows)
        for k, column in enumerate(self.knots):
            steps = np.unique(column)
            if len(steps) > 1:
                found[:, k] = np.interp(rows[:, k], steps, np.linspace(-1, 1, len(steps)))
        return found

    def score(self, rows: Floats, utterance: Places, near: Places) -> Floats:
        """The score of each candidate: (rows,). `rows`: even ones. `near`: as `neighbours` gives it."""
        x = self._norm("norm.0", self._mlp("enter", rows))
        starts = np.flatnonzero(np.r_[True, utterance[1:] != utterance[:-1]])
        size = np.diff(np.r_[starts, len(utterance)])
        for layer in range(LAYERS):
            padded = np.concatenate([x, np.zeros((1, x.shape[1]), np.float32)])
            highest = np.maximum(np.maximum.reduceat(x, starts), np.float32(LOWEST))
            mean = np.add.reduceat(x, starts) / size[:, None].astype(np.float32)
            around = padded[near].reshape(len(x), -1)
            beside = np.repeat(np.concatenate([highest, mean], axis=1), size, axis=0)
            mixed = self._mlp(f"mix.{layer}", np.concatenate([x, around, beside], axis=1))
            x = self._norm(f"norm.{layer + 1}", x + mixed)
        return self._dense("leave", x)[:, 0]

    def _dense(self, name: str, x: Floats) -> Floats:
        product: Floats = x @ self.arrays[f"{name}.weight"].T + self.arrays[f"{name}.bias"]
        return product

    def _mlp(self, name: str, x: Floats) -> Floats:
        return self._dense(f"{name}.down", np.maximum(self._dense(f"{name}.up", x), np.float32(0)))

    def _norm(self, name: str, x: Floats) -> Floats:
        off = x - x.mean(axis=1, keepdims=True)
        scale = np.sqrt((off**2).mean(axis=1, keepdims=True) + np.float32(EPSILON))
        found: Floats = off / scale * self.arrays[f"{name}.weight"] + self.arrays[f"{name}.bias"]
        return found


@cache
def load_network() -> Network:
    """The network in the package's weights. Raises DamagedInstallation where it is missing or broken."""
    with open_arrays("talk.npz") as arrays:
        found = {name: arrays[name].astype(np.float32) for name in arrays}
        return Network(found.pop("knots"), found)


def neighbours(utterance: Places, person: Places) -> Places:
    """The rows of each candidate in the utterances around: (rows, OFFSETS); the number of rows where it is none."""
    rows, people = len(utterance), int(person.max(initial=0)) + 1
    key = utterance * people + person
    order = np.argsort(key, kind="stable")
    sought = key[:, None] + np.array(OFFSETS) * people
    at = np.minimum(np.searchsorted(key[order], sought), rows - 1)
    found: Places = np.where(key[order][at] == sought, order[at], rows)
    return found


def score_conversation_network(table: Table, network: Network) -> Floats:
    """The score of each candidate by its conversation: float32 (candidates,), in time linear in their number."""
    utterance, person = table.utterance.astype(np.int64), table.person.astype(np.int64)
    found = np.zeros(len(utterance), np.float32)
    for at in range(0, int(utterance.max(initial=-1)) + 1, BLOCK):
        first, last = np.searchsorted(utterance, (at - EDGE, at + BLOCK + EDGE))
        own = slice(*np.searchsorted(utterance, (at, at + BLOCK)))
        if own.start < own.stop:
            some = slice(first, last)
            near = neighbours(utterance[some], person[some])
            score = network.score(network.even(table.rows[some]), utterance[some], near)
            found[own] = score[own.start - first : own.stop - first]
    return found
