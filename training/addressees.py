"""Train the scorer of addressees on PDNC's train novels and write its trees as package data.

    python -m training.addressees [--corpora DIR] [--check] [--dev]

The features use the speakers as dramaturg finds them, not the annotated ones. The speakers of each novel come from
models trained on other authors' novels (folds by author). Run it after `training.ranker`.
`--check` prints the F1 by folds and writes nothing; `--dev` also prints it on the dev novels.
"""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np

from corpora.pairing import pair_characters
from corpora.pdnc import Novel, corpus_folder, load_novel, split
from dramaturg.cast.speakers.addressees import MIN_PROBABILITY, AddresseeFeatures, choose_addressees
from dramaturg.cast.speakers.calibration import calibrate, load_calibration
from dramaturg.cast.speakers.ranking import choose_speakers, rank_speakers
from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.draft import Draft
from dramaturg.findings import Findings
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan
from dramaturg.sources import load
from training.cases import Case, build_case
from training.folds import assign_folds
from training.manifest import WEIGHTS, write_manifest
from training.neural_findings import neural_findings_of
from training.ranker import run_two_passes
from training.trees import save_trees
from training.voice_embedding import voice_embedding_across_folds

PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.15,
    "num_leaves": 16,
    "max_depth": 6,
    "min_data_in_leaf": 80,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbosity": -1,
    "seed": 7,
    "deterministic": True,
    "num_threads": 1,
}
N_TREES = 50  # 120 at a lower rate are no better by folds, and each tree costs time in every reading
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.45)

Answer = Sequence[Sequence[int]]  # for each utterance, the people addressed


@dataclass
class ScoredNovel:
    """A novel with its candidates. `speaker`: (utterances,), as found, -1 if unknown. `right`: bool (candidates,)."""

    case: Case
    speaker: np.ndarray
    table: CandidateTable
    right: np.ndarray


def main() -> None:
    """Train, print the figures by folds, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of PDNC")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    parser.add_argument("--dev", action="store_true", help="also print figures on the dev novels")
    arguments = parser.parse_args()
    folder = corpus_folder(arguments.corpora)
    novels = read_novels(folder, split(folder, "train"))
    cases = [case for case, _, _ in novels]
    folds = assign_folds([(case.author, len(case.quotations)) for case in cases])
    train = [
        score_novel(*novel, calibrate(novel[0].scene.table, p, load_calibration()))
        for novel, (_, p) in zip(
            novels, run_two_passes(cases, folds, voice_embedding_across_folds(cases, folds))[2], strict=True
        )
    ]
    predicted = [np.zeros(0)] * len(train)
    for fold in sorted(set(folds)):
        model = fit_trees([scored for scored, f in zip(train, folds, strict=True) if f != fold])
        for k, scored in enumerate(train):
            if folds[k] == fold:
                predicted[k] = model.predict(scored.table.rows)
    report("train, by folds", train, predicted)
    model = fit_trees(train)
    if arguments.dev:
        # The package's own weights find the speakers here: they were trained on no dev novel.
        dev = [
            score_novel(case, draft, findings, rank_speakers(case.scene.table, case.scene.utterances))
            for case, draft, findings in read_novels(folder, split(folder, "dev"))
        ]
        report("dev", dev, [model.predict(scored.table.rows) for scored in dev])
    if not arguments.check:
        save_trees(model, WEIGHTS / "addressees.npz")
        write_manifest()


def read_novels(folder: Path, names: list[str]) -> list[tuple[Case, Draft, Findings]]:
    """The cases, drafts and findings of novels, read in two processes."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(read_novel, [load_novel(folder, name) for name in names]))


def read_novel(novel: Novel) -> tuple[Case, Draft, Findings]:
    """A novel's case, its draft and the findings of the rule layers."""
    draft = scan(load(novel.path))
    return build_case(novel), draft, run_rule_layers(draft, annotate_words(draft), neural_findings_of(draft).syntax)


