"""Train the voice embedding (`cast/speakers/voice_embedding.py`) on the gold speakers of the novels."""

import numpy as np

from dramaturg.cast.speakers.voice_embedding import MAX_WORDS, PldaModel, centre_utterances
from dramaturg.encoder import vector_width
from training.cases import Case

N_AXES = 64
SHRINKAGE = 0.3  # the weight of equal variance along all axes, in the variance within people
MIN_UTTERANCES = 5  # of a person; people with fewer are left out
MAX_UTTERANCES = 60  # of a person that count in full; if there are more, each counts less


def fit_voice_embedding(novels: list[Case]) -> PldaModel:
    """Fit the model: the axes with the most variance between people, relative to the variance within a person.

    The vectors of each novel are centred first.
    """
    width = vector_width()
    within, between = np.zeros((width, width)), np.zeros((width, width))
    weight, people = 0.0, 0
    for case in novels:
        vectors, n_words = centre_utterances(case.scene.utterances, width)
        speaker = np.array([name or "" for name in case.speaker])
        for name in sorted(set(case.speaker) - {None}, key=str):
            of_person = (speaker == name) & (n_words > 0)
            if of_person.sum() >= MIN_UTTERANCES:
                root = np.sqrt(np.minimum(n_words[of_person], MAX_WORDS)).astype(np.float64)
                mean = root @ vectors[of_person] / root.sum()
                deviation = vectors[of_person] - mean
                share = min(1.0, MAX_UTTERANCES / of_person.sum())
                within += share * (root[:, None] * deviation).T @ deviation
                weight += share * root.sum()
                between += np.outer(mean, mean)
                people += 1
    within = (1 - SHRINKAGE) * within / weight + SHRINKAGE * np.trace(within) / weight / width * np.eye(width)
    size, direction = np.linalg.eigh(within)
    whitening = direction / np.sqrt(size)
    variances, axes = np.linalg.eigh(whitening.T @ (between / people) @ whitening)
    largest = np.argsort(-variances)[:N_AXES]
    return PldaModel(
        (whitening @ axes[:, largest]).astype(np.float32), np.maximum(variances[largest], 1e-3).astype(np.float32)
    )


def voice_embedding_across_folds(novels: list[Case]) -> dict[int, PldaModel]:
    """For each fold, the model fitted on the other folds."""
    folds = {case.fold for case in novels}
    return {fold: fit_voice_embedding([case for case in novels if case.fold != fold]) for fold in folds}
