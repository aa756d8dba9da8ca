"""Candidates for each utterance's speaker, and what speaks for each: the rows that the ranker reads.

The rules' verdicts (tags, gender, beats, vocatives, who was mentioned last, whose turn it is) are features
here; the ranker weighs them. Every count is over the text, none over a corpus.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.corrections.fixed import Fixed
from dramaturg.cast.people.person import Person
from dramaturg.cast.people.pronouns import Shares
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.draft import BREAK, Draft
from dramaturg.findings import FIRST_PERSON, Cue, CueKind, Findings, Mention

CUE_KINDS: tuple[CueKind, ...] = (
    "tag_after",
    "tag_before",
    "loose_after",
    "loose_before",
    "beat_after",
    "beat_before",
    "lead_in",
    "precede",
    "follow",
)
LOOK_BACK = 60  # narration mentions before an utterance that are looked at for candidates
LOOK_AHEAD = 8
MOST_BACK, MOST_AHEAD, MOST = 9, 3, 16
OFFSETS = (-2, -1, 1, 2)  # whose gaps are told
NEXT = (-1, 1)  # whose tags are told: further on, `turns` counts
HEARD = 12  # utterances: who was named by a tag within so many is in the conversation
FAR = 99.0
YOU = frozenset({"you", "your", "yours", "yourself"})


@dataclass(frozen=True, slots=True)
class Stage:
    """Who is mentioned in narration, in order: columns of one length.

    `at`: code point. `person`: index in people. `paragraph`. `subject`: it stands as a subject. `pronoun`.
    """

    at: list[int]
    person: list[int]
    paragraph: list[int]
    subject: list[bool]
    pronoun: list[bool]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for the ranker. `rows`: float32 (candidates, features). `utterance`, `person`: int32 (candidates,).

    The candidates of one utterance stand together, utterances in order.
    """

    rows: NDArray[np.float32]
    utterance: NDArray[np.int32]
    person: NDArray[np.int32]


