"""The features of candidates: each has a name, and the same names come for every candidate."""

import numpy as np
import pytest
from scan.plain import story_of

from dramaturg.cast import Scene, set_scene
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.cast.speakers import features
from dramaturg.cast.speakers.features.inputs import Inputs
from dramaturg.cast.speakers.second_pass import MAX_UTTERANCES, neighbour_features, number_conversations
from dramaturg.cast.speakers.table import CandidateTable, TagKind
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan

STORY = (
    "I came in. My hat was wet. Anna met Peter and the old man.\n\n“You are late, Peter,” said Anna.\n\n"
    "“Yes,” he said.\n\n“Why?” asked the old man.\n\nAnna smiled. “The road was bad.”\n\n“I know,” I said.\n\n“Sir!”\n"
)


def scene_of(text: str) -> Scene:
    draft = scan(story_of(text))
    words = annotate_words(draft)
    neural = run_neural_layers(draft)
    findings = run_rule_layers(draft, words, neural.syntax)
    return set_scene(draft, words, findings, align_mentions(draft, findings.mentions, neural))


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    """What the groups of features read of a story."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        collect = features.collect_inputs
        patch.setattr(features, "collect_inputs", lambda *given: found.append(collect(*given)) or found[-1])
        scene_of(STORY)
    return found[0]


def test_each_group_gives_the_same_names_for_every_candidate(inputs: Inputs) -> None:
    groups = features._groups(inputs)
    rows = [
        [name for group in groups for name in group.features(i, person)]
        for i, people in enumerate(features.find_candidates(inputs))
        for person in people
    ]

    assert len(rows) > 6 and all(row == rows[0] for row in rows)
    assert len(set(rows[0])) == len(rows[0])


def test_the_kind_of_each_tag() -> None:
    table = scene_of(STORY).table
    kinds = {u: TagKind(int(kind)) for u, kind in zip(table.utterance.tolist(), table.column("tag_kind"), strict=True)}

    assert [kinds[u] for u in range(6)] == [
        TagKind.NAME,
        TagKind.PRONOUN,
        TagKind.NOUN,
        TagKind.NONE,
        TagKind.PRONOUN,
        TagKind.NONE,
    ]


def test_a_story_without_speech_has_no_candidates() -> None:
    table = scene_of("It rained.").table

    assert (len(table), table.features, table.rows.shape) == (0, (), (0, 0))


def test_neighbours_are_those_of_the_same_conversation() -> None:
    scene = scene_of(STORY + "\nIt rained.\n\n" * 9 + "“Late,” said Anna.\n\n“Very,” said Peter.\n")
    table, utterances = scene.table, scene.utterances
    probability = np.random.default_rng(3).random(len(table)).astype(np.float32)
    found = neighbour_features(table, probability, probability, utterances)

    conversation = number_conversations(utterances)
    assert conversation[-1] == conversation[0] + 1
    pairs = list(zip(table.utterance.tolist(), table.person.tolist(), strict=True))
    of_pair = dict(zip(pairs, probability.tolist(), strict=True))
    for row, (u, person) in enumerate(pairs):
        near = [v for v in range(len(utterances)) if conversation[v] == conversation[u]]
        before = [of_pair.get((v, person), 0.0) for v in near if u - MAX_UTTERANCES <= v < u]
        assert found["speaks_before"][row] == pytest.approx(sum(before))
        assert found["speaks_-1"][row] == pytest.approx(of_pair.get((u - 1, person), 0.0) if u - 1 in near else -1)
        certainty = max(p for (v, _), p in of_pair.items() if v == u + 1) if u + 1 in near else -1
        assert found["certainty_1"][row] == pytest.approx(certainty)
        assert found["n_neighbours"][row] == len(near) - 1
        share = sum(of_pair.get((v, person), 0.0) for v in near if v != u) / max(1, len(near) - 1)
        assert found["conversation_share"][row] == pytest.approx(share, abs=1e-5)


def test_with_no_candidates_there_are_columns_without_rows() -> None:
    table = CandidateTable((), np.zeros((0, 0), np.float32), np.zeros(0, np.int32), np.zeros(0, np.int32))
    nothing = np.zeros(0, np.float32)

    assert all(column.shape == (0,) for column in neighbour_features(table, nothing, nothing, []).values())
