"""Reading a story again in the background, with the newest corrections, while a person thinks about a question."""

import threading
import time
from collections.abc import Callable

from dramaturg.corrections.model import Corrections
from dramaturg.reading import Reading

PATIENCE = 1.0  # seconds that a person waits after an answer for what it changes


class BackgroundReader:
    """Reads a story again with corrections, in a thread. Use it as a context manager.

    `read` makes the reading; it may give up, by any exception, once `is_closed` is true. Only the newest corrections
    that were asked for are read.
    """

    def __init__(self, read: Callable[[Corrections], Reading], patience: float | None = PATIENCE) -> None:
        """`patience`: how many seconds `newest` waits at most; None to wait until the story is read."""
        self._read, self._patience = read, patience
        self._changed = threading.Condition()
        self._wanted: Corrections | None = None
        self._found: Reading | None = None
        self._error: Exception | None = None
        self._seconds = 0.0  # that the last reading took
        self.is_closed = False
        self._thread = threading.Thread(target=self._work, daemon=True)

    def __enter__(self) -> "BackgroundReader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self.is_closed = True
            self._changed.notify_all()
        self._thread.join(PATIENCE)

    def ask(self, corrections: Corrections) -> None:
        """Ask for the reading with these corrections, in place of any that was asked for before."""
        with self._changed:
            self._wanted, self._found = corrections, None
            self._changed.notify_all()

    def newest(self) -> Reading | None:
        """The reading that was asked for last, once; None if it is not made yet.

        Waits a moment for it, but not where the last one took longer than a moment. Raises what `read` raised.
        """
        with self._changed:
            if self._patience is None or self._seconds <= self._patience:
                self._changed.wait_for(lambda: self._found is not None or self._error is not None, self._patience)
            if self._error is not None:
                raise self._error
            found, self._found = self._found, None
            return found

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self.is_closed or self._wanted is not None)
                if self.is_closed or self._wanted is None:
                    return
                wanted, self._wanted = self._wanted, None
            started = time.monotonic()
            try:
                found = self._read(wanted)
            except Exception as error:  # reported by the thread that asks
                with self._changed:
                    self._error = error
                    self._changed.notify_all()
                return
            with self._changed:
                self._seconds = time.monotonic() - started
                if self._wanted is None:
                    self._found = found
                    self._changed.notify_all()
