"""Entities, events and coreference on LitBank, from raw text, each with its usual measure.

    python -m benchmarks.litbank [--corpora DIR] [--split dev] [--ids 105,113]

The annotated part of each book is read as a plain-text file, and the spans found are compared with the annotated
ones, letter for letter, ignoring punctuation at the edges.

ent     F1 of names, nouns and titles of names, nested, exact span and type (Bamman et al. 2019)
events  F1 of events, exact span (Sims et al. 2019)
muc, b3, ceafe   coreference over mentions that were found, not given, single ones included, summed over documents
        (Vilain et al. 1995; Bagga & Baldwin 1998; Luo 2005); conll is their mean
mention F1 of the mentions that coreference is counted over
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from corpora.litbank import Document, litbank_folder, load_document, split_ids
from dramaturg.pipeline import read_story
from dramaturg.reading import Reading
from dramaturg.sources import load_bytes

Cluster = frozenset[tuple[int, int]]


@dataclass
class Counts:
    """Hits, theirs and ours of what is counted by F1, and the sums of the coreference scores."""

    sets: dict[str, np.ndarray] = field(default_factory=lambda: defaultdict(lambda: np.zeros(3)))
    sums: Counter[str] = field(default_factory=Counter)

    def add_sets(self, name: str, gold: set[Hashable], found: set[Hashable]) -> None:
        """Count what is in both, in theirs, in ours."""
        self.sets[name] += (len(gold & found), len(gold), len(found))

    def add_clusters(self, gold: Sequence[Cluster], found: Sequence[Cluster]) -> None:
        """Add the parts of each score's recall and precision."""
        for name, parts in (("muc", _muc), ("b3", _b_cubed)):
            for side, (hit, of) in (("r", parts(gold, found)), ("p", parts(found, gold))):
                self.sums[name + side] += hit
                self.sums[name + side + "of"] += of
        shared = _ceaf(gold, found)
        self.sums.update({"ceafer": shared, "ceafep": shared})
        self.sums.update({"ceaferof": len(gold), "ceafepof": len(found)})

    def figures(self) -> dict[str, float]:
        """F1 of everything."""
        found = {name: 2 * hit / max(1, gold + ours) for name, (hit, gold, ours) in self.sets.items()}
        for name in ("muc", "b3", "ceafe"):
            r = self.sums[f"{name}r"] / max(1e-9, self.sums[f"{name}rof"])
            p = self.sums[f"{name}p"] / max(1e-9, self.sums[f"{name}pof"])
            found[name] = 2 * p * r / max(1e-9, p + r)
        found["conll"] = float(np.mean([found[name] for name in ("muc", "b3", "ceafe")]))
        return {name: float(value) for name, value in found.items()}


def _muc(key: Sequence[Cluster], response: Sequence[Cluster]) -> tuple[float, float]:
    of = {mention: number for number, cluster in enumerate(response) for mention in cluster}
    parts = [len({of.get(mention, mention) for mention in cluster}) for cluster in key]
    return sum(map(len, key)) - sum(parts), sum(map(len, key)) - len(key)


def _b_cubed(key: Sequence[Cluster], response: Sequence[Cluster]) -> tuple[float, float]:
    of = {mention: number for number, cluster in enumerate(response) for mention in cluster}
    hits = 0.0
    for cluster in key:
        shares = Counter(of[mention] for mention in cluster if mention in of)
        hits += sum(n * n for n in shares.values()) / len(cluster)
    return hits, sum(map(len, key))


def _ceaf(key: Sequence[Cluster], response: Sequence[Cluster]) -> float:
    likeness = np.zeros((len(key), max(1, len(response))))
    at = {mention: j for j, cluster in enumerate(response) for mention in cluster}
    for i, cluster in enumerate(key):
        for j, n in Counter(at[mention] for mention in cluster if mention in at).items():
            likeness[i, j] = 2 * n / (len(cluster) + len(response[j]))
    rows, columns = linear_sum_assignment(-likeness)
    return float(likeness[rows, columns].sum())


# BookNLP's figures on LitBank as published, re-run (entities) or re-scored (coreference) by others.
PEERS = {
    "BookNLP, small": {"ent": 0.741, "events": 0.706, "conll": 0.713},
    "BookNLP, big": {"events": 0.741},
}


def count(document: Document, reading: Reading, counts: Counts) -> None:
    """Add one document's."""
    text = document.text

    def trim(start: int, end: int) -> tuple[int, int]:
        while start < end and not text[start].isalnum():
            start += 1
        while end > start and not text[end - 1].isalnum():
            end -= 1
        return start, end

    counts.add_sets(
        "ent",
        {(*trim(start, end), type) for start, end, type in document.entities},
        {(*trim(m.start, m.end), m.type) for m in reading.mentions if m.kind != "pronoun"},
    )
    counts.add_sets("events", {trim(*e) for e in document.events}, {trim(e.start, e.end) for e in reading.events})
    gold, found = defaultdict(set), defaultdict(set)
    for mention in document.mentions:
        gold[mention.entity].add(trim(mention.start, mention.end))
    for ours in reading.mentions:
        found[ours.entity].add(trim(ours.start, ours.end))
    counts.add_sets("mention", set().union(*gold.values()), set().union(*found.values()))
    counts.add_clusters([frozenset(c) for c in gold.values()], [frozenset(c) for c in found.values()])


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of LitBank")
    parser.add_argument("--split", choices=("train", "dev"), default="dev")
    parser.add_argument("--ids", help="these documents alone, comma-separated")
    options = parser.parse_args(arguments)
    folder: Path = litbank_folder(options.corpora)
    ids = options.ids.split(",") if options.ids else split_ids(folder, options.split)
    whole = Counts()
    names = ("ent", "events", "mention", "muc", "b3", "ceafe", "conll")
    print(f"{'document':16}" + "".join(f"{name:>9}" for name in names))
    for id in ids:
        document = load_document(folder, id)
        reading = read_story(load_bytes(document.text.encode(), f"{id}.txt"))
        one = Counts()
        for counts in (one, whole):
            count(document, reading, counts)
        _print(id, one.figures(), names)
    _print("all", whole.figures(), names)
    for peer, figures in PEERS.items():
        _print(peer, figures, names)
    print("\nall: dramaturg's reading of each document's raw text, just now, the scores summed over documents.")
    print("BookNLP: recorded, as others published, re-ran (entities) or re-scored it (coreference); not measured here.")


def _print(name: str, figures: dict[str, float], names: Sequence[str]) -> None:
    print(
        f"{name:16}" + "".join(f"{figures[figure]:>9.3f}" if figure in figures else f"{'-':>9}" for figure in names),
        flush=True,
    )


if __name__ == "__main__":
    main()
