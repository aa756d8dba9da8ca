"""Draft → windows of vectors: one pass of one small transformer, that every layer reads.

The network is all-MiniLM-L6-v2 gone on with (6 layers, 384 wide), its weights stored in 8 bits and reckoned with in 32.
Only this package knows word pieces: a window's vectors are one row a unit, the mean of its pieces.
"""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import Draft
from dramaturg.encoder.pieces import Pieces
from dramaturg.encoder.windows import Inputs, Window, cut_windows, pad_windows, piece_bounds, prepare
from dramaturg.errors import DamagedInstallation
from dramaturg.weights import REINSTALL, read_weights

# Several cores share windows of one width better than one window. One core takes each as it is: that is as large a
# matrix as its cache wants (50 ms of an EPYC's time; 54 in eights), and nothing is padded. So there is nothing to be
# had from putting short stories together. What comes out is the same to the bit.
BATCH = 8  # windows that go through together
WIDTH = 384  # of a vector
STEP = 32  # pieces that their width is rounded up to

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """Units `first` to `last` (excluded) of a draft, and a vector for each: float32, (units, 384)."""

    first: int
    last: int
    vectors: Vectors


def encode(draft: Draft) -> Iterator[Encoded]:
    """The windows of a draft, in order, each with its vectors. Raises DamagedInstallation where weights are missing."""
    if not len(draft.ud_words):
        return
    pieces = load_pieces()
    inputs = prepare(draft, pieces)
    batch, step = (1, 1) if _threads() == 1 else (BATCH, STEP)
    batches = [
        (group[at : at + batch], width)
        for width, group in _groups(cut_windows(draft, inputs), inputs, step)
        for at in range(0, len(group), batch)
    ]
    if batch == 1:
        for windows, width in batches:
            yield from _run(windows, inputs, pieces, width)
        return
    # While the layers read one batch, on one core, the network is at the next.
    load_session()
    with ThreadPoolExecutor(1) as ahead:
        running: Future[list[Encoded]] | None = None
        for windows, width in batches:
            following = ahead.submit(_run, windows, inputs, pieces, width)
            if running is not None:
                yield from running.result()
            running = following
        if running is not None:
            yield from running.result()


def _groups(windows: list[Window], inputs: Inputs, step: int) -> Iterator[tuple[int, list[Window]]]:
    for width, same in groupby(windows, lambda window: _width(window, inputs, step)):
        yield width, list(same)


def _width(window: Window, inputs: Inputs, step: int) -> int:
    start, end = piece_bounds(window, inputs)
    return -(-(end - start + 2) // step) * step


def _run(windows: list[Window], inputs: Inputs, pieces: Pieces, width: int) -> list[Encoded]:
    padded = pad_windows(windows, inputs, pieces, width)
    feed = {"ids": padded.ids, "case": padded.case, "place": padded.place, "mask": padded.mask}
    (found,) = load_session().run(["vectors"], feed)
    encoded = []
    for row, window in enumerate(windows):
        start, end = piece_bounds(window, inputs)
        first = inputs.first[window.first : window.last] - start
        sums = np.add.reduceat(found[row, 1 : 1 + end - start], first, axis=0)
        counts = np.diff(first, append=end - start)
        vectors: Vectors = (sums / counts[:, None]).astype(np.float32)
        encoded.append(Encoded(window.first, window.last, vectors))
    return encoded


@cache
def load_pieces() -> Pieces:
    """The vocabulary of the weights."""
    return Pieces(read_weights("vocabulary.txt").decode("utf-8").split("\n"))


@cache
def load_session() -> Any:
    """The network, on ONNX Runtime. Raises DamagedInstallation where it cannot be loaded.

    DRAMATURG_THREADS: how many cores it may use; all where it is not set.
    """
    import onnxruntime  # a fifth of a second: not for those who only ask for help

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads()
    options.log_severity_level = 3
    # Weights are brought from 8 bits to 32 once, when loaded; activations are never rounded.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    network = read_weights("encoder.onnx")
    try:
        return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors have no common class
        raise DamagedInstallation(
            f"weights/encoder.onnx cannot be loaded ({type(error).__name__}). {REINSTALL}"
        ) from error


def _threads() -> int:
    given = os.environ.get("DRAMATURG_THREADS", "")
    return int(given) if given.isdecimal() else 0
