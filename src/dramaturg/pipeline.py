"""The flow, on one screen: file → Story → Draft → Findings → Reading."""

from dataclasses import dataclass, replace
from pathlib import Path

import dramaturg
from dramaturg.assembly import assemble
from dramaturg.cast import make_cast
from dramaturg.cast.seen import match_mentions
from dramaturg.comparison import changed_speakers
from dramaturg.corrections import Corrections, Fitted, corrections_beside, fit
from dramaturg.draft import Draft
from dramaturg.findings import Findings, Sight
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
    return _decide(_look(story, corrections or Corrections()), tokens)


def correct_story(story: Story, corrections: Corrections, *, tokens: bool = False) -> Reading:
    """Read a story with corrections, and tell what they changed: it is read without them, too."""
    looked = _look(story, corrections)
    reading = _decide(looked, tokens)
    told = reading.corrections
    if not (told.applied or told.unmatched):
        return reading
    changed = changed_speakers(_decide(_look(story, Corrections(), looked)), reading)
    return replace(reading, corrections=replace(told, changed=changed))


@dataclass(frozen=True, slots=True)
class _Looked:
    """A story as far as its layers, with the user's corrections fitted to it."""

    draft: Draft
    words: Words
    findings: Findings
    sight: Sight
    fitted: Fitted


def _look(story: Story, corrections: Corrections, before: _Looked | None = None) -> _Looked:
    """`before`: the same story with other corrections, seen alike where they changed nothing that the encoder reads."""
    fitted = fit(corrections, story)
    draft = scan(story, fitted)
    words = look_at_words(draft)
    findings = find_all(draft, words, fitted)
    if before is not None and (draft.quotations, draft.sentences) == (before.draft.quotations, before.draft.sentences):
        return _Looked(draft, words, findings, before.sight, fitted)
    return _Looked(draft, words, findings, look(draft), fitted)


def _decide(looked: _Looked, tokens: bool = False) -> Reading:
    draft, findings = looked.draft, looked.findings
    seen = match_mentions(draft, findings.mentions, looked.sight)
    cast = make_cast(draft, looked.words, findings, seen, looked.fitted)
    made_by = MadeBy(dramaturg.__version__, fingerprint())
    return assemble(draft, findings, seen, cast, made_by, tokens, looked.fitted.ledger.told())


def find_all(draft: Draft, words: Words, fitted: Fitted | None = None) -> Findings:
    """Run every layer over a draft; `fitted`: the user's corrections."""
    mentions = find_mentions(draft, words)
    if fitted is not None:
        mentions = correct_mentions(draft, words, mentions, fitted)
    return Findings(mentions, find_cues(draft, words, mentions), find_vocatives(draft, words, mentions))
