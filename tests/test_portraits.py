"""One line that says who somebody is."""

from dataclasses import replace

import pytest
from handmade import ferry

from dramaturg import Reading
from dramaturg.portraits import facts_of, portrait
from dramaturg.reading import Fact


def fact(kind: str, value: str, of: str | None = None, *, start: int = 0, person: str = "bo") -> Fact:
    return Fact(kind, value, value.lower(), person, of, start, start + 1, None, 0.5)  # type: ignore[arg-type]


def told(*facts: Fact) -> Reading:
    return replace(ferry(), facts=facts)


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ((), ""),
        ((fact("work", "Ferryman"), fact("kin", "brother", "ann")), "Ann’s brother, a ferryman"),
        ((fact("work", "engineer"), fact("age", "forty")), "an engineer, forty"),
        ((fact("bond", "friend", "ann"), fact("origin", "from Lisbon")), "Ann’s friend, from Lisbon"),
        ((fact("kin", "sister", "bo", person="ann"),), "whose sister is Ann"),
        ((fact("eyes", "blue"),), ""),
    ],
)
def test_the_line_says_what_the_facts_say(facts: tuple[Fact, ...], line: str) -> None:
    reading = told(*facts)

    assert portrait(reading, reading.character("bo")) == line


def test_what_the_story_has_not_said_yet_is_left_out() -> None:
    reading = told(fact("work", "ferryman", start=5), fact("kin", "brother", "ann", start=90))

    assert portrait(reading, reading.character("bo"), before=50) == "a ferryman"


def test_facts_are_listed_by_kind() -> None:
    reading = told(fact("eyes", "blue"), fact("work", "ferryman", start=9), fact("work", "smith", start=4))

    assert [f.value for f in facts_of(reading, reading.character("bo"))] == ["smith", "ferryman", "blue"]
