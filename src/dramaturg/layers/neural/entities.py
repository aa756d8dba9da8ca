"""Mentions of people, places and things: every span of a sentence has one of six types or none; spans can be nested.

Sources: Yu, Bohnet & Poesio 2020, Named Entity Recognition as Dependency Parsing, for the scorer; ACE 2005 as narrowed
by LitBank (Bamman et al. 2019) for the types.
"""

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import Draft, sentence_bounds
from dramaturg.encoder import Encoded
from dramaturg.findings import Floats, Ints, Spans
from dramaturg.layers.neural.heads import dense, load_heads, pad_sentences, relu, span_rows, with_one

MIN_MARGIN = 0.1  # by which a type must outscore “no mention”; a lower one finds more mentions and more wrong ones
# The margin of long spans is higher: their ends are scored without the words between them.
MIN_LONG_UNITS, MIN_LONG_MARGIN = 9, 0.75


def find_stretches(draft: Draft) -> NDArray[np.int64]:
    """A number for the stretch of text of each unit: (units,). A mention is within one stretch.

    No mention crosses the edge of a quotation or a bracket. Of the 19,694 mentions in LitBank's train documents
    eight do.
    """
    places = draft.ud_words.places
    edges = np.sort(np.array([(q.start, q.end) for q in draft.quotations], dtype=np.int64).ravel())
    between = np.searchsorted(edges, places[:, 0], side="right")
    brackets = np.zeros(len(places), dtype=np.int64)
    opened, seen = [0], 0
    for unit, (start, end) in enumerate(places.tolist()):
        mark = draft.text[start:end]
        if mark in ("(", "["):
            seen += 1
            opened.append(seen)
        brackets[unit] = opened[-1]
        if mark in (")", "]") and len(opened) > 1:
            opened.pop()
    return between * (seen + 1) + brackets


def find_spans(window: Encoded, sentence: Ints, stretch: NDArray[np.int64]) -> Spans:
    """The mentions of one window. `sentence`, `stretch`: the sentence and the stretch of each of its units."""
    heads = load_heads()
    index = pad_sentences(sentence_bounds(sentence))
    width, out = heads["mentions.score.weight"].shape[1], heads["mentions.score.weight"].shape[0]
    start = with_one(relu(dense(window.vectors, "mentions.start")))
    end = with_one(relu(dense(window.vectors, "mentions.end")))
    start = (start @ heads["mentions.score.weight"].transpose(1, 0, 2).reshape(width, -1)).reshape(-1, out, width)
    known = index >= 0
    left = start[index].reshape(len(index), -1, width)  # (sentences, starts * labels, width)
    scores = (left @ end[index].transpose(0, 2, 1)).reshape(len(index), index.shape[1], out, -1)
    best = scores[:, :, 1:].max(axis=2) - scores[:, :, 0]
    possible = known[:, :, None] & known[:, None, :] & np.triu(np.ones(best.shape[1:], dtype=bool))
    possible &= stretch[index][:, :, None] == stretch[index][:, None, :]
    unit = np.arange(best.shape[1])
    is_long = unit[None, :] - unit[:, None] >= MIN_LONG_UNITS - 1
    margin = np.where(is_long, np.float32(MIN_LONG_MARGIN), np.float32(MIN_MARGIN))
    rows, first, last = np.nonzero(possible & (best > margin))
    label = scores[rows, first, 1:, last].argmax(axis=1)
    power = np.exp(scores[rows, first, :, last] - scores[rows, first, :, last].max(axis=1, keepdims=True))
    probability = power[np.arange(len(label)), label + 1] / power.sum(axis=1)
    chosen = _drop_crossing(rows, first, last, best[rows, first, last])
    chosen = chosen[np.lexsort((-last[chosen], first[chosen], rows[chosen]))]
    a: Ints = index[rows[chosen], first[chosen]].astype(np.int32)
    b: Ints = index[rows[chosen], last[chosen]].astype(np.int32) + np.int32(1)
    vectors = relu(dense(span_rows(window.vectors, a, b), "spans.dense"))
    kind = dense(vectors, "kinds.out").argmax(axis=1)
    return Spans(
        a + window.first,
        b + window.first,
        label[chosen].astype(np.int32),
        kind.astype(np.int32),
        probability[chosen].astype(np.float32),
        vectors,
    )


def _drop_crossing(
    rows: NDArray[np.intp], first: NDArray[np.intp], last: NDArray[np.intp], score: Floats
) -> NDArray[np.int64]:
    """The spans that do not cross a better one of their sentence, as indices; nested spans stay."""
    kept: dict[int, list[tuple[int, int]]] = {}
    chosen = []
    for k in np.argsort(-score, kind="stable").tolist():
        a, b, here = int(first[k]), int(last[k]), kept.setdefault(int(rows[k]), [])
        if all(b < c or d < a or (a >= c and b <= d) or (c >= a and d <= b) for c, d in here):
            here.append((a, b))
            chosen.append(k)
    return np.array(chosen, dtype=np.int64)


def join_spans(windows: list[Spans]) -> Spans:
    """The mentions of all windows."""
    if not windows:
        none, width = np.zeros(0, np.int32), len(load_heads()["spans.dense.bias"])
        return Spans(none, none, none, none, np.zeros(0, np.float32), np.zeros((0, width), np.float32))
    return Spans(*(np.concatenate([getattr(w, name) for w in windows]) for name in Spans.__slots__))
