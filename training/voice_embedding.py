"""Train the voice embedding (`cast/speakers/voice_embedding.py`) on who says what in the novels."""

import numpy as np

from dramaturg.cast.speakers.voice_embedding import MAX_WORDS, PldaModel, centre_utterances
from dramaturg.encoder import vector_width
from training.cases import Case

N_AXES = 64
SHRINKAGE = 0.3  # the weight of equal variance along all axes in the variance within people
MIN_UTTERANCES = 5  # of a person who counts
MAX_UTTERANCES = 60  # of a person count in full; if there are more, each counts less


def fit_voice_embedding(novels: list[Case]) -> PldaModel:
    """Fit the model on novels, each centred: the axes along which people differ most, relative to how one varies."""
    width = vector_width()
    within, between = np.zeros((width, width)), np.zeros((width, width))
    weight, people = 0.0, 0
    for case in novels:
        vectors, n_words = centre_utterances(case.scene.utterances, width)
        said = np.array([name or "" for name in case.speaker])
        for name in sorted(set(case.speaker) - {None}, key=str):
            own = (said == name) & (n_words > 0)
            if own.sum() >= MIN_UTTERANCES:
                root = np.sqrt(np.minimum(n_words[own], MAX_WORDS)).astype(np.float64)
                mean = root @ vectors[own] / root.sum()
                off = vectors[own] - mean
                share = min(1.0, MAX_UTTERANCES / own.sum())
                within += share * (root[:, None] * off).T @ off
                weight += share * root.sum()
                between += np.outer(mean, mean)
                people += 1
    within = (1 - SHRINKAGE) * within / weight + SHRINKAGE * np.trace(within) / weight / width * np.eye(width)
    size, direction = np.linalg.eigh(within)
    even = direction / np.sqrt(size)
    parts, axes = np.linalg.eigh(even.T @ (between / people) @ even)
    most = np.argsort(-parts)[:N_AXES]
    return PldaModel((even @ axes[:, most]).astype(np.float32), np.maximum(parts[most], 1e-3).astype(np.float32))


def voice_embedding_across_folds(novels: list[Case], folds: list[int]) -> dict[int, PldaModel]:
    """For each fold the model that is fitted without it."""
    return {
        fold: fit_voice_embedding([case for case, f in zip(novels, folds, strict=True) if f != fold])
        for fold in set(folds)
    }
