"""The roster: the people of a story, and which mention refers to whom."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dramaturg.cast.people.person import Person


@dataclass(frozen=True, slots=True)
class Roster:
    """The people of a story; `of_mention[i]` is the index in `people` of mention i, or -1. Steps return new ones."""

    people: tuple[Person, ...]
    of_mention: tuple[int, ...]

    def merge(self, target_of: Mapping[int, int]) -> "Roster":
        """Give everything that some people have to others, who are the same person.

        `target_of`: the index of the person who gets it, for each who gives it. Indices stay the same: whoever gave
        everything away stays in the roster, with no mention.
        """
        sources_of: dict[int, list[int]] = {}
        for source, target in target_of.items():
            sources_of.setdefault(target, []).append(source)
        people, of_mention = list(self.people), list(self.of_mention)
        for target, sources in sources_of.items():
            people[target] = _with_all_of(people[target], [people[source] for source in sources])
            for source in sources:
                for mention in people[source].mentions:
                    of_mention[mention] = target
                people[source] = replace(people[source], mentions=(), forms=Counter(), named=False)
        return Roster(tuple(people), tuple(of_mention))

    def assign_names(self, person_of: Mapping[int, int], forms: Mapping[int, str]) -> "Roster":
        """Give some names in the text to people. `person_of`, `forms`: by index of mention."""
        added: dict[int, list[int]] = {}
        of_mention = list(self.of_mention)
        for mention, number in person_of.items():
            added.setdefault(number, []).append(mention)
            of_mention[mention] = number
        people = list(self.people)
        for number, mentions in added.items():
            person = people[number]
            counts = person.forms + Counter(forms[mention] for mention in mentions)
            people[number] = replace(person, mentions=_sorted(person.mentions, mentions), forms=counts)
        return Roster(tuple(people), tuple(of_mention))

    def keep_listed(self, narrators: Collection[int]) -> "Roster":
        """Take every mention and name from people who are not listed in the cast, narrators excepted."""
        kept = [person.listed or number in narrators for number, person in enumerate(self.people)]
        people = tuple(
            person if keep else replace(person, mentions=(), forms=Counter(), named=False)
            for person, keep in zip(self.people, kept, strict=True)
        )
        return Roster(people, tuple(number if number >= 0 and kept[number] else -1 for number in self.of_mention))


def _with_all_of(person: Person, others: Sequence[Person]) -> Person:
    """A person with the mentions, names, nouns and gender of others, who are the same person."""
    counts = Counter(person.described if person.named else person.forms)
    names = Counter(person.forms if person.named else {})
    mentions: list[int] = []
    gender = person.gender
    for other in others:
        (names if other.named else counts).update(other.forms)
        counts.update(other.described)
        mentions += other.mentions
        gender = gender if gender != "?" else other.gender
    found = replace(person, gender=gender, mentions=_sorted(person.mentions, mentions))
    if names and not person.named:  # a narrator whose name is found
        named = next(other for other in others if other.named)
        return replace(found, name=named.name, named=True, forms=names, described=counts)
    return replace(found, forms=names, described=counts) if person.named else replace(found, forms=counts)


def _sorted(mentions: tuple[int, ...], more: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted((*mentions, *more)))
