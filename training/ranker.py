"""Train the ranker of speakers on PDNC's train novels, how turns are taken and voices differ; write all of it.

    python -m training.ranker [--corpora DIR] [--check] [--dev]

Prints end-to-end accuracy by folds (of novels by authors that a fold's model saw nothing of). `--check`
writes nothing; `--dev` also prints the dev novels'.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice, pairwise
from typing import TypeVar

import lightgbm as lgb
import numpy as np

from corpora.pairing import pair_characters
from corpora.pdnc import Novel, corpus_folder, load_novel, split
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
from dramaturg.cast.speakers.turns import gap_class
from dramaturg.cast.speakers.voice_embedding import PldaModel
from training.cases import Case, build_case, build_chapters, build_given, build_stretches
from training.folds import by_author
from training.manifest import WEIGHTS, write_manifest
from training.trees import save_arrays, save_trees
from training.voice_embedding import fit_voice_embedding, voice_embedding_across_folds

PARAMETERS = {
    "learning_rate": 0.04,
    "num_leaves": 32,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbosity": -1,
    "seed": 7,
    "deterministic": True,
    "num_threads": 1,
}
N_TREES = 320
N_KNOTS = 12  # of a calibration curve, between 0 and 1
PRIOR_NOVELS = 0.01  # the weight of the uncalibrated probability at a knot: about ten quotations
STRETCHES = "stretches by themselves"

Value = TypeVar("Value")
Ranked = tuple[np.ndarray, np.ndarray]  # the candidates' probabilities: independent, and with turns


def main() -> None:
    """Train, print what was seen by folds, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of PDNC")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    parser.add_argument("--dev", action="store_true", help="also print figures on the dev novels")
    arguments = parser.parse_args()
    folder = corpus_folder(arguments.corpora)
    novels = [load_novel(folder, name) for name in split(folder, "train")]
    cases = read_cases(novels)
    kinds = {
        "novels": cases,
        "chapters by themselves": read_parts(novels, build_chapters),
        STRETCHES: read_parts(novels, build_stretches),
        "cast and quotations given": read_cases(novels, build_given),
    }
    taught = [case for kind in kinds.values() for case in kind]
    folds = by_author([(case.author, len(case.quotations)) for case in cases])
    fold_of = dict(zip((case.author for case in cases), folds, strict=True))
    everywhere = [fold_of[case.author] for case in taught]
    again, first, second = two_passes(taught, everywhere, voice_embedding_across_folds(cases, folds))
    for title, ranked in (("first pass", first), ("second pass", second)):
        for name, answers in _by_kind(kinds, ranked).items():
            _report(f"by folds, {title}, {name}", kinds[name], [with_turns for _, with_turns in answers])
    if arguments.check and not arguments.dev:
        return
    model, transitions, later, axes = fit(taught), count_turns(cases), fit(again), fit_voice_embedding(cases)
    network = _teach(again)
    if arguments.dev:
        for title, build in (("dev", build_case), ("dev, cast and quotations given", build_given)):
            dev = read_cases([load_novel(folder, name) for name in split(folder, "dev")], build)
            known = [predict(model, transitions, case, FIRST_PASS_TURNS) for case in dev]
            report(f"{title}, first pass", dev, [with_turns for _, with_turns in known])
            dev = [with_second_pass(case, *p, axes) for case, p in zip(dev, known, strict=True)]
            trees = [predict(later, transitions, case, SECOND_PASS_TURNS)[1] for case in dev]
            conversations = [score_network(case.scene.table, network) for case in dev]
            found = [combine(case.scene.table, *both) for case, *both in zip(dev, trees, conversations, strict=True)]
            report(f"{title}, second pass, trees only", dev, trees)
            report(f"{title}, second pass", dev, found)
    if not arguments.check:
        save_trees(model, WEIGHTS / "speakers.npz")
        save_trees(later, WEIGHTS / "speakers_second_pass.npz")
        save_arrays(
            WEIGHTS / "conversation_network.npz",
            features=np.array(again[0].scene.table.features),
            knots=network.knots,
            **{k: v.astype(np.float16) for k, v in network.arrays.items()},
        )
        save_arrays(WEIGHTS / "turn_transitions.npz", transitions=transitions)
        save_arrays(
            WEIGHTS / "voice_embedding.npz", projection=axes.projection.astype(np.float16), between=axes.between
        )
        save_arrays(WEIGHTS / "calibration.npz", knots=_knots(kinds, second))
        write_manifest()


