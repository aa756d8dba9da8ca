"""What is known about a hypothesis before it is decided whether it is a fact: numbers for the trees."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np

from dramaturg.facts.candidates import Candidate
from dramaturg.facts.hypotheses import Hypothesis
from dramaturg.facts.links import LINKS, LOOSE
from dramaturg.facts.parsed import ParsedStory
from dramaturg.findings import Floats
from dramaturg.reading import FACT_KINDS, MENTION_KINDS, Character

FORMS = ("noun", "title", "adjective", "part", "number", "place", "verb", "habit")
WORD_CLASSES = (
    "kin relation occupation rank nation being animal epithet age ending lasting growth compound listed unit decade "
    "passing unlisted adverb used stative "
    "preposition bare name nobility police office profession religious magic teacher"
).split()


def describe(story: ParsedStory, hypotheses: Sequence[Hypothesis]) -> tuple[tuple[str, ...], Floats]:
    """The names of the features, and those of each hypothesis: float32 (hypotheses, features)."""
    around = _Around(story, hypotheses)
    rows = [around.features(hypothesis) for hypothesis in hypotheses]
    names = tuple(rows[0]) if rows else ()
    return names, np.array([list(row.values()) for row in rows], np.float32).reshape(len(rows), len(names))


def _one_hot(name: str, value: str, values: Sequence[str]) -> dict[str, float]:
    """A feature for each possible value, 1 for the one that it has."""
    return {f"{name}={each}": each == value for each in values}


class _Around:
    """What the hypotheses of a story are compared with: each other, and the people."""

    def __init__(self, story: ParsedStory, hypotheses: Sequence[Hypothesis]) -> None:
        self.story = story
        self.people = {character.id: character for character in story.reading.characters}
        self.places: dict[str, list[int]] = {}
        for unit in story.heads:
            self.places.setdefault(story.character(unit) or "", []).append(unit)
        self.of_kind = Counter((h.kind, h.best.person) for h in hypotheses)
        self.of_pair = Counter((h.kind, h.best.person, h.best.of) for h in hypotheses)
        self.of_slot = Counter[tuple[str, str, str | None]]()
        self.of_value = Counter[tuple[str, str]]()
        self.at_unit: dict[tuple[str, int], list[Candidate]] = {}
        for hypothesis in hypotheses:
            self.of_slot[hypothesis.kind, hypothesis.best.person, hypothesis.best.of] += len(hypothesis.all)
            self.of_value[hypothesis.kind, hypothesis.text.lower()] += 1
            for candidate in hypothesis.all:
                self.at_unit.setdefault((hypothesis.kind, candidate.value.unit), []).append(candidate)
        self.counts = Counter(story.words)

    def features(self, hypothesis: Hypothesis) -> dict[str, float]:
        """The features of one hypothesis, the same names for all."""
        best = hypothesis.best
        return {
            **self._value_features(hypothesis),
            **self._link_features(hypothesis),
            **self._person_features("person", self.people[best.person], best.value.unit),
            **self._person_features("of", self.people.get(best.of or ""), best.value.unit),
            **self._context_features(best),
            **self._rival_features(hypothesis),
            **self._nearness_features(best),
        }

    def _value_features(self, hypothesis: Hypothesis) -> dict[str, float]:
        value = hypothesis.best.value
        word = self.story.words[value.unit]
        noun = self.story.draft.language.people.person_nouns.get(word)
        gender = self.story.gender_of(value.unit)
        pronouns = self.people[hypothesis.best.person].pronouns
        anchor = self._gender_at(hypothesis.best.anchor)
        of_person = self.people.get(hypothesis.best.of or "")
        return {
            "anchor_agrees": self._agrees(anchor, pronouns),
            "of_agrees": self._agrees(
                self._gender_at(hypothesis.best.of_anchor), of_person.pronouns if of_person else None
            ),
            **_one_hot("kind", value.kind, FACT_KINDS),
            **_one_hot("form", value.form, FORMS),
            **_one_hot("class", value.word_class, WORD_CLASSES),
            "length": value.last - value.first,
            "n_parts": len(value.parts),
            "is_plural": bool(noun and noun.plural),
            "gender_agrees": self._agrees(gender, pronouns),
            "is_own_name": word in self.people[hypothesis.best.person].name.lower().split(),
            "is_capital": self.story.tag[value.unit] == "PROPN",
            "had_been": {"had", "been"} <= set(self.story.words[max(0, value.first - 5) : value.first]),
            "log_count": log(1 + self.counts[word]),
            "is_fate": value.word_class in self.story.draft.language.facts.deaths,
        }

    def _gender_at(self, unit: int) -> str | None:
        return self.story.gender_of(unit) if unit >= 0 else None

    def _agrees(self, gender: str | None, pronouns: str | None) -> int:
        return 0 if gender is None or pronouns not in ("he", "she") else 1 if gender == pronouns else -1

    def _link_features(self, hypothesis: Hypothesis) -> dict[str, float]:
        best = hypothesis.best
        links = Counter(candidate.link for candidate in hypothesis.all)
        tight = [c for c in hypothesis.all if c.link not in LOOSE and c.of_link not in LOOSE]
        mention = self.story.mention.get(best.anchor)
        first, last = self.story.span.get(best.anchor, (-1, -1))
        return {
            "link": LINKS.index(best.link),
            **_one_hot("link", best.link, LINKS),
            **_one_hot("of_link", best.of_link, LINKS),
            "is_loose": best.link in LOOSE,
            "n_places": len(hypothesis.all),
            "n_tight": len(tight),
            "n_links": len(links),
            "mention_kind": MENTION_KINDS.index(mention.kind) if mention else -1,
            "mention_confidence": mention.confidence if mention else 0,
            "distance": min(40, abs(best.anchor - best.value.unit)) if best.anchor >= 0 else -1,
            "of_distance": min(40, abs(best.of_anchor - best.value.unit)) if best.of_anchor >= 0 else -1,
            "is_within": first <= best.value.unit <= last,
        }

    def _person_features(self, role: str, person: Character | None, unit: int) -> dict[str, float]:
        """How prominent somebody is, and how early in what is told of them a place is."""
        places = self.places.get(person.id, []) if person else []
        nth = bisect_left(places, unit)
        return {
            f"{role}_mentions": log(1 + person.mentions) if person else -1,
            f"{role}_named": person.named if person else -1,
            f"{role}_group": person.kind == "group" if person else -1,
            f"{role}_narrator": person.narrator if person else -1,
            f"{role}_nth_mention": min(nth, 50),
            f"{role}_since_first": min(2000, max(-50, unit - places[0])) if places else -100,
        }

    def _context_features(self, best: Candidate) -> dict[str, float]:
        story, value = self.story, best.value
        words = story.draft.language.facts
        first, last = story.sentence_of(value.unit)
        sentence = story.words[first:last]
        near = set(story.words[max(first, value.first - 5) : min(last, value.last + 3)])
        before = set(story.words[max(first, value.first - 3) : value.first])
        quotation = story.quotation_of(value.unit)
        return {
            "in_speech": quotation is not None,
            "speaker_confidence": quotation.confidence or 0 if quotation else -1,
            "of_speaker": quotation is not None and quotation.speaker == best.person,
            "of_listener": quotation is not None and best.person in quotation.addressees,
            "is_negated": bool(near & words.negations),
            "is_hypothetical": bool(near & words.hypotheses) + bool(words.hypotheses.intersection(sentence)),
            "is_question": "?" in sentence[-3:],
            "is_indefinite": bool(before & words.indefinite),
            "is_definite": bool(before & story.draft.language.grammar.articles) - bool(before & words.indefinite),
            "has_degree": bool(before & words.degrees),
            "has_possessive": bool(before & words.belonging),
            "is_dated": bool(words.datings.intersection(story.words[first : value.first])),
            "sentence_length": len(sentence),
            "place": value.unit / max(1, len(story.words)),
        }

    def _rival_features(self, hypothesis: Hypothesis) -> dict[str, float]:
        """How the hypothesis compares with others: of the same words about others, and of the same person."""
        best, kind = hypothesis.best, hypothesis.kind
        rivals = self.at_unit[kind, best.value.unit]
        rank = sum(self._closeness(rival) < self._closeness(best) for rival in rivals)
        slot = self.of_slot[kind, best.person, best.of]
        return {
            "n_rivals": len(rivals),
            "rank": rank,
            "n_tight_rivals": sum(rival.link not in LOOSE for rival in rivals),
            "n_of_kind": self.of_kind[kind, best.person],
            "n_of_pair": self.of_pair[kind, best.person, best.of],
            "share_of_slot": len(hypothesis.all) / slot,
            "n_same_value": self.of_value[kind, hypothesis.text.lower()],
        }

    def _nearness_features(self, best: Candidate) -> dict[str, float]:
        """How much of what is told around a value is about the person."""
        story, unit = self.story, best.value.unit
        at = bisect_left(story.heads, unit)
        around = [story.character(u) for u in story.heads[max(0, at - 12) : at + 6] if abs(u - unit) < 100]
        between = sorted((unit, best.anchor)) if best.anchor >= 0 else [unit, unit]
        passed = story.heads[bisect_left(story.heads, between[0] + 1) : bisect_left(story.heads, between[1])]
        first, last = story.sentence_of(unit)
        here = story.heads[bisect_left(story.heads, first) : bisect_left(story.heads, last)]
        return {
            "chance": best.chance,
            "share_around": around.count(best.person) / max(1, len(around)),
            "n_between": len({story.character(u) for u in passed} - {best.person}),
            "same_sentence": best.anchor >= 0 and story.sentence[best.anchor] == story.sentence[unit],
            "n_here": len({story.character(u) for u in here} - {best.person}),
            "is_after": best.anchor > unit,
            "anchor_quoted": best.anchor >= 0 and story.quotation[best.anchor] >= 0,
        }

    def _closeness(self, candidate: Candidate) -> tuple[int, int]:
        tight = -1 if candidate.link not in LOOSE else LINKS.index(candidate.link)
        return tight, abs(candidate.anchor - candidate.value.unit)
