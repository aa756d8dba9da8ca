"""Voices by words: an utterance compared with what else each candidate probably says."""

import numpy as np

from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.cast.speakers.unigram_voice import unigram_voice_features
from dramaturg.cast.utterances import Utterance

FEATURES = ("unigram_voice", "unigram_voice_lead", "log_words_elsewhere")
VOICE, AHEAD, ELSEWHERE = range(len(FEATURES))


def rows_of(lines: list[str], chances: list[tuple[float, float]]) -> np.ndarray:
    """The features of two candidates for each line, (lines, 2, features)."""
    n = len(lines)
    utterances = [Utterance([i], i, i + 1, i, i, tokens=line.split()) for i, line in enumerate(lines)]
    places = np.repeat(np.arange(n), 2).astype(np.int32), np.tile([0, 1], n).astype(np.int32)
    table = CandidateTable((), np.zeros((2 * n, 0), np.float32), *places)
    columns = unigram_voice_features(table, np.array(chances, np.float32).ravel(), utterances)
    return np.stack([columns[name] for name in FEATURES], axis=1).reshape(n, 2, -1)


def test_words_used_elsewhere_are_evidence_for_a_candidate() -> None:
    lines = ["aye lass aye", "indeed my dear", "aye the wind", "indeed the weather", "aye"]
    rows = rows_of(lines, [(0.9, 0.05), (0.05, 0.9)] * 2 + [(0.1, 0.1)])[-1]

    assert rows[0, VOICE] > 0 > rows[1, VOICE]
    assert rows[0, AHEAD] > 0 > rows[1, AHEAD]


def test_an_utterance_is_not_evidence_for_itself() -> None:
    rows = rows_of(["aye lass aye", "indeed my dear"], [(0.9, 0.0), (0.0, 0.9)])

    for line, speaker in ((0, 0), (1, 1)):
        assert rows[line, speaker, VOICE] == rows[line, speaker, ELSEWHERE] == 0


def test_a_candidate_who_probably_says_nothing_has_no_voice() -> None:
    assert (rows_of(["aye", "aye", "no"], [(0.2, 0.2)] * 3) == 0).all()


def test_no_speech_and_no_words() -> None:
    table = CandidateTable((), np.zeros((0, 0), np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32))

    assert all(column.shape == (0,) for column in unigram_voice_features(table, np.zeros(0, np.float32), []).values())
    assert np.isfinite(rows_of(["", "aye", ""], [(0.9, 0.1)] * 3)).all()
