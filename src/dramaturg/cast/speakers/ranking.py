"""Who speaks each utterance: its candidates ranked by themselves, then whole conversations taken together; twice.

The second round ranks anew, knowing who probably speaks before and after, by trees and by a small network.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.conversation_network import Network, load_network, score_conversation_network
from dramaturg.cast.speakers.features import FEATURES, Table
from dramaturg.cast.speakers.second_pass import add_neighbours
from dramaturg.cast.speakers.turns import chain_marginals, load_transitions
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.cast.speakers.voice_embedding import load_plda_model
from dramaturg.cast.trees import load_trees
from dramaturg.weights import open_arrays

KNOWN = 0.1  # below this the likeliest speaker is no answer but a guess
BEHIND = 0.99  # the likeliest candidate stays ahead of the others
WORTH_NAMING = 0.05
MOST_ALTERNATIVES = 4
TAG_KIND = FEATURES.index("tag_kind")
NO_TAG, PRONOUN_TAG = 0.0, 3.0  # kinds of tag, as the column tells them
SHARPER = 1.5  # the power to which a candidate's own probability is raised before turns are counted
# How much turns count beside the utterance by itself, in each round: 0 not at all, 1 alone. No more than this was
# gained by folds over the training novels; the second round knows of turns already.
FIRST_TURNS = {NO_TAG: 1.0, PRONOUN_TAG: 0.5}
SECOND_TURNS = {NO_TAG: 1.0}
NOT_FIXED = -2
NEVER = 1e-20  # not 0, so that shares can be made where all candidates are out of the question


def rank_speakers(
    table: Table, utterances: list[Utterance], fixed: Mapping[int, int] | None = None
) -> NDArray[np.float32]:
    """The probability of each candidate: float32 (candidates,).

    `fixed`: who speaks, or -1 for somebody unknown, where that is known already, by utterance.
    """
    fixed, transitions = fixed or {}, load_transitions()
    alone = fix_speakers(table, softmax_per_utterance(load_trees("speakers").score(table.rows), table.utterance), fixed)
    together = fix_speakers(table, take_turns(table, alone, utterances, transitions, FIRST_TURNS), fixed)
    again = replace(table, rows=add_neighbours(table, alone, together, utterances, load_plda_model()))
    alone = fix_speakers(
        table, softmax_per_utterance(load_trees("speakers_again").score(again.rows), table.utterance), fixed
    )
    together = take_turns(table, alone, utterances, transitions, SECOND_TURNS)
    both = combine(table, together, score_conversations(again, load_network()))
    return fix_speakers(table, calibrate(table, both, load_calibration()), fixed)


def score_conversations(table: Table, network: Network) -> NDArray[np.float32]:
    """The probability of each candidate by its conversation: (candidates,). `table`: the second round's."""
    return softmax_per_utterance(score_conversation_network(table, network), table.utterance)


def combine(table: Table, together: NDArray[np.float32], talk: NDArray[np.float32]) -> NDArray[np.float32]:
    """The trees' probability and the network's as one, their geometric mean, nobody's among them: (candidates,)."""
    if len(talk) == 0:
        return talk
    starts, size = _groups(table.utterance)
    nobody = [np.maximum(0, 1 - np.add.reduceat(each, starts)) for each in (together, talk)]
    mean = np.sqrt(together * talk)
    whole = np.add.reduceat(mean, starts) + np.sqrt(nobody[0] * nobody[1])
    found: NDArray[np.float32] = mean / np.repeat(np.maximum(whole, NEVER), size)
    return found


def fix_speakers(table: Table, probability: NDArray[np.float32], fixed: Mapping[int, int]) -> NDArray[np.float32]:
    """The probability of each candidate, 1 or 0 where it is known who speaks: (candidates,)."""
    if not fixed:
        return probability
    given = np.full(int(table.utterance.max(initial=0)) + 1, NOT_FIXED, dtype=np.int64)
    for utterance, speaker in fixed.items():
        if utterance < len(given):
            given[utterance] = speaker
    known = given[table.utterance]
    found: NDArray[np.float32] = np.where(
        known == NOT_FIXED, probability, np.where(known == table.person, 1.0, NEVER)
    ).astype(np.float32)
    return found


