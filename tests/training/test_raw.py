"""Raw novels as training packs them: the same windows come out again, as rows and as examples."""

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
    """One novel of PDNC and one of LitBank to learn from, and one of each that is not."""
    for name, text in (("Learned", NOVEL), ("Measured", "Never to be read.")):
        (tmp_path / "pdnc/data" / name).mkdir(parents=True)
        (tmp_path / "pdnc/data" / name / "novel_text.txt").write_text(text, encoding="utf-8")
    (tmp_path / "pdnc/train.txt").write_text("Learned\n")
    (tmp_path / "litbank/original").mkdir(parents=True)
    for name, text in (("12_on_and_on.txt", LONG), ("34_measured.txt", "Never to be read.")):
        (tmp_path / "litbank/original" / name).write_text(text, encoding="utf-8")
    (tmp_path / "litbank/train.ids").write_text("12\n")
    return tmp_path


def drafts(corpora: Path) -> list[Draft]:
    return [scan(load(path, Limits())) for path in find_novels(corpora)]


def test_what_is_measured_on_is_never_learned_from(corpora: Path) -> None:
    assert [path.name for path in find_novels(corpora)] == ["novel_text.txt", "12_on_and_on.txt"]
    assert "Never" not in "".join(draft.text for draft in drafts(corpora))


def test_rows_are_the_windows_as_the_encoder_takes_them(corpora: Path) -> None:
    raw = read_raw(corpora, PIECES, corpora / "raw.npz")
    for draft, (first, last) in zip(drafts(corpora), zip(raw.novels, raw.novels[1:], strict=False), strict=True):
        inputs = prepare(draft, PIECES)
        wanted = pad_windows(cut_windows(draft, inputs), inputs, PIECES, WINDOW_PIECES)
        ids, case, place, word = raw.rows(np.arange(first, last), PIECES).transpose(1, 0, 2)
        assert (ids == wanted.ids).all() and (case == wanted.case).all() and (place == wanted.place).all()
        assert ((word >= 0) == (wanted.unit >= 0)).all() and ((word != -1) == (wanted.mask > 0)).all()
        same = (wanted.unit[:, 1:] == wanted.unit[:, :-1]) & (wanted.unit[:, 1:] >= 0)
        assert (np.diff(word, axis=1)[same] == 0).all(), "pieces of one word are hidden together"


def test_a_stretch_is_what_one_sees_who_cuts_the_whole(corpora: Path) -> None:
    raw = read_raw(corpora, PIECES, corpora / "raw.npz")
    again = read_raw(corpora / "gone", PIECES, corpora / "raw.npz")
    assert all((a == b).all() for a, b in zip(_arrays(raw), _arrays(again), strict=True)), "packed once, then kept"

    for number, draft in enumerate(drafts(corpora)):
        first, last = raw.novels[number : number + 2].tolist()
        whole = raw.example(first, last)
        inputs = prepare(draft, PIECES)
        assert whole.raw and whole.n_units == len(draft.ud_words) and whole.windows == cut_windows(draft, inputs)
        for name in ("ids", "unit", "case", "place", "first"):
            assert (getattr(whole.inputs, name) == getattr(inputs, name)).all(), name
        assert set(sentence_bounds(draft.ud_words.sentence)) <= set(whole.sentences) or number, "cut only by windows"
        for at in range(first, last):
            one, wanted = raw.example(at, at + 1), cut_example(whole, at - first, at - first + 1)
            assert one.sentences == wanted.sentences and (one.inputs.ids == wanted.inputs.ids).all()


def _arrays(raw: Raw) -> tuple[np.ndarray, ...]:
    return raw.ids, raw.flags, raw.starts, raw.novels
