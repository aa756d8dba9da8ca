"""PDNC is read as its annotators wrote it, on a corpus of one small novel."""

import csv
from pathlib import Path
from typing import Any

import pytest
from small_corpus import QUOTATIONS, TEXT

from corpora.pdnc import corpus_folder, load_novel, split


def change_rows(path: Path, change: Any) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def test_a_novel_with_its_annotation(corpus: Path) -> None:
    novel = load_novel(corpus, "Small")

    assert (novel.name, novel.author, novel.text) == ("Small", "NOBODY", TEXT)
    assert [quotation.speaker for quotation in novel.quotations] == [speaker for _, speaker, _, _ in QUOTATIONS]
    for quotation, (words, _, addressees, kind) in zip(novel.quotations, QUOTATIONS, strict=True):
        assert [novel.text[start:end] for start, end in quotation.spans] == [f"“{words}”"]
        assert (list(quotation.addressees), quotation.type) == (addressees, kind)
    assert {c.name: c.gender for c in novel.characters} == {"Tom Hale": "M", "Ruth Vale": "F", "The Porter": "M"}


def test_a_speaker_by_an_alias_is_the_one_who_bears_it(corpus: Path) -> None:
    change_rows(corpus / "data" / "Small" / "quotation_info.csv", lambda rows: rows[0].update(speaker="Tom"))

    assert load_novel(corpus, "Small").quotations[0].speaker == "Tom Hale"


def test_whom_the_annotators_do_not_know_is_left_out(corpus: Path) -> None:
    change_rows(corpus / "data" / "Small" / "quotation_info.csv", lambda rows: rows[0].update(speaker="_unknowable"))

    assert len(load_novel(corpus, "Small").quotations) == len(QUOTATIONS) - 1


def test_where_the_corpus_lies(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert corpus_folder(corpus) == corpus
    monkeypatch.setenv("DRAMATURG_CORPORA", str(corpus.parent))
    assert corpus_folder() == corpus
    assert split(corpus, "dev") == ["Small"]


def test_a_missing_corpus_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no PDNC here") as raised:
        corpus_folder(tmp_path / "nowhere")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(("name", "author"), [("jane-doe_the-well", "jane-doe"), ("own01-the-knight", "own")])
def test_without_an_index_the_name_tells_the_author(corpus: Path, name: str, author: str) -> None:
    (corpus / "PDNC-Novel-Index.csv").unlink()
    (corpus / "data" / "Small").rename(corpus / "data" / name)

    assert load_novel(corpus, name).author == author
