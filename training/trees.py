"""Save LightGBM's trees as the arrays that `dramaturg.cast.trees` evaluates."""

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np


def save_trees(model: lgb.Booster, path: Path) -> None:
    """Write a model's trees and the names of its features, as `dramaturg.cast.trees` reads them.

    The trees are padded to one size. The names are those that the model's Dataset was made with.
    """
    trees = [_flatten(tree["tree_structure"]) for tree in model.dump_model()["tree_info"]]
    size = max(len(nodes) for nodes in trees)
    columns = {
        "feature": np.zeros((len(trees), size), np.int16),
        "threshold": np.zeros((len(trees), size), np.float32),
        "left": np.zeros((len(trees), size), np.int16),
        "right": np.zeros((len(trees), size), np.int16),
        "value": np.zeros((len(trees), size), np.float32),
    }
    for t, nodes in enumerate(trees):
        for n, node in enumerate(nodes):
            for name, value in node.items():
                columns[name][t, n] = value
    depth = max(_depth(tree["tree_structure"]) for tree in model.dump_model()["tree_info"])
    save_arrays(path, features=np.array(model.feature_name()), **columns, depth=np.int16(depth))


def save_arrays(path: Path, **arrays: Any) -> None:
    """Write arrays to one .npz file, via a temporary file. The same arrays give the same bytes."""
    temporary = path.with_suffix(".new")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            data = BytesIO()
            np.lib.format.write_array(data, np.asanyarray(array), allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), data.getvalue(), zipfile.ZIP_DEFLATED
            )
    temporary.replace(path)


def _flatten(node: dict[str, Any]) -> list[dict[str, float]]:
    nodes: list[dict[str, float]] = []

    def add(node: dict[str, Any]) -> int:
        here = len(nodes)
        nodes.append({})
        if "leaf_value" in node:
            nodes[here] = {"left": here, "right": here, "value": node["leaf_value"]}
        else:
            # The threshold is rounded down to float32, so that a row's float32 falls on the same side.
            threshold = np.float32(node["threshold"])
            if float(threshold) > node["threshold"]:
                threshold = np.nextafter(threshold, np.float32(-np.inf))
            nodes[here] = {"feature": node["split_feature"], "threshold": threshold}
            nodes[here]["left"] = add(node["left_child"])
            nodes[here]["right"] = add(node["right_child"])
        return here

    add(node)
    return nodes


def _depth(node: dict[str, Any]) -> int:
    if "leaf_value" in node:
        return 0
    return 1 + max(_depth(node["left_child"]), _depth(node["right_child"]))
