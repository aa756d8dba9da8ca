"""Utterances: what one person says at a time, even if a tag interrupts it or it goes on in the next paragraph."""

import re
from dataclasses import dataclass, field

from dramaturg.draft import Draft
from dramaturg.findings import Cue, Findings, Floats, Vocative

# The words of speech for the unigram voice, and the marks that show its tone.
VOICE_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|[?!…—]|--")


@dataclass
class Utterance:
    """The outermost quotations of one group, with what the layers found next to them and in them.

    `quotations`: indices in `Draft.quotations`. `first_paragraph`, `last_paragraph`: positions, as in
    `Draft.positions`. `tokens`: the matches of VOICE_TOKEN, in lower case. `vector_sum`: the sum of the encoder's
    vectors of its words, and the number of words: (width + 1,), None if the neural layers did not run. `named`:
    indices of the names in it that are not vocatives.
    """

    quotations: list[int]
    start: int
    end: int
    first_paragraph: int
    last_paragraph: int
    n_words: int = 0
    tokens: list[str] = field(default_factory=list)
    vector_sum: Floats | None = None
    cues: list[Cue] = field(default_factory=list)
    vocatives: list[Vocative] = field(default_factory=list)
    named: list[int] = field(default_factory=list)


def collect_utterances(draft: Draft, findings: Findings, quotation_sums: Floats | None = None) -> list[Utterance]:
    """The utterances of a draft, in the order of their starts. `quotation_sums`: as in `NeuralFindings`."""
    of_group: dict[int, Utterance] = {}
    of_quotation: dict[int, Utterance] = {}
    paragraph = 0
    for i, quotation in enumerate(draft.quotations):
        if quotation.within is not None:
            continue
        while draft.paragraphs[paragraph].end < quotation.end:
            paragraph += 1
        position = draft.positions[paragraph]
        utterance = of_group.get(quotation.group)
        if utterance is None:
            utterance = Utterance([], quotation.start, quotation.end, position, position)
            of_group[quotation.group] = utterance
        utterance.quotations.append(i)
        utterance.end, utterance.last_paragraph = quotation.end, position
        text = draft.text[quotation.start : quotation.end]
        utterance.n_words += len(text.split())
        utterance.tokens += VOICE_TOKEN.findall(text.lower().replace("’", "'"))
        if quotation_sums is not None:
            before = utterance.vector_sum
            utterance.vector_sum = quotation_sums[i] if before is None else before + quotation_sums[i]
        of_quotation[i] = utterance
    for cue in findings.cues:
        if cue.quotation in of_quotation:  # cues of quotations inside speech are about another speaker
            of_quotation[cue.quotation].cues.append(cue)
    for vocative in findings.vocatives:
        of_quotation[vocative.quotation].vocatives.append(vocative)
    addressed = {vocative.mention for vocative in findings.vocatives}
    for i, mention in enumerate(findings.mentions):
        if mention.kind == "name" and mention.quotation >= 0 and i not in addressed:
            of_quotation[mention.quotation].named.append(i)
    return sorted(of_group.values(), key=lambda utterance: utterance.start)
