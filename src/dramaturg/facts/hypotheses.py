"""Candidates that say the same of the same person, as one hypothesis with all its evidence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from dramaturg.facts.candidates import Candidate
from dramaturg.facts.links import LINKS, LOOSE
from dramaturg.facts.parsed import ParsedStory
from dramaturg.reading import FactKind

STEM_LENGTH = 5  # letters
LISTED_KINDS = ("body", "trait", "hair")  # whose values in the same words are one value: “big, handsome”


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What may be a fact. `best`: the candidate with the best evidence; `all`: every one that says it.

    `text`: the value as written.
    """

    best: Candidate
    all: tuple[Candidate, ...]
    text: str

    @property
    def kind(self) -> FactKind:
        """The kind of the fact."""
        return self.best.value.kind


def make_hypotheses(story: ParsedStory, candidates: Iterable[Candidate]) -> list[Hypothesis]:
    """Group the candidates by what they say, in the order of their best evidence in the text."""
    same: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in candidates:
        value = candidate.value
        words = " ".join(story.words[u] for u in (value.parts or range(value.first, value.last + 1)))
        if value.kind == "kin" or value.form in ("noun", "title", "adjective"):
            words = story.words[value.unit]
        key = (value.kind, candidate.person, candidate.of, stems(words))
        same.setdefault(key, []).append(candidate)
    found = []
    for group in same.values():
        best = min(group, key=lambda c: evidence_rank(story, c))
        found.append(Hypothesis(best, tuple(group), text_of(story, best)))
    return sorted(found, key=lambda h: (h.best.value.unit, h.kind, h.best.person, h.best.of or ""))


def evidence_rank(story: ParsedStory, candidate: Candidate) -> tuple[object, ...]:
    """The better the evidence, the smaller: joined by syntax, told by the narration, closely joined, early."""
    unit = candidate.value.unit
    return (
        candidate.link in LOOSE,
        candidate.of_link in LOOSE,
        story.quotation[unit] >= 0,
        LINKS.index(candidate.link),
        unit,
    )


def text_of(story: ParsedStory, candidate: Candidate) -> str:
    """The value as written: for eyes and hair what describes them, for the others the whole phrase."""
    value = candidate.value
    if value.form == "verb" and value.kind == "kin":
        spouses = story.draft.language.facts.spouses
        return spouses.get(story.pronouns[candidate.person] or "", spouses[""])
    if value.form == "verb" and value.kind == "bond":
        return story.draft.language.facts.lasting_verbs[value.word_class]
    is_growth = story.words[value.unit] in story.draft.language.facts.growths  # “black beard”
    if value.kind in ("eyes", "hair") and value.parts and not is_growth:
        return _list_of(story, [story.compound(u) for u in value.parts if story.compound(u)[1] == u])
    return story.text(value.first, value.last)


def _list_of(story: ParsedStory, places: list[tuple[int, int]]) -> str:
    """Adjectives as they are written where they stand side by side (“pale blue”), else with commas (“large, dark”)."""
    text = ""
    for before, (first, last) in zip([None, *places], places, strict=False):
        between = "" if before is None else " " if before[1] + 1 == first else ", "
        text += between + story.text(first, last)
    return text


def stems(value: str) -> frozenset[str]:
    """The beginnings of the words of a value: two values with the same are equal."""
    return frozenset(word[:STEM_LENGTH] for word in re.findall(r"\w+", value.lower()))
