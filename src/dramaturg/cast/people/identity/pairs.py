"""Pairs of people of the roster that may be one person, each with its features.

In each pair the `source` is the less prominent: one without a name against one with a name, then the one with fewer
mentions. The features are about both: who is near, who is never in one sentence with the other, who takes turns with
whom, how their names and nouns relate, what the encoder takes to be one.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log1p

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.aligned_spans import AlignedSpans
from dramaturg.cast.people.identity.coreference import link_people
from dramaturg.cast.people.names.parts import Parts, take_apart, without_article
from dramaturg.cast.people.narrators import Narrators
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.roster import Roster
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Mention

NEAR_PARAGRAPHS = 8  # before a mention: who is mentioned there is near
MAX_PARAGRAPHS_BEFORE, MAX_PARAGRAPHS_AFTER = 15, 4  # around a mention: who is mentioned there is a candidate
MAX_MENTIONS_NEARBY = 40
MAX_NAMED, MAX_NAMELESS = 12, 6  # candidates of a person
MIN_COREFERENCE = 0.05  # of a person's mentions: who has so much of it is a candidate, however far
MAX_SAMPLE = 40  # mentions of a person that are looked at
MAX_STATEMENT = 60  # code points between a noun and the name that the text gives to it
FAR_SENTENCES = 40  # the distance to somebody who is not near
FAR_PARAGRAPHS = 60.0
NOUN_KINDS = {
    "kin": frozenset(["kin"]),
    "being": frozenset(["being", "animal", "voice", "unknown"]),
    "occupation": frozenset(["occupation", "rank"]),
    "age": frozenset(["age"]),
}
GENDERS = {"?": 0, "m": 1, "f": 2}


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
    return _PairFinder(draft, findings, utterances, roster, aligned, narrators).find()


@dataclass(frozen=True, slots=True)
class _Around:
    """The people mentioned around a sample of a person's mentions, each with how often, and how near."""

    n: int
    nearby: Counter[int]
    near: Counter[int]
    same_sentence: Counter[int]
    appositions: Counter[int]
    called: Counter[int]
    last: Counter[int]
    owners: dict[int, float]
    distance: dict[int, float]


