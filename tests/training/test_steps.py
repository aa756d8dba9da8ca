"""A training step over documents of each corpus; skipped without PyTorch."""

from pathlib import Path

import pytest
from small_corpus import write_corpus

torch = pytest.importorskip("torch")

from corpora.litbank import Document, GoldMention  # noqa: E402
from corpora.pdnc import load_novel  # noqa: E402
from corpora.treebank import Text, Tree, Word  # noqa: E402
from dramaturg.encoder import load_tokenizer  # noqa: E402
from training.conversation import make_pdnc_examples  # noqa: E402
from training.data import join_examples  # noqa: E402
from training.distillation import distillation_losses  # noqa: E402
from training.examples import Example, make_labels, make_litbank_example, make_treebank_example  # noqa: E402
from training.losses import gold_losses  # noqa: E402
from training.network import Encoder  # noqa: E402
from training.reader import Reader  # noqa: E402
from training.steps import make_step  # noqa: E402

PIECES = load_tokenizer()
SENTENCE = "Ruth shut the gate."
TREE = Tree(
    (
        Word(0, 4, "Ruth", "Ruth", "PROPN", 1, "nsubj"),
        Word(5, 9, "shut", "shut", "VERB", -1, "root"),
        Word(10, 13, "the", "the", "DET", 3, "det"),
        Word(14, 18, "gate", "gate", "NOUN", 1, "obj"),
        Word(18, 19, ".", ".", "PUNCT", 1, "punct"),
    )
)
TEXT = Text("gum", SENTENCE, ((0, 19),), (TREE,), ((0, 1, "person"), (2, 4, "place")))
LABELS = make_labels([TEXT, TEXT, TEXT])


def litbank_example() -> Example:
    mentions = (GoldMention(0, 4, "name", "PER", "ruth"), GoldMention(20, 23, "pronoun", "PER", "ruth"))
    events = frozenset({(5, 9)})
    document = Document("1_gate", f"{SENTENCE} She ran.", mentions, events, frozenset({(0, 4, "PER")}))
    return make_litbank_example(document, PIECES)


def treebank_example() -> Example:
    example = make_treebank_example(TEXT, PIECES, LABELS)
    return join_examples([example, example])


@pytest.fixture
def pdnc_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Example:
    monkeypatch.chdir(tmp_path)
    (example,) = make_pdnc_examples(load_novel(write_corpus(tmp_path / "pdnc"), "Small"), PIECES)
    return example


def losses(example: Example) -> dict[str, float]:
    reader, step = Reader(LABELS, Encoder(), PIECES).eval(), make_step(example, PIECES)
    with torch.no_grad():
        vectors = reader.vectors(step)
        found = {
            **gold_losses(reader, vectors, step),
            **distillation_losses(reader, vectors, [reader], step),
        }

    assert step.n_units == example.n_units == len(vectors)
    return {name: float(value) for name, value in found.items() if not name.startswith("distillation")}


def test_litbank_teaches_mentions_coreference_and_events() -> None:
    assert set(losses(litbank_example())) == {"mentions", "coreference", "events"}


def test_a_treebank_teaches_syntax_and_entities() -> None:
    assert set(losses(treebank_example())) == {"syntax", "others"}


def test_pdnc_teaches_speakers_and_addressees(pdnc_example: Example) -> None:
    assert set(losses(pdnc_example)) == {"speech"}
