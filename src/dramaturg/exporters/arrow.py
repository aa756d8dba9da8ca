"""Reading → Arrow IPC files (Feather 2), a file a table. Needs pyarrow: dramaturg[parquet]."""

from collections.abc import Iterator
from typing import Any

from dramaturg.exporters import needed, without_surrogates
from dramaturg.exporters.tables import Column, Table, dictionary_of, tables_of
from dramaturg.reading import Reading


def to_files(reading: Reading, *, compression: str = "lz4") -> Iterator[tuple[str, bytes]]:
    """The tables and their dictionary.

    `compression`: lz4, zstd or none
    """
    pyarrow = needed("pyarrow", "parquet")
    feather = needed("pyarrow.feather", "parquet")
    codec = "uncompressed" if compression == "none" else compression
    for table in arrow_tables(reading):
        sink = pyarrow.BufferOutputStream()
        feather.write_feather(table, sink, compression=codec)
        yield f"{name_of(table)}.arrow", sink.getvalue().to_pybytes()


def arrow_tables(reading: Reading) -> Iterator[Any]:
    """Each table as a pyarrow Table; what it and its columns mean stands in the metadata of the schema."""
    tables = tables_of(reading)
    text = Table(
        "text", "the text of the story, one row", (Column("text", "string", "the text"),), [(reading.story.text,)]
    )
    return (_arrow(table) for table in (text, *tables, dictionary_of(tables)))


def _arrow(table: Table) -> Any:
    pyarrow = needed("pyarrow", "parquet")
    types = {
        "string": pyarrow.string(),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "strings": pyarrow.list_(pyarrow.string()),
    }
    fields = [pyarrow.field(c.name, types[c.type], metadata={"about": c.about}) for c in table.columns]
    schema = pyarrow.schema(fields, metadata={"name": table.name, "about": table.about})
    columns = [
        pyarrow.array([_whole(row[n]) for row in table.rows], type=types[column.type])
        for n, column in enumerate(table.columns)
    ]
    return pyarrow.Table.from_arrays(columns, schema=schema)


def _whole(value: Any) -> Any:
    """A value that UTF-8 can hold."""
    if isinstance(value, str):
        return without_surrogates(value)
    return [without_surrogates(item) for item in value] if isinstance(value, list) else value


def name_of(table: Any) -> str:
    """The name of a table."""
    return str(table.schema.metadata[b"name"].decode())
