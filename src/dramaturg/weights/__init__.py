"""The trained parts of dramaturg, as data, and what tells one set of them from another."""

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from dramaturg.errors import DamagedInstallation

FILES = (
    "addressees.npz",
    "calibration.npz",
    "descriptions.npz",
    "encoder.onnx",
    "heads.npz",
    "speakers.npz",
    "speakers_again.npz",
    "talk.npz",
    "turns.npz",
    "voices.npz",
    "vocabulary.txt",
)


REINSTALL = "Install dramaturg again: pip install --force-reinstall dramaturg"


@cache
def fingerprint() -> str:
    """The sha256 over the weights' files, in hexadecimal. Raises DamagedInstallation where one is missing."""
    whole = hashlib.sha256()
    for name in FILES:
        whole.update(read_weights(name))
    return whole.hexdigest()


@cache
def read_weights(name: str) -> bytes:
    """The bytes of one file of weights. Raises DamagedInstallation where it is missing or another."""
    data = _read(name)
    if hashlib.sha256(data).hexdigest() != _manifest().get(name):
        raise DamagedInstallation(f"weights/{name} is damaged (it is not what the manifest says). {REINSTALL}")
    return data


@cache
def _manifest() -> dict[str, str]:
    """The sha256 of each file of weights, by name."""
    try:
        return {name: entry["sha256"] for name, entry in json.loads(_read("manifest.json"))["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedInstallation(f"weights/manifest.json is damaged ({error!r}). {REINSTALL}") from error


def _read(name: str) -> bytes:
    try:
        return (files("dramaturg.weights") / name).read_bytes()
    except OSError as error:
        raise DamagedInstallation(f"weights/{name} is missing. {REINSTALL}") from error


@contextmanager
def open_arrays(name: str) -> Iterator[Mapping[str, NDArray[Any]]]:
    """The arrays in one .npz file of weights. Raises DamagedInstallation where it is missing or broken."""
    try:
        with np.load(BytesIO(read_weights(name)), allow_pickle=False) as arrays:
            yield arrays
    except (OSError, KeyError, ValueError, EOFError, RuntimeError, BadZipFile, zlib.error) as error:
        raise DamagedInstallation(f"weights/{name} is damaged ({error}). {REINSTALL}") from error
