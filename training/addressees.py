"""Train the scorer of addressees on the train stories, and write its trees as package data.

    python -m training.addressees [--corpora DIR] [--check] [--dev]

The features use the speakers as dramaturg finds them, not the annotated ones. The speakers of each story come from
models trained on other authors' stories: run it after `training.ranker`, which keeps them.
`--check` prints the F1 by folds and writes nothing; `--dev` also prints it on the dev stories.
"""

import argparse
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from corpora.pairing import pair_characters
from dramaturg.cast.speakers.addressees import MIN_PROBABILITY, AddresseeFeatures, choose_addressees
from dramaturg.cast.speakers.calibration import calibrate, load_calibration
from dramaturg.cast.speakers.ranking import choose_speakers, rank_speakers
from dramaturg.cast.speakers.table import CandidateTable
from dramaturg.draft import Draft
from dramaturg.findings import Findings, NeuralFindings
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from training.cases import Case, build_case, read_draft
from training.manifest import WEIGHTS, write_manifest
from training.ranker import ANSWERS
from training.stories import CORPORA, Story, corpora_folder, dev_stories, train_stories
from training.trees import save_trees

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

Answered = tuple[Case, np.ndarray]  # a case with each candidate's probability as a speaker
Answer = Sequence[Sequence[int]]  # for each utterance, the people addressed


@dataclass
class ScoredStory:
    """A story with its candidates. `speaker`: (utterances,), as found, -1 if unknown. `right`: bool (candidates,)."""

    case: Case
    speaker: np.ndarray
    table: CandidateTable
    right: np.ndarray


def main() -> None:
    """Train, print the figures by folds, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", help="the folder of all corpora")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    parser.add_argument("--dev", action="store_true", help="also print figures on the dev stories")
    arguments = parser.parse_args()
    folder = corpora_folder(arguments.corpora)
    if not ANSWERS.exists():
        raise SystemExit(f"{ANSWERS} is missing. Run python -m training.ranker first.")
    kept: list[Answered] = pickle.loads(ANSWERS.read_bytes())
    answers = {case.novel: (case, probability) for case, probability in kept if len(case.scene.table)}
    stories = [story for story in train_stories(folder) if story.novel.name in answers]
    train = [_read_story(story, *answers[story.novel.name]) for story in stories]
    models = {
        fold: fit_trees([scored for scored in train if scored.case.fold != fold])
        for fold in sorted({scored.case.fold for scored in train})
    }
    for corpus in CORPORA:
        own = [scored for scored in train if scored.case.corpus == corpus]
        report(f"{corpus}, by folds", own, [models[scored.case.fold].predict(scored.table.rows) for scored in own])
    model = fit_trees(train)
    if arguments.dev:
        # The package's own weights find the speakers here: they were trained on no dev story.
        for corpus in CORPORA:
            dev = [_read_dev_story(story) for story in dev_stories(folder) if story.corpus == corpus]
            report(f"{corpus}, dev", dev, [model.predict(scored.table.rows) for scored in dev])
    if not arguments.check:
        save_trees(model, WEIGHTS / "addressees.npz")
        write_manifest()


def _read_story(story: Story, case: Case, probability: np.ndarray) -> ScoredStory:
    draft, neural = read_draft(story)
    return _score(case, draft, neural, calibrate(case.scene.table, probability, load_calibration()))


def _read_dev_story(story: Story) -> ScoredStory:
    case = build_case(story)
    draft, neural = read_draft(story)
    return _score(case, draft, neural, rank_speakers(case.scene.table, case.scene.utterances))


def _score(case: Case, draft: Draft, neural: NeuralFindings, probability: np.ndarray) -> ScoredStory:
    return score_story(case, draft, run_rule_layers(draft, annotate_words(draft), neural.syntax), probability)


def score_story(case: Case, draft: Draft, findings: Findings, probability: np.ndarray) -> ScoredStory:
    """The features of a novel's candidates. `probability`: each candidate's probability as a speaker, (candidates,)."""
    scene = case.scene
    chosen = choose_speakers(scene.table, probability, len(scene.utterances))
    speakers = [speaker for speaker, _, _ in chosen]
    candidates = AddresseeFeatures(draft, findings, scene.roster, scene.utterances, scene.table, probability, speakers)
    return ScoredStory(case, candidates.speaker, candidates.table_of(0, len(scene.table)), is_addressee(case))


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


def fit_trees(novels: list[ScoredStory]) -> lgb.Booster:
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


def report(title: str, novels: list[ScoredStory], predicted: list[np.ndarray]) -> None:
    """Print the mean F1 of the baseline and of each threshold, and each novel's F1 at the package's threshold."""
    print(title)

    def mean(answer: Callable[[ScoredStory, np.ndarray], Answer]) -> float:
        return float(np.mean([score(s, answer(s, p)) for s, p in zip(novels, predicted, strict=True)]))

    print(f"  last other speaker {mean(lambda scored, _: last_other_speaker(scored)):.3f}")
    for threshold in THRESHOLDS:
        print(f"  at {threshold:.2f} {mean(lambda scored, p, at=threshold: choose(scored, p, at)):.4f}")
    for scored, p in zip(novels, predicted, strict=True):
        print(f"  {scored.case.novel:50s} {score(scored, choose(scored, p, MIN_PROBABILITY)):.3f}")


def choose(scored: ScoredStory, probability: np.ndarray, min_probability: float) -> Answer:
    """The addressees at the threshold `min_probability`."""
    return choose_addressees(scored.case.scene.table, probability, scored.speaker, min_probability)


def last_other_speaker(scored: ScoredStory) -> Answer:
    """The baseline: the previous speaker, if that is another person."""
    speakers = scored.speaker.tolist()
    return [
        [last] if last >= 0 and last != speaker else []
        for last, speaker in zip([-1, *speakers[:-1]], speakers, strict=True)
    ]


def score(scored: ScoredStory, answer: Answer) -> float:
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
