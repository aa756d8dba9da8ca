"""Coreference clusters over the whole story: the people of the roster, and everything else that is mentioned.

A mention's cluster is a person of the roster if it refers to one, else the cluster of its most likely antecedent, else
a new one. Names of places and things share a cluster if their words are equal; a title that a name begins with is in
the cluster of the name.
"""

from dataclasses import dataclass, field

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.roster import Roster
from dramaturg.draft import Draft
from dramaturg.findings import KINDS, TYPES, Findings, NeuralFindings

PERSON = TYPES.index("PER")
NAME = KINDS.index("name")


@dataclass
class _Clusters:
    """The clusters so far. `by_name`: the cluster of each name of a place or thing, by type and words."""

    n_people: int
    of_span: list[int] = field(default_factory=list)
    by_name: dict[tuple[int, str], int] = field(default_factory=dict)
    n_new: int = 0

    def new(self) -> int:
        self.n_new += 1
        return self.n_people + self.n_new - 1


def cluster_mentions(draft: Draft, findings: Findings, aligned: AlignedSpans, roster: Roster) -> list[int]:
    """The cluster of every span, in linear time; numbers below the size of the roster are its people."""
    neural = aligned.neural
    spans = neural.spans
    clusters = _Clusters(len(roster.people))
    columns = zip(
        spans.kind.tolist(), spans.type.tolist(), neural.best_antecedent.tolist(), aligned.mention, strict=True
    )
    first = spans.first.tolist()
    for k, (kind, type, antecedent, m) in enumerate(columns):
        if m < 0 and k and first[k] == first[k - 1] and spans.kind[k - 1] == NAME:
            clusters.of_span.append(clusters.of_span[-1])
            continue
        named = kind == NAME and m >= 0 and findings.mentions[m].kind == "name"
        person = roster.of_mention[m] if m >= 0 and (type == PERSON or named) else -1
        if person < 0 and kind == NAME:
            clusters.of_span.append(_place_cluster(clusters, (type, _words(draft, neural, k)), antecedent))
            continue
        if person < 0 and antecedent >= 0 and _agrees(findings, roster, clusters.of_span[antecedent], m):
            person = clusters.of_span[antecedent]
        clusters.of_span.append(person if person >= 0 else clusters.new())
    return clusters.of_span


def _place_cluster(clusters: _Clusters, name: tuple[int, str], antecedent: int) -> int:
    """The cluster of a name that does not refer to a person of the roster: never one of its people."""
    if name not in clusters.by_name:
        linked = clusters.of_span[antecedent] if antecedent >= 0 else -1
        clusters.by_name[name] = linked if linked >= clusters.n_people else clusters.new()
    return clusters.by_name[name]


def _agrees(findings: Findings, roster: Roster, cluster: int, m: int) -> bool:
    """Whether a mention agrees with a cluster in gender."""
    if m < 0 or cluster >= len(roster.people):
        return True
    mention, person = findings.mentions[m], roster.people[cluster]
    if mention.kind == "pronoun" and not mention.plural and "?" not in (mention.gender, person.gender):
        return mention.gender == person.gender
    return True


def _words(draft: Draft, neural: NeuralFindings, k: int) -> str:
    places = draft.ud_words.places
    words = draft.text[places[neural.spans.first[k], 0] : places[neural.spans.last[k] - 1, 1]]
    first, _, rest = " ".join(words.lower().split()).partition(" ")
    return rest if rest and first in draft.language.names.definite_articles else f"{first} {rest}".strip()