def score_novel(case: Case, draft: Draft, findings: Findings, probability: np.ndarray) -> ScoredNovel:
    """The features of a novel's candidates. `probability`: each candidate's probability as a speaker, (candidates,)."""
    scene = case.scene
    chosen = choose_speakers(scene.table, probability, len(scene.utterances))
    speakers = [speaker for speaker, _, _ in chosen]
    candidates = AddresseeFeatures(draft, findings, scene.roster, scene.utterances, scene.table, probability, speakers)
    return ScoredNovel(case, candidates.speaker, candidates.table_of(0, len(scene.table)), is_addressee(case))


def is_addressee(case: Case) -> np.ndarray:
    """Whether each candidate is a gold addressee: bool (candidates,).

    If several of our people are the same gold character, only `main_person` is right, if it is a candidate.
    """
    main_person = case.main_person
    rows = list(zip(case.scene.table.utterance.tolist(), case.scene.table.person.tolist(), strict=True))
    gold_of_row = [gold if (gold := case.gold_of[p]) in case.addressees[u] else None for u, p in rows]
    with_main = {(u, gold) for (u, p), gold in zip(rows, gold_of_row, strict=True) if gold and main_person[gold] == p}
    return np.array(
        [
            gold is not None and (main_person[gold] == p or (u, gold) not in with_main)
            for (u, p), gold in zip(rows, gold_of_row, strict=True)
        ],
        dtype=bool,
    )


def fit_trees(novels: list[ScoredNovel]) -> lgb.Booster:
    """Fit boosted trees to the candidates, without the speaker, of every utterance whose addressees are known."""
    rows, labels = [], []
    for scored in novels:
        known = np.array([bool(names) for names in scored.case.addressees])
        table = scored.case.scene.table
        used = known[table.utterance] & (table.person != scored.speaker[table.utterance])
        rows.append(scored.table.rows[used])
        labels.append(scored.right[used])
    data = lgb.Dataset(
        np.concatenate(rows), np.concatenate(labels).astype(float), feature_name=list(novels[0].table.features)
    )
    return lgb.train(PARAMETERS, data, N_TREES)


def report(title: str, novels: list[ScoredNovel], predicted: list[np.ndarray]) -> None:
    """Print the mean F1 of the baseline and of each threshold, and each novel's F1 at the package's threshold."""
    print(title)

    def mean(answer: Callable[[ScoredNovel, np.ndarray], Answer]) -> float:
        return float(np.mean([score(s, answer(s, p)) for s, p in zip(novels, predicted, strict=True)]))

    print(f"  last other speaker {mean(lambda scored, _: last_other_speaker(scored)):.3f}")
    for threshold in THRESHOLDS:
        print(f"  at {threshold:.2f} {mean(lambda scored, p, at=threshold: choose(scored, p, at)):.4f}")
    for scored, p in zip(novels, predicted, strict=True):
        print(f"  {scored.case.novel:30s} {score(scored, choose(scored, p, MIN_PROBABILITY)):.3f}")


def choose(scored: ScoredNovel, probability: np.ndarray, min_probability: float) -> Answer:
    """The addressees at the threshold `min_probability`."""
    return choose_addressees(scored.case.scene.table, probability, scored.speaker, min_probability)


def last_other_speaker(scored: ScoredNovel) -> Answer:
    """The baseline: the previous speaker, if that is another person."""
    speakers = scored.speaker.tolist()
    return [
        [last] if last >= 0 and last != speaker else []
        for last, speaker in zip([-1, *speakers[:-1]], speakers, strict=True)
    ]


def score(scored: ScoredNovel, answer: Answer) -> float:
    """Micro F1 over pairs of quotation and addressee.

    People are paired with gold characters by the quotations that both speak.
    """
    case = scored.case
    speakers = [int(scored.speaker[u]) if u >= 0 and scored.speaker[u] >= 0 else None for u in case.covering]
    pair = pair_characters([quotation.speaker for quotation in case.quotations], speakers)
    n_hits = n_found = n_gold = 0
    for quotation, u in zip(case.quotations, case.covering, strict=True):
        if quotation.addressees:
            gold, found = set(quotation.addressees), {pair.get(p, str(p)) for p in (answer[u] if u >= 0 else [])}
            n_hits, n_found, n_gold = n_hits + len(gold & found), n_found + len(found), n_gold + len(gold)
    return 2 * n_hits / max(1, n_found + n_gold)


if __name__ == "__main__":
    main()
