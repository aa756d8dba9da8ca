"""The trained parts of dramaturg, as data, and what tells one set of them from another."""

import hashlib
from functools import cache
from importlib.resources import files

from dramaturg.errors import DamagedInstallation

FILES = ("descriptions.npz", "speakers_first.npz", "speakers_second.npz")


@cache
def fingerprint() -> str:
    """The sha256 over the weights' files, in hexadecimal. Raises DamagedInstallation where one is missing."""
    whole = hashlib.sha256()
    for name in FILES:
        whole.update(read_weights(name))
    return whole.hexdigest()


@cache
def read_weights(name: str) -> bytes:
    """The bytes of one file of weights. Raises DamagedInstallation where it is missing."""
    try:
        return (files("dramaturg.weights") / name).read_bytes()
    except OSError as error:
        raise DamagedInstallation(
            f"weights/{name} is missing. Install dramaturg again: pip install --force-reinstall dramaturg"
        ) from error
