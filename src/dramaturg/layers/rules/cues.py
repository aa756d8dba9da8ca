"""Cues: what stands beside a quotation and says, or hints, who speaks.

Tags in every order (“said he”, “Tom said”, “the old man growled”), action beats, colons that lead in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

import numpy as np

from dramaturg.draft import BREAK, Draft
from dramaturg.findings import Cue, CueKind, Mention
from dramaturg.layers.rules.words import ENDERS, AnnotatedWords
from dramaturg.lexicon import body_parts, speech_phrases, speech_verbs

Strength = Literal["core", "manner", "mental", "none"]

SUBORDINATORS = frozenset(
    "when as while after before if since because though although whereupon till until once".split()
)
AUXILIARIES = frozenset("to could would did might can will must should had only not then".split())
PASSIVE = frozenset("was were be been being is are am".split())
PERCEIVE = frozenset("heard hear hears saw felt made let".split())
BEFORE_SUBJECT = frozenset({"the", "both", "all"})
CLAUSE_ENDERS = ENDERS - {"...", "--"}
LEADS_IN = frozenset({",", ":", "--", "—", ":—", "..."})
REACH = 14  # tokens: a verb of speech further than this from a quotation's end is rarely its tag


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens [first, last) of one paragraph: a quotation's, or (quotation -1) the narration's between two."""

    quotation: int
    first: int
    last: int


