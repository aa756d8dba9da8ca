"""Features of pairs of mentions, for the coreference scorer.

Every feature is a small integer; the scorer adds up one weight vector for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.findings import Ints
from dramaturg.lexicon.language import Language

# The classes of pronouns: 0 for another word, then those of `Grammar.pronoun_classes`, then any other pronoun.
N_PRONOUN_CLASSES = 9
DISTANCES = np.array([1, 2, 3, 5, 9, 17, 33, 65, 129])
SENTENCES = np.array([1, 2, 3, 5, 9, 17, 33])
UNKNOWN, MASCULINE, FEMININE = range(3)  # genders
SIZES = (10, 8, 9, 3, 4, 6, N_PRONOUN_CLASSES * N_PRONOUN_CLASSES, 3, 9)  # the number of values of each feature


@dataclass(frozen=True, slots=True)
class MentionColumns:
    """Mentions as columns, in the order of the text; all int32, shape (mentions,).

    `first`, `last`: units, `last` excluded. `kind`, `type`: indices of KINDS and TYPES. `pronoun`: see
    N_PRONOUN_CLASSES. `sentence`: index in `Draft.sentences`. `speech`: the utterance around the mention, -1 in
    narration. `whole`, `head`: numbers of the words in lower case without determiners, and of the head word; equal
    numbers are equal words. `gender`: UNKNOWN, MASCULINE or FEMININE.
    """

    first: Ints
    last: Ints
    kind: Ints
    type: Ints
    pronoun: Ints
    sentence: Ints
    speech: Ints
    whole: Ints
    head: Ints
    gender: Ints

    def __len__(self) -> int:
        return len(self.first)


def pronoun_class(form: str, language: Language) -> int:
    """The class of a pronoun in lower case; 0 for the empty string."""
    if not form:
        return 0
    classes = language.grammar.pronoun_classes
    return next((number for number, forms in enumerate(classes, 1) if form in forms), N_PRONOUN_CLASSES - 1)


def describe(words: Sequence[str], language: Language) -> tuple[str, str, int]:
    """A mention's words in lower case → its words without determiners, its head word, and its gender."""
    grammar, people = language.grammar, language.people
    bare = [word for word in words if word not in grammar.definite_determiners] or list(words)
    head = bare[0] if bare else ""
    for word in bare[1:]:
        if word in grammar.phrase_breaks:
            break
        if word[:1].isalnum():
            head = word
    gender = UNKNOWN
    for word in words[:6]:
        if word in people.masculine_heads or word in grammar.masculine:
            gender = gender or MASCULINE
        elif word in people.feminine_heads or word in grammar.feminine:
            gender = gender or FEMININE
    if len(words) > 1 and words[0] in grammar.gendered_possessives:  # the gender of the owner, not of the mention
        gender = MASCULINE if head in people.masculine_heads else FEMININE if head in people.feminine_heads else UNKNOWN
    return " ".join(bare), head, gender


def pair_features(mentions: MentionColumns, later: Ints, earlier: Ints) -> NDArray[np.int32]:
    """The features of pairs of mentions, (pairs, len(SIZES)); each column below its entry of SIZES.

    `later`, `earlier`: the two mentions of each pair, as indices: (pairs,).
    """
    m = mentions
    kind = m.kind[later] * 3 + m.kind[earlier]
    one, other = m.type[later], m.type[earlier]
    type = np.where(one == other, 0, np.where((one == 0) | (other == 0), 1, 2))
    same = np.where(m.whole[later] == m.whole[earlier], 3, np.where(m.head[later] == m.head[earlier], 2, 0))
    same = np.where((same == 0) & ((m.head[later] == m.whole[earlier]) | (m.whole[later] == m.head[earlier])), 1, same)
    one, other = m.speech[later], m.speech[earlier]
    speech = np.select(
        [(one < 0) & (other < 0), (one < 0), (other < 0), one == other, np.abs(one - other) == 1], [0, 1, 2, 3, 4], 5
    )
    pronoun = m.pronoun[later] * N_PRONOUN_CLASSES + m.pronoun[earlier]
    inside = np.where(
        (m.first[later] >= m.first[earlier]) & (m.last[later] <= m.last[earlier]),
        1,
        np.where((m.first[earlier] >= m.first[later]) & (m.last[earlier] <= m.last[later]), 2, 0),
    )
    columns = [
        np.searchsorted(DISTANCES, later - earlier, side="right"),
        np.searchsorted(SENTENCES, m.sentence[later] - m.sentence[earlier], side="right"),
        kind,
        type,
        same,
        speech,
        pronoun,
        inside,
        m.gender[later] * 3 + m.gender[earlier],
    ]
    return np.stack(columns, axis=1).astype(np.int32)
