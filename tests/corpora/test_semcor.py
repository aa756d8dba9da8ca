"""SemCor's tokens become prose, and its tags places in it."""

from pathlib import Path

import pytest

from corpora.semcor import load_document, semcor_folder

ROWS = """\
``\t``\t``\tO
Come\tVB\tcome_in\tB-verb.motion
in\tRP\tcome_in\tI-verb.motion
,\t.\t,\tO
''\t''\t''\tO
said\tVBD\tsay\tB-verb.communication
Mr.\tNNP\tperson\tB-noun.person
Quill\tNNP\tperson\tI-noun.person
.\t.\t.\tO

He\tPRP\the\tO
smiled\tVBD\tsmile\tB-verb.body
.\t.\t.\tO
"""


def test_tokens_become_prose_with_places(tmp_path: Path) -> None:
    (tmp_path / "br-x01.tsv").write_text(ROWS, encoding="utf-8")

    document = load_document(tmp_path / "br-x01.tsv")

    assert document.text == "“Come in,” said Mr. Quill. He smiled.\n"
    assert [(document.text[start:end], label) for start, end, label in document.supersenses] == [
        ("Come in", "verb.motion"),
        ("said", "verb.communication"),
        ("Mr. Quill", "noun.person"),
        ("smiled", "verb.body"),
    ]


def test_a_missing_corpus_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no SemCor here"):
        semcor_folder(tmp_path)
