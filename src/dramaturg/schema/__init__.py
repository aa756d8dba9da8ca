"""The JSON Schema of a saved reading, for programs that read the JSON."""

import json
from importlib.resources import files
from typing import Any, cast

from dramaturg.errors import DamagedInstallation

NAME = "dramaturg-1.schema.json"


def schema_text() -> str:
    """The schema of `dramaturg/1` documents (JSON Schema 2020-12), as text."""
    try:
        return files(__package__).joinpath(NAME).read_text(encoding="utf-8")
    except OSError as error:
        raise DamagedInstallation(f"{NAME} is missing. Install dramaturg again.") from error


def load_schema() -> dict[str, Any]:
    """The schema of `dramaturg/1` documents as Python values."""
    return cast(dict[str, Any], json.loads(schema_text()))
