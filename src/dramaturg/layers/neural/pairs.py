"""What two places in a text are to one another, as numbers that a scorer of pairs reads.

Every feature is a small whole number; a scorer adds up one weight vector for each. All arguments are arrays of one
length, one entry a pair.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.findings import Ints

PRONOUNS = (
    frozenset(["i", "me", "my", "mine", "myself"]),
    frozenset(["you", "your", "yours", "yourself", "thou", "thee", "thy", "thine", "thyself", "ye", "yourselves"]),
    frozenset(["he", "him", "his", "himself"]),
    frozenset(["she", "her", "hers", "herself"]),
    frozenset(["it", "its", "itself"]),
    frozenset(["we", "us", "our", "ours", "ourselves"]),
    frozenset(["they", "them", "their", "theirs", "themselves", "themself"]),
)
CLASSES = len(PRONOUNS) + 2  # no pronoun; one of these; another one
_CLASS = {form: number for number, forms in enumerate(PRONOUNS, 1) for form in forms}
DISTANCES = np.array([1, 2, 3, 5, 9, 17, 33, 65, 129])
SENTENCES = np.array([1, 2, 3, 5, 9, 17, 33])
SIZES = (10, 8, 9, 3, 4, 6, CLASSES * CLASSES, 3, 9)


@dataclass(frozen=True, slots=True)
class MentionColumns:
    """Mentions as columns, in the order of the text; all int32, shape (mentions,).

    `first`, `last`: units, `last` excluded. `kind`, `type`: indices of KINDS and TYPES. `pronoun`: see CLASSES.
    `sentence`; `speech`: the outermost quotation's utterance, -1 in narration. `whole`, `head`: numbers of the words
    in lower case, articles aside, and of the head word; equal numbers are equal words. `gender`: 0 unknown, 1 he, 2 she
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


def pronoun_class(form: str) -> int:
    """The class of a pronoun in lower case: 0 for the empty string, the last class for one of none of PRONOUNS."""
    return _CLASS.get(form, CLASSES - 1) if form else 0


ARTICLES = frozenset("the a an this that these those my your his her its our their".split())
_BREAKS = frozenset("of in with who whom which that from to at for on by , ; whose and where".split())
_HE = frozenset("mr sir lord king duke count baron father brother son uncle nephew husband man boy gentleman".split())
_HE |= frozenset("grandfather master prince fellow lad captain colonel father's monsieur don herr squire".split())
_SHE = frozenset("mrs miss ms lady queen duchess countess baroness mother sister daughter aunt niece wife".split())
_SHE |= frozenset("woman girl grandmother mistress princess lass madame widow maid nurse governess".split())


def describe(words: Sequence[str]) -> tuple[str, str, int]:
    """A mention's words in lower case → what it is called without its article, its head word, and its gender."""
    bare = [word for word in words if word not in ARTICLES] or list(words)
    head = bare[0] if bare else ""
    for word in bare[1:]:
        if word in _BREAKS or word in ("'s", "’s", "'", "’"):
            break
        if word[:1].isalnum():
            head = word
    gender = 0
    for word in words[:6]:
        if word in _HE or word in PRONOUNS[2]:
            gender = gender or 1
        elif word in _SHE or word in PRONOUNS[3]:
            gender = gender or 2
    if len(words) > 1 and words[0] in ("his", "her"):  # whose, not who
        gender = 1 if head in _HE else 2 if head in _SHE else 0
    return " ".join(bare), head, gender


def relate(places: MentionColumns, later: Ints, earlier: Ints) -> NDArray[np.int32]:
    """The features of pairs of mentions, (pairs, len(SIZES)); each column below its entry of SIZES."""
    p = places
    kind = p.kind[later] * 3 + p.kind[earlier]
    type = np.where(p.type[later] == p.type[earlier], 0, np.where((p.type[later] == 0) | (p.type[earlier] == 0), 1, 2))
    same = np.where(p.whole[later] == p.whole[earlier], 3, np.where(p.head[later] == p.head[earlier], 2, 0))
    same = np.where((same == 0) & ((p.head[later] == p.whole[earlier]) | (p.whole[later] == p.head[earlier])), 1, same)
    one, other = p.speech[later], p.speech[earlier]
    speech = np.select(
        [(one < 0) & (other < 0), (one < 0), (other < 0), one == other, np.abs(one - other) == 1], [0, 1, 2, 3, 4], 5
    )
    pronoun = p.pronoun[later] * CLASSES + p.pronoun[earlier]
    inside = np.where(
        (p.first[later] >= p.first[earlier]) & (p.last[later] <= p.last[earlier]),
        1,
        np.where((p.first[earlier] >= p.first[later]) & (p.last[earlier] <= p.last[later]), 2, 0),
    )
    columns = [
        np.searchsorted(DISTANCES, later - earlier, side="right"),
        np.searchsorted(SENTENCES, p.sentence[later] - p.sentence[earlier], side="right"),
        kind,
        type,
        same,
        speech,
        pronoun,
        inside,
        p.gender[later] * 3 + p.gender[earlier],
    ]
    return np.stack(columns, axis=1).astype(np.int32)
