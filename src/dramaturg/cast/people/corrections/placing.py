"""Nouns and single mentions that the corrections assign to people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dramaturg.cast.people.corrections.lookup import PersonLookup
from dramaturg.cast.people.corrections.names import NameGroups, forms_of
from dramaturg.cast.people.corrections.stated import NARRATOR_NAME, PeopleCorrections
from dramaturg.cast.people.names.entities import Entity
from dramaturg.cast.people.names.parts import Parts, take_apart
from dramaturg.cast.people.roster import Roster
from dramaturg.corrections.model import fold_name
from dramaturg.corrections.resolve import Outcome
from dramaturg.draft import Draft
from dramaturg.findings import Mention
from dramaturg.lexicon.language import Language


@dataclass(frozen=True, slots=True)
class NamesInText:
    """Which names of the corrections occur in the text: as the forms of names, or as folded nouns."""

    forms: Mapping[Parts, Entity]
    nouns: frozenset[str]
    language: Language

    def is_placeholder(self, name: str) -> bool:
        """Whether a name is the one that a reading gives to a narrator without a name, and nobody else's."""
        folded = fold_name(name)
        occurs = folded in self.nouns or take_apart(name, self.language) in self.forms
        return folded == fold_name(NARRATOR_NAME) and not occurs


def place_nouns(
    draft: Draft,
    mentions: Sequence[Mention],
    roster: Roster,
    groups: NameGroups,
    entities: Mapping[Entity, int],
    corrections: PeopleCorrections,
) -> tuple[Roster, frozenset[str], tuple[Outcome, ...]]:
    """Assign the nouns of the narration that the corrections give to somebody.

    `entities`: the index in the roster of each entity that is a person. Returns the nouns that occur, folded.
    """
    if not groups.nouns:
        return roster, frozenset(), ()
    lookup = PersonLookup(corrections, roster, mentions)
    of_mention = list(roster.of_mention)
    placed: dict[int, list[int]] = {}
    found: set[str] = set()
    for i, mention in enumerate(mentions):
        if mention.kind != "noun" or mention.quotation >= 0:
            continue
        folded = fold_name(draft.text[mention.start : mention.end])
        owner = groups.nouns.get(folded)
        if owner is None:
            continue
        number = entities.get(owner, -1) if isinstance(owner, Entity) else lookup.find_listed(owner, named=False)
        if number >= 0:
            found.add(folded)
            placed.setdefault(number, []).append(i)
            of_mention[i] = number
    people = lookup.people
    for number, indices in placed.items():
        person = people[number]
        nouns = Counter(" ".join(draft.text[mentions[i].start : mentions[i].end].split()) for i in indices)
        person = replace(person, mentions=tuple(sorted((*person.mentions, *indices))))
        if person.named:
            people[number] = replace(person, described=person.described + nouns)
        else:
            people[number] = replace(person, forms=person.forms + nouns)
    return Roster(tuple(people), tuple(of_mention)), frozenset(found), tuple(lookup.outcomes)


def place_names(
    mentions: Sequence[Mention], roster: Roster, corrections: PeopleCorrections
) -> tuple[Roster, tuple[Outcome, ...]]:
    """Assign single mentions by name to the people that the corrections give.

    A mention of a narrator without a name waits until the narrator is found: see `fix_utterances`.
    """
    lookup = PersonLookup(corrections, roster, mentions)
    person_of: dict[int, int] = {}
    for i, placed in corrections.placed.items():
        if mentions[i].kind == "name":
            name = placed.correction.character or ""
            person = lookup.find(name, placed.span.start)
            if isinstance(person, int):
                lookup.outcomes.append(Outcome(placed.correction, placed.span))
                person_of[i] = person
            elif fold_name(name) != fold_name(NARRATOR_NAME):
                lookup.outcomes.append(Outcome(placed.correction, placed.span, person))
    roster = replace(roster, people=tuple(lookup.people))
    return roster.assign_names(person_of, {i: mentions[i].form for i in person_of}), tuple(lookup.outcomes)


def merge_nameless(
    roster: Roster, groups: NameGroups, names: NamesInText, corrections: PeopleCorrections
) -> tuple[Roster, tuple[Outcome, ...]]:
    """Merge the people without a name who are one person according to the corrections."""
    outcomes: list[Outcome] = []
    for same, nouns in groups.nameless:
        called = [
            n
            for n, person in enumerate(roster.people)
            if not person.named and any(fold_name(form) in nouns for form in person.forms)
        ]
        occurring = {fold_name(form) for n in called for form in roster.people[n].forms} & set(nouns)
        if len(occurring) < 2:
            outcomes.append(Outcome(same, why="not all of these names occur in the story"))
            continue
        outcomes.append(Outcome(same))
        roster = roster.merge(dict.fromkeys(called[1:], called[0]))
    for same in corrections.same:
        unknown = [name for name in same.names if not _is_known(name, names, corrections)]
        if unknown:
            why = f"nobody is called “{unknown[0]}” in the story"
            outcomes.append(Outcome(same, why=why, is_last_resort=True))
        elif not any(map(names.is_placeholder, same.names)):  # who tells the story is decided later
            outcomes.append(Outcome(same))
    in_roster = {person.name for person in roster.people if person.listed}
    outcomes += [Outcome(person) for person in corrections.listed if person.name in in_roster]
    return roster, tuple(outcomes)


def _is_known(name: str, names: NamesInText, corrections: PeopleCorrections) -> bool:
    """Whether a name occurs in the text, is a name of a listed person, or may be a narrator without a name."""
    folded = fold_name(name)
    return (
        any(parts in names.forms for parts in forms_of(name, names.language))
        or folded in names.nouns
        or folded in corrections.by_name
        or folded in corrections.by_alias
        or names.is_placeholder(name)
    )
