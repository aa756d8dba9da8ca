"""A cache of readings, so that a second command on the same story answers at once.

A reading is found again by everything that it depends on: the file's name and content, the corrections, the limits, the
weights, and the code of this package. Each is one compressed dramaturg/1 document in the user's cache folder. A cache
that cannot be read or written never stops a command.
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from platformdirs import user_cache_path

import dramaturg
from dramaturg.corrections.model import Corrections
from dramaturg.errors import UnreadableStory
from dramaturg.files import write_bytes
from dramaturg.reading import Reading
from dramaturg.version import __version__
from dramaturg.weights import fingerprint

FOLDER_VARIABLE = "DRAMATURG_CACHE"  # names another folder; empty: no cache
MAX_BYTES = 300 << 20  # about 250 novels; the readings that were not used for longest are removed first
SUFFIX = ".json.gz"


class ReadingCache:
    """The readings in one folder. `max_bytes`: how large they may be together."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        self._folder, self._max_bytes = folder, max_bytes

    def load(self, key: str) -> Reading | None:
        """The reading with this key, or None if there is none that can be read."""
        path = self._path(key)
        try:
            reading = Reading.from_json(gzip.decompress(path.read_bytes()))
            os.utime(path)  # it was used now
        except (OSError, EOFError, zlib.error, UnreadableStory):
            return None
        return reading

    def save(self, key: str, reading: Reading) -> None:
        """Keep a reading under this key, and remove old ones if they are too large together."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_bytes(self._path(key), gzip.compress(reading.to_json().encode("utf-8"), compresslevel=1, mtime=0))
            self._remove_oldest()
        except OSError:  # a full disk, or no permission
            return

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}{SUFFIX}"

    def _remove_oldest(self) -> None:
        kept = [(path, path.stat()) for path in self._folder.glob(f"*{SUFFIX}")]
        size = sum(stat.st_size for _, stat in kept)
        for path, stat in sorted(kept, key=lambda pair: pair[1].st_mtime):
            if size <= self._max_bytes:
                return
            path.unlink(missing_ok=True)
            size -= stat.st_size


def user_cache() -> ReadingCache | None:
    """The cache in the user's cache folder, or in the one that DRAMATURG_CACHE names; None if that is empty."""
    given = os.environ.get(FOLDER_VARIABLE)
    if given is not None:
        return ReadingCache(Path(given)) if given else None
    return ReadingCache(user_cache_path("dramaturg", appauthor=False) / "readings")


def cache_key(story: str, corrections: Corrections, limits: Sequence[str]) -> str | None:
    """The key of a story's reading; None if the story is no file that can be read again, such as a pipe.

    `limits`: the settings of `--limit`.
    """
    path = Path(story)
    try:
        if not path.is_file():
            return None
        content = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError):  # ValueError: a path that no file can have
        return None
    # A set is written in any order.
    stated = (replace(corrections, complete=frozenset()), sorted(corrections.complete))
    depends_on = (path.name, content, stated, tuple(limits), __version__, fingerprint(), _code_state())
    return hashlib.sha256(repr(depends_on).encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _code_state() -> tuple[int, int]:
    """The newest change and the total size of the package's modules: whoever edits the code sees its own readings."""
    stats = [path.stat() for path in Path(dramaturg.__file__).parent.rglob("*.py")]
    return max(stat.st_mtime_ns for stat in stats), sum(stat.st_size for stat in stats)
