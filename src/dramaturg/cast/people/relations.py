"""Relations that names show: Emma Woodhouse's father is Mr. Woodhouse, Mr. Bennet's wife Mrs. Bennet.

A relation is only found if a single person of the story fits: two brothers of one surname stay “her brother”.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from dramaturg.cast.people.names.parts import take_apart
from dramaturg.cast.people.person import Person
from dramaturg.findings import Gender
from dramaturg.lexicon.language import Language


@dataclass(frozen=True, slots=True)
class FamilyMember:
    """A person among those of one surname. `is_head`: only called by title and surname, as the head of a family is."""

    person: int
    gender: Gender
    is_married: bool
    is_head: bool


class Relations:
    """Looks up a person's relatives by the names of the story."""

    def __init__(self, people: Sequence[Person], language: Language) -> None:
        self.language, self.names = language, language.names
        self.by_surname: dict[str, list[FamilyMember]] = defaultdict(list)
        self.surnames: dict[int, set[str]] = defaultdict(set)
        self.by_title: dict[str, set[int]] = defaultdict(set)
        for number, person in enumerate(people):
            if person.named and person.kind == "person":
                self._enter(number, person)

    def _enter(self, number: int, person: Person) -> None:
        names = self.names
        parts = [take_apart(form, self.language) for form in person.forms]
        titles = {title for part in parts for title in part.titles}
        before_surname = names.courtesy_titles | names.lady_titles
        surnames = {p.words[-1] for p in parts if len(p.words) > 1 or (p.words and set(p.titles) & before_surname)}
        has_full_name = any(len(p.words) > 1 for p in parts)
        is_wife = bool(titles & (names.married_titles | names.lady_titles)) and not titles & names.unmarried_titles
        for surname in surnames:
            self.by_surname[surname].append(FamilyMember(number, person.gender, is_wife, not has_full_name))
            self.surnames[number].add(surname)
        for title in titles & names.relative_titles:
            self.by_title[title].add(number)

    def relative(self, owner: int, noun: str) -> int:
        """The index of the one person who is the owner's father, wife…, or -1."""
        if noun in self.names.relative_titles:
            return _only(self.by_title[noun] - {owner})
        relative = self.names.relatives.get(noun)
        if relative is None or owner < 0:
            return -1
        family = [
            member
            for surname in self.surnames[owner]
            for member in self.by_surname[surname]
            if member.person != owner
            and member.gender == relative.gender
            and (relative.is_married is None or member.is_married == relative.is_married)
        ]
        if relative.is_head and len(family) > 1:
            family = [member for member in family if member.is_head]
        if relative.is_parent and self._is_head(owner):
            return -1  # Mrs. Bennet's father is not Mr. Bennet
        return _only({member.person for member in family})

    def _is_head(self, owner: int) -> bool:
        """Whether the owner is called as the head of the family is."""
        return any(
            m.person == owner and m.is_head for surname in self.surnames[owner] for m in self.by_surname[surname]
        )


def _only(found: set[int]) -> int:
    return next(iter(found)) if len(found) == 1 else -1
