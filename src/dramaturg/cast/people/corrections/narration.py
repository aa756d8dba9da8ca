"""Who tells the story, as the corrections state it."""

from dramaturg.cast.people.corrections.lookup import PersonLookup
from dramaturg.cast.people.corrections.placing import NamesInText
from dramaturg.cast.people.person import Person
from dramaturg.corrections.resolve import Outcome


def stated_narrator(lookup: PersonLookup) -> int | None:
    """The narrator's index; -1 if nobody in the story tells it, None if the corrections do not say."""
    correction = lookup.corrections.narrator
    if correction is None:
        return None
    if correction.name is None:
        lookup.outcomes.append(Outcome(correction))
        return -1
    found = lookup.find(correction.name, 0)
    if isinstance(found, str):
        if lookup.is_known(correction.name):  # several people have this name
            lookup.outcomes.append(Outcome(correction, why=found))
            return None
        found = lookup.add(Person(correction.name, True, listed=True))  # the text need not name its narrator
    lookup.outcomes.append(Outcome(correction))
    return found


def stated_placeholder(lookup: PersonLookup, names: NamesInText) -> int:
    """The person whom the corrections call by the name that a reading gives to a narrator without one; -1 if none.

    Ask only in a story that is told in the first person.
    """
    for person in lookup.corrections.listed:
        if any(map(names.is_placeholder, person.names)):
            return lookup.find_listed(person, named=not names.is_placeholder(person.name))
    for same in lookup.corrections.same:
        others = [name for name in same.names if not names.is_placeholder(name)]
        if others and len(others) < len(same.names):
            found = lookup.find(others[0], 0)
            if isinstance(found, int):
                lookup.outcomes.append(Outcome(same))
                return found
            lookup.outcomes.append(Outcome(same, why=found))
    return -1
