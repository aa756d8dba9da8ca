"""Scripts, books, pages and programs' formats of any reading at all: whole, well-formed, nothing lost."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from exporters.full_reading import readings as stories
from foreign import few, readings
from hypothesis import given
from lxml import etree

from dramaturg import Reading
from dramaturg.exporters import render
from dramaturg.exporters.common.encoding import encode
from dramaturg.exporters.common.script_lines import script_lines

SCHEMA = etree.RelaxNG(etree.parse(str(Path(__file__).parent / "ssml-1.1.rng")))
XHTML = "{http://www.w3.org/1999/xhtml}"


def bytes_of(reading: Reading, to: str, **options: object) -> bytes:
    made = render(reading, to, **options)
    assert not isinstance(made, dict)
    return encode(made)


@few
@given(readings())
def test_a_script_of_any_reading_is_its_text(reading: Reading) -> None:
    for leave_out in (False, True):
        lines = script_lines(reading, leave_out_tags=leave_out)
        assert "".join(line.text + line.space for line in lines) == reading.story.text
        rows = json.loads(bytes_of(reading, "script", leave_out_tags=leave_out))["lines"]
        cells = csv.DictReader(io.StringIO(str(render(reading, "script", form="csv", leave_out_tags=leave_out)), ""))
        assert len(rows) == len(list(cells)) == len(lines)
        bytes_of(reading, "script", form="markdown", leave_out_tags=leave_out)
    for form in ("csv", "json", "markdown"):
        assert bytes_of(reading, "casting", form=form)
    assert bytes_of(reading, "fountain", notes=True)


@few
@given(readings())
def test_ssml_of_any_reading_is_valid(reading: Reading) -> None:
    for options in ({}, {"leave_out_tags": True, "notes": False}):
        SCHEMA.assertValid(etree.fromstring(bytes_of(reading, "ssml", **options)))


@few
@given(readings())
def test_books_of_any_reading_are_whole(reading: Reading) -> None:
    for to in ("docx", "epub"):
        with zipfile.ZipFile(io.BytesIO(bytes_of(reading, to))) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        for name, contents in parts.items():
            if name.endswith((".xml", ".rels", ".opf", ".xhtml")):
                root = etree.fromstring(contents)
                ids = [e.get("id") for e in root.iter() if e.get("id")]
                assert len(ids) == len(set(ids))
                if name.startswith("EPUB/part"):
                    assert {a.get("href") for a in root.iter(f"{XHTML}a")} <= {f"#{id}" for id in ids}
        if to == "docx":
            body, comments = parts["word/document.xml"], parts["word/comments.xml"]
            for mark in (b"<w:commentRangeStart ", b"<w:commentRangeEnd ", b"<w:commentReference "):
                assert body.count(mark) == comments.count(b"<w:comment ")


@few
@given(readings())
def test_pages_and_data_of_any_reading_are_whole(reading: Reading) -> None:
    for links in ("wiki", "markdown"):
        pages = render(reading, "markdown", links=links)
        assert isinstance(pages, dict)
        assert sum(name.startswith("people/") for name in pages) == len(reading.characters)
        assert all(encode(page) for page in pages.values())
    assert all(len(row) == 6 for row in json.loads(bytes_of(reading, "worddumb", named_only=False)))
    graph = json.loads(bytes_of(reading, "jsonld", lines=True))["@graph"]
    assert len({node["@id"] for node in graph}) == len(graph)
    assert json.loads(bytes_of(reading, "features"))["words"] >= 0


@few
@given(readings(odd=False))
def test_a_spacy_doc_of_any_reading_is_its_text(reading: Reading) -> None:
    pytest.importorskip("spacy")
    from dramaturg.exporters.spacy_doc import to_doc

    doc = to_doc(reading)

    assert doc.text == reading.story.text
    assert len(doc.spans["mentions"]) == len(reading.mentions)


@pytest.mark.parametrize("to", ["script", "casting", "ssml", "fountain", "worddumb", "jsonld", "features"])
def test_a_reading_that_was_saved_and_loaded_makes_the_same(to: str) -> None:
    for reading in stories().values():
        assert bytes_of(Reading.from_json(reading.to_json()), to) == bytes_of(reading, to)
