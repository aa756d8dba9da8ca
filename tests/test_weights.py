"""The weights: damaged and unfit files are refused, and scores are those of the trained models."""

import hashlib
import json
import shutil
from functools import partial
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scan.plain import story_of

from dramaturg import cli, weights
from dramaturg.cast.speakers.calibration import load_calibration
from dramaturg.cast.speakers.conversation_network import load_network
from dramaturg.cast.speakers.table import TagKind
from dramaturg.cast.speakers.turns import load_transitions
from dramaturg.cast.trees import Trees, load_trees
from dramaturg.encoder import load_session, load_tokenizer
from dramaturg.errors import DamagedInstallation
from dramaturg.layers.neural import supersenses
from dramaturg.layers.neural.heads import load_heads, load_names
from dramaturg.layers.neural.sense_counts import load_sense_counts
from dramaturg.pipeline import read_story
from dramaturg.weights import open_arrays, read_weights

TALK = "The old man met Anna. Peter came.\n\n“Late,” said Anna.\n\n“Very,” said the old man.\n\n“Yes.”\n"
LOADERS = (
    weights.read_weights,
    weights.fingerprint,
    weights._manifest,
    load_tokenizer,
    load_session,
    load_heads,
    load_names,
    load_sense_counts,
    supersenses.load_network,
    load_trees,
    load_network,
    load_transitions,
)


def forget() -> None:
    for loader in LOADERS:
        loader.cache_clear()


@pytest.fixture
def folder(tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    """A copy of the weights that a test may spoil; the package reads it until the test ends."""
    copy = tmp_path / "weights"
    shutil.copytree(str(files("dramaturg.weights")), copy)
    monkeypatch.setattr(weights, "files", lambda package: copy)
    forget()
    yield copy
    forget()


def without_an_array(data: bytes) -> bytes:
    with np.load(BytesIO(data)) as arrays:
        kept = {name: arrays[name] for name in list(arrays)[1:]}
    target = BytesIO()
    np.savez(target, **kept)
    return target.getvalue()


def of_objects(data: bytes) -> bytes:
    with np.load(BytesIO(data)) as arrays:
        kept = {name: np.array([None], dtype=object) for name in arrays}
    target = BytesIO()
    np.savez(target, **kept)  # type: ignore[arg-type]
    return target.getvalue()


DAMAGES = {
    "empty": lambda data: b"",
    "cut off": lambda data: data[: len(data) // 2],
    "a page of HTML": lambda data: b"<!doctype html><title>404</title>",
    "spoilt inside": lambda data: data[:200] + bytes(b ^ 0xFF for b in data[200:260]) + data[260:],
    "an array missing": without_an_array,
    "pickled objects": of_objects,
}


def test_the_list_of_files_is_what_lies_there() -> None:
    there = {path.name for path in files("dramaturg.weights").iterdir() if path.suffix in (".npz", ".onnx", ".txt")}

    assert there == set(weights.FILES)


def test_the_model_card_tells_of_every_file() -> None:
    card = (Path(__file__).parents[1] / "docs" / "model-card.md").read_text(encoding="utf-8")

    assert all(f"`{name}`" in card for name in weights.FILES)


@pytest.mark.parametrize("name", weights.FILES)
def test_a_missing_file(name: str, folder: Path) -> None:
    (folder / name).unlink()

    with pytest.raises(DamagedInstallation, match=f"weights/{name} is missing.*pip install"):
        read_story(story_of(TALK))


ARRAYS = ("an array missing", "pickled objects")  # damages of files of arrays alone
DAMAGED = [
    pytest.param(name, damage, id=f"{name}-{what}")
    for name in weights.FILES
    for what, damage in DAMAGES.items()
    if name.endswith(".npz") or what not in ARRAYS
]


@pytest.mark.parametrize(("name", "damage"), DAMAGED)
def test_a_damaged_file(name: str, damage, folder: Path) -> None:  # type: ignore[no-untyped-def]
    path = folder / name
    path.write_bytes(damage(path.read_bytes()))

    with pytest.raises(DamagedInstallation, match=f"weights/{name} is damaged.*pip install") as raised:
        read_story(story_of(TALK))
    assert "\n" not in str(raised.value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10**6), put=st.binary(min_size=1, max_size=8))
def test_any_bytes_anywhere(at: int, put: bytes, folder: Path) -> None:
    """They are noticed as damage, or change nothing that keeps a story from being read."""
    whole = (folder / "turn_transitions.npz").read_bytes()
    try:
        (folder / "turn_transitions.npz").write_bytes(
            whole[: at % len(whole)] + put + whole[at % len(whole) + len(put) :]
        )
        forget()
        load_transitions()
    except DamagedInstallation:
        pass
    finally:
        (folder / "turn_transitions.npz").write_bytes(whole)


def test_the_command_says_so_in_one_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "speakers.npz").unlink()
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")

    assert cli.main(["read", str(tmp_path / "talk.txt")]) == 5
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1) and "speakers.npz is missing" in told.err


def test_a_reading_says_which_weights_made_it(folder: Path) -> None:
    made = read_story(story_of(TALK)).made_by.weights
    changed = (folder / "turn_transitions.npz").read_bytes() + b"\0"
    (folder / "turn_transitions.npz").write_bytes(changed)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["turn_transitions.npz"]["sha256"] = hashlib.sha256(changed).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    forget()

    assert made is not None and len(made) == 64
    assert weights.fingerprint() != made


