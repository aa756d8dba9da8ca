"""Train the speaker models on the train stories: both passes, transitions, voice embedding and calibration.

    python -m training.ranker [--corpora DIR] [--check] [--dev]

Prints the end-to-end accuracy by folds: each story is read with models trained on other authors' stories. `--check`
writes nothing; `--dev` also prints the figures on the dev stories. Run it after `training.identity`.
"""

import argparse
import pickle
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import TypeVar

import lightgbm as lgb
import numpy as np

from corpora.pairing import pair_characters
from dramaturg.cast.speakers.calibration import Calibration, calibrate_best, log_odds
from dramaturg.cast.speakers.conversation_network import Network
from dramaturg.cast.speakers.ranking import (
    FIRST_PASS_TURNS,
    SECOND_PASS_TURNS,
    TurnWeights,
    combine,
    score_network,
    take_turns,
)
from dramaturg.cast.speakers.second_pass import add_second_pass_features
from dramaturg.cast.speakers.table import TagKind, groups_of, softmax_per_utterance
from dramaturg.cast.speakers.turns import ADDRESSED, ADDRESSED_BY_NAME, FAR_CLASS, Transitions, gap_class
from dramaturg.cast.speakers.voice_embedding import PldaModel
from training.cases import Case, build_case, build_stretches
from training.manifest import WEIGHTS, write_manifest
from training.stories import CORPORA, Story, corpora_folder, dev_stories, read_in_two_processes, train_stories
from training.trees import save_arrays, save_trees
from training.voice_embedding import fit_voice_embedding, voice_embedding_across_folds

PARAMETERS = {
    "learning_rate": 0.05,
    "num_leaves": 32,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbosity": -1,
    "seed": 7,
    "deterministic": True,
    "max_bin": 127,
    "num_threads": 1,
}
N_TREES = 240
NEWTON_STEPS, RIDGE = 20, 0.1
N_KNOTS = 12  # intervals of a calibration curve, between 0 and 1
PRIOR_NOVELS = 0.01  # the weight of the uncalibrated probability at a knot: about ten quotations
WHOLE, STRETCHES = "whole stories", "stretches of conversation"
ANSWERS = Path(".work/ranker/answers.pickle")  # do not share it: unpickling untrusted files is unsafe

Value = TypeVar("Value")
Ranked = tuple[np.ndarray, np.ndarray]  # the candidates' probabilities: independent, and with turns


