"""Train the ranker of speakers on PDNC's train novels and write its trees as package data.

    python -m training.ranker [--corpora DIR] [--check]

Two rankings: the second also knows what the first made of the neighbouring utterances; it learns from
first rankings of novels by other authors (folds by author), as it will meet them on novels never seen.
`--check` prints the accuracy by folds and writes nothing.
"""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import lightgbm as lgb
import numpy as np
from scipy.optimize import linear_sum_assignment

from dramaturg.cast.features import FEATURES, NEIGHBOUR_FEATURES, neighbour_features
from dramaturg.cast.speakers import share_out
from training.cases import Case, build_case
from training.folds import by_author
from training.pdnc import corpus_folder, load_novel, split
from training.trees import WEIGHTS, save_trees

PARAMETERS = {
    "learning_rate": 0.1,
    "num_leaves": 24,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbosity": -1,
    "seed": 7,
    "deterministic": True,
    "num_threads": 1,
}
ROUNDS = 140


def main() -> None:
    """Train, print what was seen by folds, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of PDNC")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    parser.add_argument("--dev", action="store_true", help="also print figures on the dev novels")
    arguments = parser.parse_args()
    folder = corpus_folder(arguments.corpora)
    cases = read_cases(folder, split(folder, "train"))
    folds = by_author([(case.author, len(case.quotations)) for case in cases])
    first = across_folds(cases, folds, [case.scene.table.rows for case in cases])
    report("first ranking, by folds", cases, first)
    second_rows = [with_neighbours(case, p) for case, p in zip(cases, first, strict=True)]
    second = across_folds(cases, folds, second_rows)
    report("second ranking, by folds", cases, second)
    if arguments.check and not arguments.dev:
        return
    first_model = fit(cases, [case.scene.table.rows for case in cases])
    second_model = fit(cases, second_rows)
    if arguments.dev:
        dev = read_cases(folder, split(folder, "dev"))
        p1 = [predict(first_model, case, case.scene.table.rows) for case in dev]
        report("first ranking, dev", dev, p1)
        p2 = [predict(second_model, case, with_neighbours(case, p)) for case, p in zip(dev, p1, strict=True)]
        report("second ranking, dev", dev, p2)
    if not arguments.check:
        WEIGHTS.mkdir(exist_ok=True)
        save_trees(first_model, WEIGHTS / "speakers_first.npz")
        save_trees(second_model, WEIGHTS / "speakers_second.npz")


def read_cases(folder: Path, names: list[str]) -> list[Case]:
    """The novels' scenes, read on two processes."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(build_case, [load_novel(folder, name) for name in names]))


def across_folds(cases: list[Case], folds: list[int], rows: list[np.ndarray]) -> list[np.ndarray]:
    """Each case's probabilities by a model that saw none of its author's novels; two models are fitted at a time."""
    found: list[np.ndarray] = [np.zeros(0)] * len(cases)
    names = sorted(set(folds))
    with ProcessPoolExecutor(2) as pool:
        fitted = [
            pool.submit(fit, *zip(*((c, r) for c, r, f in zip(cases, rows, folds, strict=True) if f != name), strict=True))
            for name in names
        ]
        models = dict(zip(names, (future.result() for future in fitted), strict=True))
    for i, case in enumerate(cases):
        found[i] = predict(models[folds[i]], case, rows[i])
    return found


def with_neighbours(case: Case, probability: np.ndarray) -> np.ndarray:
    """The first ranking's rows and what it made of the neighbours."""
    more = neighbour_features(case.scene.table, probability, len(case.scene.utterances))
    return np.hstack([case.scene.table.rows, more])


