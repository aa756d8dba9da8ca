"""Vocatives and names in speech: a person who is addressed or talked about does not speak, but may do so next."""

from dramaturg.cast.speakers.features.inputs import Inputs


class VocativeFeatures:
    """Whether an utterance and its neighbours address a candidate, or name them otherwise."""

    def __init__(self, story: Inputs) -> None:
        self.story = story
        self.named = [
            {story.of_mention[mention] for mention in utterance.named} - {-1} for utterance in story.utterances
        ]
        self.genders = [
            {vocative.gender for vocative in utterance.vocatives if vocative.mention < 0} - {"?"}
            for utterance in story.utterances
        ]

    def features(self, i: int, person: int) -> dict[str, float]:
        """For the utterance (`_0`) and its neighbours."""
        return {
            "addressed_-2": self._addressed(i - 2, person),
            "addressed_-1": self._addressed(i - 1, person),
            "addressed_0": self._addressed(i, person),
            "addressed_1": self._addressed(i + 1, person),
            "addressed_2": self._addressed(i + 2, person),
            "named_in_speech_-1": self._named(i - 1, person),
            "named_in_speech_0": self._named(i, person),
            "named_in_speech_1": self._named(i + 1, person),
            "vocative_gender_0": self._fits_gender(i, person),
            "vocative_gender_-1": self._fits_gender(i - 1, person),
            "vocative_gender_1": self._fits_gender(i + 1, person),
        }

    def _addressed(self, i: int, person: int) -> float:
        """2 if an utterance addresses the person by name, -1 if somebody else, 0 if nobody."""
        if not 0 <= i < len(self.story.addressed):
            return 0.0
        addressed = self.story.addressed[i]
        if person in addressed:
            return 2.0
        return -1.0 if addressed else 0.0

    def _named(self, i: int, person: int) -> bool:
        return 0 <= i < len(self.named) and person in self.named[i]

    def _fits_gender(self, i: int, person: int) -> float:
        """1 or -1 if a form of address without a name (“sir”) fits the person's gender or not, 0 if unknown."""
        if not 0 <= i < len(self.genders):
            return 0.0
        genders, gender = self.genders[i], self.story.people[person].gender
        if not genders or gender == "?":
            return 0.0
        return 1.0 if gender in genders else -1.0
