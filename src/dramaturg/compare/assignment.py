"""The one-to-one assignment with the greatest total weight.

The Hungarian algorithm (Kuhn 1955, Munkres 1957) with potentials and shortest augmenting paths (Jonker & Volgenant
1987). Elements without a common weight are never paired, so each connected component is solved on its own.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

A = TypeVar("A", bound=Hashable)
B = TypeVar("B", bound=Hashable)


def assign(weights: Mapping[tuple[A, B], float]) -> dict[A, B]:
    """Find the pairs with the greatest total weight; each element is in one pair at most. Weights are above 0.

    >>> assign({("a", 1): 3, ("a", 2): 2, ("b", 1): 2})
    {'a': 2, 'b': 1}
    """
    import numpy as np  # takes a tenth of a second, which every command would wait for

    paired: dict[A, B] = {}
    for lefts, rights in _components(weights):
        costs = np.array([[-weights.get((left, right), 0.0) for right in rights] for left in lefts], dtype=np.float64)
        for row, column in _cheapest(costs):
            if weights.get((lefts[row], rights[column]), 0.0) > 0:
                paired[lefts[row]] = rights[column]
    order = {left: n for n, (left, _) in enumerate(weights)}
    return {left: paired[left] for left in sorted(paired, key=lambda left: order[left])}


def _components(weights: Mapping[tuple[A, B], float]) -> Iterator[tuple[list[A], list[B]]]:
    """The connected components: the elements on the left, and those on the right."""
    to_right: dict[A, list[B]] = defaultdict(list)
    to_left: dict[B, list[A]] = defaultdict(list)
    for left, right in weights:
        to_right[left].append(right)
        to_left[right].append(left)
    seen: set[A] = set()
    for first in to_right:
        if first in seen:
            continue
        seen.add(first)
        lefts, rights = [first], []
        known: set[B] = set()
        for left in lefts:  # lefts grows during the loop
            for right in to_right[left]:
                if right not in known:
                    known.add(right)
                    rights.append(right)
                    new = [other for other in to_left[right] if other not in seen]
                    seen.update(new)
                    lefts += new
        yield lefts, rights


def _cheapest(costs: "NDArray[np.float64]") -> list[tuple[int, int]]:
    """The row and column of each pair of the cheapest assignment, in time cubic in the shorter side at worst."""
    import numpy as np

    if costs.shape[0] > costs.shape[1]:
        return [(row, column) for column, row in _cheapest(costs.T)]
    n_rows, n_columns = costs.shape
    of_row, of_column = np.zeros(n_rows), np.zeros(n_columns + 1)
    row_at = np.full(n_columns + 1, -1)  # by column; the extra last column starts the path of a row without a column
    for row in range(n_rows):
        column = n_columns
        row_at[column] = row
        distance = np.full(n_columns, np.inf)
        before = np.full(n_columns, n_columns)
        used = np.zeros(n_columns + 1, dtype=bool)
        while row_at[column] >= 0:
            used[column] = True
            here = row_at[column]
            reduced = costs[here] - of_row[here] - of_column[:n_columns]
            nearer = ~used[:n_columns] & (reduced < distance)
            distance[nearer] = reduced[nearer]
            before[nearer] = column
            nearest = int(np.argmin(np.where(used[:n_columns], np.inf, distance)))
            step = distance[nearest]
            of_row[row_at[used]] += step
            of_column[used] -= step
            distance[~used[:n_columns]] -= step
            column = nearest
        while column != n_columns:
            row_at[column] = row_at[before[column]]
            column = int(before[column])
    return [(int(row_at[column]), column) for column in range(n_columns) if row_at[column] >= 0]
