"""From scores to decisions: probabilities, turns, calibration and thresholds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg.cast.speakers.calibration import calibrate, load_calibration
from dramaturg.cast.speakers.ranking import (
    FIRST_PASS_TURNS,
    MAX_ALTERNATIVES,
    MIN_ALTERNATIVE_PROBABILITY,
    MIN_SPEAKER_PROBABILITY,
    choose_speakers,
    combine,
    take_turns,
)
from dramaturg.cast.speakers.table import CandidateTable, TagKind, normalise_per_utterance, softmax_per_utterance
from dramaturg.cast.speakers.turns import (
    ADDRESSED,
    ADDRESSED_BY_NAME,
    chain_marginals,
    gap_class,
    load_transitions,
)
from dramaturg.cast.utterances import Utterance

# For each utterance: the kind of its tag, and a score for each of its candidates.
SCORED = st.lists(
    st.tuples(st.sampled_from(TagKind), st.lists(st.floats(-8, 8, width=32), min_size=1, max_size=9)),
    min_size=1,
    max_size=8,
)


def table_of(scored: list[tuple[int, list[float]]]) -> tuple[CandidateTable, np.ndarray]:
    """A table whose candidates are numbered from 0 in each utterance, and their scores."""
    utterance = np.repeat(np.arange(len(scored)), [len(scores) for _, scores in scored]).astype(np.int32)
    person = np.concatenate([np.arange(len(scores)) for _, scores in scored]).astype(np.int32)
    tag_kind = np.array([kind for kind, _ in scored], np.float32)[utterance]
    rows = np.stack([tag_kind, np.zeros(len(person), np.float32)], axis=1)
    table = CandidateTable(("tag_kind", ADDRESSED), rows, utterance, person)
    return table, np.concatenate([np.array(s, np.float32) for _, s in scored])


def talk(n: int, apart: int = 1) -> list[Utterance]:
    return [Utterance([i], i, i + 1, i * apart, i * apart) for i in range(n)]


def sums(probability: np.ndarray, table: CandidateTable, n: int) -> np.ndarray:
    return np.bincount(table.utterance, probability, minlength=n)


@given(SCORED)
def test_softmax_leaves_some_probability_for_nobody(scored: list[tuple[int, list[float]]]) -> None:
    table, score = table_of(scored)
    independent = softmax_per_utterance(table, score)

    assert ((independent > 0) & (independent < 1)).all()
    assert (sums(independent, table, len(scored)) < 1).all(), "somebody who is no candidate may have spoken"
    np.testing.assert_allclose(sums(normalise_per_utterance(table, independent), table, len(scored)), 1, atol=1e-5)


@settings(deadline=None)
@given(SCORED)
def test_turns_and_calibration_give_probabilities(scored: list[tuple[int, list[float]]]) -> None:
    table, score = table_of(scored)
    with_turns = take_turns(
        table, softmax_per_utterance(table, score), talk(len(scored)), load_transitions(), FIRST_PASS_TURNS
    )
    found = calibrate(table, with_turns, load_calibration())

    assert (with_turns >= 0).all() and (sums(with_turns, table, len(scored)) <= 1 + 1e-4).all()
    assert ((found >= 0) & (found <= 1)).all()
    for u in range(len(scored)):
        own = table.utterance == u
        assert found[own][np.argmax(with_turns[own])] == found[own].max(), "the likeliest stays the likeliest"


@given(SCORED)
def test_combining_equal_probabilities_keeps_them(scored: list[tuple[int, list[float]]]) -> None:
    table, score = table_of(scored)
    one, other = softmax_per_utterance(table, score), softmax_per_utterance(table, -score)
    both = combine(table, one, other)

    np.testing.assert_allclose(combine(table, one, one), one, atol=1e-4)
    assert ((both >= 0) & (both <= 1)).all() and (sums(both, table, len(scored)) <= 1 + 1e-4).all()
    np.testing.assert_allclose(combine(table, other, one), both, atol=1e-5)


@settings(deadline=None)
@given(SCORED)
def test_choosing_speakers(scored: list[tuple[int, list[float]]]) -> None:
    table, score = table_of(scored)
    chosen = choose_speakers(table, softmax_per_utterance(table, score), len(scored))

    assert len(chosen) == len(scored)
    for speaker, confidence, others in chosen:
        assert (speaker is None) == (confidence == 0.0)
        assert speaker is None or confidence >= MIN_SPEAKER_PROBABILITY
        assert len(others) <= MAX_ALTERNATIVES and all(chance >= MIN_ALTERNATIVE_PROBABILITY for _, chance in others)
        assert [chance for _, chance in others] == sorted((chance for _, chance in others), reverse=True)
        assert speaker not in [person for person, _ in others]


def test_an_utterance_whose_candidates_are_unlikely() -> None:
    table, _ = table_of([(0, [0.0, 0.0])])
    little = np.array([MIN_SPEAKER_PROBABILITY - 0.02, MIN_ALTERNATIVE_PROBABILITY], np.float32)

    ((speaker, confidence, others),) = choose_speakers(table, little, 1)
    assert (speaker, confidence) == (None, 0.0)
    assert [person for person, _ in others] == [0, 1]


def test_an_utterance_without_candidates() -> None:
    table, _ = table_of([(0, [0.0])])

    assert choose_speakers(table, np.array([0.9], np.float32), 2)[1] == (None, 0.0, ())


def test_a_story_without_utterances() -> None:
    nothing = np.zeros(0, np.float32)
    features = ("tag_kind", ADDRESSED)
    table = CandidateTable(features, np.zeros((0, 2), np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32))

    assert len(softmax_per_utterance(table, nothing)) == len(normalise_per_utterance(table, nothing)) == 0
    assert len(calibrate(table, nothing, load_calibration())) == 0
    assert len(combine(table, nothing, nothing)) == 0
    assert len(chain_marginals(table, nothing, [], load_transitions())) == 0
    assert choose_speakers(table, nothing, 0) == []


def test_turns_spread_from_both_ends_of_a_conversation() -> None:
    n = 7
    table, _ = table_of([(0, [0.0, 0.0])] * n)
    independent = np.full(2 * n, 0.48, np.float32)
    independent[:2], independent[-2:] = (
        (0.97, 0.01),
        (0.97, 0.01),
    )  # the first and the last are the one's; in between, who knows
    with_turns = chain_marginals(table, independent, talk(n), load_transitions()).reshape(n, 2)

    assert with_turns.argmax(axis=1).tolist() == [0, 1] * 3 + [0]


@pytest.mark.parametrize("n", [2, 3])
def test_the_second_speaker_is_another_person(n: int) -> None:
    table, _ = table_of([(0, [0.0, 0.0])] * n)
    independent = np.array([0.6, 0.3, *[0.47, 0.43] * (n - 1)], np.float32)
    with_turns = chain_marginals(table, independent, talk(n), load_transitions()).reshape(n, 2)

    assert with_turns.argmax(axis=1).tolist() == [0, 1, 0][:n]


def test_whoever_is_addressed_by_name_answers() -> None:
    table, _ = table_of([(0, [0.0, 0.0, 0.0])] * 3)
    table.column(ADDRESSED)[8] = ADDRESSED_BY_NAME  # the second utterance addresses the third person
    independent = np.array([0.9, 0.05, 0.03, 0.05, 0.9, 0.03, 0.3, 0.3, 0.3], np.float32)
    answering = chain_marginals(table, independent, talk(3), load_transitions()).reshape(3, 3)[2]
    table.column(ADDRESSED)[8] = 0
    otherwise = chain_marginals(table, independent, talk(3), load_transitions()).reshape(3, 3)[2]

    assert answering.argmax() == 2 and otherwise.argmax() == 0


@pytest.mark.parametrize(("gap", "expected"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 4), (500, 4)])
def test_classes_of_gaps(gap: int, expected: int) -> None:
    one, two = talk(2, gap)

    assert gap_class(one, two) == expected
