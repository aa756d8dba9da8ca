"""Addressees: to whom each utterance is said, decided once its speaker is known.

Small trees score each candidate. The evidence is that a person spoke just before or speaks just after, is called by
name, stands with the tag (“said Tom to Mary”, “she asked him”), or is present. An utterance may have several addressees
or none.
"""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.table import CandidateTable, find_neighbours
from dramaturg.cast.trees import load_trees
from dramaturg.cast.utterances import Utterance
from dramaturg.draft import Draft
from dramaturg.findings import Cue, Findings, Floats, Mention

Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

# The best F1 by folds on PDNC's train novels is the same from 0.35 to 0.4 (training/addressees.py). The higher one
# names fewer people who only stand by. The likeliest addressee needs less.
MIN_PROBABILITY, MIN_PROBABILITY_OF_LIKELIEST = 0.4, 0.3
MAX_UTTERANCES = 10  # before and after, whose speakers may be listening
MAX_GAP_PARAGRAPHS = 30  # a person does not listen across a wider gap
MAX_EXCHANGE_PARAGRAPHS = 3  # two people who speak no farther apart talk with each other
OFFSETS = (-2, -1, 1, 2)
BLOCK_ROWS = 1 << 16  # candidates that are scored at a time, so that a long story takes no more memory than a short one
# Code points around a cue in which an addressee is looked for: “Turning to Mary with a smile, Tom said”; “said Tom
# gravely to Mary”.
MAX_BEFORE_CUE, MAX_AFTER_CUE = 40, 24
MAX_WORD_BEFORE = 16  # code points before a mention that hold the word before it
CUES_WITH_ADDRESSEE = frozenset(
    {"tag_after", "tag_before", "lead_in", "loose_after", "loose_before", "beat_after", "beat_before"}
)
SPEAKER_FEATURES = (  # of the speakers' table, those that are evidence about a listener, too
    *"recency_rank paragraphs_since_subject paragraphs_since_name paragraphs_to_mention paragraphs_to_subject".split(),
    *"mentions_within_12_before mentions_within_6_after".split(),
    *"mentions_rank chapter_share is_named is_group is_narrator gender".split(),
    *"addressed_-1 addressed_0 addressed_1 named_in_speech_-1 named_in_speech_0 named_in_speech_1".split(),
    *"vocative_gender_0 tag_kind has_cue".split(),
    *(f"{grammatical}_person_{offset}" for grammatical in ("first", "second", "third") for offset in (-1, 0, 1)),
)
GENDERS = "?mf"  # the place of a gender is its number


