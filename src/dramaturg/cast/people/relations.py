"""Relations that names tell: Emma Woodhouse's father is Mr. Woodhouse, Mr. Bennet's wife Mrs. Bennet.

Only where a single person of the story fits: two brothers of one surname stay "her brother".
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dramaturg.cast.people.names import COURTESY, MARRIED, UNMARRIED, take_apart
from dramaturg.cast.people.person import Person
from dramaturg.findings import Gender

# noun: the relative's gender, and whether a woman so called has a married woman's title
KIN: dict[str, tuple[Gender, bool | None]] = {
    "father": ("m", None),
    "papa": ("m", None),
    "mother": ("f", True),
    "mamma": ("f", True),
    "wife": ("f", True),
    "husband": ("m", None),
    "sister": ("f", False),
    "brother": ("m", None),
    "daughter": ("f", False),
    "son": ("m", None),
}
BY_TITLE = frozenset("aunt uncle cousin nurse grandmother grandfather".split())
MARRIED_TITLES = MARRIED | {"lady"}


@dataclass(frozen=True, slots=True)
class Family:
    """How a person stands in the family of their surname."""

    person: int
    gender: Gender
    married: bool
    elder: bool  # called by title and surname alone, as the head of a family is


class Relations:
    """Looks up who a person's relative is, by the names of the story."""

    def __init__(self, people: Sequence[Person]) -> None:
        self.people = people
        self.by_surname: dict[str, list[Family]] = defaultdict(list)
        self.surnames: dict[int, set[str]] = defaultdict(set)
        self.by_title: dict[str, set[int]] = defaultdict(set)
        for number, person in enumerate(people):
            if person.named and person.kind == "person":
                self._enter(number, person)

    def _enter(self, number: int, person: Person) -> None:
        parts = [take_apart(form) for form in person.forms]
        titles = {title for part in parts for title in part.titles}
        surnames = {
            p.words[-1] for p in parts if len(p.words) > 1 or (p.words and set(p.titles) & (COURTESY | {"lady"}))
        }
        given = any(len(p.words) > 1 for p in parts)
        for surname in surnames:
            married = bool(titles & MARRIED_TITLES) and not titles & UNMARRIED
            self.by_surname[surname].append(Family(number, person.gender, married, not given))
            self.surnames[number].add(surname)
        for title in titles & BY_TITLE:
            self.by_title[title].add(number)

    def relative(self, owner: int, noun: str) -> int:
        """The index of the one person who is the owner's father, wife…, or -1."""
        if noun in BY_TITLE:
            return _only(self.by_title[noun] - {owner})
        if noun not in KIN or owner < 0:
            return -1
        gender, married = KIN[noun]
        family = [
            member
            for surname in self.surnames[owner]
            for member in self.by_surname[surname]
            if member.person != owner and member.gender == gender and (married is None or member.married == married)
        ]
        if noun in ("father", "papa", "mother", "mamma", "husband") and len(family) > 1:
            family = [member for member in family if member.elder]
        if noun in ("father", "papa", "mother", "mamma") and self._heads(owner):
            return -1
        return _only({member.person for member in family})

    def _heads(self, owner: int) -> bool:
        """Whether the owner is called as the head of the family is: Mrs. Bennet's father is not Mr. Bennet."""
        return any(m.person == owner and m.elder for surname in self.surnames[owner] for m in self.by_surname[surname])


def _only(found: set[int]) -> int:
    return next(iter(found)) if len(found) == 1 else -1
