"""One story of many: an item → what came of it, a reading or the reason why there is none."""

import hashlib
import os
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dramaturg.archive.items import Item, open_member
from dramaturg.archive.rows import Rows, rows_of
from dramaturg.corrections.model import Corrections
from dramaturg.corrections.toml import corrections_paths, load_story_corrections, to_toml
from dramaturg.errors import DamagedInstallation, DramaturgError, RefusedStory, UnreadableStory
from dramaturg.pipeline import read, read_story
from dramaturg.reading import Reading
from dramaturg.sources import Limits, load_bytes
from dramaturg.sources.limits import refuse

FAULT, REFUSED = 1, RefusedStory.exit_code
STEP = 1 << 20  # bytes read at a time where a file is only hashed
PACKING = 6  # zlib's level: a reading takes a quarter of its size; 9 saves 2% more and takes twice as long
LARGE = 1 << 20  # bytes; smaller files in a ZIP may be packed as tightly as they like
ENCRYPTED = 0x1
LONGEST_REASON = 1000  # characters


@dataclass(frozen=True, slots=True)
class Options:
    """How stories are read. `timeout`: seconds for one story; `memory`: bytes for one process, None for no limit.

    `recycle`: bytes by which a process may grow; beyond, once done with its stories, it makes way for a fresh one.
    """

    limits: Limits = field(default_factory=Limits)
    tokens: bool = False
    timeout: float = 900.0  # a million words take six minutes on a slow core
    memory: int | None = None
    recycle: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Success:
    """A reading: its rows, and its document, packed by zlib. `sha256` is that of the document."""

    rows: Rows
    sha256: str
    packed: bytes


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no reading, and the exit code that `dramaturg read` would end with."""

    exit_code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an item. `sha256`: of the file, None where it could not be read. `seconds`: that it took.

    `corrections`: the sha256 of the corrections it was read with, None without.
    """

    item: Item
    sha256: str | None
    corrections: str | None
    seconds: float
    result: Success | Failure


def read_items(items: Sequence[Item], options: Options) -> Iterator[Outcome]:
    """Read stories one after the other. Raises DamagedInstallation, of which every story would fail."""
    for item in items:
        yield read_item(item, options)


def read_item(item: Item, options: Options) -> Outcome:
    """Read one story. Whatever is wrong with it becomes a Failure. Raises DamagedInstallation."""
    started = time.perf_counter()
    sha256 = corrections = None
    result: Success | Failure
    try:
        sha256 = hash_item(item, options.limits)
        corrections = hash_corrections(item)
        result = pack(_read(item, options))
    except DamagedInstallation:
        raise
    except DramaturgError as error:
        result = Failure(error.exit_code, _one_line(str(error)))
    except MemoryError:
        result = Failure(REFUSED, f"{item.name}: it needs more memory than one process may have. Raise that: --memory.")
    except Exception as error:
        result = Failure(FAULT, f"a fault of dramaturg: {_one_line(f'{type(error).__name__}: {error}')}")
    return Outcome(item, sha256, corrections, time.perf_counter() - started, result)


def pack(reading: Reading) -> Success:
    """A reading as the library keeps it."""
    document = reading.to_json().encode("utf-8")
    return Success(rows_of(reading), hashlib.sha256(document).hexdigest(), zlib.compress(document, PACKING))


def hash_item(item: Item, limits: Limits) -> str | None:
    """The sha256 of a story's bytes, never all in memory; None for a file past a limit, which is not read at all.

    Raises UnreadableStory, and RefusedStory for a story in a ZIP that is encrypted or past a limit.
    """
    digest = hashlib.sha256()
    try:
        if item.member is not None:
            archive, member = _allowed_member(item, limits)
            with archive.open(member) as inside:
                while data := inside.read(STEP):
                    digest.update(data)
        elif os.stat(item.path).st_size > limits.file_size:  # noqa: PTH116
            return None
        else:
            with Path(item.path).open("rb") as file:
                while data := file.read(STEP):
                    digest.update(data)
    except DramaturgError:
        raise
    except Exception as error:  # zipfile and zlib have no one family of errors
        raise UnreadableStory(f"{item.name}: it cannot be read ({_one_line(str(error))}). Check the file.") from error
    return digest.hexdigest()


def hash_corrections(item: Item) -> str | None:
    """The sha256 of what the corrections beside a story say of it; None where they say nothing."""
    beside = [] if item.member is not None else [path for path in corrections_paths(item.path) if _is_file(path)]
    if not beside:
        return None
    try:
        corrections = load_story_corrections(item.path)
        said = b"" if corrections == Corrections() else to_toml(corrections).encode("utf-8", "surrogatepass")
    except DramaturgError:  # malformed: reading the story will say so; once it is mended, this is another
        said = b"malformed" + b"".join(map(_bytes_of, beside))
    return hashlib.sha256(said).hexdigest() if said else None


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read(item: Item, options: Options) -> Reading:
    if item.member is None:
        saved = _saved(item)
        if saved is not None:
            return saved
        return read(item.path, tokens=options.tokens, limits=options.limits)
    story = load_bytes(_read_member(item, options.limits), item.name, options.limits)
    return read_story(story, tokens=options.tokens)


def _saved(item: Item) -> Reading | None:
    """The reading that a file already is, if it is one."""
    from dramaturg.commands.common import saved_reading

    saved = saved_reading(item.path)
    return None if saved is None else Reading.from_json(saved, item.name)


def _read_member(item: Item, limits: Limits) -> bytes:
    archive, member = _allowed_member(item, limits)
    with archive.open(member) as file:
        return file.read(limits.file_size + 1)


def _allowed_member(item: Item, limits: Limits) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
    """A story in a ZIP. Never more of it is unpacked than it declares, and that is within the limits.

    Raises UnreadableStory, RefusedStory.
    """
    archive, member = open_member(item.path, item.member or "")
    if member.flag_bits & ENCRYPTED:
        raise RefusedStory(f"{item.name}: it is encrypted with a password. Unpack the ZIP with the password first.")
    if member.file_size > limits.file_size:
        raise refuse(item.name, limits, "file_size", f"it holds {member.file_size} bytes")
    if member.file_size > max(LARGE, limits.ratio * member.compress_size):
        raise refuse(item.name, limits, "ratio", "it unpacks to too many times its size")
    return archive, member


def _one_line(text: str) -> str:
    line = " ".join(text.split()).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    return line if len(line) <= LONGEST_REASON else f"{line[: LONGEST_REASON // 2]}…{line[-LONGEST_REASON // 2 :]}"
