"""Making the roster: everybody in the story who may speak, with their names, nouns and gender.

Names are grouped first (`names`), those that are not a person's are left out (`personhood`), then people without a
name are added (`nameless`). The user's corrections are applied after each of these steps.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.corrections.lookup import listed_person
from dramaturg.cast.people.corrections.names import NameGroups, regroup_names
from dramaturg.cast.people.corrections.placing import NamesInText, merge_nameless, place_names, place_nouns
from dramaturg.cast.people.corrections.stated import PeopleCorrections
from dramaturg.cast.people.nameless import add_nameless
from dramaturg.cast.people.names.entities import Entity
from dramaturg.cast.people.names.grouping import group_names
from dramaturg.cast.people.names.parts import take_apart
from dramaturg.cast.people.names.titles import entities_of
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.personhood import (
    NameEvidence,
    gather_evidence,
    gender_of,
    is_broken_off,
    is_person,
    likely_gender,
    share_of_feminine,
    sum_evidence,
)
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.people.tag_hints import hinted_names
from dramaturg.corrections.resolve import Outcome
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.layers.rules.words import AnnotatedWords
from dramaturg.lexicon.language import Language


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """A roster, the names of the corrections that occur in the text, and what became of corrections on the way."""

    roster: Roster
    names: NamesInText
    outcomes: tuple[Outcome, ...]


def make_roster(
    draft: Draft, words: AnnotatedWords, findings: Findings, aligned: AlignedSpans, corrections: PeopleCorrections
) -> FoundPeople:
    """Find the people of a story among its mentions, in time linear in their number."""
    mentions, language = findings.mentions, draft.language
    names = [i for i, mention in enumerate(mentions) if mention.kind == "name" and i not in corrections.placed]
    written = ((mentions[i], is_broken_off(words, mentions[i])) for i in names)
    owner = group_names(written, language, hinted_names(draft.story, language))
    groups = regroup_names(owner, [mentions[i] for i in names], corrections)
    evidence = gather_evidence(words, findings, aligned, language)
    share = share_of_feminine(mentions)
    roster, entities = _add_named(findings, names, groups, evidence, share, corrections)
    roster, nouns, noun_outcomes = place_nouns(draft, mentions, roster, groups, entities, corrections)
    roster, name_outcomes = place_names(mentions, roster, corrections)
    roster = add_nameless(draft, words, findings, roster)
    in_text = NamesInText(owner, nouns, language)
    roster, merge_outcomes = merge_nameless(roster, groups, in_text, corrections)
    people = tuple(_with_gender(person, evidence, share) for person in roster.people)
    outcomes = (*groups.outcomes, *noun_outcomes, *name_outcomes, *merge_outcomes)
    return FoundPeople(replace(roster, people=people), in_text, outcomes)


def _add_named(
    findings: Findings,
    names: Sequence[int],
    groups: NameGroups,
    evidence: Sequence[NameEvidence],
    share: float,
    corrections: PeopleCorrections,
) -> tuple[Roster, dict[Entity, int]]:
    """The people with a name, and the index of each entity that is one of them. `names`: indices of mentions."""
    mentions, language = findings.mentions, corrections.language
    places: dict[Entity, list[int]] = defaultdict(list)
    found = entities_of([mentions[i] for i in names], groups.owner, language)
    for i, entity in zip(names, found, strict=True):
        places[entity].append(i)
    people: list[Person] = []
    entities: dict[Entity, int] = {}
    of_mention = [-1] * len(mentions)
    for entity, indices in places.items():
        around = sum_evidence(evidence[i] for i in indices)
        listed = groups.listed_as.get(entity)
        if listed is None and (corrections.is_complete or not is_person(entity, around, language)):
            continue
        entities[entity] = len(people)
        for i in indices:
            of_mention[i] = len(people)
        forms = Counter(mentions[i].form for i in indices)
        person = Person(
            name=_display_name(forms, language),
            named=True,
            kind="group" if entity.group else "person",
            gender=gender_of(entity, around, share, language),
            forms=forms,
            mentions=tuple(indices),
        )
        people.append(person if listed is None else listed_person(listed, language, person))
    return Roster(tuple(people), tuple(of_mention)), entities


def _display_name(forms: Counter[str], language: Language) -> str:
    """The fullest name without a title that is not a slip, else the commonest."""
    best = max(forms, key=lambda form: (forms[form], form))
    parts_of = {form: take_apart(form, language) for form in forms}
    full = [form for form, parts in parts_of.items() if len(parts.words) > 1 and not parts.titles]
    fullest = max(full, key=lambda form: (forms[form], form), default=best)
    return fullest if forms[fullest] >= min(3, forms.total() / 20) else best


def _with_gender(person: Person, evidence: Sequence[NameEvidence], share: float) -> Person:
    """A person without a name, with the gender that the text around their mentions shows."""
    if person.named or person.gender != "?" or person.kind == "group":
        return person
    votes = sum_evidence(evidence[i] for i in person.mentions).pronouns
    return replace(person, gender=likely_gender(votes, share))
