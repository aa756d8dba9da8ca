"""The flow, on one screen: file → Story → Draft → Findings → Reading."""

from dataclasses import replace
from pathlib import Path

import dramaturg
from dramaturg.assembly import assemble
from dramaturg.cast import make_cast
from dramaturg.comparison import changed_speakers
from dramaturg.corrections import Corrections, Fitted, corrections_beside, fit
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.layers.corrected import correct_mentions
from dramaturg.layers.cues import find_cues
from dramaturg.layers.mentions import find_mentions
from dramaturg.layers.sight import look
from dramaturg.layers.vocatives import find_vocatives
from dramaturg.layers.words import Words, look_at_words
from dramaturg.reading import MadeBy, Reading
from dramaturg.scan import scan
from dramaturg.sources import Limits, load
from dramaturg.story import Story
from dramaturg.weights import fingerprint


def read(
    path: str | Path, *, tokens: bool = False, limits: Limits | None = None, corrections: Corrections | None = None
) -> Reading:
    """Read the story in a file, or on standard input for `-`.

    `tokens`: whether the reading also holds its tokens. `limits`: how much the file may ask for. `corrections`: what a
    person says of the story; None: what the files beside it say. Raises UnreadableStory where there is no story to
    read, RefusedStory past a limit, DamagedInstallation where the weights are missing, BadCorrections where a file of
    corrections is malformed.
    """
    given = corrections_beside(path) if corrections is None else corrections
    return correct_story(load(path, limits or Limits()), given, tokens=tokens)


def read_story(story: Story, *, tokens: bool = False, corrections: Corrections | None = None) -> Reading:
    """Read a story that is already at hand."""
    fitted = fit(corrections or Corrections(), story)
    draft = scan(story, fitted)
    words = look_at_words(draft)
    findings = find_all(draft, words, fitted)
    sight = look(draft)
    people = make_cast(draft, words, findings, fitted)
    made_by = MadeBy(dramaturg.__version__, fingerprint())
    return assemble(draft, findings, sight, people, made_by, tokens, fitted.ledger.told())


def correct_story(story: Story, corrections: Corrections, *, tokens: bool = False) -> Reading:
    """Read a story with corrections, and tell what they changed: it is read without them, too."""
    reading = read_story(story, tokens=tokens, corrections=corrections)
    told = reading.corrections
    if not (told.applied or told.unmatched):
        return reading
    changed = changed_speakers(read_story(story), reading)
    return replace(reading, corrections=replace(told, changed=changed))


def find_all(draft: Draft, words: Words, fitted: Fitted | None = None) -> Findings:
    """Run every layer over a draft; `fitted`: the user's corrections."""
    mentions = find_mentions(draft, words)
    if fitted is not None:
        mentions = correct_mentions(draft, words, mentions, fitted)
    return Findings(mentions, find_cues(draft, words, mentions), find_vocatives(draft, words, mentions))
