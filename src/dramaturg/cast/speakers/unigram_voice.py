"""Voices: whose other words an utterance's words are most like.

For each person a unigram model of what they probably say elsewhere, smoothed by the words of all speech in the story
(Dirichlet prior; Zhai & Lafferty 2004); the features are log-likelihood ratios of that model against all speech.
"""

from collections import Counter, defaultdict
from itertools import groupby
from math import log, log1p

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.features import Table
from dramaturg.cast.speakers.utterances import Utterance

PROBABLE = 0.3  # who speaks with less than this adds nothing to what is known of their voice
ENOUGH = 50  # words of one utterance that count in full: who is wrongly given a long tale does not get its voice
PRIOR = 150.0  # words: how much one must have said to be known half by that and half by all speech
FEATURES = tuple("voice voice_by_word voice_ahead words_elsewhere".split())


def unigram_voice_features(
    table: Table, together: NDArray[np.float32], utterances: list[Utterance]
) -> NDArray[np.float32]:
    """How much likelier each candidate is to use these words than anybody: float32 (candidates, FEATURES).

    `together`: the probability of each candidate with its turns: (candidates,). What one is thought to say in the
    utterance itself is left out of what they say elsewhere.
    """
    said = [Counter(utterance.spoken) for utterance in utterances]
    weights = [min(1.0, ENOUGH / max(1, words.total())) for words in said]
    everybody = _background(said)
    of_person: dict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    totals: dict[int, float] = defaultdict(float)
    numbers = table.utterance.tolist()
    shares = [p * weights[u] if p > PROBABLE else 0.0 for u, p in zip(numbers, together.tolist(), strict=True)]
    candidates = list(zip(numbers, table.person.tolist(), shares, strict=True))
    for u, person, share in candidates:
        if share:
            voice = of_person[person]
            for word, count in said[u].items():
                voice[word] += share * count
                totals[person] += share * count
    rows = np.zeros((len(candidates), len(FEATURES)), dtype=np.float32)
    for row, (u, person, share) in enumerate(candidates):
        count = said[u].total()
        elsewhere = totals.get(person, 0.0) - share * count
        if elsewhere > 0:
            ratio = _ratio(said[u], of_person[person], share, elsewhere, everybody)
            rows[row] = [ratio, ratio / max(1, count), 0.0, log1p(elsewhere)]
    _compare(table, rows)
    return rows


def _background(said: list[Counter[str]]) -> dict[str, float]:
    """The share of each word in all speech, each seen once more than it is."""
    counts: Counter[str] = Counter()
    for words in said:
        counts.update(words)
    total = counts.total() + len(counts)
    return {word: (count + 1) / total for word, count in counts.items()}


def _ratio(
    words: Counter[str], voice: dict[str, float], share: float, elsewhere: float, everybody: dict[str, float]
) -> float:
    """The logarithm of how much likelier the words are by a voice, less this utterance, than by all speech."""
    ratio = 0.0
    for word, count in words.items():
        usual = everybody[word]
        own = max(0.0, voice.get(word, 0.0) - share * count)
        ratio += count * log((own + PRIOR * usual) / ((elsewhere + PRIOR) * usual))
    return ratio


def _compare(table: Table, rows: NDArray[np.float32]) -> None:
    """Fill in by how much each candidate is ahead of the best other of the utterance, or of anybody."""
    for _, group in groupby(range(len(rows)), key=lambda row: int(table.utterance[row])):
        own = list(group)
        ratios = rows[own, 0].tolist()
        best, second = (sorted(ratios, reverse=True) + [0.0])[:2]
        for row, ratio in zip(own, ratios, strict=True):
            rows[row, 2] = ratio - (second if ratio == best else best)
