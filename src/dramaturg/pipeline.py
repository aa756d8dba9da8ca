"""The flow, on one screen: file → Story → Draft → Findings → Reading."""

from pathlib import Path

from dramaturg.reading import Reading
from dramaturg.scan import scan
from dramaturg.sources import load
from dramaturg.story import Story


def read(path: str | Path) -> Reading:
    """Read the story in a file, or on standard input for `-`.

    Raises UnreadableStory where there is no story to read, RefusedStory past a limit.
    """
    return read_story(load(path))


def read_story(story: Story) -> Reading:
    """Read a story that is already at hand."""
    draft = scan(story)
    raise NotImplementedError(f"{len(draft.tokens)} tokens, and nobody to cast them yet")
