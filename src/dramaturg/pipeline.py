"""The flow, on one screen: file → Story → Draft → Findings → Reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dramaturg.addresses import find_addresses
from dramaturg.cast import make_cast
from dramaturg.cast.assembly import assemble, assemble_supersenses
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.compare.changes import changed_speakers
from dramaturg.continuity import dismiss, find_slips
from dramaturg.corrections.model import Corrections
from dramaturg.corrections.resolve import ResolvedCorrections, resolve
from dramaturg.corrections.toml import load_story_corrections
from dramaturg.draft import Draft
from dramaturg.encoder import Encoded, encode
from dramaturg.facts import find_facts
from dramaturg.facts.parsed import parse_story
from dramaturg.findings import Findings, NeuralFindings, Syntax
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.rules.corrections import correct_mentions
from dramaturg.layers.rules.cues import find_cues
from dramaturg.layers.rules.mentions import find_mentions
from dramaturg.layers.rules.tag_syntax import find_tag_syntax
from dramaturg.layers.rules.vocatives import find_vocatives
from dramaturg.layers.rules.words import AnnotatedWords, annotate_words
from dramaturg.lexicon import language_of
from dramaturg.reading import MadeBy, Reading
from dramaturg.scan import scan
from dramaturg.sources import Limits, load
from dramaturg.story import Story
from dramaturg.version import __version__
from dramaturg.weights import fingerprint

OnProgress = Callable[[int, int], None]  # called while a story is read, with the words that are done and all words


def read(
    path: str | Path,
    *,
    tokens: bool = False,
    limits: Limits | None = None,
    corrections: Corrections | None = None,
    on_progress: OnProgress | None = None,
) -> Reading:
    """Read the story in a file, or on standard input for `-`.

    `tokens`: whether the reading includes its tokens. `limits`: how much the file may demand. `corrections`: what a
    person says about the story; by default, what the corrections files next to it say. `on_progress`: called now and
    then with the number of words that are done, and of all words. Raises UnreadableStory if there is no story to read,
    RefusedStory past a limit, DamagedInstallation if the weights are missing, and BadCorrections if a corrections file
    is malformed.
    """
    given = load_story_corrections(path) if corrections is None else corrections
    return correct_story(load(path, limits or Limits()), given, tokens=tokens, on_progress=on_progress)


def read_story(story: Story, *, tokens: bool = False, corrections: Corrections | None = None) -> Reading:
    """Read a story that is already loaded."""
    return _decide(_analyse(story, corrections or Corrections()), tokens)


def correct_story(
    story: Story, corrections: Corrections, *, tokens: bool = False, on_progress: OnProgress | None = None
) -> Reading:
    """Read a story with corrections. If any applies, it is also read without them, to report what they changed."""
    analysis = _analyse(story, corrections, on_progress=on_progress)
    reading = _decide(analysis, tokens)
    outcome = reading.corrections
    if not (outcome.applied or outcome.unmatched):
        return reading
    changed = changed_speakers(_decide(_analyse(story, Corrections(), analysis, on_progress)), reading)
    return replace(reading, corrections=replace(outcome, changed=changed))


def rereader(story: Story, on_progress: OnProgress | None = None) -> Callable[[Corrections], Reading]:
    """A function that reads a story with corrections. The encoder runs in its first call, then only if it must."""
    first: _Analysis | None = None

    def read_again(corrections: Corrections) -> Reading:
        nonlocal first
        analysis = _analyse(story, corrections, first, on_progress)
        first = first or analysis
        return _decide(analysis)

    return read_again


@dataclass(frozen=True, slots=True)
class _Analysis:
    """A story after its layers, with the user's corrections resolved against it."""

    draft: Draft
    words: AnnotatedWords
    findings: Findings
    neural: NeuralFindings
    resolved: ResolvedCorrections


def _analyse(
    story: Story,
    corrections: Corrections,
    before: _Analysis | None = None,
    on_progress: OnProgress | None = None,
) -> _Analysis:
    """Scan a story and run all layers.

    `before`: the same story with other corrections. Its neural findings are used again if the encoder's input is equal.
    """
    resolved = resolve(corrections, story)
    draft = scan(story, resolved, language_of(story.source.language))
    words = annotate_words(draft)
    if before is not None and (draft.quotations, draft.sentences) == (before.draft.quotations, before.draft.sentences):
        neural = before.neural
    else:
        neural = run_neural_layers(draft, _watched(encode(draft), draft, on_progress))
    return _Analysis(draft, words, run_rule_layers(draft, words, neural.syntax, resolved), neural, resolved)


def _watched(windows: Iterator[Encoded], draft: Draft, on_progress: OnProgress | None) -> Iterator[Encoded]:
    """The windows as they come, with a report of the progress after each. Nearly all the time goes into them."""
    n_units, n_words, done = len(draft.ud_words), len(draft.story.text.split()) if on_progress else 0, 0
    if on_progress is not None:
        on_progress(0, n_words)
    for window in windows:
        yield window
        done += window.last - window.first
        if on_progress is not None:
            on_progress(n_words * done // n_units, n_words)


def _decide(analysis: _Analysis, tokens: bool = False) -> Reading:
    draft, findings = analysis.draft, analysis.findings
    aligned = align_mentions(draft, findings.mentions, analysis.neural)
    cast = make_cast(draft, analysis.words, findings, aligned, analysis.resolved)
    made_by = MadeBy(__version__, fingerprint())
    reading = assemble(draft, findings, aligned, cast, made_by, tokens)
    parsed = parse_story(draft, analysis.neural, reading)
    reading = replace(reading, supersenses=assemble_supersenses(draft, analysis.neural), facts=find_facts(parsed))
    slips, dismissed = dismiss(find_slips(replace(parsed, reading=reading)), analysis.resolved.slips)
    corrected = analysis.resolved.ledger.with_outcomes([*cast.outcomes, *dismissed]).outcome()
    addresses = find_addresses(reading, findings.vocatives, draft.language)
    return replace(reading, slips=slips, addresses=addresses, corrections=corrected)


def run_rule_layers(
    draft: Draft, words: AnnotatedWords, syntax: Syntax, resolved: ResolvedCorrections | None = None
) -> Findings:
    """Run every rule layer over a draft. `resolved`: the user's corrections."""
    tag_syntax = find_tag_syntax(draft, syntax)
    mentions = find_mentions(draft, words, tag_syntax)
    if resolved is not None:
        mentions = correct_mentions(draft, words, mentions, resolved)
    return Findings(
        mentions=mentions,
        cues=find_cues(draft, words, mentions, tag_syntax),
        vocatives=find_vocatives(draft, words, mentions),
    )
