"""Reading → Parquet, a file a table. Needs pyarrow: dramaturg[parquet]."""

from collections.abc import Iterator

from dramaturg.exporters import needed
from dramaturg.exporters.arrow import arrow_tables, name_of
from dramaturg.reading import Reading


def to_files(reading: Reading, *, compression: str = "zstd") -> Iterator[tuple[str, bytes]]:
    """The tables and their dictionary.

    `compression`: zstd, snappy, gzip or none
    """
    pyarrow = needed("pyarrow", "parquet")
    parquet = needed("pyarrow.parquet", "parquet")
    for table in arrow_tables(reading):
        sink = pyarrow.BufferOutputStream()
        parquet.write_table(table, sink, compression=compression)
        yield f"{name_of(table)}.parquet", sink.getvalue().to_pybytes()
