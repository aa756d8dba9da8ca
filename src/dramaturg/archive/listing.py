"""Folders, glob patterns, ZIPs and files → the list of stories in them, ordered and kept on disk."""

import glob
import hashlib
import os
import re
import sqlite3
import stat
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Literal

from dramaturg.errors import UnreadableStory, UsageError

MEMBER_SEPARATOR = "!/"  # between the path of a ZIP and the name of a story in it
APPLICATION_ID = 0x64726D74  # "drmt": the application_id that SQLite stores in a library
LIBRARY_SUFFIXES = (".db", ".sqlite", ".sqlite3")
PARQUET_SUFFIX = ".parquet"
CORRECTIONS_FILE = re.compile(r"(?:.+\.)?cast\.toml")  # corrections, which are beside the stories
MAX_ZIP_MEMBERS = 1_000_000  # the list of files in a ZIP is held in memory, 500 bytes each

Kind = Literal["story", "library", "parquet"]


@dataclass(frozen=True, slots=True)
class Item:
    """One story to read, or a file of readings: a library or Parquet.

    `place` identifies it in a library: the path, or for a story in a ZIP the ZIP's path, MEMBER_SEPARATOR and the name
    in the ZIP. `member` is the name in the ZIP at `path`, or None. `size` is in bytes.
    """

    place: str
    path: str
    member: str | None
    size: int
    kind: Kind = "story"

    @property
    def name(self) -> str:
        """The name of the file, without folders."""
        return PurePath(self.member or self.path).name


