"""Finding the person of the roster that a name in the corrections means."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property

from dramaturg.cast.people.corrections.stated import NARRATOR_NAME, PeopleCorrections
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.corrections.model import PersonCorrection, fold_name
from dramaturg.corrections.resolve import Outcome
from dramaturg.findings import Gender, Mention
from dramaturg.lexicon.language import Language

MAX_SUGGESTIONS = 100  # of similar names in one step: finding one takes time linear in the number of names
MIN_SIMILARITY = 0.7  # of a name that is suggested, as difflib counts it
NOWHERE = 1 << 40  # code points: the distance to a person without a mention


def gender_of_pronouns(pronouns: str, language: Language) -> Gender:
    """The gender that somebody's pronouns show: “she/her”."""
    first, *_ = [*pronouns.lower().replace("/", " ").split(), ""]
    return language.grammar.pronouns[first].gender if first in language.grammar.pronouns else "?"


def listed_person(
    correction: PersonCorrection, language: Language, person: Person | None = None, *, named: bool = True
) -> Person:
    """A person as the corrections list them. `person`: what is known of them; None if they are not in the roster."""
    known = person or Person(correction.name, named)
    return Person(
        name=correction.name,
        named=known.named,
        kind=correction.kind or known.kind,
        gender=known.gender if correction.pronouns is None else gender_of_pronouns(correction.pronouns, language),
        forms=known.forms,
        described=known.described,
        mentions=known.mentions,
        narrator=known.narrator,
        listed=True,
        pronouns=known.pronouns if correction.pronouns is None else correction.pronouns,
    )


class PersonLookup:
    """Finds people by name within one step, which makes it from its roster and reads the results off it.

    `people`: those of the roster, and after them those that were added. `outcomes`: those of the step, in order.
    """

    def __init__(self, corrections: PeopleCorrections, roster: Roster, mentions: Sequence[Mention]) -> None:
        self.corrections, self.roster, self.mentions = corrections, roster, mentions
        self.people = list(roster.people)
        self.outcomes: list[Outcome] = []
        self._listed = {person.name: n for n, person in enumerate(roster.people) if person.listed}
        self._noted: set[str] = set()
        self._suggestions_left = MAX_SUGGESTIONS

    def add(self, person: Person) -> int:
        """Add a person; returns their index."""
        self.people.append(person)
        return len(self.people) - 1

    def find_listed(self, correction: PersonCorrection, *, named: bool = True) -> int:
        """The index of a listed person, who is added if the roster lacks them."""
        if correction.name not in self._listed:
            self._listed[correction.name] = self.add(listed_person(correction, self.corrections.language, named=named))
        if correction.name not in self._noted:
            self._noted.add(correction.name)
            self.outcomes.append(Outcome(correction))
        return self._listed[correction.name]

    def find(self, name: str, near: int) -> int | str:
        """The index of the person that a name means near a place of the text; if there is none, the reason in words."""
        key = fold_name(name)
        for owners in (self.corrections.by_name.get(key, ()), self.corrections.by_alias.get(key, ())):
            if len(owners) == 1:
                return self.find_listed(owners[0])
            if owners:
                return f"“{name}” may be {' or '.join(owner.name for owner in owners)}"
        bearers = self._bearers.get(key, ())
        named = [n for n in bearers if self._is_name_of(key, self.people[n])]
        if len(named) == 1:
            return named[0]
        if named:
            return f"“{name}” may be more than one person; list them under [people]"
        if bearers:
            return min((self._distance(self.people[n], near), n) for n in bearers)[1]
        return f"nobody is called “{name}”{self._suggestion(key) or '; list a new person under [people]'}"

    def is_known(self, name: str) -> bool:
        """Whether anybody in the cast or the roster has a name."""
        key = fold_name(name)
        return key in self.corrections.by_name or key in self.corrections.by_alias or key in self._bearers

    @cached_property
    def _bearers(self) -> Mapping[str, Sequence[int]]:
        """The people of the roster who are called by each folded name or noun."""
        found: dict[str, dict[int, None]] = {}
        for n, person in enumerate(self.roster.people):
            if person.mentions or person.listed or person.narrator:
                for name in (person.name, *person.forms, *person.described, *[NARRATOR_NAME] * person.narrator):
                    found.setdefault(fold_name(name), {})[n] = None
        return {name: list(numbers) for name, numbers in found.items()}

    def _is_name_of(self, key: str, person: Person) -> bool:
        """Whether a folded name is a person's name, rather than a noun that refers to them."""
        if person.narrator:
            return True
        return person.named and key in map(fold_name, (person.name, *person.forms))

    def _distance(self, person: Person, near: int) -> int:
        """How far the closest mention of a person is from a place, in code points."""
        k = bisect_left(person.mentions, near, key=lambda i: self.mentions[i].start)
        closest = person.mentions[max(0, k - 1) : k + 1]
        return min((abs(self.mentions[i].start - near) for i in closest), default=NOWHERE)

    def _suggestion(self, key: str) -> str:
        """A question about the most similar name; empty if there is none."""
        self._suggestions_left -= 1
        if self._suggestions_left < 0:
            return ""
        similar = get_close_matches(key, self._bearers, n=1, cutoff=MIN_SIMILARITY)
        return f"; is “{self.people[self._bearers[similar[0]][0]].name}” meant?" if similar else ""
