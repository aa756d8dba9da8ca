"""The conversation network: the neighbours of a candidate, blocks, and inputs outside the training data."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dramaturg.cast.speakers import conversation_network
from dramaturg.cast.speakers.conversation_network import (
    OFFSETS,
    REACH_UTTERANCES,
    Network,
    load_network,
    score_conversations,
)
from dramaturg.cast.speakers.table import CandidateTable, find_neighbours
from dramaturg.weights import open_arrays


def the_network() -> Network:
    with open_arrays("conversation_network.npz") as arrays:
        return load_network(tuple(arrays["features"].tolist()))


def table_of(candidates: list[list[int]], seed: int = 0) -> CandidateTable:
    """Utterances with these candidates, and rows drawn from the quantiles of the network's features."""
    utterance = np.repeat(np.arange(len(candidates)), [len(people) for people in candidates]).astype(np.int32)
    person = np.array([p for people in candidates for p in people], np.int32)
    knots = the_network().knots
    drawn = np.random.default_rng(seed).integers(0, knots.shape[1], (len(person), len(knots)))
    return CandidateTable((), knots[np.arange(len(knots)), drawn], utterance, person)


def long_conversation(count: int) -> CandidateTable:
    draw = np.random.default_rng(1)
    return table_of([draw.permutation(6)[: draw.integers(1, 5)].tolist() for _ in range(count)])


@given(st.lists(st.sets(st.integers(0, 4), min_size=1).map(list), min_size=1, max_size=12))
def test_neighbours_are_the_same_person(candidates: list[list[int]]) -> None:
    rows = [(u, p) for u, people in enumerate(candidates) for p in people]
    utterance, person = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    near = find_neighbours(utterance, person, OFFSETS)

    for (u, p), found in zip(rows, near.tolist(), strict=True):
        assert found == [rows.index((u + offset, p)) if (u + offset, p) in rows else len(rows) for offset in OFFSETS]


@pytest.mark.parametrize("block", [1, 7, 100])
def test_the_size_of_a_block_does_not_matter(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    table, network = long_conversation(60), the_network()
    whole = score_conversations(table, network)
    monkeypatch.setattr(conversation_network, "BLOCK_UTTERANCES", block)

    assert np.allclose(score_conversations(table, network), whole, atol=1e-4)


def test_a_score_depends_only_on_near_utterances() -> None:
    table, network = long_conversation(60), the_network()
    rows = table.rows.copy()
    rows[table.utterance == 0] = table_of([[0]], seed=5).rows
    changed = score_conversations(replace(table, rows=rows), network) != score_conversations(table, network)

    assert changed[table.utterance == 0].all() and not changed[table.utterance > REACH_UTTERANCES].any()


def test_values_outside_the_training_data_count_as_the_nearest_inside() -> None:
    table, network = long_conversation(3), the_network()

    assert np.isfinite(score_conversations(replace(table, rows=table.rows + 1e30), network)).all()
    assert np.abs(network.to_quantiles(table.rows * 1e9)).max() <= 1


def test_no_speech() -> None:
    width = len(the_network().knots)
    table = CandidateTable((), np.zeros((0, width), np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32))

    assert score_conversations(table, the_network()).shape == (0,)
