"""SemCor (Miller et al. 1993): texts of the Brown corpus whose nouns and verbs have WordNet's lexicographer files.

Those are 26 for nouns and 15 for verbs: the supersenses (Ciaramita & Altun 2006). Licence: WordNet's, free for any
purpose with its notice. The corpus is a folder for each split, and in it a file NAME.tsv for each document: a line has
a token, its part of speech, its lemma and its tag (B-noun.act, I-noun.act, O); sentences are apart by an empty line.
"""

import os
from dataclasses import dataclass
from pathlib import Path

SENTENCES = 12  # of a paragraph: the corpus does not say where paragraphs end
NO_SPACE_BEFORE = frozenset([*",.;:?!)]}%", "''", "'s", "n't", "'", "'d", "'ll", "'m", "'re", "'ve", "’s"])
NO_SPACE_AFTER = frozenset([*"([{$", "``"])
MARKS = {"``": "“", "''": "”"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text, and start, end and supersense of each word or multiword expression that has one."""

    id: str
    text: str
    supersenses: tuple[tuple[int, int, str], ...]


def semcor_folder(given: str | Path | None = None) -> Path:
    """The folder of the corpus: as given, or `semcor` in the folder that DRAMATURG_CORPORA names."""
    folder = Path(given) if given else Path(os.environ.get("DRAMATURG_CORPORA", "corpora")) / "semcor"
    if not (folder / "train").is_dir():
        raise SystemExit(f"{folder}: no SemCor here (no folder train/). Name its folder, or set DRAMATURG_CORPORA.")
    return folder


def load_split(folder: Path, split: str) -> list[Document]:
    """Every document of a split, `train` or `dev`, in the order of their names."""
    return [load_document(path) for path in sorted((folder / split).glob("*.tsv"))]


def load_document(path: Path) -> Document:
    """One document, its tokens joined to prose."""
    text, found = "", []
    for number, sentence in enumerate(path.read_text(encoding="utf-8").strip().split("\n\n")):
        if text:
            text += " " if number % SENTENCES else "\n\n"
        before = ""
        for word, tag in ((row[0], row[3]) for row in (line.split("\t") for line in sentence.split("\n"))):
            if before and word not in NO_SPACE_BEFORE and before not in NO_SPACE_AFTER:
                text += " "
            start = len(text)
            text += MARKS.get(word, word)
            if tag.startswith("B-"):
                found.append((start, len(text), tag[2:]))
            elif tag.startswith("I-") and found:
                found[-1] = (found[-1][0], len(text), found[-1][2])
            before = word
    return Document(path.stem, text + "\n", tuple(found))
