"""Voices by vectors: whose other speech an utterance is like in what the encoder makes of it.

Along axes learned on novels, in which what one person says varies by 1 and people differ by `between`, each candidate's
mean is inferred from what they probably say elsewhere; the features are log-likelihood ratios of that against a person
of whom nothing is known (probabilistic linear discriminant analysis, as voices are verified by; Ioffe 2006).
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.features import Table
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.findings import Floats
from dramaturg.weights import open_arrays

PROBABLE = 0.3  # who speaks with less than this adds nothing to what is known of their voice
USUAL, SHORT = 20, 8  # units: of an utterance that varies by 1, and how soon a shorter one varies by more
MOST = 50  # units of one utterance that count when a story's mean is taken
BLOCK = 20_000  # candidates that are reckoned with at a time
FEATURES = tuple("likeness likeness_ahead speech_elsewhere".split())


@dataclass(frozen=True, slots=True)
class PldaModel:
    """`projection`: float32 (width, axes). `between`: how much people differ along each, float32 (axes,)."""

    projection: Floats
    between: Floats


@cache
def load_plda_model() -> PldaModel:
    """The axes in the package's weights. Raises DamagedInstallation where they are missing."""
    with open_arrays("voices.npz") as arrays:
        return PldaModel(arrays["projection"].astype(np.float32), arrays["between"].astype(np.float32))


def centred(utterances: list[Utterance], width: int) -> tuple[Floats, Floats]:
    """Each utterance's mean vector less the story's, and how many units it has: (utterances, width), (utterances,).

    One without units has the story's mean.
    """
    sums = np.zeros((len(utterances), width + 1), np.float32)
    for i, utterance in enumerate(utterances):
        if utterance.speech is not None:
            sums[i] = utterance.speech
    units = sums[:, -1]
    mean = sums[:, :-1] / np.maximum(units, 1)[:, None]
    weight = np.minimum(units, MOST)
    middle = weight @ mean / max(1.0, float(weight.sum()))
    found: Floats = np.where(units[:, None] > 0, mean - middle, np.float32(0))
    return found, units


def voice_embedding_features(table: Table, together: Floats, utterances: list[Utterance], axes: PldaModel) -> Floats:
    """How much likelier each candidate is to say what is like this than anybody: float32 (candidates, FEATURES).

    `together`: the probability of each candidate with its turns: (candidates,). What one is thought to say in the
    utterance itself is left out of what they say elsewhere.
    """
    rows = np.zeros((len(together), len(FEATURES)), np.float32)
    if not len(rows):
        return rows
    vectors, units = centred(utterances, len(axes.projection))
    place = vectors @ axes.projection
    varies = ((1 + SHORT / np.maximum(units, 1)) / (1 + SHORT / USUAL)).astype(np.float32)
    spoken = units[table.utterance] > 0
    weight = np.where((together > PROBABLE) & spoken, together / varies[table.utterance], 0).astype(np.float32)
    people = int(table.person.max()) + 1
    known, total = np.zeros(people, np.float32), np.zeros((people, place.shape[1]), np.float32)
    np.add.at(known, table.person, weight)
    np.add.at(total, table.person, weight[:, None] * place[table.utterance])
    for at in range(0, len(rows), BLOCK):
        some = slice(at, at + BLOCK)
        u, person, own = table.utterance[some], table.person[some], weight[some]
        elsewhere = np.maximum(0, known[person] - own)
        sums = total[person] - own[:, None] * place[u]
        ratio = _ratio(place[u], varies[u], elsewhere, sums, axes.between)
        rows[some, 0] = np.where((elsewhere > 0) & spoken[some], ratio, 0)
        rows[some, 2] = np.log1p(elsewhere)
    rows[:, 1] = _ahead(table, rows[:, 0])
    return rows


def _ratio(place: Floats, varies: Floats, elsewhere: Floats, sums: Floats, between: Floats) -> Floats:
    """The logarithm of how much likelier each place is by what was said elsewhere than by nothing: (places,)."""
    left = between / (1 + elsewhere[:, None] * between)  # how unsure each person's mean still is
    off = place - left * sums
    by_them, by_anybody = varies[:, None] + left, varies[:, None] + between
    ratio: Floats = 0.5 * (np.log(by_anybody / by_them) + place**2 / by_anybody - off**2 / by_them).sum(axis=1)
    return ratio


def _ahead(table: Table, ratio: NDArray[np.float32]) -> Floats:
    """By how much each candidate is ahead of the best other of the utterance, or of anybody: (candidates,)."""
    ahead = np.empty_like(ratio)
    starts = np.flatnonzero(np.r_[True, table.utterance[1:] != table.utterance[:-1]])
    for first, last in pairwise([*starts.tolist(), len(ratio)]):
        own = ratio[first:last]
        second, best = np.sort(np.r_[own, 0])[-2:]
        ahead[first:last] = np.where(own == best, own - second, own - best)
    return ahead
