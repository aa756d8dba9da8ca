"""The conversation network: each candidate compared with their rivals, and with themselves in other utterances.

The features of the second pass count a candidate's neighbours by hand; here the weights are learned. A residual network
of two layers. Each layer combines a candidate with the same person in the utterances before and after, and with the
maximum and the mean over all candidates of the utterance (Deep Sets; Zaheer et al. 2017).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.table import CandidateTable, find_neighbours, groups_of
from dramaturg.findings import Floats
from dramaturg.weights import find_columns, open_arrays

FILE = "conversation_network.npz"
OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
N_LAYERS = 2
BLOCK_UTTERANCES = 512  # that go through the network together
REACH_UTTERANCES = N_LAYERS * max(OFFSETS)  # before and after, that a score depends on
MIN_MAXIMUM = -5.0  # the least value of the maximum over an utterance's candidates
EPSILON = 1e-5

RowNumbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Network:
    """`knots`: the quantiles of each feature, float32 (features, knots); `arrays`: the layers' weights, by name."""

    knots: Floats
    arrays: dict[str, Floats]

    def to_quantiles(self, rows: Floats) -> Floats:
        """Rows with each value replaced by its quantile, from -1 to 1: (rows, features)."""
        quantiles = np.zeros_like(rows)
        for k, column in enumerate(self.knots):
            steps = np.unique(column)
            if len(steps) > 1:
                quantiles[:, k] = np.interp(rows[:, k], steps, np.linspace(-1, 1, len(steps)))
        return quantiles

    def score(self, quantiles: Floats, utterance: RowNumbers, neighbours: RowNumbers) -> Floats:
        """The score of each candidate: (rows,).

        `quantiles`: as `to_quantiles` returns them. `neighbours`: (rows, OFFSETS), as `find_neighbours` returns it.
        """
        x = self._norm("norm.0", self._mlp("enter", quantiles))
        starts, size = groups_of(utterance)
        for layer in range(N_LAYERS):
            padded = np.concatenate([x, np.zeros((1, x.shape[1]), np.float32)])
            maximum = np.maximum(np.maximum.reduceat(x, starts), np.float32(MIN_MAXIMUM))
            mean = np.add.reduceat(x, starts) / size[:, None].astype(np.float32)
            same_person = padded[neighbours].reshape(len(x), -1)
            rivals = np.repeat(np.concatenate([maximum, mean], axis=1), size, axis=0)
            mixed = self._mlp(f"mix.{layer}", np.concatenate([x, same_person, rivals], axis=1))
            x = self._norm(f"norm.{layer + 1}", x + mixed)
        return self._dense("leave", x)[:, 0]

    def _dense(self, name: str, x: Floats) -> Floats:
        product: Floats = x @ self.arrays[f"{name}.weight"].T + self.arrays[f"{name}.bias"]
        return product

    def _mlp(self, name: str, x: Floats) -> Floats:
        return self._dense(f"{name}.down", np.maximum(self._dense(f"{name}.up", x), np.float32(0)))

    def _norm(self, name: str, x: Floats) -> Floats:
        difference = x - x.mean(axis=1, keepdims=True)
        scale = np.sqrt((difference**2).mean(axis=1, keepdims=True) + np.float32(EPSILON))
        normalised: Floats = difference / scale * self.arrays[f"{name}.weight"] + self.arrays[f"{name}.bias"]
        return normalised


@cache
def load_network(features: tuple[str, ...]) -> Network:
    """Load the network from the package's weights, for rows with these features, in any order.

    Raises DamagedInstallation if the file is missing or damaged, or if it was trained on other features.
    """
    with open_arrays(FILE) as arrays:
        trained_on = arrays["features"].tolist()
        layers = {name: arrays[name].astype(np.float32) for name in arrays if name != "features"}
    trained_column = np.argsort(find_columns(FILE, trained_on, features))
    knots, enter = layers.pop("knots"), layers["enter.up.weight"]
    return Network(knots[trained_column], {**layers, "enter.up.weight": enter[:, trained_column]})


def score_conversations(table: CandidateTable, network: Network) -> Floats:
    """The score of each candidate by the conversation: float32 (candidates,), in time linear in their number."""
    utterance, person = table.utterance.astype(np.int64), table.person.astype(np.int64)
    scores = np.zeros(len(table), np.float32)
    for start in range(0, int(utterance.max(initial=-1)) + 1, BLOCK_UTTERANCES):
        end = start + BLOCK_UTTERANCES
        first, last = np.searchsorted(utterance, (start - REACH_UTTERANCES, end + REACH_UTTERANCES))
        own = slice(*np.searchsorted(utterance, (start, end)))
        if own.start < own.stop:
            block = slice(first, last)
            neighbours = find_neighbours(utterance[block], person[block], OFFSETS)
            score = network.score(network.to_quantiles(table.rows[block]), utterance[block], neighbours)
            scores[own] = score[own.start - first : own.stop - first]
    return scores
