"""Reading → Arrow IPC files (Feather 2), one for each table. Needs pyarrow: dramaturg[parquet]."""

from collections.abc import Iterator

from dramaturg.exporters.common.arrow_tables import arrow_tables, name_of
from dramaturg.exporters.common.extras import require
from dramaturg.reading import Reading

ABOUT = "tables as Arrow (Feather) files"
EXTRA = "parquet"


def to_files(reading: Reading, *, compression: str = "lz4") -> Iterator[tuple[str, bytes]]:
    """The tables and the data dictionary.

    `compression`: lz4, zstd or none
    """
    pyarrow = require("pyarrow", EXTRA)
    feather = require("pyarrow.feather", EXTRA)
    codec = "uncompressed" if compression == "none" else compression
    for table in arrow_tables(reading):
        sink = pyarrow.BufferOutputStream()
        feather.write_feather(table, sink, compression=codec)
        yield f"{name_of(table)}.arrow", sink.getvalue().to_pybytes()
