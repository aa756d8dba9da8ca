"""Reading one story of many: an Item → an Outcome. An error in a story becomes a Failure, not an exception."""

import hashlib
import os
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dramaturg.archive.listing import Item, open_member
from dramaturg.archive.outcomes import Failure, Outcome, Success, pack
from dramaturg.corrections.model import Corrections
from dramaturg.corrections.toml import corrections_paths, load_story_corrections, to_toml
from dramaturg.errors import DamagedInstallation, DramaturgError, RefusedStory, UnreadableStory
from dramaturg.pipeline import read, read_story
from dramaturg.reading import Reading
from dramaturg.saved import load_saved
from dramaturg.sources import Limits, load_bytes
from dramaturg.sources.limits import limit_exceeded

FAULT, REFUSED = 1, RefusedStory.exit_code
CHUNK_BYTES = 1 << 20  # read at a time when a file is only hashed
MIN_RATIO_CHECKED_BYTES = 1 << 20  # smaller files in a ZIP may have any compression ratio
ENCRYPTED = 0x1  # bit 0 of a ZIP member's flags
MAX_REASON_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """How stories are read.

    `timeout` is in seconds for one story. `memory` is the limit of one process in bytes, or None for no limit.
    `recycle` is by how many bytes a process may grow: once it has grown more, a fresh process replaces it as soon as
    its current stories are done.
    """

    limits: Limits = field(default_factory=Limits)
    tokens: bool = False
    timeout: float = 900.0  # a million words take six minutes on a slow core
    memory: int | None = None
    recycle: int = 1 << 30


def read_items(items: Sequence[Item], options: Options) -> Iterator[Outcome]:
    """Read stories one after the other. Raises DamagedInstallation, because then every story would fail."""
    for item in items:
        yield read_item(item, options)


def read_item(item: Item, options: Options) -> Outcome:
    """Read one story. Any error in it becomes a Failure. Raises DamagedInstallation."""
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
        result = Failure(
            REFUSED, f"{item.name}: reading it takes more memory than one process may use. Raise the limit: --memory."
        )
    except Exception as error:
        result = Failure(FAULT, f"a bug in dramaturg: {_one_line(f'{type(error).__name__}: {error}')}")
    return Outcome(item, sha256, corrections, time.perf_counter() - started, result)


def hash_item(item: Item, limits: Limits) -> str | None:
    """The sha256 of a story's bytes, read in chunks. None for a file above the size limit, which is never read.

    Raises UnreadableStory, and RefusedStory for a story in a ZIP that is encrypted or above a limit.
    """
    digest = hashlib.sha256()
    try:
        if item.member is not None:
            archive, member = _allowed_member(item, limits)
            with archive.open(member) as inside:
                while data := inside.read(CHUNK_BYTES):
                    digest.update(data)
        elif os.stat(item.path).st_size > limits.file_size:  # noqa: PTH116
            return None
        else:
            with Path(item.path).open("rb") as file:
                while data := file.read(CHUNK_BYTES):
                    digest.update(data)
    except DramaturgError:
        raise
    except Exception as error:  # zipfile and zlib have no common base class for their errors
        raise UnreadableStory(f"{item.name}: it cannot be read ({_one_line(str(error))}). Check the file.") from error
    return digest.hexdigest()


def hash_corrections(item: Item) -> str | None:
    """The sha256 of the corrections that the files beside a story hold for it; None if there are none."""
    beside = [] if item.member is not None else [path for path in corrections_paths(item.path) if _is_file(path)]
    if not beside:
        return None
    try:
        corrections = load_story_corrections(item.path)
        content = b"" if corrections == Corrections() else to_toml(corrections).encode("utf-8", "surrogatepass")
    except DramaturgError:  # malformed: reading the story will report it; a fixed file has another hash
        content = b"malformed" + b"".join(map(_bytes_of, beside))
    return hashlib.sha256(content).hexdigest() if content else None


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
        saved = load_saved(item.path, item.name)
        if saved is not None:
            return saved
        return read(item.path, tokens=options.tokens, limits=options.limits)
    story = load_bytes(_read_member(item, options.limits), item.name, options.limits)
    return read_story(story, tokens=options.tokens)


def _read_member(item: Item, limits: Limits) -> bytes:
    archive, member = _allowed_member(item, limits)
    with archive.open(member) as file:
        return file.read(limits.file_size + 1)


def _allowed_member(item: Item, limits: Limits) -> tuple[zipfile.ZipFile, zipfile.ZipInfo]:
    """A story in a ZIP, if its declared size is within the limits. zipfile never unpacks more than that size.

    Raises UnreadableStory, RefusedStory.
    """
    archive, member = open_member(item.path, item.member or "")
    if member.flag_bits & ENCRYPTED:
        raise RefusedStory(f"{item.name}: it is encrypted with a password. Unpack the ZIP with the password first.")
    if member.file_size > limits.file_size:
        raise limit_exceeded(item.name, limits, "file_size", f"it holds {member.file_size} bytes")
    if member.file_size > max(MIN_RATIO_CHECKED_BYTES, limits.ratio * member.compress_size):
        raise limit_exceeded(item.name, limits, "ratio", "it unpacks to too many times its size")
    return archive, member


def _one_line(text: str) -> str:
    line = " ".join(text.split()).encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")
    half = MAX_REASON_CHARACTERS // 2
    return line if len(line) <= MAX_REASON_CHARACTERS else f"{line[:half]}…{line[-half:]}"
