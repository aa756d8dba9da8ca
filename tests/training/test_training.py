"""Cases, folds and saved trees, on a corpus of one small novel. Tests of LightGBM are skipped without it."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_corpus import QUOTATIONS, write_corpus

from corpora.pdnc import load_novel
from dramaturg.cast.trees import Trees
from training.cases import build_case, build_stretches, cut_stretches
from training.folds import FOLDS, assign_folds
from training.stories import Story


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "pdnc")


def test_no_author_is_in_two_folds() -> None:
    novels = [(f"author{k % 7}", 100 + k) for k in range(20)]
    folds = assign_folds(novels)

    assert set(folds) == set(range(FOLDS))
    assert len({(author, fold) for (author, _), fold in zip(novels, folds, strict=True)}) == 7


def test_a_case_matches_the_annotation_with_the_scene(corpus: Path) -> None:
    case = build_case(Story(load_novel(corpus, "Small"), "pdnc", -1))
    names = [person.name for person in case.scene.roster.people]

    assert -1 not in case.covering, "every gold quotation has an utterance of ours"
    assert [case.speaker[u] for u in case.covering] == [speaker for _, speaker, _, _ in QUOTATIONS]
    assert case.gold_of[names.index("Tom Hale")] == "Tom Hale"
    right = {(int(u), case.gold_of[int(p)]) for u, p in _pairs(case, case.right)}
    assert (0, "Tom Hale") in right
    assert all(case.speaker[u] == gold for u, gold in right)


def test_stretches_contain_their_quotations_once(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.cases.STRETCH_QUOTATIONS", (2, 2))
    novel = load_novel(corpus, "Small")
    cut = cut_stretches(novel)
    texts = [part.text[start:end] for _, part in cut for q in part.quotations for start, end in q.spans]

    assert len(cut) == 2 and all(novel.text.startswith(part.text, start) for start, part in cut)
    assert texts == [f"“{words}”" for words, *_ in QUOTATIONS[: len(texts)]]


def test_a_stretch_has_no_speakers_who_are_not_candidates(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.cases.STRETCH_QUOTATIONS", (2, 2))
    cases = build_stretches(Story(load_novel(corpus, "Small"), "pdnc", -1))

    assert any(None in case.speaker for case in cases) and any(case.right.any() for case in cases)
    for case in cases:
        listed = set(case.scene.table.utterance[case.right].tolist())
        assert {u for u, name in enumerate(case.speaker) if name is not None} == listed


def _pairs(case: Any, chosen: np.ndarray) -> list[tuple[int, int]]:
    table = case.scene.table
    return list(zip(table.utterance[chosen].tolist(), table.person[chosen].tolist(), strict=True))


def test_saved_trees_score_like_their_model(tmp_path: Path) -> None:
    lightgbm = pytest.importorskip("lightgbm")
    from training.trees import save_trees

    random = np.random.default_rng(7)
    rows = random.normal(size=(400, 5)).astype(np.float32)
    labels = rows[:, 0] + (rows[:, 1] > 0.3) * rows[:, 2]
    parameters = {"num_leaves": 12, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1, "seed": 7}
    names = list("abcde")
    model = lightgbm.train(parameters, lightgbm.Dataset(rows, labels, feature_name=names), 15)
    for name in ("one.npz", "two.npz"):
        save_trees(model, tmp_path / name)
    with np.load(tmp_path / "one.npz") as arrays:
        columns = [arrays[name] for name in ("feature", "threshold", "left", "right", "value")]
        trees = Trees(*columns, depth=int(arrays["depth"]))
        assert arrays["features"].tolist() == names
    # Values equal to a threshold go the same way, too.
    edges = np.repeat(rows[:1], 50, axis=0)
    edges[:, 0] = random.choice(trees.threshold[trees.feature == 0], 50)

    for sample in (rows, edges):
        np.testing.assert_allclose(trees.score(sample), model.predict(sample), atol=1e-4)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize("module", ["identity", "ranker", "addressees"])
def test_each_command_says_that_its_corpus_is_missing(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("lightgbm")
    pytest.importorskip("scipy")
    stage = __import__(f"training.{module}", fromlist=["main"])
    monkeypatch.setattr("sys.argv", [module, "--corpora", str(tmp_path), "--check"])

    with pytest.raises(SystemExit, match="no pdnc/data in it"):
        stage.main()


def test_the_readme_names_every_command_in_order() -> None:
    page = (Path(__file__).parents[2] / "training" / "README.md").read_text(encoding="utf-8")
    stages = ("identity", "ranker", "addressees")
    places = [page.index(f"python -m training.{stage}") for stage in stages]

    assert places == sorted(places)
