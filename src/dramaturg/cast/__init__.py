"""Findings → who is who over the whole story, and who says what to whom.

The order: names → people without a name → utterances → narrator → descriptions joined to names → pronouns →
candidates → speakers (each utterance by itself, then whole conversations together) → addressees → what stands inside
speech: I, you, and who says what is quoted there. One round. What the user says (`corrected`) is known before each of
these is asked.
"""

from dataclasses import dataclass

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.corrections import Fixed, PeopleCorrections
from dramaturg.cast.people.descriptions import join_descriptions
from dramaturg.cast.people.narrator import find_narrator
from dramaturg.cast.people.pronouns import resolve_pronouns
from dramaturg.cast.people.roster import Roster, make_roster
from dramaturg.cast.speakers.addressees import Listeners, find_addressees
from dramaturg.cast.speakers.decision import Decision, given_speaker
from dramaturg.cast.speakers.evidence import EvidenceFinder
from dramaturg.cast.speakers.features import Candidates, Table
from dramaturg.cast.speakers.inside_speech import decide_quoted, resolve_inside
from dramaturg.cast.speakers.ranking import choose_speakers, rank_speakers
from dramaturg.cast.speakers.utterances import Utterance, collect_utterances
from dramaturg.corrections.resolve import ResolvedCorrections
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.layers.rules.words import AnnotatedWords


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is who, before it is decided who speaks. `narrator`: index in `roster.people`, or -1.

    `fixed`: what the user says of speakers and addressees.
    """

    roster: Roster
    utterances: list[Utterance]
    narrator: int
    table: Table
    fixed: Fixed


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who, and a decision for each utterance; `quoted`: for quotations inside others, by their index."""

    roster: Roster
    utterances: list[Utterance]
    decisions: list[Decision]
    quoted: dict[int, Decision]


def make_cast(
    draft: Draft,
    words: AnnotatedWords,
    findings: Findings,
    seen: AlignedSpans,
    resolved: ResolvedCorrections | None = None,
) -> Cast:
    """Decide who is who over the whole story, in time linear in its length. `resolved`: the user's corrections."""
    scene = set_scene(draft, words, findings, seen, resolved)
    fixed = scene.fixed
    n = len(scene.utterances)
    probability = rank_speakers(scene.table, scene.utterances, fixed.speakers)
    chosen = choose_speakers(scene.table, probability, n)
    speakers = [speaker for speaker, _, _ in chosen]
    listeners = Listeners(draft.text, findings, scene.roster, scene.utterances, scene.table, probability, speakers)
    addressees = find_addressees(listeners)
    for i, given in fixed.addressees.items():
        addressees[i] = tuple(person for person in given if person != speakers[i])
    witness = EvidenceFinder(findings, scene.roster, scene.utterances, scene.narrator)
    decisions = [
        Decision(speaker, confidence, alternatives, addressees[i], witness.find(i, speakers))
        for i, (speaker, confidence, alternatives) in enumerate(chosen)
    ]
    for i, speaker in fixed.speakers.items():
        decisions[i] = given_speaker(speaker, addressees[i], fixed.places[i].start, fixed.places[i].end)
    resolve_inside(draft, findings, scene.roster, scene.utterances, decisions, fixed.meant)
    quoted = decide_quoted(draft, findings, scene.roster, scene.utterances, decisions, fixed)
    return Cast(scene.roster, scene.utterances, decisions, quoted)


def set_scene(
    draft: Draft,
    words: AnnotatedWords,
    findings: Findings,
    seen: AlignedSpans,
    resolved: ResolvedCorrections | None = None,
) -> Scene:
    """Find the people, and for each utterance its candidates with what speaks for them."""
    told = PeopleCorrections(findings, resolved)
    roster = make_roster(draft, words, findings, seen, told)
    utterances = collect_utterances(draft, findings, seen.neural.quotation_sums)
    narrator = find_narrator(draft, findings, utterances, roster, told)
    join_descriptions(draft, findings, utterances, roster)
    fixed = told.fix(draft, findings, utterances, roster.people, roster.of_mention)
    told.leave_only_listed(roster.people, roster.of_mention, narrator)
    shares = resolve_pronouns(findings, roster, narrator, seen, fixed.meant)
    table = Candidates(draft, findings, roster.people, roster.of_mention, utterances, narrator, shares, fixed).table()
    told.finish()
    return Scene(roster, utterances, narrator, table, fixed)
