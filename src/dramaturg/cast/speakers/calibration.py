"""Calibration: from probabilities to how often answers with such a probability are right."""

import numpy as np

from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.findings import Floats
from dramaturg.weights import open_arrays

MAX_SHARE_OF_BEST = 0.99  # of the likeliest candidate's probability, for another candidate: the order stays the same


def load_calibration() -> Floats:
    """Load the calibration curves from the package's weights: float32 (len(TagKind), knots).

    A row for each TagKind: how often the likeliest candidate was right in novels that the ranking had not learned
    from, at even steps of probability from 0 to 1. Raises DamagedInstallation if the file is missing or damaged.
    """
    with open_arrays("calibration.npz") as arrays:
        knots: Floats = arrays["knots"]
        return knots


def calibrate(table: CandidateTable, probability: Floats, knots: Floats) -> Floats:
    """Calibrate the probability of each utterance's likeliest candidate; the others keep their shares of the rest.

    `probability` and the result: float32 (candidates,). `knots`: as `load_calibration` returns them.
    """
    if len(probability) == 0:
        return probability
    starts, size = table.groups()
    best = np.maximum.reduceat(probability, starts)
    tag_kind = table.column("tag_kind")[starts].astype(int)
    steps = np.linspace(0, 1, knots.shape[1])
    right = np.array([np.interp(p, steps, knots[kind]) for p, kind in zip(best, tag_kind, strict=True)])
    rest = (1 - right) / np.maximum(1 - best, 1e-6)
    is_best = probability == np.repeat(best, size)
    calibrated_best = np.repeat(right, size)
    others = np.minimum(probability * np.repeat(rest, size), calibrated_best * MAX_SHARE_OF_BEST)
    calibrated: Floats = np.where(is_best, calibrated_best, others).astype(np.float32)
    return calibrated
