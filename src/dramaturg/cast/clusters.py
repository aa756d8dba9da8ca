"""What every mention refers to, over the whole story: persons of the roster, and all else that is spoken of.

A mention's cluster is a person of the roster where the cast knows whom it means, else that of the earlier mention
that it most likely refers with, else one of its own. Names of places and things go together by their words; the
title that a name begins with goes with the name.
"""

from dataclasses import dataclass, field

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.roster import Roster
from dramaturg.draft import Draft
from dramaturg.findings import KINDS, TYPES, Findings, NeuralFindings

PERSON = TYPES.index("PER")
NAME = KINDS.index("name")


@dataclass
class _Going:
    """What is decided so far. `named`: the cluster of each name of a place or thing, by type and words."""

    people: int
    of_span: list[int] = field(default_factory=list)
    named: dict[tuple[int, str], int] = field(default_factory=dict)
    fresh: int = 0

    def new(self) -> int:
        self.fresh += 1
        return self.people + self.fresh - 1


def cluster_mentions(draft: Draft, findings: Findings, seen: AlignedSpans, roster: Roster) -> list[int]:
    """The cluster of every span of the sight; numbers below the roster's size are its people. Linear."""
    neural = seen.neural
    spans = neural.spans
    going = _Going(len(roster.people))
    columns = zip(spans.kind.tolist(), spans.type.tolist(), neural.best_antecedent.tolist(), seen.mention, strict=True)
    first = spans.first.tolist()
    for k, (kind, type, before, m) in enumerate(columns):
        if m < 0 and k and first[k] == first[k - 1] and spans.kind[k - 1] == NAME:
            going.of_span.append(going.of_span[-1])
            continue
        named = kind == NAME and m >= 0 and findings.mentions[m].kind == "name"
        person = roster.of_mention[m] if m >= 0 and (type == PERSON or named) else -1
        if person < 0 and kind == NAME:
            going.of_span.append(_place(going, (type, _words(draft, neural, k)), before))
            continue
        if person < 0 and before >= 0 and _may_be(findings, roster, going.of_span[before], m):
            person = going.of_span[before]
        going.of_span.append(person if person >= 0 else going.new())
    return going.of_span


def _place(going: _Going, name: tuple[int, str], before: int) -> int:
    """The cluster of a name that is nobody's of the roster: never one of its people."""
    if name not in going.named:
        linked = going.of_span[before] if before >= 0 else -1
        going.named[name] = linked if linked >= going.people else going.new()
    return going.named[name]


def _may_be(findings: Findings, roster: Roster, cluster: int, m: int) -> bool:
    """Whether a mention's gender and number let it mean what a cluster is."""
    if m < 0 or cluster >= len(roster.people):
        return True
    mention, person = findings.mentions[m], roster.people[cluster]
    if mention.kind == "pronoun" and not mention.plural and "?" not in (mention.gender, person.gender):
        return mention.gender == person.gender
    return True


def _words(draft: Draft, neural: NeuralFindings, k: int) -> str:
    places = draft.ud_words.places
    words = draft.text[places[neural.spans.first[k], 0] : places[neural.spans.last[k] - 1, 1]]
    return " ".join(words.lower().split()).removeprefix("the ")
