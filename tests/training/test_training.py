"""What the training reads and writes, on a corpus of one small novel; what needs LightGBM is skipped without it."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_corpus import QUOTATIONS, TEXT, write_corpus

from dramaturg.cast.trees import Trees
from training.cases import build_case, build_stretches, stretches
from training.folds import FOLDS, by_author
from training.pdnc import corpus_folder, load_novel, split


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "pdnc")


def change_rows(path: Path, change: Any) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def test_a_novel_with_its_annotation(corpus: Path) -> None:
    novel = load_novel(corpus, "Small")

    assert (novel.name, novel.author, novel.text) == ("Small", "NOBODY", TEXT)
    assert [quotation.speaker for quotation in novel.quotations] == [speaker for _, speaker, _, _ in QUOTATIONS]
    for quotation, (words, _, addressees, kind) in zip(novel.quotations, QUOTATIONS, strict=True):
        assert [novel.text[start:end] for start, end in quotation.spans] == [f"“{words}”"]
        assert (list(quotation.addressees), quotation.type) == (addressees, kind)
    assert {c.name: c.gender for c in novel.characters} == {"Tom Hale": "M", "Ruth Vale": "F", "The Porter": "M"}


def test_a_speaker_by_an_alias_is_the_one_who_bears_it(corpus: Path) -> None:
    change_rows(corpus / "data" / "Small" / "quotation_info.csv", lambda rows: rows[0].update(speaker="Tom"))

    assert load_novel(corpus, "Small").quotations[0].speaker == "Tom Hale"


def test_whom_the_annotators_do_not_know_is_left_out(corpus: Path) -> None:
    change_rows(corpus / "data" / "Small" / "quotation_info.csv", lambda rows: rows[0].update(speaker="_unknowable"))

    assert len(load_novel(corpus, "Small").quotations) == len(QUOTATIONS) - 1


def test_where_the_corpus_lies(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert corpus_folder(corpus) == corpus
    monkeypatch.setenv("DRAMATURG_CORPORA", str(corpus.parent))
    assert corpus_folder() == corpus
    assert split(corpus, "dev") == ["Small"]


def test_a_missing_corpus_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="no PDNC here") as raised:
        corpus_folder(tmp_path / "nowhere")
    assert "\n" not in str(raised.value)


def test_no_author_is_in_two_folds() -> None:
    novels = [(f"author{k % 7}", 100 + k) for k in range(20)]
    folds = by_author(novels)

    assert set(folds) == set(range(FOLDS))
    assert len({(author, fold) for (author, _), fold in zip(novels, folds, strict=True)}) == 7


def test_a_case_lays_the_annotation_beside_the_scene(corpus: Path) -> None:
    case = build_case(load_novel(corpus, "Small"))
    names = [person.name for person in case.scene.roster.people]

    assert -1 not in case.covering, "every gold quotation has an utterance of ours"
    assert [case.speaker[u] for u in case.covering] == [speaker for _, speaker, _, _ in QUOTATIONS]
    assert case.gold_of[names.index("Tom Hale")] == "Tom Hale"
    right = {(int(u), case.gold_of[int(p)]) for u, p in _pairs(case, case.right)}
    assert (0, "Tom Hale") in right
    assert all(case.speaker[u] == gold for u, gold in right)


def test_stretches_hold_their_quotations_and_no_line_twice(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.cases.STRETCH", (2, 2))
    novel = load_novel(corpus, "Small")
    cut = stretches(novel)
    texts = [part.text[start:end] for _, part in cut for q in part.quotations for start, end in q.spans]

    assert len(cut) == 2 and all(novel.text.startswith(part.text, start) for start, part in cut)
    assert texts == [f"“{words}”" for words, *_ in QUOTATIONS[: len(texts)]]


def test_a_stretch_asks_for_nobody_who_is_not_in_it(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.cases.STRETCH", (2, 2))
    cases = build_stretches(load_novel(corpus, "Small"))

    assert any(None in case.speaker for case in cases) and any(case.right.any() for case in cases)
    for case in cases:
        listed = set(case.scene.table.utterance[case.right].tolist())
        assert {u for u, name in enumerate(case.speaker) if name is not None} == listed


def _pairs(case: Any, chosen: np.ndarray) -> list[tuple[int, int]]:
    table = case.scene.table
    return list(zip(table.utterance[chosen].tolist(), table.person[chosen].tolist(), strict=True))


def test_saved_trees_score_as_their_model_does(tmp_path: Path) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    from training.trees import save_trees

    random = np.random.default_rng(7)
    rows = random.normal(size=(400, 5)).astype(np.float32)
    labels = rows[:, 0] + (rows[:, 1] > 0.3) * rows[:, 2]
    parameters = {"num_leaves": 12, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1, "seed": 7}
    model = lightgbm.train(parameters, lightgbm.Dataset(rows, labels), 15)
    for name in ("one.npz", "two.npz"):
        save_trees(model, tmp_path / name)
    with np.load(tmp_path / "one.npz") as arrays:
        columns = [arrays[name] for name in ("feature", "threshold", "left", "right", "value")]
        trees = Trees(*columns, depth=int(arrays["depth"]))
    # A row whose value is a threshold, too, goes the same way.
    edges = np.repeat(rows[:1], 50, axis=0)
    edges[:, 0] = random.choice(trees.threshold[trees.feature == 0], 50)

    for some in (rows, edges):
        np.testing.assert_allclose(trees.score(some), model.predict(some), atol=1e-4)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize("module", ["descriptions", "ranker", "addressees"])
def test_each_stage_says_that_its_corpus_is_missing(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lightgbm")
    pytest.importorskip("scipy")
    stage = __import__(f"training.{module}", fromlist=["main"])
    monkeypatch.setattr("sys.argv", [module, "--corpora", str(tmp_path), "--check"])

    with pytest.raises(SystemExit, match="no PDNC here"):
        stage.main()


def test_the_read_me_names_every_stage_in_order() -> None:
    page = (Path(__file__).parents[2] / "training" / "README.md").read_text(encoding="utf-8")
    stages = ("descriptions", "ranker", "addressees")
    places = [page.index(f"python -m training.{stage}") for stage in stages]

    assert places == sorted(places)
