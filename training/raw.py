"""Raw novels, packed small: what `masked` guesses at and what `layers` has a teacher read.

A piece is 16 bits, with 8 for its word's case and place and for whether a word or a sentence begins with it; all
novels that may be learned from are some 34 MB so, and half of that on the disk.
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

CASE, PLACE, WORD, SENTENCE = 0, 3, 6, 7  # the bit of a flag at which each begins


@dataclass(frozen=True)
class Raw:
    """Windows of raw novels, one after the other.

    `ids` (pieces,) uint16; `flags` (pieces,) uint8; `starts` (windows + 1,): the first piece of each window, and the
    end; `novels` (novels + 1,): the first window of each, and the end.
    """

    ids: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    starts: NDArray[np.int64]
    novels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self, windows: NDArray[np.int64], pieces: WordPieceTokenizer) -> NDArray[np.int32]:
        """(windows, 4, pieces): pieces, cases, places, words from 0 (-2 for what opens or closes, -1 for none)."""
        rows = np.zeros((len(windows), 4, WINDOW_PIECES), np.int32)
        rows[:, 0], rows[:, 3] = pieces.pad, -1
        for row, window in zip(rows, windows.tolist(), strict=True):
            here = slice(int(self.starts[window]), int(self.starts[window + 1]))
            end = here.stop - here.start + 1
            row[0, 0], row[0, end], row[3, 0], row[3, end] = pieces.open, pieces.close, -2, -2
            row[0, 1:end] = self.ids[here]
            row[1:, 1:end] = _opened(self.flags[here])
        return rows

    def stretch(self, first: int, last: int) -> Example:
        """The windows from `first` to `last`, excluded, as an example that nobody has annotated."""
        here = slice(int(self.starts[first]), int(self.starts[last]))
        case, place, unit = _opened(self.flags[here])
        begins = np.flatnonzero(np.diff(unit, prepend=-1)).astype(np.int32)
        inputs = Inputs(
            self.ids[here].astype(np.int32), unit, case[begins].astype(np.int8), place[begins].astype(np.int8), begins
        )
        at = np.searchsorted(begins, self.starts[first : last + 1] - here.start).tolist()
        windows = [Window(a, b) for a, b in zip(at[:-1], at[1:], strict=True)]
        # A sentence longer than a window goes on in the next, where no word of it begins one.
        opened = (self.flags[here][begins] >> SENTENCE & 1).astype(bool)
        opened[at[:-1]] = True
        bounds = [*np.flatnonzero(opened).tolist(), len(begins)]
        return Example(inputs, windows, list(zip(bounds[:-1], bounds[1:], strict=True)), len(begins), raw=True)


def _opened(flags: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Cases, places and words counted from 0, of each piece: (3, pieces)."""
    word = np.cumsum(flags >> WORD & 1) - 1
    return np.stack([flags >> CASE & 7, flags >> PLACE & 7, word]).astype(np.int32)


def novels(corpora: Path) -> list[Path]:
    """The raw texts that may be learned from: none of the works of dev."""
    names = (corpora / "pdnc/train.txt").read_text().split()
    ids = set((corpora / "litbank/train.ids").read_text().split())
    books = [p for p in sorted((corpora / "litbank/original").glob("*.txt")) if p.name.split("_")[0] in ids]
    return [*(corpora / "pdnc/data" / name / "novel_text.txt" for name in names), *books]


def read_raw(corpora: Path, pieces: WordPieceTokenizer, cache: Path) -> Raw:
    """Read and pack the novels, or take what was packed before."""
    if not cache.exists():
        with ProcessPoolExecutor(2) as pool:
            packed = list(pool.map(partial(pack, pieces=pieces), novels(corpora)))
        counts = np.concatenate([part[2] for part in packed])
        many = [len(part[2]) for part in packed]
        ids, flags = (np.concatenate([part[i] for part in packed]) for i in (0, 1))
        np.savez_compressed(cache, ids=ids, flags=flags, starts=np.cumsum([0, *counts]), novels=np.cumsum([0, *many]))
    with np.load(cache) as kept:
        return Raw(kept["ids"], kept["flags"], kept["starts"], kept["novels"])


def pack(path: Path, pieces: WordPieceTokenizer) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.int64]]:
    """A novel's pieces, their flags, and how many are in each window."""
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
