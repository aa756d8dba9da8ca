"""How much a file may ask for before it is refused, and how to allow more.

A limit is there for whoever opens a server to the public; no story that people have is known to reach one.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from dramaturg.errors import RefusedStory, UsageError


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits, by name. Each is raised by `Limits(name=value)` or `--limit name=value`.

    `file_size`: bytes of the file itself. `archive_size`: bytes of all that is unpacked from it. `ratio`: unpacked
    bytes for one packed byte, of any one entry larger than a megabyte. `entries`: files in an archive. `depth`:
    elements inside one another, in HTML and XML. `blocks`: paragraphs, headings and so on that mark-up makes.
    `time`: seconds spent on unpacking and on mark-up.
    """

    file_size: int = 256 << 20  # a million words are 6 MB; illustrated EPUBs have 100 MB
    archive_size: int = 1 << 30
    ratio: int = 250  # English text packs 3 to 1, the emptiest style sheet 100 to 1, a bomb 1000 to 1
    entries: int = 20_000
    depth: int = 1_000  # pages have 30; thousands of <font> tags that nobody closed are refused, as the time
    blocks: int = 1_000_000  # the longest serials have half of it; each takes about 600 bytes of memory
    time: int = 120  # it takes to look for what a tag closes grows with depth


DEFAULT = Limits()

UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
SETTING = re.compile(r"(?P<name>[a-z_]+)=(?P<number>\d{1,15})(?P<unit>[kmg]?)", re.IGNORECASE)


def parse_limits(settings: Iterable[str]) -> Limits:
    """The limits that settings like `depth=5000` or `file_size=2G` ask for, over the usual ones.

    Raises UsageError for what is none.

    >>> parse_limits(["depth=5000", "file_size=2G"]).file_size
    2147483648
    """
    limits = DEFAULT
    names = [field.name for field in fields(Limits)]
    for setting in settings:
        match = SETTING.fullmatch(setting.strip())
        if match is None or match["name"].lower() not in names:
            raise UsageError(
                f"--limit {setting}: not a limit. Give NAME=NUMBER (K, M and G may follow); the names are "
                f"{', '.join(names)}."
            )
        limits = replace(limits, **{match["name"].lower(): int(match["number"]) * UNITS[match["unit"].lower()]})
    return limits


def refuse(name: str, limits: Limits, limit: str, what: str) -> RefusedStory:
    """The error for a file called `name` that is past the limit called `limit`; `what` says how.

    >>> print(refuse("a.epub", DEFAULT, "entries", "it holds 70,000 files"))
    a.epub: it holds 70,000 files, past the limit entries=20000. If you trust it, raise that: --limit entries=40000.
    """
    value = getattr(limits, limit)
    return RefusedStory(
        f"{name}: {what}, past the limit {limit}={value}. If you trust it, raise that: --limit {limit}={2 * value}."
    )


class Clock:
    """What reading one file takes, though it holds many documents: time and blocks."""

    def __init__(self, name: str, limits: Limits) -> None:
        """Start the clock for the file called `name`."""
        self.name, self.limits = name, limits
        self._end = time.monotonic() + limits.time
        self._n_blocks = 0

    def check(self) -> None:
        """Refuse to go on where the time is over. Cheap: to be called once a document or a hundred kilobytes."""
        if time.monotonic() > self._end:
            raise refuse(self.name, self.limits, "time", "reading it takes too long")

    def count(self, n_blocks: int) -> None:
        """Add blocks to those of the documents before. Raises RefusedStory where there are too many."""
        self._n_blocks += n_blocks
        if self._n_blocks > self.limits.blocks:
            raise refuse(self.name, self.limits, "blocks", "it holds too many paragraphs")
