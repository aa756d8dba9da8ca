"""Queries over a library: counts, full-text search, and its tables."""

import re
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dramaturg.archive.library import VIEWS, Library
from dramaturg.errors import UsageError

# Around each word that a search found. Unicode keeps these noncharacters out of texts, for internal use like this.
MATCH_START, MATCH_END = "\ufdd0", "\ufdd1"
SNIPPET_WORDS = 24  # SQLite allows at most 64: https://www.sqlite.org/fts5.html#the_snippet_function
INSTRUCTIONS_PER_CHECK = 10_000  # of SQLite's virtual machine, between two looks at the clock
TABLES = ("stories", "failures", "tags", "characters", "aliases", "passages", "quotations", "addressees")


# ---- counts


def stats(library: Library) -> dict[str, Any]:
    """Counts over the whole library, as plain values. `failed` is not included in `stories`."""
    value = _value_of(library)
    return {
        "stories": value("SELECT count(*) FROM stories"),
        "failed": value("SELECT count(*) FROM failures"),
        "words": value("SELECT coalesce(sum(words), 0) FROM stories"),
        "characters": value("SELECT count(*) FROM characters"),
        "quotations": value("SELECT count(*) FROM quotations"),
        "quotations_with_speaker": value("SELECT count(*) FROM quotations WHERE speaker IS NOT NULL"),
        "words_spoken": value("SELECT coalesce(sum(words), 0) FROM quotations WHERE within IS NULL"),
        "bytes_read": value("SELECT coalesce(sum(size), 0) FROM stories"),
        "seconds_reading": round(value("SELECT coalesce(sum(seconds), 0) FROM stories"), 3),
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


def _value_of(library: Library) -> Any:
    return lambda query: library.database.execute(query).fetchone()[0]


def _counts(library: Library, query: str) -> dict[str, int]:
    return {str(name): n for name, n in library.database.execute(query)}


# ---- search


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that a search found. `text` is an excerpt; each matched word is between MATCH_START and MATCH_END."""

    story: int
    place: str
    title: str | None
    start: int
    end: int
    text: str
    speakers: str
    people: str


def search(library: Library, query: str, *, limit: int = 20, seconds: float = 30.0) -> list[Hit]:
    """The passages that match, best match first.

    `query` is in SQLite FTS5's syntax: words, "a phrase", AND, OR, NOT, NEAR(…), and a column name before a colon:
    text, speakers, people. If it is not valid syntax, its words are searched for instead, and all must match.
    Raises UsageError if the query has no word, or takes longer than `seconds`.
    """
    try:
        return _search(library, query, limit, seconds)
    except sqlite3.OperationalError as error:
        words = re.findall(r"[^\W_]+", query)
        if not words or "interrupt" in str(error):
            raise UsageError(f"“{query}”: {_explain(error, words)}") from error
        return _search(library, " ".join(f'"{word}"' for word in words), limit, seconds)


def _explain(error: sqlite3.Error, words: list[str]) -> str:
    return "the search takes too long. Use rarer words." if words else f"there is no word to search for ({error})."


def _search(library: Library, query: str, limit: int, seconds: float) -> list[Hit]:
    with _TimeLimit(library.database, seconds):
        rows = library.database.execute(
            "SELECT p.story, s.place, s.title, p.start, p.end, snippet(search, 0, ?, ?, '…', ?), p.speakers, p.people "
            "FROM search JOIN passages p ON p.id = search.rowid JOIN stories s ON s.id = p.story "
            "WHERE search MATCH ? ORDER BY search.rank, p.id LIMIT ?",
            (MATCH_START, MATCH_END, SNIPPET_WORDS, query, limit),
        )
        return [Hit(*row) for row in rows]


class _TimeLimit:
    """Interrupts SQLite after some seconds."""

    def __init__(self, database: sqlite3.Connection, seconds: float) -> None:
        self._database, self._seconds = database, seconds

    def __enter__(self) -> None:
        end = time.monotonic() + self._seconds
        self._database.set_progress_handler(lambda: int(time.monotonic() > end), INSTRUCTIONS_PER_CHECK)

    def __exit__(self, *_: object) -> None:
        self._database.set_progress_handler(None, 0)


# ---- questions


@dataclass(frozen=True, slots=True)
class Question:
    """A question to all stories. `sql` gives rows of a name, its story's id or None, and a number."""

    title: str
    unit: str
    sql: str


QUESTIONS = (
    Question(
        "Who talks most",
        "words",
        "SELECT name, story, words FROM talkers WHERE words > 0\nORDER BY words DESC, name LIMIT 15",
    ),
    Question(
        "Who talks with each other",
        "lines",
        "SELECT one || ' and ' || other, story, lines FROM pairs WHERE one <> other\nORDER BY lines DESC, 1 LIMIT 15",
    ),
    Question(
        "Share of speech by gender",
        "% of the words",
        "SELECT pronouns, NULL, round(100.0 * sum(words) / (SELECT sum(words) FROM dialogue_by_gender), 1)\n"
        "FROM dialogue_by_gender GROUP BY pronouns ORDER BY 3 DESC",
    ),
)


def ask(library: Library, question: Question, *, seconds: float = 30.0) -> list[tuple[str, int | None, float]]:
    """The rows of a question's answer. Raises UsageError if it takes longer than `seconds`."""
    try:
        with _TimeLimit(library.database, seconds):
            return [(str(name), story, n) for name, story, n in library.database.execute(question.sql)]
    except sqlite3.OperationalError as error:
        raise UsageError(f"{question.title}: this takes too long for so many stories ({error}).") from error


# ---- tables


def table(library: Library, name: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The column names and the rows of a table or view. Raises UsageError if there is none with this name."""
    if name not in (*TABLES, *VIEWS):
        raise UsageError(f"--table {name}: there is no such table. The tables are {', '.join((*VIEWS, *TABLES))}.")
    cursor = library.database.execute(f"SELECT * FROM {name}")
    return [column[0] for column in cursor.description], cursor
