"""Train the trees that decide which hypotheses are facts, on annotated stories.

python -m training.facts --corpora DIR [--check]

DIR is a corpus in PDNC's layout with facts/NAME.facts.jsonl, facts/train.txt and facts/dev.txt. A hypothesis is right
if an annotated fact has its kind and person (and the other person, for kin and bond), and its value or its place.
`facts_judged.tsv` holds more examples: hypotheses from stories whose facts nobody annotated, each judged in its place
by a large language model, and true ones of annotated stories that the annotation lacks. Each has the story, where the
head of the value starts, the people and whether it is right.
"""

import argparse
import csv
import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import lightgbm as lgb
import numpy as np

from corpora.pairing import match_quotations, speaker_of
from corpora.pdnc import Novel, load_novel
from dramaturg.cast import make_cast
from dramaturg.cast.assembly import assemble
from dramaturg.cast.people.aligned_spans import align_mentions
from dramaturg.facts.candidates import find_candidates
from dramaturg.facts.decide import MIN_CONFIDENCE, make_fact, probability, shown_facts
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
    "num_leaves": 8,
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
N_TREES = 300  # by folds, about the best average precision of 60 to 300, with 4 to 12 leaves
JUDGED = Path(__file__).with_name("facts_judged.tsv")
JUDGED_WEIGHT = 0.6  # of a judged example: by folds, about the best of 0.3, 0.6 and 1
MIN_CHANCE = 0.1  # of the facts on which the probabilities are calibrated
SPLITS = ("train", "dev")
NAME_WORTH = 2  # quotations that a name of both is worth, to pair characters
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
    train, dev = (read_split(arguments.corpora, split) for split in SPLITS)
    names = [(arguments.corpora / "facts" / f"{split}.txt").read_text(encoding="utf-8").split() for split in SPLITS]
    judged = read_judged(arguments.corpora, sum(names, []))
    for title, examples in (("annotated", train), ("judged", judged)):
        print(
            f"{title}: {sum(len(e.right) for e in examples)}, {int(sum(e.right.sum() for e in examples))} of them right"
        )
    scores = predict_by_folds(train, judged)
    slope, shift = calibrate(train, scores)
    report("by folds", train, [probability(slope * score + shift) for score in scores])
    model = rescale(fit_trees(train, judged), slope, shift)
    report("dev", dev, [probability(predict(model, example)) for example in dev])
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
    judged = load_judged().get(name, {})
    right = [
        any(fits(make_fact(story, h, 0), fact, pairs) for fact in gold) or judged.get(key_of(story, h), 0) > 0
        for h in hypotheses
    ]
    return Examples(story, hypotheses, names, rows, np.array(right, dtype=float), gold, pairs)


def parse_novel(novel: Novel) -> ParsedStory:
    """Read a story as `dramaturg.read` does, with cached neural findings."""
    draft = scan(load(novel.path))
    words = annotate_words(draft)
    neural = neural_findings_of(draft)
    findings = run_rule_layers(draft, words, neural.syntax)
    aligned = align_mentions(draft, findings.mentions, neural)
    cast = make_cast(draft, words, findings, aligned)
    return parse_story(draft, neural, assemble(draft, findings, aligned, cast, MadeBy("", None)))


def load_judged() -> dict[str, dict[tuple[int, str, str, str], float]]:
    """By story, whether each judged hypothesis is right, by its place, kind and people."""
    judged: dict[str, dict[tuple[int, str, str, str], float]] = {}
    with JUDGED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            key = int(row["start"]), row["kind"], row["person"], row["of"]
            judged.setdefault(row["story"], {})[key] = float(row["right"])
    return judged


def read_judged(folder: Path, annotated: list[str]) -> list[Examples]:
    """The judged hypotheses of the stories that are not annotated. What is no hypothesis any more is left out."""
    return [read_judged_story(folder, name, right) for name, right in load_judged().items() if name not in annotated]


def read_judged_story(folder: Path, name: str, judged: dict[tuple[int, str, str, str], float]) -> Examples:
    """The judged hypotheses of a story. `judged`: whether each is right, by place, kind and people."""
    story = parse_novel(load_novel(folder, name))
    hypotheses = make_hypotheses(story, find_candidates(story))
    names, rows = describe(story, hypotheses)
    found = [judged.get(key_of(story, hypothesis)) for hypothesis in hypotheses]
    known = [k for k, right in enumerate(found) if right is not None]
    right = np.array([found[k] for k in known], dtype=float)
    return Examples(story, [hypotheses[k] for k in known], names, rows[known], right, [], {})