def main() -> None:
    """Train, print the figures by folds, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of all corpora")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    parser.add_argument("--dev", action="store_true", help="also print figures on the dev stories")
    arguments = parser.parse_args()
    folder = corpora_folder(arguments.corpora)
    stories = train_stories(folder)
    cases = read_cases(stories)
    kinds = {
        WHOLE: cases,
        STRETCHES: read_parts(stories, build_stretches),
    }
    all_cases = [case for kind in kinds.values() for case in kind]
    second_cases, first, second = run_two_passes(all_cases, voice_embedding_across_folds(cases))
    _keep_answers(kinds, second)
    for title, ranked in (("first pass", first), ("second pass", second)):
        for name, answers in _split_by_kind(kinds, ranked).items():
            _report_kind(f"by folds, {title}, {name}", kinds[name], [with_turns for _, with_turns in answers])
    if arguments.check and not arguments.dev:
        return
    model, transitions, second_model, voice_model = (
        fit_trees(all_cases),
        count_turns(cases),
        fit_trees(second_cases),
        fit_voice_embedding(cases),
    )
    network = _fit_network(second_cases)
    if not arguments.check:
        save_trees(model, WEIGHTS / "speakers.npz")
        save_trees(second_model, WEIGHTS / "speakers_second_pass.npz")
        save_arrays(
            WEIGHTS / "conversation_network.npz",
            features=np.array(second_cases[0].scene.table.features),
            knots=network.knots,
            **{k: v.astype(np.float16) for k, v in network.arrays.items()},
        )
        save_arrays(WEIGHTS / "turn_transitions.npz", turns=transitions.turns, replies=transitions.replies)
        save_arrays(
            WEIGHTS / "voice_embedding.npz",
            projection=voice_model.projection.astype(np.float16),
            between=voice_model.between,
        )
        calibration = _fit_calibration(kinds, second)
        save_arrays(WEIGHTS / "calibration.npz", knots=calibration.knots, story=calibration.story)
        write_manifest()
    if arguments.dev:
        dev = read_cases(dev_stories(folder))
        dev_first = [predict(model, transitions, case, FIRST_PASS_TURNS) for case in dev]
        report("dev, first pass", dev, [with_turns for _, with_turns in dev_first])
        dev = [with_second_pass(case, *p, voice_model) for case, p in zip(dev, dev_first, strict=True)]
        trees = [predict(second_model, transitions, case, SECOND_PASS_TURNS)[1] for case in dev]
        conversations = [score_network(case.scene.table, network) for case in dev]
        found = [combine(case.scene.table, *both) for case, *both in zip(dev, trees, conversations, strict=True)]
        report("dev, second pass, trees only", dev, trees)
        report("dev, second pass", dev, found)


def _keep_answers(kinds: Mapping[str, list[Case]], ranked: list[Ranked]) -> None:
    """Keep the cases of whole stories with the answers by folds: `training.addressees` learns from them."""
    found = _split_by_kind(kinds, ranked)[WHOLE]
    kept = [(case, with_turns) for case, (_, with_turns) in zip(kinds[WHOLE], found, strict=True)]
    ANSWERS.parent.mkdir(parents=True, exist_ok=True)
    ANSWERS.write_bytes(pickle.dumps(kept))


def _fit_network(cases: list[Case]) -> Network:
    from training.conversation_network import fit_conversation_network  # needs PyTorch

    return fit_conversation_network(cases)


def _split_by_kind(kinds: Mapping[str, list[Case]], values: Iterable[Value]) -> dict[str, list[Value]]:
    """`values`, in the order of all cases, split by kind."""
    rest = iter(values)
    return {name: list(islice(rest, len(cases))) for name, cases in kinds.items()}


def _report_kind(title: str, cases: list[Case], probabilities: list[np.ndarray]) -> None:
    """Print the figures of each corpus: for whole stories by type of quotation, else over all quotations."""
    for corpus in CORPORA:
        of_corpus = [(case, p) for case, p in zip(cases, probabilities, strict=True) if case.corpus == corpus]
        if of_corpus:
            own, found = [case for case, _ in of_corpus], [p for _, p in of_corpus]
            if len(own) == len({case.novel for case in own}):
                report(f"{title}, {corpus}", own, found)
            else:
                print(f"{title}, {corpus}, {len(own)}: {_mean_accuracy(own, found):.3f}", flush=True)


def _fit_calibration(kinds: Mapping[str, list[Case]], ranked: list[Ranked]) -> Calibration:
    """The calibration over whole stories. Stretches are left out: they show too little of the cast."""
    found = _split_by_kind(kinds, ranked)[WHOLE]
    return fit_calibration(kinds[WHOLE], [with_turns for _, with_turns in found])


def run_two_passes(
    cases: list[Case], voice_models: Mapping[int, PldaModel]
) -> tuple[list[Case], list[Ranked], list[Ranked]]:
    """The cases with the features of the second pass, and the probabilities of the first and the second pass, by folds.

    `voice_models`: for each fold, the voice embedding fitted without it.
    """
    folds = [case.fold for case in cases]
    first = across_folds(cases, folds, FIRST_PASS_TURNS)
    second_cases = [
        with_second_pass(case, *p, voice_models[fold]) for case, p, fold in zip(cases, first, folds, strict=True)
    ]
    from training.conversation_network import conversation_network_across_folds  # needs PyTorch

    trees, network = (
        across_folds(second_cases, folds, SECOND_PASS_TURNS),
        conversation_network_across_folds(second_cases, folds),
    )
    combined = [
        (independent, combine(case.scene.table, with_turns, by_network))
        for case, (independent, with_turns), by_network in zip(second_cases, trees, network, strict=True)
    ]
    return second_cases, first, combined


def with_second_pass(case: Case, independent: np.ndarray, with_turns: np.ndarray, model: PldaModel) -> Case:
    """The case with the features of the second pass added."""
    table = add_second_pass_features(case.scene.table, independent, with_turns, case.scene.utterances, model)
    return replace(case, scene=replace(case.scene, table=table))


def read_cases(stories: list[Story], build: Callable[[Story], Case] = build_case) -> list[Case]:
    """The cases of stories."""
    return read_in_two_processes(build, stories)


def read_parts(stories: list[Story], build: Callable[[Story], list[Case]]) -> list[Case]:
    """The cases of parts of stories, each read as a story of its own."""
    return [case for cases in read_in_two_processes(build, stories) for case in cases]


def _mean_accuracy(cases: list[Case], probabilities: list[np.ndarray]) -> float:
    """The share of all quotations that is right; people and characters are paired in each case separately."""
    return float(np.mean(np.concatenate([_best_answers(c, p)[1] for c, p in zip(cases, probabilities, strict=True)])))


def across_folds(cases: list[Case], folds: list[int], turns: TurnWeights) -> list[Ranked]:
    """Like `predict`, each case by a model trained on other authors' novels. Two models train at a time."""
    names = sorted(set(folds))
    parts = [
        (
            [c for c, f in zip(cases, folds, strict=True) if f != name],
            [c for c, f in zip(cases, folds, strict=True) if f == name],
        )
        for name in names
    ]
    with ProcessPoolExecutor(2) as pool:
        found = dict(zip(names, map(iter, pool.map(partial(_predict_others, turns), parts)), strict=True))
    return [next(found[fold]) for fold in folds]


