"""Turn-taking: a conversation decided as a whole, from what is known of each utterance alone.

A second-order Markov chain over the utterances: who spoke last, and who before that, make it likelier or
less that a candidate speaks now; how much so hangs on how many paragraphs lie between. Its marginals
(forward-backward) carry the two ends of an untagged exchange into its middle, as a reader counts turns.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.features import Table
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.weights import open_arrays

KEPT = 6  # candidates of an utterance that take part
NOBODY = 0.03  # the share of somebody who is no candidate
GAPS = (0, 1, 2, 4)  # paragraphs: upper bounds of the classes of gaps; a fifth class is beyond


@cache
def load_transitions() -> NDArray[np.float32]:
    """The habits of turn-taking in the package's weights. Raises DamagedInstallation where they are missing."""
    with open_arrays("turns.npz") as arrays:
        transitions: NDArray[np.float32] = arrays["habits"]
        return transitions


def gap_class(before: Utterance, after: Utterance) -> int:
    """The class, 0 to 4, of the gap between two utterances."""
    gap = after.first_paragraph - before.last_paragraph
    return next((k for k, bound in enumerate(GAPS) if gap <= bound), len(GAPS))


def chain_marginals(
    table: Table, probability: NDArray[np.float32], utterances: list[Utterance], transitions: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The probability of each candidate when whole conversations are taken together: (candidates,).

    `probability`: of each candidate by itself. `transitions`: float32 (5, 2, 2, 3), the chance that the next speaker
    is the last one, the one before, or another; by the class of the gap to the last utterance, whether the gap
    before that was over two paragraphs, and whether the last two were one person's.
    """
    if not utterances:
        return probability
    states, weights, rows = _states(table, probability, len(utterances))
    gaps = [0] + [gap_class(one, two) for one, two in zip(utterances[:-1], utterances[1:], strict=True)]
    steps = [_step(states, gaps, i, transitions) for i in range(2, len(utterances))]
    marginals = _forward_backward(weights, _start(states, gaps, transitions), steps)
    found = np.zeros(len(probability), dtype=np.float32)
    for i, own in enumerate(rows):
        found[own] = marginals[i][: len(own)]
    return found


def _states(
    table: Table, probability: NDArray[np.float32], n: int
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.float64]], list[NDArray[np.int64]]]:
    """For each utterance: its likeliest candidates and nobody (-1), their weights, and their rows in the table."""
    starts = np.searchsorted(table.utterance, np.arange(n + 1))
    states, weights, rows = [], [], []
    for i in range(n):
        own = np.arange(starts[i], starts[i + 1])
        best = own[np.argsort(-probability[own], kind="stable")[:KEPT]]
        states.append(np.r_[table.person[best].astype(np.int64), -1])
        weights.append(np.r_[probability[best].astype(np.float64) + 1e-4, NOBODY])
        rows.append(best)
    return states, weights, rows


def _start(
    states: list[NDArray[np.int64]], gaps: list[int], transitions: NDArray[np.float32]
) -> NDArray[np.float64] | None:
    """How well the first two speakers go together, as if others had spoken long before: (first, second)."""
    if len(states) < 2:
        return None
    last = states[0][:, None] == states[1][None, :]
    again = float(transitions[gaps[1], 1, 0, 0])
    together: NDArray[np.float64] = np.where(last, again, (1 - again) / max(1, len(states[1]) - 1))
    return together


def _step(
    states: list[NDArray[np.int64]], gaps: list[int], i: int, transitions: NDArray[np.float32]
) -> NDArray[np.float64]:
    """How well each triple of speakers goes together: (speakers before last, last speakers, speakers now)."""
    a, b, c = states[i - 2], states[i - 1], states[i]
    last = b[None, :, None] == c[None, None, :]
    before = a[:, None, None] == c[None, None, :]
    kind = np.where(last, 0, np.where(before, 1, 2))
    one = (a[:, None] == b[None, :]).astype(int)[:, :, None]
    far = int(gaps[i - 1] > 2)
    share = transitions[gaps[i], far, one, kind].astype(np.float64)
    others = max(1, len(c) - 2)
    together: NDArray[np.float64] = np.where(kind == 2, share / others, share)
    return together


def _forward_backward(
    weights: list[NDArray[np.float64]], start: NDArray[np.float64] | None, steps: list[NDArray[np.float64]]
) -> list[NDArray[np.float64]]:
    n = len(weights)
    if start is None:
        return [w / w.sum() for w in weights]
    forward = [start * weights[0][:, None] * weights[1][None, :]]
    for i in range(2, n):
        now = np.einsum("ab,abc->bc", forward[-1], steps[i - 2]) * weights[i][None, :]
        forward.append(now / now.sum())
    backward = np.ones_like(forward[-1])
    pairs = [forward[-1] * backward]
    for i in range(n - 1, 1, -1):
        backward = np.einsum("abc,c,bc->ab", steps[i - 2], weights[i], backward)
        backward /= backward.sum()
        pairs.append(forward[i - 2] * backward)
    pairs.reverse()
    marginals = [pairs[0].sum(axis=1)] + [pair.sum(axis=0) for pair in pairs]
    return [m / m.sum() for m in marginals]
