"""What is said in each quotation, as one vector: voices are told apart by it (`cast/speakers/voice_embedding.py`)."""

import numpy as np

from dramaturg.draft import Draft
from dramaturg.encoder import WIDTH, Encoded
from dramaturg.findings import Floats, Ints


def quotations_of_units(draft: Draft) -> Ints:
    """The outermost quotation that each unit stands in, -1 for none: (units,)."""
    found = np.full(len(draft.ud_words), -1, np.int32)
    starts = draft.ud_words.places[:, 0]
    for i, quotation in enumerate(draft.quotations):
        if quotation.within is None:
            first, last = np.searchsorted(starts, (quotation.start, quotation.end))
            found[first:last] = i
    return found


def find_speech(window: Encoded, quotation: Ints) -> tuple[Ints, Floats]:
    """The quotations in a window, and for each the sum of its units' vectors, and their number: (found, width + 1).

    `quotation`: that of each of the window's units, -1 for none.
    """
    inside = np.flatnonzero(quotation >= 0)
    numbers, row = np.unique(quotation[inside], return_inverse=True)
    sums = np.zeros((len(numbers), WIDTH + 1), np.float32)
    np.add.at(sums[:, :-1], row, window.vectors[inside])
    np.add.at(sums[:, -1], row, np.float32(1))
    return numbers.astype(np.int32), sums


def join_speech(parts: list[tuple[Ints, Floats]], count: int) -> Floats:
    """The windows' sums as one of each quotation: (count, width + 1)."""
    whole = np.zeros((count, WIDTH + 1), np.float32)
    for numbers, sums in parts:
        whole[numbers] += sums
    return whole