class _PairFinder:
    def __init__(
        self,
        draft: Draft,
        findings: Findings,
        utterances: Sequence[Utterance],
        roster: Roster,
        aligned: AlignedSpans,
        narrators: Narrators,
    ) -> None:
        self.text, self.mentions, self.language = draft.text, findings.mentions, draft.language
        self.narrators = narrators
        self.people, self.of_mention = roster.people, roster.of_mention
        self.by_mention, self.by_person = link_people(findings, roster, aligned)
        self.narrated = [
            i
            for i, mention in enumerate(self.mentions)
            if mention.kind != "pronoun" and mention.quotation < 0 and self.of_mention[i] >= 0
        ]
        self.paragraphs = [self.mentions[i].paragraph for i in self.narrated]
        self.speaker_by_tag = [self._speaker_by_tag(utterance) for utterance in utterances]
        self.tagged_utterances: dict[int, list[int]] = defaultdict(list)  # by person
        for number, person in enumerate(self.speaker_by_tag):
            if person >= 0:
                self.tagged_utterances[person].append(number)
        self.called_in = [
            {self.of_mention[v.mention] for v in utterance.vocatives if v.mention >= 0} for utterance in utterances
        ]
        self.answering: dict[int, Counter[int]] = defaultdict(Counter)  # who speaks next when a person is called
        for u, speaker in enumerate(self.speaker_by_tag[1:]):
            if speaker >= 0:
                for called in self.called_in[u] - {speaker}:
                    self.answering[called][speaker] += 1
        self.n_called = Counter(person for people in self.called_in for person in people)
        self.gaps = [two.first_paragraph - one.last_paragraph for one, two in pairwise(utterances)]
        self.called: dict[int, set[int]] = defaultdict(set)  # by paragraph
        for vocative in findings.vocatives:
            if vocative.mention >= 0 and self.of_mention[vocative.mention] >= 0:
                self.called[self.mentions[vocative.mention].paragraph].add(self.of_mention[vocative.mention])
        self.forms = [self._take_apart(person) for person in self.people]
        self.nouns = [self._nouns(person) for person in self.people]
        self.form_words = [{word.lower() for form in person.forms for word in form.split()} for person in self.people]
        self.bearers = self._bearers()
        self.rank = [self._prominence(number) for number in range(len(self.people))]

    def _prominence(self, number: int) -> tuple[bool, bool, int, int]:
        person = self.people[number]
        return person.narrator or person.listed, person.named, len(person.mentions), -number

    def _take_apart(self, person: Person) -> list[Parts]:
        if not person.named:
            return []
        return [take_apart(without_article(form, self.language), self.language) for form in person.forms]

    def _nouns(self, person: Person) -> tuple[set[str], set[str]]:
        """The head nouns of a person without a name, and the words that tell them apart."""
        if person.named:
            return set(), set()
        grammar = self.language.grammar
        heads = {self.mentions[i].form for i in person.mentions}
        words = {word for form in person.forms for word in form.lower().split()}
        return heads, words - heads - grammar.definite_determiners - grammar.determiners - grammar.prepositions

    def _bearers(self) -> dict[str, set[int]]:
        """The named people that a noun may refer to because it is their title."""
        names = self.language.names
        vague = names.courtesy_titles | names.vague_titles
        found: dict[str, set[int]] = defaultdict(set)
        for number in range(len(self.people)):
            titles = {title for parts in self.forms[number] for title in parts.titles} - vague
            for noun in titles.union(*(names.title_nouns.get(title, ()) for title in titles)):
                found[noun].add(number)
        return found

    def _speaker_by_tag(self, utterance: Utterance) -> int:
        """The person in the first tag of an utterance, or -1."""
        for cue in utterance.cues:
            if cue.is_tag and cue.has_speech_verb:
                if self.mentions[cue.mention].form in self.narrators.forms:
                    return self.narrators.at(cue.start)
                return self.of_mention[cue.mention]
        return -1

    def find(self) -> Pairs:
        rows: list[dict[str, float]] = []
        source: list[int] = []
        target: list[int] = []
        for number, person in enumerate(self.people):
            if person.narrator or person.listed or not person.mentions:
                continue
            around = self._look_around(number)
            candidates = self._candidates(number, around)
            for other in candidates:
                rows.append(self._features(number, other, around, candidates))
                source.append(number)
                target.append(other)
        features = tuple(name for row in rows[:1] for name in row)
        values = np.array([[*row.values()] for row in rows], dtype=np.float32).reshape(len(rows), len(features))
        return Pairs(features, values, source, target)

    def _nearby(self, paragraph: int, before: int, after: int) -> Sequence[int]:
        """The mentions in the narration of some paragraphs: the last ones if they are many."""
        low = bisect_left(self.paragraphs, paragraph - before)
        high = bisect_right(self.paragraphs, paragraph + after)
        return self.narrated[max(low, high - MAX_MENTIONS_NEARBY) : high]

    def _look_around(self, number: int) -> _Around:
        person = self.people[number]
        sample = _sample(person.mentions)
        around = _Around(
            len(sample), Counter(), Counter(), Counter(), Counter(), Counter(), Counter(), defaultdict(float), {}
        )
        for i in sample:
            here = self.mentions[i]
            nearby = self._nearby(here.paragraph, MAX_PARAGRAPHS_BEFORE, MAX_PARAGRAPHS_AFTER)
            nearest: dict[int, int] = {}
            is_near: set[int] = set()
            same_sentence: set[int] = set()
            last = -1
            for j in nearby:
                other, there = self.of_mention[j], self.mentions[j]
                if other == number:
                    continue
                distance = abs(here.sentence - there.sentence)
                nearest[other] = min(nearest.get(other, FAR_SENTENCES), distance)
                if -1 <= here.paragraph - there.paragraph <= NEAR_PARAGRAPHS:
                    is_near.add(other)
                if there.sentence == here.sentence:
                    if self._in_apposition(there, here):
                        around.appositions[other] += 1
                    elif here.start <= there.start and there.end <= here.end:
                        around.owners[other] = around.owners.get(other, 0.0) + 1
                    else:
                        same_sentence.add(other)
                fits = "?" in (self.people[other].gender, person.gender) or self.people[other].gender == person.gender
                if there.start < here.start and fits:
                    last = other
            around.nearby.update(nearest.keys())
            around.near.update(is_near)
            around.same_sentence.update(same_sentence)
            if last >= 0:
                around.last[last] += 1
            for other, value in nearest.items():
                around.distance[other] = around.distance.get(other, 0.0) + value - FAR_SENTENCES
            near_paragraphs = range(here.paragraph - 1, here.paragraph + 2)
            around.called.update({other for p in near_paragraphs for other in self.called.get(p, ())} - {number})
            self._add_owners(around, i)
        return around

    def _add_owners(self, around: _Around, i: int) -> None:
        """Add whom the pronoun that a noun begins with may refer to: “her mother” is not she."""
        here = self.mentions[i]
        for j in range(i + 1, min(i + 3, len(self.mentions))):
            inner = self.mentions[j]
            if inner.start >= here.end:
                break
            if inner.possessive and inner.kind == "pronoun":
                for person, share in self.by_mention[j].items():
                    around.owners[person] = around.owners.get(person, 0.0) + share

    def _candidates(self, number: int, around: _Around) -> list[int]:
        """The more prominent people whom a person may be, by the encoder or because they are near."""
        person, mentions = self.people[number], around.n
        linked = {
            other: share for other, share in self.by_person[number].items() if share >= MIN_COREFERENCE * mentions
        }
        found = dict.fromkeys([*linked, *self.answering[number]])
        if self.n_called[number]:
            found.update(dict.fromkeys(sorted(self.narrators.people)))
        if not person.named:
            for is_named, limit in ((True, MAX_NAMED), (False, MAX_NAMELESS)):
                kind = (other for other, _ in (around.nearby + around.called).most_common())
                own = [other for other in kind if self.people[other].named == is_named]
                found.update(dict.fromkeys(own[:limit]))
        elif self.forms[number]:
            words = {word for parts in self.forms[number] for word in parts.words}
            for other in around.nearby:
                if words & {word for parts in self.forms[other] for word in parts.words}:
                    found[other] = None
        return [
            other
            for other in found
            if other != number
            and self.rank[other] > self.rank[number]
            and self.people[other].kind == person.kind
            and (self.people[other].mentions or self.people[other].narrator)
            and not self._is_too_long_ago(number, other)
            and not self._is_relative(number, other)
            and not (person.named and self.people[other].listed)  # the user would have given that name to them
        ]

    def _is_relative(self, number: int, other: int) -> bool:
        """Whether two people share a name and each has one that the other has not: Tom Gray is not Edward Gray."""
        words = {word for parts in self.forms[number] for word in parts.words}
        others = {word for parts in self.forms[other] for word in parts.words}
        return bool(words & others) and bool(words - others) and bool(others - words)

    def _is_too_long_ago(self, number: int, other: int) -> bool:
        """Whether two people have the same noun and are two, because the story was silent about them in between."""
        return bool(self.nouns[number][0]) and self.nouns[number] == self.nouns[other]

    def _features(self, number: int, other: int, around: _Around, candidates: Sequence[int]) -> dict[str, float]:
        """The names of the features with their values for a pair; the names are the same for all pairs."""
        names, grammar = self.language.names, self.language.grammar
        person, target = self.people[number], self.people[other]
        n = around.n
        tagged, tagged_other = self.tagged_utterances[number], set(self.tagged_utterances[other])
        n_adjacent = sum(1 for u in tagged if u - 1 in tagged_other or u + 1 in tagged_other)
        n_alternate = sum(1 for u in tagged if u - 2 in tagged_other or u + 2 in tagged_other)
        n_answers = sum(
            1 for u in tagged for v, gap in ((u - 1, u - 1), (u + 1, u)) if v in tagged_other and self.gaps[gap] == 1
        )
        n_calls = sum(1 for u in tagged if other in self.called_in[u])
        n_calls += sum(1 for u in self.tagged_utterances[other] if number in self.called_in[u])
        first_words = Counter(form.split()[0].lower() for form in person.forms.elements() if form.split())
        total = max(1, person.forms.total())
        n_definite = sum(first_words[word] for word in names.definite_articles)
        n_indefinite = sum(first_words[word] for word in grammar.articles - names.definite_articles)
        n_owned = sum(first_words[word] for word in names.owner_words)
        n_rivals = sum(1 for p in candidates if self.people[p].gender in ("?", person.gender))
        noun = self.mentions[person.mentions[0]].form
        bearers = self.bearers.get(noun, set())
        linked = self.by_person[number]
        rivals = [linked.get(p, 0.0) for p in candidates if p != other]
        first, last = self._range(person)
        other_first, other_last = self._range(target)
        return {
            "is_named": person.named,
            "target_is_named": target.named,
            "target_is_narrator": target.narrator,
            "near_share": around.near[other] / n,
            "same_sentence_share": around.same_sentence[other] / n,
            "n_same_sentence": around.same_sentence[other],
            "n_appositions": around.appositions[other],
            "gender_fit": _gender_fit(person, target),
            "gender": GENDERS[person.gender],
            "adjacent_share": n_adjacent / max(1, len(tagged)),
            "alternate_share": n_alternate / max(1, len(tagged)),
            "n_answers": n_answers,
            "n_calls": n_calls,
            "last_mentioned_share": around.last[other] / n,
            "last_mentioned_lead": (
                around.last[other] - max((v for p, v in around.last.items() if p != other), default=0)
            )
            / n,
            "mean_sentences": FAR_SENTENCES + around.distance.get(other, 0.0) / n,
            "nearby_share": around.nearby[other] / n,
            "called_share": around.called[other] / n,
            "n_answers_for": self.answering[number][other],
            "n_is_answered_for": self.answering[other][number],
            "n_called": self.n_called[number],
            "vocative_share": self.n_called[number] / len(person.mentions),
            "owner_share": around.owners.get(other, 0.0) / n,
            "coreference": linked.get(other, 0.0) / len(person.mentions),
            "coreference_back": self.by_person[other].get(number, 0.0) / len(person.mentions),
            "coreference_own": linked.get(number, 0.0) / len(person.mentions),
            "coreference_lead": (linked.get(other, 0.0) - max(rivals, default=0.0)) / len(person.mentions),
            "log_target_mentions": log1p(len(target.mentions)),
            "log_mentions": log1p(len(person.mentions)),
            "log_tagged": log1p(len(tagged)),
            "log_target_tagged": log1p(len(tagged_other)),
            "is_weak_noun": noun in names.weak_nouns,
            "definite_share": n_definite / total,
            "indefinite_share": n_indefinite / total,
            "owned_share": n_owned / total,
            "is_title": other in bearers,
            "is_only_title": bearers.intersection(candidates) == {other},
            "n_rivals": n_rivals,
            "target_is_first": other_first < first,
            "paragraphs_after_target": _clip(first - other_last),
            "paragraphs_before_target": _clip(other_first - last),
            **self._relation(number, other),
        }

    def _relation(self, number: int, other: int) -> dict[str, float]:
        """How the names or nouns of two people relate."""
        heads, modifiers = self.nouns[number]
        other_heads, other_modifiers = self.nouns[other]
        words = {word for parts in self.forms[number] for word in parts.words}
        other_words = {word for parts in self.forms[other] for word in parts.words}
        titles = {title for parts in self.forms[number] for title in parts.titles}
        other_titles = {title for parts in self.forms[other] for title in parts.titles}
        return {
            "same_noun": len(heads & other_heads),
            "same_modifier": len(modifiers & other_modifiers),
            "other_modifiers": float(bool(modifiers) and bool(other_modifiers) and not modifiers & other_modifiers),
            "has_modifier": float(bool(modifiers)),
            "same_name_words": len(words & other_words),
            "has_other_name_words": float(bool(words - other_words) and bool(other_words - words)),
            "same_titles": len(titles & other_titles),
            "has_other_titles": float(bool(titles - other_titles) and bool(other_titles - titles)),
            **self._kinds("", heads),
            **self._kinds("target_", other_heads),
            "has_other_kinship": float(
                bool(self._kin(heads)) and bool(self._kin(other_heads)) and not heads & other_heads
            ),
            "is_word_of_name": float(bool(heads & self.form_words[other])),
        }

    def _kinds(self, prefix: str, nouns: set[str]) -> dict[str, float]:
        """Which kinds of people the nouns mean, by the list of nouns."""
        known = self.language.people.person_nouns
        kinds = {known[noun].kind if noun in known else "unknown" for noun in nouns}
        return {f"{prefix}is_{name}": float(bool(kinds & members)) for name, members in NOUN_KINDS.items()}

    def _kin(self, nouns: set[str]) -> set[str]:
        known = self.language.people.person_nouns
        return {noun for noun in nouns if noun in known and known[noun].kind == "kin"}

    def _range(self, person: Person) -> tuple[int, int]:
        if not person.mentions:
            return 0, 0  # a narrator without a name, who is there all the time
        return self.mentions[person.mentions[0]].paragraph, self.mentions[person.mentions[-1]].paragraph

    def _in_apposition(self, name: Mention, noun: Mention) -> bool:
        """“Mr. Bumble, the beadle,” and “the painter Basil”; “the porter, who was called Lucky”."""
        first, second = sorted((name, noun), key=lambda mention: mention.start)
        between = self.text[first.end : second.start].strip()
        if first.end > second.start:
            return False
        is_stated = len(between) <= MAX_STATEMENT and self.language.narration.naming.fullmatch(between) is not None
        return between in ("", ",") or is_stated


def _gender_fit(person: Person, target: Person) -> float:
    if "?" in (person.gender, target.gender):
        return 1.0
    return 2.0 if person.gender == target.gender else 0.0


def _clip(paragraphs: int) -> float:
    return min(max(float(paragraphs), -FAR_PARAGRAPHS), FAR_PARAGRAPHS)


def _sample(mentions: Sequence[int]) -> Sequence[int]:
    """At most MAX_SAMPLE mentions, evenly spread: time stays linear however often somebody is mentioned."""
    n = len(mentions)
    return mentions if n <= MAX_SAMPLE else [mentions[k * n // MAX_SAMPLE] for k in range(MAX_SAMPLE)]
