"""The encoder: windows hold every word once, what is read beside a story changes nothing, and the network that runs
is the one that was trained."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan.plain import story_of

from dramaturg.encoder import encode, load_tokenizer
from dramaturg.encoder.windows import WINDOW_PIECES, cut_windows, pad_windows, prepare
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.scan import scan
from dramaturg.sources import load_bytes

VECTORS = Path(__file__).parents[1] / "cases" / "vectors.npz"
WORDS = [
    "Tom",
    "said",
    "“Go,”",
    "the",
    "old",
    "man's",
    "dog.",
    "\n\n",
    "he",
    "Antidisestablishmentarianism",
    "é!",
    "x" * 300,
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=700).map(" ".join)


@given(TEXTS)
@settings(max_examples=60, deadline=None)
def test_windows_hold_every_unit_once(text):
    draft = scan(story_of(text))
    inputs = prepare(draft, load_tokenizer())
    windows = cut_windows(draft, inputs)

    assert [u for window in windows for u in range(window.first, window.last)] == list(range(len(draft.ud_words)))
    after = np.append(inputs.first, len(inputs.ids))
    assert all(after[w.last] - after[w.first] <= WINDOW_PIECES - 2 for w in windows)


def test_padded_windows_hold_every_piece_once():
    draft = scan(story_of("“Go,” said Tom. “Go!”\n\n" * 40))
    inputs = prepare(draft, load_tokenizer())
    padded = pad_windows(cut_windows(draft, inputs), inputs, load_tokenizer())

    assert padded.ids[padded.unit >= 0].tolist() == inputs.ids.tolist()
    assert padded.unit[padded.unit >= 0].tolist() == inputs.unit.tolist()
    assert (padded.mask.sum(axis=1) == (padded.unit >= 0).sum(axis=1) + 2).all()


def test_what_shares_the_batch_changes_nothing(monkeypatch):
    text = "\n\n".join(
        f"“Number {n},” said Tom, and the {n}th lamp went out over the quiet harbour." for n in range(90)
    )
    draft = scan(story_of(text))
    monkeypatch.setenv("DRAMATURG_THREADS", "2")
    together = [window.vectors for window in encode(draft)]
    monkeypatch.setenv("DRAMATURG_THREADS", "1")
    apart = [window.vectors for window in encode(draft)]

    assert len(together) > 4
    assert all(np.array_equal(one, other) for one, other in zip(together, apart, strict=True))


def test_the_network_is_the_trained_one():
    """Against vectors that PyTorch gave for the same text, with the weights as trained and as rounded to 8 bits."""
    with np.load(VECTORS) as stored:
        text, rounded, trained = str(stored["text"]), stored["rounded"], stored["trained"]
    found = np.concatenate([window.vectors for window in encode(scan(load_bytes(text.encode(), "text.txt")))])

    assert found.shape == rounded.shape
    assert np.abs(found - rounded).max() < 2e-3
    likeness = (found * trained).sum(1) / (np.linalg.norm(found, axis=1) * np.linalg.norm(trained, axis=1))
    assert likeness.min() > 0.97


@pytest.mark.parametrize("text", ["", "   ", "…", "“", "\u0301", "x" * 5000, "a " * 3000])
def test_odd_texts_are_seen(text):
    neural = run_neural_layers(scan(story_of(text)))

    assert len(neural.best_antecedent) == len(neural.spans)
    assert len(neural.syntax.head) == len(neural.syntax.tag)
