"""Descriptions → people: “the girl” of a chapter is Nancy, “the Jew” of the whole story Fagin.

For each person without a name and each one with a name who is about at the time, a small learned scorer
weighs what the text shows: who stands near, who never in one sentence with them, who takes turns with them,
whose title the noun is, who is called by name beside them.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.nameless import WEAK_HEADS
from dramaturg.cast.people.names import COURTESY, take_apart, without_article
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.cast.trees import load_trees
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention

SAME = 0.5  # as likely the same person as not
NEAR = 8  # paragraphs
REACH = 15  # paragraphs around a person's mentions: who is named there is about
PLAIN_TITLES = COURTESY | {"sir", "lady"}  # “the lady” may be anybody
# What the bearer of a title is called where the name is left out.
NOUNS_OF_TITLES: dict[str, frozenset[str]] = {
    "dr": frozenset({"doctor", "physician", "surgeon"}),
    "doctor": frozenset({"doctor", "physician", "surgeon"}),
    "rev": frozenset({"clergyman", "vicar", "parson", "rector", "curate", "minister", "priest"}),
    "reverend": frozenset({"clergyman", "vicar", "parson", "rector", "curate", "minister", "priest"}),
    "father": frozenset({"priest", "father"}),
    "inspector": frozenset({"inspector", "detective", "policeman", "officer"}),
    "sergeant": frozenset({"sergeant", "policeman", "officer", "soldier"}),
    "constable": frozenset({"constable", "policeman", "officer"}),
    "captain": frozenset({"captain", "officer", "sailor"}),
    "sir": frozenset({"baronet", "knight"}),
    "lady": frozenset({"lady"}),
    "miss": frozenset({"lady", "girl", "governess"}),
    "mrs": frozenset({"lady", "widow", "matron", "woman"}),
    "mr": frozenset({"gentleman", "man"}),
}
FEATURES = (
    *"near together apposition gender beside_in_talk turns_with latest distance total nameless_total".split(),
    *"tags weak definite".split(),
    *"indefinite owned title rivals known_before called only_about latest_margin".split(),
)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows for the scorer: `nameless[k]` and `named[k]` are indices of people; `rows` float32 (pairs, features).

    `titled[k]`: the noun is the title of the named one and of nobody else who is about: “the doctor”, of Dr. Hale.
    """

    rows: NDArray[np.float32]
    nameless: list[int]
    named: list[int]
    titled: list[bool]


def join_descriptions(draft: Draft, findings: Findings, utterances: Sequence[Utterance], roster: Roster) -> Roster:
    """Give the mentions of each person without a name to the named one that they are, where that is likely."""
    pairs = find_pairs(draft, findings, utterances, roster)
    if not pairs.nameless:
        return roster
    likely = 1 / (1 + np.exp(-load_trees("descriptions", FEATURES).score(pairs.rows)))
    probability = np.where(pairs.titled, 1.0, likely)
    best: dict[int, tuple[float, int]] = {}
    for nameless, named, p in zip(pairs.nameless, pairs.named, probability.tolist(), strict=True):
        if p >= SAME and (nameless not in best or p > best[nameless][0]):
            best[nameless] = p, named
    return roster.merge({nameless: named for nameless, (_, named) in best.items()})


def find_pairs(draft: Draft, findings: Findings, utterances: Sequence[Utterance], roster: Roster) -> Pairs:
    """Every person without a name that stands as a subject, beside each named person about, with features."""
    return _Finder(draft, findings, utterances, roster).pairs()


