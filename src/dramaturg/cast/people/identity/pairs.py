"""Pairs of people of the roster that may be one person, each with its features.

In each pair the `source` is the less prominent: one without a name against one with a name, then the one with fewer
mentions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.identity.around import Around, look_around
from dramaturg.cast.people.identity.features import add_leads, describe_pair, kin_nouns, same_beginning
from dramaturg.cast.people.identity.known import KnownPeople
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Findings

MAX_NAMED, MAX_NAMELESS = 12, 6  # candidates of a person
MIN_COREFERENCE = 0.05  # of a person's mentions: who has so much of it is a candidate, however far
MIN_BEGINNING_LETTERS = 3  # of a name that another begins with


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of people that may be one: `source[k]` and `target[k]` are indices of people.

    `features`: the names of the columns, empty if there are no pairs. `rows`: float32 (pairs, features).
    """

    features: tuple[str, ...]
    rows: NDArray[np.float32]
    source: list[int]
    target: list[int]


def find_pairs(
    draft: Draft,
    findings: Findings,
    utterances: Sequence[Utterance],
    roster: Roster,
    aligned: AlignedSpans,
    narrators: Narrators,
) -> Pairs:
    """Every person who may be another one, with each candidate and the features of the pair."""
    known = KnownPeople(draft, findings, utterances, roster, aligned, narrators)
    rows: list[dict[str, float]] = []
    source: list[int] = []
    target: list[int] = []
    for number, person in enumerate(known.people):
        if person.narrator or person.listed or not person.mentions:
            continue
        around = look_around(known, number)
        candidates = _candidates(known, number, around)
        of_source = [describe_pair(known, number, other, around, candidates) for other in candidates]
        add_leads(of_source)
        rows += of_source
        source += [number] * len(candidates)
        target += candidates
    features = tuple(name for row in rows[:1] for name in row)
    values = np.array([[*row.values()] for row in rows], dtype=np.float32).reshape(len(rows), len(features))
    return Pairs(features, values, source, target)


def _candidates(known: KnownPeople, number: int, around: Around) -> list[int]:
    """The more prominent people whom a person may be, by the encoder or because they are near."""
    person, mentions = known.people[number], around.n
    linked = {other: share for other, share in known.by_person[number].items() if share >= MIN_COREFERENCE * mentions}
    found = dict.fromkeys([*linked, *known.answering[number], *known.stated.get(number, ())])
    if known.n_called[number]:
        found.update(dict.fromkeys(sorted(known.narrators.people)))
    if not person.named:
        for is_named, limit in ((True, MAX_NAMED), (False, MAX_NAMELESS)):
            kind = (other for other, _ in (around.nearby + around.called).most_common())
            own = [other for other in kind if known.people[other].named == is_named]
            found.update(dict.fromkeys(own[:limit]))
    elif known.forms[number]:
        words = {word for parts in known.forms[number] for word in parts.words}
        for other in around.nearby:
            others = {word for parts in known.forms[other] for word in parts.words}
            if words & others or same_beginning(words, others) >= MIN_BEGINNING_LETTERS:
                found[other] = None
        for surname in sorted({parts.words[-1] for parts in known.forms[number] if parts.words}):
            found.update(dict.fromkeys(known.by_surname[surname][:MAX_NAMED]))
    return [
        other
        for other in found
        if other != number
        and known.rank[other] > known.rank[number]
        and known.people[other].kind == person.kind
        and (known.people[other].mentions or known.people[other].narrator)
        and not _is_too_long_ago(known, number, other)
        and not _is_relative(known, number, other)
        and not _is_other_kin(known, number, other)
        and not (person.named and known.people[other].listed)  # the user would have given that name to them
    ]


def _is_relative(known: KnownPeople, number: int, other: int) -> bool:
    """Whether two people share a name and each has one that the other has not: Tom Gray is not Edward Gray."""
    words = {word for parts in known.forms[number] for word in parts.words}
    others = {word for parts in known.forms[other] for word in parts.words}
    own, foreign = words - others, others - words
    is_short_form = same_beginning(own, foreign) >= MIN_BEGINNING_LETTERS  # Dunc MacLeod, Duncan MacLeod
    return bool(words & others) and bool(own) and bool(foreign) and not is_short_form


def _is_other_kin(known: KnownPeople, number: int, other: int) -> bool:
    """Whether two people without a name are called by different words of kinship: her mother, his sister."""
    kin, other_kin = (kin_nouns(known, known.nouns[person][0]) for person in (number, other))
    return bool(kin) and bool(other_kin) and not kin & other_kin


def _is_too_long_ago(known: KnownPeople, number: int, other: int) -> bool:
    """Whether two people have the same noun and are two, because the story was silent about them in between."""
    return bool(known.nouns[number][0]) and known.nouns[number] == known.nouns[other]
