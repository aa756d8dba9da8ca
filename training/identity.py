"""Train the trees that say which people are one person, on the train stories of PDNC and the modern corpus.

    python -m training.identity [--corpora DIR] [--check]

Prints precision and recall by folds. Besides the package's trees it keeps those of each fold in `.work/identity`, for
`training.ranker` and `training.addressees`: a story that they learn from is read with trees that have not learned from
its author.
"""

import argparse
from typing import NamedTuple

import lightgbm as lgb
import numpy as np

from dramaturg.cast.people.identity.pairs import find_pairs
from training.cases import match_novel
from training.fold_models import FOLD_MODELS
from training.manifest import WEIGHTS, write_manifest
from training.stories import CORPORA, Story, corpora_folder, read_in_two_processes, train_stories
from training.trees import save_trees

PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.06,
    "num_leaves": 12,
    "min_data_in_leaf": 25,
    "lambda_l2": 5.0,
    "feature_fraction": 0.6,
    "verbosity": -1,
    "seed": 7,
    "deterministic": True,
    "num_threads": 1,
}
N_TREES = 200


class Examples(NamedTuple):
    """The pairs of a story. `rows`: (pairs, features). `same`: 1 if both are one person; `weight`: (pairs,).

    `kind`: 0 for a description and a name, 1 for two descriptions, 2 for two names: (pairs,).
    """

    story: Story
    features: tuple[str, ...]
    rows: np.ndarray
    same: np.ndarray
    weight: np.ndarray
    kind: np.ndarray


def main() -> None:
    """Train, print precision and recall by folds, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of all corpora")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write no weights")
    arguments = parser.parse_args()
    examples = read_in_two_processes(read_pairs, train_stories(corpora_folder(arguments.corpora)))
    examples = [found for found in examples if len(found.rows)]
    predicted = [np.zeros(len(found.same)) for found in examples]
    FOLD_MODELS.mkdir(parents=True, exist_ok=True)
    for fold in sorted({found.story.fold for found in examples}):
        model = fit_trees([found for found in examples if found.story.fold != fold])
        model.save_model(FOLD_MODELS / f"{fold}.txt")
        for k, found in enumerate(examples):
            if found.story.fold == fold:
                predicted[k] = model.predict(found.rows)
    for corpus in CORPORA:
        report(
            corpus, [(found, p) for found, p in zip(examples, predicted, strict=True) if found.story.corpus == corpus]
        )
    if not arguments.check:
        save_trees(fit_trees(examples), WEIGHTS / "identity.npz")
        write_manifest()


def read_pairs(story: Story) -> Examples:
    """The pairs of a story whose people are annotated characters, or a known one and somebody else with a name."""
    matched = match_novel(story.novel)
    pairs = find_pairs(
        matched.draft, matched.findings, matched.utterances, matched.roster, matched.aligned, matched.narrators
    )
    people, gold_of = matched.roster.people, matched.gold_of
    both = list(zip(pairs.source, pairs.target, strict=True))
    known = [
        k for k, (s, t) in enumerate(both) if gold_of[s] is not None and (gold_of[t] is not None or people[t].named)
    ]
    same = [gold_of[both[k][0]] == gold_of[both[k][1]] for k in known]
    weight = [np.sqrt(len(people[both[k][0]].mentions)) for k in known]
    kind = [2 * people[both[k][0]].named or int(not people[both[k][1]].named) for k in known]
    return Examples(
        story,
        pairs.features,
        pairs.rows[known],
        np.array(same, dtype=float),
        np.array(weight),
        np.array(kind, dtype=int),
    )


def fit_trees(examples: list[Examples]) -> lgb.Booster:
    """Fit boosted trees to all pairs, weighted by the square root of the source's number of mentions."""
    data = lgb.Dataset(
        np.concatenate([found.rows for found in examples]),
        np.concatenate([found.same for found in examples]),
        weight=np.concatenate([found.weight for found in examples]),
        feature_name=list(examples[0].features),
    )
    return lgb.train(PARAMETERS, data, N_TREES)


def report(corpus: str, found: list[tuple[Examples, np.ndarray]]) -> None:
    """Print the weighted precision and recall of the pairs of each kind at several thresholds."""
    kinds = np.concatenate([examples.kind for examples, _ in found])
    sames = np.concatenate([examples.same for examples, _ in found])
    weights = np.concatenate([examples.weight for examples, _ in found])
    predictions = np.concatenate([p for _, p in found])
    for number, name in enumerate(("a description and a name", "two descriptions", "two names")):
        of_kind = kinds == number
        same, weight, predicted = sames[of_kind], weights[of_kind], predictions[of_kind]
        print(f"{corpus}, {name}: {len(same)} pairs, {int(same.sum())} of them one person")
        for threshold in (0.3, 0.5, 0.7):
            joined = predicted >= threshold
            hits = (weight * same * joined).sum()
            precision, recall = hits / max((weight * joined).sum(), 1e-9), hits / max((weight * same).sum(), 1e-9)
            print(f"  at {threshold}: precision {precision:.3f}, recall {recall:.3f}", flush=True)


if __name__ == "__main__":
    main()
