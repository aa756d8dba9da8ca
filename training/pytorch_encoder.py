"""The package's encoder in PyTorch and 16 bits, for training texts: several times as fast as in 32 bits."""

from functools import cache

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from dramaturg.draft import Draft
from dramaturg.encoder import LOWER_LAYERS, Encoded, load_tokenizer
from dramaturg.encoder.windows import cut_windows, pad_windows, prepare
from dramaturg.findings import Floats
from dramaturg.weights import read_weights
from training.network import HEADS, LAYERS, WIDTH, Encoder

BATCH_WINDOWS = 16


@torch.no_grad()
def encode_with_pytorch(draft: Draft) -> list[Encoded]:
    """The windows of a draft with their vectors, as `dramaturg.encoder.encode` returns them, but in 16 bits."""
    pieces, encoder = load_tokenizer(), load_encoder()
    inputs = prepare(draft, pieces)
    windows = cut_windows(draft, inputs)
    n_units, n_layers = len(draft.ud_words), len(LOWER_LAYERS) + 1
    total, counts = np.zeros((n_units, n_layers * WIDTH), np.float32), np.zeros(n_units, np.float32)
    for at in range(0, len(windows), BATCH_WINDOWS):
        padded = pad_windows(windows[at : at + BATCH_WINDOWS], inputs, pieces)
        ids, case, place, mask = (torch.from_numpy(a) for a in (padded.ids, padded.case, padded.place, padded.mask))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            layers = encoder.all_layers(ids, case, place, mask)
        found = torch.cat([layers[-1], *(layers[layer] for layer in LOWER_LAYERS)], dim=-1).float().numpy()
        known = padded.unit >= 0
        np.add.at(counts, padded.unit[known], 1)
        np.add.at(total, padded.unit[known], found[known])
    vectors: Floats = total / np.maximum(counts, 1)[:, None]
    return [Encoded(w.first, w.last, *np.split(vectors[w.first : w.last], [WIDTH], axis=1)) for w in windows]


@cache
def load_encoder() -> Encoder:
    """The package's encoder in PyTorch, with its rounded weights."""
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
        root = np.sqrt(WIDTH // HEADS)  # the ONNX file holds the query weights divided by it
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
