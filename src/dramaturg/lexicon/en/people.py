"""What people are called in English."""

from collections.abc import Iterator

from dramaturg.lexicon.language import People


def _more_nicknames() -> Iterator[tuple[str, str]]:
    """Given names and their short forms, from the package `nicknames`."""
    from nicknames import name_triplets

    return ((triplet.name1, triplet.name2) for triplet in name_triplets())


PEOPLE = People(lists="dramaturg.lexicon.en", more_nicknames=_more_nicknames)
