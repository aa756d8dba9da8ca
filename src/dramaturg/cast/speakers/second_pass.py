"""The second pass: rank the candidates again, with the probable speakers of the neighbouring utterances as features.

The first pass sees only the tags of an utterance's neighbours. The second pass also sees who probably speaks before
and after, and what else each candidate probably says.

Source: stacked sequential learning (Cohen & Carvalho 2005).
"""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.table import CandidateTable, find_neighbours, lead_per_utterance
from dramaturg.cast.speakers.unigram_voice import unigram_voice_features
from dramaturg.cast.speakers.voice_embedding import PldaModel, voice_embedding_features
from dramaturg.cast.utterances import Utterance
from dramaturg.findings import Floats

SPEAKER_OFFSETS = (-4, -3, -2, -1, 1, 2, 3, 4)
CERTAINTY_OFFSETS = (-2, -1, 1, 2)
MAX_UTTERANCES = 8  # before and after, whose speakers are counted together
MAX_GAP_PARAGRAPHS = 6  # a conversation ends at a wider gap
MAX_LENGTH = 40  # utterances of a conversation
OUTSIDE = -1.0  # the value for an utterance outside the conversation


def add_second_pass_features(
    table: CandidateTable, independent: Floats, with_turns: Floats, utterances: list[Utterance], model: PldaModel
) -> CandidateTable:
    """The table with the features of neighbours and voices added.

    `independent`, `with_turns`: the first pass's probabilities, of each utterance by itself and of conversations as a
    whole: (candidates,).
    """
    return table.with_columns(
        neighbour_features(table, independent, with_turns, utterances),
        unigram_voice_features(table, with_turns, utterances),
        voice_embedding_features(table, with_turns, utterances, model),
    )


def neighbour_features(
    table: CandidateTable, independent: Floats, with_turns: Floats, utterances: list[Utterance]
) -> dict[str, Floats]:
    """How probably each candidate speaks the neighbouring utterances of the conversation: columns of (candidates,)."""
    own, person = table.utterance.astype(np.int64), table.person.astype(np.int64)
    conversation = number_conversations(utterances)
    n_utterances, length = len(conversation), np.bincount(conversation)[conversation]
    certainty = np.zeros(n_utterances, np.float32)
    np.maximum.at(certainty, own, with_turns)

    offsets = range(-MAX_UTTERANCES, MAX_UTTERANCES + 1)
    other = {offset: np.clip(own + offset, 0, n_utterances - 1) for offset in offsets}
    inside = {
        offset: (other[offset] == own + offset) & (conversation[other[offset]] == conversation[own])
        for offset in offsets
    }
    neighbours = np.append(with_turns, np.float32(0))[find_neighbours(own, person, offsets)].T
    speaks = {offset: np.where(inside[offset], p, 0) for offset, p in zip(offsets, neighbours, strict=True)}

    before, after = range(-MAX_UTTERANCES, 0), range(1, MAX_UTTERANCES + 1)
    _, same = np.unique(conversation[own] * (person.max(initial=0) + 1) + person, return_inverse=True)
    in_conversation = np.bincount(same, with_turns)[same]  # utterances that the person probably speaks
    return {
        "independent": independent,
        "with_turns": with_turns,
        "with_turns_lead": lead_per_utterance(table, with_turns, with_background=False),
        **{f"speaks_{offset}": np.where(inside[offset], speaks[offset], OUTSIDE) for offset in SPEAKER_OFFSETS},
        **{
            f"certainty_{offset}": np.where(inside[offset], certainty[other[offset]], OUTSIDE)
            for offset in CERTAINTY_OFFSETS
        },
        "speaks_before": _add(speaks, before),
        "speaks_after": _add(speaks, after),
        "n_neighbours": _add(inside, (*before, *after)),
        "conversation_share": (in_conversation - with_turns) / np.maximum(1, length[own] - 1),
        "conversation_length": np.minimum(length[own], MAX_LENGTH),
    }


def _add(columns: Mapping[int, NDArray[Any]], offsets: Iterable[int]) -> NDArray[np.float64]:
    """The sum of columns, added one after another in double precision."""
    total = np.zeros(len(columns[0]))
    for offset in offsets:
        total += columns[offset]
    return total


def number_conversations(utterances: list[Utterance]) -> NDArray[np.int64]:
    """The number of the conversation that each utterance belongs to: (utterances,)."""
    gaps = [after.first_paragraph - before.last_paragraph for before, after in pairwise(utterances)]
    return np.cumsum([0, *(gap > MAX_GAP_PARAGRAPHS for gap in gaps)])
