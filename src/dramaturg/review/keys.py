"""Reading single keys from a terminal, or their letters from a pipe."""

import os
import re
import sys
from types import TracebackType
from typing import Any, TextIO

ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-9;]*.?|.?)")  # what an arrow key sends
END = "\x04"  # Ctrl-D, and the end of a pipe


class KeyReader:
    """Reads a key at a time from a terminal, and the first letter of each line from anything else.

    As a context manager it switches the terminal to single keys. Ctrl-C still interrupts.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty() and _can_read_keys()
        self.pending: list[str] = []
        self.saved_mode: Any = None

    def __enter__(self) -> "KeyReader":
        if self.is_terminal and sys.platform != "win32":
            import termios
            import tty

            self.saved_mode = termios.tcgetattr(self.stream.fileno())
            tty.setcbreak(self.stream.fileno(), termios.TCSADRAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.saved_mode is not None:
            import termios

            termios.tcsetattr(self.stream.fileno(), termios.TCSADRAIN, self.saved_mode)
            self.saved_mode = None

    def read(self) -> str:
        """The next key, in lower case; END at the end of the input."""
        if not self.is_terminal:
            line = self.stream.readline()
            return (line.strip()[:1].lower() or "\n") if line else END
        if sys.platform == "win32":
            return _read_windows_key()
        while not self.pending:
            data = os.read(self.stream.fileno(), 64)
            if not data:
                return END
            # An arrow key sends several letters, none of which is an answer.
            self.pending = list(ESCAPE_SEQUENCE.sub("", data.decode("ascii", "replace")).lower())
        return self.pending.pop(0)

    def line(self, prompt: str) -> str:
        """A line of input after a prompt; empty at the end of the input."""
        if self.saved_mode is None:
            sys.stdout.write(prompt)
            sys.stdout.flush()
            return self.stream.readline()
        self.__exit__(None, None, None)
        try:
            return self.line(prompt)
        finally:
            self.__enter__()


def _can_read_keys() -> bool:
    try:
        import termios  # noqa: F401
    except ImportError:
        return sys.platform == "win32"
    return True


def _read_windows_key() -> str:
    import msvcrt

    key: str = msvcrt.getwch()  # type: ignore[attr-defined]
    if key == "\x03":
        raise KeyboardInterrupt
    return END if key in ("\x04", "\x1a") else key.lower()
