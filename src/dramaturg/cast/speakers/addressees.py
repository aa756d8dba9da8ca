"""To whom an utterance is said: each candidate weighed by small trees, once it is known who speaks.

A candidate speaks for themselves by having spoken just before or speaking just after, by being called by name, by
standing with the tag (“said Tom to Mary”, “she asked him”), by being about. Several may be addressed, or nobody.
"""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.people.roster import Roster
from dramaturg.cast.speakers.features import FEATURES as SPEAKER_FEATURES
from dramaturg.cast.speakers.features import Table
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.cast.trees import load_trees
from dramaturg.findings import Cue, Findings, Mention

Whole = NDArray[np.int64]
Real = NDArray[np.float32]
Truth = NDArray[np.bool_]

# Best F1 by folds on PDNC's train novels is flat from 0.35 to 0.4 (training/addressees.py): the dearer one names fewer
# who only stand by. The likeliest may be less sure.
ENOUGH, ENOUGH_ALONE = 0.4, 0.3
HEARD = 10  # utterances: who speaks within so many, before or after, may be listening
APART = 30  # paragraphs: nobody listens over so many
TALKING = 3  # paragraphs: two who speak no further apart talk with each other
OFFSETS = (-2, -1, 1, 2)
PART = 1 << 16  # candidates that are weighed at a time, so that a long story takes no more memory than a short one
AFTER_VERB, BEFORE_SUBJECT = 24, 40  # code points: “said Tom gravely to Mary”; “Turning to Mary with a smile, Tom said”
BESIDE = frozenset({"tag_after", "tag_before", "lead_in", "loose_after", "loose_before", "beat_after", "beat_before"})
TOWARDS = frozenset("to at towards toward unto upon on".split())
# Verbs whose object, right after them, is spoken to.
ADDRESSING = frozenset(
    """
    ask asked asking asks tell told telling tells answer answered answering answers address addressed
    addressing addresses assure assured assuring assures beg begged begging begs interrupt interrupted
    interrupting interrupts remind reminded reminding reminds warn warned warning warns urge urged
    urging urges thank thanked thanking thanks inform informed informing informs order ordered ordering
    orders advise advised advising advises greet greeted greeting greets correct corrected correcting
    corrects question questioned questioning questions call called calling calls beseech besought
    beseeching implore implored imploring entreat entreated entreating face faced facing faces stop
    stopped stopping stops comfort comforted comforting comforts
    """.split()
)
BORROWED = (  # columns of the speakers' table that say something of a listener, too
    *"recency subject_back named_back forward subject_forward around later".split(),
    *"rank chapter_share named group narrator gender".split(),
    *(f"addressed_{offset}" for offset in (-1, 0, 1)),
    *(f"spoken_of_{offset}" for offset in (-1, 0, 1)),
    *"address_gender tag_kind has_cue".split(),
    *(f"{form}_share_{offset}" for form in ("i", "you", "third") for offset in (-1, 0, 1)),
)
FEATURES = (
    *BORROWED,
    "p_own",
    *(f"said_{offset}" for offset in OFFSETS),
    *(f"p_{offset}" for offset in OFFSETS),
    *(f"{name}_{side}" for side in ("before", "after") for name in ("turns", "since", "gap", "often")),
    *"called_by_speaker called_lately calls_speaker".split(),
    *"told told_gender".split(),
    *"crowd_before crowd_after candidates speaker_gender same_gender partner_share".split(),
)


