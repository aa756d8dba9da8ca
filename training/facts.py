"""Train the trees that decide which hypotheses are facts, on annotated stories.

python -m training.facts --corpora DIR [--check]

DIR is a corpus in PDNC's layout with facts/NAME.facts.jsonl, facts/train.txt and facts/dev.txt. A hypothesis is right
if an annotated fact has its kind and person (and the other person, for kin and bond), and its value or its place.
"""

import argparse
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np

from corpora.pairing import match_quotations, pair_characters, speaker_of
from corpora.pdnc import Novel, load_novel
from dramaturg.cast import make_cast
from dramaturg.cast.assembly import assemble
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.facts.candidates import find_candidates
from dramaturg.facts.decide import make_fact, probability, shown_facts
from dramaturg.facts.features import describe
from dramaturg.facts.hypotheses import Hypothesis, make_hypotheses, stems
from dramaturg.facts.parsed import ParsedStory, parse_story
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.reading import FACT_KINDS, Fact, MadeBy, Reading
from dramaturg.scan import scan
from dramaturg.sources import load
from training.manifest import WEIGHTS, write_manifest
from training.neural_findings import neural_findings_of
from training.trees import save_trees

PARAMETERS = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 6,
    "min_data_in_leaf": 10,
    "lambda_l2": 10.0,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "verbosity": -1,
    "seed": 7,
    "deterministic": True,
    "num_threads": 1,
}
N_TREES = 60  # by folds, the best average precision of 60 and 120, with 3 to 8 leaves
N_FOLDS = 6
N_BINS = 10  # of the calibration error


@dataclass(frozen=True, slots=True)
class AnnotatedFact:
    """A fact that a reader wrote down. `start`, `end`: where its evidence is, both 0 if it is not in the text."""

    kind: str
    person: str
    of: str | None
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Examples:
    """The hypotheses of a story. `names`, `rows`: as `describe` gives them. `right`: 1 if an annotated fact fits.

    `gold`: the annotated facts. `pairs`: the annotated character of each of ours.
    """

    story: ParsedStory
    hypotheses: list[Hypothesis]
    names: tuple[str, ...]
    rows: np.ndarray
    right: np.ndarray
    gold: list[AnnotatedFact]
    pairs: dict[str | None, str]