def _predict_others(turns: TurnWeights, parts: tuple[list[Case], list[Case]]) -> list[Ranked]:
    train, others = parts
    model, transitions = fit_trees(train), count_turns(train)
    return [predict(model, transitions, case, turns) for case in others]


def count_turns(cases: list[Case]) -> Transitions:
    """The transition probabilities of turn-taking."""
    turns, replies = np.ones((5, 2, 2, 3)), np.ones((5, 2, 4))
    for case in cases:
        gaps = [gap_class(*pair) for pair in pairwise(case.scene.utterances)]
        addressed = _addressed_before(case)
        for i in range(2, len(case.speaker)):
            first, last, now = case.speaker[i - 2 : i + 1]
            if first is None or last is None or now is None:
                continue
            if addressed[i]:
                kind = 0 if now == last else 1 if now in addressed[i] else 2 if now == first else 3
                replies[gaps[i - 1], int(first in addressed[i]), kind] += 1
            else:
                kind = 0 if now == last else 1 if now == first else 2
                turns[gaps[i - 1], int(gaps[i - 2] > FAR_CLASS), int(first == last), kind] += 1
    replies[:, 1, 2] = 0  # the speaker before is the one addressed
    return Transitions(_shares(turns), _shares(replies))


def _shares(counts: np.ndarray) -> np.ndarray:
    return (counts / counts.sum(axis=-1, keepdims=True)).astype(np.float32)


def _addressed_before(case: Case) -> list[set[str]]:
    """For each utterance, the gold characters whom the last one addresses by name and who may speak now."""
    table = case.scene.table
    found: list[set[str]] = [set() for _ in case.speaker]
    if len(table):
        for row in np.flatnonzero(table.column(ADDRESSED) == ADDRESSED_BY_NAME).tolist():
            gold = case.gold_of[table.person[row]]
            if gold is not None:
                found[table.utterance[row]].add(gold)
    return found


def fit_trees(cases: list[Case]) -> lgb.Booster:
    """Fit boosted trees to the gold speakers: a softmax over an utterance's candidates and “nobody”."""
    cases = [case for case in cases if len(case.scene.table)]
    rows, right, groups = [], [], []
    for case in cases:
        table = case.scene.table
        known = np.array([case.speaker[u] is not None for u in table.utterance], dtype=bool)
        rows.append(table.rows[known])
        right.append(case.right[known])
        groups.append(groups_of(table.utterance[known])[1])
    size = np.concatenate(groups)
    target = np.concatenate(right).astype(np.float64)
    starts = np.concatenate([[0], np.cumsum(size)[:-1]])
    target /= np.maximum(1, np.repeat(np.add.reduceat(target, starts), size))
    data = lgb.Dataset(np.concatenate(rows), target, feature_name=list(cases[0].scene.table.features))
    return lgb.train({**PARAMETERS, "objective": softmax_objective(starts, size)}, data, N_TREES)


def softmax_objective(starts: np.ndarray, size: np.ndarray) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """The gradient and Hessian of a softmax's cross-entropy within groups, each with “nobody” at score 0."""

    def objective(score: np.ndarray, data: lgb.Dataset) -> tuple[np.ndarray, np.ndarray]:
        top = np.maximum(np.maximum.reduceat(score, starts), 0)
        exponential = np.exp(score - np.repeat(top, size))
        p = exponential / np.repeat(np.add.reduceat(exponential, starts) + np.exp(-top), size)
        return p - data.get_label(), np.maximum(p * (1 - p), 1e-6)

    return objective


def predict(model: lgb.Booster, transitions: Transitions, case: Case, turns: TurnWeights) -> Ranked:
    """Each candidate's probability by the utterance alone, and with turn-taking, weighted by `turns`: (candidates,)."""
    table = case.scene.table
    if not len(table):
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    independent = softmax_per_utterance(table, model.predict(table.rows, raw_score=True).astype(np.float32))
    return independent, take_turns(table, independent, case.scene.utterances, transitions, turns)


def report(title: str, cases: list[Case], probabilities: list[np.ndarray]) -> None:
    """Print each novel's end-to-end accuracy, and how often the right person is a candidate (`listed`)."""
    print(f"{title:32s} acc    listed explicit  anaphoric  implicit")
    rows = [_figures(case, probability) for case, probability in zip(cases, probabilities, strict=True)]
    for name, row in zip([*(case.novel for case in cases), "mean"], [*rows, np.mean(rows, axis=0)], strict=True):
        print(f"  {name:30s} " + "  ".join(f"{value:.3f}" for value in row), flush=True)


