"""Utterances: what one person says in one go, be it broken by a tag or going on in the next paragraph."""

import re
from dataclasses import dataclass, field

from dramaturg.draft import Draft
from dramaturg.findings import Cue, Findings, Floats, Vocative

SPOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[?!…—]|--")


@dataclass
class Utterance:
    """Outermost quotations that share a group, with what was found beside and inside them.

    `first_paragraph`, `last_paragraph`: positions, as in `Draft.positions`. `spoken`: its words in lower case, and
    marks that tell of the tone, for `voice`. `speech`: the sum of its units' vectors, and how many they are:
    (width + 1,), for `likeness`; None where nothing saw them.
    """

    quotations: list[int]
    start: int
    end: int
    first_paragraph: int
    last_paragraph: int
    words: int = 0
    spoken: list[str] = field(default_factory=list)
    speech: Floats | None = None
    cues: list[Cue] = field(default_factory=list)
    vocatives: list[Vocative] = field(default_factory=list)
    named_inside: list[int] = field(default_factory=list)


def collect_utterances(draft: Draft, findings: Findings, speech: Floats | None = None) -> list[Utterance]:
    """Gather a draft's utterances, in the order of their starts. `speech`: `NeuralFindings.quotation_sums`."""
    of_group: dict[int, Utterance] = {}
    of_quotation: dict[int, Utterance] = {}
    paragraph = 0
    for i, quotation in enumerate(draft.quotations):
        if quotation.within is not None:
            continue
        while draft.paragraphs[paragraph].end < quotation.end:
            paragraph += 1
        utterance = of_group.get(quotation.group)
        if utterance is None:
            at = draft.positions[paragraph]
            utterance = of_group[quotation.group] = Utterance([], quotation.start, quotation.end, at, at)
        utterance.quotations.append(i)
        utterance.end, utterance.last_paragraph = quotation.end, draft.positions[paragraph]
        inside = draft.text[quotation.start : quotation.end]
        utterance.words += len(inside.split())
        utterance.spoken += SPOKEN.findall(inside.lower().replace("’", "'"))
        if speech is not None:
            utterance.speech = speech[i] if utterance.speech is None else utterance.speech + speech[i]
        of_quotation[i] = utterance
    for cue in findings.cues:
        if cue.quotation in of_quotation:  # a cue beside what is quoted inside speech is none of the speaker's
            of_quotation[cue.quotation].cues.append(cue)
    for vocative in findings.vocatives:
        of_quotation[vocative.quotation].vocatives.append(vocative)
    addressed = {vocative.mention for vocative in findings.vocatives}
    for i, mention in enumerate(findings.mentions):
        if mention.kind == "name" and mention.quotation >= 0 and i not in addressed:
            of_quotation[mention.quotation].named_inside.append(i)
    return sorted(of_group.values(), key=lambda utterance: utterance.start)
