"""A library → files: its readings as JSON lines, Parquet or any format of one story, or one of its tables as CSV."""

import csv
import gzip
import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dramaturg.archive.library import Library
from dramaturg.archive.listing import MEMBER_SEPARATOR
from dramaturg.archive.parquet import write_parquet
from dramaturg.archive.queries import table
from dramaturg.errors import UsageError
from dramaturg.files import is_special, replace_atomically, write_bytes
from dramaturg.reading import Reading

MAX_STEM_CHARACTERS = 80  # with the hash and a suffix, a name still fits the 143 bytes that some file systems allow


def export_lines(library: Library, target: str) -> int:
    """Write one document a line, ordered by place; gzipped if the name ends in `.gz`. Returns the number of stories.

    Raises OSError if the target cannot be written, and leaves the old file in place.
    """
    n_stories = 0
    with _open(target) as file:
        for _, document in library.documents():
            file.write(document)  # ends in a newline and contains no other
            n_stories += 1
    return n_stories


def export_files(library: Library, folder: str, suffix: str, write: Callable[[Reading, Path], object]) -> int:
    """Write each reading into a folder, which is created if needed. Returns the number of stories."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    n_stories = 0
    for story, place in list(library.stories()):
        write(library.reading(story), Path(folder) / f"{file_name(place)}{suffix}")
        n_stories += 1
    return n_stories


def export_documents(library: Library, folder: str) -> int:
    """Write each document into a folder as a JSON file. Returns the number of stories."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    n_stories = 0
    for place, document in library.documents():
        write_bytes(Path(folder) / f"{file_name(place)}.json", document)
        n_stories += 1
    return n_stories


def export_parquet(library: Library, target: str) -> int:
    """Write the whole library into one Parquet file. Returns the number of rows. Raises OSError, MissingExtra."""
    with replace_atomically(Path(target)) as new:
        return write_parquet(new, library.outcomes())


def export_table(library: Library, name: str, target: str) -> int:
    """Write a table or view as CSV with a header. Returns the number of rows. Raises UsageError, OSError."""
    columns, rows = table(library, name)
    n_rows = 0
    with _open(target) as file:
        text = _Utf8Writer(file)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            n_rows += 1
    return n_rows


def file_name(place: str) -> str:
    """A file name for a story: safe on every system, and unique even if stories in several folders share a name.

    >>> file_name("/books/a b/Émile.txt")
    'Émile-ad9ec600'
    """
    path, separator, member = place.rpartition(MEMBER_SEPARATOR)
    stem = Path(member if separator else place).stem
    safe = re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:MAX_STEM_CHARACTERS] or "story"
    return f"{safe}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"


class _Utf8Writer:
    """A text file for the csv module on top of a binary one."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8"))


@contextmanager
def _open(target: str) -> Iterator[BinaryIO]:
    """Standard output for `-`, else a temporary file beside the target that is renamed to it at the end."""
    if target == "-":
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(target)
    if path.is_dir():
        raise UsageError(f"{target}: this is a folder. Give the name of a file in it.")
    if is_special(path):
        with path.open("wb") as file:
            yield file
        return
    with replace_atomically(path) as new, new.open("xb") as file:
        if path.suffix == ".gz":
            # No file name and no time in the header, so that the same library gives the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                yield packed  # type: ignore[misc]
        else:
            yield file
