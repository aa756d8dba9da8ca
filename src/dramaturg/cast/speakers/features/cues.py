"""Cues: how well a candidate fits each tag and each action beside an utterance."""

from dramaturg.cast.speakers.features.inputs import Inputs
from dramaturg.findings import Cue

NAMED = {"name": 4.0, "noun": 3.5, "pronoun": 3.0}  # the cue refers to the candidate, by a mention of this kind
SAME_GENDER_PRONOUN, UNKNOWN_GENDER_PRONOUN = 2.0, 1.0
UNKNOWN_GENDER_NOUN, SAME_GENDER_NOUN = -1.0, -2.0  # a noun that refers to somebody else
MISMATCH = -3.5  # another gender or number
SOMEBODY_ELSE = -4.0
FEATURES = (  # a tag counts by its place and the strength of its verb, other cues by their place
    *(f"{kind}_{strength}" for kind in ("tag_after", "tag_before") for strength in ("core", "manner", "mental")),
    *"loose_after loose_before beat_after beat_before lead_in precede follow".split(),
)


class CueFeatures:
    """The fit of a candidate with the cue of each kind that is most definite about them; 0 if there is no such cue."""

    def __init__(self, story: Inputs) -> None:
        self.story = story

    def features(self, i: int, person: int) -> dict[str, float]:
        """The fit with each kind of cue, from 4, named by it, to -4, somebody else is named by it."""
        values = dict.fromkeys(FEATURES, 0.0)
        for cue in self.story.utterances[i].cues:
            name = cue.kind if cue.kind not in ("tag_after", "tag_before") else f"{cue.kind}_{cue.strength}"
            value = self._fit(cue, person)
            if name in values and abs(value) > abs(values[name]):
                values[name] = value
        return values

    def _fit(self, cue: Cue, person: int) -> float:
        story = self.story
        mention, candidate = story.findings.mentions[cue.mention], story.people[person]
        if story.is_first_person(cue):
            return NAMED["name"] if person == story.narrators.at(cue.start) else SOMEBODY_ELSE
        if person == story.narrators.at(cue.start) and mention.kind == "pronoun":
            return SOMEBODY_ELSE  # a narrator is not “he” or “she” in their own story
        if story.of_mention[cue.mention] == person:
            return NAMED[mention.kind]
        if mention.kind == "name":
            return SOMEBODY_ELSE
        if mention.plural != candidate.plural:
            return MISMATCH
        if "?" not in (mention.gender, candidate.gender):
            if mention.gender != candidate.gender:
                return MISMATCH
            return SAME_GENDER_NOUN if mention.kind == "noun" else SAME_GENDER_PRONOUN
        return UNKNOWN_GENDER_PRONOUN if mention.kind == "pronoun" else UNKNOWN_GENDER_NOUN
