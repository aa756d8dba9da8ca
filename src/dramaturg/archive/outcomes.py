"""What happened to one story: it was read, or it failed. Pools send outcomes, and libraries and Parquet store them."""

import hashlib
import zlib
from dataclasses import dataclass

from dramaturg.archive.listing import Item
from dramaturg.archive.table_rows import StoryRows, rows_of
from dramaturg.errors import UnreadableStory
from dramaturg.reading import Reading

ZLIB_LEVEL = 6  # packs a reading to a quarter of its size; level 9 saves 2% more and takes twice as long


@dataclass(frozen=True, slots=True)
class Success:
    """A reading: its table rows, and its JSON document packed by zlib. `sha256` is that of the unpacked document."""

    rows: StoryRows
    sha256: str
    packed: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a story could not be read, and the exit code that `dramaturg read` would return for it."""

    exit_code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of reading an item.

    `sha256` is the file's, or None if the file itself could not be read. `corrections` is the sha256 of the corrections
    that were applied, or None if there were none. `seconds` is how long reading took.
    """

    item: Item
    sha256: str | None
    corrections: str | None
    seconds: float
    result: Success | Failure


def pack(reading: Reading) -> Success:
    """A reading in the form that a library stores."""
    document = reading.to_json().encode("utf-8")
    return Success(rows_of(reading), hashlib.sha256(document).hexdigest(), zlib.compress(document, ZLIB_LEVEL))


def unpack(packed: bytes, name: str) -> bytes:
    """The JSON document that `pack` packed. `name` is what an error calls it. Raises UnreadableStory."""
    try:
        return zlib.decompress(packed)
    except (zlib.error, TypeError) as error:
        raise UnreadableStory(f"{name}: its reading is damaged ({error}). Add its story to a new library.") from error
