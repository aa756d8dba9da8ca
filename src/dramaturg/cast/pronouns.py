"""Narration's pronouns → people, by nearness, gender and the subject's place.

A first version by rules, in the spirit of Lappin & Leass (1994), "An Algorithm for Pronominal Anaphora Resolution".
"""

from dataclasses import dataclass

from dramaturg.cast.people import Person
from dramaturg.findings import Findings, Gender, Mention

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


def resolve_pronouns(findings: Findings, people: list[Person], of_mention: list[int], narrator: int) -> None:
    """Enter into `of_mention` whom each pronoun of the narration means, where that can be told.

    `narrator`: whom I, me and my mean in narration, or -1.
    """
    recent: list[Antecedent] = []
    for i, mention in enumerate(findings.mentions):
        if mention.quotation >= 0:
            continue
        if mention.kind == "pronoun":
            of_mention[i] = _whom(mention, recent, narrator)
        person = of_mention[i]
        if person >= 0 and person != narrator:
            who = people[person]
            recent.append(
                Antecedent(
                    person,
                    who.gender,
                    who.kind == "group",
                    mention.sentence,
                    mention.subject and not mention.possessive,
                    who.named,
                )
            )
            del recent[:-REACH]


def _whom(mention: Mention, recent: list[Antecedent], narrator: int) -> int:
    if mention.form in ("i", "me", "my", "mine", "myself"):
        return narrator
    if mention.form in ("we", "us", "our", "you", "your"):
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
