"""Draft → the encoder's input: windows of word pieces, with the case that an uncased vocabulary does not have.

A window has as many whole sentences as fit; only a sentence longer than a window is cut. Windows depend on the story
alone, never on other stories of the same batch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import Draft, sentence_bounds
from dramaturg.encoder.word_pieces import WordPieceTokenizer

WINDOW_PIECES = 256  # at most, the opening and the closing piece included
CASES = 6  # lower case or no letters, capital where any word has one, capital elsewhere, all capitals, mixed, digits
PLACES = 6  # narration, speech, speech within speech; each at a paragraph's start or not


@dataclass(frozen=True, slots=True)
class Inputs:
    """A whole draft in pieces. `ids`, `unit`: (pieces,); `case`, `place`, `first`: (units,).

    `unit`: the unit of each piece. `first`: the first piece of each unit. `case`, `place`: see CASES, PLACES.
    """

    ids: NDArray[np.int32]
    unit: NDArray[np.int32]
    case: NDArray[np.int8]
    place: NDArray[np.int8]
    first: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Window:
    """The units of one window, `last` excluded."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Padded:
    """Some windows as a batch for the network; all of shape (windows, width), the width in pieces.

    `ids`: pieces, with the opening and the closing piece, and padding. `case`, `place`: those of the piece's unit, 0 if
    it has none. `unit`: the piece's unit, -1 if it has none. `mask`: 1 for pieces, 0 for padding.
    """

    ids: NDArray[np.int32]
    case: NDArray[np.int32]
    place: NDArray[np.int32]
    unit: NDArray[np.int32]
    mask: NDArray[np.float32]


def prepare(draft: Draft, tokenizer: WordPieceTokenizer) -> Inputs:
    """Cut the units of a draft into pieces, and find the case and place of each unit."""
    text = draft.text
    words = [text[start:end] for start, end in draft.ud_words.places.tolist()]
    cut = [tokenizer.ids(word) for word in words]
    counts = np.fromiter(map(len, cut), dtype=np.int32, count=len(cut))
    ids = np.fromiter((piece for word in cut for piece in word), dtype=np.int32, count=int(counts.sum()))
    first = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int32) if len(cut) else np.zeros(0, np.int32)
    place = places(draft)
    return Inputs(ids, np.repeat(np.arange(len(cut), dtype=np.int32), counts), cases(words, place, draft), place, first)


def cases(words: list[str], place: NDArray[np.int8], draft: Draft) -> NDArray[np.int8]:
    """The case of each unit, see CASES: (units,)."""
    sentence = draft.ud_words.sentence
    starts = np.ones(len(words), dtype=bool)
    starts[1:] = (sentence[1:] != sentence[:-1]) | (place[1:] // 2 != place[:-1] // 2)
    out = np.zeros(len(words), dtype=np.int8)
    begins = False
    for i, (word, start) in enumerate(zip(words, starts.tolist(), strict=True)):
        begins = begins or start
        if word[0].isalpha():
            out[i] = _case(word, begins)
            begins = False
        elif word[0].isdigit():
            out[i] = 5
            begins = False
    return out


def _case(word: str, begins: bool) -> int:
    if not word[0].isupper():
        return 0 if word.islower() or not any(map(str.isupper, word)) else 4
    if len(word) == 1 or word[1:].islower():
        return 1 if begins else 2
    return 3 if word.isupper() else 4


def places(draft: Draft) -> NDArray[np.int8]:
    """The place of each unit, see PLACES: (units,). Twice the depth of speech, plus 1 for a paragraph's first unit."""
    start = draft.ud_words.places[:, 0]
    depth = np.zeros(len(start), dtype=np.int8)
    for quotation in draft.quotations:
        first, last = np.searchsorted(start, [quotation.start, quotation.end])
        depth[first:last] = 1 if quotation.within is None else 2
    begins = np.array([block.start for block in draft.paragraphs], dtype=np.int64)
    paragraph = np.searchsorted(begins, start, side="right")
    opening = np.ones(len(start), dtype=np.int8)
    opening[1:] = paragraph[1:] != paragraph[:-1]
    return (depth * 2 + opening).astype(np.int8)


def cut_windows(draft: Draft, inputs: Inputs, width: int = WINDOW_PIECES) -> list[Window]:
    """The windows of a draft, in order; each unit is in exactly one."""
    room = width - 2
    ends = [end for _, end in sentence_bounds(draft.ud_words.sentence)]
    after = np.append(inputs.first, len(inputs.ids))  # the first piece of each unit, then the number of pieces
    return list(_windows(ends, after, room))


def _windows(ends: list[int], after: NDArray[np.int32], room: int) -> Iterator[Window]:
    first = at = 0
    for end in ends:
        if after[end] - after[first] <= room:
            at = end
            continue
        if at > first:
            yield Window(first, at)
            first = at
        while after[end] - after[first] > room:  # a sentence longer than a window
            cut = int(np.searchsorted(after, after[first] + room, side="right")) - 1
            cut = max(cut, first + 1)
            yield Window(first, cut)
            first = cut
        at = end
    if at > first:
        yield Window(first, at)


def pad_windows(
    windows: Sequence[Window], inputs: Inputs, tokenizer: WordPieceTokenizer, width: int | None = None
) -> Padded:
    """A batch of windows of one draft. `width`: in pieces, by default that of the longest window."""
    bounds = [piece_bounds(window, inputs) for window in windows]
    shape = (len(windows), width or max(end - start for start, end in bounds) + 2)
    ids, unit = np.full(shape, tokenizer.pad, np.int32), np.full(shape, -1, np.int32)
    case, place, mask = np.zeros(shape, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.float32)
    for row, (start, end) in enumerate(bounds):
        n, here = end - start, inputs.unit[start:end]
        ids[row, 0], ids[row, n + 1] = tokenizer.open, tokenizer.close
        ids[row, 1 : n + 1], unit[row, 1 : n + 1] = inputs.ids[start:end], here
        case[row, 1 : n + 1], place[row, 1 : n + 1] = inputs.case[here], inputs.place[here]
        mask[row, : n + 2] = 1
    return Padded(ids, case, place, unit, mask)


def piece_bounds(window: Window, inputs: Inputs) -> tuple[int, int]:
    """First and last (excluded) piece of a window."""
    end = inputs.first[window.last] if window.last < len(inputs.first) else len(inputs.ids)
    return int(inputs.first[window.first]), int(end)