class AddresseeFeatures:
    """The features of each candidate for the addressees of one story's utterances."""

    def __init__(
        self,
        draft: Draft,
        findings: Findings,
        roster: Roster,
        utterances: list[Utterance],
        table: CandidateTable,
        probability: Floats,
        speakers: list[int | None],
    ) -> None:
        """Collect what the candidates of a story share.

        `table`: the candidates for the speakers, who are those for the addressees, too. `probability`: float32
        (candidates,), that they are the speaker. `speakers`: the chosen one of each utterance, or None.
        """
        self.text, self.speech = draft.text, draft.language.speech
        self.findings, self.of_mention = findings, roster.of_mention
        self.utterances, self.table, self.probability = utterances, table, probability
        self.n_people = len(roster.people) + 1
        self.speaker: Integers = np.array([-1 if speaker is None else speaker for speaker in speakers], dtype=np.int64)
        self.first: Integers = np.array([utterance.first_paragraph for utterance in utterances], dtype=np.int64)
        self.last: Integers = np.array([utterance.last_paragraph for utterance in utterances], dtype=np.int64)
        self.gender: Integers = np.array([GENDERS.index(person.gender) for person in roster.people], dtype=np.int64)
        self.neighbours = find_neighbours(table.utterance.astype(np.int64), table.person.astype(np.int64), OFFSETS)
        self.n_candidates = np.bincount(table.utterance, minlength=len(utterances)).astype(np.float32)
        self.called = self._find_called()
        self.tag_addressee, self.tag_addressee_gender = self._find_tag_addressees()
        self.n_before, self.n_after = self._count_speakers()
        self.exchange_share = self._share_exchanges()

    def table_of(self, start: int, end: int) -> CandidateTable:
        """The features of the candidates [start, end) of the speakers' table."""
        rows = slice(start, end)
        candidates = CandidateTable((), self.table.rows[rows, :0], self.table.utterance[rows], self.table.person[rows])
        return candidates.with_columns(self.features(rows))

    def features(self, rows: slice) -> dict[str, Floats]:
        """The names of the features with their columns for some candidates: (candidates,) each."""
        utterance, person = self.table.utterance[rows].astype(np.int64), self.table.person[rows].astype(np.int64)
        return {
            **{feature: self.table.column(feature)[rows] for feature in SPEAKER_FEATURES},
            "speaker_probability": self.probability[rows],
            **self._neighbour_features(rows, utterance, person),
            **self._turn_features(utterance, person, -1, "before"),
            **self._turn_features(utterance, person, 1, "after"),
            **self._vocative_features(utterance, person),
            **self._tag_features(utterance, person),
            **self._company_features(utterance, person),
        }

    def _neighbour_features(self, rows: slice, utterance: Integers, person: Integers) -> dict[str, Floats]:
        """The speaker of each neighbour: 1 the candidate, -1 the same speaker, 0 somebody else, -2 no neighbour near.

        The probability that it is the candidate: -1 if there is none near.
        """
        own = self.speaker[utterance]
        probability = np.append(self.probability, np.float32(0))[self.neighbours[rows]]
        said_by: dict[str, Floats] = {}
        likely: dict[str, Floats] = {}
        for k, offset in enumerate(OFFSETS):
            other, near = self._at(utterance, offset)
            speaker = self.speaker[other]
            said = np.select([~near, speaker == person, speaker == own], [-2, 1, -1], 0)
            said_by[f"said_by_{offset}"] = said.astype(np.float32)
            likely[f"speaker_probability_{offset}"] = np.where(near, probability[:, k], np.float32(-1))
        return {**said_by, **likely}

    def _turn_features(self, utterance: Integers, person: Integers, direction: int, side: str) -> dict[str, Floats]:
        """The candidate's nearest utterance on one side: its distance, the others between, and how many there are.

        `direction`: -1 back, 1 ahead. Distances are in utterances and in paragraphs.
        """
        own = self.speaker[utterance]
        distance = np.full(len(person), MAX_UTTERANCES + 1, np.float32)
        gap = np.full(len(person), MAX_GAP_PARAGRAPHS, np.float32)
        between, n_times, others = np.zeros((3, len(person)), np.float32)
        for step in range(1, MAX_UTTERANCES + 1):
            other, near = self._at(utterance, direction * step)
            speaker = self.speaker[other]
            speaks = near & (speaker == person)
            first = speaks & (distance > MAX_UTTERANCES)
            distance[first], between[first], gap[first] = step, others[first], self._gap(utterance, other)[first]
            n_times += speaks
            others += near & (speaker != person) & (speaker != own) & (speaker >= 0)
        return {
            f"utterances_{side}": distance,
            f"others_{side}": np.where(distance > MAX_UTTERANCES, others + 1, between),
            f"gap_{side}": gap,
            f"n_utterances_{side}": n_times,
        }

    def _vocative_features(self, utterance: Integers, person: Integers) -> dict[str, Floats]:
        """How often the speaker calls the candidate by name nearby, how lately; how often the candidate the speaker."""
        own = self.speaker[utterance]
        by_speaker, of_speaker = np.zeros((2, len(person)), np.float32)
        since = np.full(len(person), MAX_UTTERANCES + 1, np.float32)
        for step in range(MAX_UTTERANCES, 0, -1):
            for offset in (step, -step):
                other, near = self._at(utterance, offset)
                speaker = self.speaker[other]
                called = near & (speaker == own) & _is_in(self._key(other, person), self.called)
                by_speaker += called
                of_speaker += near & (speaker == person) & _is_in(self._key(other, own), self.called)
                if offset < 0:
                    since[called] = step
        return {"called_by_speaker": by_speaker, "utterances_since_called": since, "calls_speaker": of_speaker}

    def _tag_features(self, utterance: Integers, person: Integers) -> dict[str, Floats]:
        """Whether the tag names the candidate as addressee: 2 by a name or noun, 1 by a pronoun, -1 somebody else.

        Whether the gender of a pronoun there fits the candidate: 1 or -1, 0 if unknown.
        """
        named = _look_up(self._key(utterance, person), self.tag_addressee)
        wanted, gender = self.tag_addressee_gender[utterance], self.gender[person]
        fits = np.where((wanted <= 0) | (gender == 0), 0, np.where(wanted == gender, 1, -1))
        return {
            "tag_addressee": np.where((named == 0) & (wanted >= 0), np.float32(-1), named),
            "tag_addressee_gender": fits.astype(np.float32),
        }

    def _company_features(self, utterance: Integers, person: Integers) -> dict[str, Floats]:
        """How many others speak nearby, the speaker's gender, and how much speaker and candidate talk together."""
        own = self.speaker[utterance]
        speaker_gender, gender = np.where(own >= 0, self.gender[own], 0), self.gender[person]
        unknown = (speaker_gender == 0) | (gender == 0)
        same = np.where(unknown, 0, np.where(speaker_gender == gender, 1, -1))
        share = _look_up(self._key(np.maximum(own, 0), person), self.exchange_share) * (own >= 0)
        return {
            "n_speakers_before": self.n_before[utterance],
            "n_speakers_after": self.n_after[utterance],
            "n_candidates": self.n_candidates[utterance],
            "speaker_gender": speaker_gender.astype(np.float32),
            "same_gender": same.astype(np.float32),
            "exchange_share": share.astype(np.float32),
        }

    def _key(self, utterance: Integers, person: Integers) -> Integers:
        """One number for an utterance (or a person) and a person."""
        return utterance * self.n_people + person

    def _at(self, utterance: Integers, offset: int) -> tuple[Integers, Booleans]:
        """The utterances at an offset, and whether they exist and are near enough; else their numbers mean nothing."""
        moved = utterance + offset
        other = np.clip(moved, 0, len(self.utterances) - 1)
        return other, (moved == other) & (self._gap(utterance, other) < MAX_GAP_PARAGRAPHS)

    def _gap(self, utterance: Integers, other: Integers) -> Integers:
        """The paragraphs between two utterances, in either order."""
        gap: Integers = np.maximum(self.first[utterance] - self.last[other], self.first[other] - self.last[utterance])
        return np.maximum(gap, np.int64(0))

    def _find_called(self) -> Integers:
        """The sorted keys of the utterances and the people whom they call by name."""
        keys = {
            u * self.n_people + person
            for u, utterance in enumerate(self.utterances)
            for vocative in utterance.vocatives
            if vocative.mention >= 0 and (person := self.of_mention[vocative.mention]) >= 0
        }
        return np.array(sorted(keys), dtype=np.int64)

    def _find_tag_addressees(self) -> tuple[dict[int, float], Integers]:
        """The people who stand with the tag as addressees: by key, 2 by a name or noun, 1 by a pronoun.

        The gender of a pronoun there, as a number: (utterances,), -1 if there is no addressee.
        """
        mentions = self.findings.mentions
        narrated = [i for i, mention in enumerate(mentions) if mention.quotation < 0]
        starts = [mentions[i].start for i in narrated]
        found: dict[int, float] = {}
        gender = np.full(len(self.utterances), -1, dtype=np.int64)
        for u, utterance in enumerate(self.utterances):
            for cue in utterance.cues:
                if cue.kind not in CUES_WITH_ADDRESSEE:
                    continue
                for k in range(bisect_left(starts, cue.start - MAX_BEFORE_CUE), len(narrated)):
                    mention, person = mentions[narrated[k]], self.of_mention[narrated[k]]
                    if mention.start > cue.end + MAX_AFTER_CUE:
                        break
                    if self._is_addressee(mention, cue):
                        by_name = mention.kind != "pronoun"
                        key = u * self.n_people + person
                        found[key] = max(found.get(key, 0.0), 2.0 if by_name else 1.0)
                        gender[u] = max(gender[u], 0 if by_name else GENDERS.index(mention.gender))
        return found, gender

    def _is_addressee(self, mention: Mention, cue: Cue) -> bool:
        """Whether a mention near a cue follows a verb or a preposition that makes it the addressee."""
        subject = self.findings.mentions[cue.mention]
        if mention.possessive or mention is subject or mention.sentence != subject.sentence:
            return False
        before = self.text[max(0, mention.start - MAX_WORD_BEFORE) : mention.start].lower().split()
        return bool(before) and before[-1] in self.speech.before_addressee

    def _count_speakers(self) -> tuple[Floats, Floats]:
        """How many people other than its speaker speak within MAX_UTTERANCES before and after each utterance."""
        speaker = self.speaker.tolist()
        before, after = [], []
        for u, own in enumerate(speaker):
            before.append(len({*speaker[max(0, u - MAX_UTTERANCES) : u]} - {-1, own}))
            after.append(len({*speaker[u + 1 : u + 1 + MAX_UTTERANCES]} - {-1, own}))
        return np.array(before, dtype=np.float32), np.array(after, dtype=np.float32)

    def _share_exchanges(self) -> dict[int, float]:
        """By the key of two people: the share of the one's utterances that are next to one of the other's."""
        one, other = self.speaker[:-1], self.speaker[1:]
        near = self.first[1:] - self.last[:-1] <= MAX_EXCHANGE_PARAGRAPHS
        exchange = near & (one != other) & (one >= 0) & (other >= 0)
        one, other = np.r_[one[exchange], other[exchange]], np.r_[other[exchange], one[exchange]]
        keys, counts = np.unique(self._key(one, other), return_counts=True)
        n_utterances = np.bincount(self.speaker[self.speaker >= 0], minlength=self.n_people)
        return dict(zip(keys.tolist(), (counts / n_utterances[keys // self.n_people]).tolist(), strict=True))


def find_addressees(candidates: AddresseeFeatures) -> list[tuple[int, ...]]:
    """The addressees of each utterance, likeliest first; never its speaker; empty if unknown."""
    table = candidates.table
    probability = np.zeros(len(table), dtype=np.float32)
    for start in range(0, len(table), BLOCK_ROWS):
        block = candidates.table_of(start, start + BLOCK_ROWS)
        score = load_trees("addressees", block.features).score(block.rows)
        probability[start : start + BLOCK_ROWS] = 1 / (1 + np.exp(-score))
    found = choose_addressees(table, probability, candidates.speaker)
    speaking = set(candidates.speaker.tolist())
    for u, utterance in enumerate(candidates.utterances):
        if not found[u]:  # somebody called by name who was not a candidate for the speaker
            called = (
                candidates.of_mention[vocative.mention] for vocative in utterance.vocatives if vocative.mention >= 0
            )
            others = (p for p in called if p >= 0 and p in speaking and p != candidates.speaker[u])
            found[u] = tuple(dict.fromkeys(others))
    return found


def choose_addressees(
    table: CandidateTable,
    probability: Floats,
    speaker: Integers,
    min_probability: float = MIN_PROBABILITY,
    min_likeliest: float = MIN_PROBABILITY_OF_LIKELIEST,
) -> list[tuple[int, ...]]:
    """For each utterance the candidates who reach `min_probability`, likeliest first.

    If none does: the likeliest, if that reaches `min_likeliest`. `probability`: (candidates,), of being addressed.
    `speaker`: (utterances,), -1 where unknown.
    """
    likely: list[list[tuple[float, int]]] = [[] for _ in speaker]
    enough = probability >= min(min_probability, min_likeliest)
    for k in np.flatnonzero(enough & (table.person != speaker[table.utterance])).tolist():
        likely[table.utterance[k]].append((-round(float(probability[k]), 4), int(table.person[k])))
    found = []
    for candidates in likely:
        candidates.sort()
        sure = tuple(person for p, person in candidates if -p >= min_probability)
        found.append(sure or tuple(person for p, person in candidates[:1] if -p >= min_likeliest))
    return found


def _is_in(keys: Integers, sorted_keys: Integers) -> Booleans:
    """Whether each key is among the sorted ones."""
    if len(sorted_keys) == 0:
        return np.zeros(len(keys), dtype=np.bool_)
    place = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    found: Booleans = sorted_keys[place] == keys
    return found


def _look_up(keys: Integers, values: dict[int, float]) -> Floats:
    """The value of each key, 0 if it has none."""
    return np.array([values.get(key, 0.0) for key in keys.tolist()], dtype=np.float32)
