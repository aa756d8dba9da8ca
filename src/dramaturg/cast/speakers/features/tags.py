"""Tags of other utterances: who is named by the tags before and after an utterance."""

from dramaturg.cast.speakers.features.inputs import Inputs

MAX_UTTERANCES = 12  # how far a tag that names somebody is looked for


class TagFeatures:
    """The tags of the neighbours, and the distance to the nearest tags that name a candidate."""

    def __init__(self, story: Inputs) -> None:
        self.story = story
        self.before = [self._distances(i, -1) for i in range(len(story.utterances))]
        self.after = [self._distances(i, 1) for i in range(len(story.utterances))]

    def features(self, i: int, person: int) -> dict[str, float]:
        """Distances are in utterances; MAX_UTTERANCES + 1 if no tag near names the candidate."""
        before, far = self.before[i], MAX_UTTERANCES + 1
        since = before.get(person, far)
        return {
            "tagged_-1": self._tagged(i - 1, person),
            "tagged_1": self._tagged(i + 1, person),
            "utterances_since_tag": since,
            "utterances_to_tag": self.after[i].get(person, far),
            "n_tagged_since": sum(1 for distance in before.values() if distance < since),
            "n_tagged_before": len(before),
        }

    def _tagged(self, i: int, person: int) -> float:
        """2 if an utterance's tag names the person, -1 if somebody else; 0.5 or -0.5 by the gender of a pronoun."""
        if not 0 <= i < len(self.story.tagged):
            return 0.0
        if self.story.tagged[i]:
            return 2.0 if person in self.story.tagged[i] else -1.0
        mention, gender = self.story.tag_mention[i], self.story.people[person].gender
        if mention is None or "?" in (mention.gender, gender):
            return 0.0
        return 0.5 if mention.gender == gender else -0.5

    def _distances(self, i: int, direction: int) -> dict[int, int]:
        """The people named by tags before (-1) or after (1) an utterance, with the distance of the nearest tag."""
        distances: dict[int, int] = {}
        for distance in range(1, MAX_UTTERANCES + 1):
            other = i + direction * distance
            if not 0 <= other < len(self.story.tagged):
                break
            for person in self.story.tagged[other]:
                distances.setdefault(person, distance)
        return distances
