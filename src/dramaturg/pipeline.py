"""The flow, on one screen: file → Story → Draft → Findings → Reading."""

from dataclasses import dataclass, replace
from pathlib import Path

from dramaturg.cast import make_cast
from dramaturg.cast.assembly import assemble
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.compare.changes import changed_speakers
from dramaturg.corrections.model import Corrections
from dramaturg.corrections.resolve import ResolvedCorrections, resolve
from dramaturg.corrections.toml import load_story_corrections
from dramaturg.draft import Draft
from dramaturg.findings import Findings, NeuralFindings
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.rules.corrections import correct_mentions
from dramaturg.layers.rules.cues import find_cues
from dramaturg.layers.rules.mentions import find_mentions
from dramaturg.layers.rules.vocatives import find_vocatives
from dramaturg.layers.rules.words import AnnotatedWords, annotate_words
from dramaturg.reading import MadeBy, Reading
from dramaturg.scan import scan
from dramaturg.sources import Limits, load
from dramaturg.story import Story
from dramaturg.version import __version__
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
    given = load_story_corrections(path) if corrections is None else corrections
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
    words: AnnotatedWords
    findings: Findings
    neural: NeuralFindings
    resolved: ResolvedCorrections


def _look(story: Story, corrections: Corrections, before: _Looked | None = None) -> _Looked:
    """`before`: the same story with other corrections, seen alike where they changed nothing that the encoder reads."""
    resolved = resolve(corrections, story)
    draft = scan(story, resolved)
    words = annotate_words(draft)
    findings = run_rule_layers(draft, words, resolved)
    if before is not None and (draft.quotations, draft.sentences) == (before.draft.quotations, before.draft.sentences):
        return _Looked(draft, words, findings, before.neural, resolved)
    return _Looked(draft, words, findings, run_neural_layers(draft), resolved)


def _decide(looked: _Looked, tokens: bool = False) -> Reading:
    draft, findings = looked.draft, looked.findings
    seen = align_mentions(draft, findings.mentions, looked.neural)
    cast = make_cast(draft, looked.words, findings, seen, looked.resolved)
    made_by = MadeBy(__version__, fingerprint())
    corrected = looked.resolved.ledger.with_outcomes(cast.outcomes).outcome()
    return assemble(draft, findings, seen, cast, made_by, tokens, corrected)


def run_rule_layers(draft: Draft, words: AnnotatedWords, resolved: ResolvedCorrections | None = None) -> Findings:
    """Run every layer over a draft; `resolved`: the user's corrections."""
    mentions = find_mentions(draft, words)
    if resolved is not None:
        mentions = correct_mentions(draft, words, mentions, resolved)
    return Findings(mentions, find_cues(draft, words, mentions), find_vocatives(draft, words, mentions))
