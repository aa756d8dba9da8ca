"""The first-person narrator: whether there is one, and what the others call them."""

from collections import Counter

from dramaturg.cast.people.corrections import TELLER, PeopleCorrections
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import FIRST_PERSON, Findings

SHARE = 0.2  # of the narration's singular pronouns: third-person novels of the training set stay under 0.05
FEWEST = 3


def find_narrator(
    draft: Draft, findings: Findings, utterances: list[Utterance], roster: Roster, told: PeopleCorrections | None = None
) -> int:
    """The index of the narrator in `roster.people`, added there where no name of theirs is found; -1 for none.

    `told`: what the user says of it.
    """
    given = told.narrator(roster.people, findings) if told else None
    if given is not None:
        if given >= 0:
            roster.people[given].narrator = True
        return given
    first = third = 0
    for mention in findings.mentions:
        if mention.kind == "pronoun" and mention.quotation < 0:
            first += mention.form in FIRST_PERSON
            third += mention.gender != "?"
    if first < FEWEST or first < SHARE * (first + third):
        return -1
    found = told.nameless_narrator(roster.people, findings) if told else -1
    if found < 0:
        found = _named_narrator(findings, utterances, roster)
    if found < 0:
        if told and told.complete:
            return -1
        found = len(roster.people)
        roster.people.append(Person(name=TELLER, named=False))
    roster.people[found].narrator = True
    return found


def _named_narrator(findings: Findings, utterances: list[Utterance], roster: Roster) -> int:
    """Who is often addressed next to what “I said”, and is never spoken of by the narration."""
    score: Counter[int] = Counter()
    for i, utterance in enumerate(utterances):
        beside = utterances[max(0, i - 1) : i] + utterances[i + 1 : i + 2]
        near_narrator = any(_said_i(findings, other) for other in beside)
        for vocative in utterance.vocatives:
            person = roster.of_mention[vocative.mention] if vocative.mention >= 0 else -1
            if person >= 0 and not _said_i(findings, utterance):
                score[person] += 3 if near_narrator else 1
    narrated = Counter(
        person
        for mention, person in zip(findings.mentions, roster.of_mention, strict=True)
        if person >= 0 and mention.quotation < 0 and mention.kind == "name"
    )
    fits = {person: s / (1 + 3 * narrated[person]) for person, s in score.items() if roster.people[person].named}
    best = max(fits, key=lambda person: (fits[person], -person), default=-1)
    return best if best >= 0 and fits[best] >= 2 else -1


def _said_i(findings: Findings, utterance: Utterance) -> bool:
    return any(
        cue.kind in ("tag_after", "tag_before") and findings.mentions[cue.mention].form == "i" for cue in utterance.cues
    )