@dataclass(frozen=True, slots=True)
class Shard:
    """The `index`-th of `count` shares of the stories. `index` counts from 1."""

    index: int
    count: int

    def holds(self, name: str) -> bool:
        """Whether a story is in this share. `name` is its path relative to the folder or ZIP that was given."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1


WHOLE = Shard(1, 1)


def parse_shard(text: str) -> Shard:
    """The share that `2/8` means: the second of eight. Raises UsageError.

    >>> parse_shard("2/8")
    Shard(index=2, count=8)
    """
    match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"--shard {text}: this is not a share. Give I/N, from 1/N to N/N.")
    return Shard(int(match[1]), int(match[2]))


class Listing:
    """The items without duplicates, ordered by place.

    They are kept in a temporary SQLite database, which spills to disk when it grows.
    """

    def __init__(self) -> None:
        # Never committed: Python opens a transaction before the first insert, and nothing needs to be durable here.
        self._database = sqlite3.connect("")
        self._database.execute(
            "CREATE TABLE items (place TEXT PRIMARY KEY, path BLOB, member TEXT, size INTEGER, kind TEXT) WITHOUT ROWID"
        )

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM items").fetchone()[0])

    def __iter__(self) -> Iterator[Item]:
        rows = self._database.execute("SELECT place, path, member, size, kind FROM items ORDER BY place")
        for place, path, member, size, kind in rows:
            yield Item(place, os.fsdecode(path), member, size, kind)

    @property
    def size(self) -> int:
        """The total size in bytes."""
        return int(self._database.execute("SELECT coalesce(sum(size), 0) FROM items").fetchone()[0])

    def add(self, item: Item) -> None:
        """Add an item, unless there is one with the same place."""
        self._database.execute(
            "INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?)",
            (item.place, os.fsencode(item.path), item.member, item.size, item.kind),
        )


def list_items(paths: Sequence[str], shard: Shard = WHOLE, exclude: Path | None = None) -> Listing:
    """All stories under some folders, glob patterns, ZIPs and files.

    Every file in a folder counts as a story, except hidden files, corrections and the library `exclude`; a file that is
    not a story becomes a failure with its reason. Raises UsageError if a path does not exist.
    """
    listing = Listing()
    excluded = None if exclude is None else os.path.realpath(exclude)
    for name in paths:
        for path in _expand(name):
            for found, relative in _walk(path):
                for item, key in _items(found, relative, explicit=found == path):
                    is_excluded = excluded is not None and item.path in (
                        excluded,
                        f"{excluded}-wal",
                        f"{excluded}-shm",
                        f"{excluded}-journal",
                    )
                    if not is_excluded and (shard.holds(key) or item.kind != "story"):
                        listing.add(item)
    return listing


def batches(items: Iterable[Item], max_items: int, max_bytes: int) -> Iterator[list[Item]]:
    """Consecutive items, grouped up to both limits. An item above `max_bytes` is a batch of its own."""
    batch: list[Item] = []
    size = 0
    for item in items:
        if batch and (len(batch) >= max_items or size + item.size > max_bytes):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch


def _expand(name: str) -> Iterator[str]:
    """The paths that match a name or pattern. Raises UsageError if there are none."""
    if os.path.lexists(name):
        return iter((name,))
    if glob.has_magic(name):
        found = iter(glob.iglob(name, recursive=True))  # noqa: PTH207 (a pattern may begin at /)
        first = next(found, None)
        if first is not None:
            return _chain(first, found)
    raise UsageError(f"{name}: there is no such file or folder. Check the path.")


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _walk(path: str) -> Iterator[tuple[str, str]]:
    """Each file under a folder, or the file itself, with its path relative to the folder. Links to folders are skipped.

    Folders without read permission are skipped too.
    """
    if not Path(path).is_dir():
        yield path, PurePath(path).name
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not CORRECTIONS_FILE.fullmatch(name):
                found = os.path.join(folder, name)  # noqa: PTH118 (keeps names that are not UTF-8)
                yield found, os.path.relpath(found, path).replace(os.sep, "/")


def _items(path: str, relative: str, explicit: bool) -> Iterator[tuple[Item, str]]:
    """The items in one file, each with the name that decides its share."""
    path = os.path.realpath(path)
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:  # a broken link, or just deleted: reading it will report that
        yield Item(shown(path), path, None, 0), relative
        return
    if not stat.S_ISREG(status.st_mode):
        return  # a pipe may never end, and a socket cannot be read
    suffix = PurePath(path).suffix.lower()
    if suffix in LIBRARY_SUFFIXES and is_library(path):
        yield Item(shown(path), path, None, status.st_size, "library"), relative
    elif suffix == PARQUET_SUFFIX:
        yield Item(shown(path), path, None, status.st_size, "parquet"), relative
    elif (suffix == ".zip" or explicit) and (members := _members(path)) is not None:
        for member in members:
            place = f"{shown(path)}{MEMBER_SEPARATOR}{shown(member.filename)}"
            item = Item(place, path, member.filename, member.file_size)
            yield item, f"{relative}{MEMBER_SEPARATOR}{member.filename}"
    else:
        yield Item(shown(path), path, None, status.st_size), relative


def _members(path: str) -> list[zipfile.ZipInfo] | None:
    """The stories in a ZIP; None if the file is not a ZIP, is broken, or is one story (an EPUB or DOCX)."""
    try:
        with Path(path).open("rb") as file:
            if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
                return None
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
    except Exception:  # zipfile has no common base class for its errors; reading the file as a story will report it
        return None
    names = {member.filename.lower() for member in members}
    if names & {"meta-inf/container.xml", "[content_types].xml", "mimetype"} or any(n.endswith(".opf") for n in names):
        return None
    if len(members) > MAX_ZIP_MEMBERS:
        raise UsageError(
            f"{path}: this ZIP has {len(members):,} files, more than {MAX_ZIP_MEMBERS:,}. Unpack it first."
        )
    return [m for m in members if not m.is_dir() and not _is_hidden(m.filename)]


def _is_hidden(name: str) -> bool:
    parts = PurePath(name).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts) or bool(
        parts and CORRECTIONS_FILE.fullmatch(parts[-1])
    )


def is_library(path: str | Path) -> bool:
    """Whether a file is a library: an SQLite file with our application_id.

    https://www.sqlite.org/fileformat.html: a magic string of 16 bytes, and the application_id at offset 68.
    """
    try:
        with Path(path).open("rb") as file:
            head = file.read(100)
    except OSError:
        return False
    return head.startswith(b"SQLite format 3\0") and int.from_bytes(head[68:72], "big") == APPLICATION_ID


def shown(path: str) -> str:
    r"""A path as text that any database and terminal can hold: bytes that are not UTF-8 are written as \xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


_open_zip: dict[tuple[str, int, int], zipfile.ZipFile] = {}


def open_member(path: str, member: str) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
    """A story in a ZIP. The ZIP stays open for the next call, because reading its list of files takes long.

    Raises UnreadableStory.
    """
    try:
        status = os.stat(path)  # noqa: PTH116
        key = (path, status.st_mtime_ns, status.st_size)
        if key not in _open_zip:
            for archive in _open_zip.values():
                archive.close()
            _open_zip.clear()
            _open_zip[key] = zipfile.ZipFile(path)
        return _open_zip[key], _open_zip[key].getinfo(member)
    except Exception as error:  # zipfile has no common base class for its errors
        raise UnreadableStory(
            f"{shown(member)}: it cannot be found in {shown(path)} ({error}). Pack it again."
        ) from error
