"""Folds by author: what is measured on a novel comes from a model that saw none of its author's."""

from collections import Counter

FOLDS = 5


def by_author(novels: list[tuple[str, int]]) -> list[int]:
    """A fold for each novel, given its author and size; the largest authors go first into the emptiest fold."""
    size: Counter[str] = Counter()
    for author, count in novels:
        size[author] += count
    load = [0] * FOLDS
    fold = {}
    for author, count in sorted(size.items(), key=lambda item: (-item[1], item[0])):
        fold[author] = load.index(min(load))
        load[fold[author]] += count
    return [fold[author] for author, _ in novels]
