"""What a library is asked: counts, words and people across its stories, and whether it is sound."""

import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dramaturg.archive.items import INSIDE, Item
from dramaturg.archive.library import OF_A_STORY, VIEWS, Library, unpack
from dramaturg.archive.rows import rows_of
from dramaturg.archive.work import hash_item
from dramaturg.errors import DramaturgError, UsageError
from dramaturg.reading import Reading
from dramaturg.sources import Limits

FOUND, END_OF_FOUND = "\ufdd0", "\ufdd1"  # around each word found; for such use Unicode keeps them from all texts
WORDS_AROUND = (
    24  # words of a passage that are shown, at most 64: https://www.sqlite.org/fts5.html#the_snippet_function
)
STEPS = 10_000  # of SQLite's machine between two looks at the clock
TABLES = ("stories", "failures", "tags", "characters", "aliases", "passages", "quotations", "addressees")


# ---- counts


def stats(library: Library) -> dict[str, Any]:
    """Counts over the whole library, as plain values.

    `stories` were read; `failed` were not, and are not among them.
    """
    one = _single(library)
    return {
        "stories": one("SELECT count(*) FROM stories"),
        "failed": one("SELECT count(*) FROM failures"),
        "words": one("SELECT coalesce(sum(words), 0) FROM stories"),
        "characters": one("SELECT count(*) FROM characters"),
        "quotations": one("SELECT count(*) FROM quotations"),
        "quotations_with_speaker": one("SELECT count(*) FROM quotations WHERE speaker IS NOT NULL"),
        "words_spoken": one("SELECT coalesce(sum(words), 0) FROM quotations WHERE within IS NULL"),
        "bytes_read": one("SELECT coalesce(sum(size), 0) FROM stories"),
        "seconds_reading": round(one("SELECT coalesce(sum(seconds), 0) FROM stories"), 3),
        "failures": _counts(library, "SELECT exit_code, count(*) FROM failures GROUP BY 1 ORDER BY 1"),
        "formats": _counts(library, "SELECT format, count(*) FROM stories GROUP BY 1 ORDER BY 2 DESC, 1"),
        "languages": _counts(
            library, "SELECT coalesce(language, '?'), count(*) FROM stories GROUP BY 1 ORDER BY 2 DESC, 1"
        ),
        "fandoms": _counts(
            library, "SELECT tag, count(*) FROM tags WHERE kind = 'fandoms' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20"
        ),
        "made_by": _counts(library, "SELECT version, count(*) FROM stories GROUP BY 1 ORDER BY 1"),
        "weights": _counts(library, "SELECT coalesce(weights, '?'), count(*) FROM stories GROUP BY 1 ORDER BY 1"),
        "dialogue_by_gender": _counts(
            library, "SELECT pronouns, sum(words) FROM dialogue_by_gender GROUP BY 1 ORDER BY 2 DESC, 1"
        ),
    }


def _single(library: Library) -> Any:
    return lambda query: library.database.execute(query).fetchone()[0]


def _counts(library: Library, query: str) -> dict[str, int]:
    return {str(name): n for name, n in library.database.execute(query)}


# ---- search


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found. `text`: some of it, each word found between FOUND and END_OF_FOUND."""

    story: int
    place: str
    title: str | None
    start: int
    end: int
    text: str
    speakers: str
    people: str


def search(library: Library, query: str, *, limit: int = 20, seconds: float = 30.0) -> list[Hit]:
    """The passages that fit, best first.

    `query` is FTS5's: words, "a phrase", AND, OR, NOT, NEAR(…), and a column before a colon: text, speakers, people.
    What is no query of its is taken as words that must all be there. Raises UsageError where it takes too long.
    """
    try:
        return _search(library, query, limit, seconds)
    except sqlite3.OperationalError as error:
        words = re.findall(r"[^\W_]+", query)
        if not words or "interrupt" in str(error):
            raise UsageError(f"“{query}”: {_why(error, words)}") from error
        return _search(library, " ".join(f'"{word}"' for word in words), limit, seconds)


def _why(error: sqlite3.Error, words: list[str]) -> str:
    return "searching takes too long. Ask for rarer words." if words else f"no word to search for ({error})."


def _search(library: Library, query: str, limit: int, seconds: float) -> list[Hit]:
    with _within(library.database, seconds):
        rows = library.database.execute(
            "SELECT p.story, s.place, s.title, p.start, p.end, snippet(search, 0, ?, ?, '…', ?), p.speakers, p.people "
            "FROM search JOIN passages p ON p.id = search.rowid JOIN stories s ON s.id = p.story "
            "WHERE search MATCH ? ORDER BY search.rank, p.id LIMIT ?",
            (FOUND, END_OF_FOUND, WORDS_AROUND, query, limit),
        )
        return [Hit(*row) for row in rows]


class _within:
    """SQLite is interrupted after so many seconds."""

    def __init__(self, database: sqlite3.Connection, seconds: float) -> None:
        self._database, self._seconds = database, seconds

    def __enter__(self) -> None:
        end = time.monotonic() + self._seconds
        self._database.set_progress_handler(lambda: int(time.monotonic() > end), STEPS)

    def __exit__(self, *_: object) -> None:
        self._database.set_progress_handler(None, 0)


# ---- tables


def table(library: Library, name: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The columns and the rows of a table or a view. Raises UsageError where there is none of that name."""
    if name not in (*TABLES, *VIEWS):
        raise UsageError(f"--table {name}: there is none. The tables are {', '.join((*VIEWS, *TABLES))}.")
    cursor = library.database.execute(f"SELECT * FROM {name}")
    return [column[0] for column in cursor.description], cursor


# ---- soundness


def verify(library: Library, *, files: bool = False) -> Iterator[str]:
    """What is wrong with a library, a line each; nothing where it is sound.

    Looks at the database's own structure, at what refers to what, at the index of words, and reads every document:
    that it is what was written, and that the tables say what it says. `files`: whether the stories' files are still
    there, and unchanged.
    """
    try:
        database = library.database
        yield from (f"database: {row[0]}" for row in database.execute("PRAGMA integrity_check") if row[0] != "ok")
        for row in database.execute("PRAGMA foreign_key_check"):
            yield f"{row[0]}: row {row[1]} belongs to no story"
        try:
            # Writes nothing, though it has the form of an insertion: the index is compared with what it was made from.
            with Library(library.path) as writable:
                writable.database.execute("INSERT INTO search(search, rank) VALUES ('integrity-check', 1)")
        except (sqlite3.Error, DramaturgError) as error:
            yield f"search: its index does not fit the passages ({error})"
        for row in database.execute("SELECT place FROM stories INTERSECT SELECT place FROM failures"):
            yield f"{row[0]}: both read and failed"
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
        for name in OF_A_STORY[1:]:
            count = library.database.execute(f"SELECT count(*) FROM {name} WHERE story = ?", (story,)).fetchone()[0]
            if count != len(getattr(expected, name)):
                yield f"{place}: {count} {name} stand in the table, {len(getattr(expected, name))} in the reading"


def _verify_files(library: Library) -> Iterator[str]:
    for place, size, sha256 in library.database.execute("SELECT place, size, sha256 FROM stories ORDER BY place"):
        path, inside, member = place.partition(INSIDE)
        try:
            found = hash_item(Item(place, path, member if inside else None, size), Limits())
        except DramaturgError as error:
            yield f"{place}: its file is gone ({error})"
            continue
        if found != sha256:
            yield f"{place}: its file has changed since"