def test_a_file_of_other_weights_is_refused(folder: Path) -> None:
    shutil.copy(folder / "addressees.npz", folder / "speakers.npz")
    forget()

    with pytest.raises(DamagedInstallation, match="speakers.npz is damaged .*manifest"):
        read_story(story_of(TALK))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}'])
def test_a_damaged_manifest(text: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    forget()

    with pytest.raises(DamagedInstallation, match="damaged.*pip install"):
        read_story(story_of(TALK))


# What is in them


TREES = ("addressees", "identity", "speakers", "speakers_second_pass")


def features_of(name: str) -> tuple[str, ...]:
    """The features that the weights in a file were trained on."""
    with weights.open_arrays(f"{name}.npz") as arrays:
        return tuple(arrays["features"].tolist())


@pytest.mark.parametrize("name", TREES)
def test_trees_are_trees(name: str) -> None:
    trees = load_trees(name, features_of(name))
    nodes = np.arange(trees.feature.shape[1])

    assert np.isfinite(trees.value).all() and np.isfinite(trees.threshold).all()
    for side in (trees.left, trees.right):
        assert ((side >= 0) & (side < trees.feature.shape[1])).all()
    inner = trees.left != nodes
    # A child stands after its parent, so that every way down ends.
    assert (trees.left >= nodes)[inner].all() and (trees.right > nodes)[inner & (trees.right != 0)].all()


@pytest.mark.parametrize("name", TREES)
def test_a_score_is_the_plain_walk_down_each_tree(name: str) -> None:
    trees = load_trees(name, features_of(name))
    thresholds = trees.threshold[trees.left != np.arange(trees.left.shape[1])]
    random = np.random.default_rng(7)
    rows = random.choice(thresholds, (20, int(trees.feature.max()) + 1)).astype(np.float32)

    np.testing.assert_allclose(trees.score(rows), [walk(trees, row) for row in rows], rtol=0, atol=1e-4)


def walk(trees: Trees, row: np.ndarray) -> float:
    total = 0.0
    for t in range(len(trees.feature)):
        node = 0
        while int(trees.left[t, node]) != node:
            below = row[trees.feature[t, node]] <= trees.threshold[t, node]
            node = int((trees.left if below else trees.right)[t, node])
        total += float(trees.value[t, node])
    return total


@pytest.mark.parametrize("name", TREES)
def test_trees_read_only_columns_that_exist(name: str) -> None:
    features = features_of(name)

    assert int(load_trees(name, features).feature.max()) < len(features)


@pytest.mark.parametrize("name", (*TREES, "conversation_network"))
def test_the_names_of_features_are_distinct(name: str) -> None:
    features = features_of(name)

    assert len(set(features)) == len(features)


@pytest.mark.parametrize("name", TREES)
def test_trees_find_their_features_by_name(name: str) -> None:
    features = features_of(name)
    rows = np.random.default_rng(5).normal(size=(30, len(features))).astype(np.float32)

    score = load_trees(name, features).score(rows)
    assert np.array_equal(load_trees(name, features[::-1]).score(rows[:, ::-1]), score)


def test_the_network_finds_its_features_by_name() -> None:
    features = features_of("conversation_network")
    one, other = load_network(features), load_network(features[::-1])

    assert np.array_equal(one.knots, other.knots[::-1])
    assert np.array_equal(one.arrays["enter.up.weight"], other.arrays["enter.up.weight"][:, ::-1])


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("speakers", "training.ranker"),
        ("speakers_second_pass", "training.ranker"),
        ("conversation_network", "training.ranker"),
        ("addressees", "training.addressees"),
        ("identity", "training.identity"),
    ],
)
def test_weights_trained_on_other_features_are_refused_in_one_line(name: str, command: str) -> None:
    first, *rest = features_of(name)
    load = load_network if name == "conversation_network" else partial(load_trees, name)

    with pytest.raises(DamagedInstallation) as raised:
        load((*rest, "eye_colour"))
    message = str(raised.value)
    assert f"weights/{name}.npz was trained on other features (missing: {first}; unknown: eye_colour)" in message
    assert f"Train it again: python -m {command}. " in message and "\n" not in message


def test_transitions_and_calibration_are_probabilities() -> None:
    transitions, calibration = load_transitions(), load_calibration()
    knots = calibration.knots

    assert transitions.turns.shape == (5, 2, 2, 3) and transitions.replies.shape == (5, 2, 4)
    for shares in (transitions.turns, transitions.replies):
        np.testing.assert_allclose(shares.sum(axis=-1), 1, atol=1e-5)
    assert knots.shape[0] == len(TagKind)
    assert ((knots >= 0) & (knots <= 1)).all()
    assert (np.diff(knots, axis=1) >= 0).all(), "what looks surer is no less often right"
    assert calibration.story[0] > 0, "a surer answer stays the surer one"


def test_supersenses_were_trained_on_this_encoder() -> None:
    with open_arrays("supersenses.npz") as arrays:
        trained_on = str(arrays["encoder"])

    assert trained_on == hashlib.sha256(read_weights("encoder.onnx")).hexdigest(), "run python -m training.supersenses"
