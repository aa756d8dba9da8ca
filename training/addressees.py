"""Train the scorer of addressees on PDNC's train novels and write its trees as package data.

    python -m training.addressees [--corpora DIR] [--check] [--dev]

It learns beside speakers as they are found, not as the annotators know them: those of each novel come from
rankings that saw none of its author's novels (folds by author). Run it after `training.ranker`.
`--check` prints the F1 by folds and writes nothing; `--dev` prints it on the dev novels, too.
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
from training.folds import by_author
from training.manifest import WEIGHTS, write_manifest
from training.ranker import two_passes
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
ROUNDS = 50  # 120 at a lower rate gain nothing by folds; each tree costs time in every reading
THRESHOLDS = (0.25, 0.3, 0.35, 0.4, 0.45)

Answer = Sequence[Sequence[int]]  # for each utterance, the persons addressed


@dataclass
class Scored:
    """A novel with its candidates. `speaker`: (utterances,), as found, or -1. `right`: bool (candidates,)."""

    case: Case
    speaker: np.ndarray
    table: CandidateTable
    right: np.ndarray


def main() -> None:
    """Train, print what was seen by folds, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of PDNC")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    parser.add_argument("--dev", action="store_true", help="also print figures on the dev novels")
    arguments = parser.parse_args()
    folder = corpus_folder(arguments.corpora)
    novels = read_novels(folder, split(folder, "train"))
    cases = [case for case, _, _ in novels]
    folds = by_author([(case.author, len(case.quotations)) for case in cases])
    train = [
        score_novel(*novel, calibrate(novel[0].scene.table, p, load_calibration()))
        for novel, (_, p) in zip(
            novels, two_passes(cases, folds, voice_embedding_across_folds(cases, folds))[2], strict=True
        )
    ]
    guessed = [np.zeros(0)] * len(train)
    for fold in sorted(set(folds)):
        model = fit([scored for scored, f in zip(train, folds, strict=True) if f != fold])
        for k, scored in enumerate(train):
            if folds[k] == fold:
                guessed[k] = model.predict(scored.table.rows)
    report("train, by folds", train, guessed)
    model = fit(train)
    if arguments.dev:
        # The speakers of dev are those of the package's own trees, which saw no novel of dev.
        dev = [
            score_novel(case, draft, findings, rank_speakers(case.scene.table, case.scene.utterances))
            for case, draft, findings in read_novels(folder, split(folder, "dev"))
        ]
        report("dev", dev, [model.predict(scored.table.rows) for scored in dev])
    if not arguments.check:
        save_trees(model, WEIGHTS / "addressees.npz")
        write_manifest()


def read_novels(folder: Path, names: list[str]) -> list[tuple[Case, Draft, Findings]]:
    """The novels' scenes with their drafts and findings, read in two processes."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(read_novel, [load_novel(folder, name) for name in names]))


def read_novel(novel: Novel) -> tuple[Case, Draft, Findings]:
    """A novel's case, its draft and the findings of the rules."""
    draft = scan(load(novel.path))
    return build_case(novel), draft, run_rule_layers(draft, annotate_words(draft))


def score_novel(case: Case, draft: Draft, findings: Findings, probability: np.ndarray) -> Scored:
    """The features of a novel's candidates, given the probabilities of its speakers."""
    scene = case.scene
    chosen = choose_speakers(scene.table, probability, len(scene.utterances))
    speakers = [speaker for speaker, _, _ in chosen]
    candidates = AddresseeFeatures(draft, findings, scene.roster, scene.utterances, scene.table, probability, speakers)
    return Scored(case, candidates.speaker, candidates.table_of(0, len(scene.table)), addressed(case))


def addressed(case: Case) -> np.ndarray:
    """Whether each candidate is a gold addressee: bool (candidates,).

    Where several of our people are one of theirs, the chief one is right where it is a candidate.
    """
    chief = case.chief
    rows = list(zip(case.scene.table.utterance.tolist(), case.scene.table.person.tolist(), strict=True))
    meant = [gold if (gold := case.gold_of[p]) in case.addressees[u] else None for u, p in rows]
    by_chief = {(u, gold) for (u, p), gold in zip(rows, meant, strict=True) if gold and chief[gold] == p}
    return np.array(
        [
            gold is not None and (chief[gold] == p or (u, gold) not in by_chief)
            for (u, p), gold in zip(rows, meant, strict=True)
        ],
        dtype=bool,
    )


def fit(novels: list[Scored]) -> lgb.Booster:
    """Boost trees over the candidates, the speaker aside, of every utterance whose addressees are known."""
    rows, labels = [], []
    for scored in novels:
        known = np.array([bool(names) for names in scored.case.addressees])
        table = scored.case.scene.table
        taught = known[table.utterance] & (table.person != scored.speaker[table.utterance])
        rows.append(scored.table.rows[taught])
        labels.append(scored.right[taught])
    data = lgb.Dataset(
        np.concatenate(rows), np.concatenate(labels).astype(float), feature_name=list(novels[0].table.features)
    )
    return lgb.train(PARAMETERS, data, ROUNDS)


def report(title: str, novels: list[Scored], guessed: list[np.ndarray]) -> None:
    """Print the mean F1 of each threshold, of alternation, and of every novel at the threshold in force."""
    print(title)

    def mean(answer: Callable[[Scored, np.ndarray], Answer]) -> float:
        return float(np.mean([score(s, answer(s, p)) for s, p in zip(novels, guessed, strict=True)]))

    print(f"  who spoke last {mean(lambda scored, _: alternate(scored)):.3f}")
    for threshold in THRESHOLDS:
        print(f"  at {threshold:.2f} {mean(lambda scored, p, at=threshold: choose(scored, p, at)):.4f}")
    for scored, p in zip(novels, guessed, strict=True):
        print(f"  {scored.case.novel:30s} {score(scored, choose(scored, p, MIN_PROBABILITY)):.3f}")


def choose(scored: Scored, probability: np.ndarray, enough: float) -> Answer:
    """The addressees at another threshold than the package's."""
    return choose_addressees(scored.case.scene.table, probability, scored.speaker, enough)


def alternate(scored: Scored) -> Answer:
    """The baseline: whoever spoke just before."""
    spoken = scored.speaker.tolist()
    return [[last] if last >= 0 and last != own else [] for last, own in zip([-1, *spoken[:-1]], spoken, strict=True)]


def score(scored: Scored, answer: Answer) -> float:
    """Micro F1 over pairs of quotation and addressee, persons paired with gold characters by whom they speak for."""
    case = scored.case
    said = [int(scored.speaker[u]) if u >= 0 and scored.speaker[u] >= 0 else None for u in case.covering]
    pair = pair_characters([quotation.speaker for quotation in case.quotations], said)
    hits = ours = theirs = 0
    for quotation, u in zip(case.quotations, case.covering, strict=True):
        if quotation.addressees:
            want, have = set(quotation.addressees), {pair.get(p, str(p)) for p in (answer[u] if u >= 0 else [])}
            hits, ours, theirs = hits + len(want & have), ours + len(have), theirs + len(want)
    return 2 * hits / max(1, ours + theirs)


if __name__ == "__main__":
    main()
