"""What the encoder sees in the training texts, kept from one run to the next: it takes minutes, and seldom changes.

The package's own weights are reckoned with in PyTorch, in 16 bits, which is several times as fast and nearly the same.
"""

import hashlib
import pickle
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from dramaturg.draft import Draft
from dramaturg.encoder import Encoded, load_pieces
from dramaturg.encoder.windows import Window, cut_windows, pad_windows, prepare
from dramaturg.findings import Floats, Ints, Sight, Spans, Syntax
from dramaturg.layers.coreference import link_mentions, look_at_mentions
from dramaturg.layers.sight import look
from dramaturg.weights import read_weights
from training.network import HEADS, LAYERS, WIDTH, Encoder

BATCH = 16  # windows
KEPT = Path(".work/sights")  # never to be shared: no part of the package reads it


def sight_of(draft: Draft) -> Sight:
    """The sight of a whole text, by the package's weights as they stand."""
    key = hashlib.sha256(read_weights("encoder.onnx") + read_weights("heads.npz") + draft.text.encode()).hexdigest()
    path = KEPT / f"{key}.pickle"
    if path.exists():
        kept: Sight = pickle.loads(path.read_bytes())
        return kept
    vectors = encode_quickly(draft)
    sight = look(draft, [Encoded(w.first, w.last, vectors[w.first : w.last]) for w in _windows(draft)])
    KEPT.mkdir(parents=True, exist_ok=True)
    np.save(path.with_suffix(".npy"), vectors.astype(np.float16))
    beside = path.with_suffix(".new")
    beside.write_bytes(pickle.dumps(sight))
    beside.rename(path)
    return sight


def _windows(draft: Draft) -> list[Window]:
    return cut_windows(draft, prepare(draft, load_pieces()))


@torch.no_grad()
def encode_quickly(draft: Draft) -> Floats:
    """A vector for each unit of a draft: (units, WIDTH)."""
    pieces, encoder = load_pieces(), _load_encoder()
    inputs = prepare(draft, pieces)
    windows = cut_windows(draft, inputs)
    total, counts = np.zeros((len(draft.units), WIDTH), np.float32), np.zeros(len(draft.units), np.float32)
    for at in range(0, len(windows), BATCH):
        padded = pad_windows(windows[at : at + BATCH], inputs, pieces)
        ids, case, place, mask = (torch.from_numpy(a) for a in (padded.ids, padded.case, padded.place, padded.mask))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = encoder(ids, case, place, mask).float().numpy()
        known = padded.unit >= 0
        np.add.at(counts, padded.unit[known], 1)
        np.add.at(total, padded.unit[known], found[known])
    vectors: Floats = total / np.maximum(counts, 1)[:, None]
    return vectors


@cache
def _load_encoder() -> Encoder:
    """The package's encoder in PyTorch, its weights as they were rounded."""
    tensors = {
        t.name: numpy_helper.to_array(t) for t in onnx.load_from_string(read_weights("encoder.onnx")).graph.initializer
    }
    state = {f"{name}.weight": tensors[f"{name}.w"] for name in ("position", "case", "place", "norm")}
    state |= {"norm.bias": tensors["norm.b"], "word.weight": tensors["word.small"] * tensors["word.scale"]}

    def dense(name: str) -> tuple[np.ndarray, np.ndarray]:
        return (tensors[f"{name}.w.small"] * tensors[f"{name}.w.scale"]).T, tensors[f"{name}.b"]

    for i in range(LAYERS):
        layer = f"layers.{i}."
        parts = [dense(f"{layer}{part}") for part in "qkv"]
        root = np.sqrt(WIDTH // HEADS)  # the attention's scale is put into the questions there
        state[f"{layer}qkv.weight"] = np.concatenate([parts[0][0] * root, parts[1][0], parts[2][0]])
        state[f"{layer}qkv.bias"] = np.concatenate([parts[0][1] * root, parts[1][1], parts[2][1]])
        for name in ("out", "up", "down"):
            state[f"{layer}{name}.weight"], state[f"{layer}{name}.bias"] = dense(f"{layer}{name}")
        for name in ("norm1", "norm2"):
            state[f"{layer}{name}.weight"] = tensors[f"{layer}{name}.w"]
            state[f"{layer}{name}.bias"] = tensors[f"{layer}{name}.b"]
    encoder = Encoder().eval()
    encoder.load_state_dict({name: torch.from_numpy(np.array(value, np.float32)) for name, value in state.items()})
    return encoder


def cut_sight(whole: Sight, draft: Draft, part: Draft, start: int) -> Sight:
    """The sight of `part`, which holds the text of `draft` from `start` on, out of that of the whole.

    Nearly what the encoder would see there; the windows at its edges differ.
    """
    unit = _places(draft, part, start)
    spans = whole.spans
    kept = np.flatnonzero((unit[spans.first] >= 0) & (unit[spans.last - 1] >= 0))
    first, last = unit[spans.first[kept]], unit[spans.last[kept] - 1] + np.int32(1)
    order = np.lexsort((-last, first))
    kept, first, last = kept[order], first[order], last[order]
    found = Spans(
        first, last, spans.type[kept], spans.kind[kept], spans.confidence[kept], np.asarray(spans.vectors)[kept]
    )
    places = look_at_mentions(part, first, last, found.kind, found.type)
    events = unit[whole.events]
    return Sight(
        found,
        *link_mentions(places, found.vectors),
        events[events >= 0],
        whole.likely[events >= 0],
        _syntax(whole, unit, len(part.units)),
    )


def _places(draft: Draft, part: Draft, start: int) -> Ints:
    """For each unit of the whole its number in the part, -1 where it has none: (units,)."""
    theirs = part.units.places + start
    at = np.minimum(np.searchsorted(theirs[:, 0], draft.units.places[:, 0]), len(theirs) - 1)
    same = (theirs[at] == draft.units.places).all(axis=1)
    numbers: Ints = np.where(same, at, -1).astype(np.int32)
    return numbers


def _syntax(whole: Sight, unit: Ints, units: int) -> Syntax:
    known = np.flatnonzero(unit >= 0)
    columns = [np.zeros(units, np.int32) for _ in range(3)]
    for column, theirs in zip(columns, (whole.syntax.tag, whole.syntax.edit, whole.syntax.relation), strict=True):
        column[unit[known]] = theirs[known]
    head = np.arange(units, dtype=np.int32)
    above = unit[whole.syntax.head[known]]
    head[unit[known]] = np.where(above >= 0, above, unit[known])
    return Syntax(columns[0], columns[1], head, columns[2])
