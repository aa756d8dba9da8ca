"""Supersenses: the broad meaning of each noun, verb and multiword expression.

The labels are WordNet's lexicographer files, with which SemCor is annotated. A multilayer perceptron reads the vectors
of several layers of the encoder, and how often the word's lemma has each label in SemCor.
Source: Ciaramita & Altun 2006, Broad-Coverage Sense Disambiguation and Information Extraction with a Supersense
Sequence Tagger.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from dramaturg.encoder import Encoded
from dramaturg.findings import Floats, Ints, Supersenses, Syntax
from dramaturg.layers.neural.heads import load_names, relu
from dramaturg.layers.neural.sense_counts import (
    GOES_ON,
    N_LABELS,
    NONE,
    SenseCounts,
    describe_counts,
    find_counted,
    load_sense_counts,
)
from dramaturg.layers.neural.syntax import apply_edit
from dramaturg.weights import open_arrays

# Words of these parts of speech have no supersense and are not scored, unless they go on with a known expression. They
# are 37 of 100 words in SemCor, and 1 of 100 tags.
WITHOUT_SENSE = frozenset(["DET", "PUNCT", "PRON", "CCONJ", "SCONJ", "PART", "SYM"])


def find_supersenses(window: Encoded, sentence: Ints, syntax: Syntax, words: Sequence[str]) -> Supersenses:
    """The supersenses in a window. `sentence`, `syntax`, `words`: of each of its units."""
    features, is_scored = describe_words(load_sense_counts(), syntax, words, sentence)
    rows = np.flatnonzero(is_scored)
    scores = np.full((len(words), N_LABELS + 2), -np.inf, np.float32)
    scores[:, NONE] = 0
    if len(rows):
        scores[rows] = score_words(load_network(), window.vectors[rows], window.lower[rows], features[rows])
    tags = decode(scores, sentence)
    first = np.flatnonzero(tags < N_LABELS)
    # An expression ends where the next tag is none that goes on.
    ends = np.append(np.flatnonzero(tags != GOES_ON), len(tags))
    last = ends[np.searchsorted(ends, first, side="right")]
    return Supersenses(
        (first + window.first).astype(np.int32), (last + window.first).astype(np.int32), tags[first].astype(np.int32)
    )


def describe_words(
    counts: SenseCounts, syntax: Syntax, words: Sequence[str], sentence: Ints, own: SenseCounts | None = None
) -> tuple[Floats, NDArray[np.bool_]]:
    """The features of words besides their vectors, (words, features), and which words are scored, (words,).

    `own`: the counts of the text itself, if it is one of those that `counts` were taken from. They are subtracted.
    """
    names, edits = load_names("tags"), load_names("edits")
    pos = [names[tag] for tag in syntax.tag.tolist()]
    lemmas = [apply_edit(word, edits[edit]).lower() for word, edit in zip(words, syntax.edit.tolist(), strict=True)]
    found = find_counted(counts, lemmas, pos, sentence)
    of_lemma, of_pair, of_expression = (
        counts.lemmas[found.lemma],
        counts.pairs[found.pair],
        counts.expressions[found.pair],
    )
    if own is not None:
        here = find_counted(own, lemmas, pos, sentence)
        of_lemma = of_lemma - own.lemmas[here.lemma]
        of_pair, of_expression = of_pair - own.pairs[here.pair], of_expression - own.expressions[here.pair]
    features = describe_counts(of_lemma, of_pair, of_expression, counts.parts_of_speech[syntax.tag])
    goes_on = np.append(False, of_pair[:-1, 1] > 0)
    without = np.array([name in WITHOUT_SENSE for name in names])
    one_of = np.eye(len(names), dtype=np.float32)[syntax.tag]
    return np.concatenate([features, one_of], axis=1), ~without[syntax.tag] | goes_on


def score_words(network: Mapping[str, Floats], vectors: Floats, lower: Floats, features: Floats) -> Floats:
    """The logarithm of the probability of each tag: (words, N_LABELS + 2).

    `vectors`, `lower`: as in `Encoded`, of the words that are scored. `features`: as `describe_words` gives them.
    """
    hidden = vectors @ network["vectors"] + lower @ network["lower"] + features @ network["features"] + network["bias"]
    scores = relu(hidden) @ network["out"] + features @ network["out_features"] + network["out_bias"]
    scores -= scores.max(axis=1, keepdims=True)
    found: Floats = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return found


def decode(scores: Floats, sentence: Ints) -> NDArray[np.intp]:
    """The tag of each word. An expression goes on only within a sentence, after a word that has a supersense.

    Where the best tags break this rule, the better way to mend them is taken. A search over whole sentences (Viterbi)
    gives the same figures in SemCor.
    """
    tags: NDArray[np.intp] = scores.argmax(axis=1)
    label = scores[:, :N_LABELS].argmax(axis=1)
    for i in np.flatnonzero(tags == GOES_ON).tolist():
        alone = label[i] if scores[i, label[i]] > scores[i, NONE] else NONE
        if i == 0 or sentence[i] != sentence[i - 1]:
            tags[i] = alone
        elif tags[i - 1] == NONE:
            joined = scores[i - 1, label[i - 1]] + scores[i, GOES_ON]
            if joined > scores[i - 1, NONE] + scores[i, alone]:
                tags[i - 1] = label[i - 1]
            else:
                tags[i] = alone
    return tags


def join_supersenses(windows: list[Supersenses]) -> Supersenses:
    """The supersenses of all windows."""
    none = np.zeros(0, np.int32)
    return Supersenses(
        *(np.concatenate([none, *(getattr(w, name) for w in windows)]) for name in Supersenses.__slots__)
    )


@cache
def load_network() -> Mapping[str, Floats]:
    """The matrices of the network by name, float32."""
    with open_arrays("supersenses.npz") as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays if arrays[name].dtype == np.float16}
