"""Which stories there are: folders, patterns, ZIPs and files → a list on disk, however long, in one order."""

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

INSIDE = "!/"  # between a ZIP's path and the name of a story in it
APPLICATION = 0x64726D74  # "drmt": SQLite's application_id of a library
LIBRARY = (".db", ".sqlite", ".sqlite3")
PARQUET = ".parquet"
CORRECTIONS = re.compile(r"(?:.+\.)?cast\.toml")  # what a person wrote about a story stands beside it
MAX_MEMBERS = 1_000_000  # stories in one ZIP; its list of files is held in memory, 500 bytes each

Kind = Literal["story", "library", "parquet"]


@dataclass(frozen=True, slots=True)
class Item:
    """One story that is to be read, or a file that holds readings. `member`: its name in the ZIP at `path`.

    `place` is what the library calls it; `size` is in bytes.
    """

    place: str
    path: str
    member: str | None
    size: int
    kind: Kind = "story"

    @property
    def name(self) -> str:
        """The name of the file alone."""
        return PurePath(self.member or self.path).name


@dataclass(frozen=True, slots=True)
class Shard:
    """The `index`-th of `count` shares of the stories, from 1 on."""

    index: int
    count: int

    def holds(self, name: str) -> bool:
        """Whether a story of this name (under the folder or in the ZIP that was given) is in this share."""
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.index - 1


WHOLE = Shard(1, 1)


def parse_shard(text: str) -> Shard:
    """The share that `2/8` names: the second of eight. Raises UsageError.

    >>> parse_shard("2/8")
    Shard(index=2, count=8)
    """
    match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text.strip())
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UsageError(f"--shard {text}: not a share. Give I/N, the I-th of N, from 1/N to N/N.")
    return Shard(int(match[1]), int(match[2]))


class Listing:
    """The items, each once, in the order of their places.

    They are kept in a temporary database of SQLite's own, which goes to the disk when it grows.
    """

    def __init__(self) -> None:
        # Left to itself Python opens a transaction before the first insert and keeps it: nothing need be durable here.
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
        """The bytes of all of them."""
        return int(self._database.execute("SELECT coalesce(sum(size), 0) FROM items").fetchone()[0])

    def add(self, item: Item) -> None:
        """Add one item; the same place is one item."""
        self._database.execute(
            "INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, ?)",
            (item.place, os.fsencode(item.path), item.member, item.size, item.kind),
        )


def list_items(wanted: Sequence[str], shard: Shard = WHOLE, without: Path | None = None) -> Listing:
    """All stories under the folders, patterns, ZIPs and files that a person names.

    In a folder, everything but hidden files, corrections, and the library `without` is taken for a story: what is
    none becomes a failure with its reason. Raises UsageError where a name leads nowhere.
    """
    listing = Listing()
    own = None if without is None else os.path.realpath(without)
    for name in wanted:
        paths = _expand(name)
        for path in paths:
            for found, relative in _walk(path):
                for item, key in _items(found, relative, explicit=found == path):
                    is_own = own is not None and item.path in (own, f"{own}-wal", f"{own}-shm", f"{own}-journal")
                    if not is_own and (shard.holds(key) or item.kind != "story"):
                        listing.add(item)
    return listing


