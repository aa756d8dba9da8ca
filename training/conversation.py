"""PDNC's novels as examples: which mentions near an utterance are its speaker, and which its addressee."""

import numpy as np

from corpora.pdnc import Novel
from dramaturg.draft import sentence_bounds
from dramaturg.encoder.windows import cut_windows, prepare
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from dramaturg.findings import KINDS
from dramaturg.layers.neural.pairs import N_PRONOUN_CLASSES, pronoun_class
from dramaturg.layers.rules.words import annotate_words
from dramaturg.pipeline import run_rule_layers
from dramaturg.scan import scan
from dramaturg.sources import load_bytes
from training.cases import build_case
from training.examples import Example, Speech, cut_example, units_of
from training.neural_findings import neural_findings_of
from training.stories import Story

N_WINDOWS = 10  # consecutive windows in an example
REACH_MENTIONS = 40  # before and after an utterance
DISTANCES_UNITS = np.array([4, 10, 20, 40, 80, 160, 320])
SIZES = (24, 10, N_PRONOUN_CLASSES, len(KINDS), 3)


def make_pdnc_examples(novel: Novel, pieces: WordPieceTokenizer) -> list[Example]:
    """A novel as examples of ten windows, with the pairs of an utterance and a mention near it."""
    draft = scan(load_bytes(novel.text.encode(), novel.path.name))
    findings = run_rule_layers(draft, annotate_words(draft), neural_findings_of(draft).syntax)
    case = build_case(Story(novel, "pdnc", -1))
    roster, utterances = case.scene.roster, case.scene.utterances
    inputs = prepare(draft, pieces)
    sentence = draft.ud_words.sentence
    whole = Example(inputs, cut_windows(draft, inputs), sentence_bounds(sentence), len(draft.ud_words))
    paragraph = np.searchsorted([b.start for b in draft.paragraphs], draft.ud_words.places[:, 0], side="right") - 1
    of_mention = np.array(roster.of_mention, dtype=np.int64)
    gold = [case.gold_of[p] if p >= 0 else None for p in roster.of_mention]
    mentions = []
    for i, m in enumerate(findings.mentions):
        if of_mention[i] >= 0:
            first, last = units_of(draft, m.start, m.end)
            form = m.form if m.kind == "pronoun" else ""
            speech = draft.quotations[m.quotation].group if m.quotation >= 0 else -1
            if first < last:
                mentions.append((first, last, KINDS.index(m.kind), pronoun_class(form, draft.language), speech, i))
    table = np.array(mentions, dtype=np.int64).reshape(-1, 6)
    known_utterances = []
    for u, utterance in enumerate(utterances):
        if case.speaker[u] is not None:
            first, last = units_of(draft, utterance.start, utterance.end)
            known_utterances.append((first, last, u, draft.quotations[utterance.quotations[0]].group))
    examples = []
    for at in range(0, len(whole.windows), N_WINDOWS):
        windows = whole.windows[at : at + N_WINDOWS]
        a, b = windows[0].first, windows[-1].last
        in_windows = [row for row in known_utterances if a <= row[0] and row[1] <= b]
        near = table[(table[:, 0] >= a) & (table[:, 1] <= b)]
        if not in_windows or not len(near):
            continue
        rows = []
        for number, (first, last, u, group) in enumerate(in_windows):
            k = int(np.searchsorted(near[:, 0], first))
            k_end = int(np.searchsorted(near[:, 0], last))
            for m in range(max(0, k - REACH_MENTIONS), min(len(near), k_end + REACH_MENTIONS)):
                name = gold[int(near[m, 5])]
                says = name is not None and name == case.speaker[u]
                hears = name is not None and name in case.addressees[u]
                rows.append((number, m, says, hears, *_features(near[m], first, last, group, paragraph)))
        example = cut_example(whole, at, at + N_WINDOWS)
        example.speech = Speech(
            np.array([(row[0] - a, row[1] - a) for row in in_windows], np.int32),
            np.concatenate([near[:, :2] - a, near[:, 2:4]], axis=1).astype(np.int32),
            np.array(rows, np.int32),
        )
        examples.append(example)
    return examples


def _features(mention: np.ndarray, first: int, last: int, group: int, paragraph: np.ndarray) -> tuple[int, ...]:
    start, end = int(mention[0]), int(mention[1])
    if end <= first:
        side, gap = 0, first - end
    elif start >= last:
        side, gap = 2, start - last
    else:
        side, gap = 1, 0
    paragraphs = int(paragraph[start] - paragraph[first if side < 2 else last - 1])
    distance = 0 if paragraphs == 0 else (np.sign(paragraphs) > 0) * 5 + min(4, abs(paragraphs))
    same_speech = 0 if mention[4] < 0 else 1 if mention[4] == group else 2
    return (
        side * 8 + int(np.searchsorted(DISTANCES_UNITS, gap, side="right")),
        int(distance),
        int(mention[3]),
        int(mention[2]),
        same_speech,
    )