def fit(cases: Sequence[Case], rows: Sequence[np.ndarray]) -> lgb.Booster:
    """Boost trees so that a softmax over an utterance's candidates, and nobody, gives the gold speaker's share."""
    x, y, groups = [], [], []
    for case, table_rows in zip(cases, rows, strict=True):
        right = case.right
        numbers = case.scene.table.utterance
        known = np.array([case.speaker[u] is not None for u in numbers], dtype=bool)
        x.append(table_rows[known])
        y.append(right[known])
        groups.append(np.unique(numbers[known], return_counts=True)[1])
    size = np.concatenate(groups)
    target = np.concatenate(y).astype(np.float64)
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    target /= np.maximum(1, np.repeat(np.add.reduceat(target, starts), size))
    names = [*FEATURES, *NEIGHBOUR_FEATURES][: x[0].shape[1]]
    data = lgb.Dataset(np.concatenate(x), target, feature_name=names)
    return lgb.train({**PARAMETERS, "objective": softmax_objective(starts, size)}, data, ROUNDS)


def softmax_objective(starts: np.ndarray, size: np.ndarray) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """Cross-entropy of a softmax within groups, nobody standing in each with the score 0."""

    def objective(score: np.ndarray, data: lgb.Dataset) -> tuple[np.ndarray, np.ndarray]:
        top = np.maximum(np.maximum.reduceat(score, starts), 0)
        power = np.exp(score - np.repeat(top, size))
        p = power / np.repeat(np.add.reduceat(power, starts) + np.exp(-top), size)
        return p - data.get_label(), np.maximum(p * (1 - p), 1e-6)

    return objective


def predict(model: lgb.Booster, case: Case, rows: np.ndarray) -> np.ndarray:
    """Each candidate's probability."""
    return share_out(model.predict(rows, raw_score=True).astype(np.float32), case.scene.table.utterance)


def report(title: str, cases: list[Case], probabilities: list[np.ndarray]) -> None:
    """Print the end-to-end accuracy of each novel: one person paired with one gold character."""
    print(title)
    means = []
    for case, probability in zip(cases, probabilities, strict=True):
        best: dict[int, tuple[float, int]] = {}
        table = case.scene.table
        for u, person, p in zip(table.utterance.tolist(), table.person.tolist(), probability.tolist(), strict=True):
            best[u] = max(best.get(u, (0.0, -1)), (p, person))
        said = [best.get(u, (0.0, -1))[1] if u >= 0 else -1 for u in case.covering]
        gold = [quotation.speaker for quotation in case.quotations]
        pair = assign(gold, said)
        right = [person >= 0 and pair.get(person) == name for person, name in zip(said, gold, strict=True)]
        many = [person >= 0 and case.gold_of[person] == name for person, name in zip(said, gold, strict=True)]
        by_type = {t: np.mean([r for r, q in zip(right, case.quotations, strict=True) if q.type == t]) for t in ("Explicit", "Anaphoric", "Implicit")}
        has = np.zeros(len(case.scene.utterances), dtype=bool)
        has[table.utterance[case.right]] = True
        ceiling = np.mean([u >= 0 and has[u] for u in case.covering])
        means.append([np.mean(right), np.mean(many), ceiling, *by_type.values()])
        print(f"  {case.novel:30s} acc {means[-1][0]:.3f}  by name {means[-1][1]:.3f}  on the list {ceiling:.3f}  " + "  ".join(f"{k[:4]} {v:.3f}" for k, v in by_type.items()), flush=True)
    print(f"  {'mean':30s} " + "  ".join(f"{v:.3f}" for v in np.mean(means, axis=0)))


def assign(gold: list[str], said: list[int]) -> dict[int, str]:
    """The one-to-one pairing of persons with gold characters that makes most quotations right."""
    names, people = sorted(set(gold)), sorted({p for p in said if p >= 0})
    counts = np.zeros((len(names), max(1, len(people))))
    for name, person in zip(gold, said, strict=True):
        if person >= 0:
            counts[names.index(name), people.index(person)] += 1
    return {people[j]: names[i] for i, j in zip(*linear_sum_assignment(-counts), strict=True) if people}


if __name__ == "__main__":
    main()
