"""A story as what it tells: its trees, with paragraphs, scenes, and the time that passes between two places."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np

from dramaturg.draft import BREAK, HEADING, sentence_bounds
from dramaturg.facts.links import owners, subjects
from dramaturg.facts.parsed import ParsedStory
from dramaturg.lexicon.language import ContinuityWords
from dramaturg.reading import Quotation, Slip, SlipKind
from dramaturg.story import Span

MIN_SPEAKER = 0.8  # confidence of a speaker whom a tag names
MIN_MENTION = 0.5  # confidence of a mention that says whom a statement is about
YEARS_OF = {"year": 1.0, "month": 1 / 12, "week": 1 / 52, "day": 1 / 365}


@dataclass(frozen=True, slots=True)
class Statement:
    """What the story says of a person at one place. `value`: what is compared; `unit`: where; `first`, `last`: units.

    `shown`: the words for people to read.
    """

    person: str
    value: object
    unit: int
    first: int
    last: int
    shown: str = ""
    confidence: float = 1.0


@dataclass(frozen=True)
class Told:
    """A story with what is asked of it when its places are compared."""

    story: ParsedStory

    @property
    def words(self) -> ContinuityWords:
        """The words by which places can be compared."""
        return self.story.draft.language.continuity

    @cached_property
    def bounds(self) -> list[tuple[int, int]]:
        """The first and the last unit, excluded, of each sentence."""
        return sentence_bounds(self.story.draft.ud_words.sentence)

    @cached_property
    def _firsts(self) -> list[int]:
        return [first for first, _ in self.bounds]

    @cached_property
    def paragraph(self) -> list[int]:
        """By unit, its paragraph, an index of `Draft.paragraphs`."""
        starts = np.array([block.start for block in self.story.draft.paragraphs], np.int64)
        found: list[int] = (np.searchsorted(starts, np.array(self.story.start, np.int64), side="right") - 1).tolist()
        return found

    @cached_property
    def scene(self) -> list[int]:
        """By paragraph, the number of its scene: breaks and headings are between two."""
        steps = np.diff(np.array(self.story.draft.positions, np.int64), prepend=0)
        found: list[int] = np.cumsum(steps >= min(BREAK, HEADING)).tolist()
        return found

    @cached_property
    def _paragraph_units(self) -> list[int]:
        return [bisect_left(self.story.start, block.start) for block in self.story.draft.paragraphs]

    def scene_of(self, unit: int) -> int:
        """The number of a unit's scene."""
        return self.scene[self.paragraph[unit]]

    def chapter_of(self, unit: int) -> int:
        """The number of a unit's chapter; -1 before the first."""
        return bisect_right(self._chapters, self.story.start[unit]) - 1

    @cached_property
    def _chapters(self) -> list[int]:
        return [chapter.start for chapter in self.story.reading.story.chapters]

    def sentence(self, unit: int) -> range:
        """The units of a unit's sentence."""
        return range(*self.bounds[bisect_right(self._firsts, unit) - 1])

    def paragraphs_around(self, unit: int, before: int = 0, after: int = 0) -> range:
        """The units of a unit's paragraph, and of some before and after it in the same scene."""
        at = self.paragraph[unit]
        first, last = at, at
        while first > 0 and at - first < before and self.scene[first - 1] == self.scene[at]:
            first -= 1
        while last + 1 < len(self.scene) and last - at < after and self.scene[last + 1] == self.scene[at]:
            last += 1
        units = self._paragraph_units
        return range(units[first], units[last + 1] if last + 1 < len(units) else len(self.story.words))

    def words_in(self, units: range) -> frozenset[str]:
        """The words of some units."""
        return frozenset(self.story.words[units.start : units.stop])

    def words_near(self, unit: int) -> frozenset[str]:
        """The words of a unit's sentence and of the one before it, of the narration or of speech as the unit is."""
        here = self.sentence(unit)
        before = self.sentence(here.start - 1).start if here.start else here.start
        return frozenset(self.story.words[u] for u in range(before, here.stop) if self._is_same_voice(u, unit))

    def _is_same_voice(self, unit: int, other: int) -> bool:
        return self.is_narrated(unit) == self.is_narrated(other)

    def is_narrated(self, unit: int) -> bool:
        """Whether the narration tells a unit, not somebody in speech."""
        return self.story.quotation[unit] < 0

    def is_stated(self, unit: int, first: int | None = None) -> bool:
        """Whether a sentence states something: no question, condition, comparison, dream, or negation before a unit."""
        story, words = self.story, self.words
        sentence = self.sentence(unit)
        voice = [u for u in sentence if self._is_same_voice(u, unit)]
        if words.supposing.intersection(story.words[u] for u in voice if u <= unit):
            return False
        if any(story.words[u] == "?" or story.words[u] in words.unreal for u in voice):
            return False
        near = story.words[max(sentence.start, min(unit, unit if first is None else first) - 5) : unit + 1]
        return not story.draft.language.facts.negations.intersection(near)

    def is_pluperfect(self, verb: int) -> bool:
        """Whether a verb tells of a time before: “had said”."""
        return any(self.story.words[unit] in self.words.had for unit in self.story.dependents(verb, "aux"))

    def person_at(self, unit: int) -> str | None:
        """The person whom the mention with this head is surely about, or None."""
        mention = self.story.mention.get(unit)
        is_sure = mention is not None and (mention.kind == "name" or mention.confidence >= MIN_MENTION)
        if mention is None or not is_sure:
            return None
        # “Tregarth’s dog” is not Tregarth, whatever the clusters say.
        owned = (self.story.character(child) for child in self.story.dependents(unit, "nmod:poss"))
        return None if mention.character in owned else mention.character

    def agent_at(self, unit: int) -> str | None:
        """The same, but nobody for a possessor: “Tregarth’s dog died” is not about Tregarth, whatever the tree says."""
        after = self.story.span.get(unit, (unit, unit))[1] + 1
        return None if self.story.tag[after : after + 1] == ["PART"] else self.person_at(unit)

    def subjects_of(self, predicate: int) -> list[str]:
        """The people who are the subject of a predicate."""
        found = (self.agent_at(self.antecedent(unit)) for unit in subjects(self.story, predicate))
        return list(dict.fromkeys(person for person in found if person is not None))

    def antecedent(self, unit: int) -> int:
        """The head of the mention right before a relative pronoun: “Ronald, who”; any other unit itself."""
        if self.story.words[unit] not in self.words.relatives:
            return unit
        before = unit - 2 if unit > 1 and self.story.words[unit - 1] == "," else unit - 1
        return self.story.ends.get(before, unit)

    def owner_of(self, noun: int) -> str | None:
        """Whose a part of the body is, or None."""
        for unit, link in owners(self.story, noun):
            verb = self.story.head[noun]
            is_across = link == "owner" and unit < verb < noun and self.story.tag[verb] == "VERB"
            if not is_across and (person := self.person_at(unit)) is not None:
                return person
        return None

    def name_of(self, person: str) -> str:
        """The name of a character."""
        return self.story.reading.character(person).name

    def span(self, first: int, last: int) -> Span:
        """The place of some units, both included."""
        return Span(self.story.start[first], self.story.end[last])

    def unit_at(self, start: int) -> int:
        """The unit at a place in the text."""
        return max(0, bisect_right(self.story.start, start) - 1)

    def slip(self, kind: SlipKind, one: Statement, other: Statement, confidence: float, says: str) -> Slip:
        """A slip at the places of two statements."""
        places = tuple(sorted((self.span(s.first, s.last) for s in (one, other)), key=lambda span: span.start))
        sure = round(confidence * min(one.confidence, other.confidence), 4)
        return Slip(kind, one.person, places, sure, says)

    # The time that passes

    @cached_property
    def jumps(self) -> list[tuple[int, float]]:
        """Where the narration says that time has passed, and how many years; infinity if it does not say how many."""
        return list(self._find_jumps())

    def _find_jumps(self) -> Iterator[tuple[int, float]]:
        story, words = self.story, self.words
        for unit, word in enumerate(story.words):
            if word in words.time_units and self.is_narrated(unit):
                after = story.words[unit + 1 : unit + 4]
                before = story.words[unit - 1] if unit else ""
                if words.time_passing.intersection(after) or before in words.next_words:
                    years = YEARS_OF[words.time_units[word]]
                    number = 1 if before in words.one_words or before in words.next_words else words.number_of(before)
                    yield unit, inf if number is None else years * number
            elif word in words.growing and self.is_narrated(unit):
                yield unit, inf
        for block in story.reading.story.blocks:
            if block.role == "heading" and words.parts.search(story.draft.text[block.start : block.end]):
                yield bisect_left(story.start, block.start), inf

    def years_between(self, unit: int, other: int) -> float:
        """How many years pass between two places, as far as the story says."""
        return sum(years for at, years in self.jumps if unit < at < other)


def is_tagged(quotation: Quotation) -> bool:
    """Whether a tag says surely who speaks."""
    evidence = quotation.evidence
    return evidence is not None and evidence.kind == "tag" and (quotation.confidence or 0) >= MIN_SPEAKER


def by_person(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """The statements about each person, in the order of the text."""
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        found.setdefault(statement.person, []).append(statement)
    for told in found.values():
        yield sorted(told, key=lambda statement: statement.unit)
