"""The first-person narrator: whether there is one, and what the others call them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dramaturg.cast.people.corrections.lookup import PersonLookup
from dramaturg.cast.people.corrections.narration import stated_narrator, stated_placeholder
from dramaturg.cast.people.corrections.placing import NamesInText
from dramaturg.cast.people.corrections.stated import NARRATOR_NAME, PeopleCorrections
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.corrections.resolve import Outcome
from dramaturg.findings import Findings
from dramaturg.lexicon.language import Language

# Of the singular pronouns in the narration: the third-person novels of the training set stay under 0.05.
MIN_FIRST_PERSON_SHARE = 0.2
MIN_FIRST_PERSON_PRONOUNS = 3


def find_narrator(
    findings: Findings,
    utterances: Sequence[Utterance],
    roster: Roster,
    names: NamesInText,
    corrections: PeopleCorrections,
) -> tuple[int, Roster, tuple[Outcome, ...]]:
    """Find the narrator; returns their index, -1 if there is none, and the roster that marks them.

    A narrator whose name is not found is added to the roster. `names`: the names of the corrections in the text.
    """
    lookup = PersonLookup(corrections, roster, findings.mentions)
    narrator = stated_narrator(lookup)
    if narrator is None:
        narrator = -1
        if _is_first_person(findings, corrections.language):
            narrator = _find_first_person(findings, utterances, lookup, names)
    people = lookup.people
    if narrator >= 0:
        people[narrator] = replace(people[narrator], narrator=True)
    return narrator, replace(roster, people=tuple(people)), tuple(lookup.outcomes)


def _is_first_person(findings: Findings, language: Language) -> bool:
    """Whether the story is told in the first person."""
    first = third = 0
    for mention in findings.mentions:
        if mention.kind == "pronoun" and mention.quotation < 0:
            first += mention.form in language.grammar.first_person
            third += mention.gender != "?"
    return first >= MIN_FIRST_PERSON_PRONOUNS and first >= MIN_FIRST_PERSON_SHARE * (first + third)


def _find_first_person(
    findings: Findings, utterances: Sequence[Utterance], lookup: PersonLookup, names: NamesInText
) -> int:
    """The narrator of a story in the first person; -1 if a complete cast does not list them."""
    found = stated_placeholder(lookup, names)
    if found < 0:
        found = _find_named(findings, utterances, lookup.roster, lookup.corrections.language)
    if found < 0 and not lookup.corrections.is_complete:
        found = lookup.add(Person(name=NARRATOR_NAME, named=False))
    return found


def _find_named(findings: Findings, utterances: Sequence[Utterance], roster: Roster, language: Language) -> int:
    """The person who is often addressed next to “I said”, and whom the narration never names; -1 if nobody is."""
    score: Counter[int] = Counter()
    for i, utterance in enumerate(utterances):
        neighbours = [*utterances[max(0, i - 1) : i], *utterances[i + 1 : i + 2]]
        near_narrator = any(_said_i(findings, other, language) for other in neighbours)
        for vocative in utterance.vocatives:
            person = roster.of_mention[vocative.mention] if vocative.mention >= 0 else -1
            if person >= 0 and not _said_i(findings, utterance, language):
                score[person] += 3 if near_narrator else 1
    narrated = Counter(
        person
        for mention, person in zip(findings.mentions, roster.of_mention, strict=True)
        if person >= 0 and mention.quotation < 0 and mention.kind == "name"
    )
    fits = {person: s / (1 + 3 * narrated[person]) for person, s in score.items() if roster.people[person].named}
    best = max(fits, key=lambda person: (fits[person], -person), default=-1)
    return best if best >= 0 and fits[best] >= 2 else -1


def _said_i(findings: Findings, utterance: Utterance, language: Language) -> bool:
    """Whether a tag beside an utterance has a first-person subject: “I said”."""
    tags = [cue for cue in utterance.cues if cue.kind in ("tag_after", "tag_before")]
    forms = {findings.mentions[cue.mention].form for cue in tags} & language.grammar.first_person
    return any(language.grammar.pronouns[form].is_subject for form in forms if form in language.grammar.pronouns)