class Candidates:
    """Finds candidates and their features over one story."""

    def __init__(
        self,
        draft: Draft,
        findings: Findings,
        people: Sequence[Person],
        of_mention: Sequence[int],
        utterances: list[Utterance],
        narrator: int,
        shares: list[Shares],
        fixed: Fixed | None = None,
    ) -> None:
        """`shares`: of the people that each mention may mean, as `resolve_pronouns` gives them."""
        self.fixed = fixed or Fixed()
        self.shares = shares
        self.findings, self.people, self.of_mention = findings, people, of_mention
        self.utterances, self.narrator = utterances, narrator
        self.text = draft.text
        self.stage = _stage(findings, of_mention)
        self.where: dict[int, list[int]] = {}
        for k, person in enumerate(self.stage.person):
            self.where.setdefault(person, []).append(k)
        self.chapters = [chapter.start for chapter in draft.story.chapters] or [0]
        self.known_from: dict[int, int] = {}
        for mention, person in zip(findings.mentions, of_mention, strict=True):
            self.known_from.setdefault(person, mention.start)
        self.total = Counter(person for person in of_mention if person >= 0)
        ranked = sorted(self.total, key=lambda person: (-self.total[person], person))
        self.rank = {person: rank for rank, person in enumerate(ranked)}
        self.by_chapter = self._count_chapters()
        self.chapter_totals = [chapter.total() for chapter in self.by_chapter]
        self.chapter_chiefs = [[person for person, _ in chapter.most_common(3)] for chapter in self.by_chapter]
        self.verdicts = [self._verdict(i) for i in range(len(utterances))]
        self.tagged = [self._tagged(utterance) for utterance in utterances]
        self.addressed = [self._addressed(i) for i in range(len(utterances))]
        self.last_tag, self.next_tag = self._tag_distances()
        self.near, self.together = self._company()
        self.selves, self.others, self.third = self._spoken_pronouns()
        self.scene = _scenes(utterances, self.stage)
        self.on_stage, self.tagged_there = self._count_scenes()
        self.spoken_of = [{of_mention[m] for m in u.named_inside} - {-1} for u in utterances]

    def table(self) -> Table:
        """The candidates of every utterance with their features."""
        rows: list[list[float]] = []
        numbers: list[int] = []
        persons: list[int] = []
        for i in range(len(self.utterances)):
            candidates = self._candidates(i)
            context = self._context(i)
            order = self._recency(i)
            for person in candidates:
                rows.append(self._row(i, person, order) + context + self._last_features(i, person))
                numbers.append(i)
                persons.append(person)
        width = len(FEATURES)
        return Table(
            np.array(rows, dtype=np.float32).reshape(len(rows), width),
            np.array(numbers, dtype=np.int32),
            np.array(persons, dtype=np.int32),
        )

    def _count_chapters(self) -> list[Counter[int]]:
        counts: list[Counter[int]] = [Counter() for _ in self.chapters]
        for mention, person in zip(self.findings.mentions, self.of_mention, strict=True):
            if person >= 0:
                counts[max(0, bisect_right(self.chapters, mention.start) - 1)][person] += 1
        return counts

    def _chapter(self, i: int) -> int:
        return max(0, bisect_right(self.chapters, self.utterances[i].start) - 1)

    def _tag_distances(self) -> tuple[list[dict[int, int]], list[dict[int, int]]]:
        """For each utterance, who was named by a tag within HEARD utterances before (after), and how long ago."""
        before: list[dict[int, int]] = []
        after: list[dict[int, int]] = []
        for i in range(len(self.utterances)):
            back: dict[int, int] = {}
            for j in range(i - 1, max(-1, i - HEARD - 1), -1):
                for person in self.verdicts[j]:
                    back.setdefault(person, i - j)
            ahead: dict[int, int] = {}
            for j in range(i + 1, min(len(self.utterances), i + HEARD + 1)):
                for person in self.verdicts[j]:
                    ahead.setdefault(person, j - i)
            before.append(back)
            after.append(ahead)
        return before, after

    def _company(self) -> tuple[dict[int, Counter[int]], dict[int, Counter[int]]]:
        """For each person without a name: how often each other stands close before them, and in the same sentence.

        Who is near and yet seldom in one sentence with “the Jew” may be he.
        """
        near: dict[int, Counter[int]] = {}
        together: dict[int, Counter[int]] = {}
        narrated = [
            (mention, self.of_mention[i])
            for i, mention in enumerate(self.findings.mentions)
            if mention.quotation < 0 and mention.kind != "pronoun" and self.of_mention[i] >= 0
        ]
        for k, (mention, person) in enumerate(narrated):
            if self.people[person].named:
                continue
            close, same = set(), set()
            for other, who in narrated[max(0, k - 8) : k + 5]:
                if who != person and self.people[who].named:
                    if mention.paragraph - other.paragraph <= 8:
                        close.add(who)
                    if other.sentence == mention.sentence:
                        same.add(who)
            near.setdefault(person, Counter()).update(close)
            together.setdefault(person, Counter()).update(same)
        return near, together

    def _candidates(self, i: int) -> list[int]:
        utterance, stage = self.utterances[i], self.stage
        here = bisect_left(stage.at, utterance.start)
        found: dict[int, None] = {}
        self._admit(found, self.fixed.speakers.get(i, -1), MOST)
        for cue in utterance.cues:
            self._admit(found, self.of_mention[cue.mention], MOST)
        for k in range(here - 1, max(-1, here - LOOK_BACK - 1), -1):
            person = stage.person[k]
            near = stage.paragraph[k] >= utterance.first_paragraph - 6
            if self.people[person].named or near:
                self._admit(found, person, MOST_BACK)
        ahead = bisect_left(stage.at, utterance.end)
        for k in range(ahead, min(len(stage.at), ahead + LOOK_AHEAD)):
            if stage.paragraph[k] <= utterance.last_paragraph + 3:
                self._admit(found, stage.person[k], MOST_BACK + MOST_AHEAD)
        for offset in (-1, 1, -2, 2, -3, 3):
            if 0 <= i + offset < len(self.utterances):
                for person in self.addressed[i + offset]:
                    self._admit(found, person, MOST)
                for person, value in self.verdicts[i + offset].items():
                    if value > 0:
                        self._admit(found, person, MOST)
        if self.narrator >= 0:
            found.setdefault(self.narrator)
        for person in self.chapter_chiefs[self._chapter(i)]:
            self._admit(found, person, MOST)
        return list(found)

    def _admit(self, found: dict[int, None], person: int, most: int) -> None:
        if person >= 0 and person not in found and len(found) < most:
            found[person] = None

    def _recency(self, i: int) -> dict[int, int]:
        """Each person lately mentioned in narration before an utterance, with their rank, latest first."""
        here = bisect_left(self.stage.at, self.utterances[i].start)
        order: dict[int, int] = {}
        for k in range(here - 1, max(-1, here - LOOK_BACK - 1), -1):
            order.setdefault(self.stage.person[k], len(order))
        return order

    def _verdict(self, i: int) -> dict[int, float]:
        """Whom the tags of an utterance name outright, or the user."""
        found: dict[int, float] = {}
        if i in self.fixed.speakers:
            return {self.fixed.speakers[i]: 1.0} if self.fixed.speakers[i] >= 0 else found
        for cue in self.utterances[i].cues:
            mention = self.findings.mentions[cue.mention]
            person = self.of_mention[cue.mention]
            outright = mention.kind != "pronoun" or person == self.narrator
            if cue.is_tag and cue.has_speech_verb and person >= 0 and outright:
                found[person] = 1.0
        return found

    def _tagged(self, utterance: Utterance) -> Mention | None:
        for cue in utterance.cues:
            if cue.is_tag and cue.has_speech_verb:
                return self.findings.mentions[cue.mention]
        return None

    def _addressed(self, i: int) -> set[int]:
        if i in self.fixed.addressees:
            return set(self.fixed.addressees[i])
        return {self.of_mention[v.mention] for v in self.utterances[i].vocatives if v.mention >= 0} - {-1}

    def _row(self, i: int, person: int, order: dict[int, int]) -> list[float]:
        return [
            *self._cue_features(i, person),
            *self._mention_features(i, person, order),
            *self._person_features(i, person),
            *self._speech_features(i, person),
            *self._turn_features(i, person),
            *self._noun_features(i, person),
        ]

    def _last_features(self, i: int, person: int) -> list[float]:
        return [*self._share_features(i, person), *self._scene_features(i, person)]

    def _share_features(self, i: int, person: int) -> list[float]:
        """How likely the encoder holds the person to be whom the tag's pronoun means, or “I” or “you” in the speech.

        -1 where there is no such pronoun.
        """
        cues = [cue for cue in self.utterances[i].cues if self.findings.mentions[cue.mention].kind == "pronoun"]
        tags = [self.shares[cue.mention].get(person, 0.0) for cue in cues if cue.is_tag]
        beats = [self.shares[cue.mention].get(person, 0.0) for cue in cues if not cue.is_tag]
        return [
            max(tags, default=-1.0),
            max(beats, default=-1.0),
            *(self._mean_share(self.selves, i + offset, person) for offset in (-1, 0, 1)),
            *(self._mean_share(self.others, i + offset, person) for offset in (-1, 0, 1)),
            *(self._mean_share(self.third, i + offset, person) for offset in (-1, 0, 1)),
        ]

    def _scene_features(self, i: int, person: int) -> list[float]:
        """How much the person is there between two scene breaks or headings, and how often a tag names them."""
        here = self.scene[0][i]
        mentioned, tagged = self.on_stage[here], self.tagged_there[here]
        return [
            float(log1p(mentioned[person])),
            mentioned[person] / (1 + mentioned.total()),
            float(tagged[person]),
            tagged[person] / (1 + tagged.total()),
            float(len(tagged)),
        ]

    def _count_scenes(self) -> tuple[dict[int, Counter[int]], dict[int, Counter[int]]]:
        """For each scene how often each person is mentioned in its narration, and how often a tag names them."""
        of_utterance, of_mention = self.scene
        mentioned: dict[int, Counter[int]] = defaultdict(Counter)
        tagged: dict[int, Counter[int]] = defaultdict(Counter)
        for scene, person in zip(of_mention, self.stage.person, strict=True):
            mentioned[scene][person] += 1
        for scene, verdict in zip(of_utterance, self.verdicts, strict=True):
            tagged[scene].update(verdict.keys())
        return mentioned, tagged

    def _mean_share(self, pronouns: list[list[int]], i: int, person: int) -> float:
        if not 0 <= i < len(pronouns) or not pronouns[i]:
            return -1.0
        return sum(self.shares[m].get(person, 0.0) for m in pronouns[i]) / len(pronouns[i])

    def _spoken_pronouns(self) -> tuple[list[list[int]], list[list[int]], list[list[int]]]:
        """For each utterance its mentions by “I”, those by “you”, and those by “he” or “she”."""
        number = {q: i for i, utterance in enumerate(self.utterances) for q in utterance.quotations}
        selves: list[list[int]] = [[] for _ in self.utterances]
        others: list[list[int]] = [[] for _ in self.utterances]
        third: list[list[int]] = [[] for _ in self.utterances]
        for m, mention in enumerate(self.findings.mentions):
            if mention.kind == "pronoun" and mention.quotation in number:
                if mention.form in FIRST_PERSON:
                    selves[number[mention.quotation]].append(m)
                elif mention.form in YOU:
                    others[number[mention.quotation]].append(m)
                elif mention.gender != "?":
                    third[number[mention.quotation]].append(m)
        return selves, others, third

    def _noun_features(self, i: int, person: int) -> list[float]:
        """How the person keeps company with whoever a noun in the tag means: -1 where the tag has no noun."""
        for cue in self.utterances[i].cues:
            meant = self.of_mention[cue.mention]
            if self.findings.mentions[cue.mention].kind == "noun" and meant >= 0 and not self.people[meant].named:
                n = max(1, len(self.people[meant].mentions))
                near, together = self.near.get(meant, Counter()), self.together.get(meant, Counter())
                return [near[person] / n, together[person] / n, float(log1p(n)), float(near[person] - together[person])]
        return [-1.0, -1.0, -1.0, -1.0]

    def _cue_features(self, i: int, person: int) -> list[float]:
        values = dict.fromkeys(CUE_FEATURES, 0.0)
        for cue in self.utterances[i].cues:
            name = cue.kind if cue.kind not in ("tag_after", "tag_before") else f"{cue.kind}_{cue.strength}"
            value = self._fit(cue, person)
            if name in values and abs(value) > abs(values[name]):
                values[name] = value
        return list(values.values())

    def _fit(self, cue: Cue, person: int) -> float:
        """How well a candidate fits a cue: from 4, named by it, to -4, somebody else is named by it."""
        mention = self.findings.mentions[cue.mention]
        meant = self.of_mention[cue.mention]
        who = self.people[person]
        if mention.form in ("i", "my", "me"):
            return 4.0 if person == self.narrator else -4.0
        if person == self.narrator and mention.kind == "pronoun":
            return -4.0  # who tells the story is no he or she in it
        if meant == person:
            return {"name": 4.0, "noun": 3.5, "pronoun": 3.0}[mention.kind]
        if mention.kind == "name":
            return -4.0
        if mention.plural != who.plural:
            return -3.5
        if "?" not in (mention.gender, who.gender):
            same = mention.gender == who.gender
            if mention.kind == "noun":
                return -2.0 if same else -3.5
            return 2.0 if same else -3.5
        return 1.0 if mention.kind == "pronoun" else -1.0

    def _mention_features(self, i: int, person: int, order: dict[int, int]) -> list[float]:
        utterance, stage = self.utterances[i], self.stage
        where = self.where.get(person, [])
        here = bisect_left(where, bisect_left(stage.at, utterance.start))
        ahead = bisect_left(where, bisect_left(stage.at, utterance.end))
        paragraph = utterance.first_paragraph
        back = paragraph - stage.paragraph[where[here - 1]] if here else FAR
        subject_back = named_back = FAR
        for k in reversed(where[max(0, here - 8) : here]):
            if stage.subject[k] and subject_back == FAR:
                subject_back = paragraph - stage.paragraph[k]
            if not stage.pronoun[k] and named_back == FAR:
                named_back = paragraph - stage.paragraph[k]
        forward = subject_forward = FAR
        if ahead < len(where):
            forward = stage.paragraph[where[ahead]] - utterance.last_paragraph
            for k in where[ahead : ahead + 4]:
                if stage.subject[k]:
                    subject_forward = stage.paragraph[k] - utterance.last_paragraph
                    break
        near = sum(1 for k in where[max(0, here - 12) : here] if paragraph - stage.paragraph[k] <= 3)
        around = sum(1 for k in where[max(0, here - 20) : here] if paragraph - stage.paragraph[k] <= 12)
        later = sum(1 for k in where[ahead : ahead + 12] if stage.paragraph[k] - utterance.last_paragraph <= 6)
        tagged = self.tagged[i]
        return [
            float(order.get(person, 40)),
            self._gender_rank(person, order, tagged),
            min(back, 60.0),
            min(subject_back, 60.0),
            min(named_back, 60.0),
            min(forward, 60.0),
            min(subject_forward, 60.0),
            float(near),
            float(around),
            float(later),
        ]

    def _gender_rank(self, person: int, order: dict[int, int], tagged: Mention | None) -> float:
        """The recency rank among those who fit the tag's pronoun."""
        if tagged is None or tagged.kind != "pronoun" or person not in order:
            return -1.0
        gender = tagged.gender
        return float(
            sum(
                1
                for other, rank in order.items()
                if rank < order[person] and self.people[other].gender in ("?", gender) and self.people[other].named
            )
        )

    def _person_features(self, i: int, person: int) -> list[float]:
        who = self.people[person]
        number = self._chapter(i)
        chapter = self.by_chapter[number]
        return [
            log1p(self.total[person]),
            float(min(self.rank.get(person, 60), 60)),
            log1p(chapter[person]),
            chapter[person] / (1 + self.chapter_totals[number]),
            float(who.named),
            float(who.kind == "group"),
            float(person == self.narrator),
            {"m": 1.0, "f": 2.0, "?": 0.0}[who.gender],
            float(self.known_from.get(person, 0) < self.utterances[i].start),
        ]

    def _speech_features(self, i: int, person: int) -> list[float]:
        def addressed(offset: int) -> float:
            j = i + offset
            if not 0 <= j < len(self.utterances):
                return 0.0
            if person in self.addressed[j]:
                return 2.0
            return -1.0 if self.addressed[j] else 0.0

        def spoken_of(offset: int) -> float:
            j = i + offset
            return float(0 <= j < len(self.utterances) and person in self.spoken_of[j])

        return [
            *(addressed(offset) for offset in (-2, -1, 0, 1, 2)),
            *(spoken_of(offset) for offset in (-1, 0, 1)),
            self._address_gender(i, person),
            self._address_gender(i - 1, person),
            self._address_gender(i + 1, person),
        ]

    def _address_gender(self, i: int, person: int) -> float:
        """Whether a bare form of address (“sir”) in an utterance fits the person's gender."""
        if not 0 <= i < len(self.utterances):
            return 0.0
        genders = {v.gender for v in self.utterances[i].vocatives if v.mention < 0} - {"?"}
        if not genders or self.people[person].gender == "?":
            return 0.0
        return 1.0 if self.people[person].gender in genders else -1.0

    def _turn_features(self, i: int, person: int) -> list[float]:
        """Whether the neighbours' tags name the person: 2 yes, -1 somebody else, 0.5 and -0.5 by a pronoun's gender."""
        values = []
        for offset in NEXT:
            j = i + offset
            value = 0.0
            if 0 <= j < len(self.utterances):
                if self.verdicts[j]:
                    value = 2.0 if person in self.verdicts[j] else -1.0
                else:
                    tagged, gender = self.tagged[j], self.people[person].gender
                    if tagged is not None and "?" not in (tagged.gender, gender):
                        value = 0.5 if tagged.gender == gender else -0.5
            values.append(value)
        back, ahead = self.last_tag[i], self.next_tag[i]
        first_back = sum(1 for other in back.values() if other < back.get(person, HEARD + 1))
        return [
            *values,
            float(back.get(person, HEARD + 1)),
            float(ahead.get(person, HEARD + 1)),
            float(first_back),
            float(len(back)),
        ]

    def _context(self, i: int) -> list[float]:
        """What is the same for all candidates of an utterance."""
        utterance = self.utterances[i]
        gaps = []
        for offset in OFFSETS:
            j = i + offset
            if 0 <= j < len(self.utterances):
                other = self.utterances[j]
                gap = (
                    utterance.first_paragraph - other.last_paragraph
                    if offset < 0
                    else other.first_paragraph - utterance.last_paragraph
                )
                gaps.append(float(min(gap, 20)))
            else:
                gaps.append(20.0)
        ending = self.text[max(utterance.start, utterance.end - 3) : utterance.end]
        before = self.utterances[i - 1] if i else None
        tagged = self.tagged[i]
        return [
            *gaps,
            float(log1p(utterance.words)),
            float("?" in ending),
            float(before is not None and "?" in self.text[max(before.start, before.end - 3) : before.end]),
            float(len(utterance.quotations)),
            0.0 if tagged is None else {"name": 1.0, "noun": 2.0, "pronoun": 3.0}[tagged.kind],
            float(self.narrator >= 0),
            float(bool(utterance.cues)),
        ]


