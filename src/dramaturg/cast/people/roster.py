"""The roster: everyone in the story who may speak, with their names, nouns and gender.

Names are grouped first (`names`), then those that are no person's are left out, then people without a
name are added (`nameless`).
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.corrections import PeopleCorrections
from dramaturg.cast.people.nameless import add_nameless
from dramaturg.cast.people.names import Entity, group_names, take_apart, whose_titles
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.personhood import (
    add_up,
    feminine_share,
    gather_evidence,
    gender_of,
    is_broken_off,
    is_person,
    weigh_votes,
)
from dramaturg.cast.people.tag_hints import hinted_names
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Gender
from dramaturg.layers.rules.words import AnnotatedWords


@dataclass
class Roster:
    """The people of a story; `of_mention[i]` is the index in `people` of mention i, or -1."""

    people: list[Person]
    of_mention: list[int]

    def merge(self, nameless: int, named: int) -> None:
        """Give all that a person without a name has to a named one; the nameless one stays, with nothing."""
        source, target = self.people[nameless], self.people[named]
        for mention in source.mentions:
            self.of_mention[mention] = named
        target.described.update(source.forms)
        if target.gender == "?":
            target.gender = source.gender
        target.mentions = sorted(target.mentions + source.mentions)
        source.mentions, source.forms = [], Counter()


def make_roster(
    draft: Draft, words: AnnotatedWords, findings: Findings, seen: AlignedSpans, told: PeopleCorrections | None = None
) -> Roster:
    """Find the people of a story among its mentions, in time linear in their number. `told`: what the user says."""
    mentions = findings.mentions
    told = told or PeopleCorrections(findings)
    names = [i for i, mention in enumerate(mentions) if mention.kind == "name" and i not in told.placed]
    written = ((mentions[i], is_broken_off(words, mentions[i])) for i in names)
    owner = told.regroup(group_names(written, hinted_names(draft.story)), [mentions[i] for i in names])
    entities: dict[int, list[int]] = defaultdict(list)
    by_id: dict[int, Entity] = {}
    for i, entity in zip(names, whose_titles([mentions[i] for i in names], owner), strict=True):
        by_id[id(entity)] = entity
        entities[id(entity)].append(i)
    evidence = gather_evidence(words, findings, seen)
    share = feminine_share(mentions)
    people: list[Person] = []
    of_entity: dict[int, int] = {}
    of_mention = [-1] * len(mentions)
    for key, indices in entities.items():
        entity = by_id[key]
        around = add_up(evidence[i] for i in indices)
        listed = told.of_entity.get(key)
        if listed is None and (told.complete or not is_person(entity, around)):
            continue
        of_entity[key] = len(people)
        for i in indices:
            of_mention[i] = len(people)
        people.append(
            _person(entity, Counter(mentions[i].form for i in indices), gender_of(entity, around, share), indices)
        )
        if listed is not None:
            told.numbers[listed.name] = len(people) - 1
            told.describe(people[-1], listed)
    told.place(draft, mentions, of_entity, people, of_mention)
    add_nameless(draft, words, findings, people, of_mention)
    told.join_nameless(mentions, people, of_mention)
    for person in people:
        if not person.named and person.gender == "?" and person.kind == "person":
            person.gender = weigh_votes(add_up(evidence[i] for i in person.mentions).pronouns, share)
    return Roster(people, of_mention)


def _person(entity: Entity, forms: Counter[str], gender: Gender, indices: list[int]) -> Person:
    kind: Literal["person", "group"] = "group" if entity.group else "person"
    return Person(_display_name(forms), True, kind, gender, forms, mentions=indices)


def _display_name(forms: Counter[str]) -> str:
    """The fullest name without a title that is no slip, else the commonest."""
    best = max(forms, key=lambda form: (forms[form], form))
    full = [form for form in forms if len(take_apart(form).words) > 1 and not take_apart(form).titles]
    fullest = max(full, key=lambda form: (forms[form], form), default=best)
    return fullest if forms[fullest] >= min(3, forms.total() / 20) else best
