"""One vector of what is said in each quotation."""

import numpy as np
import pytest
from scan.plain import story_of

from dramaturg.draft import Draft
from dramaturg.encoder import Encoded, vector_width
from dramaturg.layers.neural.quotation_vectors import join_quotation_sums, quotations_of_units, sum_quotations
from dramaturg.scan import scan

TEXT = "“Late,” said Anna. “He said, ‘Never, never,’ and left.”\n\nNobody spoke.\n\n“So it was.”\n"


def speech_of(draft: Draft, cuts: list[int]) -> np.ndarray:
    """The speech of a draft whose unit k has the vector k, k, …, in windows that end at these units."""
    quotation = quotations_of_units(draft)
    bounds = [0, *cuts, len(draft.ud_words)]
    parts = []
    for first, last in zip(bounds[:-1], bounds[1:], strict=True):
        vectors = np.repeat(np.arange(first, last, dtype=np.float32)[:, None], vector_width(), axis=1)
        parts.append(sum_quotations(Encoded(first, last, vectors, vectors), quotation[first:last]))
    return join_quotation_sums(parts, len(draft.quotations))


def test_a_quotation_has_the_sum_of_its_words_and_their_number() -> None:
    draft = scan(story_of(TEXT))
    speech = speech_of(draft, [])

    for quotation, found in zip(draft.quotations, speech, strict=True):
        inside = [
            k
            for k, (start, end) in enumerate(draft.ud_words.places.tolist())
            if quotation.within is None and quotation.start <= start and end <= quotation.end
        ]
        assert found[-1] == len(inside) and (found[:-1] == sum(inside)).all()


def test_what_is_quoted_in_speech_counts_with_that_speech_alone() -> None:
    draft = scan(story_of(TEXT))
    inner = [i for i, quotation in enumerate(draft.quotations) if quotation.within is not None]

    assert inner and not speech_of(draft, [])[inner].any()


@pytest.mark.parametrize("cuts", [[1], [3, 7], [2, 2, 9]])
def test_windows_change_nothing(cuts: list[int]) -> None:
    draft = scan(story_of(TEXT))

    assert np.array_equal(speech_of(draft, cuts), speech_of(draft, []))


def test_no_quotations() -> None:
    assert speech_of(scan(story_of("Nobody spoke.\n")), []).shape == (0, vector_width() + 1)
