"""Turn-taking: the speakers of whole conversations, given the probabilities of each utterance by itself.

A second-order Markov chain over the utterances. The last two speakers make each candidate more or less likely to speak
now, depending on the paragraphs between the utterances, and on whom the last utterance addresses by name. Its marginals
(forward-backward algorithm) carry the known speakers at both ends of an untagged exchange into its middle.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.cast.utterances import Utterance
from dramaturg.findings import Floats
from dramaturg.weights import open_arrays

MAX_STATES = 6  # candidates of an utterance that take part, the likeliest
MIN_WEIGHT = 1e-4  # added to a candidate's probability
OTHER_WEIGHT = 0.03  # of a speaker who is not a candidate
OTHER = -1  # the number of that speaker
GAP_CLASSES = (0, 1, 2, 4)  # paragraphs: the upper bounds of the first four classes of gaps; the fifth has none
ADDRESSED, ADDRESSED_BY_NAME = "addressed_-1", 2.0  # the feature of whom the last utterance addresses, and its value
FAR_CLASS = 2  # the last class in which two utterances are near each other

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transitions:
    """How probable it is that the next speaker is who.

    `turns`: the last speaker, the one before, or another: float32 (5, 2, 2, 3). Its first three axes are the class of
    the gap to the last utterance, whether the gap before that was wider than two paragraphs, and whether the last two
    utterances had the same speaker. `replies`: after an utterance that addresses a candidate by name, the last speaker,
    the one addressed, the speaker before if that is somebody else, or another: float32 (5, 2, 4). Its first two axes
    are the class of the gap, and whether the speaker before is addressed.
    """

    turns: Floats
    replies: Floats


@cache
def load_transitions() -> Transitions:
    """Load the transitions from the package's weights. Raises DamagedInstallation if they are missing or damaged."""
    with open_arrays("turn_transitions.npz") as arrays:
        return Transitions(arrays["turns"], arrays["replies"])


def gap_class(before: Utterance, after: Utterance) -> int:
    """The class, 0 to 4, of the gap between two utterances."""
    gap = after.first_paragraph - before.last_paragraph
    return next((k for k, bound in enumerate(GAP_CLASSES) if gap <= bound), len(GAP_CLASSES))


def chain_marginals(
    table: CandidateTable, probability: Floats, utterances: list[Utterance], transitions: Transitions
) -> Floats:
    """The probability of each candidate if whole conversations are decided together: (candidates,).

    `probability`: of each candidate by the utterance itself: (candidates,).
    """
    if not utterances:
        return probability
    states, weights, rows = _states(table, probability, len(utterances))
    gaps = [0, *(gap_class(before, after) for before, after in pairwise(utterances))]
    is_addressed = table.column(ADDRESSED) == ADDRESSED_BY_NAME
    addressed = [np.append(is_addressed[own], False) for own in rows]
    steps = [
        _reply(states, gaps, i, addressed[i], transitions.replies)
        if addressed[i].any()
        else _step(states, gaps, i, transitions.turns)
        for i in range(2, len(utterances))
    ]
    marginals = _forward_backward(weights, _start(states, gaps, transitions.turns), steps)
    found = np.zeros(len(probability), dtype=np.float32)
    for i, own in enumerate(rows):
        found[own] = marginals[i][: len(own)]
    return found


def _states(
    table: CandidateTable, probability: Floats, n: int
) -> tuple[list[NDArray[np.int64]], list[Matrix], list[NDArray[np.int64]]]:
    """For each utterance: its likeliest candidates and OTHER, their weights, and the candidates' rows in the table."""
    rows = [np.zeros(0, np.int64)] * n
    for start, size in zip(*table.groups(), strict=True):
        own = np.arange(start, start + size)
        rows[table.utterance[start]] = own[np.argsort(-probability[own], kind="stable")[:MAX_STATES]]
    states = [np.append(table.person[own].astype(np.int64), OTHER) for own in rows]
    weights = [np.append(probability[own].astype(np.float64) + MIN_WEIGHT, OTHER_WEIGHT) for own in rows]
    return states, weights, rows


def _start(states: list[NDArray[np.int64]], gaps: list[int], transitions: Floats) -> Matrix | None:
    """The weight of each pair of first speakers, as if others had spoken long before: (first, second)."""
    if len(states) < 2:
        return None
    same = states[0][:, None] == states[1][None, :]
    repeated = float(transitions[gaps[1], 1, 0, 0])
    weight: Matrix = np.where(same, repeated, (1 - repeated) / max(1, len(states[1]) - 1))
    return weight


def _reply(
    states: list[NDArray[np.int64]], gaps: list[int], i: int, addressed: NDArray[np.bool_], replies: Floats
) -> Matrix:
    """`_step` after an utterance that addresses somebody by name. `addressed`: which of the speakers now."""
    before, last, now = states[i - 2], states[i - 1], states[i]
    is_last = last[None, :, None] == now[None, None, :]
    is_before = before[:, None, None] == now[None, None, :]
    turn = np.where(is_last, 0, np.where(addressed[None, None, :], 1, np.where(is_before, 2, 3)))
    before_addressed = np.isin(before, now[addressed]).astype(int)[:, None, None]
    probability = replies[gaps[i], before_addressed, turn].astype(np.float64)
    n_addressed = int(addressed.sum())
    sharing = np.where(turn == 1, n_addressed, np.where(turn == 3, max(1, len(now) - 2 - n_addressed), 1))
    weight: Matrix = probability / sharing
    return weight


def _step(states: list[NDArray[np.int64]], gaps: list[int], i: int, transitions: Floats) -> Matrix:
    """The weight of each triple of speakers: (speakers before the last, last speakers, speakers now)."""
    before, last, now = states[i - 2], states[i - 1], states[i]
    is_last = last[None, :, None] == now[None, None, :]
    is_before = before[:, None, None] == now[None, None, :]
    turn = np.where(is_last, 0, np.where(is_before, 1, 2))
    repeated = (before[:, None] == last[None, :]).astype(int)[:, :, None]
    far = int(gaps[i - 1] > FAR_CLASS)
    probability = transitions[gaps[i], far, repeated, turn].astype(np.float64)
    weight: Matrix = np.where(turn == 2, probability / max(1, len(now) - 2), probability)
    return weight


def _forward_backward(weights: list[Matrix], start: Matrix | None, steps: list[Matrix]) -> list[Matrix]:
    """The marginal probability of each state of each utterance."""
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
