"""Hard cases of quotations and sentences, kept as data: tests/cases/quotations.json and sentences.json."""

import json
from pathlib import Path
from typing import Any

import pytest
from scan.plain import marked_emphasis, story_of

from dramaturg.scan import scan

CASES = Path(__file__).parents[1] / "cases"


def cases(name: str) -> list[Any]:
    rows = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    failing = pytest.mark.xfail(strict=True, reason="known failure")
    return [pytest.param(row, id=row["label"], marks=[failing] if row["expect"] == "fail" else []) for row in rows]


@pytest.mark.parametrize("case", cases("quotations"))
def test_quotations(case: dict[str, Any]) -> None:
    draft = scan(story_of(case["text"], marked_emphasis(case["text"])))
    outer = [quotation for quotation in draft.quotations if quotation.within is None]
    groups: dict[int, list[str]] = {}
    for quotation in outer:
        groups.setdefault(quotation.group, []).append(draft.text[quotation.start : quotation.end])

    assert list(groups.values()) == case["utterances"]
    if "nested" in case:
        nested = [q for q in draft.quotations if q.within is not None]
        assert [draft.text[q.start : q.end] for q in nested] == case["nested"]


@pytest.mark.parametrize("case", cases("sentences"))
def test_sentences(case: dict[str, Any]) -> None:
    draft = scan(story_of(case["text"]))

    assert [draft.text[span.start : span.end] for span in draft.sentences] == case["sentences"]
