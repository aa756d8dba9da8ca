"""Voices by vectors: how similar the encoder's vectors of an utterance are to what each candidate says elsewhere.

Probabilistic linear discriminant analysis, as in speaker verification (Ioffe 2006). Along axes learned on novels, what
one person says has variance 1 and the means of people have the variance `between`. Each candidate's mean is inferred
from what they probably say elsewhere. The features are log-likelihood ratios of that mean and of an
unknown person.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from dramaturg.cast.speakers.table import CandidateTable, lead_per_utterance
from dramaturg.cast.speakers.unigram_voice import MIN_SPEAKER_PROBABILITY
from dramaturg.cast.utterances import Utterance
from dramaturg.findings import Floats
from dramaturg.weights import open_arrays

UNIT_VARIANCE_WORDS = 20  # syntactic words of an utterance whose variance is 1
EXTRA_VARIANCE_WORDS = 8  # an utterance of so few words has twice the variance of a very long one
MAX_WORDS = 50  # of one utterance count in the story's mean
BLOCK_ROWS = 20_000  # candidates that are scored at a time


@dataclass(frozen=True, slots=True)
class PldaModel:
    """`projection`: float32 (width, axes). `between`: the variance between people along each axis, float32 (axes,)."""

    projection: Floats
    between: Floats


@cache
def load_plda_model() -> PldaModel:
    """Load the model from the package's weights. Raises DamagedInstallation if it is missing or damaged."""
    with open_arrays("voice_embedding.npz") as arrays:
        return PldaModel(arrays["projection"].astype(np.float32), arrays["between"].astype(np.float32))


def centre_utterances(utterances: list[Utterance], width: int) -> tuple[Floats, Floats]:
    """Each utterance's mean vector minus the story's, (utterances, width), and its number of words, (utterances,).

    The vector of an utterance without words is 0.
    """
    sums = np.zeros((len(utterances), width + 1), np.float32)
    for i, utterance in enumerate(utterances):
        if utterance.vector_sum is not None:
            sums[i] = utterance.vector_sum
    n_words = sums[:, -1]
    mean = sums[:, :-1] / np.maximum(n_words, 1)[:, None]
    weight = np.minimum(n_words, MAX_WORDS)
    story_mean = weight @ mean / max(1.0, float(weight.sum()))
    centred: Floats = np.where(n_words[:, None] > 0, mean - story_mean, np.float32(0))
    return centred, n_words


def voice_embedding_features(
    table: CandidateTable, with_turns: Floats, utterances: list[Utterance], model: PldaModel
) -> dict[str, Floats]:
    """How much likelier this speech is from each candidate than from anybody: columns of shape (candidates,).

    `with_turns`: the probability that each candidate is the speaker: (candidates,). What a candidate probably says in
    the utterance itself does not count as said elsewhere.
    """
    centred, n_words = centre_utterances(utterances, len(model.projection))
    vectors = centred @ model.projection
    shortness = 1 + EXTRA_VARIANCE_WORDS / np.maximum(n_words, 1)
    variance = (shortness / (1 + EXTRA_VARIANCE_WORDS / UNIT_VARIANCE_WORDS)).astype(np.float32)
    has_words = n_words[table.utterance] > 0
    counts = (with_turns > MIN_SPEAKER_PROBABILITY) & has_words
    weight = np.where(counts, with_turns / variance[table.utterance], 0).astype(np.float32)
    n_people = int(table.person.max(initial=-1)) + 1
    total_weight = np.zeros(n_people, np.float32)
    total = np.zeros((n_people, vectors.shape[1]), np.float32)
    np.add.at(total_weight, table.person, weight)
    np.add.at(total, table.person, weight[:, None] * vectors[table.utterance])
    ratio, log_elsewhere = np.zeros((2, len(table)), np.float32)
    for start in range(0, len(table), BLOCK_ROWS):
        block = slice(start, start + BLOCK_ROWS)
        u, person, own = table.utterance[block], table.person[block], weight[block]
        elsewhere = np.maximum(0, total_weight[person] - own)
        sums = total[person] - own[:, None] * vectors[u]
        value = _log_ratio(vectors[u], variance[u], elsewhere, sums, model.between)
        ratio[block] = np.where((elsewhere > 0) & has_words[block], value, 0)
        log_elsewhere[block] = np.log1p(elsewhere)
    return {
        "voice_embedding": ratio,
        "voice_embedding_lead": lead_per_utterance(table, ratio, with_background=True),
        "log_speech_elsewhere": log_elsewhere,
    }


def _log_ratio(vectors: Floats, variance: Floats, elsewhere: Floats, sums: Floats, between: Floats) -> Floats:
    """The log-likelihood ratio of the person who said `sums` elsewhere, with that weight, and of anybody: (rows,)."""
    posterior = between / (1 + elsewhere[:, None] * between)  # the variance of each person's mean that is left
    difference = vectors - posterior * sums
    of_person, of_anybody = variance[:, None] + posterior, variance[:, None] + between
    ratio: Floats = 0.5 * (np.log(of_anybody / of_person) + vectors**2 / of_anybody - difference**2 / of_person).sum(
        axis=1
    )
    return ratio
