"""Findings → the people of the whole story, and the speaker and addressees of each utterance.

This module holds the order of the steps. Each step returns what it found, a new roster where it changed one; what the
corrections state is an input of the steps that decide the same question.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.corrections.fixed import Fixed, fix_utterances
from dramaturg.cast.people.corrections.stated import PeopleCorrections, lay_out, unused
from dramaturg.cast.people.genders import infer_genders
from dramaturg.cast.people.identity.joining import PairScorer, join_people, score_pairs
from dramaturg.cast.people.make_roster import make_roster
from dramaturg.cast.people.narrator import find_narrator
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.pronouns import resolve_pronouns
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.addressees import AddresseeFeatures, find_addressees
from dramaturg.cast.speakers.decision import Decision, given_speaker
from dramaturg.cast.speakers.evidence import EvidenceFinder
from dramaturg.cast.speakers.features import make_candidate_table
from dramaturg.cast.speakers.features.inputs import References
from dramaturg.cast.speakers.inside_speech import decide_nested_quotations, resolve_speech_pronouns
from dramaturg.cast.speakers.ranking import choose_speakers, rank_speakers
from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.cast.utterances import Utterance, collect_utterances
from dramaturg.corrections.resolve import Outcome, ResolvedCorrections
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.layers.rules.words import AnnotatedWords


@dataclass(frozen=True, slots=True)
class People:
    """The people of a story, before those who are one are joined."""

    roster: Roster
    utterances: list[Utterance]
    narrators: Narrators
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that is known before speakers are decided.

    `table`: the candidates of each utterance with their features.
    `fixed`: what the corrections fix.
    """

    roster: Roster
    utterances: list[Utterance]
    narrators: Narrators
    table: CandidateTable
    fixed: Fixed
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a story, and a decision for each utterance.

    `quoted`: decisions for quotations inside others, by index of quotation. `outcomes`: what became of the corrections.
    """

    roster: Roster
    utterances: list[Utterance]
    decisions: list[Decision]
    quoted: dict[int, Decision]
    outcomes: tuple[Outcome, ...] = ()


def find_people(
    draft: Draft, words: AnnotatedWords, findings: Findings, aligned: AlignedSpans, corrections: PeopleCorrections
) -> People:
    """Find the people by their names and nouns, and which of them tells the story."""
    found = make_roster(draft, words, findings, aligned, corrections)
    utterances = collect_utterances(draft, findings, aligned.neural.quotation_sums)
    narrators, roster, outcomes = find_narrator(draft, findings, utterances, found.roster, found.names, corrections)
    roster = infer_genders(findings, roster, aligned, draft.language)
    return People(roster, utterances, narrators, (*found.outcomes, *outcomes))


def set_scene(
    draft: Draft,
    words: AnnotatedWords,
    findings: Findings,
    aligned: AlignedSpans,
    resolved: ResolvedCorrections | None = None,
    score: PairScorer = score_pairs,
) -> Scene:
    """Find the people, and the candidates of each utterance with the features of each.

    `score`: says how likely two people are one; training passes models that have not learned from the story.
    """
    corrections = lay_out(findings.mentions, draft.language, resolved)
    people = find_people(draft, words, findings, aligned, corrections)
    utterances, narrators = people.utterances, people.narrators
    joined = join_people(draft, findings, utterances, people.roster, aligned, narrators, score)
    fixed, roster, outcomes = fix_utterances(draft, findings, utterances, joined.roster, corrections)
    if corrections.is_complete:
        roster = roster.keep_listed(narrators.people)
    roster, referents, links = resolve_pronouns(findings, roster, narrators, aligned, draft.language, fixed.meant)
    known = References(referents, links, joined.probability)
    table = make_candidate_table(draft, findings, roster, utterances, narrators, known, fixed)
    return Scene(roster, utterances, narrators, table, fixed, (*people.outcomes, *outcomes, *unused(corrections)))


def make_cast(
    draft: Draft,
    words: AnnotatedWords,
    findings: Findings,
    aligned: AlignedSpans,
    resolved: ResolvedCorrections | None = None,
) -> Cast:
    """Decide who the people of a story are, who speaks and to whom, in time linear in its length."""
    scene = set_scene(draft, words, findings, aligned, resolved)
    roster, utterances, fixed = scene.roster, scene.utterances, scene.fixed
    probability = rank_speakers(scene.table, utterances, fixed.speakers)
    chosen = choose_speakers(scene.table, probability, len(utterances))
    speakers = [speaker for speaker, _, _ in chosen]
    listeners = AddresseeFeatures(draft, findings, roster, utterances, scene.table, probability, speakers)
    addressees = _with_fixed(find_addressees(listeners), speakers, fixed)
    evidence = EvidenceFinder(draft, findings, roster, utterances, scene.narrators)
    decisions = [
        Decision(speaker, confidence, alternatives, addressees[u], evidence.find(u, speakers))
        if u not in fixed.speakers
        else given_speaker(fixed.speakers[u], addressees[u], fixed.places[u].start, fixed.places[u].end)
        for u, (speaker, confidence, alternatives) in enumerate(chosen)
    ]
    roster = resolve_speech_pronouns(draft, findings, roster, utterances, decisions, fixed.meant)
    quoted = decide_nested_quotations(draft, findings, roster, utterances, decisions, fixed)
    return Cast(roster, utterances, decisions, quoted, scene.outcomes)


def _with_fixed(
    addressees: Sequence[tuple[int, ...]], speakers: Sequence[int | None], fixed: Fixed
) -> list[tuple[int, ...]]:
    """The addressees of each utterance, those that the corrections fix among them; nobody talks to themselves."""
    return [
        tuple(person for person in fixed.addressees[u] if person != speakers[u]) if u in fixed.addressees else found
        for u, found in enumerate(addressees)
    ]
