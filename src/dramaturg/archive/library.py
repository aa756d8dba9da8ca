"""The library: one SQLite database that holds the readings of many stories.

SQLite's transactions keep it sound: a change is stored completely or not at all, even if the process or the machine
stops in the middle of it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dramaturg.archive.listing import APPLICATION_ID, Item
from dramaturg.archive.outcomes import Failure, Outcome, Success, pack, unpack
from dramaturg.archive.table_rows import StoryRows, storable
from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.reading import Reading

SCHEMA_VERSION = 1  # of the tables; raised when they change
BUSY_TIMEOUT_SECONDS = 60.0  # how long to wait while another process writes
STORY_TABLES = ("documents", "tags", "characters", "aliases", "passages", "quotations", "addressees")
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


# For libraries that were made before these were in schema.sql.
ADDED_LATER = (
    "CREATE INDEX IF NOT EXISTS stories_by_sha256 ON stories (sha256)",
    "CREATE TABLE IF NOT EXISTS removed (place TEXT PRIMARY KEY, sha256 TEXT NOT NULL) WITHOUT ROWID",
)


@dataclass(frozen=True, slots=True)
class StoredStory:
    """What a library holds for a place: the sha256 of the file and of its corrections, and whether reading failed.

    `version` and `weights` are those that made the reading; None for a failure.
    """

    sha256: str | None
    corrections: str | None
    failed: bool
    version: str | None
    weights: str | None


class Library:
    """An open library. Use it in a `with` statement, or close it. Use one per thread."""

    def __init__(self, path: str | Path, *, create: bool = False, read_only: bool = False) -> None:
        """Open a library; with `create`, make one if the file does not exist.

        Raises UsageError if there is no library at this path, or the file is something else.
        """
        self.path = Path(path)
        self.read_only = read_only
        try:
            self.database = self._open(create)
        except sqlite3.Error as error:
            raise UsageError(f"{path}: this library cannot be opened ({error}). {_advice_for(error)}") from error

    def _open(self, create: bool) -> sqlite3.Connection:
        exists = self.path.exists()
        if not exists and not create:
            raise UsageError(
                f"{self.path}: there is no such library. Create it with `dramaturg library --db FILE add`."
            )
        if not self.path.parent.is_dir():
            raise UsageError(f"{self.path}: there is no folder {self.path.parent}. Create it first.")
        if self.read_only:
            uri = f"{self.path.absolute().as_uri()}?mode=ro"
            database = sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        else:
            database = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            # Checked before any pragma is set, so that a file that is not a library is never changed.
            _check_owner(self.path, database)
            if create:
                _make(database)
            _check_version(self.path, database)
            database.execute("PRAGMA foreign_keys = ON")
            database.execute("PRAGMA cache_size = -65536")  # KiB
            if not self.read_only:
                # With WAL, readers do not wait for the writer. Some network file systems lack it; SQLite then keeps its
                # default journal. Set after the tables are made, so that the application id is in the file itself and
                # not only in the log beside it.
                database.execute("PRAGMA journal_mode = WAL")
                # A power failure may lose the last commits, never part of one. Their stories are read again.
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
        """Close the database."""
        self.database.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: everything in it is stored, or nothing. Raises UsageError if it cannot be written."""
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
                f"{self.path}: this library cannot be written ({error}). Its earlier content is safe. "
                f"{_advice_for(error)}"
            ) from error

    # ---- writing

    def store(self, outcome: Outcome) -> None:
        """Store the outcome of a story. It replaces an earlier outcome for the same place."""
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
        """Delete a place, within a transaction. Returns the id of its story, which a newer reading keeps."""
        self.database.execute("DELETE FROM failures WHERE place = ?", (place,))
        self.database.execute("DELETE FROM removed WHERE place = ?", (place,))
        row = self.database.execute("SELECT id FROM stories WHERE place = ?", (place,)).fetchone()
        if row is not None:
            for table in STORY_TABLES:
                self.database.execute(f"DELETE FROM {table} WHERE story = ?", row)
            self.database.execute("DELETE FROM stories WHERE id = ?", row)
        return None if row is None else int(row[0])

    def take_out(self, story: int) -> Outcome | None:
        """Delete a story, and do not read its file again. Returns what `put_back` needs to undo it."""
        row = self.database.execute(
            "SELECT s.place, s.size, s.sha256, s.corrections, s.seconds, d.packed FROM stories s "
            "JOIN documents d ON d.story = s.id WHERE s.id = ?",
            (story,),
        ).fetchone()
        if row is None:
            return None
        place, size, sha256, corrections, seconds, packed = row
        result = pack(Reading.from_json(unpack(packed, place), place))
        with self.writing() as database:
            self._remove(place)
            database.execute("INSERT OR REPLACE INTO removed VALUES (?, ?)", (place, sha256))
        return Outcome(Item(place, place, None, size), sha256, corrections, seconds, result)

    def put_back(self, outcome: Outcome) -> int | None:
        """Store a story again that was taken out. Returns its new id."""
        self.store(outcome)
        row = self.database.execute("SELECT id FROM stories WHERE place = ?", (outcome.item.place,)).fetchone()
        return None if row is None else int(row[0])

    def move(self, old: str, new: str) -> None:
        """Call a story's place something else, with the same content."""
        with self.writing() as database:
            database.execute("DELETE FROM failures WHERE place = ?", (new,))
            database.execute("UPDATE stories SET place = ? WHERE place = ?", (new, old))

    # ---- reading

    def is_removed(self, place: str, sha256: str) -> bool:
        """Whether this very file was taken out."""
        query = "SELECT 1 FROM removed WHERE place = ? AND sha256 = ?"
        return self.database.execute(query, (place, sha256)).fetchone() is not None

    def places_of(self, sha256: str, corrections: str | None) -> list[str]:
        """The places of the stories with this content, read with these corrections."""
        query = "SELECT place FROM stories WHERE sha256 = ? AND corrections IS ? ORDER BY place"
        return [place for (place,) in self.database.execute(query, (sha256, corrections))]

    def known(self, place: str) -> StoredStory | None:
        """What the library holds for a place; None if the place is new."""
        row = self.database.execute(
            "SELECT sha256, corrections, 0, version, weights FROM stories WHERE place = :place "
            "UNION ALL SELECT sha256, corrections, 1, NULL, NULL FROM failures WHERE place = :place",
            {"place": place},
        ).fetchone()
        return None if row is None else StoredStory(row[0], row[1], bool(row[2]), row[3], row[4])

    def document(self, story: int) -> bytes:
        """The dramaturg/1 document of a story, by its id, in UTF-8.

        Raises UsageError if there is no such story, UnreadableStory if the document is damaged.
        """
        row = self.database.execute("SELECT packed FROM documents WHERE story = ?", (story,)).fetchone()
        if row is None:
            raise UsageError(
                f"{self.path}: this library holds no story {story}. `dramaturg library --db FILE search` shows the ids."
            )
        return unpack(row[0], f"{self.path}, story {story}")

    def reading(self, story: int) -> Reading:
        """The reading of a story, by its id. Raises what `document` raises."""
        return Reading.from_json(self.document(story), f"{self.path}, story {story}")

    def stories(self) -> Iterator[tuple[int, str]]:
        """The id and the place of every story, ordered by place."""
        yield from self.database.execute("SELECT id, place FROM stories ORDER BY place")

    def documents(self) -> Iterator[tuple[str, bytes]]:
        """The place and the document of every story, ordered by place. One document is in memory at a time."""
        rows = self.database.execute(
            "SELECT s.place, d.packed FROM stories s JOIN documents d ON d.story = s.id ORDER BY s.place"
        )
        for place, packed in rows:
            yield place, unpack(packed, place)

    def outcomes(self) -> Iterator[Outcome]:
        """Everything in the library as outcomes: the readings, then the failures, each ordered by place.

        Raises UnreadableStory if a reading is damaged.
        """
        for row in self.database.execute(
            "SELECT s.place, s.size, s.sha256, s.corrections, s.seconds, d.packed, d.sha256 "
            "FROM stories s JOIN documents d ON d.story = s.id ORDER BY s.place"
        ):
            place, size, sha256, corrections, seconds, packed, digest = row
            result = pack(Reading.from_json(unpack(packed, place), place))
            if result.sha256 != digest:
                raise UnreadableStory(f"{self.path}: the reading of {place} is damaged. Add its story again instead.")
            yield Outcome(Item(place, place, None, size), sha256, corrections, seconds, result)
        for row in self.database.execute(
            "SELECT place, size, sha256, corrections, seconds, exit_code, reason FROM failures ORDER BY place"
        ):
            place, size, sha256, corrections, seconds, exit_code, reason = row
            yield Outcome(Item(place, place, None, size), sha256, corrections, seconds, Failure(exit_code, reason))


