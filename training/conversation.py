"""PDNC's novels as examples: which mention in the neighbourhood is who says an utterance, and which who hears it."""

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

WINDOWS = 10  # of an example, in a row
REACH = 40  # mentions to either side of an utterance
STEPS = np.array([4, 10, 20, 40, 80, 160, 320])
SIZES = (24, 10, N_PRONOUN_CLASSES, len(KINDS), 3)


def conversational(novel: Novel, pieces: WordPieceTokenizer) -> list[Example]:
    """A novel's windows, ten in a row, with the pairs of utterance and mention that are answered."""
    draft = scan(load_bytes(novel.text.encode(), novel.path.name))
    findings = run_rule_layers(draft, annotate_words(draft))
    case = build_case(novel)
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
    spoken = []
    for u, utterance in enumerate(utterances):
        if case.speaker[u] is not None:
            first, last = units_of(draft, utterance.start, utterance.end)
            spoken.append((first, last, u, draft.quotations[utterance.quotations[0]].group))
    examples = []
    for at in range(0, len(whole.windows), WINDOWS):
        some = whole.windows[at : at + WINDOWS]
        a, b = some[0].first, some[-1].last
        here = [row for row in spoken if a <= row[0] and row[1] <= b]
        near = table[(table[:, 0] >= a) & (table[:, 1] <= b)]
        if not here or not len(near):
            continue
        rows = []
        for number, (first, last, u, group) in enumerate(here):
            k = int(np.searchsorted(near[:, 0], first))
            ahead = int(np.searchsorted(near[:, 0], last))
            for m in range(max(0, k - REACH), min(len(near), ahead + REACH)):
                name = gold[int(near[m, 5])]
                says = name is not None and name == case.speaker[u]
                hears = name is not None and name in case.addressees[u]
                rows.append((number, m, says, hears, *_features(near[m], first, last, group, paragraph)))
        example = cut_example(whole, at, at + WINDOWS)
        example.speech = Speech(
            np.array([(row[0] - a, row[1] - a) for row in here], np.int32),
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
    apart = int(paragraph[start] - paragraph[first if side < 2 else last - 1])
    steps = 0 if apart == 0 else (np.sign(apart) > 0) * 5 + min(4, abs(apart))
    where = 0 if mention[4] < 0 else 1 if mention[4] == group else 2
    return (
        side * 8 + int(np.searchsorted(STEPS, gap, side="right")),
        int(steps),
        int(mention[3]),
        int(mention[2]),
        where,
    )
