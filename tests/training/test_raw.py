"""Raw novels, packed and unpacked: the windows are the same, as rows and as examples."""

from pathlib import Path

import numpy as np
import pytest

from dramaturg.draft import Draft, sentence_bounds
from dramaturg.encoder import load_tokenizer
from dramaturg.encoder.windows import WINDOW_PIECES, cut_windows, pad_windows, prepare
from dramaturg.scan import scan
from dramaturg.sources import load
from dramaturg.sources.limits import Limits
from training.examples import cut_example
from training.raw import Raw, find_novels, read_raw

PIECES = load_tokenizer()
NOVEL = (
    "“Late again,” said Ruth VALE. “You said _four_!”\n\nTom did not look up; it was 1893, and he had time.\n\n" * 30
)
LONG = "They went on and on " + ", and on through Overstrand and Trimingham" * 60 + ".\n\n“Stop,” she said.\n"


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """PDNC and LitBank with one train novel and one dev novel each."""
    for name, text in (("Train", NOVEL), ("Dev", "A dev novel.")):
        (tmp_path / "pdnc/data" / name).mkdir(parents=True)
        (tmp_path / "pdnc/data" / name / "novel_text.txt").write_text(text, encoding="utf-8")
    (tmp_path / "pdnc/train.txt").write_text("Train\n")
    (tmp_path / "litbank/original").mkdir(parents=True)
    for name, text in (("12_on_and_on.txt", LONG), ("34_dev.txt", "A dev novel.")):
        (tmp_path / "litbank/original" / name).write_text(text, encoding="utf-8")
    (tmp_path / "litbank/train.ids").write_text("12\n")
    return tmp_path


def drafts(corpora: Path) -> list[Draft]:
    return [scan(load(path, Limits())) for path in find_novels(corpora)]


def test_dev_novels_are_never_trained_on(corpora: Path) -> None:
    assert [path.name for path in find_novels(corpora)] == ["novel_text.txt", "12_on_and_on.txt"]
    assert "A dev novel" not in "".join(draft.text for draft in drafts(corpora))


def test_rows_are_the_windows_of_the_encoder(corpora: Path) -> None:
    raw = read_raw(corpora, PIECES, corpora / "raw.npz")
    for draft, (first, last) in zip(drafts(corpora), zip(raw.novels, raw.novels[1:], strict=False), strict=True):
        inputs = prepare(draft, PIECES)
        expected = pad_windows(cut_windows(draft, inputs), inputs, PIECES, WINDOW_PIECES)
        ids, case, place, word = raw.rows(np.arange(first, last), PIECES).transpose(1, 0, 2)
        assert (ids == expected.ids).all() and (case == expected.case).all() and (place == expected.place).all()
        assert ((word >= 0) == (expected.unit >= 0)).all() and ((word != -1) == (expected.mask > 0)).all()
        same = (expected.unit[:, 1:] == expected.unit[:, :-1]) & (expected.unit[:, 1:] >= 0)
        assert (np.diff(word, axis=1)[same] == 0).all(), "pieces of one word are hidden together"


def test_an_example_is_the_same_as_one_cut_from_the_whole_novel(corpora: Path) -> None:
    raw = read_raw(corpora, PIECES, corpora / "raw.npz")
    again = read_raw(corpora / "gone", PIECES, corpora / "raw.npz")
    assert all((a == b).all() for a, b in zip(_arrays(raw), _arrays(again), strict=True)), (
        "packed once, then loaded from the cache"
    )

    for number, draft in enumerate(drafts(corpora)):
        first, last = raw.novels[number : number + 2].tolist()
        whole = raw.example(first, last)
        inputs = prepare(draft, PIECES)
        assert whole.raw and whole.n_units == len(draft.ud_words) and whole.windows == cut_windows(draft, inputs)
        for name in ("ids", "unit", "case", "place", "first"):
            assert (getattr(whole.inputs, name) == getattr(inputs, name)).all(), name
        assert set(sentence_bounds(draft.ud_words.sentence)) <= set(whole.sentences) or number, "cut only by windows"
        for at in range(first, last):
            one, expected = raw.example(at, at + 1), cut_example(whole, at - first, at - first + 1)
            assert one.sentences == expected.sentences and (one.inputs.ids == expected.inputs.ids).all()


def _arrays(raw: Raw) -> tuple[np.ndarray, ...]:
    return raw.ids, raw.flags, raw.starts, raw.novels