class Listeners:
    """Finds what speaks for each candidate's being addressed, over one story.

    `table`: the speakers' candidates; who speaks is theirs to be addressed, too. `probability`: float32
    (candidates,), of their being the speaker. `speakers`: whom each utterance was given to, or None.
    """

    def __init__(
        self,
        text: str,
        findings: Findings,
        roster: Roster,
        utterances: list[Utterance],
        table: Table,
        probability: Real,
        speakers: list[int | None],
    ) -> None:
        """Look over the story for what its candidates share."""
        self.text, self.findings, self.of_mention = text, findings, roster.of_mention
        self.utterances, self.table, self.probability = utterances, table, probability
        self.n_people = len(roster.people) + 1
        self.speaker: Whole = np.array([-1 if speaker is None else speaker for speaker in speakers], dtype=np.int64)
        self.first: Whole = np.array([utterance.first_paragraph for utterance in utterances], dtype=np.int64)
        self.last: Whole = np.array([utterance.last_paragraph for utterance in utterances], dtype=np.int64)
        self.gender: Whole = np.array(["?mf".index(person.gender) for person in roster.people], dtype=np.int64)
        self.borrowed = [SPEAKER_FEATURES.index(name) for name in BORROWED]
        self.keys = self._key(table.utterance.astype(np.int64), table.person.astype(np.int64))
        self.order: Whole = np.argsort(self.keys, kind="stable")
        self.sizes = np.bincount(table.utterance, minlength=len(utterances)).astype(np.float32)
        self.called = self._called()
        self.told, self.told_gender = self._told()
        self.crowd = self._crowd()
        self.pairs = self._pairs()

    def rows(self, first: int, last: int) -> Real:
        """The features of the candidates [first, last): float32 (candidates, len(FEATURES))."""
        utterance = self.table.utterance[first:last].astype(np.int64)
        person = self.table.person[first:last].astype(np.int64)
        columns = [
            self.probability[first:last],
            *self._neighbours(utterance, person),
            *self._turns(utterance, person, -1),
            *self._turns(utterance, person, 1),
            *self._calls(utterance, person),
            *self._tags(utterance, person),
            *self._company(utterance, person),
        ]
        return np.hstack([self.table.rows[first:last, self.borrowed], np.stack(columns, axis=1)])

    def _key(self, utterance: Whole, person: Whole) -> Whole:
        """One number for an utterance (or a person) and a person."""
        return utterance * self.n_people + person

    def _at(self, utterance: Whole, offset: int) -> tuple[Whole, Truth]:
        """The utterance so many on from each, and whether there is one in reach (where not, some other stands)."""
        moved = utterance + offset
        other = np.clip(moved, 0, len(self.utterances) - 1)
        return other, (moved == other) & (self._gap(utterance, other) < APART)

    def _gap(self, one: Whole, other: Whole) -> Whole:
        """How many paragraphs on the one utterance stands from the other."""
        gap: Whole = np.maximum(self.first[one] - self.last[other], self.first[other] - self.last[one])
        return np.maximum(gap, np.int64(0))

    def _p(self, utterance: Whole, person: Whole) -> Real:
        """The probability that somebody speaks an utterance, 0 where they are no candidate."""
        wanted = self._key(utterance, person)
        found = self.order[np.minimum(np.searchsorted(self.keys, wanted, sorter=self.order), len(self.order) - 1)]
        return np.where(self.keys[found] == wanted, self.probability[found], np.float32(0))

    def _neighbours(self, utterance: Whole, person: Whole) -> list[Real]:
        """said: 1 the candidate said the neighbour, -1 the speaker, 0 somebody else, -2 there is none in reach. p."""
        own = self.speaker[utterance]
        said, p = [], []
        for offset in OFFSETS:
            other, there = self._at(utterance, offset)
            who = self.speaker[other]
            said.append(np.select([~there, who == person, who == own], [-2, 1, -1], 0).astype(np.float32))
            p.append(np.where(there, self._p(other, person), np.float32(-1)))
        return [*said, *p]

    def _turns(self, utterance: Whole, person: Whole, direction: int) -> list[Real]:
        """How many utterances back (1: on) the candidate speaks, how many of others lie between, the gap; how often."""
        own = self.speaker[utterance]
        turns, gap = np.full(len(person), HEARD + 1, np.float32), np.full(len(person), APART, np.float32)
        since, often, others = (np.zeros(len(person), np.float32) for _ in range(3))
        for step in range(1, HEARD + 1):
            other, there = self._at(utterance, direction * step)
            who = self.speaker[other]
            speaks = there & (who == person)
            new = speaks & (turns > HEARD)
            turns[new], since[new], gap[new] = step, others[new], self._gap(utterance, other)[new]
            often += speaks
            others += there & (who != person) & (who != own) & (who >= 0)
        return [turns, np.where(turns > HEARD, others + 1, since), gap, often]

    def _called(self) -> Whole:
        """The keys of who is called by name in which utterance, sorted."""
        found = {
            u * self.n_people + person
            for u, utterance in enumerate(self.utterances)
            for vocative in utterance.vocatives
            if vocative.mention >= 0 and (person := self.of_mention[vocative.mention]) >= 0
        }
        return np.array(sorted(found), dtype=np.int64)

    def _calls(self, utterance: Whole, person: Whole) -> list[Real]:
        """How often the speaker calls the candidate by name nearby, how lately; how often the candidate the speaker."""
        own = self.speaker[utterance]
        by_speaker, of_speaker = np.zeros(len(person), np.float32), np.zeros(len(person), np.float32)
        lately = np.full(len(person), HEARD + 1, np.float32)
        for step in range(HEARD, 0, -1):
            for offset in (step, -step):
                other, there = self._at(utterance, offset)
                who = self.speaker[other]
                called = there & (who == own) & _among(self._key(other, person), self.called)
                by_speaker += called
                of_speaker += there & (who == person) & _among(self._key(other, own), self.called)
                if offset < 0:
                    lately[called] = step
        return [by_speaker, lately, of_speaker]

    def _told(self) -> tuple[dict[int, float], Whole]:
        """Who stands with the tag as the one spoken to: by key, 2 by a name or noun, 1 by a pronoun; and its gender.

        The gender: (utterances,), -1 where nobody stands so.
        """
        mentions = self.findings.mentions
        narrated = [i for i, mention in enumerate(mentions) if mention.quotation < 0]
        starts = [mentions[i].start for i in narrated]
        told: dict[int, float] = {}
        gender = np.full(len(self.utterances), -1, dtype=np.int64)
        for u, utterance in enumerate(self.utterances):
            for cue in utterance.cues:
                if cue.kind not in BESIDE:
                    continue
                for k in range(bisect_left(starts, cue.start - BEFORE_SUBJECT), len(narrated)):
                    mention, person = mentions[narrated[k]], self.of_mention[narrated[k]]
                    if mention.start > cue.end + AFTER_VERB:
                        break
                    if self._is_spoken_to(mention, cue):
                        by_name = mention.kind != "pronoun"
                        key = u * self.n_people + person
                        told[key] = max(told.get(key, 0.0), 2.0 if by_name else 1.0)
                        gender[u] = max(gender[u], 0 if by_name else "?mf".index(mention.gender))
        return told, gender

    def _is_spoken_to(self, mention: Mention, cue: Cue) -> bool:
        subject = self.findings.mentions[cue.mention]
        if mention.possessive or mention is subject or mention.sentence != subject.sentence:
            return False
        before = self.text[max(0, mention.start - 16) : mention.start].lower().split()
        return bool(before) and (before[-1] in TOWARDS or before[-1] in ADDRESSING)

    def _tags(self, utterance: Whole, person: Whole) -> list[Real]:
        """told: as above, -1 where somebody else is. told_gender: whether the pronoun there fits, 1 or -1."""
        told = _look_up(self._key(utterance, person), self.told)
        wanted, has = self.told_gender[utterance], self.gender[person]
        fits = np.where((wanted <= 0) | (has == 0), 0, np.where(wanted == has, 1, -1))
        return [np.where((told == 0) & (wanted >= 0), np.float32(-1), told), fits.astype(np.float32)]

    def _crowd(self) -> tuple[Real, Real]:
        """How many others than its speaker speak within HEARD utterances before and after each utterance."""
        speaker = self.speaker.tolist()
        before, after = [], []
        for u, own in enumerate(speaker):
            before.append(len({*speaker[max(0, u - HEARD) : u]} - {-1, own}))
            after.append(len({*speaker[u + 1 : u + 1 + HEARD]} - {-1, own}))
        return np.array(before, dtype=np.float32), np.array(after, dtype=np.float32)

    def _pairs(self) -> dict[int, float]:
        """By the key of two persons: of what the one says, which share stands next to something the other says."""
        one, other = self.speaker[:-1], self.speaker[1:]
        talking = (self.first[1:] - self.last[:-1] <= TALKING) & (one != other) & (one >= 0) & (other >= 0)
        one, other = np.r_[one[talking], other[talking]], np.r_[other[talking], one[talking]]
        keys, counts = np.unique(self._key(one, other), return_counts=True)
        says = np.bincount(self.speaker[self.speaker >= 0], minlength=self.n_people)
        return dict(zip(keys.tolist(), (counts / says[keys // self.n_people]).tolist(), strict=True))

    def _company(self, utterance: Whole, person: Whole) -> list[Real]:
        """How many others speak nearby, of what gender the speaker is, how much the two talk with each other."""
        own = self.speaker[utterance]
        hers, mine = np.where(own >= 0, self.gender[own], 0), self.gender[person]
        same = np.where((hers == 0) | (mine == 0), 0, np.where(hers == mine, 1, -1))
        before, after = self.crowd
        shared = _look_up(self._key(np.maximum(own, 0), person), self.pairs) * (own >= 0)
        return [
            before[utterance],
            after[utterance],
            self.sizes[utterance],
            hers.astype(np.float32),
            same.astype(np.float32),
            shared.astype(np.float32),
        ]


def find_addressees(listeners: Listeners) -> list[tuple[int, ...]]:
    """The persons addressed by each utterance, the surest first; never its speaker, empty where that is unknown."""
    table, trees = listeners.table, load_trees("addressees")
    probability = np.zeros(len(table.person), dtype=np.float32)
    for first in range(0, len(probability), PART):
        rows = listeners.rows(first, first + PART)
        probability[first : first + PART] = 1 / (1 + np.exp(-trees.score(rows)))
    found = choose_addressees(table, probability, listeners.speaker)
    talking = set(listeners.speaker.tolist())
    for u, utterance in enumerate(listeners.utterances):
        if not found[u]:  # somebody called by name who was no candidate for speaking
            called = (
                listeners.of_mention[vocative.mention] for vocative in utterance.vocatives if vocative.mention >= 0
            )
            found[u] = tuple(dict.fromkeys(p for p in called if p >= 0 and p in talking and p != listeners.speaker[u]))
    return found


def choose_addressees(
    table: Table, probability: Real, speaker: Whole, enough: float = ENOUGH, alone: float = ENOUGH_ALONE
) -> list[tuple[int, ...]]:
    """For each utterance whoever reaches `enough`, the surest first, else the likeliest if that reaches `alone`.

    `probability`: (candidates,), of being addressed. `speaker`: (utterances,), -1 where unknown.
    """
    likely: list[list[tuple[float, int]]] = [[] for _ in speaker]
    for k in np.flatnonzero((probability >= min(enough, alone)) & (table.person != speaker[table.utterance])).tolist():
        likely[table.utterance[k]].append((-round(float(probability[k]), 4), int(table.person[k])))
    found = []
    for candidates in likely:
        candidates.sort()
        sure = tuple(person for p, person in candidates if -p >= enough)
        found.append(sure or tuple(person for p, person in candidates[:1] if -p >= alone))
    return found


def _among(keys: Whole, known: Whole) -> Truth:
    """Whether each key is among the known ones, which are sorted."""
    if len(known) == 0:
        return np.zeros(len(keys), dtype=np.bool_)
    found: Truth = known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys
    return found


def _look_up(keys: Whole, values: dict[int, float]) -> Real:
    """The value of each key, 0 where there is none."""
    return np.array([values.get(key, 0.0) for key in keys.tolist()], dtype=np.float32)
