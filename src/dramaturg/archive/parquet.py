"""Readings as Parquet: one row a story, its document whole. What clusters write, and what data frames read.

Columns: place, size, sha256, corrections, seconds, exit_code (0: read), reason (NULL where read), document (the
dramaturg/1 document, NULL where it failed) and document_sha256.
"""

import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dramaturg.archive.items import Item
from dramaturg.archive.library import Library
from dramaturg.archive.work import Failure, Outcome, Success, pack
from dramaturg.errors import MissingExtra, UnreadableStory
from dramaturg.files import beside
from dramaturg.reading import Reading

if TYPE_CHECKING:
    import pyarrow

ROW_GROUP = 32 << 20  # bytes of documents held in memory at a time; readers take one such group at a time too
BATCH = 64  # rows taken at a time from a file, however large its groups
COLUMNS = ("place", "size", "sha256", "corrections", "seconds", "exit_code", "reason", "document", "document_sha256")
INSTALL = "Parquet needs PyArrow: pip install 'dramaturg[cluster]'"


def arrow() -> Any:
    """PyArrow's Parquet module. Raises MissingExtra where PyArrow is not installed."""
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtra(INSTALL) from error
    return pyarrow.parquet


def schema() -> "pyarrow.Schema":
    """The columns with their types."""
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
            pyarrow.field("document", pyarrow.large_string()),  # a string column may hold 2 GiB, this one any
            pyarrow.field("document_sha256", pyarrow.string()),
        ]
    )


def rows_in_groups(outcomes: Iterable[Outcome]) -> Iterator[list[dict[str, Any]]]:
    """Rows, as many at a time as ROW_GROUP allows."""
    group: list[dict[str, Any]] = []
    size = 0
    for outcome in outcomes:
        row = row_of(outcome)
        group.append(row)
        size += len(row["document"] or "")
        if size >= ROW_GROUP:
            yield group
            group, size = [], 0
    if group:
        yield group


def row_of(outcome: Outcome) -> dict[str, Any]:
    """What came of a story as one row."""
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row.update(place=outcome.item.place, size=outcome.item.size, sha256=outcome.sha256)
    row.update(corrections=outcome.corrections, seconds=outcome.seconds)
    if isinstance(outcome.result, Failure):
        row.update(exit_code=outcome.result.exit_code, reason=outcome.result.reason)
    else:
        document = zlib.decompress(outcome.result.packed).decode("utf-8")
        row.update(exit_code=0, document=document, document_sha256=outcome.result.sha256)
    return row


def parquet_bytes(outcomes: Iterable[Outcome]) -> bytes:
    """A whole Parquet file of a few readings."""
    parquet = arrow()
    import pyarrow

    buffer = io.BytesIO()
    with parquet.ParquetWriter(buffer, schema(), compression="zstd") as writer:
        for rows in rows_in_groups(outcomes):
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema()))
    return buffer.getvalue()


def export_parquet(library: Library, target: str) -> int:
    """Write what a library holds into one file. Returns how many rows. Raises OSError, MissingExtra."""
    from dramaturg.archive.adding import outcomes_of

    parquet = arrow()
    import pyarrow

    n_rows = 0
    with beside(Path(target)) as new, parquet.ParquetWriter(new, schema(), compression="zstd") as writer:
        for rows in rows_in_groups(outcomes_of(library.path)):
            writer.write_table(pyarrow.Table.from_pylist(rows, schema=schema()))
            n_rows += len(rows)
    return n_rows


def read_parquet(path: str, file: BinaryIO | None = None) -> Iterator[Outcome]:
    """What such a file holds, a few rows in memory at a time. `file`: where it is open already, at any store.

    Raises UnreadableStory where it is damaged or somebody else's.
    """
    parquet = arrow()
    try:
        with parquet.ParquetFile(path if file is None else file) as table:
            if not set(COLUMNS) <= set(table.schema_arrow.names):
                raise UnreadableStory(f"{path}: this Parquet file holds no readings of dramaturg. Leave it out.")
            for batch in table.iter_batches(batch_size=BATCH, columns=list(COLUMNS)):
                for row in batch.to_pylist():
                    yield outcome_of(row, path)
    except (OSError, ValueError) as error:  # PyArrow's own are ValueErrors
        raise UnreadableStory(f"{path}: this Parquet file is damaged ({error}). Write it again.") from error


def outcome_of(row: dict[str, Any], path: str) -> Outcome:
    """The outcome of a row. Raises UnreadableStory where the row is damaged."""
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
