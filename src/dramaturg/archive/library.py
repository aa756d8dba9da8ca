"""The library: one SQLite database that holds the readings of many stories.

SQLite gives what this is for: a transaction is there whole or not at all, whenever the process or the machine ends.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dramaturg.archive.items import APPLICATION
from dramaturg.archive.rows import Rows, storable
from dramaturg.archive.work import Failure, Outcome, Success
from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.reading import Reading

VERSION = 1  # of the tables; grows when they change
PATIENCE = 60.0  # seconds to wait while another process writes
OF_A_STORY = ("documents", "tags", "characters", "aliases", "passages", "quotations", "addressees")
VIEWS = (
    "lines",
    "lines_to",
    "talkers",
    "talkers_by_fandom",
    "dialogue_by_gender",
    "dialogue_by_gender_by_fandom",
    "pairs",
    "pairs_by_fandom",
)


@dataclass(frozen=True, slots=True)
class Known:
    """What the library holds of a place: the sha256 of the file and of its corrections, and whether reading failed."""

    sha256: str | None
    corrections: str | None
    failed: bool
    version: str | None
    weights: str | None


class Library:
    """A library that is open. To be closed, or used by `with`. For one thread."""

    def __init__(self, path: str | Path, *, create: bool = False, read_only: bool = False) -> None:
        """Open a library; with `create`, make one where there is none.

        Raises UsageError where there is none, or something else.
        """
        self.path = Path(path)
        self.read_only = read_only
        try:
            self.database = self._open(create)
        except sqlite3.Error as error:
            raise UsageError(f"{path}: this library cannot be opened ({error}). {_way_out(error)}") from error

    def _open(self, create: bool) -> sqlite3.Connection:
        exists = self.path.exists()
        if not exists and not create:
            raise UsageError(f"{self.path}: there is no such library. `dramaturg library --db FILE add …` makes one.")
        if not self.path.parent.is_dir():
            raise UsageError(f"{self.path}: there is no folder {self.path.parent}. Make it first.")
        if self.read_only:
            uri = f"{self.path.absolute().as_uri()}?mode=ro"
            database = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
        else:
            database = sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)
        try:
            # First of all, and before any mode is set: somebody else's file stays as it is.
            _check_owner(self.path, database)
            if create:
                _make(database)
            _check_version(self.path, database)
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("PRAGMA cache_size = -65536")  # KiB
            if not self.read_only:
                # Readers do not wait for the writer. Not on every network's file system; then the usual journal stays.
                # Not before the tables are made: the file itself shall say that it is a library, not the log beside.
                database.execute("PRAGMA journal_mode = WAL")
                # A commit may be lost with the machine's power, never half of one; what it held is read again.
                database.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            database.close()
            raise
        return database

    def __enter__(self) -> "Library":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close it."""
        self.database.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all that is written in it, or nothing. Raises UsageError where the disk does not take it."""
        try:
            self.database.execute("BEGIN IMMEDIATE")
            try:
                yield self.database
                self.database.execute("COMMIT")
            except BaseException:
                if self.database.in_transaction:
                    self.database.execute("ROLLBACK")
                raise
        except sqlite3.OperationalError as error:
            raise UsageError(
                f"{self.path}: it cannot be written ({error}). What it held before is unharmed. {_way_out(error)}"
            ) from error

    # ---- writing

    def store(self, outcome: Outcome) -> None:
        """Put what came of a story in the place of what was known of it."""
        with self.writing() as database:
            place = outcome.item.place
            id = self._remove(place)
            if isinstance(outcome.result, Failure):
                database.execute(
                    "INSERT INTO failures (place, sha256, corrections, size, exit_code, reason, seconds) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        place,
                        outcome.sha256,
                        outcome.corrections,
                        outcome.item.size,
                        outcome.result.exit_code,
                        storable(outcome.result.reason),
                        outcome.seconds,
                    ),
                )
            else:
                _insert(database, outcome, outcome.result, id)

    def _remove(self, place: str) -> int | None:
        """Forget a place, within a transaction. Returns the id its story had, which a newer reading of it keeps."""
        self.database.execute("DELETE FROM failures WHERE place = ?", (place,))
        row = self.database.execute("SELECT id FROM stories WHERE place = ?", (place,)).fetchone()
        if row is not None:
            for table in OF_A_STORY:
                self.database.execute(f"DELETE FROM {table} WHERE story = ?", row)
            self.database.execute("DELETE FROM stories WHERE id = ?", row)
        return None if row is None else int(row[0])

    # ---- reading

    def known(self, place: str) -> Known | None:
        """What is known of a place; None where it is new."""
        row = self.database.execute(
            "SELECT sha256, corrections, 0, version, weights FROM stories WHERE place = :place "
            "UNION ALL SELECT sha256, corrections, 1, NULL, NULL FROM failures WHERE place = :place",
            {"place": place},
        ).fetchone()
        return None if row is None else Known(row[0], row[1], bool(row[2]), row[3], row[4])

    def document(self, story: int) -> bytes:
        """The dramaturg/1 document of a story, by its id, in UTF-8.

        Raises UsageError where there is no such story, UnreadableStory where it is damaged.
        """
        row = self.database.execute("SELECT packed FROM documents WHERE story = ?", (story,)).fetchone()
        if row is None:
            raise UsageError(
                f"{self.path}: it holds no story {story}. `dramaturg library --db FILE search` names them."
            )
        return unpack(row[0], f"{self.path}, story {story}")

    def reading(self, story: int) -> Reading:
        """The reading of a story, by its id. Raises as `document`."""
        return Reading.from_json(self.document(story), f"{self.path}, story {story}")

    def stories(self) -> Iterator[tuple[int, str]]:
        """The id and the place of every story, in the order of places."""
        yield from self.database.execute("SELECT id, place FROM stories ORDER BY place")

    def documents(self) -> Iterator[tuple[str, bytes]]:
        """The place and the document of every story, in the order of places, one in memory at a time."""
        rows = self.database.execute(
            "SELECT s.place, d.packed FROM stories s JOIN documents d ON d.story = s.id ORDER BY s.place"
        )
        for place, packed in rows:
            yield place, unpack(packed, place)


def unpack(packed: bytes, name: str) -> bytes:
    """The document that `work.pack` packed; `name` is what an error calls it. Raises UnreadableStory."""
    try:
        return zlib.decompress(packed)
    except (zlib.error, TypeError) as error:
        raise UnreadableStory(f"{name}: its reading is damaged ({error}). Add its story to a new library.") from error


def _insert(database: sqlite3.Connection, outcome: Outcome, result: Success, id: int | None) -> None:
    rows: Rows = result.rows
    row = (id, outcome.item.place, outcome.sha256, outcome.corrections, outcome.item.size, *rows.story, outcome.seconds)
    story = _into(database, "stories", "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    database.execute("INSERT INTO documents VALUES (?, ?, ?)", (story, result.sha256, result.packed))
    for table, several in (
        ("tags", rows.tags),
        ("characters", rows.characters),
        ("aliases", rows.aliases),
        ("quotations", rows.quotations),
        ("addressees", rows.addressees),
    ):
        if several:
            marks = ", ".join("?" * (1 + len(several[0])))
            database.executemany(f"INSERT INTO {table} VALUES ({marks})", ((story, *row) for row in several))
    database.executemany(
        "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", ((story, *row) for row in rows.passages)
    )


def _into(database: sqlite3.Connection, table: str, values: str, row: tuple[Any, ...]) -> int:
    id = database.execute(f"INSERT INTO {table} VALUES {values}", row).lastrowid
    assert id is not None
    return id


def _make(database: sqlite3.Connection) -> None:
    """The tables, where there are none yet: in one transaction, so that a kill leaves an empty file or a library."""
    database.execute("BEGIN IMMEDIATE")
    try:
        if database.execute("PRAGMA application_id").fetchone()[0] == 0:
            for statement in _statements((files("dramaturg.archive") / "schema.sql").read_text(encoding="utf-8")):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {VERSION}")
            database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: sqlite3.executescript would commit what is open."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _check_owner(path: Path, database: sqlite3.Connection) -> None:
    """Raise UsageError where there is something in the file, and it is no library."""
    try:
        found = database.execute("PRAGMA application_id").fetchone()[0]
        is_empty = found == 0 and database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    except sqlite3.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        found, is_empty = 0, False
    if found != APPLICATION and not is_empty:
        raise UsageError(f"{path}: this is no library of dramaturg. Give another name.")


def _check_version(path: Path, database: sqlite3.Connection) -> None:
    found = database.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise UsageError(f"{path}: a later version of dramaturg made this library. Update: pip install -U dramaturg")
    if found < VERSION:
        raise UsageError(f"{path}: this library is empty. `dramaturg library --db FILE add …` fills it.")


def _way_out(error: sqlite3.Error) -> str:
    said = str(error)
    if "full" in said or "I/O" in said:
        return "Make room on the disk and run the same command again: it goes on where it stopped."
    if "locked" in said:
        return "Another process writes to it: wait for that one, then run the same command again."
    if "malformed" in said or "not a database" in said:
        return "`dramaturg library --db FILE verify` tells what can be saved."
    return "Check that its folder may be written by you."
