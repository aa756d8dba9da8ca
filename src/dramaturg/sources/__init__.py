"""File → Story: one module per format, and here the one that recognises the format."""

from pathlib import Path

from dramaturg.sources.plain import read_plain
from dramaturg.story import Story


def load(path: str | Path) -> Story:
    """Read a story from a file, or from standard input for `-`."""
    path = Path(path)
    return read_plain(path.read_bytes(), path.name)