def main() -> None:
    """Train, print figures by folds and on the dev stories, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True, help="the folder of the corpus")
    parser.add_argument("--check", action="store_true", help="print figures by folds, write nothing")
    arguments = parser.parse_args()
    train, dev = (read_split(arguments.corpora, split) for split in ("train", "dev"))
    print(f"{sum(len(e.right) for e in train)} hypotheses, {int(sum(e.right.sum() for e in train))} of them facts")
    report("by folds", train, predict_by_folds(train))
    model = fit_trees(train)
    report("dev", dev, [predict(model, example) for example in dev])
    if not arguments.check:
        save_trees(model, WEIGHTS / "facts.npz")
        write_manifest()


def read_split(folder: Path, split: str) -> list[Examples]:
    """The hypotheses of each story of a split."""
    names = (folder / "facts" / f"{split}.txt").read_text(encoding="utf-8").split()
    return [read_examples(folder, name) for name in names]


def read_examples(folder: Path, name: str) -> Examples:
    """The hypotheses of a story, with the annotated facts that they fit."""
    novel = load_novel(folder, name)
    story = parse_novel(novel)
    gold = load_facts(folder / "facts" / f"{name}.facts.jsonl", novel.text)
    pairs = pair_people(novel, story.reading)
    hypotheses = make_hypotheses(story, find_candidates(story))
    names, rows = describe(story, hypotheses)
    right = [any(fits(make_fact(story, h, 0), fact, pairs) for fact in gold) for h in hypotheses]
    return Examples(story, hypotheses, names, rows, np.array(right, dtype=float), gold, pairs)


def parse_novel(novel: Novel) -> ParsedStory:
    """Read a story as `dramaturg.read` does, with cached neural findings."""
    draft = scan(load(novel.path))
    words = annotate_words(draft)
    neural = neural_findings_of(draft)
    findings = run_rule_layers(draft, words, neural.syntax)
    aligned = align_mentions(draft, findings.mentions, neural)
    cast = make_cast(draft, words, findings, aligned)
    return parse_story(draft, neural.syntax, assemble(draft, findings, aligned, cast, MadeBy("", None)))


def pair_people(novel: Novel, reading: Reading) -> dict[str | None, str]:
    """The annotated character of each of ours: by the quotations they are given, then by their names."""
    answers = match_quotations(novel.quotations, reading.quotations)
    speakers = [(gold.speaker, speaker_of(answer)) for gold, answer in zip(novel.quotations, answers, strict=True)]
    spoken = pair_characters([gold for gold, _ in speakers], [ours for _, ours in speakers])
    pairs: dict[str | None, str] = {ours: gold for ours, gold in spoken.items() if (gold, ours) in set(speakers)}
    for gold in novel.characters:
        for ours in reading.characters:
            same = {name.lower() for name in (ours.name, *ours.aliases)} & {alias.lower() for alias in gold.aliases}
            if same and ours.id not in pairs and gold.name not in pairs.values():
                pairs[ours.id] = gold.name
    return pairs


def load_facts(path: Path, text: str) -> list[AnnotatedFact]:
    """The annotated facts of a story, with the places of their evidence."""
    flat = re.sub(r"\s", " ", text)
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            start = flat.find(re.sub(r"\s+", " ", row["evidence"]))
            end = start + len(row["evidence"])
            start, end = (start, end) if start >= 0 else (0, 0)
            found.append(AnnotatedFact(row["kind"], row["person"], row["of"], row["value"], start, end))
    return found


def fits(fact: Fact, gold: AnnotatedFact, pairs: dict[str | None, str]) -> bool:
    """Whether a fact says what an annotated fact says. Kin may be told from either side."""
    if fact.kind != gold.kind or fact.person not in pairs:
        return False
    person, of = pairs[fact.person], pairs.get(fact.of)
    is_near = min(fact.end, gold.end) > max(fact.start, gold.start)
    is_mutual = fact.kind in ("kin", "bond")
    if is_mutual and (person, of) == (gold.of, gold.person):
        return fact.kind == "kin" or is_near
    if person != gold.person or (is_mutual and of != gold.of):
        return False
    return is_near or bool(stems(fact.value) & stems(gold.value))


def predict_by_folds(examples: list[Examples]) -> list[np.ndarray]:
    """For each story the probabilities that trees of the other folds give its hypotheses."""
    models = [
        fit_trees([example for k, example in enumerate(examples) if k % N_FOLDS != fold]) for fold in range(N_FOLDS)
    ]
    return [predict(models[k % N_FOLDS], example) for k, example in enumerate(examples)]


def predict(model: lgb.Booster, example: Examples) -> np.ndarray:
    """The probability of each hypothesis, as `dramaturg.facts.decide` computes it."""
    return probability(np.asarray(model.predict(example.rows, raw_score=True)))


def fit_trees(examples: list[Examples]) -> lgb.Booster:
    """Fit boosted trees to the hypotheses of some stories."""
    rows, right = (np.concatenate(parts) for parts in zip(*((e.rows, e.right) for e in examples), strict=True))
    return lgb.train(PARAMETERS, lgb.Dataset(rows, right, feature_name=list(examples[0].names)), N_TREES)


def report(title: str, examples: list[Examples], predicted: list[np.ndarray]) -> None:
    """Print precision, recall and calibration error of what is shown, by kind. Each annotated fact is found once."""
    shown: list[tuple[str, float, bool]] = []
    for example, chances in zip(examples, predicted, strict=True):
        left = list(example.gold)
        for fact in shown_facts(example.story, example.hypotheses, chances):
            found = next((gold for gold in left if fits(fact, gold, example.pairs)), None)
            if found is not None:
                left.remove(found)
            shown.append((fact.kind, fact.confidence, found is not None))
    wanted = Counter(gold.kind for example in examples for gold in example.gold)
    for kind in (*FACT_KINDS, "all"):
        ours = [is_right for k, _, is_right in shown if kind in (k, "all")]
        theirs = sum(wanted.values()) if kind == "all" else wanted[kind]
        precision, recall = sum(ours) / max(1, len(ours)), sum(ours) / max(1, theirs)
        print(f"{title}: {kind:6} {len(ours):4} shown, {theirs:4} annotated: {precision:.3f} {recall:.3f}")
    confidence = np.array([p for _, p, _ in shown])
    right = np.array([is_right for _, _, is_right in shown], dtype=float)
    bins = np.minimum((confidence * N_BINS).astype(int), N_BINS - 1)
    error = sum(
        abs(confidence[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)
    )
    print(f"{title}: calibration error {error:.3f}")


if __name__ == "__main__":
    main()
