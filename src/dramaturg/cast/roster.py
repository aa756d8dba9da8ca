"""The roster: everyone in the story who may speak, with their names, nouns and gender.

Names are grouped first (`names`), then those that are no person's are left out, then people without a
name are added: one for each noun (“the old man”) in a chapter.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Literal

from dramaturg.cast.names import Entity, group_names, take_apart
from dramaturg.cast.people import Person
from dramaturg.cast.personhood import (
    Evidence,
    add_up,
    feminine_share,
    gather_evidence,
    gender_of,
    is_broken_off,
    is_person,
    weigh_votes,
)
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Gender, Mention
from dramaturg.layers.mentions import PRONOUNS
from dramaturg.layers.words import Words

# Nouns that tell nobody from anybody: “the man” is another in each chapter.
WEAK_HEADS = frozenset("man woman boy girl gentleman lady fellow voice person one child people men women".split())


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


def make_roster(draft: Draft, words: Words, findings: Findings) -> Roster:
    """Find the people of a story among its mentions, in time linear in their number."""
    mentions = findings.mentions
    names = [i for i, mention in enumerate(mentions) if mention.kind == "name"]
    owner = group_names((mentions[i], is_broken_off(words, mentions[i])) for i in names)
    entities: dict[int, list[int]] = defaultdict(list)
    by_id: dict[int, Entity] = {}
    for i in names:
        entity = owner[take_apart(mentions[i].form)]
        by_id[id(entity)] = entity
        entities[id(entity)].append(i)
    evidence = gather_evidence(words, findings)
    share = feminine_share(mentions)
    people: list[Person] = []
    of_mention = [-1] * len(mentions)
    for key, indices in entities.items():
        entity = by_id[key]
        seen = add_up(evidence[i] for i in indices)
        if not is_person(entity, seen):
            continue
        for i in indices:
            of_mention[i] = len(people)
        people.append(
            _person(entity, Counter(mentions[i].form for i in indices), gender_of(entity, seen, share), indices)
        )
    _add_nameless(draft, words, findings, people, of_mention, evidence, share)
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


def _add_nameless(
    draft: Draft,
    words: Words,
    findings: Findings,
    people: list[Person],
    of_mention: list[int],
    evidence: list[Evidence],
    share: float,
) -> None:
    """Add a person for each noun in a chapter (“the policeman”); nouns inside speech are passed over."""
    chapter_starts = [chapter.start for chapter in draft.story.chapters] or [0]
    nouns: dict[tuple[int, str], int] = {}
    latest: dict[tuple[int, str], int] = {}
    votes: dict[int, dict[Gender, float]] = defaultdict(lambda: {"m": 0.0, "f": 0.0})
    chapter = 0
    for i, mention in enumerate(findings.mentions):
        while chapter + 1 < len(chapter_starts) and mention.start >= chapter_starts[chapter + 1]:
            chapter += 1
        if mention.kind != "noun" or mention.quotation >= 0:
            continue
        label = _label(words, mention)
        # “The beadle” is one person all through; “the man” is another in each chapter.
        lasting = label == mention.form and label not in WEAK_HEADS and words.lower[mention.first] == "the"
        key = (-1 if lasting and not mention.plural else chapter, label)
        if label == mention.form and (chapter, label) in latest and label in WEAK_HEADS:
            number = latest[chapter, label]  # “the man”, after “the old man”
        elif key in nouns:
            number = nouns[key]
        else:
            number = nouns[key] = len(people)
            text = draft.text[mention.start : mention.end]
            people.append(
                Person(
                    name=" ".join(text.split()),
                    named=False,
                    kind="group" if mention.plural else "person",
                    gender=mention.gender,
                    scope=chapter,
                )
            )
        latest[chapter, mention.form] = number
        person = people[number]
        person.mentions.append(i)
        person.forms[" ".join(draft.text[mention.start : mention.end].split())] += 1
        of_mention[i] = number
        for gender, weight in evidence[i].pronouns.items():
            votes[number][gender] += weight
    for number, counted in votes.items():
        if people[number].gender == "?" and people[number].kind == "person":
            people[number].gender = weigh_votes(counted, share)


def _label(words: Words, mention: Mention) -> str:
    """What tells one person without a name from another: the noun, with its adjective where the noun says little."""
    if mention.form in WEAK_HEADS and mention.last - mention.first > 2:
        return f"{words.lower[mention.last - 2]} {mention.form}"
    owner = words.lower[mention.first]
    if owner in PRONOUNS and mention.last - mention.first > 1:
        return f"{owner} {mention.form}"
    return mention.form
