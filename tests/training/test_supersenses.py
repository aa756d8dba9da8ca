"""The trained network of supersenses is the one that the package computes; skipped without PyTorch."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from dramaturg.findings import Syntax  # noqa: E402
from dramaturg.layers.neural.heads import load_names  # noqa: E402
from dramaturg.layers.neural.sense_counts import GOES_ON, N_LABELS, NONE, unpack  # noqa: E402
from dramaturg.layers.neural.supersenses import score_words  # noqa: E402
from training.supersenses import Network, Text, count, describe, spans_of  # noqa: E402

MOTION, PERSON = 35, 15
WORDS = ["Ruth", "went", "back", ".", "Ruth", "slept"]
TAGS = [PERSON, MOTION, GOES_ON, NONE, PERSON, NONE]


def text() -> Text:
    names, edits = load_names("tags"), load_names("edits")
    pos = [names.index(name) for name in ("PROPN", "VERB", "ADV", "PUNCT", "PROPN", "VERB")]
    n, kept = len(WORDS), edits.index("-+")
    syntax = Syntax(*(np.array(column, np.int32) for column in (pos, [kept] * n, range(n), [0] * n)))
    sentence, nothing = np.array([0, 0, 0, 0, 1, 1], np.int32), np.zeros((n, 2), np.float16)
    return Text(WORDS, sentence, syntax, nothing, nothing, np.array(TAGS), 3)


def test_the_package_computes_what_was_trained() -> None:
    torch.manual_seed(1)
    network = Network(4, 8, 5).eval()
    network.mean, network.scale = torch.randn(12), torch.rand(12) + 0.5
    vectors, features = torch.randn(7, 12), torch.randn(7, 5)

    matrices = {name: value.astype(np.float32) for name, value in network.matrices().items()}
    found = score_words(matrices, vectors[:, :4].numpy(), vectors[:, 4:].numpy(), features.numpy())

    with torch.no_grad():
        trained = torch.log_softmax(network(vectors, features), dim=1).numpy()
    np.testing.assert_allclose(found, trained, atol=0.02)  # the package's weights have 16 bits


def test_a_document_does_not_learn_from_its_own_counts() -> None:
    own = unpack(count([text()]))
    twice = unpack(count([text(), text()]))

    with_both, _ = describe(twice, text())
    without_one, scored = describe(twice, text(), own)
    with_one, _ = describe(unpack({**count([text()]), "parts_of_speech": twice.parts_of_speech}), text())
    np.testing.assert_allclose(without_one, with_one, atol=1e-6)
    assert not np.allclose(with_both, without_one)
    assert scored.tolist() == [True, True, True, False, True, True]


def test_counts_are_of_lemmas_and_of_pairs_that_are_expressions() -> None:
    counts = unpack(count([text()]))

    assert counts.lemmas[counts.lemma_row["ruth/P"], PERSON] == 2
    assert list(counts.pair_row) == ["went back"] and counts.pairs[0].tolist() == [1, 1]
    assert counts.expressions[0, MOTION] == 1 and counts.expressions.shape == (2, N_LABELS)


def test_tags_are_spans() -> None:
    assert spans_of(np.array(TAGS)) == {(0, 1, PERSON), (1, 3, MOTION), (4, 5, PERSON)}
