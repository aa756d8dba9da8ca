"""Checking that a library is sound: its database, its search index, its documents, its tables, its files."""

import hashlib
import sqlite3
from collections.abc import Iterator

from dramaturg.archive.library import STORY_TABLES, Library
from dramaturg.archive.listing import MEMBER_SEPARATOR, Item
from dramaturg.archive.outcomes import unpack
from dramaturg.archive.story_reader import hash_item
from dramaturg.archive.table_rows import rows_of
from dramaturg.errors import DramaturgError
from dramaturg.reading import Reading
from dramaturg.sources import Limits


def verify(library: Library, *, files: bool = False) -> Iterator[str]:
    """The faults of a library, one line each; nothing if it is sound.

    Checks the structure of the database, the references between its tables and the search index. Then reads every
    document to check that it is what was written, and that the tables hold the same. With `files`, also checks that the
    stories' files are still there and unchanged.
    """
    try:
        database = library.database
        yield from (f"database: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row[0] != "ok")
        for row in database.execute("PRAGMA foreign_key_check"):
            yield f"{row[0]}: row {row[1]} refers to a story that does not exist"
        try:
            # This INSERT writes nothing: FTS5 takes it as the command to compare the index with the passages.
            with Library(library.path) as writable:
                writable.database.execute("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)")
        except (sqlite3.Error, DramaturgError) as error:
            yield f"search: its index does not match the passages ({error})"
        for row in database.execute("SELECT place FROM stories INTERSECT SELECT place FROM failures"):
            yield f"{row[0]}: recorded both as read and as failed"
        for row in database.execute("SELECT place FROM stories WHERE id NOT IN (SELECT story FROM documents)"):
            yield f"{row[0]}: its reading is missing"
        yield from _verify_documents(library)
        if files:
            yield from _verify_files(library)
    except sqlite3.DatabaseError as error:
        yield f"database: {error}"


def _verify_documents(library: Library) -> Iterator[str]:
    rows = library.database.execute(
        "SELECT s.id, s.place, d.sha256, d.packed FROM stories s JOIN documents d ON d.story = s.id ORDER BY s.place"
    )
    for story, place, sha256, packed in rows:
        try:
            document = unpack(packed, place)
            reading = Reading.from_json(document, place)
        except DramaturgError as error:
            yield str(error)
            continue
        if hashlib.sha256(document).hexdigest() != sha256:
            yield f"{place}: its reading is not what was written"
        expected = rows_of(reading)
        for name in STORY_TABLES[1:]:
            n_rows = library.database.execute(f"SELECT count(*) FROM {name} WHERE story = ?", (story,)).fetchone()[0]
            if n_rows != len(getattr(expected, name)):
                yield f"{place}: the table has {n_rows} {name}, the reading has {len(getattr(expected, name))}"


def _verify_files(library: Library) -> Iterator[str]:
    for place, size, sha256 in library.database.execute("SELECT place, size, sha256 FROM stories ORDER BY place"):
        path, separator, member = place.partition(MEMBER_SEPARATOR)
        try:
            found = hash_item(Item(place, path, member if separator else None, size), Limits())
        except DramaturgError as error:
            yield f"{place}: its file is gone ({error})"
            continue
        if found != sha256:
            yield f"{place}: its file has changed since"
