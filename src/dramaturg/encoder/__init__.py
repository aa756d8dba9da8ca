"""Draft → windows of vectors: one pass of one small transformer, whose vectors every layer reads.

The network is all-MiniLM-L6-v2, trained further on fiction: 6 layers, weights stored in 8 bits and computed with in 32.
Only this package knows word pieces: a window has one vector for each unit, the mean of its pieces' vectors.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import Draft
from dramaturg.encoder.windows import Inputs, Window, cut_windows, pad_windows, piece_bounds, prepare
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from dramaturg.errors import DamagedInstallation
from dramaturg.weights import REINSTALL, read_weights

# Several cores share a batch of windows of one length better than a single window. One core runs each window alone:
# that is as large a matrix as suits its cache (50 ms on an EPYC; 54 in batches of eight), and nothing is padded. So
# batching short stories would gain nothing. The vectors are the same to the bit.
BATCH_WINDOWS = 8  # windows of one batch
LOWER_LAYERS = (0, 2, 4)  # whose vectors are given besides those of the last; 0 is what goes into the first layer
LOWER_OUTPUTS = tuple(f"layers.{layer - 1}.norm2.out" if layer else "norm.out" for layer in LOWER_LAYERS)
LENGTH_STEP = 32  # the length of a batch in pieces is a multiple of this

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """A window: units `first` to `last` (excluded) of a draft, and a vector for each: float32, (units, width).

    `lower`: the vectors of LOWER_LAYERS side by side, (units, layers * width). Below all attention is the word itself.
    """

    first: int
    last: int
    vectors: Vectors
    lower: Vectors


def encode(draft: Draft) -> Iterator[Encoded]:
    """The windows of a draft, in order, with their vectors. Raises DamagedInstallation if weights are missing."""
    if not len(draft.ud_words):
        return
    tokenizer = load_tokenizer()
    inputs = prepare(draft, tokenizer)
    batch, step = (1, 1) if _threads() == 1 else (BATCH_WINDOWS, LENGTH_STEP)
    batches = [
        (group[at : at + batch], width)
        for width, group in _groups(cut_windows(draft, inputs), inputs, step)
        for at in range(0, len(group), batch)
    ]
    if batch == 1:
        for windows, width in batches:
            yield from _run(windows, inputs, tokenizer, width)
        return
    # While the layers read one batch on one core, the network runs the next.
    load_session()
    with ThreadPoolExecutor(1) as ahead:
        running: Future[list[Encoded]] | None = None
        for windows, width in batches:
            following = ahead.submit(_run, windows, inputs, tokenizer, width)
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


def _run(windows: list[Window], inputs: Inputs, tokenizer: WordPieceTokenizer, width: int) -> list[Encoded]:
    padded = pad_windows(windows, inputs, tokenizer, width)
    feed = {"ids": padded.ids, "case": padded.case, "place": padded.place, "mask": padded.mask}
    vectors, *lower = load_session().run(["vectors", *LOWER_OUTPUTS], feed)
    encoded = []
    for row, window in enumerate(windows):
        start, end = piece_bounds(window, inputs)
        first = inputs.first[window.first : window.last] - start
        pieces = slice(1, 1 + end - start)
        highest, *others = (_mean_of_pieces(found[row, pieces], first) for found in (vectors, *lower))
        encoded.append(Encoded(window.first, window.last, highest, np.concatenate(others, axis=1)))
    return encoded


def _mean_of_pieces(pieces: Vectors, first: NDArray[np.int32]) -> Vectors:
    """The mean vector of the pieces of each unit. `first`: the first piece of each unit."""
    counts = np.diff(first, append=len(pieces))
    mean: Vectors = pieces[first]
    several = counts > 1  # a few: most units are one piece
    if several.any():
        ends = np.cumsum(counts[several])
        sums = np.add.reduceat(pieces[np.repeat(several, counts)], ends - counts[several], axis=0)
        mean[several] = sums / counts[several, None].astype(np.float32)
    return mean


@cache
def load_tokenizer() -> WordPieceTokenizer:
    """The tokenizer, with the vocabulary of the weights."""
    return WordPieceTokenizer(read_weights("vocabulary.txt").decode("utf-8").split("\n"))


@cache
def load_session() -> Any:
    """The network, on ONNX Runtime. Raises DamagedInstallation if it cannot be loaded.

    The environment variable DRAMATURG_THREADS limits how many cores it uses; by default it uses all.
    """
    import onnxruntime  # takes a fifth of a second, so commands that do not read a story never import it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = _threads()
    options.log_severity_level = 3
    # Weights are converted from 8 bits to 32 once, when loaded; activations are never rounded.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    network = declare_outputs(read_weights("encoder.onnx"), LOWER_OUTPUTS)
    try:
        return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own errors have no common class
        raise DamagedInstallation(
            f"weights/encoder.onnx cannot be loaded ({type(error).__name__}). {REINSTALL}"
        ) from error


def declare_outputs(network: bytes, names: Sequence[str]) -> bytes:
    """An ONNX model with more of its values as outputs.

    A serialised protobuf message that is appended to another is merged with it
    (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so the model need not be parsed.
    """
    value_infos = (b"\x0a" + _sized(name.encode()) for name in names)  # ValueInfoProto.name is field 1
    graph = b"".join(b"\x62" + _sized(value_info) for value_info in value_infos)  # GraphProto.output is field 12
    return network + b"\x3a" + _sized(graph)  # ModelProto.graph is field 7


def _sized(data: bytes) -> bytes:
    """Data after its length as a varint."""
    size, head = len(data), b""
    while size > 127:
        head += bytes([size & 127 | 128])
        size >>= 7
    return head + bytes([size]) + data


def vector_width() -> int:
    """The width of the network's vectors. Raises DamagedInstallation if it cannot be loaded."""
    return int(load_session().get_outputs()[0].shape[-1])


def _threads() -> int:
    given = os.environ.get("DRAMATURG_THREADS", "")
    return int(given) if given.isdecimal() else 0
