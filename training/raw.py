"""Raw novels in a compact form, for `masked` and for distillation in `layers`.

A piece takes 16 bits, plus 8 for its word's case and place and for whether a word or a sentence begins with it. All
train novels take some 34 MB in this form, and half of that on disk.
"""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import sentence_bounds
from dramaturg.encoder.windows import WINDOW_PIECES, Inputs, Window, cut_windows, prepare
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from dramaturg.scan import scan
from dramaturg.sources import load
from dramaturg.sources.limits import Limits
from training.examples import Example

CASE, PLACE, WORD, SENTENCE = 0, 3, 6, 7  # the lowest bit of each value in a flag


@dataclass(frozen=True)
class Raw:
    """Windows of raw novels, one after the other.

    `ids` (pieces,) uint16. `flags` (pieces,) uint8. `starts` (windows + 1,): the first piece of each window, and the
    end. `novels` (novels + 1,): the first window of each novel, and the end.
    """

    ids: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    starts: NDArray[np.int64]
    novels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, windows: NDArray[np.int64], pieces: WordPieceTokenizer) -> NDArray[np.int32]:
        """Windows as rows: (windows, 4, WINDOW_PIECES) of pieces, cases, places and words.

        Words are counted from 0; -2 marks the opening and the closing piece, -1 padding.
        """
        rows = np.zeros((len(windows), 4, WINDOW_PIECES), np.int32)
        rows[:, 0], rows[:, 3] = pieces.pad, -1
        for row, window in zip(rows, windows.tolist(), strict=True):
            in_span = slice(int(self.starts[window]), int(self.starts[window + 1]))
            end = in_span.stop - in_span.start + 1
            row[0, 0], row[0, end], row[3, 0], row[3, end] = pieces.open, pieces.close, -2, -2
            row[0, 1:end] = self.ids[in_span]
            row[1:, 1:end] = _unpack(self.flags[in_span])
        return rows

    def example(self, first: int, last: int) -> Example:
        """The windows from `first` to `last` (excluded) as an example without labels."""
        in_span = slice(int(self.starts[first]), int(self.starts[last]))
        case, place, unit = _unpack(self.flags[in_span])
        first_pieces = np.flatnonzero(np.diff(unit, prepend=-1)).astype(np.int32)
        inputs = Inputs(
            self.ids[in_span].astype(np.int32),
            unit,
            case[first_pieces].astype(np.int8),
            place[first_pieces].astype(np.int8),
            first_pieces,
        )
        at = np.searchsorted(first_pieces, self.starts[first : last + 1] - in_span.start).tolist()
        windows = [Window(a, b) for a, b in zip(at[:-1], at[1:], strict=True)]
        # A sentence longer than a window is cut: its rest is a sentence of the next window.
        starts_sentence = (self.flags[in_span][first_pieces] >> SENTENCE & 1).astype(bool)
        starts_sentence[at[:-1]] = True
        bounds = [*np.flatnonzero(starts_sentence).tolist(), len(first_pieces)]
        return Example(inputs, windows, list(zip(bounds[:-1], bounds[1:], strict=True)), len(first_pieces), raw=True)


def _unpack(flags: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Cases, places and words counted from 0, of each piece: (3, pieces)."""
    word = np.cumsum(flags >> WORD & 1) - 1
    return np.stack([flags >> CASE & 7, flags >> PLACE & 7, word]).astype(np.int32)


def find_novels(corpora: Path) -> list[Path]:
    """The raw texts of the train splits; none of them is a work of dev."""
    names = (corpora / "pdnc/train.txt").read_text().split()
    ids = set((corpora / "litbank/train.ids").read_text().split())
    books = [p for p in sorted((corpora / "litbank/original").glob("*.txt")) if p.name.split("_")[0] in ids]
    return [*(corpora / "pdnc/data" / name / "novel_text.txt" for name in names), *books]


def read_raw(corpora: Path, pieces: WordPieceTokenizer, cache: Path) -> Raw:
    """Read and pack the novels, or load them from the file `cache`."""
    if not cache.exists():
        with ProcessPoolExecutor(2) as pool:
            packed = list(pool.map(partial(pack, pieces=pieces), find_novels(corpora)))
        counts = np.concatenate([part[2] for part in packed])
        n_windows = [len(part[2]) for part in packed]
        ids, flags = (np.concatenate([part[i] for part in packed]) for i in (0, 1))
        np.savez_compressed(
            cache, ids=ids, flags=flags, starts=np.cumsum([0, *counts]), novels=np.cumsum([0, *n_windows])
        )
    with np.load(cache) as kept:
        return Raw(kept["ids"], kept["flags"], kept["starts"], kept["novels"])


def pack(path: Path, pieces: WordPieceTokenizer) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.int64]]:
    """A novel's pieces, their flags, and the number of pieces in each window."""
    draft = scan(load(path, Limits()))
    inputs = prepare(draft, pieces)
    windows = cut_windows(draft, inputs)
    after = np.append(inputs.first, len(inputs.ids))
    word, sentence = np.zeros(len(inputs.ids), np.uint8), np.zeros(len(inputs.ids), np.uint8)
    word[inputs.first] = 1
    sentence[inputs.first[[start for start, _ in sentence_bounds(draft.ud_words.sentence)]]] = 1
    case, place = inputs.case[inputs.unit].astype(np.uint8), inputs.place[inputs.unit].astype(np.uint8)
    flags = case << CASE | place << PLACE | word << WORD | sentence << SENTENCE
    counts = np.array([after[w.last] - after[w.first] for w in windows], np.int64)
    return inputs.ids.astype(np.uint16), flags.astype(np.uint8), counts
