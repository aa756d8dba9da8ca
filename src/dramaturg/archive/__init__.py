"""Many stories: a library that holds their readings, filled by all cores of one machine or by many machines."""

from dramaturg.archive.ingest import Summary, add
from dramaturg.archive.library import Library
from dramaturg.archive.story_reader import Options

__all__ = ["Library", "Options", "Summary", "add"]
