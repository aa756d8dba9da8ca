"""Speakers, addressees and references that the corrections fix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dramaturg.cast.people.corrections.lookup import PersonLookup
from dramaturg.cast.people.corrections.stated import NARRATOR_NAME, PeopleCorrections
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.corrections.model import QuotationCorrection, fold_name
from dramaturg.corrections.resolve import Outcome, find_quotation
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.story import Span

UNKNOWN_SPEAKER = -1  # the corrections state that the speaker cannot be known


@dataclass(frozen=True, slots=True)
class Fixed:
    """What the corrections fix, by index of utterance. People are indices in the roster, or UNKNOWN_SPEAKER.

    `places`: the quotation that the correction is about. `quoted`: the speakers of quotations inside speech, by index
    of quotation. `meant`: the people that pronouns and nouns refer to, by index of mention.
    """

    speakers: Mapping[int, int] = field(default_factory=dict)
    addressees: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    places: Mapping[int, Span] = field(default_factory=dict)
    quoted: Mapping[int, int] = field(default_factory=dict)
    meant: Mapping[int, int] = field(default_factory=dict)


def fix_utterances(
    draft: Draft, findings: Findings, utterances: Sequence[Utterance], roster: Roster, corrections: PeopleCorrections
) -> tuple[Fixed, Roster, tuple[Outcome, ...]]:
    """Fix speakers, addressees and references as the corrections state, and add the people they need to the roster.

    Single mentions of a narrator without a name are assigned here, too: `place_names` leaves them.
    """
    lookup = PersonLookup(corrections, roster, findings.mentions)
    speakers, addressees, places, quoted = _fix_quotations(draft, utterances, lookup)
    meant: dict[int, int] = {}
    for u, speaker in speakers.items():
        if speaker != UNKNOWN_SPEAKER:
            meant.update(_references_in_tags(utterances[u], findings, lookup, speaker))
    names: dict[int, int] = {}
    for i, placed in corrections.placed.items():
        is_name = findings.mentions[i].kind == "name"
        if is_name and not _is_waiting(placed.correction.character, roster.of_mention[i]):
            continue
        person = lookup.find(placed.correction.character or "", placed.span.start)
        if isinstance(person, str):
            lookup.outcomes.append(Outcome(placed.correction, placed.span, person))
        else:
            lookup.outcomes.append(Outcome(placed.correction, placed.span))
            (names if is_name else meant)[i] = person
    roster = replace(roster, people=tuple(lookup.people))
    roster = roster.assign_names(names, {i: findings.mentions[i].form for i in names})
    roster = _without_nouns(roster, [i for i in meant if findings.mentions[i].kind == "noun"])
    return Fixed(speakers, addressees, places, quoted, meant), roster, tuple(lookup.outcomes)


def _is_waiting(name: str | None, person: int) -> bool:
    """Whether a mention by name still waits for a narrator without a name."""
    return person < 0 and fold_name(name or "") == fold_name(NARRATOR_NAME)


def _fix_quotations(
    draft: Draft, utterances: Sequence[Utterance], lookup: PersonLookup
) -> tuple[dict[int, int], dict[int, tuple[int, ...]], dict[int, Span], dict[int, int]]:
    """The speakers, addressees and places by utterance, and the speakers by quotation inside speech: see Fixed."""
    utterance_of = {q: u for u, utterance in enumerate(utterances) for q in utterance.quotations}
    speakers: dict[int, int] = {}
    addressees: dict[int, tuple[int, ...]] = {}
    places: dict[int, Span] = {}
    quoted: dict[int, int] = {}
    last: dict[int, QuotationCorrection] = {}  # by quotation
    for resolved in sorted(lookup.corrections.resolved.quotations, key=lambda resolved: resolved.order):
        correction = resolved.correction
        if correction.speech is False:
            continue
        number = find_quotation(draft.quotations, resolved.span)
        if number < 0:
            why = "no speech was found there; if it is speech, add `speech = true`"
            lookup.outcomes.append(Outcome(correction, resolved.span, why))
            continue
        if number in last and _contradict(last[number], correction):
            lookup.outcomes.append(Outcome(last[number], resolved.span, "a later correction contradicts it"))
        last[number] = correction
        utterance = utterance_of.get(number)
        place = Span(draft.quotations[number].start, draft.quotations[number].end)
        lookup.outcomes.append(Outcome(correction, place))
        speaker = _speaker(correction, place, lookup)
        if speaker is not None and utterance is None:
            quoted[number] = speaker
        elif speaker is not None and utterance is not None:
            speakers[utterance], places[utterance] = speaker, place
        given = _addressees(correction, speaker, place, lookup)
        if given is not None and utterance is not None:
            addressees[utterance] = given
    return speakers, addressees, places, quoted


def _speaker(correction: QuotationCorrection, place: Span, lookup: PersonLookup) -> int | None:
    """The speaker that a correction gives; None if it gives none who can be found."""
    if correction.speaker is None:
        return None
    speaker = lookup.find(correction.speaker, place.start) if correction.speaker else UNKNOWN_SPEAKER
    if isinstance(speaker, str):
        lookup.outcomes.append(Outcome(correction, place, speaker))
        return None
    return speaker


def _addressees(
    correction: QuotationCorrection, speaker: int | None, place: Span, lookup: PersonLookup
) -> tuple[int, ...] | None:
    """The addressees that a correction gives, without the speaker; None if it gives none who can be found."""
    if correction.addressees is None:
        return None
    found = [lookup.find(name, place.start) for name in correction.addressees]
    wrong = [why for why in found if isinstance(why, str)]
    wrong += ["speaker and addressee are the same person"] * (speaker is not None and speaker in found)
    if wrong:
        lookup.outcomes.append(Outcome(correction, place, wrong[0]))
    given = tuple(dict.fromkeys(person for person in found if isinstance(person, int) and person != speaker))
    return given if given or not correction.addressees else None


def _contradict(one: QuotationCorrection, other: QuotationCorrection) -> bool:
    """Whether two corrections state different things about one quotation."""
    answers = ((one.speaker, other.speaker), (one.addressees, other.addressees))
    return any(None not in pair and pair[0] != pair[1] for pair in answers)


def _references_in_tags(utterance: Utterance, findings: Findings, lookup: PersonLookup, speaker: int) -> dict[int, int]:
    """The pronouns and nouns in an utterance's tags that can refer to its speaker, each with the speaker."""
    person, first_person = lookup.people[speaker], lookup.corrections.language.grammar.first_person
    found = {}
    for cue in utterance.cues:
        mention = findings.mentions[cue.mention]
        is_tag = cue.is_tag and cue.has_speech_verb
        if is_tag and mention.kind != "name" and mention.form not in first_person:
            fits = mention.gender == "?" or person.gender in ("?", mention.gender)
            if fits and mention.plural == person.plural:
                found[cue.mention] = speaker
    return found


def _without_nouns(roster: Roster, mentions: Sequence[int]) -> Roster:
    """A roster in which some nouns no longer belong to the people who were found by them."""
    gone = set(mentions)
    people = list(roster.people)
    for number in {roster.of_mention[i] for i in mentions} - {-1}:
        kept = tuple(i for i in people[number].mentions if i not in gone)
        people[number] = replace(people[number], mentions=kept)
    return replace(roster, people=tuple(people))
