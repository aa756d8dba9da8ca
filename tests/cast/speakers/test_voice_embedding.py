"""Voices by vectors: an utterance compared with what else each candidate probably says."""

import numpy as np

from dramaturg.cast.speakers import voice_embedding
from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.cast.speakers.voice_embedding import PldaModel, voice_embedding_features
from dramaturg.cast.utterances import Utterance

FEATURES = ("voice_embedding", "voice_embedding_lead", "log_speech_elsewhere")
VOICE, AHEAD, ELSEWHERE = range(len(FEATURES))
MODEL = PldaModel(np.eye(2, dtype=np.float32), np.full(2, 4, np.float32))
EAST, WEST = (8.0, 0.0), (-8.0, 0.0)


def rows_of(places: list[tuple[float, float] | None], chances: list[tuple[float, float]]) -> np.ndarray:
    """The features of two candidates for each utterance of ten units, none if it has no place: (n, 2, features)."""
    n = len(places)
    utterances = [
        Utterance(
            [i],
            i,
            i + 1,
            i,
            i,
            vector_sum=None if place is None else np.array([*np.multiply(place, 10), 10], np.float32),
        )
        for i, place in enumerate(places)
    ]
    where = np.repeat(np.arange(n), 2).astype(np.int32), np.tile([0, 1], n).astype(np.int32)
    table = CandidateTable((), np.zeros((2 * n, 0), np.float32), *where)
    columns = voice_embedding_features(table, np.array(chances, np.float32).ravel(), utterances, MODEL)
    return np.stack([columns[name] for name in FEATURES], axis=1).reshape(n, 2, -1)


TALK = [EAST, WEST, EAST, WEST, EAST]
SURE = [(0.9, 0.05), (0.05, 0.9)] * 2


def test_similar_speech_elsewhere_is_evidence_for_a_candidate() -> None:
    rows = rows_of(TALK, [*SURE, (0.1, 0.1)])[-1]

    assert rows[0, VOICE] > 0 > rows[1, VOICE]
    assert rows[0, AHEAD] > 0 > rows[1, AHEAD]


def test_an_utterance_is_not_evidence_for_itself() -> None:
    rows = rows_of([EAST, WEST], [(0.9, 0.0), (0.0, 0.9)])

    for line, speaker in ((0, 0), (1, 1)):
        assert rows[line, speaker, VOICE] == rows[line, speaker, ELSEWHERE] == 0


def test_an_utterance_without_vectors_is_not_evidence() -> None:
    rows = rows_of([*TALK[:4], None], [*SURE, (0.1, 0.1)])

    assert (rows[-1, :, VOICE] == 0).all() and np.isfinite(rows).all()
    assert (rows_of([None] * 3, [(0.9, 0.1)] * 3) == 0).all()


def test_the_size_of_a_block_does_not_matter(monkeypatch) -> None:  # type: ignore[no-untyped-def]
    whole = rows_of(TALK, [*SURE, (0.1, 0.1)])
    monkeypatch.setattr(voice_embedding, "BLOCK_ROWS", 3)

    assert np.array_equal(rows_of(TALK, [*SURE, (0.1, 0.1)]), whole)


def test_no_speech() -> None:
    table = CandidateTable((), np.zeros((0, 0), np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32))

    columns = voice_embedding_features(table, np.zeros(0, np.float32), [], MODEL)
    assert all(column.shape == (0,) for column in columns.values())
