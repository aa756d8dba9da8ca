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


KNOWN = 0.2  # below this the likeliest speaker is no answer but a guess
WORTH_NAMING = 0.05
MOST_ALTERNATIVES = 4


def choose_speakers(
    table: Table, probability: NDArray[np.float32], n_utterances: int
) -> list[tuple[int | None, float, tuple[tuple[int, float], ...]]]:
    """For each utterance: its speaker or None, the probability that it is right, and the alternatives."""
    ranked: list[list[tuple[float, int]]] = [[] for _ in range(n_utterances)]
    for number, person, p in zip(table.utterance.tolist(), table.person.tolist(), probability.tolist(), strict=True):
        ranked[number].append((-round(p, 4), person))
    chosen: list[tuple[int | None, float, tuple[tuple[int, float], ...]]] = []
    for candidates in ranked:
        candidates.sort()
        others = [(person, -p) for p, person in candidates if -p >= WORTH_NAMING]
        if others and others[0][1] >= KNOWN:
            chosen.append((others[0][0], others[0][1], tuple(others[1 : 1 + MOST_ALTERNATIVES])))
        else:
            chosen.append((None, 0.0, tuple(others[:MOST_ALTERNATIVES])))
    return chosen
