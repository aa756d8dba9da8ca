"""Many stories: one library that holds their readings, filled by every core of a machine, or by many machines."""

from dramaturg.archive.adding import Summary, add
from dramaturg.archive.library import Library
from dramaturg.archive.work import Options

__all__ = ["Library", "Options", "Summary", "add"]
