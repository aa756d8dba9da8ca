"""Scores of heads → the best dependency tree, with one root and one head for each other word.

The root is chosen first: the word that gains most by being it. In most sentences the best heads already are a tree.
Sources: Chu & Liu 1965, On the Shortest Arborescence of a Directed Graph; Edmonds 1967, Optimum Branchings.
"""

import numpy as np
from numpy.typing import NDArray


def best_tree(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The head of each word, its own number for the root.

    `scores[child, head]`: (words, words); the diagonal has the scores of being the root.
    """
    heads: NDArray[np.int64] = scores.argmax(axis=1)
    roots = np.flatnonzero(heads == np.arange(len(heads)))
    if len(roots) == 1 and not _cycle(heads, int(roots[0])):
        return heads
    rest = scores.copy()
    np.fill_diagonal(rest, -np.inf)
    gain = np.diagonal(scores) - (rest.max(axis=1) if len(heads) > 1 else 0)
    root = int(gain.argmax())
    wide = rest.astype(np.float64)
    wide[root] = -np.inf
    found = _contract(wide, root)
    found[root] = root
    return found


def _cycle(heads: NDArray[np.int64], root: int) -> list[int]:
    """The words of one cycle, or an empty list."""
    state = np.zeros(len(heads), dtype=np.int8)
    state[root] = 2
    for start in range(len(heads)):
        path = []
        at = start
        while state[at] == 0:
            state[at] = 1
            path.append(at)
            at = int(heads[at])
        if state[at] == 1:
            return path[path.index(at) :]
        state[path] = 2
    return []


def _contract(scores: NDArray[np.float64], root: int) -> NDArray[np.int64]:
    """Chu-Liu/Edmonds: the heads of all words but the root."""
    heads: NDArray[np.int64] = scores.argmax(axis=1)
    heads[root] = root
    cycle = _cycle(heads, root)
    if not cycle:
        return heads
    inside = np.array(cycle)
    outside = np.array([word for word in range(len(heads)) if word not in set(cycle)])
    own = scores[inside, heads[inside]]
    # The cycle becomes one word. An arc into it replaces the head of the word that it enters.
    enter = scores[np.ix_(inside, outside)] - own[:, None]
    leave = scores[np.ix_(outside, inside)]
    n = len(outside)
    small = np.full((n + 1, n + 1), -np.inf)
    small[:n, :n] = scores[np.ix_(outside, outside)]
    small[:n, n] = leave.max(axis=1)
    small[n, :n] = enter.max(axis=0)
    found = _contract(small, int(np.flatnonzero(outside == root)[0]))
    above = found[n]
    entered = int(inside[enter[:, above].argmax()])
    heads[entered] = outside[above]
    via = inside[leave.argmax(axis=1)]
    for k, word in enumerate(outside):
        if word != root:
            heads[word] = via[k] if found[k] == n else outside[found[k]]
    return heads