def _teach(cases: list[Case]) -> Network:
    from training.conversation_network import fit_conversation_network  # PyTorch: what only those have who train

    return fit_conversation_network(cases)


def _by_kind(kinds: Mapping[str, list[Case]], values: Iterable[Value]) -> dict[str, list[Value]]:
    """What stands in the order of all cases, by kind."""
    rest = iter(values)
    return {name: list(islice(rest, len(cases))) for name, cases in kinds.items()}


def _report(title: str, cases: list[Case], probabilities: list[np.ndarray]) -> None:
    if len(cases) == len({case.novel for case in cases}):
        report(title, cases, probabilities)
    else:
        print(f"{title}, {len(cases)}: {_mean(cases, probabilities):.3f}", flush=True)


def _knots(kinds: Mapping[str, list[Case]], ranked: list[Ranked]) -> np.ndarray:
    """The curve of certainty over stories of all lengths, but a few lines, which tell too little of who is there."""
    found = _by_kind(kinds, ranked)
    longer = [name for name in kinds if name != STRETCHES]
    cases = [case for name in longer for case in kinds[name]]
    return calibration_knots(cases, [with_turns for name in longer for _, with_turns in found[name]])


def two_passes(
    cases: list[Case], folds: list[int], axes: Mapping[int, PldaModel]
) -> tuple[list[Case], list[Ranked], list[Ranked]]:
    """The cases with the features of the second pass, and the probabilities of both passes, all by folds."""
    first = across_folds(cases, folds, FIRST_PASS_TURNS)
    again = [with_second_pass(case, *p, axes[fold]) for case, p, fold in zip(cases, first, folds, strict=True)]
    from training.conversation_network import (
        conversation_network_across_folds,  # PyTorch: what only those have who train
    )

    trees, network = across_folds(again, folds, SECOND_PASS_TURNS), conversation_network_across_folds(again, folds)
    combined = [
        (independent, combine(case.scene.table, with_turns, by_network))
        for case, (independent, with_turns), by_network in zip(again, trees, network, strict=True)
    ]
    return again, first, combined


def with_second_pass(case: Case, independent: np.ndarray, with_turns: np.ndarray, model: PldaModel) -> Case:
    """A case with the features of the second pass."""
    table = add_second_pass_features(case.scene.table, independent, with_turns, case.scene.utterances, model)
    return replace(case, scene=replace(case.scene, table=table))


def read_cases(novels: list[Novel], build: Callable[[Novel], Case] = build_case) -> list[Case]:
    """The novels' scenes, read on two processes."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(build, novels))


def read_parts(novels: list[Novel], build: Callable[[Novel], list[Case]]) -> list[Case]:
    """The scenes of parts of the novels, each as a story of its own."""
    with ProcessPoolExecutor(2) as pool:
        return [case for cases in pool.map(build, novels) for case in cases]


def _mean(cases: list[Case], probabilities: list[np.ndarray]) -> float:
    """The share of all quotations that is right, each case paired by itself."""
    return float(np.mean(np.concatenate([_answers(c, p)[1] for c, p in zip(cases, probabilities, strict=True)])))


def across_folds(cases: list[Case], folds: list[int], turns: TurnWeights) -> list[Ranked]:
    """As `predict`, each case by a model that saw none of its author's novels; two models are fitted at a time."""
    names = sorted(set(folds))
    parts = [
        (
            [c for c, f in zip(cases, folds, strict=True) if f != name],
            [c for c, f in zip(cases, folds, strict=True) if f == name],
        )
        for name in names
    ]
    with ProcessPoolExecutor(2) as pool:
        found = dict(zip(names, map(iter, pool.map(partial(_rank_others, turns), parts)), strict=True))
    return [next(found[fold]) for fold in folds]


def _rank_others(turns: TurnWeights, parts: tuple[list[Case], list[Case]]) -> list[Ranked]:
    seen, others = parts
    model, transitions = fit(seen), count_turns(seen)
    return [predict(model, transitions, case, turns) for case in others]


