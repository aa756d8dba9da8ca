"""How much a file may ask for before it is refused, and how to allow more.

The limits protect servers that read files of strangers. No real story is known to reach one.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from dramaturg.errors import RefusedStory, UsageError


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits, by name. Raise one with `Limits(name=value)` or `--limit name=value`.

    `file_size`: bytes of the file. `archive_size`: bytes of everything in it, unpacked. `ratio`: unpacked bytes for one
    packed byte, of any entry larger than a megabyte. `entries`: files in an archive. `depth`: levels of nested elements
    in HTML and XML, and of groups in RTF. `blocks`: paragraphs, headings and so on in mark-up. `time`: seconds for
    unpacking and mark-up.
    """

    file_size: int = 256 << 20  # a million words are 6 MB; illustrated EPUBs have 100 MB
    archive_size: int = 1 << 30
    ratio: int = 250  # English text packs 3 to 1, a style sheet up to 100 to 1, a bomb 1000 to 1
    entries: int = 20_000
    depth: int = 1_000  # pages have 30; more also takes more time, as with thousands of unclosed <font> tags
    blocks: int = 1_000_000  # the longest serials have half as many; each takes about 600 bytes of memory
    time: int = 120


DEFAULT = Limits()

UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
SETTING = re.compile(r"(?P<name>[a-z_]+)=(?P<number>\d{1,15})(?P<unit>[kmg]?)", re.IGNORECASE)


def parse_limits(settings: Iterable[str]) -> Limits:
    """The limits from settings such as `depth=5000` and `file_size=2G`. The others have their defaults.

    Raises UsageError for anything else.

    >>> parse_limits(["depth=5000", "file_size=2G"]).file_size
    2147483648
    """
    limits = DEFAULT
    names = [field.name for field in fields(Limits)]
    for setting in settings:
        match = SETTING.fullmatch(setting.strip())
        if match is None or match["name"].lower() not in names:
            raise UsageError(
                f"--limit {setting}: not a limit. Write NAME=NUMBER, as in depth=5000 or file_size=2G. The names are "
                f"{', '.join(names)}."
            )
        limits = replace(limits, **{match["name"].lower(): int(match["number"]) * UNITS[match["unit"].lower()]})
    return limits


def limit_exceeded(name: str, limits: Limits, limit: str, what: str) -> RefusedStory:
    """The error for a file called `name` that is past the limit called `limit`. `what`: how.

    >>> print(limit_exceeded("a.epub", DEFAULT, "entries", "it holds 70,000 files"))
    a.epub: it holds 70,000 files; the limit is entries=20000. If you trust the file, raise it: --limit entries=40000.
    """
    value = getattr(limits, limit)
    return RefusedStory(
        f"{name}: {what}; the limit is {limit}={value}. If you trust the file, raise it: --limit {limit}={2 * value}."
    )


class Clock:
    """Counts the time and the blocks of one file, which may hold many documents."""

    def __init__(self, name: str, limits: Limits) -> None:
        """Start the clock for the file called `name`."""
        self.name, self.limits = name, limits
        self._end = time.monotonic() + limits.time
        self._n_blocks = 0

    def check(self) -> None:
        """Raise RefusedStory if the time is over. Call it for each document, and each hundred kilobytes of one."""
        if time.monotonic() > self._end:
            raise limit_exceeded(self.name, self.limits, "time", "it takes too long to read")

    def count(self, n_blocks: int) -> None:
        """Add the blocks of a document. Raises RefusedStory if there are too many."""
        self._n_blocks += n_blocks
        if self._n_blocks > self.limits.blocks:
            raise limit_exceeded(self.name, self.limits, "blocks", "it has too many paragraphs")
