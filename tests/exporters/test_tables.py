"""CSV, Parquet and Arrow tables, read by what is not ours."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from foreign import STORIES, example, few, readings, source_of, without
from handmade import ferry
from hypothesis import given
from renew_docs import ROOT, renewed_tables

from dramaturg import Reading, export, import_reading
from dramaturg.exporters import render
from dramaturg.exporters.common.tables import dictionary_of, tables_of


def rows(reading: Reading, name: str) -> list[dict[str, str]]:
    files = render(reading, "csv")
    assert isinstance(files, dict)
    return list(csv.DictReader(StringIO(str(files[f"{name}.csv"]), newline="")))


def test_the_dictionary_is_in_the_documents() -> None:
    document = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")

    assert renewed_tables(document) == document, "stale: python tests/renew_docs.py"


def test_the_dictionary_tells_of_every_column() -> None:
    told = {(row["table"], row["column"]): row for row in rows(ferry(), "dictionary")}

    for table in tables_of(ferry()):
        assert told[table.name, ""]["about"]
        for column in table.columns:
            assert told[table.name, column.name]["about"]


@pytest.mark.parametrize(
    "name", ["characters", "mentions", "quotations", "segments", "events", "supersenses", "facts", "blocks", "chapters"]
)
def test_a_table_holds_every_row_and_field(name: str) -> None:
    fields = {field for row in ferry().table(name) for field in row} - {"evidence", "alternatives"}

    assert len(rows(ferry(), name)) == len(ferry().table(name))
    assert all(fields <= row.keys() for row in rows(ferry(), name))


@few
@given(readings(odd=False, crossing=False))
def test_everything_comes_back(tmp_path_factory: pytest.TempPathFactory, reading: Reading) -> None:
    back = import_reading(export(reading, "csv", tmp_path_factory.mktemp("csv") / "tables"))

    assert without(back) == without(reading)
    assert source_of(back) == source_of(reading)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_an_example_comes_back_with_its_tokens(tmp_path: Path, path: Path) -> None:
    back = import_reading(export(example(path), "csv", tmp_path / "tables"))

    assert without(back) == without(example(path))


def test_two_tables_are_enough(tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("“Hello,” said Ann.\n\n“Hello,” said Bo.\n", encoding="utf-8")
    (tmp_path / "quotations.csv").write_text("start,end,speaker\n0,8,ann\n20,28,\n", encoding="utf-8")

    reading = import_reading(tmp_path)

    assert [(reading.text_of(q), q.speaker, q.id) for q in reading.quotations] == [
        ("“Hello,”", "ann", "q1"),
        ("“Hello,”", None, "q2"),
    ]
    assert [character.name for character in reading.characters] == ["ann"]


@few
@given(readings())
def test_parquet_and_arrow_hold_the_same(reading: Reading) -> None:
    feather, parquet = (pytest.importorskip(f"pyarrow.{name}") for name in ("feather", "parquet"))
    as_arrow = {name.partition(".")[0]: feather.read_table(BytesIO(data)) for name, data in files(reading, "arrow")}
    as_parquet = {name.partition(".")[0]: parquet.read_table(BytesIO(data)) for name, data in files(reading, "parquet")}

    assert as_arrow == as_parquet
    tables = tables_of(reading)
    for table in (*tables, dictionary_of(tables)):
        assert as_arrow[table.name].num_rows == len(table.rows)
        metadata = as_parquet[table.name].schema.metadata
        assert metadata[b"about"].decode() == table.about


def files(reading: Reading, name: str) -> list[tuple[str, bytes]]:
    made = render(reading, name)
    assert isinstance(made, dict)
    return [(name, data) for name, data in made.items() if isinstance(data, bytes)]


@pytest.mark.parametrize("path", STORIES[:2], ids=lambda path: path.stem)
def test_duckdb_reads_parquet(tmp_path: Path, path: Path) -> None:
    duckdb: Any = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow")
    folder = export(example(path), "parquet", tmp_path / "tables")

    found = duckdb.sql(
        f"select c.name, count(*) from '{folder}/quotations.parquet' q join '{folder}/characters.parquet' c"
        " on q.speaker = c.id group by c.name"
    ).fetchall()

    assert dict(found) == {c.name: c.quotations for c in example(path).characters if c.quotations}


def test_lists_are_lists_in_arrow() -> None:
    feather = pytest.importorskip("pyarrow.feather")
    table = feather.read_table(BytesIO(dict(files(ferry(), "arrow"))["quotations.arrow"]))

    assert table.column("addressees").to_pylist() == [list(q.addressees) for q in ferry().quotations]