def key_of(story: ParsedStory, hypothesis: Hypothesis) -> tuple[int, str, str, str]:
    """What a judged hypothesis is known by: its place, kind and people."""
    best = hypothesis.best
    return story.start[best.value.unit], hypothesis.kind, best.person, best.of or ""


def pair_people(novel: Novel, reading: Reading) -> dict[str | None, str]:
    """The annotated character of each of ours, one to one: by the quotations they are given and by their names."""
    from scipy.optimize import linear_sum_assignment  # an extra: reading the corpora does without it

    answers = match_quotations(novel.quotations, reading.quotations)
    speakers = zip(answers, novel.quotations, strict=True)
    shared = Counter((speaker_of(answer), gold.speaker) for answer, gold in speakers)
    ours = {character.id: _names(character.name, *character.aliases) for character in reading.characters}
    theirs = {gold.name: _names(*gold.aliases) for gold in novel.characters}
    ids, golds = sorted(ours), sorted(theirs)
    worth = np.array(
        [[shared[id, gold] + NAME_WORTH * len(ours[id] & theirs[gold]) for gold in golds] for id in ids], dtype=float
    ).reshape(len(ids), len(golds))
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return {ids[row]: golds[column] for row, column in zip(rows, columns, strict=True) if worth[row, column] > 0}


def _names(*names: str) -> set[str]:
    """Names without their articles, in lower case."""
    return {re.sub(r"^(the|a|an) ", "", name.lower()) for name in names}


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


def predict_by_folds(examples: list[Examples], judged: list[Examples]) -> list[np.ndarray]:
    """For each story the scores that trees of the other folds, and of the judged stories, give its hypotheses."""
    models = [
        fit_trees([example for k, example in enumerate(examples) if k % N_FOLDS != fold], judged)
        for fold in range(N_FOLDS)
    ]
    return [predict(models[k % N_FOLDS], example) for k, example in enumerate(examples)]


def predict(model: lgb.Booster, example: Examples) -> np.ndarray:
    """The score of each hypothesis."""
    return np.asarray(model.predict(example.rows, raw_score=True))


def fit_trees(examples: list[Examples], judged: list[Examples]) -> lgb.Booster:
    """Fit boosted trees to the hypotheses of some stories."""
    parts = [(e.rows, e.right, np.ones(len(e.right))) for e in examples]
    parts += [(e.rows, e.right, np.full(len(e.right), JUDGED_WEIGHT)) for e in judged]
    rows, right, weight = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    data = lgb.Dataset(rows, right, weight=weight, feature_name=list(examples[0].names))
    return lgb.train(PARAMETERS, data, N_TREES)


def calibrate(examples: list[Examples], scores: list[np.ndarray]) -> tuple[float, float]:
    """Slope and shift that make scores of the facts to show the log-odds that a reader wrote them down (Platt 1999)."""
    from scipy.optimize import minimize

    shown = [
        (float(np.log(fact.confidence / (1 - fact.confidence))), is_found)
        for example, score in zip(examples, scores, strict=True)
        for fact, is_found in find_shown(example, probability(score), MIN_CHANCE)
    ]
    x, y = (np.array(column, dtype=float) for column in zip(*shown, strict=True))
    loss = lambda w: float(np.mean(np.logaddexp(0, w[0] * x + w[1]) - y * (w[0] * x + w[1])))  # noqa: E731
    slope, shift = minimize(loss, [1.0, 0.0]).x
    return float(slope), float(shift)


def rescale(model: lgb.Booster, slope: float, shift: float) -> lgb.Booster:
    """The same trees with calibrated scores."""
    for number, tree in enumerate(model.dump_model()["tree_info"]):
        for leaf in range(tree["num_leaves"]):
            value = slope * model.get_leaf_output(number, leaf) + (shift if number == 0 else 0.0)
            model.set_leaf_output(number, leaf, value)
    return model


def find_shown(example: Examples, chances: np.ndarray, least: float) -> list[tuple[Fact, bool]]:
    """The facts that are shown, and whether each is an annotated one. Each annotated fact is found once."""
    left, shown = list(example.gold), []
    for fact in shown_facts(example.story, example.hypotheses, chances, least):
        found = next((gold for gold in left if fits(fact, gold, example.pairs)), None)
        if found is not None:
            left.remove(found)
        shown.append((fact, found is not None))
    return shown


def report(title: str, examples: list[Examples], predicted: list[np.ndarray]) -> None:
    """Print precision, recall and calibration error of what is shown, by kind. Each annotated fact is found once."""
    shown: list[tuple[str, float, bool]] = []
    for example, chances in zip(examples, predicted, strict=True):
        found = find_shown(example, chances, MIN_CONFIDENCE)
        shown += [(fact.kind, fact.confidence, is_found) for fact, is_found in found]
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
