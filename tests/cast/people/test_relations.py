"""Whose father, wife or sister somebody is, by the names that a story tells."""

from collections import Counter

import pytest

from dramaturg.cast.people.person import Person
from dramaturg.cast.people.relations import Relations
from dramaturg.findings import Gender
from dramaturg.lexicon.en import ENGLISH


def person(gender: Gender, *forms: str) -> Person:
    return Person(forms[0], True, gender=gender, forms=Counter(forms))


WOODHOUSES = (
    person("f", "Emma Woodhouse", "Emma", "Miss Woodhouse"),
    person("m", "Mr. Woodhouse"),
    person("f", "Isabella Knightley", "Mrs. John Knightley", "Isabella"),
    person("m", "John Knightley", "Mr. John Knightley"),
    person("m", "Mr. Knightley", "George Knightley"),
)
BENNETS = (
    person("m", "Mr. Bennet"),
    person("f", "Mrs. Bennet"),
    person("f", "Elizabeth Bennet", "Elizabeth"),
    person("f", "Jane Bennet", "Jane", "Miss Bennet"),
    person("f", "Aunt Phillips"),
)


@pytest.mark.parametrize(
    ("people", "owner", "noun", "relative"),
    [
        (WOODHOUSES, "Emma Woodhouse", "father", "Mr. Woodhouse"),
        (WOODHOUSES, "Mr. Woodhouse", "daughter", "Emma Woodhouse"),
        (WOODHOUSES, "Emma Woodhouse", "mother", None),
        (WOODHOUSES, "Emma Woodhouse", "friend", None),
        (WOODHOUSES, "John Knightley", "brother", "Mr. Knightley"),
        (BENNETS, "Mr. Bennet", "wife", "Mrs. Bennet"),
        (BENNETS, "Mrs. Bennet", "husband", "Mr. Bennet"),
        (BENNETS, "Elizabeth Bennet", "father", "Mr. Bennet"),
        (BENNETS, "Elizabeth Bennet", "mother", "Mrs. Bennet"),
        (BENNETS, "Elizabeth Bennet", "sister", "Jane Bennet"),
        (BENNETS, "Mr. Bennet", "daughter", None),  # there are two
        (BENNETS, "Mrs. Bennet", "father", None),  # her husband is not
        (BENNETS, "Elizabeth Bennet", "aunt", "Aunt Phillips"),
        (BENNETS, None, "aunt", "Aunt Phillips"),
        (BENNETS, None, "father", None),
    ],
)
def test_relatives(people: tuple[Person, ...], owner: str | None, noun: str, relative: str | None) -> None:
    names = [someone.name for someone in people]
    found = Relations(people, ENGLISH).relative(names.index(owner) if owner else -1, noun)

    assert (names[found] if found >= 0 else None) == relative
