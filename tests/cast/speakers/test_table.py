"""The table of candidates: its columns by name, and what is computed within each utterance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramaturg.cast.speakers.table import CandidateTable, lead_per_utterance

SCORES = st.lists(st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=6), min_size=1, max_size=6)


def table_of(scores: list[list[float]]) -> tuple[CandidateTable, np.ndarray]:
    """A table without features whose candidates are numbered from 0 in each utterance, and their scores."""
    utterance = np.repeat(np.arange(len(scores)), [len(own) for own in scores]).astype(np.int32)
    person = np.concatenate([np.arange(len(own)) for own in scores]).astype(np.int32)
    table = CandidateTable((), np.zeros((len(person), 0), np.float32), utterance, person)
    return table, np.array([score for own in scores for score in own], np.float32)


def test_columns_are_found_by_name() -> None:
    table, score = table_of([[1, 2], [3]])
    wider = table.with_columns({"score": score}, {"twice": 2 * score, "is_first": table.person == 0})

    assert wider.features == ("score", "twice", "is_first") and wider.rows.dtype == np.float32
    assert wider.column("twice").tolist() == [2, 4, 6] and wider.column("is_first").tolist() == [1, 0, 1]
    with pytest.raises(KeyError, match="no feature 'thrice'"):
        wider.column("thrice")


def test_groups_are_the_utterances_that_have_candidates() -> None:
    table = CandidateTable((), np.zeros((4, 0), np.float32), np.array([1, 1, 4, 6], np.int32), np.zeros(4, np.int32))
    starts, sizes = table.groups()

    assert (starts.tolist(), sizes.tolist()) == ([0, 2, 3], [2, 1, 1])


@given(SCORES, st.booleans())
def test_the_lead_is_over_the_best_other_candidate(scores: list[list[float]], with_background: bool) -> None:
    table, score = table_of(scores)
    lead = iter(lead_per_utterance(table, score, with_background=with_background).tolist())

    for own in np.split(score, table.groups()[0][1:]):
        for k, value in enumerate(own.tolist()):
            others = [*own[:k].tolist(), *own[k + 1 :].tolist()]
            rivals = [*others, 0.0] if with_background or not others else others
            assert next(lead) == pytest.approx(value - max(rivals), abs=1e-5)
