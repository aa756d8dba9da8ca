"""Reading → CSV: a file for each table, the text, and the data dictionary.

RFC 4180 in UTF-8, with newlines as \\n. Null is an empty field. The values of a list are separated by `|`; in them `|`
is written as `%7C` and `%` as `%25`.
"""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from dramaturg.exporters.common.tables import Column, Table, dictionary_of, tables_of
from dramaturg.reading import Reading

ABOUT = "tables as CSV files, with a data dictionary"


def to_files(reading: Reading) -> Iterator[tuple[str, str]]:
    """The text, the tables and the data dictionary."""
    tables = tables_of(reading)
    yield "text.txt", reading.story.text
    for table in (*tables, dictionary_of(tables)):
        yield f"{table.name}.csv", _csv(table)


def _csv(table: Table) -> str:
    file = StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(column.name for column in table.columns)
    for row in table.rows:
        writer.writerow(_cell(value, column) for value, column in zip(row, table.columns, strict=True))
    return file.getvalue()


def _cell(value: Any, column: Column) -> object:
    if column.type == "strings":
        return "|".join(item.replace("%", "%25").replace("|", "%7C") for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value