class _Finder:
    def __init__(self, draft: Draft, findings: Findings, utterances: Sequence[Utterance], roster: Roster) -> None:
        self.text, self.mentions = draft.text, findings.mentions
        self.people, self.of_mention = roster.people, roster.of_mention
        self.named = [
            i
            for i, mention in enumerate(self.mentions)
            if mention.kind == "name" and mention.quotation < 0 and self._is_named(i)
        ]
        self.paragraphs = [self.mentions[i].paragraph for i in self.named]
        self.tagged = [self._tagged(utterance, findings) for utterance in utterances]
        self.by_person: dict[int, list[int]] = defaultdict(list)
        for number, person in enumerate(self.tagged):
            if person >= 0:
                self.by_person[person].append(number)
        self.calls = [
            {self.of_mention[v.mention] for v in utterance.vocatives if v.mention >= 0} for utterance in utterances
        ]
        self.bearers = self._bearers()
        self.gaps = [two.first_paragraph - one.last_paragraph for one, two in pairwise(utterances)]
        self.called: dict[int, set[int]] = defaultdict(set)
        for vocative in findings.vocatives:
            if vocative.mention >= 0 and self._is_named(vocative.mention):
                self.called[self.mentions[vocative.mention].paragraph].add(self.of_mention[vocative.mention])

    def _bearers(self) -> dict[str, set[int]]:
        """Who of the people with a name may be meant by a noun because it is their title."""
        found: dict[str, set[int]] = defaultdict(set)
        for number, who in enumerate(self.people):
            if who.named and who.kind == "person":
                titles = _titles((who.name, *who.forms)) - PLAIN_TITLES
                for noun in titles.union(*(NOUNS_OF_TITLES.get(title, ()) for title in titles)):
                    found[noun].add(number)
        return found

    def _is_named(self, i: int) -> bool:
        person = self.of_mention[i]
        return person >= 0 and self.people[person].named and self.people[person].kind == "person"

    def _tagged(self, utterance: Utterance, findings: Findings) -> int:
        for cue in utterance.cues:
            if cue.is_tag and cue.has_speech_verb:
                return self.of_mention[cue.mention]
        return -1

    def pairs(self) -> Pairs:
        rows: list[list[float]] = []
        nameless: list[int] = []
        named: list[int] = []
        titled: list[bool] = []
        for number, person in enumerate(self.people):
            if person.named or person.narrator or person.listed or person.kind == "group" or not person.mentions:
                continue
            if not any(self.mentions[i].subject for i in person.mentions):
                continue
            about = self._about(person)
            latest = self._latest(person)
            bearers = self.bearers.get(self.mentions[person.mentions[0]].form, set())
            for other in about:
                if "?" not in (person.gender, self.people[other].gender) and person.gender != self.people[other].gender:
                    continue
                if self._two(number, other):
                    continue
                rows.append(self._row(number, other, about, latest))
                nameless.append(number)
                named.append(other)
                titled.append(bearers.intersection(about) == {other})
        return Pairs(np.array(rows, dtype=np.float32).reshape(len(rows), len(FEATURES)), nameless, named, titled)

    def _around(self, paragraph: int, before: int, after: int) -> list[int]:
        low = bisect_left(self.paragraphs, paragraph - before)
        high = bisect_right(self.paragraphs, paragraph + after)
        return self.named[max(low, high - 40) : high]

    def _about(self, person: Person) -> Counter[int]:
        """The persons named near a person's mentions, or called by name beside them, with how often."""
        about: Counter[int] = Counter()
        for i in _sample(person.mentions):
            paragraph = self.mentions[i].paragraph
            called = {who for p in range(paragraph - 1, paragraph + 2) for who in self.called.get(p, ())}
            about.update({self.of_mention[j] for j in self._around(paragraph, REACH, 4)} | called)
        return Counter(dict(about.most_common(12)))

    def _latest(self, person: Person) -> Counter[int]:
        """Who of the same gender was named last before each of a person's mentions."""
        latest: Counter[int] = Counter()
        for i in _sample(person.mentions):
            here = self.mentions[i]
            for j in reversed(self._around(here.paragraph, REACH, 0)):
                who = self.of_mention[j]
                if self.mentions[j].start < here.start and self.people[who].gender in (person.gender, "?"):
                    latest[who] += 1
                    break
        return latest

    def _two(self, number: int, other: int) -> bool:
        """Whether they cannot be one: they answer each other, one calls the other, or both stand in one sentence."""
        for u in self.by_person[number]:
            if other in self.calls[u]:
                return True
            for v, gap in ((u - 1, u - 1), (u + 1, u)):
                if 0 <= v < len(self.tagged) and self.tagged[v] == other and self.gaps[gap] == 1:
                    return True
        for i in _sample(self.people[number].mentions):
            here = self.mentions[i]
            for j in self._around(here.paragraph, 0, 0):
                beside = self.mentions[j]
                if self.of_mention[j] == other and beside.sentence == here.sentence and not self._apposed(beside, here):
                    return True
        return False

    def _row(self, number: int, other: int, about: Counter[int], latest: Counter[int]) -> list[float]:
        person, who = self.people[number], self.people[other]
        sample = _sample(person.mentions)
        near = together = apposition = called = 0
        distance = 0.0
        for i in sample:
            here = self.mentions[i]
            close = [self.mentions[j] for j in self._around(here.paragraph, NEAR, 1) if self.of_mention[j] == other]
            near += bool(close)
            together += any(m.sentence == here.sentence for m in close)
            apposition += any(self._apposed(m, here) for m in close)
            distance += min((abs(here.sentence - m.sentence) for m in close), default=40)
            called += any(other in self.called.get(p, ()) for p in range(here.paragraph - 1, here.paragraph + 2))
        n = len(sample)
        own, theirs = self.by_person[number], set(self.by_person[other])
        beside = sum(1 for u in own if u - 1 in theirs or u + 1 in theirs)
        turns = sum(1 for u in own if u - 2 in theirs or u + 2 in theirs)
        first_words = Counter(form.split()[0].lower() for form in person.forms.elements())
        rivals = sum(1 for p in about if self.people[p].gender in ("?", person.gender))
        head = self.mentions[sample[0]].form
        return [
            near / n,
            together / n,
            float(apposition),
            {True: 2.0, False: 1.0}[person.gender == who.gender != "?"],
            beside / max(1, len(own)),
            turns / max(1, len(own)),
            latest[other] / n,
            distance / n,
            log1p(len(who.mentions)),
            log1p(len(person.mentions)),
            float(log1p(len(own))),
            float(head in WEAK_HEADS),
            first_words["the"] / person.forms.total(),
            (first_words["a"] + first_words["an"]) / person.forms.total(),
            sum(first_words[w] for w in ("his", "her", "their", "my")) / person.forms.total(),
            float(self._title_fits(who, head)),
            float(rivals),
            float(who.mentions[0] < person.mentions[0]),
            called / n,
            about[other] / n,
            (latest[other] - max((v for p, v in latest.items() if p != other), default=0)) / n,
        ]

    def _apposed(self, name: Mention, noun: Mention) -> bool:
        """“Mr. Bumble, the beadle,” and “the painter Basil”."""
        first, second = sorted((name, noun), key=lambda mention: mention.start)
        between = self.text[first.end : second.start].strip()
        return first.end <= second.start and between in ("", ",")

    def _title_fits(self, who: Person, noun: str) -> bool:
        titles = _titles(who.forms)
        return noun in titles or any(noun in NOUNS_OF_TITLES.get(title, ()) for title in titles)


def _titles(names: Iterable[str]) -> set[str]:
    return {title for name in names for title in take_apart(without_article(name)).titles}


def _sample(mentions: Sequence[int]) -> Sequence[int]:
    """At most 40 mentions, evenly spread: time stays linear however often somebody is mentioned."""
    return mentions if len(mentions) <= 40 else [mentions[k * len(mentions) // 40] for k in range(40)]