def _insert(database: sqlite3.Connection, outcome: Outcome, result: Success, id: int | None) -> None:
    rows: StoryRows = result.rows
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
    """Create the tables if there are none, in one transaction: a kill leaves an empty file or a whole library."""
    database.execute("BEGIN IMMEDIATE")
    try:
        if database.execute("PRAGMA application_id").fetchone()[0] == 0:
            for statement in _statements((files("dramaturg.archive") / "schema.sql").read_text(encoding="utf-8")):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
            database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for statement in ADDED_LATER:
            database.execute(statement)
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one, because sqlite3.executescript would commit the open transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _check_owner(path: Path, database: sqlite3.Connection) -> None:
    """Raise UsageError if the file has content that is not a library's."""
    try:
        found = database.execute("PRAGMA application_id").fetchone()[0]
        is_empty = found == 0 and database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
    except sqlite3.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        found, is_empty = 0, False
    if found != APPLICATION_ID and not is_empty:
        raise UsageError(f"{path}: this is not a dramaturg library. Choose another name.")


def _check_version(path: Path, database: sqlite3.Connection) -> None:
    found = database.execute("PRAGMA user_version").fetchone()[0]
    if found > SCHEMA_VERSION:
        raise UsageError(f"{path}: this library is from a newer dramaturg. Update with: pip install -U dramaturg")
    if found < SCHEMA_VERSION:
        raise UsageError(f"{path}: this library is empty. Fill it with `dramaturg library --db FILE add …`.")


def _advice_for(error: sqlite3.Error) -> str:
    message = str(error)
    if "full" in message or "I/O" in message:
        return "Free some space on the disk and run the same command again: it resumes where it stopped."
    if "locked" in message:
        return "Another process is writing to it. Wait for that one, then run the same command again."
    if "malformed" in message or "not a database" in message:
        return "`dramaturg library --db FILE verify` lists what can be saved."
    return "Check that you may write to its folder."
