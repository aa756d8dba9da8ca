"""One vector for the words of each quotation, which `cast/speakers/voice_embedding.py` compares."""

import numpy as np

from dramaturg.draft import Draft, outermost_at
from dramaturg.encoder import Encoded, vector_width
from dramaturg.findings import Floats, Ints


def quotations_of_units(draft: Draft) -> Ints:
    """The outermost quotation around each unit, -1 for none: (units,)."""
    return outermost_at(draft.quotations, draft.ud_words.places[:, 0])


def sum_quotations(window: Encoded, quotation: Ints) -> tuple[Ints, Floats]:
    """The quotations in a window, and for each the sum of the vectors of its units, and their number.

    `quotation`: the quotation of each unit of the window, -1 for none. Returns (found,) and (found, width + 1).
    """
    inside = np.flatnonzero(quotation >= 0)
    numbers, row = np.unique(quotation[inside], return_inverse=True)
    sums = np.zeros((len(numbers), window.vectors.shape[1] + 1), np.float32)
    np.add.at(sums[:, :-1], row, window.vectors[inside])
    np.add.at(sums[:, -1], row, np.float32(1))
    return numbers.astype(np.int32), sums


def join_quotation_sums(windows: list[tuple[Ints, Floats]], n_quotations: int) -> Floats:
    """The sums of all windows, added up for each quotation: (n_quotations, width + 1)."""
    columns = windows[0][1].shape[1] if windows else vector_width() + 1
    total = np.zeros((n_quotations, columns), np.float32)
    for numbers, sums in windows:
        total[numbers] += sums
    return total
