"""Who speaks each utterance: two rankings of its candidates."""

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.features import Table, neighbour_features
from dramaturg.cast.trees import load_trees


def share_out(score: NDArray[np.float32], utterance: NDArray[np.int32]) -> NDArray[np.float32]:
    """Scores → probabilities by a softmax over each utterance's candidates, and nobody with the score 0.

    `score`, `utterance`: (candidates,), an utterance's candidates together. Returns (candidates,).
    """
    if len(score) == 0:
        return score
    starts = np.flatnonzero(np.r_[True, utterance[1:] != utterance[:-1]])
    size = np.diff(np.r_[starts, len(score)])
    top = np.maximum(np.maximum.reduceat(score, starts), 0)
    power = np.exp(score - np.repeat(top, size))
    shared: NDArray[np.float32] = power / np.repeat(np.add.reduceat(power, starts) + np.exp(-top), size)
    return shared


def rank_speakers(table: Table, n_utterances: int) -> NDArray[np.float32]:
    """The probability of each candidate: float32 (candidates,)."""
    first = share_out(load_trees("speakers_first").score(table.rows), table.utterance)
    rows = np.hstack([table.rows, neighbour_features(table, first, n_utterances)])
    return share_out(load_trees("speakers_second").score(rows), table.utterance)
