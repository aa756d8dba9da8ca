"""Writing to a terminal: colours, line width, and text without control characters."""

import re
import textwrap
from dataclasses import dataclass

from dramaturg.formatting import one_line

# A story may contain anything, and a terminal obeys control characters, so they are replaced.
# Direction marks are removed: one without its end would reverse the rest of the page.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
SPEAKER_COLOURS = ("36", "33", "32", "35", "34", "31", "96", "93", "92", "95", "94", "91")  # ANSI, by rank in the cast


def safe(text: str) -> str:
    """The text on one line, safe to send to a terminal: control characters become U+FFFD."""
    return CONTROL.sub("\ufffd", DIRECTION.sub("", one_line(text)))


@dataclass(frozen=True, slots=True)
class TerminalStyle:
    """How to print on a terminal: with colours or without, and how many columns wide."""

    colour: bool = False
    width: int = 80

    def bold(self, text: str) -> str:
        """Bold text."""
        return self._paint("1", text)

    def dim(self, text: str) -> str:
        """Dimmed text."""
        return self._paint("2", text)

    def speaker(self, rank: int, text: str) -> str:
        """Text in the colour of the character with this rank in the cast; dimmed for a negative rank."""
        return self._paint(SPEAKER_COLOURS[rank % len(SPEAKER_COLOURS)], text) if rank >= 0 else self.dim(text)

    def wrap(self, text: str, indent: str = "", hanging: str | None = None) -> list[str]:
        """Text as lines of at most `width` columns; `hanging` indents every line but the first."""
        return textwrap.wrap(
            text,
            max(20, self.width),
            initial_indent=indent,
            subsequent_indent=indent if hanging is None else hanging,
            break_on_hyphens=False,
        ) or [indent]

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text
