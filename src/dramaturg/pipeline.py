"""The flow, on one screen: file → Story → Draft → Findings → Reading."""

from pathlib import Path

import dramaturg
from dramaturg.assembly import assemble
from dramaturg.cast import make_cast
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.layers.cues import find_cues
from dramaturg.layers.mentions import find_mentions
from dramaturg.layers.vocatives import find_vocatives
from dramaturg.layers.words import Words, look_at_words
from dramaturg.reading import MadeBy, Reading
from dramaturg.scan import scan
from dramaturg.sources import Limits, load
from dramaturg.story import Story
from dramaturg.weights import fingerprint


def read(path: str | Path, *, tokens: bool = False, limits: Limits | None = None) -> Reading:
    """Read the story in a file, or on standard input for `-`.

    `tokens`: whether the reading also holds its tokens. `limits`: how much the file may ask for. Raises
    UnreadableStory where there is no story to read, RefusedStory past a limit, DamagedInstallation where the weights
    are missing.
    """
    return read_story(load(path, limits or Limits()), tokens=tokens)


def read_story(story: Story, *, tokens: bool = False) -> Reading:
    """Read a story that is already at hand."""
    draft = scan(story)
    words = look_at_words(draft)
    findings = find_all(draft, words)
    people = make_cast(draft, words, findings)
    return assemble(draft, findings, people, MadeBy(dramaturg.__version__, fingerprint()), tokens)


def find_all(draft: Draft, words: Words) -> Findings:
    """Run every layer over a draft."""
    mentions = find_mentions(draft, words)
    return Findings(mentions, find_cues(draft, words, mentions), find_vocatives(draft, words, mentions))
