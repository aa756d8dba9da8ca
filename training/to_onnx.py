"""Write a trained reader as package data: the encoder as ONNX with 8-bit weights, the heads as 16-bit arrays.

    python -m training.to_onnx --work .work/layers [--out src/dramaturg/weights]

The graph is written node by node, not traced, so you can read here what runs. Weights are rounded to 8 bits, with one
scale per column of a matrix and per row of the piece embedding; ONNX Runtime converts them back to 32 bits when it
loads them.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from dramaturg.draft import sentence_bounds
from dramaturg.encoder.windows import cut_windows, prepare
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from training.examples import Example, load_tokenizer, read_draft
from training.manifest import WEIGHTS, write_manifest
from training.network import HEADS, LAYERS, WIDTH, Encoder
from training.reader import unit_vectors
from training.steps import make_step

OPSET = 20
LEFT_OUT = frozenset(["encoder", "utterances", "people", "says", "hears"])  # modules that no layer of the package uses
VECTORS = Path(__file__).parents[1] / "tests" / "cases" / "vectors.npz"


def round_to_8_bits(weight: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """A matrix in 8 bits, and the scale of each of its columns (axis 0) or rows (axis 1)."""
    scale = (np.maximum(np.abs(weight).max(axis=axis, keepdims=True), 1e-8) / 127).astype(np.float32)
    return np.clip(np.round(weight / scale), -127, 127).astype(np.int8), scale


class Graph:
    """The nodes and tensors of an ONNX graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []

    def add(self, op: str, inputs: list[str], output: str, **attributes: object) -> str:
        """Add a node with one output. Returns the output's name."""
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def tensor(self, name: str, values: NDArray[np.generic]) -> str:
        """Add a constant. Returns its name."""
        self.tensors.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def matrix(self, name: str, weight: NDArray[np.float32]) -> str:
        """Add a weight matrix (in, out), stored in 8 bits. Returns its name."""
        small, scale = round_to_8_bits(weight, 0)
        scale = scale[0]
        inputs = [self.tensor(f"{name}.small", small), self.tensor(f"{name}.scale", scale.astype(np.float32))]
        return self.add("DequantizeLinear", inputs, name, axis=1)

    def dense(self, x: str, name: str, state: dict[str, NDArray[np.float32]]) -> str:
        """Add a linear layer: x · W + b. Returns the output's name."""
        product = self.add("MatMul", [x, self.matrix(f"{name}.w", state[f"{name}.weight"].T)], f"{name}.product")
        return self.add("Add", [product, self.tensor(f"{name}.b", state[f"{name}.bias"])], f"{name}.out")

    def norm(self, x: str, name: str, state: dict[str, NDArray[np.float32]]) -> str:
        """Add a layer normalisation. Returns the output's name."""
        inputs = [x, self.tensor(f"{name}.w", state[f"{name}.weight"]), self.tensor(f"{name}.b", state[f"{name}.bias"])]
        return self.add("LayerNormalization", inputs, f"{name}.out", axis=-1, epsilon=1e-12)


def build(state: dict[str, NDArray[np.float32]]) -> onnx.ModelProto:
    """The encoder as an ONNX model: ids, case, place, mask of shape (windows, pieces) → vectors."""
    g = Graph()
    x = g.norm(_embed(g, state), "norm", state)
    bias = _attention_bias(g)
    shape = g.tensor("heads", np.array([0, 0, HEADS, WIDTH // HEADS], np.int64))
    flat = g.tensor("flat", np.array([0, 0, WIDTH], np.int64))
    for layer in range(LAYERS):
        x = _layer(g, x, f"layers.{layer}.", bias, shape, flat, state)
    g.add("Identity", [x], "vectors")
    whole = ["windows", "pieces"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT32, whole) for name in ("ids", "case", "place")]
    inputs.append(helper.make_tensor_value_info("mask", TensorProto.FLOAT, whole))
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [*whole, WIDTH])]
    graph = helper.make_graph(g.nodes, "encoder", inputs, outputs, g.tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="dramaturg")
    model.ir_version = 9
    onnx.checker.check_model(model)
    return model


def _embed(g: Graph, state: dict[str, NDArray[np.float32]]) -> str:
    small, scale = round_to_8_bits(state["word.weight"], 1)
    rows = g.add("Gather", [g.tensor("word.small", small), "ids"], "word.rows", axis=0)
    wide = g.add("Cast", [rows], "word.wide", to=TensorProto.FLOAT)
    scales = g.add("Gather", [g.tensor("word.scale", scale.astype(np.float32)), "ids"], "word.scales", axis=0)
    x = g.add("Mul", [wide, scales], "word.out")
    length = g.add("Shape", ["ids"], "length", start=1, end=2)
    zero, one = g.tensor("zero", np.array([0], np.int64)), g.tensor("axis", np.array([0], np.int64))
    where = g.add("Slice", [g.tensor("position.w", state["position.weight"]), zero, length, one], "position.rows")
    x = g.add("Add", [x, where], "positioned")
    for name in ("case", "place"):
        rows = g.add("Gather", [g.tensor(f"{name}.w", state[f"{name}.weight"]), name], f"{name}.rows", axis=0)
        x = g.add("Add", [x, rows], f"{name}.added")
    return x


