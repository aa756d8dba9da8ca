"""Which names belong to one person, and which do not belong to a person."""

from collections import defaultdict
from typing import Any

import pytest
from hard_cases import cases
from hypothesis import given, settings
from hypothesis import strategies as st
from scan.plain import story_of

from dramaturg.cast.people.names.grouping import group_names
from dramaturg.cast.people.names.parts import Parts, take_apart
from dramaturg.findings import Mention
from dramaturg.lexicon.en import ENGLISH
from dramaturg.pipeline import read_story

FORMS = st.lists(
    st.sampled_from(
        "Mr. Mrs. Miss Sir Dr. Anna Anne Tom Thomas Hale Hales J. Marlow Marlo van -san O’Hara é 1".split()
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


def named(form: str) -> Mention:
    return Mention(0, 1, 0, 1, "name", form, "?", False, -1, 0, 0, True, False)


def people(forms: dict[str, int], broken: frozenset[str] = frozenset()) -> list[list[str]]:
    """The forms, grouped by person."""
    mentions = [(named(form), form in broken) for form, count in forms.items() for _ in range(count)]
    owner = group_names(mentions, ENGLISH)
    by_person: dict[int, list[str]] = defaultdict(list)
    for form in forms:
        by_person[id(owner[take_apart(form, ENGLISH)])].append(form)
    return sorted(sorted(group) for group in by_person.values())


@pytest.mark.parametrize("case", cases("names", "forms"))
def test_grouping_of_names(case: dict[str, Any]) -> None:
    assert people(case["forms"], frozenset(case.get("broken", ()))) == sorted(case["people"])


@pytest.mark.parametrize("case", cases("names", "text"))
def test_names_of_people(case: dict[str, Any]) -> None:
    reading = read_story(story_of(case["text"]))

    assert sorted(character.name for character in reading.characters if character.named) == case["named"]


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        ("Mr. John Knightley", Parts(("mr",), ("john", "knightley"))),
        ("Miss Woodhouse", Parts(("miss",), ("woodhouse",))),
        ("the-Captain".removeprefix("the-"), Parts(("captain",), ())),
        ("Keiko-san", Parts((), ("keiko",))),
        ("Captian Dray", Parts(("captain",), ("dray",))),
        ("O’Hara", Parts((), ("o'hara",))),
        ("J. R. Hale", Parts((), ("j", "r", "hale"))),
    ],
)
def test_taking_a_name_apart(form: str, parts: Parts) -> None:
    assert take_apart(form, ENGLISH) == parts


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(FORMS, st.integers(1, 30), max_size=12), st.randoms(use_true_random=False))
def test_grouping_does_not_depend_on_the_order(forms: dict[str, int], random: Any) -> None:
    shuffled = list(forms.items())
    random.shuffle(shuffled)

    assert people(forms) == people(dict(shuffled))
