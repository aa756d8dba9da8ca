"""The trained weights of dramaturg: their files, their checksums and the features that they were trained on."""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from dramaturg.errors import DamagedInstallation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILES = (
    "addressees.npz",
    "calibration.npz",
    "conversation_network.npz",
    "encoder.onnx",
    "facts.npz",
    "heads.npz",
    "identity.npz",
    "speakers.npz",
    "speakers_second_pass.npz",
    "supersenses.npz",
    "turn_transitions.npz",
    "voice_embedding.npz",
    "vocabulary.txt",
)
REINSTALL_COMMAND = "pip install --force-reinstall dramaturg"
REINSTALL = f"Install dramaturg again: {REINSTALL_COMMAND}"


@cache
def fingerprint() -> str:
    """The SHA-256 over all files of weights, in hexadecimal. Raises DamagedInstallation if one is missing."""
    whole = hashlib.sha256()
    for name in FILES:
        whole.update(read_weights(name))
    return whole.hexdigest()


@cache
def read_weights(name: str) -> bytes:
    """The bytes of one file of weights. Raises DamagedInstallation if it is missing or differs from the manifest."""
    data = _read(name)
    if hashlib.sha256(data).hexdigest() != _entry(name).get("sha256"):
        raise DamagedInstallation(f"weights/{name} is damaged (its checksum differs from the manifest's). {REINSTALL}")
    return data


def _entry(name: str) -> Mapping[str, str]:
    return _manifest().get(name, {})


@cache
def _manifest() -> dict[str, dict[str, str]]:
    """What the manifest says about each file of weights: its `sha256`, and the command in `made_by`."""
    try:
        entries = json.loads(_read("manifest.json"))["files"]
        return {name: {key: str(entry[key]) for key in ("sha256", "made_by")} for name, entry in entries.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedInstallation(f"weights/manifest.json is damaged ({error!r}). {REINSTALL}") from error


def _read(name: str) -> bytes:
    try:
        return (files("dramaturg.weights") / name).read_bytes()
    except OSError as error:
        raise DamagedInstallation(f"weights/{name} is missing. {REINSTALL}") from error


@contextmanager
def open_arrays(name: str) -> Iterator[Mapping[str, "NDArray[Any]"]]:
    """The arrays in one .npz file of weights. Raises DamagedInstallation if it is missing or damaged."""
    import numpy as np  # a tenth of a second, which a kept reading need not wait for

    try:
        with np.load(BytesIO(read_weights(name)), allow_pickle=False) as arrays:
            yield arrays
    except (OSError, KeyError, ValueError, EOFError, RuntimeError, BadZipFile, zlib.error) as error:
        raise DamagedInstallation(f"weights/{name} is damaged ({error}). {REINSTALL}") from error


def find_columns(name: str, trained_on: Sequence[str], features: Sequence[str]) -> "NDArray[np.intp]":
    """For each feature that the weights in a file were trained on, its column among the features of other rows.

    Raises DamagedInstallation if the features are not the same. Their order may differ.
    """
    missing, unknown = set(trained_on) - set(features), set(features) - set(trained_on)
    if missing or unknown:
        differences = [
            f"{label}: {', '.join(sorted(names))}"
            for label, names in (("missing", missing), ("unknown", unknown))
            if names
        ]
        command = _entry(name).get("made_by", "see training/README.md")
        raise DamagedInstallation(
            f"weights/{name} was trained on other features ({'; '.join(differences)}). Train it again: {command}. "
            f"If you did not change any feature, install dramaturg again: {REINSTALL_COMMAND}"
        )
    column = {feature: number for number, feature in enumerate(features)}
    import numpy as np

    return np.array([column[feature] for feature in trained_on], dtype=np.intp)
