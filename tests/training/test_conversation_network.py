"""The training of the conversation network; skipped without PyTorch."""

from dataclasses import replace

import numpy as np
import pytest
from small_corpus import write_corpus

torch = pytest.importorskip("torch")

from corpora.pdnc import load_novel  # noqa: E402
from dramaturg.cast.speakers.conversation_network import OFFSETS, Network, score_conversations  # noqa: E402
from dramaturg.cast.speakers.table import CandidateTable, find_neighbours  # noqa: E402
from training.cases import Case, build_case  # noqa: E402
from training.conversation_network import Block, TrainableNetwork, cut_blocks, fit_conversation_network  # noqa: E402
from training.stories import Story  # noqa: E402

FEATURES = 6


def table_of(count: int, seed: int) -> CandidateTable:
    """Utterances of one to five of nine people, with rows drawn at random."""
    draw = np.random.default_rng(seed)
    people = [draw.permutation(9)[: draw.integers(1, 6)] for _ in range(count)]
    utterance = np.repeat(np.arange(count), [len(some) for some in people]).astype(np.int32)
    rows = draw.normal(size=(len(utterance), FEATURES)).astype(np.float32)
    return CandidateTable((), rows, utterance, np.concatenate(people).astype(np.int32))


def network_of(table: CandidateTable, model: TrainableNetwork) -> Network:
    knots = np.quantile(table.rows, np.linspace(0, 1, 9), axis=0).T.astype(np.float32)
    return Network(knots, {name: tensor.numpy() for name, tensor in model.state_dict().items()})


def test_the_package_scores_like_the_trained_network() -> None:
    table, model = table_of(700, 3), TrainableNetwork(FEATURES).eval()
    network = network_of(table, model)
    utterance, person = table.utterance.astype(np.int64), table.person.astype(np.int64)
    inputs = (
        network.to_quantiles(table.rows),
        find_neighbours(utterance, person, OFFSETS),
        utterance,
        table.rows[:, 0],
        np.ones(700, bool),
    )
    with torch.no_grad():
        expected = model(Block(*(torch.from_numpy(part) for part in inputs))).numpy()

    assert np.allclose(score_conversations(table, network), expected, atol=1e-5)


@pytest.fixture
def case(tmp_path, monkeypatch: pytest.MonkeyPatch) -> Case:  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    return build_case(Story(load_novel(write_corpus(tmp_path / "pdnc"), "Small"), "pdnc", -1))


def test_blocks_are_complete(case: Case) -> None:
    network = network_of(case.scene.table, TrainableNetwork(case.scene.table.rows.shape[1]))
    (block,) = cut_blocks([case, case], network)

    assert len(block.rows) == 2 * len(case.scene.table.rows)
    assert int(block.known.sum()) == 2 * sum(name is not None for name in case.speaker)
    assert float(block.target.sum()) == pytest.approx(2 * len({*case.scene.table.utterance[case.right].tolist()}))


def test_the_network_learns_its_training_data(case: Case) -> None:
    column = case.right.astype(np.float32)[:, None]
    with_answers = replace(case, scene=replace(case.scene, table=replace(case.scene.table, rows=column)))
    network = fit_conversation_network([with_answers] * 200)
    score = score_conversations(with_answers.scene.table, network)

    known = np.isin(case.scene.table.utterance, [u for u, name in enumerate(case.speaker) if name is not None])
    assert score[case.right].min() > score[known & ~case.right].max()
