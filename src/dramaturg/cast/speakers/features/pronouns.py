"""References: how likely the cues' pronouns and nouns, and “I”, “you” and “he” in the speech, mean a candidate."""

from dramaturg.cast.speakers.features.inputs import Inputs

NO_PRONOUN = -1.0


class PronounFeatures:
    """Probabilities that pronouns refer to a candidate, as the encoder and the rules see it; -1 without a pronoun."""

    def __init__(self, story: Inputs) -> None:
        self.story = story
        grammar = story.language.grammar
        self.first: list[list[int]] = [[] for _ in story.utterances]
        self.second: list[list[int]] = [[] for _ in story.utterances]
        self.third: list[list[int]] = [[] for _ in story.utterances]
        utterance_of = {q: i for i, utterance in enumerate(story.utterances) for q in utterance.quotations}
        for m, mention in enumerate(story.findings.mentions):
            if mention.kind == "pronoun" and mention.quotation in utterance_of:
                i = utterance_of[mention.quotation]
                if mention.form in grammar.first_person:
                    self.first[i].append(m)
                elif mention.form in grammar.second_person:
                    self.second[i].append(m)
                elif mention.gender != "?":
                    self.third[i].append(m)

    def features(self, i: int, person: int) -> dict[str, float]:
        """The highest probability among the pronouns of the cues, and the mean of those in three utterances."""
        shares, links = self.story.references.shares, self.story.references.links
        cues = self.story.utterances[i].cues
        pronouns = [cue for cue in cues if self.story.findings.mentions[cue.mention].kind == "pronoun"]
        return {
            "tag_pronoun": max(
                (shares[cue.mention].get(person, 0.0) for cue in pronouns if cue.is_tag), default=NO_PRONOUN
            ),
            "beat_pronoun": max(
                (shares[cue.mention].get(person, 0.0) for cue in pronouns if not cue.is_tag), default=NO_PRONOUN
            ),
            "tag_link": max((links[cue.mention].get(person, 0.0) for cue in cues if cue.is_tag), default=NO_PRONOUN),
            "beat_link": max(
                (links[cue.mention].get(person, 0.0) for cue in cues if not cue.is_tag), default=NO_PRONOUN
            ),
            "first_person_-1": self._mean(self.first, i - 1, person),
            "first_person_0": self._mean(self.first, i, person),
            "first_person_1": self._mean(self.first, i + 1, person),
            "second_person_-1": self._mean(self.second, i - 1, person),
            "second_person_0": self._mean(self.second, i, person),
            "second_person_1": self._mean(self.second, i + 1, person),
            "third_person_-1": self._mean(self.third, i - 1, person),
            "third_person_0": self._mean(self.third, i, person),
            "third_person_1": self._mean(self.third, i + 1, person),
        }

    def _mean(self, pronouns: list[list[int]], i: int, person: int) -> float:
        if not 0 <= i < len(pronouns) or not pronouns[i]:
            return NO_PRONOUN
        return sum(self.story.references.shares[m].get(person, 0.0) for m in pronouns[i]) / len(pronouns[i])