def _scenes(utterances: list[Utterance], stage: Stage) -> tuple[list[int], list[int]]:
    """The number of the scene of each utterance, and of each of the stage's mentions."""
    placed = [(u.start, u.first_paragraph, u.last_paragraph, 0, i) for i, u in enumerate(utterances)]
    placed += [(at, p, p, 1, k) for k, (at, p) in enumerate(zip(stage.at, stage.paragraph, strict=True))]
    numbers = ([0] * len(utterances), [0] * len(stage.at))
    scene, reached = 0, 0
    for _, first, last, which, index in sorted(placed):
        scene += first - reached >= BREAK and reached > 0
        numbers[which][index], reached = scene, max(reached, last)
    return numbers


def _stage(findings: Findings, of_mention: Sequence[int]) -> Stage:
    seen = [
        (mention.start, of_mention[i], mention.paragraph, mention.subject, mention.kind == "pronoun")
        for i, mention in enumerate(findings.mentions)
        if mention.quotation < 0 and of_mention[i] >= 0
    ]
    return Stage(*(list(column) for column in zip(*seen, strict=True))) if seen else Stage([], [], [], [], [])


CUE_FEATURES = (
    *(f"{kind}_{strength}" for kind in ("tag_after", "tag_before") for strength in ("core", "manner", "mental")),
    *(kind for kind in CUE_KINDS if kind not in ("tag_after", "tag_before")),
)
FEATURES = (
    *CUE_FEATURES,
    *"recency gender_rank back subject_back named_back forward subject_forward near around later".split(),
    *"total rank chapter chapter_share named group narrator gender known".split(),
    *(f"addressed_{offset}" for offset in (-2, -1, 0, 1, 2)),
    *(f"spoken_of_{offset}" for offset in (-1, 0, 1)),
    *"address_gender address_gender_before address_gender_after".split(),
    *(f"turn_{offset}" for offset in NEXT),
    *"last_tag next_tag tagged_since tagged_back".split(),
    *"noun_near noun_together noun_mentions noun_company".split(),
    *(f"gap_{offset}" for offset in OFFSETS),
    *"words asks asked parts tag_kind first_person has_cue".split(),
    *"tag_share beat_share".split(),
    *(f"{form}_share_{offset}" for form in ("i", "you", "third") for offset in (-1, 0, 1)),
    *"scene scene_share scene_tags scene_tag_share scene_tagged".split(),
)
