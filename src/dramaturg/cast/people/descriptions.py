"""Descriptions → people: “the girl” of a chapter is Nancy, “the Jew” of the whole story Fagin.

A small trained model scores each pair of a person without a name and a person with one who is named nearby. Its
features: who is named nearby, who is never in one sentence with the noun, who takes turns with its person, whose title
the noun is, who is called by name next to it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.names.parts import take_apart, without_article
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.trees import load_trees
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention
from dramaturg.lexicon.language import Language

MIN_SAME_PROBABILITY = 0.5
NEAR_PARAGRAPHS = 8  # before a mention: who is named there is near
MAX_PARAGRAPHS_BEFORE, MAX_PARAGRAPHS_AFTER = 15, 4  # around a mention: who is named there is a candidate
MAX_NAMES_NEARBY = 40
MAX_CANDIDATES = 12
MAX_SAMPLE = 40  # mentions of a person that are looked at
FAR_SENTENCES = 40  # the distance to somebody who is not near


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of people that may be one: `nameless[k]` and `named[k]` are indices of people.

    `features`: the names of the columns, empty if there are no pairs. `rows`: float32 (pairs, features).
    `titled[k]`: the noun is the title of the named person and of no other candidate: “the doctor”, of Dr. Hale.
    """

    features: tuple[str, ...]
    rows: NDArray[np.float32]
    nameless: list[int]
    named: list[int]
    titled: list[bool]


def join_descriptions(draft: Draft, findings: Findings, utterances: Sequence[Utterance], roster: Roster) -> Roster:
    """Merge each person without a name into the named person that they are, where that is likely."""
    pairs = find_pairs(draft, findings, utterances, roster)
    if not pairs.nameless:
        return roster
    scored = 1 / (1 + np.exp(-load_trees("descriptions", pairs.features).score(pairs.rows)))
    probability = np.where(pairs.titled, 1.0, scored)
    best: dict[int, tuple[float, int]] = {}
    for nameless, named, p in zip(pairs.nameless, pairs.named, probability.tolist(), strict=True):
        if p >= MIN_SAME_PROBABILITY and (nameless not in best or p > best[nameless][0]):
            best[nameless] = p, named
    return roster.merge({nameless: named for nameless, (_, named) in best.items()})


def find_pairs(draft: Draft, findings: Findings, utterances: Sequence[Utterance], roster: Roster) -> Pairs:
    """Every person without a name who is ever a subject, with each named candidate and the features of the pair."""
    return _PairFinder(draft, findings, utterances, roster).find()


