"""The alignment of neural spans with the mentions of the rules."""

import numpy as np
import pytest
from scan.plain import story_of

from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.findings import KINDS, TYPES, NeuralFindings, Spans, Syntax
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan


@pytest.mark.parametrize(
    ("text", "span", "type", "confidence", "meant"),
    [
        ("They saw the Castle Hale. Hale slept.", "the Castle Hale", "FAC", 0.9, None),
        ("They saw the Castle Hale. Hale slept.", "the Castle Hale", "FAC", 0.5, "Hale"),
        ("They saw old Mr. Hale there.", "old Mr. Hale", "PER", 0.9, "Mr. Hale"),
        ("They saw the Hale that spring.", "the Hale", "VEH", 0.9, "Hale"),
        ("They saw the Mem Sahib. Mem Sahib slept.", "the Mem Sahib", "PER", 0.9, "Mem Sahib"),
    ],
)
def test_the_mention_of_a_span(text: str, span: str, type: str, confidence: float, meant: str | None) -> None:
    draft = scan(story_of(text))
    mentions = run_rule_layers(draft, annotate_words(draft), run_neural_layers(draft).syntax).mentions
    start = text.index(span)
    first, last = np.searchsorted(draft.ud_words.places[:, 0], [start, start + len(span)])
    none, units = np.zeros(1, np.int32), np.arange(len(draft.ud_words), dtype=np.int32)
    spans = Spans(
        np.array([first], np.int32),
        np.array([last], np.int32),
        np.array([TYPES.index(type)], np.int32),
        np.array([KINDS.index("name")], np.int32),
        np.array([confidence], np.float32),
        np.zeros((1, 2), np.float32),
    )
    # Every word depends on the next one, so a span's head is its last word.
    syntax = Syntax(units * 0, units * 0, np.minimum(units + 1, len(units) - 1), units * 0)
    share = np.zeros((1, 1), np.float32)
    neural = NeuralFindings(spans, none[:, None] - 1, share, share[:, 0] + 1, none[:0], share[0, :0], syntax, share[:0])

    found = align_mentions(draft, mentions, neural).mention[0]

    assert (text[mentions[found].start : mentions[found].end] if found >= 0 else None) == meant
