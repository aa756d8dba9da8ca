"""Inside speech, once its speakers are known: what “I” and “you” refer to, and who says what is quoted there."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from dramaturg.cast.people.corrections.fixed import Fixed
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.decision import Decision, given_speaker
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Cue, Findings
from dramaturg.reading import Evidence

# How often a tag with a name is right about speech quoted inside speech: an estimate, since no corpus annotates it.
NESTED_TAG_CONFIDENCE = 0.8


def resolve_speech_pronouns(
    draft: Draft,
    findings: Findings,
    roster: Roster,
    utterances: Sequence[Utterance],
    decisions: Sequence[Decision],
    known: Collection[int] = (),
) -> Roster:
    """Return a roster in which “I” and “you” in speech refer to its speaker and to its only addressee.

    Pronouns in speech that is quoted inside speech stay as they are, and so do the mentions in `known`.
    """
    grammar = draft.language.grammar
    of_mention = list(roster.of_mention)
    decision_of = _by_quotation(utterances, decisions)
    nested = [(quotation.start, quotation.end) for quotation in draft.quotations if quotation.within is not None]
    k = 0
    for i, mention in enumerate(findings.mentions):
        if mention.quotation < 0 or mention.kind != "pronoun" or i in known:
            continue
        while k < len(nested) and nested[k][1] <= mention.start:
            k += 1
        decision = decision_of.get(mention.quotation)
        if decision is None or (k < len(nested) and nested[k][0] <= mention.start):
            continue
        if mention.form in grammar.first_person and decision.speaker is not None:
            of_mention[i] = decision.speaker
        elif mention.form in grammar.second_person and len(decision.addressees) == 1:
            of_mention[i] = decision.addressees[0]
    return replace(roster, of_mention=tuple(of_mention))


def decide_nested_quotations(
    draft: Draft,
    findings: Findings,
    roster: Roster,
    utterances: Sequence[Utterance],
    decisions: Sequence[Decision],
    fixed: Fixed,
) -> dict[int, Decision]:
    """Decide who says what is quoted inside speech, by index of quotation; a quotation without a decision is left out.

    A decision needs a tag with a name, or an “I said” of the speaker around it.
    """
    outer = _by_quotation(utterances, decisions)
    found = {
        q: given_speaker(speaker, (), draft.quotations[q].start, draft.quotations[q].end)
        for q, speaker in fixed.quoted.items()
    }
    for cue in findings.cues:
        if draft.quotations[cue.quotation].within is None or cue.quotation in found:
            continue
        if cue.is_tag and cue.strength == "core":
            decision = _decide(cue, draft, findings, roster, outer.get(draft.outermost_of(cue.quotation)))
            if decision is not None:
                found[cue.quotation] = decision
    return found


def _by_quotation(utterances: Sequence[Utterance], decisions: Sequence[Decision]) -> dict[int, Decision]:
    return {q: decision for u, decision in zip(utterances, decisions, strict=True) for q in u.quotations}


def _decide(cue: Cue, draft: Draft, findings: Findings, roster: Roster, outer: Decision | None) -> Decision | None:
    mention, person = findings.mentions[cue.mention], roster.of_mention[cue.mention]
    evidence = Evidence("tag", cue.start, cue.end)
    if mention.kind == "name" and person >= 0:
        return Decision(person, NESTED_TAG_CONFIDENCE, (), (), evidence)
    grammar = draft.language.grammar
    is_i = mention.form in grammar.first_person and grammar.pronouns[mention.form].is_subject
    if is_i and outer is not None and outer.speaker is not None:
        confidence = round(outer.confidence * NESTED_TAG_CONFIDENCE, 4)
        return Decision(outer.speaker, confidence, outer.alternatives, (), evidence)
    return None
