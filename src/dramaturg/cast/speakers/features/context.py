"""The context of an utterance: values that are the same for all its candidates."""

from math import log1p

from dramaturg.cast.speakers.features.inputs import Inputs
from dramaturg.cast.speakers.table import TagKind
from dramaturg.cast.utterances import Utterance

MAX_GAP_PARAGRAPHS = 20
TAG_KINDS = {"name": TagKind.NAME, "noun": TagKind.NOUN, "pronoun": TagKind.PRONOUN}


class ContextFeatures:
    """The gaps to the neighbours, and what the utterance and its tag look like."""

    def __init__(self, story: Inputs) -> None:
        self.story = story
        self.of_utterance = [self._describe(i) for i in range(len(story.utterances))]

    def features(self, i: int, person: int) -> dict[str, float]:
        """The same for all candidates of an utterance."""
        return self.of_utterance[i]

    def _describe(self, i: int) -> dict[str, float]:
        utterance, tag = self.story.utterances[i], self.story.tag_mention[i]
        return {
            "gap_-2": self._gap(i - 2, i, utterance),
            "gap_-1": self._gap(i - 1, i, utterance),
            "gap_1": self._gap(i + 1, i, utterance),
            "gap_2": self._gap(i + 2, i, utterance),
            "log_words": log1p(utterance.n_words),
            "is_question": self._is_question(i),
            "is_question_-1": self._is_question(i - 1),
            "n_quotations": len(utterance.quotations),
            "tag_kind": TagKind.NONE if tag is None else TAG_KINDS[tag.kind],
            "has_narrator": self.story.narrators.at(utterance.start) >= 0,
            "has_cue": bool(utterance.cues),
        }

    def _gap(self, other: int, i: int, utterance: Utterance) -> int:
        """The paragraphs from an utterance to another one."""
        if not 0 <= other < len(self.story.utterances):
            return MAX_GAP_PARAGRAPHS
        first, second = (
            (self.story.utterances[other], utterance) if other < i else (utterance, self.story.utterances[other])
        )
        return min(second.first_paragraph - first.last_paragraph, MAX_GAP_PARAGRAPHS)

    def _is_question(self, i: int) -> bool:
        """Whether an utterance ends in a question mark, before its quotation mark or after it."""
        if i < 0:
            return False
        utterance = self.story.utterances[i]
        return "?" in self.story.text[max(utterance.start, utterance.end - 3) : utterance.end]
