"""Prominence: how important a candidate is in the story and in its chapter, and what is known about them."""

from collections import Counter
from math import log1p

from dramaturg.cast.speakers.features.inputs import Inputs

MAX_RANK = 60
GENDERS = {"?": 0, "m": 1, "f": 2}


class ProminenceFeatures:
    """Counts of a candidate's mentions, in narration and in speech, and the candidate's properties."""

    def __init__(self, story: Inputs) -> None:
        self.story = story
        self.total = Counter(person for person in story.of_mention if person >= 0)
        by_count = sorted(self.total, key=lambda person: (-self.total[person], person))
        self.rank = {person: rank for rank, person in enumerate(by_count)}
        self.chapter_total = [mentions.total() for mentions in story.chapter_mentions]
        self.first_mention: dict[int, int] = {}
        for mention, person in zip(story.findings.mentions, story.of_mention, strict=True):
            self.first_mention.setdefault(person, mention.start)

    def features(self, i: int, person: int) -> dict[str, float]:
        """Counts and properties."""
        candidate, start = self.story.people[person], self.story.utterances[i].start
        chapter = self.story.chapter_at(start)
        mentions = self.story.chapter_mentions[chapter][person]
        return {
            "log_mentions": log1p(self.total[person]),
            "mentions_rank": min(self.rank.get(person, MAX_RANK), MAX_RANK),
            "log_chapter_mentions": log1p(mentions),
            "chapter_share": mentions / (1 + self.chapter_total[chapter]),
            "is_named": candidate.named,
            "is_group": candidate.kind == "group",
            "is_narrator": person == self.story.narrators.at(start),
            "gender": GENDERS[candidate.gender],
            "mentioned_before": self.first_mention.get(person, 0) < start,
        }
