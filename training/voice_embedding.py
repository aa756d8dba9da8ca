"""Train the voice embedding (`cast/speakers/voice_embedding.py`) on who says what in the novels."""

import numpy as np

from dramaturg.cast.speakers.voice_embedding import MOST, PldaModel, centred
from dramaturg.encoder import vector_width
from training.cases import Case

AXES = 64
SHRINK = 0.3  # how much of what is within people is taken to be the same along all axes
FEWEST = 5  # utterances of a person whose voice teaches
ENOUGH = 60  # of whoever says more, each teaches less


def fit_voice_embedding(novels: list[Case]) -> PldaModel:
    """Linear discriminant analysis over novels, each less its mean: what parts people beside what varies in one."""
    width = vector_width()
    within, between = np.zeros((width, width)), np.zeros((width, width))
    weight, people = 0.0, 0
    for case in novels:
        vectors, units = centred(case.scene.utterances, width)
        said = np.array([name or "" for name in case.speaker])
        for name in sorted(set(case.speaker) - {None}, key=str):
            own = (said == name) & (units > 0)
            if own.sum() >= FEWEST:
                root = np.sqrt(np.minimum(units[own], MOST)).astype(np.float64)
                mean = root @ vectors[own] / root.sum()
                off = vectors[own] - mean
                share = min(1.0, ENOUGH / own.sum())
                within += share * (root[:, None] * off).T @ off
                weight += share * root.sum()
                between += np.outer(mean, mean)
                people += 1
    within = (1 - SHRINK) * within / weight + SHRINK * np.trace(within) / weight / width * np.eye(width)
    size, direction = np.linalg.eigh(within)
    even = direction / np.sqrt(size)
    parts, axes = np.linalg.eigh(even.T @ (between / people) @ even)
    most = np.argsort(-parts)[:AXES]
    return PldaModel((even @ axes[:, most]).astype(np.float32), np.maximum(parts[most], 1e-3).astype(np.float32))


def voice_embedding_across_folds(novels: list[Case], folds: list[int]) -> dict[int, PldaModel]:
    """For each fold the axes that were learned without it."""
    return {
        fold: fit_voice_embedding([case for case, f in zip(novels, folds, strict=True) if f != fold])
        for fold in set(folds)
    }
