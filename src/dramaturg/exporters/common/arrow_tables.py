"""The tables of a reading as PyArrow tables, for Arrow and Parquet files."""

from collections.abc import Iterator
from typing import Any

from dramaturg.exporters.common.encoding import replace_surrogates
from dramaturg.exporters.common.extras import require
from dramaturg.exporters.common.tables import Column, Table, dictionary_of, tables_of
from dramaturg.reading import Reading


def arrow_tables(reading: Reading) -> Iterator[Any]:
    """Each table as a pyarrow Table. The schema's metadata describes the table and its columns."""
    tables = tables_of(reading)
    text = Table(
        "text", "the text of the story (one row)", (Column("text", "string", "the text"),), [(reading.story.text,)]
    )
    return (_arrow(table) for table in (text, *tables, dictionary_of(tables)))


def _arrow(table: Table) -> Any:
    pyarrow = require("pyarrow", "parquet")
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
        pyarrow.array([_valid_unicode(row[n]) for row in table.rows], type=types[column.type])
        for n, column in enumerate(table.columns)
    ]
    return pyarrow.Table.from_arrays(columns, schema=schema)


def _valid_unicode(value: Any) -> Any:
    """A value without lone surrogates, which Arrow's UTF-8 cannot hold."""
    if isinstance(value, str):
        return replace_surrogates(value)
    return [replace_surrogates(item) for item in value] if isinstance(value, list) else value


def name_of(table: Any) -> str:
    """The name of a table."""
    return str(table.schema.metadata[b"name"].decode())