def batches(items: Iterable[Item], most_items: int, most_bytes: int) -> Iterator[list[Item]]:
    """Items that follow one another, as many together as go under both limits; one that is larger goes alone."""
    batch: list[Item] = []
    size = 0
    for item in items:
        if batch and (len(batch) >= most_items or size + item.size > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += item.size
    if batch:
        yield batch


def _expand(name: str) -> Iterator[str]:
    """The paths that a name or pattern stands for."""
    if os.path.lexists(name):
        return iter((name,))
    if glob.has_magic(name):
        found = iter(glob.iglob(name, recursive=True))  # noqa: PTH207 (a pattern may begin at /)
        first = next(found, None)
        if first is not None:
            return _chain(first, found)
    raise UsageError(f"{name}: there is no such file or folder. Check the name.")


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _walk(path: str) -> Iterator[tuple[str, str]]:
    """Each file under a folder, or the file itself, with its name under that folder. Links to folders are not followed.

    A folder that may not be listed is passed over, as `find` does: its stories cannot be told.
    """
    if not Path(path).is_dir():
        yield path, PurePath(path).name
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not CORRECTIONS.fullmatch(name):
                found = os.path.join(folder, name)  # noqa: PTH118 (a name that is no UTF-8 stays as it is)
                yield found, os.path.relpath(found, path).replace(os.sep, "/")


def _items(path: str, relative: str, explicit: bool) -> Iterator[tuple[Item, str]]:
    """The items of one file, each with the name that its share is chosen by."""
    path = os.path.realpath(path)
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:  # a link to nowhere, or gone since: reading it says so
        yield Item(shown(path), path, None, 0), relative
        return
    if not stat.S_ISREG(status.st_mode):
        return  # a pipe would never end, a socket cannot be read
    suffix = PurePath(path).suffix.lower()
    if suffix in LIBRARY and is_library(path):
        yield Item(shown(path), path, None, status.st_size, "library"), relative
    elif suffix == PARQUET:
        yield Item(shown(path), path, None, status.st_size, "parquet"), relative
    elif (suffix == ".zip" or explicit) and (members := _members(path)) is not None:
        for member in members:
            yield (
                Item(f"{shown(path)}{INSIDE}{shown(member.filename)}", path, member.filename, member.file_size),
                (f"{relative}{INSIDE}{member.filename}"),
            )
    else:
        yield Item(shown(path), path, None, status.st_size), relative


def _members(path: str) -> list[zipfile.ZipInfo] | None:
    """The stories in a ZIP; None where the file is none, is broken, or is itself one story (an e-book, a document)."""
    try:
        with Path(path).open("rb") as file:
            if file.read(4) not in (b"PK\x03\x04", b"PK\x05\x06"):
                return None
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
    except Exception:  # zipfile has no one family of errors; as a story, it is said what is wrong with the file
        return None
    names = {member.filename.lower() for member in members}
    if names & {"meta-inf/container.xml", "[content_types].xml", "mimetype"} or any(n.endswith(".opf") for n in names):
        return None
    if len(members) > MAX_MEMBERS:
        raise UsageError(f"{path}: {len(members):,} files in one ZIP, more than {MAX_MEMBERS:,}. Unpack it first.")
    return [m for m in members if not m.is_dir() and not _is_hidden(m.filename)]


def _is_hidden(name: str) -> bool:
    parts = PurePath(name).parts
    return any(part.startswith(".") or part == "__MACOSX" for part in parts) or bool(
        parts and CORRECTIONS.fullmatch(parts[-1])
    )


def is_library(path: str | Path) -> bool:
    """Whether a file is a library, by SQLite's own mark and ours.

    https://www.sqlite.org/fileformat.html: 16 bytes of a magic string; application_id at offset 68.
    """
    try:
        with Path(path).open("rb") as file:
            head = file.read(100)
    except OSError:
        return False
    return head.startswith(b"SQLite format 3\0") and int.from_bytes(head[68:72], "big") == APPLICATION


def shown(path: str) -> str:
    r"""A path as text that any database and any terminal can hold: bytes that are no UTF-8 stand as \xff."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace("\0", "\\x00")


_open_zip: dict[tuple[str, int, int], zipfile.ZipFile] = {}


def open_member(path: str, member: str) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
    """A story in a ZIP. The ZIP stays open for the next one: its list of files is long to read.

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
    except Exception as error:  # zipfile has no one family of errors
        raise UnreadableStory(
            f"{shown(member)}: it cannot be found in {shown(path)} ({error}). Pack it again."
        ) from error
