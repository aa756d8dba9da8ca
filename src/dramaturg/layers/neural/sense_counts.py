"""How often each lemma has each supersense in the training corpus, as features of the words of a text.

A lemma that the corpus does not have gets the shares of its part of speech.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramaturg.findings import Floats, Ints
from dramaturg.reading import SUPERSENSES
from dramaturg.weights import open_arrays

N_LABELS = len(SUPERSENSES)
GOES_ON, NONE = N_LABELS, N_LABELS + 1  # tags besides the supersenses: the expression goes on; no supersense
N_TAGS = N_LABELS + 2
CLASSES = {"NOUN": "N", "PROPN": "P", "VERB": "V", "AUX": "A"}  # of parts of speech that lemmas are counted by
OTHER_CLASS = "O"
WEIGHT_OF_POS = 2.0  # occurrences that the shares of the part of speech count as
FLOOR = 1e-4  # under the shares, before their logarithm is taken


@dataclass(frozen=True, slots=True)
class SenseCounts:
    """Counts over a corpus. The last row of each array is for what is not counted there.

    `lemma_row`: the row of each lemma with its class (“run/V”). `lemmas`: how often it has each tag, (lemmas, N_TAGS).
    `pair_row`: the row of each pair of lemmas that form an expression somewhere (“go back”). `pairs`: how often they
    follow each other, and how often as one expression, (pairs, 2). `expressions`: the supersenses of expressions that
    begin with the pair, (pairs, N_LABELS). `parts_of_speech`: the share of each tag, (parts of speech, N_TAGS).
    """

    lemma_row: Mapping[str, int]
    lemmas: Floats
    pair_row: Mapping[str, int]
    pairs: Floats
    expressions: Floats
    parts_of_speech: Floats


@dataclass(frozen=True, slots=True)
class CountedWords:
    """The rows of words in SenseCounts: of their lemma, and of the pair with the next word; both (words,)."""

    lemma: NDArray[np.intp]
    pair: NDArray[np.intp]


def find_counted(counts: SenseCounts, lemmas: Sequence[str], pos: Sequence[str], sentence: Ints) -> CountedWords:
    """Find words in the counts. `lemmas`, in lower case, `pos` and `sentence` have a value for each word."""
    unknown = len(counts.lemmas) - 1
    row = [counts.lemma_row.get(key, unknown) for key in lemma_keys(lemmas, pos)]
    no_pair = len(counts.pairs) - 1
    pair = np.full(len(lemmas), no_pair, np.intp)
    pair[:-1] = [counts.pair_row.get(key, no_pair) for key in pair_keys(lemmas)]
    pair[:-1][sentence[:-1] != sentence[1:]] = no_pair
    return CountedWords(np.array(row, np.intp), pair)


def lemma_keys(lemmas: Sequence[str], pos: Sequence[str]) -> list[str]:
    """What each word is counted as."""
    return [f"{lemma}/{CLASSES.get(tag, OTHER_CLASS)}" for lemma, tag in zip(lemmas, pos, strict=True)]


def pair_keys(lemmas: Sequence[str]) -> list[str]:
    """What each word but the last is counted as, together with the next one."""
    return [f"{one} {other}" for one, other in zip(lemmas, lemmas[1:], strict=False)]


def describe_counts(lemmas: Floats, pairs: Floats, expressions: Floats, share: Floats) -> Floats:
    """The counts of words as features: (words, N_TAGS + N_LABELS + 3).

    `lemmas`, `pairs`, `expressions`: the counts of each word's rows. `share`: of its part of speech, (words, N_TAGS).
    """
    total = lemmas.sum(axis=1, keepdims=True)
    shares = (lemmas + WEIGHT_OF_POS * share) / (total + WEIGHT_OF_POS)
    joined = np.log((pairs[:, 1] + 0.3) / (pairs[:, 0] - pairs[:, 1] + 0.3)) / 2 + 1
    begins = np.where(pairs[:, 1] > 0, joined, 0)
    goes_on = np.roll(begins, 1)
    goes_on[:1] = 0
    of_expression = expressions / (expressions.sum(axis=1, keepdims=True) + 0.5)
    columns = (np.log(shares + FLOOR) / 3, np.log1p(total) / 3, begins[:, None], goes_on[:, None], of_expression)
    found: Floats = np.concatenate(columns, axis=1).astype(np.float32)
    return found


def unpack(arrays: Mapping[str, NDArray[Any]]) -> SenseCounts:
    """The counts in a file of weights, which holds the cells of `lemmas` and `expressions` that are not 0."""
    lemma_row, pair_row = (
        {key: row for row, key in enumerate(bytes(arrays[name]).decode("utf-8").split("\n"))}
        for name in ("lemma_keys", "pair_keys")
    )
    return SenseCounts(
        lemma_row,
        _dense(arrays["lemma_cells"], len(lemma_row) + 1, N_TAGS),
        pair_row,
        np.concatenate([arrays["pairs"], np.zeros((1, 2))]).astype(np.float32),
        _dense(arrays["expression_cells"], len(pair_row) + 1, N_LABELS),
        arrays["parts_of_speech"].astype(np.float32),
    )


def _dense(cells: NDArray[np.int32], rows: int, columns: int) -> Floats:
    """A matrix from its cells: row, column and count of each, (cells, 3)."""
    matrix = np.zeros((rows, columns), np.float32)
    matrix[cells[:, 0], cells[:, 1]] = cells[:, 2]
    return matrix


@cache
def load_sense_counts() -> SenseCounts:
    """The counts of the package. Raises DamagedInstallation if they are missing or damaged."""
    with open_arrays("supersenses.npz") as arrays:
        return unpack(arrays)
