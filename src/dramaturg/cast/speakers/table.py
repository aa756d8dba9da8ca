"""The candidates for each utterance's speaker as a table: a row for each candidate, a named column for each feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from dramaturg.findings import Floats, Ints


class TagKind(IntEnum):
    """How an utterance's tag refers to its speaker: the values of the feature `tag_kind`."""

    NONE = 0  # the utterance has no tag
    NAME = 1
    NOUN = 2
    PRONOUN = 3


@dataclass(frozen=True, slots=True)
class CandidateTable:
    """Candidates with their features. The candidates of one utterance are adjacent, and utterances are in order.

    `features`: the names of the columns, empty if the story has no candidates. `rows`: float32 (candidates, features).
    `utterance`, `person`: int32 (candidates,), indices of the utterances and of the people of the roster.
    """

    features: tuple[str, ...]
    rows: Floats
    utterance: Ints
    person: Ints

    def __len__(self) -> int:
        return len(self.person)

    def column(self, feature: str) -> Floats:
        """The values of one feature: (candidates,). Raises KeyError if the table has no such feature."""
        if feature not in self.features:
            raise KeyError(f"the table of candidates has no feature {feature!r}")
        column: Floats = self.rows[:, self.features.index(feature)]
        return column

    def with_columns(self, *groups: Mapping[str, Floats]) -> "CandidateTable":
        """The same candidates with more features, each a column of shape (candidates,)."""
        columns = {feature: column for group in groups for feature, column in group.items()}
        rows = np.concatenate([self.rows, *(column[:, None] for column in columns.values())], axis=1, dtype=np.float32)
        return replace(self, features=(*self.features, *columns), rows=rows)

    def groups(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each utterance that has candidates, its first row and how many rows it has."""
        return groups_of(self.utterance)


def groups_of(utterance: NDArray[np.signedinteger]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The start and the length of each run of equal numbers; what `CandidateTable.groups` returns for a whole table."""
    starts = np.flatnonzero(np.diff(utterance, prepend=-1))
    return starts, np.diff(starts, append=len(utterance))


def find_neighbours(
    utterance: NDArray[np.int64], person: NDArray[np.int64], offsets: Sequence[int]
) -> NDArray[np.int64]:
    """The row of each candidate's person in the utterances at these offsets: (candidates, offsets).

    It is the number of rows if the person is not a candidate there, or if there is no such utterance.
    """
    n_rows, n_people = len(utterance), int(person.max(initial=0)) + 1
    key = utterance * n_people + person
    order = np.argsort(key, kind="stable")
    wanted = key[:, None] + np.array(offsets, dtype=np.int64) * n_people
    place = np.minimum(np.searchsorted(key[order], wanted), n_rows - 1)
    rows: NDArray[np.int64] = np.where(key[order][place] == wanted, order[place], n_rows)
    return rows


def softmax_per_utterance(table: CandidateTable, score: Floats) -> Floats:
    """Scores → probabilities, by a softmax over each utterance's candidates and somebody else, whose score is 0.

    `score` and the result: (candidates,).
    """
    if len(score) == 0:
        return score
    starts, size = table.groups()
    top = np.maximum(np.maximum.reduceat(score, starts), 0)
    power = np.exp(score - np.repeat(top, size))
    probability: Floats = power / np.repeat(np.add.reduceat(power, starts) + np.exp(-top), size)
    return probability


def normalise_per_utterance(table: CandidateTable, weight: Floats) -> Floats:
    """Weights divided by the sum of their utterance's weights: (candidates,)."""
    if len(weight) == 0:
        return weight
    starts, size = table.groups()
    normalised: Floats = weight / np.repeat(np.add.reduceat(weight, starts), size)
    return normalised


def lead_per_utterance(table: CandidateTable, score: Floats, *, with_background: bool) -> Floats:
    """By how much each candidate's score exceeds the best other score of its utterance: (candidates,).

    The background model, whose score is 0, competes with the candidates if `with_background`, else only with a
    candidate who has no rival.
    """
    lead = np.empty_like(score)
    for start, size in zip(*map(np.ndarray.tolist, table.groups()), strict=True):
        own = score[start : start + size]
        competing = np.append(own, np.float32(0)) if with_background or size == 1 else own
        second, best = np.sort(competing)[-2:]
        lead[start : start + size] = np.where(own == best, own - second, own - best)
    return lead
