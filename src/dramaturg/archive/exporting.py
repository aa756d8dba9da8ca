"""A library → files: its readings as JSON lines, as files of any format that one story has, or a table as CSV."""

import csv
import gzip
import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dramaturg.archive.asking import table
from dramaturg.archive.items import INSIDE
from dramaturg.archive.library import Library
from dramaturg.errors import UsageError
from dramaturg.files import beside, is_special, write_bytes
from dramaturg.reading import Reading

LONGEST_STEM = 80  # characters of a file's name; with what follows it still fits where names have 143 bytes at most


def export_lines(library: Library, target: str) -> int:
    """Write one document a line, in the order of places; `.gz` is packed. Returns how many.

    Raises OSError where the target cannot be written, and leaves what was there.
    """
    n_stories = 0
    with _open(target) as file:
        for _, document in library.documents():
            file.write(document)  # which ends in a newline and holds no other
            n_stories += 1
    return n_stories


def export_files(library: Library, folder: str, suffix: str, write: Callable[[Reading, Path], object]) -> int:
    """Write each reading into a folder, which is made where there is none. Returns how many."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    n_stories = 0
    for story, place in list(library.stories()):
        write(library.reading(story), Path(folder) / f"{file_name(place)}{suffix}")
        n_stories += 1
    return n_stories


def export_documents(library: Library, folder: str) -> int:
    """Write each document into a folder as a file of its own. Returns how many."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    n_stories = 0
    for place, document in library.documents():
        write_bytes(Path(folder) / f"{file_name(place)}.json", document)
        n_stories += 1
    return n_stories


def export_table(library: Library, name: str, target: str) -> int:
    """Write a table or a view as CSV with a line of headings. Returns how many rows. Raises UsageError, OSError."""
    columns, rows = table(library, name)
    n_rows = 0
    with _open(target) as file:
        text = _Text(file)
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            n_rows += 1
    return n_rows


def file_name(place: str) -> str:
    """A name for the files of a story, safe everywhere, and its own: stories of one name lie in many folders.

    >>> file_name("/books/a b/Émile.txt")
    'Émile-ad9ec600'
    """
    path, inside, member = place.rpartition(INSIDE)
    stem = Path(member if inside else place).stem
    safe = re.sub(r"[^\w.-]+", "-", stem).strip("-.")[:LONGEST_STEM] or "story"
    return f"{safe}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"


class _Text:
    """What csv writes to, in UTF-8."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode("utf-8"))


@contextmanager
def _open(target: str) -> Iterator[BinaryIO]:
    """A file to write to: standard output for `-`; else one beside the target, renamed at the end."""
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
    with beside(path) as new, new.open("xb") as file:
        if path.suffix == ".gz":
            # Neither name nor time, so that the same library gives the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                yield packed  # type: ignore[misc]
        else:
            yield file
