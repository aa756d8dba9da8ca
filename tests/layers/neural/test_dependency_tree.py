"""The best tree over scores of heads, against every tree that there is."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dramaturg.layers.neural.dependency_tree import best_tree

SCORES = st.integers(1, 5).flatmap(
    lambda n: arrays(np.float32, (n, n), elements=st.floats(-8, 8, width=32), unique=True)
)


def is_tree(heads) -> bool:
    roots = [word for word, head in enumerate(heads) if word == head]
    if len(roots) != 1:
        return False
    for word in range(len(heads)):
        for _ in heads:
            word = heads[word]
        if word != roots[0]:
            return False
    return True


def value(scores, heads) -> float:
    return float(sum(scores[word, head] for word, head in enumerate(heads)))


@given(SCORES)
@settings(max_examples=200, deadline=None)
def test_no_tree_with_the_same_root_is_better(scores):
    heads = best_tree(scores).tolist()
    root = next(word for word, head in enumerate(heads) if word == head)
    others = (tree for tree in product(range(len(heads)), repeat=len(heads)) if is_tree(tree) and tree[root] == root)

    assert is_tree(heads)
    assert value(scores, heads) >= max(value(scores, tree) for tree in others) - 1e-3
