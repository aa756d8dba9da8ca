"""Which mentions refer to the same entity, as far as a window of the text shows."""

import numpy as np

from dramaturg.draft import Draft
from dramaturg.findings import Floats, Ints
from dramaturg.layers.neural.heads import dense, load_heads, relu
from dramaturg.layers.neural.pairs import SIZES, MentionColumns, describe, pronoun_class, relate

MOST_WORDS = 12  # of a mention that are looked at


def describe_mentions(draft: Draft, first: Ints, last: Ints, kind: Ints, type: Ints) -> MentionColumns:
    """The mentions over units `first` to `last` as the scorer of pairs sees them."""
    text, places = draft.text, draft.ud_words.places
    numbers: dict[str, int] = {}
    whole, head, gender, pronoun = [], [], [], []
    for a, b, k in zip(first.tolist(), last.tolist(), kind.tolist(), strict=True):
        words = [text[s:e].lower().replace("’", "'") for s, e in places[a : min(b, a + MOST_WORDS)].tolist()]
        called, chief, sex = describe(words)
        form = words[0] if k == 2 and words else ""
        whole.append(numbers.setdefault(called, len(numbers)))
        head.append(numbers.setdefault(chief, len(numbers)))
        gender.append(sex)
        pronoun.append(pronoun_class(form))
    columns = (whole, head, gender, pronoun)
    whole_, head_, gender_, pronoun_ = (np.array(column, dtype=np.int32) for column in columns)
    return MentionColumns(
        first.astype(np.int32),
        last.astype(np.int32),
        kind.astype(np.int32),
        type.astype(np.int32),
        pronoun_,
        draft.ud_words.sentence[first].astype(np.int32) if len(first) else first.astype(np.int32),
        utterance_of(draft)[first] if len(first) else first.astype(np.int32),
        whole_,
        head_,
        gender_,
    )


def utterance_of(draft: Draft) -> Ints:
    """The utterance (`group`) around each unit, -1 in narration; shape (units,)."""
    start = draft.ud_words.places[:, 0]
    found = np.full(len(start), -1, dtype=np.int32)
    for quotation in draft.quotations:
        if quotation.within is None:
            first, last = np.searchsorted(start, [quotation.start, quotation.end])
            found[first:last] = quotation.group
    return found


BACK = 60  # mentions that each is compared with
SAME_HEAD = 2  # earlier mentions with the same head word, however far back


def candidates(places: MentionColumns) -> tuple[Ints, Ints]:
    """The pairs to score: each mention with those closely before it, and the last that share its head word.

    Returns the later and the earlier mention of each pair; a mention's pairs stand together, nearest last.
    """
    later = [np.zeros(0, np.int32)]
    earlier = [np.zeros(0, np.int32)]
    last: dict[int, list[int]] = {}
    for i, (head, pronoun) in enumerate(zip(places.head.tolist(), places.pronoun.tolist(), strict=True)):
        low = max(0, i - BACK)
        far = [j for j in last.get(head, []) if j < low] if not pronoun else []
        row = np.concatenate([np.array(far, np.int32), np.arange(low, i, dtype=np.int32)])
        later.append(np.full(len(row), i, np.int32))
        earlier.append(row)
        if not pronoun:
            last[head] = [*last.get(head, [])[1 - SAME_HEAD :], i]
    return np.concatenate(later), np.concatenate(earlier)


PAIRS = 4_000  # scored at a time: as many as stay in the processor's cache
KEPT = 8  # earlier mentions that are told of each


def link_mentions(places: MentionColumns, vectors: Floats) -> tuple[Ints, Floats, Floats]:
    """For each mention the earlier ones that it most likely refers with, likeliest first, and how likely each is.

    Returns `earlier` and `share`, both (mentions, KEPT), with -1 and 0 where there are fewer, and how likely each
    refers with none: (mentions,). Source: Lee et al. 2017's antecedent ranking, over spans that are already found.
    """
    n = len(places)
    kept, share, alone = np.full((n, KEPT), -1, np.int32), np.zeros((n, KEPT), np.float32), np.ones(n, np.float32)
    later, earlier = candidates(places)
    if not len(later):
        return kept, share, alone
    nobody = dense(relu(dense(vectors, "pairs.alone")), "pairs.alone_out")[:, 0]
    score = score_pairs(places, vectors, later, earlier)
    starts = np.flatnonzero(np.r_[True, later[1:] != later[:-1]])
    ends = np.append(starts[1:], len(later))
    for a, b in zip(starts.tolist(), ends.tolist(), strict=True):
        i = later[a]
        power = np.exp(score[a:b] - max(score[a:b].max(), nobody[i]))
        whole = power.sum() + np.exp(nobody[i] - max(score[a:b].max(), nobody[i]))
        best = np.argsort(-power, kind="stable")[:KEPT]
        kept[i, : len(best)], share[i, : len(best)] = earlier[a + best], power[best] / whole
        alone[i] = 1 - power.sum() / whole
    return kept, share, alone


def score_pairs(places: MentionColumns, vectors: Floats, later: Ints, earlier: Ints) -> Floats:
    """How well each pair of mentions goes together: (pairs,)."""
    heads = load_heads()
    one, other = dense(vectors, "pairs.one"), dense(vectors, "pairs.other")
    tables = [heads[f"pairs.features.{column}.weight"] for column in range(len(SIZES))]
    found = np.zeros(len(later), np.float32)
    for at in range(0, len(later), PAIRS):
        i, j = later[at : at + PAIRS], earlier[at : at + PAIRS]
        hidden = one[i] + other[j] + dense(vectors[i] * vectors[j], "pairs.both")
        for column, table in zip(relate(places, i, j).T, tables, strict=True):
            hidden += table[column]
        found[at : at + PAIRS] = dense(relu(hidden), "pairs.out")[:, 0]
    return found
