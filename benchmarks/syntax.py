"""Parts of speech and dependencies on UD English EWT and GUM's fiction, from raw text.

    python -m benchmarks.syntax [--corpora DIR] [--split test|dev]

dramaturg reads the raw text of each document, with its paragraphs, and splits it into words and sentences itself.
Words are aligned by the positions of their letters, as in the CoNLL 2018 shared task (Zeman et al. 2018); figures are
F1 over words.

words  words whose place is the treebank's       sents  sentences likewise, first to last word
upos   and whose part of speech is right         lemma  and whose lemma is right, case aside
uas    and whose head is right                   las    and whose relation to it is right, subtypes left out
"""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from corpora.treebank import Text, read_treebank
from dramaturg.layers.neural.heads import load_names
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.layers.neural.syntax import apply_edit
from dramaturg.scan import scan

FIGURES = ("words", "sents", "upos", "lemma", "uas", "las")
Place = tuple[int, int]


def score(texts: Iterable[Text]) -> dict[str, float]:
    """F1 of each figure over all documents."""
    hits, theirs, ours = np.zeros(len(FIGURES)), np.zeros(len(FIGURES)), np.zeros(len(FIGURES))
    for text in texts:
        one, two = gold_rows(text), read_rows(text)
        shared = one.keys() & two.keys()
        same = [[_agree(one[place], two[place], figure) for figure in FIGURES] for place in shared]
        hits += np.array(same, dtype=float).reshape(-1, len(FIGURES)).sum(axis=0)
        theirs += len(one)
        ours += len(two)
        gold, found = gold_sentences(text), _sentences(two)
        k = FIGURES.index("sents")
        hits[k] += len(gold & found) - sum(row[k] for row in same)
        theirs[k] += len(gold) - len(one)
        ours[k] += len(found) - len(two)
    return dict(zip(FIGURES, (2 * hits / (theirs + ours)).tolist(), strict=True))


Row = tuple[str, str, Place | None, str, int]  # part of speech, lemma, head's place, relation, sentence


def gold_rows(text: Text) -> dict[Place, Row]:
    """Each word of the treebank by its place."""
    rows = {}
    for number, tree in enumerate(text.trees):
        for word in tree.words:
            head = None if word.head < 0 else (tree.words[word.head].start, tree.words[word.head].end)
            rows[word.start, word.end] = (word.pos, word.lemma.lower(), head, word.relation.split(":")[0], number)
    return rows


def gold_sentences(text: Text) -> set[Place]:
    """The treebank's sentences, from first to last word."""
    return {(tree.words[0].start, tree.words[-1].end) for tree in text.trees}


def read_rows(text: Text) -> dict[Place, Row]:
    """Each word of ours by its place, read from the raw text."""
    draft = scan(text.story())
    syntax = run_neural_layers(draft).syntax
    tags, edits, relations = (load_names(name) for name in ("tags", "edits", "relations"))
    places = [(start, end) for start, end in draft.ud_words.places.tolist()]
    rows = {}
    for u, place in enumerate(places):
        head = int(syntax.head[u])
        lemma = apply_edit(text.text[slice(*place)], edits[syntax.edit[u]]).lower()
        relation = relations[syntax.relation[u]].split(":")[0]
        above = None if head == u else places[head]
        rows[place] = (tags[syntax.tag[u]], lemma, above, relation, int(draft.ud_words.sentence[u]))
    return rows


def _sentences(rows: dict[Place, Row]) -> set[Place]:
    bounds: dict[int, Place] = {}
    for start, end in sorted(rows):
        number = rows[start, end][4]
        bounds[number] = (bounds.get(number, (start, end))[0], end)
    return set(bounds.values())


def _agree(gold: Row, found: Row, figure: str) -> bool:
    if figure == "upos":
        return gold[0] == found[0]
    if figure == "lemma":
        return gold[1] == found[1] or gold[1] == "_"
    if figure == "uas":
        return gold[2] == found[2]
    if figure == "las":
        return gold[2:4] == found[2:4]
    return figure == "words"


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, default=Path(os.environ.get("DRAMATURG_CORPORA", "corpora")))
    parser.add_argument("--split", choices=("test", "dev"), default="test", help="of EWT (default: test)")
    options = parser.parse_args(arguments)
    path = options.corpora / f"ud_ewt/en_ewt-ud-{options.split}.conllu"
    if not path.is_file():
        raise SystemExit(f"{path}: no UD English EWT here. Name its folder's folder, or set DRAMATURG_CORPORA.")
    print(f"{'treebank':24}" + "".join(f"{figure:>8}" for figure in FIGURES))
    fiction = [
        text for file in sorted((options.corpora / "gum/dep").glob("GUM_fiction_*")) for text in read_treebank(file)
    ]
    for name, texts in ((f"UD English EWT {options.split}", read_treebank(path)), ("UD English GUM fiction", fiction)):
        if texts:
            figures = score(texts)
            print(f"{name:24}" + "".join(f"{figures[figure]:>8.3f}" for figure in FIGURES), flush=True)


if __name__ == "__main__":
    main()
