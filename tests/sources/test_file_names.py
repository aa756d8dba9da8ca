"""Names of files in an archive that differ from how the book writes them."""

import io
import zipfile

import pytest

from dramaturg.sources import load_bytes
from dramaturg.sources.safe_zip import Archive


@pytest.mark.parametrize(
    "stored", ["Cafe\u0301.xhtml", "Caf\u00e9.xhtml", "CAF\u00c9.xhtml", "Caf\u251c\u2310.xhtml", "Caf\u0398.xhtml"]
)
def test_names_in_another_form_case_or_encoding_are_found(stored):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"OEBPS/{stored}", "x")

    assert Archive(file.getvalue(), "cafe.epub").find("Caf\u00e9.xhtml", "OEBPS/content.opf") == f"OEBPS/{stored}"


LINES = ["Ines poured coffee.", "Ruth drank it.", "Ines washed up."]


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\u2029\u2029"])
def test_separators_of_unicode_end_lines_where_nothing_else_does(separator):
    story = load_bytes(separator.join(LINES).encode(), "cafe.txt")

    assert [story.text[block.start : block.end] for block in story.blocks] == LINES


def test_a_single_separator_among_newlines_stays():
    text = "Ines poured\u2028coffee.\n\nRuth drank it.\n"

    assert load_bytes(text.encode(), "cafe.txt").text == text
