"""Supersenses of nouns and verbs on SemCor, from raw text: exact spans with their label.

    python -m benchmarks.supersenses [--corpora DIR] [--split dev]

The tokens of each document are joined to prose, which is read as a plain-text file.

n        annotated words and expressions        prec, recall, f1   of all supersenses
nouns    F1 of the 26 labels of nouns           verbs              F1 of the 15 labels of verbs
"""

import argparse
from collections import Counter
from pathlib import Path

from corpora.semcor import Document, load_split, semcor_folder
from dramaturg.pipeline import read_story
from dramaturg.reading import Reading
from dramaturg.sources import load_bytes

COLUMNS = ("n", "prec", "recall", "f1", "nouns", "verbs")
GROUPS = {"f1": "", "nouns": "noun.", "verbs": "verb."}
# As BookNLP's authors publish them, on documents of their own choice: https://github.com/booknlp/booknlp.
PEERS = {"BookNLP, small": {"f1": 0.732}, "BookNLP, big": {"f1": 0.762}}


def count(document: Document, reading: Reading) -> Counter[tuple[str, str]]:
    """How many supersenses are annotated, found and right, by that word and label."""
    annotated = set(document.supersenses)
    found = {(s.start, s.end, s.label) for s in reading.supersenses}
    sets = {"annotated": annotated, "found": found, "right": annotated & found}
    return Counter((name, label) for name, spans in sets.items() for _, _, label in spans)


def figures(counts: Counter[tuple[str, str]]) -> dict[str, float]:
    """The columns of the table."""

    def total(name: str, group: str = "") -> int:
        return sum(n for (counted, label), n in counts.items() if counted == name and label.startswith(group))

    found = {
        column: 2 * total("right", group) / max(1, total("annotated", group) + total("found", group))
        for column, group in GROUPS.items()
    }
    return found | {
        "n": total("annotated"),
        "prec": total("right") / max(1, total("found")),
        "recall": total("right") / max(1, total("annotated")),
    }


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, help="the folder that holds semcor")
    parser.add_argument("--split", choices=("train", "dev"), default="dev")
    options = parser.parse_args(arguments)
    folder = semcor_folder(options.corpora / "semcor" if options.corpora else None)
    print(f"{'document':16}" + "".join(f"{column:>9}" for column in COLUMNS))
    whole: Counter[tuple[str, str]] = Counter()
    for document in load_split(folder, options.split):
        counts = count(document, read_story(load_bytes(document.text.encode("utf-8"), f"{document.id}.txt")))
        whole += counts
        _print(document.id, figures(counts))
    _print("all", figures(whole))
    for peer, recorded in PEERS.items():
        _print(peer, recorded)
    print("\nall: dramaturg's reading of each document's raw text, just now, counted over documents.")
    print("BookNLP: recorded, as its authors publish it on another split of SemCor; not measured here.")


def _print(name: str, values: dict[str, float]) -> None:
    cells = (f"{values[c]:>9.{0 if c == 'n' else 3}f}" if c in values else f"{'-':>9}" for c in COLUMNS)
    print(f"{name:16}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main()
