"""Who is mentioned around a person: near, in one sentence, in apposition, as an owner, and who is called there."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from dramaturg.cast.people.identity.known import KnownPeople
from dramaturg.findings import Mention

NEAR_PARAGRAPHS = 8  # before a mention: who is mentioned there is near
MAX_PARAGRAPHS_BEFORE, MAX_PARAGRAPHS_AFTER = 15, 4  # around a mention: who is mentioned there is a candidate
MAX_MENTIONS_NEARBY = 40
MAX_SAMPLE = 40  # mentions of a person that are looked at
MAX_STATEMENT = 60  # code points between a noun and the name that the text gives to it
FAR_SENTENCES = 40  # the distance to somebody who is not near


@dataclass(slots=True)
class Around:
    """The people mentioned around a sample of a person's mentions, each with how often, and how near.

    `n`: the number of mentions in the sample. `last`: who of the person's gender was mentioned last before them.
    `distance`: the sum of the sentences between, less FAR_SENTENCES each.
    """

    n: int
    nearby: Counter[int] = field(default_factory=Counter)
    near: Counter[int] = field(default_factory=Counter)
    same_sentence: Counter[int] = field(default_factory=Counter)
    same_paragraph: Counter[int] = field(default_factory=Counter)
    appositions: Counter[int] = field(default_factory=Counter)
    called: Counter[int] = field(default_factory=Counter)
    last: Counter[int] = field(default_factory=Counter)
    owners: dict[int, float] = field(default_factory=dict)
    distance: dict[int, float] = field(default_factory=dict)


def look_around(known: KnownPeople, number: int) -> Around:
    """Look around a sample of the mentions of a person; at most MAX_SAMPLE of them, so that time stays linear."""
    sample = _sample(known.people[number].mentions)
    around = Around(len(sample))
    for i in sample:
        _add_nearby(around, known, number, i)
        here = known.mentions[i]
        near_paragraphs = range(here.paragraph - 1, here.paragraph + 2)
        around.called.update({other for p in near_paragraphs for other in known.called.get(p, ())} - {number})
        _add_owners(around, known, i)
    return around


def _add_nearby(around: Around, known: KnownPeople, number: int, i: int) -> None:
    """Add who is mentioned in the narration around one mention."""
    person, here = known.people[number], known.mentions[i]
    nearest: dict[int, int] = {}
    is_near: set[int] = set()
    same_sentence: set[int] = set()
    same_paragraph: set[int] = set()
    last = -1
    for j in _nearby(known, here.paragraph):
        other, there = known.of_mention[j], known.mentions[j]
        if other == number:
            continue
        distance = abs(here.sentence - there.sentence)
        nearest[other] = min(nearest.get(other, FAR_SENTENCES), distance)
        if -1 <= here.paragraph - there.paragraph <= NEAR_PARAGRAPHS:
            is_near.add(other)
        if there.paragraph == here.paragraph:
            same_paragraph.add(other)
        if there.sentence == here.sentence:
            if _in_apposition(known, there, here):
                around.appositions[other] += 1
            elif here.start <= there.start and there.end <= here.end:
                around.owners[other] = around.owners.get(other, 0.0) + 1
            else:
                same_sentence.add(other)
        fits = "?" in (known.people[other].gender, person.gender) or known.people[other].gender == person.gender
        if there.start < here.start and fits:
            last = other
    around.nearby.update(nearest.keys())
    around.near.update(is_near)
    around.same_sentence.update(same_sentence)
    around.same_paragraph.update(same_paragraph)
    if last >= 0:
        around.last[last] += 1
    for other, value in nearest.items():
        around.distance[other] = around.distance.get(other, 0.0) + value - FAR_SENTENCES


def _nearby(known: KnownPeople, paragraph: int) -> Sequence[int]:
    """The mentions in the narration around a paragraph: the last ones if they are many."""
    low = bisect_left(known.paragraphs, paragraph - MAX_PARAGRAPHS_BEFORE)
    high = bisect_right(known.paragraphs, paragraph + MAX_PARAGRAPHS_AFTER)
    return known.narrated[max(low, high - MAX_MENTIONS_NEARBY) : high]


def _add_owners(around: Around, known: KnownPeople, i: int) -> None:
    """Add whom the pronoun that a noun begins with may refer to: “her mother” is not she."""
    here = known.mentions[i]
    for j in range(i + 1, min(i + 3, len(known.mentions))):
        inner = known.mentions[j]
        if inner.start >= here.end:
            break
        if inner.possessive and inner.kind == "pronoun":
            for person, share in known.by_mention[j].items():
                around.owners[person] = around.owners.get(person, 0.0) + share


def _in_apposition(known: KnownPeople, name: Mention, noun: Mention) -> bool:
    """“Mr. Bumble, the beadle,” and “the painter Basil”; “the porter, who was called Lucky”."""
    first, second = sorted((name, noun), key=lambda mention: mention.start)
    between = known.text[first.end : second.start].strip()
    if first.end > second.start:
        return False
    is_stated = len(between) <= MAX_STATEMENT and known.language.narration.naming.fullmatch(between) is not None
    return between in ("", ",") or is_stated


def _sample(mentions: Sequence[int]) -> Sequence[int]:
    """At most MAX_SAMPLE mentions, evenly spread."""
    n = len(mentions)
    return mentions if n <= MAX_SAMPLE else [mentions[k * n // MAX_SAMPLE] for k in range(MAX_SAMPLE)]
