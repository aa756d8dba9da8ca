"""Gradient-boosted trees, evaluated with numpy alone.

The trees are trained by `training/` (LightGBM; Ke et al. 2017) and shipped as arrays in one .npz file.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.weights import open_arrays


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
        total = np.zeros(len(rows), dtype=np.float32)
        everyone = np.arange(len(rows))
        for tree in range(len(self.feature)):
            feature, threshold = self.feature[tree], self.threshold[tree]
            left, right = self.left[tree], self.right[tree]
            node = np.zeros(len(rows), dtype=np.int16)
            for _ in range(self.depth):
                below = rows[everyone, feature[node]] <= threshold[node]
                node = np.where(below, left[node], right[node])
            total += self.value[tree][node]
        return total


@cache
def load_trees(name: str) -> Trees:
    """The trees in a file of the package's weights. Raises DamagedInstallation where it is missing or broken."""
    with open_arrays(f"{name}.npz") as arrays:
        feature, threshold, left, right, value = (arrays[n] for n in ("feature", "threshold", "left", "right", "value"))
        return Trees(feature, threshold, left, right, value, int(arrays["depth"]))