def _attention_bias(g: Graph) -> str:
    one, many = g.tensor("one", np.array(1, np.float32)), g.tensor("many", np.array(-1e4, np.float32))
    bias = g.add("Mul", [g.add("Sub", [one, "mask"], "unseen"), many], "hidden.flat")
    return g.add("Unsqueeze", [bias, g.tensor("hidden.axes", np.array([1, 2], np.int64))], "hidden")


def _layer(g: Graph, x: str, name: str, bias: str, shape: str, flat: str, state: dict[str, NDArray[np.float32]]) -> str:
    root = np.float32(1 / np.sqrt(WIDTH // HEADS))
    parts = {}
    for number, part in enumerate(("q", "k", "v")):
        rows = slice(number * WIDTH, (number + 1) * WIDTH)
        # The scale of the attention is multiplied into the query weights.
        scale = root if part == "q" else np.float32(1)
        weights = {
            f"{name}{part}.weight": state[f"{name}qkv.weight"][rows] * scale,
            f"{name}{part}.bias": state[f"{name}qkv.bias"][rows] * scale,
        }
        split = g.add("Reshape", [g.dense(x, f"{name}{part}", weights), shape], f"{name}{part}.split")
        parts[part] = g.add(
            "Transpose", [split], f"{name}{part}.heads", perm=[0, 2, 3, 1] if part == "k" else [0, 2, 1, 3]
        )
    scores = g.add("Add", [g.add("MatMul", [parts["q"], parts["k"]], f"{name}scores"), bias], f"{name}masked")
    attended = g.add("MatMul", [g.add("Softmax", [scores], f"{name}shares", axis=-1), parts["v"]], f"{name}seen")
    attended = g.add(
        "Reshape", [g.add("Transpose", [attended], f"{name}turned", perm=[0, 2, 1, 3]), flat], f"{name}joined"
    )
    x = g.norm(g.add("Add", [x, g.dense(attended, f"{name}out", state)], f"{name}sum1"), f"{name}norm1", state)
    inner = g.add("Gelu", [g.dense(x, f"{name}up", state)], f"{name}gelu")
    return g.norm(g.add("Add", [x, g.dense(inner, f"{name}down", state)], f"{name}sum2"), f"{name}norm2", state)


TEXT = """“Shut the gate,” said Marit, and the old man's dog ran out into the rain.

Nobody had told Oskar. He couldn't see her face; she was standing in the doorway of the ferry office, twenty-two
years old, and _very_ angry.

“Who sent it?” he asked. “You did,” she said. “YOU did, Mr. Brandt.”
"""


def save_vectors(state: dict[str, NDArray[np.float32]], pieces: WordPieceTokenizer, path: Path) -> None:
    """Save PyTorch's vectors of a short text, with the trained and with the rounded weights.

    The tests compare the package's encoder with them.
    """
    rounded = dict(state)
    for name, weight in state.items():
        if name == "word.weight" or (name.endswith(".weight") and name.startswith("layers") and weight.ndim == 2):
            # ONNX holds a layer's matrix transposed: its columns are rows here.
            small, scale = round_to_8_bits(weight, 1)
            rounded[name] = small * scale
    draft = read_draft(TEXT, "text")
    inputs = prepare(draft, pieces)
    example = Example(inputs, cut_windows(draft, inputs), sentence_bounds(draft.ud_words.sentence), len(draft.ud_words))
    step = make_step(example, pieces)
    vectors = {}
    for name, weights in (("trained", state), ("rounded", rounded)):
        encoder = Encoder().eval()
        encoder.load_state_dict({key: torch.from_numpy(value) for key, value in weights.items()})
        with torch.no_grad():
            vectors[name] = unit_vectors(encoder, step, step.ids).numpy().astype(np.float32)
    np.savez_compressed(path, text=np.array(TEXT), **vectors)


def main() -> None:
    """Write the weights of a checkpoint into the package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".work/layers"))
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    args = parser.parse_args()
    checkpoint = torch.load(args.work / "checkpoint.pt", weights_only=False, map_location="cpu")
    state = {name: value.float().numpy() for name, value in checkpoint["mean"].items()}
    encoder = {name[8:]: value for name, value in state.items() if name.startswith("encoder.")}
    heads = {name: value for name, value in state.items() if name.split(".")[0] not in LEFT_OUT}
    labels = torch.load(args.work / "data.pt", weights_only=False).labels
    (args.out / "encoder.onnx").write_bytes(build(encoder).SerializeToString())
    (args.out / "vocabulary.txt").write_text(args.vocabulary.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    small = {name: value.astype(np.float16) for name, value in heads.items()}
    named = {name: np.array(getattr(labels, name)) for name in ("tags", "edits", "relations")}
    np.savez_compressed(args.out / "heads.npz", **small, **named)
    if args.out == WEIGHTS:
        write_manifest()
        save_vectors(encoder, load_tokenizer(args.vocabulary), VECTORS)


if __name__ == "__main__":
    main()
