"""Hypotheses → facts: how likely each is, and which of them say the same."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dramaturg.cast.trees import load_trees
from dramaturg.facts.candidates import Candidate, find_candidates
from dramaturg.facts.features import describe
from dramaturg.facts.hypotheses import LISTED_KINDS, Hypothesis, make_hypotheses, stems
from dramaturg.facts.parsed import ParsedStory
from dramaturg.findings import Floats
from dramaturg.reading import Fact

# Chosen by folds on the training stories of `training/facts.py`: five of nine that are shown a reader wrote down too.
MIN_CONFIDENCE = 0.35
MAX_OF_KIND = {"body": 3, "trait": 3, "eyes": 2, "hair": 2, "age": 2}  # facts of one kind that are shown of a person


def find_facts(story: ParsedStory) -> tuple[Fact, ...]:
    """What a story tells of the characters of a reading, in the order of the text.

    `confidence`: the probability that a reader of the story would write the fact down.
    """
    hypotheses = make_hypotheses(story, find_candidates(story))
    if not hypotheses:
        return ()
    names, rows = describe(story, hypotheses)
    confidence = probability(load_trees("facts", names).score(rows))
    shown = shown_facts(story, hypotheses, confidence, MIN_CONFIDENCE)
    return tuple(sorted(shown, key=lambda f: (f.start, f.end, f.kind, f.person)))


def shown_facts(story: ParsedStory, hypotheses: Sequence[Hypothesis], confidence: Floats, least: float) -> list[Fact]:
    """The facts that are at least so confident, the surest first. `confidence`: (hypotheses,)."""
    order = [k for k in np.argsort(-confidence, kind="stable").tolist() if confidence[k] >= least]
    chosen = choose(story, [hypotheses[k] for k in order])
    return [make_fact(story, replace(hypotheses[order[k]], text=text), confidence[order[k]]) for k, text in chosen]


def probability(score: Floats) -> Floats:
    """The probability that a sum of leaves stands for."""
    found: Floats = (1 / (1 + np.exp(-score))).astype(np.float32)
    return found


def choose(story: ParsedStory, hypotheses: Sequence[Hypothesis]) -> list[tuple[int, str]]:
    """The indices of the hypotheses that say something new, each with its value. `hypotheses`: the most likely first.

    Words are about one person, or one pair. Two people are kin once, whoever is called what. A value that is part of
    another one of the same person says nothing new. What stands in the same words is one value: “tall, thin”.
    """
    texts: dict[int, str] = {}
    parts: dict[int, list[int]] = {}
    about: dict[tuple[str, int], tuple[str, str | None]] = {}
    known: dict[tuple[object, ...], list[int]] = {}
    n_of_kind = Counter[tuple[str, str]]()
    for number, hypothesis in enumerate(hypotheses):
        kind, best = hypothesis.kind, hypothesis.best
        pair = (best.person, best.of)
        if about.setdefault((kind, best.value.unit), pair) != pair:
            continue
        if n_of_kind[kind, best.person] >= MAX_OF_KIND.get(kind, len(story.words)):
            continue
        others = known.setdefault((kind, frozenset(pair) if kind == "kin" else pair), [])
        words = stems(hypothesis.text)
        if (kind == "kin" and others) or any(_says(words, texts[k]) for k in others):
            continue
        near = next((k for k in others if kind != "bond" and _overlap(story, hypotheses[k], hypothesis)), None)
        if near is None:
            others.append(number)
            n_of_kind[kind, best.person] += 1
            texts[number] = hypothesis.text
        elif kind in LISTED_KINDS:
            parts[near] = sorted([*parts.get(near, [near]), number], key=lambda k: hypotheses[k].best.value.unit)
            texts[near] = ", ".join(hypotheses[k].text for k in parts[near])  # in the order of the text
    return list(texts.items())


def _says(words: frozenset[str], text: str) -> bool:
    """Whether one of two values is a part of the other."""
    others = stems(text)
    return words <= others or others <= words


def _overlap(story: ParsedStory, one: Hypothesis, other: Hypothesis) -> bool:
    (start, end), (first, last) = evidence_of(story, one.best), evidence_of(story, other.best)
    return start < last and first < end


def make_fact(story: ParsedStory, hypothesis: Hypothesis, confidence: float) -> Fact:
    """A hypothesis as a fact of the reading."""
    best = hypothesis.best
    start, end = evidence_of(story, best)
    quotation = story.quotation_of(best.value.unit)
    return Fact(
        kind=hypothesis.kind,
        value=hypothesis.text,
        normalised=normalise(hypothesis.text),
        person=best.person,
        of=best.of,
        start=start,
        end=end,
        said_by=quotation.speaker if quotation is not None else None,
        confidence=round(float(confidence), 4),
    )


def evidence_of(story: ParsedStory, candidate: Candidate) -> tuple[int, int]:
    """The words that tell a candidate, in code points: its value and the person, where they stand in one sentence."""
    value = candidate.value
    first, last = value.first, value.last
    if candidate.anchor >= 0 and story.sentence[candidate.anchor] == story.sentence[value.unit]:
        first, last = min(first, candidate.anchor), max(last, candidate.anchor)
    return story.start[first], story.end[last]


def normalise(value: str) -> str:
    """A value in lower case, with single spaces, its words without marks around them.

    >>> normalise("Large,  dark")
    'large dark'
    """
    return " ".join(re.findall(r"[\w'’-]+", value.lower()))
