"""Progress on a terminal: one line on standard error that is overwritten. Nothing is printed to a file or a pipe."""

import shutil
import sys
import time
from types import TracebackType

from dramaturg.console import safe
from dramaturg.formatting import clip

SECONDS_BETWEEN_UPDATES = 0.2
MIN_NAME_CHARACTERS = 8  # of a file's name beside the figures; on a narrower terminal it is left out
MIN_SECONDS_FOR_RATE = 0.5  # an estimate from less than this jumps about


class ProgressLine:
    """A line that is overwritten, and removed at the end. Use it as a context manager."""

    def __init__(self, shown: bool = True) -> None:
        self.shown = shown and sys.stderr.isatty()
        self._last = 0.0

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def show(self, text: str, at_once: bool = False) -> None:
        """Show a text, unless another was shown a moment ago and this one need not be shown `at_once`."""
        now = time.monotonic()
        if self.shown and (at_once or now - self._last >= SECONDS_BETWEEN_UPDATES):
            self._last = now
            print(f"\r\x1b[K{clip(text, self.columns)}", end="", file=sys.stderr, flush=True)

    @property
    def columns(self) -> int:
        """How many characters fit in the line."""
        return max(1, shutil.get_terminal_size((80, 24)).columns - 1)

    def clear(self) -> None:
        """Remove the line."""
        if self._last:
            self._last = 0.0
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


class ReadingProgress:
    """The progress of reading one story: called with the words that are done, and all words."""

    def __init__(self, line: ProgressLine, name: str) -> None:
        self._line, self._name = line, safe(name)
        self._started: float | None = None
        line.show(f"reading {self._name} …", at_once=True)

    def __call__(self, done: int, words: int) -> None:
        """Show how far the reading is."""
        now = time.monotonic()
        if self._started is None or done == 0:
            self._started = now
        figures = reading_progress(done, words, now - self._started)
        room = self._line.columns - len(f"reading : {figures}")
        self._line.show(f"reading {clip(self._name, room)}: {figures}" if room >= MIN_NAME_CHARACTERS else figures)


def reading_progress(done: int, words: int, seconds: float) -> str:
    """The share that is done; after a moment also the rate and the time left.

    >>> reading_progress(20000, 80000, 10)
    '25% · 2,000 words/s · 30 s left'
    """
    share = f"{100 * done // max(1, words)}%"
    if not done or seconds < MIN_SECONDS_FOR_RATE:
        return share
    left = duration((words - done) * seconds / done)
    return f"{share} · {done / seconds:,.0f} words/s · {left} left"


def duration(seconds: float) -> str:
    """A duration in words.

    >>> [duration(n) for n in (42, 600, 9000, 400000)]
    ['42 s', '10 min', '2 h 30 min', '4 d 15 h']
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"
