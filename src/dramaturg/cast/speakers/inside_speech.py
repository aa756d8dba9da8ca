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
from dramaturg.scan.utterances import is_one_utterance

# How often a tag with a name is right about speech quoted inside speech: an estimate, since no corpus annotates it.
NESTED_TAG_CONFIDENCE = 0.8
NESTED_NOUN_CONFIDENCE, NESTED_PRONOUN_CONFIDENCE = 0.7, 0.6
MAX_MENTIONS_BEFORE = 12  # among which the person is that a pronoun in such a tag refers to


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

    A decision needs a tag, or a tag of another part of the same utterance. “I” is the speaker around it, and another
    pronoun is whoever of that gender is mentioned last before it in the same speech.
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
    for q in range(1, len(draft.quotations)):
        if q not in found and q - 1 in found and _goes_on(draft, q - 1, q):
            found[q] = found[q - 1]
    return found


def _goes_on(draft: Draft, first: int, second: int) -> bool:
    """Whether two quotations inside the same speech are parts of one utterance."""
    one, two = draft.quotations[first], draft.quotations[second]
    if one.within is None or one.within != two.within:
        return False
    high = draft.quotations[one.within].end
    return is_one_utterance(draft.text, (one.start, one.end), (two.start, two.end), high, draft.language)


def _by_quotation(utterances: Sequence[Utterance], decisions: Sequence[Decision]) -> dict[int, Decision]:
    return {q: decision for u, decision in zip(utterances, decisions, strict=True) for q in u.quotations}


def _decide(cue: Cue, draft: Draft, findings: Findings, roster: Roster, outer: Decision | None) -> Decision | None:
    mention, person = findings.mentions[cue.mention], roster.of_mention[cue.mention]
    evidence = Evidence("tag", cue.start, cue.end)
    if mention.kind != "pronoun" and person >= 0:
        confidence = NESTED_TAG_CONFIDENCE if mention.kind == "name" else NESTED_NOUN_CONFIDENCE
        return Decision(person, confidence, (), (), evidence)
    grammar = draft.language.grammar
    is_i = mention.form in grammar.first_person and grammar.pronouns[mention.form].is_subject
    if is_i and outer is not None and outer.speaker is not None:
        confidence = round(outer.confidence * NESTED_TAG_CONFIDENCE, 4)
        return Decision(outer.speaker, confidence, outer.alternatives, (), evidence)
    if mention.gender == "?":
        return None
    for i in range(cue.mention - 1, max(-1, cue.mention - 1 - MAX_MENTIONS_BEFORE), -1):
        other, number = findings.mentions[i], roster.of_mention[i]
        if other.quotation < 0:
            break
        if other.kind != "pronoun" and number >= 0 and roster.people[number].gender in (mention.gender, "?"):
            return Decision(number, NESTED_PRONOUN_CONFIDENCE, (), (), evidence)
    return None
