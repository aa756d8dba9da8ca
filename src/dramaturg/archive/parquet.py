"""Outcomes ↔ Parquet: one row a story with its whole document. Clusters write it, and data frames read it.

Columns: place, size, sha256, corrections, seconds, exit_code (0 if the story was read), reason (NULL if it was read),
document (the dramaturg/1 document, NULL if reading failed) and document_sha256.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dramaturg.archive.listing import Item
from dramaturg.archive.outcomes import Failure, Outcome, Success, pack, unpack
from dramaturg.errors import MissingExtra, UnreadableStory
from dramaturg.reading import Reading

if TYPE_CHECKING:
    import pyarrow

ROW_GROUP_BYTES = 32 << 20  # of documents; writers and many readers hold one group in memory at a time
BATCH_ROWS = 64  # read at a time, even from a file with larger groups
COLUMNS = ("place", "size", "sha256", "corrections", "seconds", "exit_code", "reason", "document", "document_sha256")
INSTALL = "Parquet needs PyArrow: pip install 'dramaturg[cluster]'"


def arrow() -> Any:
    """PyArrow's Parquet module. Raises MissingExtra if PyArrow is not installed."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtra(INSTALL) from error
    return pyarrow.parquet


def schema() -> "pyarrow.Schema":
    """The columns and their types."""
    arrow()
    import pyarrow

    return pyarrow.schema(
        [
            pyarrow.field("place", pyarrow.string(), nullable=False),
            pyarrow.field("size", pyarrow.int64(), nullable=False),
            pyarrow.field("sha256", pyarrow.string()),
            pyarrow.field("corrections", pyarrow.string()),
            pyarrow.field("seconds", pyarrow.float64(), nullable=False),
            pyarrow.field("exit_code", pyarrow.int32(), nullable=False),
            pyarrow.field("reason", pyarrow.string()),
            pyarrow.field("document", pyarrow.large_string()),  # a plain string column is limited to 2 GiB
            pyarrow.field("document_sha256", pyarrow.string()),
        ]
    )


def rows_in_groups(outcomes: Iterable[Outcome]) -> Iterator[list[dict[str, Any]]]:
    """The rows of outcomes, in groups of about ROW_GROUP_BYTES."""
    group: list[dict[str, Any]] = []
    size = 0
    for outcome in outcomes:
        row = row_of(outcome)
        group.append(row)
        size += len(row["document"] or "")
        if size >= ROW_GROUP_BYTES:
            yield group
            group, size = [], 0
    if group:
        yield group


def row_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a row."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row.update(place=outcome.item.place, size=outcome.item.size, sha256=outcome.sha256)
    row.update(corrections=outcome.corrections, seconds=outcome.seconds)
    if isinstance(outcome.result, Failure):
        row.update(exit_code=outcome.result.exit_code, reason=outcome.result.reason)
    else:
        document = unpack(outcome.result.packed, outcome.item.place).decode("utf-8")
        row.update(exit_code=0, document=document, document_sha256=outcome.result.sha256)
    return row


def parquet_bytes(outcomes: Iterable[Outcome]) -> bytes:
    """The bytes of a Parquet file with these outcomes."""
    buffer = io.BytesIO()
    write_parquet(buffer, outcomes)
    return buffer.getvalue()


def write_parquet(target: Path | BinaryIO, outcomes: Iterable[Outcome]) -> int:
    """Write outcomes as Parquet to a path or an open file. Returns the number of rows. Raises OSError, MissingExtra."""
    parquet = arrow()
    import pyarrow

    n_rows = 0
    with parquet.ParquetWriter(target, schema(), compression="zstd") as writer:
        for rows in rows_in_groups(outcomes):
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema()))
            n_rows += len(rows)
    return n_rows


def read_parquet(path: str, file: BinaryIO | None = None) -> Iterator[Outcome]:
    """The outcomes in a Parquet file, with BATCH_ROWS in memory at a time. `file` is the open file if it is remote.

    Raises UnreadableStory if the file is damaged or was not written by dramaturg.
    """
    parquet = arrow()
    try:
        with parquet.ParquetFile(path if file is None else file) as table:
            if not set(COLUMNS) <= set(table.schema_arrow.names):
                raise UnreadableStory(f"{path}: this Parquet file holds no dramaturg readings. Leave it out.")
            for batch in table.iter_batches(batch_size=BATCH_ROWS, columns=list(COLUMNS)):
                for row in batch.to_pylist():
                    yield outcome_of(row, path)
    except (OSError, ValueError) as error:  # PyArrow's errors are ValueErrors
        raise UnreadableStory(f"{path}: this Parquet file is damaged ({error}). Write it again.") from error


def outcome_of(row: dict[str, Any], path: str) -> Outcome:
    """A row as an outcome. Raises UnreadableStory if the row is damaged."""
    place = row["place"]
    item = Item(place, place, None, row["size"])
    result: Success | Failure
    if row["document"] is None:
        result = Failure(row["exit_code"], row["reason"] or "")
    else:
        if hashlib.sha256(row["document"].encode("utf-8")).hexdigest() != row["document_sha256"]:
            raise UnreadableStory(f"{path}: the reading of {place} is damaged. Write it again.")
        result = pack(Reading.from_json(row["document"], place))
    return Outcome(item, row["sha256"], row["corrections"], row["seconds"], result)
