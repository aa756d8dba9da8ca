"""Names swapped for others of their type, all through a document: so that no name is known by heart.

Only names of one word that is one piece change, each for another such from the corpus, so that nothing moves.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dramaturg.findings import KINDS
from training.examples import Example

CAPITAL = 2  # of `Inputs.case`: a capital where not any word has one
COMMON = 6  # documents: a name that stands in so many is a title or a part of one (“Sir”), and stays


class Names:
    """The names of some annotated documents, to put them in each other's place."""

    def __init__(self, examples: Sequence[Example]) -> None:
        """`examples`: with mentions, kinds and types."""
        found = [_names(example) for example in examples]
        seen = Counter(piece for names in found for piece in names)
        rare = [{piece: type for piece, type in names.items() if seen[piece] < COMMON} for names in found]
        self.documents = list(zip(examples, rare, strict=True))
        self.of_type: dict[int, list[int]] = defaultdict(list)
        for piece, type in sorted({item for names in rare for item in names.items()}):
            self.of_type[type].append(piece)

    def swap(self, number: int, draw: np.random.Generator) -> Example:
        """The example of that number, with each of its names for another's."""
        example, names = self.documents[number]
        new = {piece: int(draw.choice(self.of_type[type])) for piece, type in names.items()}
        ids = example.inputs.ids.copy()
        capital = example.inputs.first[example.inputs.case == CAPITAL]
        ids[capital] = [new.get(piece, piece) for piece in ids[capital].tolist()]
        return replace(example, inputs=replace(example.inputs, ids=ids))


def _names(example: Example) -> dict[int, int]:
    """The pieces that are names, with their types."""
    inputs = example.inputs
    length = np.diff(np.append(inputs.first, len(inputs.ids)))
    found: dict[int, int] = {}
    for first, last, type, kind, _ in example.mentions.tolist():
        if KINDS[kind] == "name":
            for unit in range(first, last):
                if length[unit] == 1 and inputs.case[unit] == CAPITAL:
                    found.setdefault(int(inputs.ids[inputs.first[unit]]), type)
    return found