def take_turns(
    table: Table,
    alone: NDArray[np.float32],
    utterances: list[Utterance],
    transitions: NDArray[np.float32],
    weights: Mapping[float, float],
) -> NDArray[np.float32]:
    """Each candidate's probability with the conversation in mind, given that by itself; both (candidates,).

    A tag's name is stronger than any turn; where there is none, both count. `weights`: how much turns do, by kind of
    tag, as exponents of a geometric mean.
    """
    sharp = shares(alone**SHARPER, table.utterance)
    together = chain_marginals(table, sharp, utterances, transitions)
    kind = table.rows[:, TAG_KIND]
    weight = np.select([kind == k for k in weights], list(weights.values()), 0.0)
    found: NDArray[np.float32] = (alone ** (1 - weight) * together**weight).astype(np.float32)
    return found


def load_calibration() -> NDArray[np.float32]:
    """How often the ranking was right on novels it had not learned from: float32 (4, knots).

    A row for each kind of tag (none, name, noun, pronoun); the knots stand at even steps of probability from 0 to 1.
    """
    with open_arrays("calibration.npz") as arrays:
        knots: NDArray[np.float32] = arrays["knots"]
        return knots


def calibrate(table: Table, probability: NDArray[np.float32], knots: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities → how often such ones are right, the likeliest of each utterance by the curve of its kind of tag.

    The other candidates share what is left as before. All are float32 (candidates,).
    """
    if len(probability) == 0:
        return probability
    starts, size = _groups(table.utterance)
    top = np.maximum.reduceat(probability, starts)
    kind = table.rows[starts, TAG_KIND].astype(int)
    steps = np.linspace(0, 1, knots.shape[1])
    right = np.array([np.interp(p, steps, knots[k]) for p, k in zip(top, kind, strict=True)])
    rest = (1 - right) / np.maximum(1 - top, 1e-6)
    is_top = probability == np.repeat(top, size)
    ceiling = np.repeat(right, size)
    others = np.minimum(probability * np.repeat(rest, size), ceiling * BEHIND)
    found: NDArray[np.float32] = np.where(is_top, ceiling, others).astype(np.float32)
    return found


def softmax_per_utterance(score: NDArray[np.float32], utterance: NDArray[np.int32]) -> NDArray[np.float32]:
    """Scores → probabilities by a softmax over each utterance's candidates, and nobody with the score 0.

    `score`, `utterance`: (candidates,), an utterance's candidates together. Returns (candidates,).
    """
    if len(score) == 0:
        return score
    starts, size = _groups(utterance)
    top = np.maximum(np.maximum.reduceat(score, starts), 0)
    power = np.exp(score - np.repeat(top, size))
    shared: NDArray[np.float32] = power / np.repeat(np.add.reduceat(power, starts) + np.exp(-top), size)
    return shared


def shares(weight: NDArray[np.float32], utterance: NDArray[np.int32]) -> NDArray[np.float32]:
    """Weights → shares of each utterance's whole: (candidates,)."""
    if len(weight) == 0:
        return weight
    starts, size = _groups(utterance)
    shared: NDArray[np.float32] = weight / np.repeat(np.add.reduceat(weight, starts), size)
    return shared


def _groups(utterance: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each utterance's candidates start, and how many they are."""
    starts = np.flatnonzero(np.r_[True, utterance[1:] != utterance[:-1]])
    return starts, np.diff(np.r_[starts, len(utterance)])


def choose_speakers(
    table: Table, probability: NDArray[np.float32], n_utterances: int
) -> list[tuple[int | None, float, tuple[tuple[int, float], ...]]]:
    """For each utterance: its speaker or None, the chance that it is right, and the alternatives with theirs.

    `probability`: (candidates,), as `calibrate` gives it.
    """
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