def fit_calibration(cases: list[Case], probabilities: list[np.ndarray]) -> Calibration:
    """How often the most likely candidate is right, as `calibrate` uses it.

    Isotonic regression (pool-adjacent-violators; Zadrozny & Elkan 2002) by kind of tag, then a logistic regression on
    its log-odds and those of the story's mean answer. Every story has the same weight, whether it is a novel or a
    short story.
    """
    kinds, tops, rights, weights = [], [], [], []
    for case, probability in zip(cases, probabilities, strict=True):
        if not len(case.scene.table):
            continue
        top, right = _best_answers(case, probability)
        table = case.scene.table
        first = np.minimum(np.searchsorted(table.utterance, np.array(case.covering)), len(table) - 1)
        kinds.append(table.column("tag_kind")[first].astype(int))
        tops.append(top)
        rights.append(right)
        weights.append(np.full(len(top), 1 / len(top)))
    kind, top, right, weight = (np.concatenate(column) for column in (kinds, tops, rights, weights))
    curves = [_isotonic_curve(top[kind == k], right[kind == k], weight[kind == k]) for k in TagKind]
    flat = Calibration(np.array(curves, dtype=np.float32), np.array([1, 0, 0], dtype=np.float32))
    own = [log_odds(calibrate_best(t, k, flat)) for t, k in zip(tops, kinds, strict=True)]
    columns = np.concatenate([np.stack([o, np.full(len(o), o.mean()), np.ones(len(o))], axis=1) for o in own])
    return replace(flat, story=_logistic_regression(columns, right, weight).astype(np.float32))


def _logistic_regression(columns: np.ndarray, right: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The weights of the columns, by Newton's method, with a small ridge: (columns,)."""
    found = np.array([1.0, *[0.0] * (columns.shape[1] - 1)])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-(columns @ found)))
        gradient = columns.T @ (weight * (p - right)) + RIDGE * (found - np.eye(len(found))[0])
        hessian = (columns * (weight * p * (1 - p))[:, None]).T @ columns + RIDGE * np.eye(len(found))
        found = found - np.linalg.solve(hessian, gradient)
    return found


def _isotonic_curve(top: np.ndarray, right: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The share that is right at each knot, from 0 to 1, never falling: (N_KNOTS + 1,)."""
    bins = np.clip((top * N_KNOTS).astype(int), 0, N_KNOTS - 1)
    mass = np.bincount(bins, weight, N_KNOTS)
    hits = np.bincount(bins, right * weight, N_KNOTS)
    # Where there are few quotations, the probability itself is the best estimate.
    expected = PRIOR_NOVELS * (np.arange(N_KNOTS) + 0.5) / N_KNOTS
    pools = [[hits[k] + expected[k], mass[k] + PRIOR_NOVELS, 1] for k in range(N_KNOTS)]
    merged: list[list[float]] = []
    for pool in pools:
        merged.append(pool)
        while len(merged) > 1 and merged[-2][0] / merged[-2][1] > merged[-1][0] / merged[-1][1]:
            last = merged.pop()
            merged[-1] = [one + two for one, two in zip(merged[-1], last, strict=True)]
    middle = np.concatenate([np.full(int(n), hit / total) for hit, total, n in merged])
    return np.interp(np.linspace(0, 1, N_KNOTS + 1), (np.arange(N_KNOTS) + 0.5) / N_KNOTS, middle)


def _best_answers(case: Case, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each gold quotation: the probability of its most likely candidate, and whether that one is right."""
    table = case.scene.table
    best: dict[int, tuple[float, int]] = {}
    for u, person, p in zip(table.utterance.tolist(), table.person.tolist(), probability.tolist(), strict=True):
        best[u] = max(best.get(u, (0.0, -1)), (p, person))
    answers = [best.get(u, (0.0, -1)) for u in case.covering]
    gold = [quotation.speaker for quotation in case.quotations]
    pair = pair_characters(gold, [person if person >= 0 else None for _, person in answers])
    right = [person >= 0 and pair.get(person) == name for (_, person), name in zip(answers, gold, strict=True)]
    return np.array([p for p, _ in answers]), np.array(right)


def _figures(case: Case, probability: np.ndarray) -> list[float]:
    _, right = _best_answers(case, probability)
    listed = np.zeros(len(case.scene.utterances), dtype=bool)
    listed[case.scene.table.utterance[case.right]] = True
    types = np.array([quotation.type for quotation in case.quotations])
    return [
        float(right.mean()),
        float(np.mean([u >= 0 and listed[u] for u in case.covering])),
        *(float(right[types == kind].mean()) for kind in ("Explicit", "Anaphoric", "Implicit")),
    ]


if __name__ == "__main__":
    main()
