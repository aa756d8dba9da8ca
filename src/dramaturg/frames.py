"""Rows of a table → a data frame of pandas or Polars, whichever is installed."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from dramaturg.errors import MissingExtra, UsageError

LIBRARIES = ("pandas", "polars")


def find_library(name: str | None = None) -> Any:
    """The module of the data frame library with this name; None: the first of LIBRARIES that is installed.

    Raises UsageError for another name, MissingExtra where the library is not installed.
    """
    if name is not None and name not in LIBRARIES:
        raise UsageError(f"{name}: frames come from {' or '.join(LIBRARIES)}.")
    for candidate in LIBRARIES if name is None else (name,):
        try:
            return import_module(candidate)
        except ImportError:
            continue
    missing = "neither pandas nor Polars is" if name is None else f"{name} is not"
    package = name or "'dramaturg[frames]'"
    raise MissingExtra(f"data frames: {missing} installed: pip install {package}")


def make_frame(library: Any, rows: Sequence[dict[str, Any]]) -> Any:
    """A data frame of `library`, with one column for each key of the rows."""
    columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {}
    if library.__name__ == "polars":  # by default it infers a column's type from the first rows only
        return library.DataFrame(columns, strict=False, infer_schema_length=None)
    return library.DataFrame(columns)