def count_turns(cases: list[Case]) -> np.ndarray:
    """How often the next speaker is the last one, the one before, or another: as `chain_marginals` takes it."""
    counts = np.ones((5, 2, 2, 3))
    for case in cases:
        gaps = [gap_class(*pair) for pair in pairwise(case.scene.utterances)]
        for i in range(2, len(case.speaker)):
            first, last, now = case.speaker[i - 2 : i + 1]
            if None not in (first, last, now):
                kind = 0 if now == last else 1 if now == first else 2
                counts[gaps[i - 1], int(gaps[i - 2] > 2), int(first == last), kind] += 1
    return (counts / counts.sum(axis=-1, keepdims=True)).astype(np.float32)


def fit(cases: list[Case]) -> lgb.Booster:
    """Boost trees so that a softmax over an utterance's candidates, and nobody, gives the gold speaker's share."""
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
    """Cross-entropy of a softmax within groups, nobody standing in each with the score 0."""

    def objective(score: np.ndarray, data: lgb.Dataset) -> tuple[np.ndarray, np.ndarray]:
        top = np.maximum(np.maximum.reduceat(score, starts), 0)
        power = np.exp(score - np.repeat(top, size))
        p = power / np.repeat(np.add.reduceat(power, starts) + np.exp(-top), size)
        return p - data.get_label(), np.maximum(p * (1 - p), 1e-6)

    return objective


def predict(model: lgb.Booster, transitions: np.ndarray, case: Case, turns: TurnWeights) -> Ranked:
    """Each candidate's probability by the utterance itself, and with turn-taking, weighted by `turns`."""
    table = case.scene.table
    if not len(table):
        return np.zeros(0, np.float32), np.zeros(0, np.float32)
    independent = softmax_per_utterance(table, model.predict(table.rows, raw_score=True).astype(np.float32))
    return independent, take_turns(table, independent, case.scene.utterances, transitions, turns)


def report(title: str, cases: list[Case], probabilities: list[np.ndarray]) -> None:
    """Print each novel's end-to-end accuracy, and how often the right person was a candidate."""
    print(f"{title:32s} acc    listed explicit  anaphoric  implicit")
    rows = [_figures(case, probability) for case, probability in zip(cases, probabilities, strict=True)]
    for name, row in zip([*(case.novel for case in cases), "mean"], [*rows, np.mean(rows, axis=0)], strict=True):
        print(f"  {name:30s} " + "  ".join(f"{value:.3f}" for value in row), flush=True)


def calibration_knots(cases: list[Case], probabilities: list[np.ndarray]) -> np.ndarray:
    """How often the likeliest candidate is right, by kind of tag and probability: as `calibrate` takes it.

    A curve that never falls (pool-adjacent-violators; Zadrozny & Elkan 2002) over folds, each story weighing the same,
    be it a novel or a chapter of one.
    """
    kinds, tops, rights, weights = [], [], [], []
    for case, probability in zip(cases, probabilities, strict=True):
        top, right = _answers(case, probability)
        table = case.scene.table
        first = np.minimum(np.searchsorted(table.utterance, np.array(case.covering)), len(table) - 1)
        kinds.append(table.column("tag_kind")[first].astype(int))
        tops.append(top)
        rights.append(right)
        weights.append(np.full(len(top), 1 / len(top)))
    kind, top, right, weight = (np.concatenate(column) for column in (kinds, tops, rights, weights))
    curves = [_rising(top[kind == k], right[kind == k], weight[kind == k]) for k in TagKind]
    return np.array(curves, dtype=np.float32)


def _rising(top: np.ndarray, right: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """The share that is right at each knot, from 0 to 1, made never to fall."""
    bins = np.clip((top * N_KNOTS).astype(int), 0, N_KNOTS - 1)
    mass = np.bincount(bins, weight, N_KNOTS)
    hits = np.bincount(bins, right * weight, N_KNOTS)
    # Where little was seen, the probability itself is the best guess.
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


def _answers(case: Case, probability: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each gold quotation: how likely its likeliest candidate was, and whether that was right end to end."""
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
    _, right = _answers(case, probability)
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
