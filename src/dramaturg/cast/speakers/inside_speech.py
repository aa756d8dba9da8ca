"""Inside speech, once it is known who speaks: whom I and you mean there, and who says what is quoted in it."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from dramaturg.cast.people.corrections.fixed import Fixed
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.decision import Decision, given_speaker
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import FIRST_PERSON, Cue, Findings
from dramaturg.reading import Evidence

YOU_FORMS = frozenset({"you", "your"})
QUOTED = 0.8  # no corpus at hand says who speaks inside speech: a crude figure for a tag with a name


def resolve_inside(
    draft: Draft,
    findings: Findings,
    roster: Roster,
    utterances: Sequence[Utterance],
    decisions: Sequence[Decision],
    known: Collection[int] = (),
) -> Roster:
    """Resolve I and you in each utterance, outside what is quoted in it; returns the roster with what they refer to.

    `known`: mentions whose reference is fixed already.
    """
    of_mention = list(roster.of_mention)
    of_quotation = {q: decision for u, decision in zip(utterances, decisions, strict=True) for q in u.quotations}
    inner = [(q.start, q.end) for q in draft.quotations if q.within is not None]
    k = 0
    for i, mention in enumerate(findings.mentions):
        if mention.quotation < 0 or mention.kind != "pronoun" or i in known:
            continue
        while k < len(inner) and inner[k][1] <= mention.start:
            k += 1
        decision = of_quotation.get(mention.quotation)
        if decision is None or (k < len(inner) and inner[k][0] <= mention.start):
            continue
        if mention.form in FIRST_PERSON and decision.speaker is not None:
            of_mention[i] = decision.speaker
        elif mention.form in YOU_FORMS and len(decision.addressees) == 1:
            of_mention[i] = decision.addressees[0]
    return replace(roster, of_mention=tuple(of_mention))


def decide_quoted(
    draft: Draft,
    findings: Findings,
    roster: Roster,
    utterances: Sequence[Utterance],
    decisions: Sequence[Decision],
    fixed: Fixed,
) -> dict[int, Decision]:
    """Who says what is quoted inside speech, where a tag beside it names them or is the speaker's own “I said”.

    Returns a decision by index of quotation; the others stay unknown.
    """
    outer = {q: decision for u, decision in zip(utterances, decisions, strict=True) for q in u.quotations}
    found = {
        q: given_speaker(speaker, (), draft.quotations[q].start, draft.quotations[q].end)
        for q, speaker in fixed.quoted.items()
    }
    for cue in findings.cues:
        if draft.quotations[cue.quotation].within is None or cue.quotation in found:
            continue
        if cue.is_tag and cue.strength == "core":
            decision = _quoted(cue, findings, roster, outer.get(draft.outermost_of(cue.quotation)))
            if decision is not None:
                found[cue.quotation] = decision
    return found


def _quoted(cue: Cue, findings: Findings, roster: Roster, outer: Decision | None) -> Decision | None:
    mention, person = findings.mentions[cue.mention], roster.of_mention[cue.mention]
    evidence = Evidence("tag", cue.start, cue.end)
    if mention.kind == "name" and person >= 0:
        return Decision(person, QUOTED, (), (), evidence)
    if mention.form == "i" and outer is not None and outer.speaker is not None:
        return Decision(outer.speaker, round(outer.confidence * QUOTED, 4), outer.alternatives, (), evidence)
    return None
