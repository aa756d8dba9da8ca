"""Which mentions refer to the same entity, as far as it shows nearby.

Source: Lee et al. 2017, End-to-end Neural Coreference Resolution: its ranking of antecedents, over spans that are
already found.
"""

import numpy as np

from dramaturg.draft import Draft, outermost_at
from dramaturg.findings import KINDS, Floats, Ints
from dramaturg.layers.neural.heads import dense, load_heads, relu
from dramaturg.layers.neural.pairs import SIZES, MentionColumns, describe, pair_features, pronoun_class

MAX_WORDS = 12  # of a mention that are looked at
MAX_MENTIONS_BACK = 60  # that each mention is compared with
MAX_SAME_HEAD = 2  # earlier mentions with the same head word, at any distance
CHUNK_PAIRS = 4_000  # scored at a time: as many as stay in the processor's cache
MAX_ANTECEDENTS = 8  # kept for each mention
PRONOUN = KINDS.index("pronoun")


def describe_mentions(draft: Draft, first: Ints, last: Ints, kind: Ints, type: Ints) -> MentionColumns:
    """The columns of the mentions over units `first` to `last` (excluded); all arguments have shape (mentions,)."""
    text, places = draft.text, draft.ud_words.places
    numbers: dict[str, int] = {}
    whole, head, gender, pronoun = [], [], [], []
    for a, b, k in zip(first.tolist(), last.tolist(), kind.tolist(), strict=True):
        words = [text[s:e].lower().replace("’", "'") for s, e in places[a : min(b, a + MAX_WORDS)].tolist()]
        bare_words, head_word, its_gender = describe(words, draft.language)
        form = words[0] if k == PRONOUN and words else ""
        whole.append(numbers.setdefault(bare_words, len(numbers)))
        head.append(numbers.setdefault(head_word, len(numbers)))
        gender.append(its_gender)
        pronoun.append(pronoun_class(form, draft.language))
    return MentionColumns(
        first=first.astype(np.int32),
        last=last.astype(np.int32),
        kind=kind.astype(np.int32),
        type=type.astype(np.int32),
        pronoun=np.array(pronoun, dtype=np.int32),
        sentence=draft.ud_words.sentence[first].astype(np.int32) if len(first) else first.astype(np.int32),
        speech=utterance_of(draft)[first] if len(first) else first.astype(np.int32),
        whole=np.array(whole, dtype=np.int32),
        head=np.array(head, dtype=np.int32),
        gender=np.array(gender, dtype=np.int32),
    )


def utterance_of(draft: Draft) -> Ints:
    """The utterance (`group`) around each unit, -1 in narration: (units,)."""
    groups = np.array([*(quotation.group for quotation in draft.quotations), -1], dtype=np.int32)
    found: Ints = groups[outermost_at(draft.quotations, draft.ud_words.places[:, 0])]
    return found


def candidate_pairs(mentions: MentionColumns) -> tuple[Ints, Ints]:
    """The pairs to score: each mention with those shortly before it, and the last ones with the same head word.

    Returns the later and the earlier mention of each pair, both (pairs,). A mention's pairs follow each other, the
    nearest last.
    """
    later = [np.zeros(0, np.int32)]
    earlier = [np.zeros(0, np.int32)]
    with_head: dict[int, list[int]] = {}
    for i, (head, pronoun) in enumerate(zip(mentions.head.tolist(), mentions.pronoun.tolist(), strict=True)):
        low = max(0, i - MAX_MENTIONS_BACK)
        far = [j for j in with_head.get(head, []) if j < low] if not pronoun else []
        row = np.concatenate([np.array(far, np.int32), np.arange(low, i, dtype=np.int32)])
        later.append(np.full(len(row), i, np.int32))
        earlier.append(row)
        if not pronoun:
            with_head[head] = [*with_head.get(head, [])[1 - MAX_SAME_HEAD :], i]
    return np.concatenate(later), np.concatenate(earlier)


def link_mentions(mentions: MentionColumns, vectors: Floats) -> tuple[Ints, Floats, Floats]:
    """The most likely antecedents of each mention, most likely first.

    `vectors`: (mentions, width). Returns the antecedents and their probabilities, both (mentions, MAX_ANTECEDENTS),
    with -1 and 0 where there are fewer, and the probability that each mention has none: (mentions,).
    """
    n = len(mentions)
    antecedents, probability = np.full((n, MAX_ANTECEDENTS), -1, np.int32), np.zeros((n, MAX_ANTECEDENTS), np.float32)
    new_entity = np.ones(n, np.float32)
    later, earlier = candidate_pairs(mentions)
    if not len(later):
        return antecedents, probability, new_entity
    new_score = dense(relu(dense(vectors, "pairs.alone")), "pairs.alone_out")[:, 0]
    score = score_pairs(mentions, vectors, later, earlier)
    starts = np.flatnonzero(np.r_[True, later[1:] != later[:-1]])
    ends = np.append(starts[1:], len(later))
    for a, b in zip(starts.tolist(), ends.tolist(), strict=True):
        i = later[a]
        highest = max(score[a:b].max(), new_score[i])
        power = np.exp(score[a:b] - highest)
        total = power.sum() + np.exp(new_score[i] - highest)
        best = np.argsort(-power, kind="stable")[:MAX_ANTECEDENTS]
        antecedents[i, : len(best)], probability[i, : len(best)] = earlier[a + best], power[best] / total
        new_entity[i] = 1 - power.sum() / total
    return antecedents, probability, new_entity


def score_pairs(mentions: MentionColumns, vectors: Floats, later: Ints, earlier: Ints) -> Floats:
    """How likely each pair of mentions refers to one entity, as a logit: (pairs,)."""
    heads = load_heads()
    one, other = dense(vectors, "pairs.one"), dense(vectors, "pairs.other")
    tables = [heads[f"pairs.features.{column}.weight"] for column in range(len(SIZES))]
    found = np.zeros(len(later), np.float32)
    for at in range(0, len(later), CHUNK_PAIRS):
        i, j = later[at : at + CHUNK_PAIRS], earlier[at : at + CHUNK_PAIRS]
        hidden = one[i] + other[j] + dense(vectors[i] * vectors[j], "pairs.both")
        for column, table in zip(pair_features(mentions, i, j).T, tables, strict=True):
            hidden += table[column]
        found[at : at + CHUNK_PAIRS] = dense(relu(hidden), "pairs.out")[:, 0]
    return found
