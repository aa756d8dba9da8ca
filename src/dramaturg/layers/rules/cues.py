"""Cues: words next to a quotation that say, or suggest, who speaks.

Tags in every order (“said he”, “Tom said”, “the old man growled”), action beats, introductions with a colon.
"""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from dramaturg.draft import BREAK, Draft
from dramaturg.findings import Cue, CueKind, Mention
from dramaturg.layers.rules.runs import Run, paragraph_runs
from dramaturg.layers.rules.tag_syntax import SyntacticTag, TagSyntax
from dramaturg.layers.rules.words import ENDERS, AnnotatedWords
from dramaturg.scan.quote_marks import QUOTE_CHARACTERS

Strength = Literal["core", "manner", "mental", "none"]

CLAUSE_ENDERS = ENDERS - {"...", "--"}
INTRODUCING_MARKS = frozenset({",", ":", "--", "—", ":—", "..."})
MAX_TOKENS_TO_VERB = 14  # a verb of speech further from the end of a quotation is rarely its tag


class CueFinder:
    """Finds the cues of one draft."""

    def __init__(self, draft: Draft, words: AnnotatedWords, mentions: list[Mention], tag_syntax: TagSyntax) -> None:
        self.draft, self.words, self.mentions = draft, words, mentions
        labels = {label.start for label in draft.labels}
        self.labels = {i for i, mention in enumerate(mentions) if mention.start in labels}
        self.grammar, self.speech, self.people = draft.language.grammar, draft.language.speech, draft.language.people
        self.starting: dict[int, int] = {}  # first token → index of the mention
        for i, mention in enumerate(mentions):
            self.starting.setdefault(mention.first, i)  # the longest comes first
        self.by_syntax = dict(self._cues_by_syntax(tag_syntax))
        self.quoted: dict[int, list[int]] = {}  # quotation → the quotations inside it
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
                    yield from self._within(self._split(run))
            yield from self._across(before, paragraph)
            before = paragraph

    def _split(self, run: Run) -> list[Run]:
        """The tokens of a quotation as runs of the quotations inside it, and of the rest as if it were narration."""
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
        """Whether a scene break or a heading is between the paragraphs of two tokens."""
        paragraph, positions = self.draft.tokens.paragraph, self.draft.positions
        return bool(positions[paragraph[after]] - positions[paragraph[before]] >= BREAK)

    def _ends_saying(self, run: Run, after_speech: bool) -> bool:
        """Whether a paragraph ends in a verb of speech that is not the tag of a quotation in it.

        “But not before she heard him whisper.”
        """
        if after_speech and self._last_sentence(run).first == run.first:
            return False
        for i in range(run.last - 1, max(run.first, run.last - 4) - 1, -1):
            if self.words.lower[i][0].isalpha():
                return self._strength(i) == "core"
        return False

    def _cues_by_syntax(self, tag_syntax: TagSyntax) -> Iterator[tuple[tuple[int, bool], tuple[Cue, bool]]]:
        """By quotation and whether the tag follows it: the tag that the parser finds, and whether it is attached."""
        mention_of = {
            token: i for i, mention in enumerate(self.mentions) for token in range(mention.first, mention.last)
        }
        for tag in tag_syntax.tags:
            if self.words.lower[tag.verb] in self.grammar.perception_verbs:
                continue  # “she heard him whisper”: the subject listens
            subject = mention_of.get(tag.subject, -1)
            strength = self._strength_by_syntax(tag)
            if subject >= 0 and strength is not None and not self.mentions[subject].possessive:
                kind: CueKind = "tag_after" if tag.is_after else "tag_before"
                cue = self._cue(tag.quotation, subject, kind, strength, tag.verb)
                yield (tag.quotation, tag.is_after), (cue, tag.is_linked)

    def _strength_by_syntax(self, tag: SyntacticTag) -> Strength | None:
        """The class of a tag's verb. A verb that the lexicon does not know counts only in an inverted tag."""
        if tag.verb >= 2 and self.words.lower[tag.verb - 2] in self.grammar.perception_verbs:
            return None  # “she saw him smile”: the parser may take her for the subject
        return self._strength(tag.verb) or ("manner" if tag.is_inverted_tag else None)

    def _choose(self, quotation: int, is_after: bool, found: Cue | None) -> Cue | None:
        """The parser's tag or the one that positions and word lists find.

        The parser decides if it attaches the speech to the verb; otherwise it only fills in what is missing.
        """
        by_syntax, is_linked = self.by_syntax.get((quotation, is_after), (None, False))
        if by_syntax is None:
            return found
        if found is None:
            return by_syntax if is_linked or (is_after and by_syntax.strength == "core") else None
        is_new = by_syntax.mention != found.mention or not found.has_speech_verb
        return by_syntax if is_linked and is_new else found

    def _after(self, quotation: int, run: Run) -> Iterator[Cue]:
        cue = self._choose(quotation, True, next(self._after_by_place(quotation, run), None))
        if cue is not None:
            yield cue

    def _after_by_place(self, quotation: int, run: Run) -> Iterator[Cue]:
        clause = self._first_sentence(run)
        verb = self._verb(clause.first, min(clause.last, clause.first + MAX_TOKENS_TO_VERB))
        if verb is not None:
            at, strength = verb
            subject = self._subject_of(at, clause)
            if subject is not None:
                yield self._cue(quotation, subject, "tag_after", strength, at)
                return
        open_ended = self._ends_open(quotation) or not self.words.capital[clause.first]
        yield from self._beat(quotation, clause, "loose_after" if open_ended else "beat_after")

    def _before(self, quotation: int, run: Run) -> Iterator[Cue]:
        label = next((m for i in range(run.first, run.last) if (m := self.starting.get(i)) in self.labels), None)
        if label is not None:
            yield self._cue(quotation, label, "tag_before", "core", self.mentions[label].last - 1)
            return
        cue = self._choose(quotation, False, next(self._before_by_place(quotation, run), None))
        if cue is not None:
            yield cue

    def _before_by_place(self, quotation: int, run: Run) -> Iterator[Cue]:
        if self.words.lower[run.last - 1] in INTRODUCING_MARKS or self.words.lower[run.last - 1][0].isalnum():
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
        inside = self.draft.text[found.start : found.end].rstrip(QUOTE_CHARACTERS + "_* ")
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
        verb = self.speech.verbs.get(lower)
        if verb is None:
            phrase = self.speech.phrases.get(lower)
            following = self.words.lower[i + 1 : i + 4]
            return phrase.strength if phrase is not None and phrase.particles & set(following) else None
        grammar, before = self.grammar, self.words.lower[i - 1] if i else ""
        if verb.tense in ("past", "present", "participle"):
            is_bare_participle = verb.tense == "participle" and before not in grammar.participle_auxiliaries
            return None if before in grammar.passive_auxiliaries or is_bare_participle else verb.strength
        if verb.tense == "ing":
            return verb.strength if verb.strength == "core" else None
        is_perceived = i - 2 >= 0 and self.words.lower[i - 2] in grammar.perception_verbs
        return verb.strength if before in grammar.infinitive_auxiliaries or is_perceived else None

    def _subject_of(self, verb: int, clause: Run) -> int | None:
        """The subject of a verb: before it (“Tom said”) or right after it (“said Tom”)."""
        before = self._subject_before(clause.first, verb)
        return before if before is not None else self._subject_at(verb + 1, clause.last)

    def _subject_at(self, first: int, last: int) -> int | None:
        """The subject that begins at `first`, or after an adverb, a particle (“went on Tom”) or a “the”."""
        phrase = self.speech.phrases.get(self.words.lower[first - 1]) if first else None
        if phrase is not None and first < last - 1 and self.words.lower[first] in phrase.particles:
            first += 1  # a particle looks like a preposition, and a mention after one does not look like a subject
            m = self.starting.get(first)
            if m is not None and not self.mentions[m].possessive:
                return m
        for i in range(first, min(first + 3, last)):
            found = self._subject_from(i)
            if found is not None:
                return found
            if not (self._is_adverb(i) or self.words.lower[i] in self.speech.subject_fillers):
                return None
        return None

    def _subject_before(self, first: int, last: int) -> int | None:
        """The subject of a verb at `last`, in the clause that begins at `first`."""
        found = [m for i in range(first, last) if (m := self._subject_from(i)) is not None]
        if last - 1 >= first and (perceived := self._perceived(last)) is not None:
            return perceived
        if not found:
            return None
        nearest = self.mentions[found[-1]]
        if last - nearest.last <= 1 and all(map(self._is_adverb, range(nearest.last, last))):
            return found[-1]
        if self.words.lower[first] in self.grammar.subordinators:
            comma = next((i for i in range(first, last) if self.words.lower[i] == ","), last)
            later = [m for m in found if self.mentions[m].first > comma]
            return later[0] if later else found[0]
        return found[0]

    def _is_adverb(self, i: int) -> bool:
        return self.words.lower[i].endswith(self.grammar.adverb_suffixes)

    def _perceived(self, verb: int) -> int | None:
        # “she heard him whisper”: he is the one who speaks.
        m = self.starting.get(verb - 1)
        is_perceived = verb >= 2 and self.words.lower[verb - 2] in self.grammar.perception_verbs
        return m if m is not None and is_perceived else None

    def _subject_from(self, i: int) -> int | None:
        m = self.starting.get(i)
        if m is None:
            return None
        mention = self.mentions[m]
        if mention.possessive:
            following = self.words.lower[mention.last : mention.last + 3]
            return m if any(word in self.people.body_parts for word in following) else None
        return m if mention.subject else None


def find_cues(draft: Draft, words: AnnotatedWords, mentions: list[Mention], tag_syntax: TagSyntax) -> list[Cue]:
    """Find the cues of each quotation of a draft, in time linear in its length. `tag_syntax`: the parser's tags."""
    return list(CueFinder(draft, words, mentions, tag_syntax).find())
