"""Gradient-boosted trees, evaluated with numpy.

The trees are trained by `training/` with LightGBM (Ke et al. 2017) and shipped as arrays in one .npz file.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.weights import find_columns, open_arrays

BLOCK_ROWS = 128  # rows that go through the trees together: as many as the processor's cache holds


@dataclass(frozen=True, slots=True)
class Trees:
    """An ensemble of binary trees, padded to one size.

    `feature`: the column of the rows that a node reads; `feature`, `left`, `right`: int16 (trees, nodes).
    `threshold`, `value`: float32 (trees, nodes). A row goes left if its feature is at most the threshold; a leaf
    points to itself. `depth`: the length of the longest path from a root to a leaf.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: NDArray[np.float32]
    depth: int

    def score(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the sum of the leaves that each row reaches: (rows,). `rows`: (rows, features)."""
        # The nodes of all trees in one row, and the two children of node n at 2n and 2n + 1: `take` with one index is
        # several times as fast as indexing by tree and node.
        roots = np.arange(len(self.feature))[:, None] * self.feature.shape[1]
        children = np.stack([self.right + roots, self.left + roots], axis=-1).ravel()
        feature, threshold, value = self.feature.ravel().astype(np.intp), self.threshold.ravel(), self.value.ravel()
        scores = np.zeros(len(rows), np.float32)
        for start in range(0, len(rows), BLOCK_ROWS):
            block = np.ascontiguousarray(rows[start : start + BLOCK_ROWS])
            cells, first_cell = block.ravel(), np.arange(len(block)) * block.shape[1]
            node = np.repeat(roots, len(block), axis=1)
            for _ in range(self.depth):
                below = cells.take(feature.take(node) + first_cell) <= threshold.take(node)
                node = children.take(2 * node + below)
            # Added tree by tree, whatever the number of rows: a sum in another order differs in the last bit.
            scores[start : start + BLOCK_ROWS] = np.cumsum(value.take(node), axis=0)[-1]
        return scores


@cache
def load_trees(name: str, features: tuple[str, ...]) -> Trees:
    """Load the trees `name` of the package's weights, for rows with these features, in any order.

    Raises DamagedInstallation if the file is missing or damaged, or if its trees were trained on other features.
    """
    file = f"{name}.npz"
    with open_arrays(file) as arrays:
        feature, threshold, left, right, value = (arrays[n] for n in ("feature", "threshold", "left", "right", "value"))
        trained_on, depth = arrays["features"].tolist(), int(arrays["depth"])
    columns = find_columns(file, trained_on, features).astype(np.int16)
    return Trees(columns[feature], threshold, left, right, value, depth)
