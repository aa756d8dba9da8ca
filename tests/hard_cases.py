"""Hard cases kept as data in tests/cases/: each row one text, what should come of it, and whether it does."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "cases"


def cases(name: str, *fields: str) -> list[Any]:
    """The rows of a file as parameters, those that have the fields; a known failure is a strict xfail."""
    rows = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["label"], marks=_marks(row)) for row in rows if set(fields) <= set(row)]


def _marks(row: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(strict=True, reason=row["reason"])] if row["expect"] == "fail" else []
