"""Events that are shown as having happened (realis), each on the word that names it. Source: Sims et al. 2019."""

import numpy as np
from numpy.typing import NDArray

from dramaturg.encoder import Encoded
from dramaturg.findings import Floats
from dramaturg.layers.neural.heads import dense, relu

SURE = 0.5


def find_events(window: Encoded) -> tuple[NDArray[np.int32], Floats]:
    """The units of a window that are events, and how likely each is; both of shape (events,)."""
    score = dense(relu(dense(window.vectors, "events.hidden")), "events.out")[:, 0]
    likely = 1 / (1 + np.exp(-score))
    units = np.flatnonzero(likely >= SURE)
    return (units + window.first).astype(np.int32), likely[units].astype(np.float32)
