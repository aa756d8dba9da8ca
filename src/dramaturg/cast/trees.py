"""Gradient-boosted trees, evaluated with numpy alone.

The trees are trained by `training/` (LightGBM; Ke et al. 2017) and shipped as arrays in one .npz file.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.weights import open_arrays

FEW = 128  # rows that go through the trees together: what the processor's cache holds


@dataclass(frozen=True, slots=True)
class Trees:
    """An ensemble of binary trees, padded to one size.

    `feature`, `left`, `right`: int16 (trees, nodes); `threshold`, `value`: float32 (trees, nodes). A row goes
    left where its feature is at most the threshold; a leaf points to itself. `depth`: the longest way down.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: NDArray[np.float32]
    depth: int

    def score(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The sum of the leaves that each row falls into. `rows`: (rows, features). Returns (rows,)."""
        parts = [self._few(rows[at : at + FEW]) for at in range(0, len(rows), FEW)]
        return np.concatenate([np.zeros(0, np.float32), *parts])

    def _few(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same for a few rows, in all trees at once."""
        row, tree = np.arange(len(rows)), np.arange(len(self.feature))[:, None]
        node = np.zeros((len(self.feature), len(rows)), dtype=np.int16)
        for _ in range(self.depth):
            below = rows[row, self.feature[tree, node]] <= self.threshold[tree, node]
            node = np.where(below, self.left[tree, node], self.right[tree, node])
        # Added up tree by tree, however many rows there are: a sum in another order would be another to the last bit.
        total: NDArray[np.float32] = np.cumsum(self.value[tree, node], axis=0)[-1]
        return total


@cache
def load_trees(name: str) -> Trees:
    """The trees in a file of the package's weights. Raises DamagedInstallation where it is missing or broken."""
    with open_arrays(f"{name}.npz") as arrays:
        feature, threshold, left, right, value = (arrays[n] for n in ("feature", "threshold", "left", "right", "value"))
        return Trees(feature, threshold, left, right, value, int(arrays["depth"]))
