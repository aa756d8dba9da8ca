"""The decision: which pairs are one person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.identity.pairs import Pairs, find_pairs
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.trees import load_trees
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Floats

MIN_SAME_PROBABILITY = 0.6
MIN_SAME_PROBABILITY_OF_NAMES = 0.7  # two names are rarely one person's by what is around them alone

PairScorer = Callable[[Pairs], Floats]


@dataclass(frozen=True, slots=True)
class JoinedPeople:
    """The roster after joining. `probability`: for each person, that they are one with more prominent people."""

    roster: Roster
    probability: Mapping[int, dict[int, float]] = field(default_factory=dict)


def score_pairs(pairs: Pairs) -> Floats:
    """The probability that each pair is one person, by the trees of the package's weights: float32 (pairs,)."""
    score = load_trees("identity", pairs.features).score(pairs.rows)
    return (1 / (1 + np.exp(-score))).astype(np.float32)


def join_people(
    draft: Draft,
    findings: Findings,
    utterances: Sequence[Utterance],
    roster: Roster,
    aligned: AlignedSpans,
    narrators: Narrators,
    score: PairScorer = score_pairs,
) -> JoinedPeople:
    """Merge people who are likely one person, the more prominent one of each pair kept."""
    pairs = find_pairs(draft, findings, utterances, roster, aligned, narrators)
    if not pairs.source:
        return JoinedPeople(roster)
    scores = score(pairs)
    target_of = _choose_targets(pairs, scores, roster)
    probability: dict[int, dict[int, float]] = {}
    for source, target, p in zip(pairs.source, pairs.target, scores.tolist(), strict=True):
        if source not in target_of:
            kept, of_source = target_of.get(target, target), probability.setdefault(source, {})
            of_source[kept] = max(p, of_source.get(kept, 0.0))
    return JoinedPeople(roster.merge(target_of), probability)


def _choose_targets(pairs: Pairs, probability: Floats, roster: Roster) -> dict[int, int]:
    """For each person who is another one, that person: the likeliest of their candidates, never a merged one."""
    best: dict[int, tuple[float, int]] = {}
    for source, target, p in zip(pairs.source, pairs.target, probability.tolist(), strict=True):
        minimum = MIN_SAME_PROBABILITY_OF_NAMES if roster.people[source].named else MIN_SAME_PROBABILITY
        if p >= minimum and (source not in best or p > best[source][0]):
            best[source] = p, target
    found = {}
    for source, (_, target) in best.items():
        while target in best:
            target = best[target][1]  # a target is more prominent than its source, so this ends
        found[source] = target
    return found
