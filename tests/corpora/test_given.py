"""What is given to a reading before it is scored."""

from pathlib import Path

import pytest

pytest.importorskip("scipy")

from small_corpus import reading

from benchmarks.quotes import read_novel
from corpora.given import GIVEN, corrections_of, narrator_of, people_of
from corpora.pdnc import load_novel

ALL_RIGHT = [(id, "tag", 1.0) for id in ("tom", "ruth", "tom", "ruth", "porter")]


@pytest.fixture
def novel(corpus: Path):  # type: ignore[no-untyped-def]
    return load_novel(corpus, "Small")


def test_the_cast_is_all_there_is(novel) -> None:  # type: ignore[no-untyped-def]
    found, _ = read_novel(novel, {"cast"})

    assert {one.name for one in found.characters} <= {one.name for one in people_of(novel)}


def test_the_quotations_are_all_there_are(novel) -> None:  # type: ignore[no-untyped-def]
    found, _ = read_novel(novel, {"cast", "quotations"})

    gold = {novel.text[start:end].strip("“”\"'‘’") for one in novel.quotations for start, end in one.spans}
    assert len(found.quotations) >= len(gold)
    assert gold <= {found.text_of(one).strip("“”\"'‘’") for one in found.quotations}
    assert not [row for row in found.corrections.unmatched if "speech" in row["correction"]]


def test_each_may_be_given_alone_and_nothing_says_nothing(novel) -> None:  # type: ignore[no-untyped-def]
    plain = reading(*ALL_RIGHT)
    for given in GIVEN:
        corrections_of(novel, {given}, plain)
    assert corrections_of(novel, ()) == corrections_of(novel, {"merger"}, None)
    assert narrator_of(novel) is None or narrator_of(novel) in {one.name for one in novel.characters}
