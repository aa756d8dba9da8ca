"""Train the scorer that joins a description such as “the girl” to a named person, on PDNC's train novels.

python -m training.descriptions [--corpora DIR] [--check]
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

import lightgbm as lgb
import numpy as np

from corpora.pdnc import Novel, corpus_folder, load_novel, split
from dramaturg.cast.people.descriptions import find_pairs
from training.cases import match_novel
from training.folds import assign_folds
from training.manifest import WEIGHTS, write_manifest
from training.trees import save_trees

PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 8,
    "min_data_in_leaf": 30,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "verbosity": -1,
    "seed": 7,
    "deterministic": True,
    "num_threads": 1,
}
N_TREES = 120


class Examples(NamedTuple):
    """The pairs of a novel. `rows`: (pairs, features). `same`: 1 if both are one person; `weight`: (pairs,)."""

    features: tuple[str, ...]
    rows: np.ndarray
    same: np.ndarray
    weight: np.ndarray


def main() -> None:
    """Train, print precision and recall by folds, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of PDNC")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    arguments = parser.parse_args()
    folder = corpus_folder(arguments.corpora)
    novels = [load_novel(folder, name) for name in split(folder, "train")]
    with ProcessPoolExecutor(2) as pool:
        examples = list(pool.map(read_pairs, novels))
    folds = assign_folds([(novel.author, len(novel.quotations)) for novel in novels])
    predicted = [np.zeros(len(novel.same)) for novel in examples]
    for fold in sorted(set(folds)):
        model = fit_trees([e for e, f in zip(examples, folds, strict=True) if f != fold])
        for k, novel in enumerate(examples):
            if folds[k] == fold and len(novel.rows):
                predicted[k] = model.predict(novel.rows)
    same, weight = (np.concatenate(parts) for parts in zip(*((e.same, e.weight) for e in examples), strict=True))
    report(np.concatenate(predicted), same, weight)
    if not arguments.check:
        save_trees(fit_trees(examples), WEIGHTS / "descriptions.npz")
        write_manifest()


def read_pairs(novel: Novel) -> Examples:
    """The pairs of a novel whose nameless person is an annotated character."""
    matched = match_novel(novel)
    pairs = find_pairs(matched.draft, matched.findings, matched.utterances, matched.roster)
    known = [k for k, nameless in enumerate(pairs.nameless) if matched.gold_of[nameless] is not None]
    same = [matched.gold_of[pairs.nameless[k]] == matched.gold_of[pairs.named[k]] for k in known]
    n_mentions = [len(matched.roster.people[pairs.nameless[k]].mentions) for k in known]
    weight = np.sqrt(np.array(n_mentions, dtype=float))
    return Examples(pairs.features, pairs.rows[known], np.array(same, dtype=float), weight)


def fit_trees(examples: list[Examples]) -> lgb.Booster:
    """Fit boosted trees to all pairs, weighted by the square root of the nameless person's number of mentions."""
    examples = [novel for novel in examples if len(novel.rows)]
    features, rows, same, weight = zip(*examples, strict=True)
    data = lgb.Dataset(
        np.concatenate(rows), np.concatenate(same), weight=np.concatenate(weight), feature_name=list(features[0])
    )
    return lgb.train(PARAMETERS, data, N_TREES)


def report(predicted: np.ndarray, same: np.ndarray, weight: np.ndarray) -> None:
    """Print the weighted precision and recall of the pairs at several thresholds."""
    print(f"{len(same)} pairs, {int(same.sum())} of them one person")
    for threshold in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        joined = predicted >= threshold
        hits = (weight * same * joined).sum()
        precision, recall = hits / max((weight * joined).sum(), 1e-9), hits / (weight * same).sum()
        print(f"  at {threshold}: precision {precision:.3f}, recall {recall:.3f}")


if __name__ == "__main__":
    main()
