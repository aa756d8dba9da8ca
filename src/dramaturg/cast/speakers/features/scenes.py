"""Scenes: how much a candidate is present between two scene breaks or headings."""

from collections import Counter
from math import log1p

from dramaturg.cast.speakers.features.inputs import Inputs
from dramaturg.draft import BREAK


class SceneFeatures:
    """How often the narration of a scene mentions a candidate, and how often its tags name them."""

    def __init__(self, story: Inputs) -> None:
        self.scene_of_utterance, scene_of_mention = _number_scenes(story)
        n_scenes = 1 + max([*self.scene_of_utterance, *scene_of_mention], default=0)
        self.mentioned: list[Counter[int]] = [Counter() for _ in range(n_scenes)]
        self.tagged: list[Counter[int]] = [Counter() for _ in range(n_scenes)]
        for scene, person in zip(scene_of_mention, story.narration.person, strict=True):
            self.mentioned[scene][person] += 1
        for scene, people in zip(self.scene_of_utterance, story.tagged, strict=True):
            self.tagged[scene].update(people)
        self.n_mentioned = [counts.total() for counts in self.mentioned]
        self.n_tagged = [counts.total() for counts in self.tagged]

    def features(self, i: int, person: int) -> dict[str, float]:
        """Counts, and shares of all people's counts."""
        scene = self.scene_of_utterance[i]
        mentions, tags = self.mentioned[scene][person], self.tagged[scene][person]
        return {
            "log_scene_mentions": log1p(mentions),
            "scene_share": mentions / (1 + self.n_mentioned[scene]),
            "scene_tags": tags,
            "scene_tag_share": tags / (1 + self.n_tagged[scene]),
            "n_scene_tagged": len(self.tagged[scene]),
        }


def _number_scenes(story: Inputs) -> tuple[list[int], list[int]]:
    """The number of the scene of each utterance, and of each mention in narration."""
    utterances, narration = story.utterances, story.narration
    placed = [(u.start, u.first_paragraph, u.last_paragraph, 0, i) for i, u in enumerate(utterances)]
    mentions = zip(narration.start, narration.paragraph, strict=True)
    placed += [(start, paragraph, paragraph, 1, row) for row, (start, paragraph) in enumerate(mentions)]
    numbers = ([0] * len(utterances), [0] * len(narration.start))
    scene, last_paragraph = 0, 0
    for _, first, last, which, index in sorted(placed):
        scene += first - last_paragraph >= BREAK and last_paragraph > 0
        numbers[which][index], last_paragraph = scene, max(last_paragraph, last)
    return numbers
