"""Narration's pronouns → people, by nearness, gender and the subject's place; and “her father” with them.

A first version by rules, in the spirit of Lappin & Leass (1994), "An Algorithm for Pronominal Anaphora Resolution".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dramaturg.cast.people import Person
from dramaturg.cast.relations import Relations
from dramaturg.cast.roster import Roster
from dramaturg.findings import FIRST_PERSON, Findings, Gender, Mention

NOBODY_HERE = frozenset({"we", "us", "our", "you", "your"})
REACH = 10  # how many earlier mentions a pronoun may look back over
DECAY = 0.6  # what one more sentence between costs, against 1 for having been the subject
SUBJECT = 1.0
NAMED = 0.3


@dataclass(frozen=True, slots=True)
class Antecedent:
    """A mention that a pronoun may take up."""

    person: int
    gender: Gender
    plural: bool
    sentence: int
    subject: bool
    named: bool


def resolve_pronouns(findings: Findings, roster: Roster, narrator: int, meant: Mapping[int, int] | None = None) -> None:
    """Enter into `roster.of_mention` whom each pronoun, and each “her father”, of the narration means.

    `narrator`: whom I, me and my mean in narration, or -1. `meant`: whom some mentions are known to mean, by their
    index. Linear in the number of mentions.
    """
    meant = meant or {}
    people, of_mention = roster.people, roster.of_mention
    relations = Relations(people)
    recent: list[Antecedent] = []
    for i, mention in enumerate(findings.mentions):
        if i in meant:
            of_mention[i] = meant[i]
        if mention.quotation >= 0:
            continue
        if i in meant:
            pass
        elif mention.kind == "pronoun":
            of_mention[i] = _whom(mention, recent, narrator)
        elif mention.kind == "noun":
            owner = _owner(i, findings.mentions, of_mention, recent, narrator)
            relative = relations.relative(owner, mention.form) if owner is not None else -1
            if relative >= 0:
                of_mention[i] = relative
        person = of_mention[i]
        if person >= 0 and person != narrator:
            recent.append(_antecedent(mention, person, people[person]))
            del recent[:-REACH]


def _antecedent(mention: Mention, person: int, who: Person) -> Antecedent:
    subject = mention.subject and not mention.possessive
    return Antecedent(person, who.gender, who.plural, mention.sentence, subject, who.named)


def _owner(
    i: int, mentions: list[Mention], of_mention: list[int], recent: list[Antecedent], narrator: int
) -> int | None:
    """Whose a noun is: the person of the possessive that it begins with (-1 if unknown), None where it has none."""
    noun = mentions[i]
    for j in range(i + 1, min(i + 3, len(mentions))):
        inner = mentions[j]
        if inner.start >= noun.end:
            break
        if inner.possessive:
            return _whom(inner, recent, narrator) if inner.kind == "pronoun" else of_mention[j]
    return None


def _whom(mention: Mention, recent: list[Antecedent], narrator: int) -> int:
    if mention.form in FIRST_PERSON:
        return narrator
    if mention.form in NOBODY_HERE:
        return -1
    best, best_score = -1, 0.0
    for back, antecedent in enumerate(reversed(recent)):
        if mention.plural != antecedent.plural:
            continue
        if not mention.plural and antecedent.gender not in ("?", mention.gender):
            continue
        score = 3.0 - DECAY * (mention.sentence - antecedent.sentence) - 0.1 * back
        score += SUBJECT * antecedent.subject + NAMED * antecedent.named + 0.4 * (antecedent.gender == mention.gender)
        if score > best_score:
            best, best_score = antecedent.person, score
    return best
