"""Who tells the story: “I”, or the “you” of a story in the second person, and what the others call them.

In a story in the first person, the “I” of a letter is its writer.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from dramaturg.cast.people.corrections.lookup import PersonLookup
from dramaturg.cast.people.corrections.narration import stated_narrator, stated_placeholder
from dramaturg.cast.people.corrections.placing import NamesInText
from dramaturg.cast.people.corrections.stated import NARRATOR_NAME, PeopleCorrections
from dramaturg.cast.people.letters import Letter, find_letters
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.corrections.resolve import Outcome
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention
from dramaturg.lexicon.language import Language

# Of the singular pronouns in the narration: the third-person novels of the training set stay under 0.05.
MIN_NARRATOR_SHARE = 0.2
MIN_NARRATOR_PRONOUNS = 3
MAX_OWN_NAME_LETTERS = 20  # of “My name is”
MIN_NAMED_PARTS = 2  # parts of a story that begin with the name of somebody who tells them


def find_narrator(
    draft: Draft,
    findings: Findings,
    utterances: Sequence[Utterance],
    roster: Roster,
    names: NamesInText,
    corrections: PeopleCorrections,
) -> tuple[Narrators, Roster, tuple[Outcome, ...]]:
    """Find who tells the story; returns that, and the roster that marks them.

    A narrator whose name is not found is added to the roster. `names`: the names of the corrections in the text.
    """
    language = draft.language
    lookup = PersonLookup(corrections, roster, findings.mentions)
    forms = _narrator_forms(findings.mentions, language)
    stated = stated_narrator(lookup)
    by_part = _parts(draft, findings, forms, lookup) if forms else None
    if by_part is not None and (stated is None or stated in by_part.people):
        narrators = by_part  # a narrator given by the user tells the parts under their name
    elif stated is not None:
        narrators = Narrators(narrators=(stated,), forms=forms or language.grammar.first_person)
    elif forms:
        letters = find_letters(draft, lookup.people) if forms == language.grammar.first_person else {}
        outside = _Outside(letters)
        is_told = not letters or bool(_narrator_forms([m for m in findings.mentions if outside(m.start)], language))
        rest = [one for one in utterances if outside(one.start)]
        found = _find_one(draft, findings, rest, lookup, names, forms) if is_told else -1
        narrators = _with_writers(letters, found, forms)
    else:
        narrators = Narrators(forms=language.grammar.first_person)
    people = lookup.people
    for narrator in narrators.people:
        people[narrator] = replace(people[narrator], narrator=True)
    return narrators, replace(roster, people=tuple(people)), tuple(lookup.outcomes)


class _Outside:
    """Whether a place is outside all letters."""

    def __init__(self, letters: Mapping[Letter, int]) -> None:
        self.letters = list(letters)

    def __call__(self, place: int) -> bool:
        at = bisect_right(self.letters, place, key=lambda letter: letter.start) - 1
        return at < 0 or self.letters[at].end <= place


def _with_writers(letters: Mapping[Letter, int], narrator: int, forms: frozenset[str]) -> Narrators:
    """The narrator of the story, and the writers of the letters in it."""
    starts, narrators = [0], [narrator]
    for letter, writer in letters.items():
        starts += [letter.start, letter.end]
        narrators += [writer, narrator]
    return Narrators(tuple(starts), tuple(narrators), forms)


def _narrator_forms(mentions: Sequence[Mention], language: Language) -> frozenset[str]:
    """The pronouns that mean the narrator or the protagonist; none in a story in the third person."""
    grammar = language.grammar
    counts: Counter[str] = Counter()
    for mention in mentions:
        if mention.kind == "pronoun" and mention.quotation < 0:
            counts["first"] += mention.form in grammar.first_person
            counts["second"] += mention.form in grammar.second_person
            counts["third"] += mention.gender != "?"
    for person, forms in (("first", grammar.first_person), ("second", grammar.second_person)):
        share = counts[person] / max(1, counts.total() - (counts["second"] if person == "first" else 0))
        if counts[person] >= MIN_NARRATOR_PRONOUNS and share >= MIN_NARRATOR_SHARE:
            return forms
    return frozenset()


def _parts(draft: Draft, findings: Findings, forms: frozenset[str], lookup: PersonLookup) -> Narrators | None:
    """The narrators of a story whose headings name who tells each part; None if they do not."""
    headings = [block for block in draft.story.blocks if block.role == "heading"]
    found: list[tuple[int, str]] = []
    for block in headings:
        name = draft.language.narration.narrator_heading.sub("", draft.text[block.start : block.end]).strip(
            " *_.:-–—\n"
        )
        if name and len(name.split()) <= 3:
            found.append((block.start, name))
    by_name: dict[str, int] = {}
    for number, person in enumerate(lookup.people):
        for form in person.forms:
            if person.named:
                by_name.setdefault(form.casefold(), number)
    told = [(start, by_name[name.casefold()]) for start, name in found if name.casefold() in by_name]
    if len(told) < MIN_NAMED_PARTS or len({person for _, person in told}) < 2 or len(told) < len(found) / 2:
        return None
    places = [m.start for m in findings.mentions if m.kind == "pronoun" and m.quotation < 0 and m.form in forms]
    if not any(place >= told[0][0] for place in places):
        return None
    return Narrators((0, *(start for start, _ in told)), (-1, *(person for _, person in told)), forms)


def _find_one(
    draft: Draft,
    findings: Findings,
    utterances: Sequence[Utterance],
    lookup: PersonLookup,
    names: NamesInText,
    forms: frozenset[str],
) -> int:
    """The narrator of the whole story; -1 if a complete cast does not list them."""
    language = lookup.corrections.language
    is_second_person = forms == language.grammar.second_person
    found = stated_placeholder(lookup, names)
    if found < 0 and is_second_person:
        found = _find_placeholder(lookup.roster, language)
    if found < 0:
        found = _find_own_name(draft, findings, utterances, lookup, forms)
    if found < 0:
        found = _find_named(findings, utterances, lookup.roster, language, forms)
    if found < 0 and not lookup.corrections.is_complete:
        found = lookup.add(
            Person(name=language.narration.protagonist if is_second_person else NARRATOR_NAME, named=False)
        )
    return found


def _find_placeholder(roster: Roster, language: Language) -> int:
    """The person whom the story calls by a blank for the reader's name: “(Y/N)”."""
    pattern = language.names.placeholder
    found = [n for n, p in enumerate(roster.people) if p.named and any(pattern.fullmatch(form) for form in p.forms)]
    return max(found, key=lambda number: len(roster.people[number].mentions), default=-1)


