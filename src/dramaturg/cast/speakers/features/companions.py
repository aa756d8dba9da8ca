"""Companions of a person without a name: “the old man” of a tag may be a named person who is often near.

A candidate who is often mentioned near “the old man”, but rarely in the same sentence, may be the old man.
"""

from collections import Counter
from math import log1p

from dramaturg.cast.speakers.features.inputs import Inputs

N_BEFORE, N_AFTER = 8, 4  # neighbouring mentions that are compared
MAX_PARAGRAPHS = 8


class CompanionFeatures:
    """How often a candidate is mentioned near the nameless person to whom the noun in a cue refers."""

    def __init__(self, story: Inputs) -> None:
        self.story = story
        self.near: dict[int, Counter[int]] = {}
        self.same_sentence: dict[int, Counter[int]] = {}
        self._count_companions()

    def features(self, i: int, person: int) -> dict[str, float]:
        """Shares of the nameless person's mentions; -1 if no cue of the utterance has such a noun."""
        nameless = self._nameless(i)
        near = same_sentence = 0
        n = 1
        if nameless >= 0:
            near = self.near.get(nameless, Counter())[person]
            same_sentence = self.same_sentence.get(nameless, Counter())[person]
            n = max(1, len(self.story.people[nameless].mentions))
        known = nameless >= 0
        return {
            "companion_near": near / n if known else -1.0,
            "companion_same_sentence": same_sentence / n if known else -1.0,
            "companion_log_mentions": log1p(n) if known else -1.0,
            "companion_never_same_sentence": near - same_sentence if known else -1.0,
            "companion_identity": self._identity(nameless, person) if known else -1.0,
        }

    def _identity(self, nameless: int, person: int) -> float:
        """The probability that the nameless person is the candidate."""
        identity = self.story.references.identity
        if nameless == person:
            return 1.0
        return max(identity.get(nameless, {}).get(person, 0.0), identity.get(person, {}).get(nameless, 0.0))

    def _nameless(self, i: int) -> int:
        story = self.story
        for cue in story.utterances[i].cues:
            person = story.of_mention[cue.mention]
            if story.findings.mentions[cue.mention].kind == "noun" and person >= 0 and not story.people[person].named:
                return person
        return -1

    def _count_companions(self) -> None:
        """For each person without a name, count the named people near their mentions and in the same sentences."""
        story = self.story
        narrated = [
            (mention, person)
            for mention, person in zip(story.findings.mentions, story.of_mention, strict=True)
            if mention.quotation < 0 and mention.kind != "pronoun" and person >= 0
        ]
        for k, (mention, person) in enumerate(narrated):
            if story.people[person].named:
                continue
            near, same_sentence = set(), set()
            for other, companion in narrated[max(0, k - N_BEFORE) : k + N_AFTER + 1]:
                if companion != person and story.people[companion].named:
                    if mention.paragraph - other.paragraph <= MAX_PARAGRAPHS:
                        near.add(companion)
                    if other.sentence == mention.sentence:
                        same_sentence.add(companion)
            self.near.setdefault(person, Counter()).update(near)
            self.same_sentence.setdefault(person, Counter()).update(same_sentence)
