"""What every mention refers to, over the whole story: persons of the roster, and all else that is spoken of.

A mention's cluster is a person of the roster where the cast knows whom it means, else that of the earlier mention
that it most likely refers with, else one of its own. Names of places and things go together by their words.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

import numpy as np

from dramaturg.cast.roster import Roster
from dramaturg.draft import Draft
from dramaturg.findings import KINDS, TYPES, Findings, Ints, Mention, Sight

PERSON = TYPES.index("PER")
NAME = KINDS.index("name")


@dataclass
class Clusters:
    """For each span of the sight its cluster (numbers below the roster's size are its persons), and its rule mention.

    `mention`: index in `Findings.mentions` of the mention that the rules saw there, or -1.
    """

    of_span: list[int]
    mention: list[int]


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


def cluster_mentions(draft: Draft, findings: Findings, sight: Sight, roster: Roster) -> Clusters:
    """Decide the cluster of every span, in the order of the text; linear in their number."""
    spans = sight.spans
    seen = match_mentions(draft, findings.mentions, sight)
    going = _Going(len(roster.people))
    columns = zip(spans.kind.tolist(), spans.type.tolist(), sight.antecedent.tolist(), seen, strict=True)
    for k, (kind, type, before, m) in enumerate(columns):
        named = kind == NAME and m >= 0 and findings.mentions[m].kind == "name"
        person = roster.of_mention[m] if m >= 0 and (type == PERSON or named) else -1
        if person < 0 and kind == NAME:
            going.of_span.append(_place(going, (type, _words(draft, sight, k)), before))
            continue
        if person < 0 and before >= 0 and _may_be(findings, roster, going.of_span[before], m):
            person = going.of_span[before]
        going.of_span.append(person if person >= 0 else going.new())
    return Clusters(going.of_span, seen)


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


def _words(draft: Draft, sight: Sight, k: int) -> str:
    places = draft.units.places
    words = draft.text[places[sight.spans.first[k], 0] : places[sight.spans.last[k] - 1, 1]]
    return " ".join(words.lower().split()).removeprefix("the ")


def match_mentions(draft: Draft, mentions: list[Mention], sight: Sight) -> list[int]:
    """For each span the mention of the rules that stands at its head word, -1 where there is none."""
    spans, places = sight.spans, draft.units.places
    starts = [mention.start for mention in mentions]
    found = []
    heads = head_units(sight).tolist()
    for first, last, kind, head in zip(
        spans.first.tolist(), spans.last.tolist(), spans.kind.tolist(), heads, strict=True
    ):
        start, end = int(places[first, 0]), int(places[last - 1, 1])
        at = int(places[head, 0])
        best, fit = -1, (-1, 0)
        i = bisect_right(starts, at) - 1
        while i >= 0 and starts[i] >= start - 12:
            mention = mentions[i]
            if mention.end > at and mention.end <= end + 2:
                how = (int(mention.kind == KINDS[kind]), -abs(mention.start - start) - abs(mention.end - end))
                if best < 0 or how > fit:
                    best, fit = i, how
            i -= 1
        found.append(best)
    return found


def head_units(sight: Sight) -> Ints:
    """The unit of each span that its words hang on: the first whose head stands outside."""
    heads = sight.syntax.head
    found = np.empty(len(sight.spans), np.int32)
    for k, (first, last) in enumerate(zip(sight.spans.first.tolist(), sight.spans.last.tolist(), strict=True)):
        above = heads[first:last]
        outside = (above < first) | (above >= last) | (above == np.arange(first, last))
        found[k] = first + int(outside.argmax()) if outside.any() else last - 1
    return found
