"""Calibration: from probabilities to how often answers with such a probability are right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.findings import Floats
from dramaturg.weights import open_arrays

MIN_PROBABILITY = 0.005
MAX_SHARE_OF_BEST = 0.99  # of the likeliest candidate's probability, for another candidate: the order stays the same


@dataclass(frozen=True, slots=True)
class Calibration:
    """How often answers are right, as measured on stories that the ranking had not learned from.

    `knots`: a curve for each TagKind, at even steps of probability from 0 to 1: float32 (len(TagKind), knots).
    `story`: the weights of an answer's log-odds by its curve, of the mean log-odds of the story's answers, and a
    constant: float32 (3,). A story that is hard to read has many unsure answers, and its sure ones are wrong more
    often.
    """

    knots: Floats
    story: Floats


def load_calibration() -> Calibration:
    """Load the calibration from the package's weights.

    Raises DamagedInstallation if the file is missing or damaged.
    """
    with open_arrays("calibration.npz") as arrays:
        return Calibration(arrays["knots"], arrays["story"])


def calibrate(table: CandidateTable, probability: Floats, calibration: Calibration) -> Floats:
    """Calibrate the probability of each utterance's likeliest candidate; the others keep their shares of the rest.

    `probability` and the result: float32 (candidates,).
    """
    if len(probability) == 0:
        return probability
    starts, size = table.groups()
    best = np.maximum.reduceat(probability, starts)
    tag_kind = table.column("tag_kind")[starts].astype(int)
    right = calibrate_best(best, tag_kind, calibration)
    rest = (1 - right) / np.maximum(1 - best, 1e-6)
    is_best = probability == np.repeat(best, size)
    calibrated_best = np.repeat(right, size)
    others = np.minimum(probability * np.repeat(rest, size), calibrated_best * MAX_SHARE_OF_BEST)
    calibrated: Floats = np.where(is_best, calibrated_best, others).astype(np.float32)
    return calibrated


def calibrate_best(best: Floats, tag_kind: NDArray[np.int64], calibration: Calibration) -> Floats:
    """The calibrated probabilities of a story's answers; all (answers,). `tag_kind`: values of TagKind."""
    steps = np.linspace(0, 1, calibration.knots.shape[1])
    curve = np.array([np.interp(p, steps, calibration.knots[kind]) for p, kind in zip(best, tag_kind, strict=True)])
    own = log_odds(curve)
    weight, story_weight, constant = calibration.story.tolist()
    right: Floats = 1 / (1 + np.exp(-(weight * own + story_weight * own.mean() + constant)))
    return right


def log_odds(probability: Floats) -> Floats:
    """The logarithm of the odds, of probabilities kept off 0 and 1: (answers,)."""
    kept = np.clip(probability, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    found: Floats = np.log(kept / (1 - kept))
    return found
