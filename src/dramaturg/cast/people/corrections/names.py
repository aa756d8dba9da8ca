"""Regrouping names as the corrections state: which of them belong to one person."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from dramaturg.cast.people.corrections.lookup import gender_of_pronouns
from dramaturg.cast.people.corrections.stated import PeopleCorrections
from dramaturg.cast.people.names.entities import Entity
from dramaturg.cast.people.names.grouping import attach
from dramaturg.cast.people.names.parts import Parts, take_apart, without_article
from dramaturg.corrections.model import MergeCorrection, PersonCorrection, fold_name
from dramaturg.corrections.resolve import Outcome
from dramaturg.findings import Gender, Mention
from dramaturg.lexicon.language import Language


@dataclass(frozen=True, slots=True)
class NameGroups:
    """The entity of each name form in the text, and what the corrections state about them.

    `listed_as`: the entities of people who are listed in the cast. `nouns`: folded nouns with the listed person or the
    entity that they refer to. `nameless`: corrections that merge people without a name, with their folded nouns.
    """

    owner: Mapping[Parts, Entity]
    listed_as: Mapping[Entity, PersonCorrection] = field(default_factory=dict)
    nouns: Mapping[str, PersonCorrection | Entity] = field(default_factory=dict)
    nameless: tuple[tuple[MergeCorrection, tuple[str, ...]], ...] = ()
    outcomes: tuple[Outcome, ...] = ()


def regroup_names(
    owner: Mapping[Parts, Entity], names: Iterable[Mention], corrections: PeopleCorrections
) -> NameGroups:
    """Split and join the entities that names were grouped to, as the corrections state.

    `owner`: the entity of each name form; not changed. `names`: all mentions by name.
    """
    if not corrections.listed and not corrections.same:
        return NameGroups(owner)
    language = corrections.language
    regrouping = _Regrouping(owner, Counter(take_apart(mention.form, language) for mention in names), language)
    listed_as = regrouping.split_by_person(corrections.listed)
    nouns: dict[str, PersonCorrection | Entity] = {}
    nameless: list[tuple[MergeCorrection, tuple[str, ...]]] = []
    outcomes: list[Outcome] = []
    for same in corrections.same:
        forms = [parts for name in same.names for parts in forms_of(name, language)]
        entities = dict.fromkeys(regrouping.owner[parts] for parts in forms if parts in regrouping.owner)
        people = {person.name: person for entity in entities if (person := listed_as.get(entity)) is not None}
        folded = set(map(fold_name, same.names))
        people |= {person.name: person for person in corrections.listed if folded & set(map(fold_name, person.names))}
        if len(people) > 1:
            outcomes.append(Outcome(same, why=f"{' and '.join(people)} are two people under [people]"))
            continue
        chief = regrouping.join(list(entities)) if entities else None
        person = next(iter(people.values()), None)
        if chief is not None and person is not None:
            listed_as[chief] = person
        only_nouns = [fold_name(name) for name in same.names if take_apart(name, language) not in regrouping.owner]
        meant = person or chief
        if meant is not None:
            nouns.update(dict.fromkeys(only_nouns, meant))
        else:
            nameless.append((same, tuple(only_nouns)))
    for person in corrections.listed:
        for name in person.names:  # “Waiter!” may be a name in the story, and “the waiter” a noun
            nouns.setdefault(fold_name(name), person)
    return NameGroups(regrouping.owner, listed_as, nouns, tuple(nameless), tuple(outcomes))


def forms_of(name: str, language: Language) -> tuple[Parts, Parts]:
    """A name taken apart as it is, and without its article."""
    return take_apart(name, language), take_apart(without_article(name, language), language)


class _Regrouping:
    """Names grouped to entities, while they are split and joined. It works on copies of the entities."""

    def __init__(self, owner: Mapping[Parts, Entity], counts: Counter[Parts], language: Language) -> None:
        copies = {entity: entity.copy() for entity in owner.values()}
        self.owner = {parts: copies[entity] for parts, entity in owner.items()}
        self.counts, self.language = counts, language
        self.members: dict[Entity, list[Parts]] = defaultdict(list)
        for parts, entity in self.owner.items():
            self.members[entity].append(parts)

    def split_by_person(self, listed: Sequence[PersonCorrection]) -> dict[Entity, PersonCorrection]:
        """Give each listed person an entity of their own; returns the person of each of these entities."""
        claims = self._claims(listed)
        genders = [gender_of_pronouns(person.pronouns or "", self.language) for person in listed]
        claimed: dict[Entity, dict[int, list[Parts]]] = defaultdict(lambda: defaultdict(list))
        mixed: set[Entity] = set()  # “Madame Ratignolle” is also “Ratignolle”, but not “Monsieur Ratignolle”
        for parts, n in claims.items():
            entity = self.owner[parts]
            claimed[entity][n].append(parts)
            if any({form.gender, genders[n]} == {"m", "f"} for form in self.members[entity]):
                mixed.add(entity)
        whole: dict[int, dict[Entity, None]] = defaultdict(dict)
        for parts, n in claims.items():
            entity = self.owner[parts]
            if len(claimed[entity]) == 1 and entity not in mixed:
                whole[n][entity] = None
        entity_of = {n: self.join(list(entities)) for n, entities in whole.items()}
        for entity, forms_of in claimed.items():
            if len(forms_of) > 1 or entity in mixed:
                self._split(entity, forms_of, entity_of, genders)
        for n, entity in entity_of.items():
            if listed[n].kind is not None:
                entity.group = listed[n].kind == "group"
        return {entity: listed[n] for n, entity in entity_of.items()}

    def join(self, entities: Sequence[Entity]) -> Entity:
        """Join several entities to the one with the most mentions, and return it."""
        chief = max(entities, key=lambda entity: entity.count)
        for other in entities:
            if other is not chief:
                for parts in self.members.pop(other, []):
                    self.owner[parts] = chief
                    self.members[chief].append(parts)
                chief.forms.update(other.forms)
                chief.given |= other.given
                chief.surnames |= other.surnames
                chief.gender = chief.gender if chief.gender != "?" else other.gender
                chief.hinted |= other.hinted
                chief.group &= other.group
        return chief

    def _split(
        self, entity: Entity, forms_of: dict[int, list[Parts]], entity_of: dict[int, Entity], genders: Sequence[Gender]
    ) -> None:
        """Split an entity that belongs to several people; names that nobody claims go where they fit best."""
        seeds: dict[Parts, Entity] = {}
        for n, claimed in forms_of.items():
            new = entity_of.setdefault(n, Entity(gender=genders[n]))
            for parts in claimed:
                seeds[parts] = new
                new.forms[parts] += self.counts[parts]
        rest = Counter({parts: self.counts[parts] for parts in self.members.pop(entity) if parts not in seeds})
        for parts, new in {**attach(rest, seeds, self.language), **seeds}.items():
            self.owner[parts] = new
            self.members[new].append(parts)

    def _claims(self, listed: Sequence[PersonCorrection]) -> dict[Parts, int]:
        """The listed person that each name form of the text belongs to, by index.

        A name that several people claim belongs to the one whose chief name it is. A first name may belong to anybody
        who has it: it goes to the one who is most often called by it in full.
        """
        wanted: dict[Parts, dict[int, None]] = defaultdict(dict)
        by_given_name: dict[str, list[int]] = defaultdict(list)
        for n, person in enumerate(listed):
            full = take_apart(person.name, self.language).words
            if len(full) > 1:
                by_given_name[full[0]].append(n)
            for parts in [parts for name in person.names for parts in forms_of(name, self.language)]:
                if parts in self.owner:
                    wanted[parts][n] = None
        n_in_full: Counter[tuple[int, str]] = Counter()
        n_unshared: Counter[int] = Counter()
        for parts, claimants in wanted.items():
            if len(claimants) == 1:
                n = next(iter(claimants))
                n_unshared[n] += self.counts[parts]
                if len(parts.words) > 1:
                    n_in_full[n, parts.words[0]] += self.counts[parts]
        found = {}
        for parts, claimants in wanted.items():
            given = parts.words[0] if len(parts.words) == 1 and not parts.titles else ""
            chief = {n for n in claimants if parts in forms_of(listed[n].name, self.language)}
            shared = by_given_name[given] if any(n in by_given_name[given] for n in claimants) else ()
            found[parts] = max(chief or {*claimants, *shared}, key=lambda n: (n_in_full[n, given], n_unshared[n], -n))
        return found
