"""Data augmentation: swap names for others of their type, throughout a document, so that no name is memorised.

Only names of one word that is one piece are swapped, for other such names of the corpus, so all positions stay valid.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dramaturg.findings import KINDS
from training.examples import Example

CAPITAL_IN_SENTENCE = 2  # a value of `Inputs.case`: capitalised, and not at the start of a sentence
MIN_TITLE_DOCUMENTS = 6  # a name in so many documents is a title or a part of one (“Sir”), and is not swapped


class Names:
    """The names of annotated documents, by type, to be swapped."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """`examples`: annotated with mentions."""
        found = [_names(example) for example in examples]
        n_documents = Counter(piece for names in found for piece in names)
        rare = [
            {piece: type for piece, type in names.items() if n_documents[piece] < MIN_TITLE_DOCUMENTS}
            for names in found
        ]
        self.documents = list(zip(examples, rare, strict=True))
        self.of_type: dict[int, list[int]] = defaultdict(list)
        for piece, type in sorted({item for names in rare for item in names.items()}):
            self.of_type[type].append(piece)

    def swap(self, number: int, draw: np.random.Generator) -> Example:
        """The example with this number, each of its names replaced by a random one of the same type."""
        example, names = self.documents[number]
        new = {piece: int(draw.choice(self.of_type[type])) for piece, type in names.items()}
        ids = example.inputs.ids.copy()
        capital = example.inputs.first[example.inputs.case == CAPITAL_IN_SENTENCE]
        ids[capital] = [new.get(piece, piece) for piece in ids[capital].tolist()]
        return replace(example, inputs=replace(example.inputs, ids=ids))


def _names(example: Example) -> dict[int, int]:
    """The pieces of an example that are names, with their types."""
    inputs = example.inputs
    length = np.diff(np.append(inputs.first, len(inputs.ids)))
    found: dict[int, int] = {}
    for first, last, type, kind, _ in example.mentions.tolist():
        if KINDS[kind] == "name":
            for unit in range(first, last):
                if length[unit] == 1 and inputs.case[unit] == CAPITAL_IN_SENTENCE:
                    found.setdefault(int(inputs.ids[inputs.first[unit]]), type)
    return found
