"""Mentions in narration: how near and how often a candidate is mentioned around an utterance."""

from bisect import bisect_left

from dramaturg.cast.speakers.features.candidates import MAX_MENTIONS_BEFORE
from dramaturg.cast.speakers.features.inputs import Inputs

MAX_PARAGRAPHS = 60.0
NO_RECENCY_RANK = 40  # of a person who is not mentioned among the last MAX_MENTIONS_BEFORE mentions


class NarrationFeatures:
    """Distances to a candidate's mentions in narration, in paragraphs, and counts of them."""

    def __init__(self, story: Inputs) -> None:
        self.story = story
        self.recency = [self._rank_by_recency(i) for i in range(len(story.utterances))]

    def features(self, i: int, person: int) -> dict[str, float]:
        """Distances and counts, before and after the utterance."""
        narration, utterance = self.story.narration, self.story.utterances[i]
        rows = narration.of_person.get(person, [])
        first = bisect_left(rows, bisect_left(narration.start, utterance.start))
        after = bisect_left(rows, bisect_left(narration.start, utterance.end))
        back = [utterance.first_paragraph - narration.paragraph[row] for row in rows[max(0, first - 20) : first]]
        ahead = [narration.paragraph[row] - utterance.last_paragraph for row in rows[after : after + 12]]
        last = list(zip(rows[max(0, first - 8) : first], back[-8:], strict=True))[::-1]
        subjects_back = (distance for row, distance in last if narration.subject[row])
        names_back = (distance for row, distance in last if not narration.pronoun[row])
        subjects_ahead = (d for row, d in zip(rows[after : after + 4], ahead, strict=False) if narration.subject[row])
        return {
            "recency_rank": self.recency[i].get(person, NO_RECENCY_RANK),
            "recency_rank_of_gender": self._rank_of_gender(i, person),
            "paragraphs_since_mention": min(back[-1] if back else MAX_PARAGRAPHS, MAX_PARAGRAPHS),
            "paragraphs_since_subject": min(next(subjects_back, MAX_PARAGRAPHS), MAX_PARAGRAPHS),
            "paragraphs_since_name": min(next(names_back, MAX_PARAGRAPHS), MAX_PARAGRAPHS),
            "paragraphs_to_mention": min(ahead[0] if ahead else MAX_PARAGRAPHS, MAX_PARAGRAPHS),
            "paragraphs_to_subject": min(next(subjects_ahead, MAX_PARAGRAPHS), MAX_PARAGRAPHS),
            "mentions_within_3_before": sum(1 for distance in back[-12:] if distance <= 3),
            "mentions_within_12_before": sum(1 for distance in back if distance <= 12),
            "mentions_within_6_after": sum(1 for distance in ahead if distance <= 6),
        }

    def _rank_by_recency(self, i: int) -> dict[int, int]:
        """The people of the last mentions before an utterance, with their rank, the latest first."""
        narration = self.story.narration
        first = bisect_left(narration.start, self.story.utterances[i].start)
        ranks: dict[int, int] = {}
        for row in range(first - 1, max(-1, first - MAX_MENTIONS_BEFORE - 1), -1):
            ranks.setdefault(narration.person[row], len(ranks))
        return ranks

    def _rank_of_gender(self, i: int, person: int) -> int:
        """The recency rank among named people who fit the pronoun of the tag; -1 if the tag has no pronoun."""
        mention, ranks = self.story.tag_mention[i], self.recency[i]
        if mention is None or mention.kind != "pronoun" or person not in ranks:
            return -1
        people, fitting = self.story.people, ("?", mention.gender)
        return sum(
            1
            for other, rank in ranks.items()
            if rank < ranks[person] and people[other].gender in fitting and people[other].named
        )
