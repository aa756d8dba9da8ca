"""Cross-validation folds by author: each novel is measured with a model trained on other authors' novels."""

from collections import Counter

FOLDS = 5


def assign_folds(novels: list[tuple[str, int]]) -> list[int]:
    """The fold of each novel, from 0. `novels`: author and number of quotations.

    Authors are assigned from the largest to the smallest, each to the fold with the fewest quotations so far.
    """
    size: Counter[str] = Counter()
    for author, count in novels:
        size[author] += count
    load = [0] * FOLDS
    fold = {}
    for author, count in sorted(size.items(), key=lambda item: (-item[1], item[0])):
        fold[author] = load.index(min(load))
        load[fold[author]] += count
    return [fold[author] for author, _ in novels]
