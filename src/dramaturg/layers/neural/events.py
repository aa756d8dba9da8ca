"""Events that the story shows as having happened (realis events), each at the word that names it.

Source: Sims, Park & Bamman 2019, Literary Event Detection.
"""

import numpy as np

from dramaturg.encoder import Encoded
from dramaturg.findings import Floats, Ints
from dramaturg.layers.neural.heads import dense, relu

MIN_PROBABILITY = 0.5


def find_events(window: Encoded) -> tuple[Ints, Floats]:
    """The units of a window that are events, and the probability of each; both of shape (events,)."""
    score = dense(relu(dense(window.vectors, "events.hidden")), "events.out")[:, 0]
    probability = 1 / (1 + np.exp(-score))
    units = np.flatnonzero(probability >= MIN_PROBABILITY)
    return (units + window.first).astype(np.int32), probability[units].astype(np.float32)


def join_events(windows: list[tuple[Ints, Floats]]) -> tuple[Ints, Floats]:
    """The events of all windows, in order."""
    units = np.concatenate([np.zeros(0, np.int32), *(units for units, _ in windows)])
    return units, np.concatenate([np.zeros(0, np.float32), *(probability for _, probability in windows)])
