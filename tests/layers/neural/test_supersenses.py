"""Supersenses: how tags become spans and counts features, and a few words that every reader would label alike."""

import numpy as np
import pytest
from scan.plain import story_of

from dramaturg.layers.neural.sense_counts import GOES_ON, N_LABELS, N_TAGS, NONE, describe_counts, load_sense_counts
from dramaturg.layers.neural.supersenses import decode, score_words
from dramaturg.pipeline import read_story
from dramaturg.reading import SUPERSENSES

PERSON, MOTION = SUPERSENSES.index("noun.person"), SUPERSENSES.index("verb.motion")


def scores_of(*words: dict[int, float]) -> np.ndarray:
    """The scores of words; what is not given is -9."""
    scores = np.full((len(words), N_TAGS), -9, np.float32)
    for row, word in zip(scores, words, strict=True):
        for tag, score in word.items():
            row[tag] = score
    return scores


@pytest.mark.parametrize(
    ("words", "sentence", "tags"),
    [
        ([{MOTION: -1}, {GOES_ON: -1}], [0, 0], [MOTION, GOES_ON]),
        ([{GOES_ON: -1, PERSON: -2}], [0], [PERSON]),
        ([{MOTION: -1}, {GOES_ON: -1, NONE: -2}], [0, 1], [MOTION, NONE]),
        ([{NONE: -1, MOTION: -2}, {GOES_ON: -1, NONE: -4}], [0, 0], [MOTION, GOES_ON]),
        ([{NONE: -1, MOTION: -4}, {GOES_ON: -1, NONE: -2}], [0, 0], [NONE, NONE]),
        ([{MOTION: -1}, {GOES_ON: -1}, {GOES_ON: -1}], [0, 0, 0], [MOTION, GOES_ON, GOES_ON]),
    ],
    ids=["goes on", "first of all", "next sentence", "better joined", "better apart", "three words"],
)
def test_expressions_go_on_only_after_a_supersense(words: list, sentence: list, tags: list) -> None:
    assert decode(scores_of(*words), np.array(sentence, np.int32)).tolist() == tags


def test_a_lemma_without_counts_has_the_shares_of_its_part_of_speech() -> None:
    counts = load_sense_counts()
    none = np.zeros((1, N_TAGS), np.float32)
    share = counts.parts_of_speech[:1]

    features = describe_counts(none, np.zeros((1, 2), np.float32), none[:, :N_LABELS], share)

    assert np.allclose(features[0, :N_TAGS], np.log(share[0] + 1e-4) / 3)
    assert not features[0, N_TAGS:].any()


def test_the_counts_know_common_words() -> None:
    counts = load_sense_counts()

    assert counts.lemmas[counts.lemma_row["walk/V"]].argmax() == MOTION
    assert counts.pairs[counts.pair_row["go back"], 1] > 0
    assert counts.expressions[counts.pair_row["go back"]].argmax() == MOTION
    assert not counts.lemmas[-1].any() and not counts.pairs[-1].any()


def test_probabilities_add_up() -> None:
    zeros = {"vectors": (2, 3), "lower": (2, 3), "features": (1, 3), "bias": (3,)}
    zeros |= {"out": (3, N_TAGS), "out_features": (1, N_TAGS), "out_bias": (N_TAGS,)}
    network = {name: np.zeros(shape, np.float32) for name, shape in zeros.items()}

    scores = score_words(network, *(np.ones((4, n), np.float32) for n in (2, 2, 1)))

    assert np.allclose(np.exp(scores), 1 / N_TAGS)


def test_words_of_a_story_have_their_supersenses() -> None:
    reading = read_story(
        story_of("The old doctor walked across the snow.\n\nMr. Quill, her brother, drank his coffee and said nothing.")
    )
    found = {reading.text_of(supersense): supersense.label for supersense in reading.supersenses}

    assert found["doctor"] == found["brother"] == found["Mr. Quill"] == "noun.person"
    assert found["walked"] == "verb.motion" and found["said"] == "verb.communication"
    assert found["coffee"] == "noun.food" and found["drank"] == "verb.consumption"
    assert not {"The", "his", "and", "."} & found.keys()


def test_a_story_without_words_has_none() -> None:
    assert read_story(story_of("* * *")).supersenses == ()
