"""Voices by words: how similar the words of an utterance are to what each candidate says elsewhere.

For each person a unigram model of what they probably say elsewhere, smoothed with the words of all speech in the story
(Dirichlet prior; Zhai & Lafferty 2004). The features are log-likelihood ratios of that model and all speech.
"""

from collections import Counter, defaultdict
from math import log, log1p

import numpy as np

from dramaturg.cast.speakers.table import CandidateTable, lead_per_utterance
from dramaturg.cast.utterances import Utterance
from dramaturg.findings import Floats

MIN_SPEAKER_PROBABILITY = 0.3  # an utterance is evidence for the voice of a candidate who is at least so likely
MAX_WORDS = 50  # of one utterance count in full: a long tale given to the wrong person does not become their voice
PRIOR_WORDS = 150.0  # words after which a person's voice is half their own and half the story's


def unigram_voice_features(table: CandidateTable, with_turns: Floats, utterances: list[Utterance]) -> dict[str, Floats]:
    """How much likelier these words are from each candidate than from anybody: columns of shape (candidates,).

    `with_turns`: the probability that each candidate is the speaker: (candidates,). What a candidate probably says in
    the utterance itself does not count as said elsewhere.
    """
    said = [Counter(utterance.tokens) for utterance in utterances]
    weights = [min(1.0, MAX_WORDS / max(1, words.total())) for words in said]
    background = _background(said)
    numbers, people = table.utterance.tolist(), table.person.tolist()
    shares = [
        p * weights[u] if p > MIN_SPEAKER_PROBABILITY else 0.0
        for u, p in zip(numbers, with_turns.tolist(), strict=True)
    ]
    voices: dict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    totals: dict[int, float] = defaultdict(float)
    for u, person, share in zip(numbers, people, shares, strict=True):
        if share:
            voice = voices[person]
            for word, count in said[u].items():
                voice[word] += share * count
                totals[person] += share * count
    ratio, per_word, log_elsewhere = np.zeros((3, len(table)), dtype=np.float32)
    for row, (u, person, share) in enumerate(zip(numbers, people, shares, strict=True)):
        n_words = said[u].total()
        elsewhere = totals.get(person, 0.0) - share * n_words
        if elsewhere > 0:
            value = _log_ratio(said[u], voices[person], share, elsewhere, background)
            ratio[row], per_word[row], log_elsewhere[row] = value, value / max(1, n_words), log1p(elsewhere)
    return {
        "unigram_voice": ratio,
        "unigram_voice_per_word": per_word,
        "unigram_voice_lead": lead_per_utterance(table, ratio, with_background=False),
        "log_words_elsewhere": log_elsewhere,
    }


def _background(said: list[Counter[str]]) -> dict[str, float]:
    """The probability of each word in all speech, with add-one smoothing."""
    counts: Counter[str] = Counter()
    for words in said:
        counts.update(words)
    total = counts.total() + len(counts)
    return {word: (count + 1) / total for word, count in counts.items()}


def _log_ratio(
    words: Counter[str], voice: dict[str, float], share: float, elsewhere: float, background: dict[str, float]
) -> float:
    """The log-likelihood ratio of a person's voice, without their share of this utterance, and the background."""
    ratio = 0.0
    for word, count in words.items():
        usual = background[word]
        own = max(0.0, voice.get(word, 0.0) - share * count)
        ratio += count * log((own + PRIOR_WORDS * usual) / ((elsewhere + PRIOR_WORDS) * usual))
    return ratio