class _PairFinder:
    def __init__(self, draft: Draft, findings: Findings, utterances: Sequence[Utterance], roster: Roster) -> None:
        self.text, self.mentions, self.language = draft.text, findings.mentions, draft.language
        self.people, self.of_mention = roster.people, roster.of_mention
        self.narrated_names = [
            i
            for i, mention in enumerate(self.mentions)
            if mention.kind == "name" and mention.quotation < 0 and self._is_named(i)
        ]
        self.paragraphs = [self.mentions[i].paragraph for i in self.narrated_names]
        self.speaker_by_tag = [self._speaker_by_tag(utterance) for utterance in utterances]
        self.tagged_utterances: dict[int, list[int]] = defaultdict(list)  # by person
        for number, person in enumerate(self.speaker_by_tag):
            if person >= 0:
                self.tagged_utterances[person].append(number)
        self.called_in = [
            {self.of_mention[v.mention] for v in utterance.vocatives if v.mention >= 0} for utterance in utterances
        ]
        self.bearers = self._bearers()
        self.gaps = [two.first_paragraph - one.last_paragraph for one, two in pairwise(utterances)]
        self.called: dict[int, set[int]] = defaultdict(set)  # by paragraph
        for vocative in findings.vocatives:
            if vocative.mention >= 0 and self._is_named(vocative.mention):
                self.called[self.mentions[vocative.mention].paragraph].add(self.of_mention[vocative.mention])

    def _bearers(self) -> dict[str, set[int]]:
        """The named people that a noun may refer to because it is their title."""
        names = self.language.names
        vague = names.courtesy_titles | names.vague_titles
        found: dict[str, set[int]] = defaultdict(set)
        for number, person in enumerate(self.people):
            if person.named and person.kind == "person":
                titles = _titles((person.name, *person.forms), self.language) - vague
                for noun in titles.union(*(names.title_nouns.get(title, ()) for title in titles)):
                    found[noun].add(number)
        return found

    def _is_named(self, i: int) -> bool:
        """Whether a mention refers to a person with a name."""
        person = self.of_mention[i]
        return person >= 0 and self.people[person].named and self.people[person].kind == "person"

    def _speaker_by_tag(self, utterance: Utterance) -> int:
        """The person in the first tag of an utterance, or -1."""
        for cue in utterance.cues:
            if cue.is_tag and cue.has_speech_verb:
                return self.of_mention[cue.mention]
        return -1

    def find(self) -> Pairs:
        rows: list[dict[str, float]] = []
        nameless: list[int] = []
        named: list[int] = []
        titled: list[bool] = []
        for number, person in enumerate(self.people):
            if person.named or person.narrator or person.listed or person.kind == "group" or not person.mentions:
                continue
            if not any(self.mentions[i].subject for i in person.mentions):
                continue
            candidates = self._candidates(person)
            n_last = self._count_last_named(person)
            bearers = self.bearers.get(self.mentions[person.mentions[0]].form, set())
            for other in candidates:
                if "?" not in (person.gender, self.people[other].gender) and person.gender != self.people[other].gender:
                    continue
                if self._are_two(number, other):
                    continue
                rows.append(self._features(number, other, candidates, n_last))
                nameless.append(number)
                named.append(other)
                titled.append(bearers.intersection(candidates) == {other})
        features = tuple(name for row in rows[:1] for name in row)
        values = np.array([[*row.values()] for row in rows], dtype=np.float32).reshape(len(rows), len(features))
        return Pairs(features, values, nameless, named, titled)

    def _names_nearby(self, paragraph: int, before: int, after: int) -> Sequence[int]:
        """The names in the narration of some paragraphs, as indices of mentions: the last ones if they are many."""
        low = bisect_left(self.paragraphs, paragraph - before)
        high = bisect_right(self.paragraphs, paragraph + after)
        return self.narrated_names[max(low, high - MAX_NAMES_NEARBY) : high]

    def _candidates(self, person: Person) -> Counter[int]:
        """The people named near a person's mentions, or called by name next to them, with how often."""
        found: Counter[int] = Counter()
        for i in _sample(person.mentions):
            paragraph = self.mentions[i].paragraph
            called = {other for p in range(paragraph - 1, paragraph + 2) for other in self.called.get(p, ())}
            nearby = self._names_nearby(paragraph, MAX_PARAGRAPHS_BEFORE, MAX_PARAGRAPHS_AFTER)
            found.update({self.of_mention[j] for j in nearby} | called)
        return Counter(dict(found.most_common(MAX_CANDIDATES)))

    def _count_last_named(self, person: Person) -> Counter[int]:
        """How often each person of the same gender was the last one named before a mention of a person."""
        found: Counter[int] = Counter()
        for i in _sample(person.mentions):
            here = self.mentions[i]
            for j in reversed(self._names_nearby(here.paragraph, MAX_PARAGRAPHS_BEFORE, 0)):
                other = self.of_mention[j]
                if self.mentions[j].start < here.start and self.people[other].gender in (person.gender, "?"):
                    found[other] += 1
                    break
        return found

    def _are_two(self, number: int, other: int) -> bool:
        """Whether they cannot be one: they answer each other, one calls the other, or both are in one sentence."""
        for u in self.tagged_utterances[number]:
            if other in self.called_in[u]:
                return True
            for v, gap in ((u - 1, u - 1), (u + 1, u)):
                if 0 <= v < len(self.speaker_by_tag) and self.speaker_by_tag[v] == other and self.gaps[gap] == 1:
                    return True
        for i in _sample(self.people[number].mentions):
            here = self.mentions[i]
            for j in self._names_nearby(here.paragraph, 0, 0):
                name = self.mentions[j]
                if (
                    self.of_mention[j] == other
                    and name.sentence == here.sentence
                    and not self._in_apposition(name, here)
                ):
                    return True
        return False

    def _features(self, number: int, other: int, candidates: Counter[int], n_last: Counter[int]) -> dict[str, float]:
        """The names of the features with their values for a pair; the names are the same for all pairs."""
        names, articles = self.language.names, self.language.grammar.articles
        person, named = self.people[number], self.people[other]
        sample = _sample(person.mentions)
        near = together = apposition = called = 0
        distance = 0.0
        for i in sample:
            here = self.mentions[i]
            nearby = self._names_nearby(here.paragraph, NEAR_PARAGRAPHS, 1)
            close = [self.mentions[j] for j in nearby if self.of_mention[j] == other]
            near += bool(close)
            together += any(m.sentence == here.sentence for m in close)
            apposition += any(self._in_apposition(m, here) for m in close)
            distance += min((abs(here.sentence - m.sentence) for m in close), default=FAR_SENTENCES)
            called += any(other in self.called.get(p, ()) for p in range(here.paragraph - 1, here.paragraph + 2))
        n = len(sample)
        tagged, tagged_other = self.tagged_utterances[number], set(self.tagged_utterances[other])
        n_adjacent = sum(1 for u in tagged if u - 1 in tagged_other or u + 1 in tagged_other)
        n_alternate = sum(1 for u in tagged if u - 2 in tagged_other or u + 2 in tagged_other)
        first_words = Counter(form.split()[0].lower() for form in person.forms.elements())
        n_definite = sum(first_words[word] for word in names.definite_articles)
        n_indefinite = sum(first_words[word] for word in articles - names.definite_articles)
        n_owned = sum(first_words[word] for word in names.owner_words)
        n_rivals = sum(1 for p in candidates if self.people[p].gender in ("?", person.gender))
        noun = self.mentions[sample[0]].form
        return {
            "near_share": near / n,
            "same_sentence_share": together / n,
            "n_appositions": apposition,
            "gender_fit": 2.0 if person.gender == named.gender != "?" else 1.0,
            "adjacent_share": n_adjacent / max(1, len(tagged)),
            "alternate_share": n_alternate / max(1, len(tagged)),
            "last_named_share": n_last[other] / n,
            "mean_sentences": distance / n,
            "log_named_mentions": log1p(len(named.mentions)),
            "log_mentions": log1p(len(person.mentions)),
            "log_tagged": log1p(len(tagged)),
            "is_weak_noun": noun in names.weak_nouns,
            "definite_share": n_definite / person.forms.total(),
            "indefinite_share": n_indefinite / person.forms.total(),
            "owned_share": n_owned / person.forms.total(),
            "is_title": self._is_title_of(named, noun),
            "n_rivals": n_rivals,
            "is_named_first": named.mentions[0] < person.mentions[0],
            "called_share": called / n,
            "candidate_share": candidates[other] / n,
            "last_named_lead": (n_last[other] - max((v for p, v in n_last.items() if p != other), default=0)) / n,
        }

    def _in_apposition(self, name: Mention, noun: Mention) -> bool:
        """“Mr. Bumble, the beadle,” and “the painter Basil”."""
        first, second = sorted((name, noun), key=lambda mention: mention.start)
        between = self.text[first.end : second.start].strip()
        return first.end <= second.start and between in ("", ",")

    def _is_title_of(self, person: Person, noun: str) -> bool:
        titles = _titles(person.forms, self.language)
        return noun in titles or any(noun in self.language.names.title_nouns.get(title, ()) for title in titles)


def _titles(names: Iterable[str], language: Language) -> set[str]:
    return {title for name in names for title in take_apart(without_article(name, language), language).titles}


def _sample(mentions: Sequence[int]) -> Sequence[int]:
    """At most MAX_SAMPLE mentions, evenly spread: time stays linear however often somebody is mentioned."""
    n = len(mentions)
    return mentions if n <= MAX_SAMPLE else [mentions[k * n // MAX_SAMPLE] for k in range(MAX_SAMPLE)]