def _find_own_name(
    draft: Draft, findings: Findings, utterances: Sequence[Utterance], lookup: PersonLookup, forms: Collection[str]
) -> int:
    """The person whose name the narrator gives as their own, in the narration or in a tagged line; -1 if none.

    A person of that name is added if there is none yet.
    """
    own_name = draft.language.narration.own_name
    said = {
        quotation
        for utterance in utterances
        if _is_tagged_by_narrator(findings, utterance, draft.language, forms)
        for quotation in utterance.quotations
    }
    found: Counter[int] = Counter()
    unknown: Counter[str] = Counter()
    for mention, person in zip(findings.mentions, lookup.roster.of_mention, strict=True):
        if mention.kind == "name" and (mention.quotation < 0 or mention.quotation in said):
            before = draft.text[max(0, mention.start - MAX_OWN_NAME_LETTERS) : mention.start]
            if own_name.search(before) and person >= 0:
                found[person] += 1
            elif own_name.search(before):
                unknown[mention.form] += 1
    if found:
        return max(found, key=lambda person: (found[person], -person))
    if unknown and not lookup.corrections.is_complete:
        name = max(unknown, key=lambda form: (unknown[form], form))
        return lookup.add(Person(name=name, named=True, forms=Counter({name: unknown[name]})))
    return -1


def _find_named(
    findings: Findings,
    utterances: Sequence[Utterance],
    roster: Roster,
    language: Language,
    forms: Collection[str],
) -> int:
    """The person who is often addressed next to “I said”, and whom the narration never names; -1 if nobody is."""
    score: Counter[int] = Counter()
    for i, utterance in enumerate(utterances):
        neighbours = [*utterances[max(0, i - 1) : i], *utterances[i + 1 : i + 2]]
        near_narrator = any(_is_tagged_by_narrator(findings, other, language, forms) for other in neighbours)
        for vocative in utterance.vocatives:
            person = roster.of_mention[vocative.mention] if vocative.mention >= 0 else -1
            if person >= 0 and not _is_tagged_by_narrator(findings, utterance, language, forms):
                score[person] += 3 if near_narrator else 1
    narrated = Counter(
        person
        for mention, person in zip(findings.mentions, roster.of_mention, strict=True)
        if person >= 0 and mention.quotation < 0 and mention.kind == "name"
    )
    fits = {person: s / (1 + 3 * narrated[person]) for person, s in score.items() if roster.people[person].named}
    best = max(fits, key=lambda person: (fits[person], -person), default=-1)
    return best if best >= 0 and fits[best] >= 2 else -1


def _is_tagged_by_narrator(
    findings: Findings, utterance: Utterance, language: Language, forms: Collection[str]
) -> bool:
    """Whether a tag beside an utterance has the narrator as its subject: “I said”."""
    tags = [cue for cue in utterance.cues if cue.kind in ("tag_after", "tag_before")]
    found = {findings.mentions[cue.mention].form for cue in tags}.intersection(forms)
    return any(language.grammar.pronouns[form].is_subject for form in found if form in language.grammar.pronouns)