class CueFinder:
    """Looks for the cues of one draft; the mentions by their first token at hand."""

    def __init__(self, draft: Draft, words: AnnotatedWords, mentions: list[Mention]) -> None:
        self.draft, self.words, self.mentions = draft, words, mentions
        self.sentence = draft.tokens.sentence.tolist()
        self.starting: dict[int, int] = {}
        for i, mention in enumerate(mentions):
            self.starting.setdefault(mention.first, i)  # the longest comes first
        self.quoted: dict[int, list[int]] = {}
        for i, quotation in enumerate(draft.quotations):
            if quotation.within is not None:
                self.quoted.setdefault(quotation.within, []).append(i)

    def find(self) -> Iterator[Cue]:
        """The cues of every quotation, in the order of the paragraphs."""
        before: list[Run] = []
        for paragraph in paragraph_runs(self.draft):
            yield from self._within(paragraph)
            for run in paragraph:
                if run.quotation in self.quoted:
                    yield from self._within(self._parted(run))
            yield from self._across(before, paragraph)
            before = paragraph

    def _parted(self, run: Run) -> list[Run]:
        """A quotation's tokens as runs of what is quoted inside it, and (as if narration) of the rest."""
        starts = self.draft.tokens.start
        runs, at = [], run.first
        for i in self.quoted[run.quotation]:
            quotation = self.draft.quotations[i]
            first, last = np.searchsorted(starts[run.first : run.last], (quotation.start, quotation.end)) + run.first
            if first > at:
                runs.append(Run(-1, at, int(first)))
            if last > first:
                runs.append(Run(i, int(first), int(last)))
                at = int(last)
        if run.last > at:
            runs.append(Run(-1, at, run.last))
        return runs

    def _within(self, runs: list[Run]) -> Iterator[Cue]:
        for i, run in enumerate(runs):
            if run.quotation >= 0:
                continue
            if i > 0:
                yield from self._after(runs[i - 1].quotation, run)
            if i + 1 < len(runs):
                yield from self._before(runs[i + 1].quotation, run)

    def _across(self, before: list[Run], after: list[Run]) -> Iterator[Cue]:
        if not before or not after or self._broken(before[0].first, after[0].first):
            return
        if after[0].quotation >= 0 and before[-1].quotation < 0:
            run = before[-1]
            if self.words.lower[run.last - 1] == ":" or self._ends_saying(run, len(before) > 1):
                yield from self._leading(after[0].quotation, run, "lead_in")
            elif len(before) == 1:
                yield from self._beat(after[0].quotation, self._last_sentence(run), "precede")
        if before[-1].quotation >= 0 and len(after) == 1 and after[0].quotation < 0:
            yield from self._beat(before[-1].quotation, self._first_sentence(after[0]), "follow")

    def _broken(self, before: int, after: int) -> bool:
        """Whether a scene break or a heading stands between the paragraphs of two tokens."""
        paragraph, positions = self.draft.tokens.paragraph, self.draft.positions
        return bool(positions[paragraph[after]] - positions[paragraph[before]] >= BREAK)

    def _ends_saying(self, run: Run, after_speech: bool) -> bool:
        """Whether a paragraph ends in a verb of speech, and not in the tag of what was said in it.

        “But not before she heard him whisper.”
        """
        if after_speech and self._last_sentence(run).first == run.first:
            return False
        for i in range(run.last - 1, max(run.first, run.last - 4) - 1, -1):
            if self.words.lower[i][0].isalpha():
                return self._strength(i) == "core"
        return False

    def _after(self, quotation: int, run: Run) -> Iterator[Cue]:
        clause = self._first_sentence(run)
        verb = self._verb(clause.first, min(clause.last, clause.first + REACH))
        if verb is not None:
            at, strength = verb
            subject = self._subject_of(at, clause)
            if subject is not None:
                yield self._cue(quotation, subject, "tag_after", strength, at)
                return
        open_ended = self._ends_open(quotation) or not self.words.capital[clause.first]
        yield from self._beat(quotation, clause, "loose_after" if open_ended else "beat_after")

    def _before(self, quotation: int, run: Run) -> Iterator[Cue]:
        if self.words.lower[run.last - 1] in LEADS_IN or self.words.lower[run.last - 1][0].isalnum():
            yield from self._leading(quotation, run, "tag_before")
        else:
            yield from self._beat(quotation, self._last_sentence(run), "beat_before")

    def _leading(self, quotation: int, run: Run, kind: CueKind) -> Iterator[Cue]:
        clause = self._last_sentence(run)
        verb = self._last_verb(clause.first, clause.last)
        if verb is not None:
            at, strength = verb
            subject = self._subject_of(at, clause)
            if subject is not None:
                yield self._cue(quotation, subject, kind, strength, at)
                return
        yield from self._beat(quotation, clause, "loose_before" if kind == "tag_before" else kind)

    def _beat(self, quotation: int, clause: Run, kind: CueKind) -> Iterator[Cue]:
        subject = self._subject_before(clause.first, clause.last)
        if subject is not None:
            yield self._cue(quotation, subject, kind, "none", self.mentions[subject].last - 1)

    def _cue(self, quotation: int, subject: int, kind: CueKind, strength: Strength, at: int) -> Cue:
        mention = self.mentions[subject]
        tokens = self.draft.tokens
        start = min(mention.start, int(tokens.start[at]))
        return Cue(quotation, subject, kind, strength, start, max(mention.end, int(tokens.end[at])))

    def _first_sentence(self, run: Run) -> Run:
        last = run.first
        while last < run.last and self.words.lower[last] not in CLAUSE_ENDERS:
            last += 1
        return Run(-1, run.first, last) if last > run.first else run

    def _last_sentence(self, run: Run) -> Run:
        first = run.last - 1
        while first > run.first and self.words.lower[first - 1] not in (".", "!", "?", ";"):
            first -= 1
        return Run(-1, first, run.last)

    def _ends_open(self, quotation: int) -> bool:
        found = self.draft.quotations[quotation]
        inside = self.draft.text[found.start : found.end].rstrip("\"“”‘’'«»›‹_*` ")
        return inside[-1:] in (",", "-", "—", "–")

    def _verb(self, first: int, last: int) -> tuple[int, Strength] | None:
        """The first verb of speech among the tokens."""
        best: tuple[int, Strength] | None = None
        for i in range(first, last):
            strength = self._strength(i)
            if strength == "core":
                return i, strength
            if strength is not None and best is None:
                best = i, strength
        return best

    def _last_verb(self, first: int, last: int) -> tuple[int, Strength] | None:
        for i in range(last - 1, first - 1, -1):
            strength = self._strength(i)
            if strength is not None and strength != "manner":
                return i, strength
        return self._verb(first, last)

    def _strength(self, i: int) -> Strength | None:
        lower = self.words.lower[i]
        verb = speech_verbs().get(lower)
        if verb is None:
            phrase = speech_phrases().get(lower)
            beside = self.words.lower[i + 1 : i + 4]
            return phrase.strength if phrase is not None and phrase.particles & set(beside) else None
        before = self.words.lower[i - 1] if i else ""
        if verb.tense in ("past", "present", "participle"):
            return None if before in PASSIVE or (verb.tense == "participle" and before != "had") else verb.strength
        if verb.tense == "ing":
            return verb.strength if verb.strength == "core" else None
        heard = i - 2 >= 0 and self.words.lower[i - 2] in PERCEIVE
        return verb.strength if before in AUXILIARIES or heard else None

    def _subject_of(self, verb: int, clause: Run) -> int | None:
        """Who does what a verb says: before it (“Tom said”) or right after it (“said Tom”)."""
        before = self._subject_before(clause.first, verb)
        return before if before is not None else self._subject_at(verb + 1, clause.last)

    def _subject_at(self, first: int, last: int) -> int | None:
        """The subject that begins right here, or after an adverb, a phrase's particle (“went on Tom”), a “the”."""
        phrase = speech_phrases().get(self.words.lower[first - 1]) if first else None
        if phrase is not None and first < last - 1 and self.words.lower[first] in phrase.particles:
            first += 1  # a particle looks like a preposition, and what follows it like no subject
            m = self.starting.get(first)
            if m is not None and not self.mentions[m].possessive:
                return m
        for i in range(first, min(first + 3, last)):
            found = self._subject_from(i)
            if found is not None:
                return found
            if not (self.words.lower[i].endswith("ly") or self.words.lower[i] in BEFORE_SUBJECT):
                return None
        return None

    def _subject_before(self, first: int, last: int) -> int | None:
        """The subject of a verb at `last`, in the clause that begins at `first`."""
        found = [m for i in range(first, last) if (m := self._subject_from(i)) is not None]
        if last - 1 >= first and (heard := self._heard(last)) is not None:
            return heard
        if not found:
            return None
        nearest = self.mentions[found[-1]]
        if last - nearest.last <= 1 and all(self.words.lower[i].endswith("ly") for i in range(nearest.last, last)):
            return found[-1]
        if self.words.lower[first] in SUBORDINATORS:
            comma = next((i for i in range(first, last) if self.words.lower[i] == ","), last)
            later = [m for m in found if self.mentions[m].first > comma]
            return later[0] if later else found[0]
        return found[0]

    def _heard(self, verb: int) -> int | None:
        # “she heard him whisper”: who is heard speaks.
        m = self.starting.get(verb - 1)
        return m if m is not None and verb >= 2 and self.words.lower[verb - 2] in PERCEIVE else None

    def _subject_from(self, i: int) -> int | None:
        m = self.starting.get(i)
        if m is None:
            return None
        mention = self.mentions[m]
        if mention.possessive:
            following = self.words.lower[mention.last : mention.last + 3]
            return m if any(word in body_parts() for word in following) else None
        return m if mention.subject else None


def paragraph_runs(draft: Draft) -> Iterator[list[Run]]:
    """For each paragraph with tokens: its runs of quotation and narration, in order."""
    paragraph, quotation = draft.tokens.paragraph.tolist(), draft.tokens.quotation.tolist()
    for _, indices in groupby(range(len(paragraph)), key=paragraph.__getitem__):
        runs = []
        for q, inside in groupby(indices, key=quotation.__getitem__):
            tokens = list(inside)
            runs.append(Run(q, tokens[0], tokens[-1] + 1))
        yield runs


def find_cues(draft: Draft, words: AnnotatedWords, mentions: list[Mention]) -> list[Cue]:
    """Find what speaks for a speaker beside each quotation of a draft, in time linear in its length."""
    return list(CueFinder(draft, words, mentions).find())
