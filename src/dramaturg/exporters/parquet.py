"""Reading → Parquet files, one for each table. Needs pyarrow: dramaturg[parquet]."""

from collections.abc import Iterator

from dramaturg.exporters.common.arrow_tables import arrow_tables, name_of
from dramaturg.exporters.common.extras import require
from dramaturg.reading import Reading

ABOUT = "tables as Parquet files"
EXTRA = "parquet"


def to_files(reading: Reading, *, compression: str = "zstd") -> Iterator[tuple[str, bytes]]:
    """The tables and the data dictionary.

    `compression`: zstd, snappy, gzip or none
    """
    pyarrow = require("pyarrow", EXTRA)
    parquet = require("pyarrow.parquet", EXTRA)
    for table in arrow_tables(reading):
        sink = pyarrow.BufferOutputStream()
        parquet.write_table(table, sink, compression=compression)
        yield f"{name_of(table)}.parquet", sink.getvalue().to_pybytes()
