"""The second round: what the likely speakers around an utterance say for each of its candidates, and whose voice it is.

The first round knows of its neighbours only their tags; this one knows who probably speaks there, before and after,
and what else each probably says.
Source: stacked sequential learning (Cohen & Carvalho 2005).
"""

from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dramaturg.cast.speakers.features import Table
from dramaturg.cast.speakers.unigram_voice import unigram_voice_features
from dramaturg.cast.speakers.utterances import Utterance
from dramaturg.cast.speakers.voice_embedding import PldaModel, voice_embedding_features

AROUND = (-4, -3, -2, -1, 1, 2, 3, 4)
WITHIN = 8  # utterances to either side that are counted together
APART = 6  # paragraphs: beyond such a gap another conversation begins
NOT_THERE = -1.0  # no such utterance in this conversation
FEATURES = (
    *"alone together ahead_of_next".split(),
    *(f"speaks_{offset}" for offset in AROUND),
    *(f"sure_{offset}" for offset in (-2, -1, 1, 2)),
    *"spoke_before speaks_after spoken_together share_of_talk length_of_talk".split(),
)


def add_neighbours(
    table: Table,
    alone: NDArray[np.float32],
    together: NDArray[np.float32],
    utterances: list[Utterance],
    axes: PldaModel,
) -> NDArray[np.float32]:
    """The table's rows with FEATURES and those of voices beside them: float32 (candidates, features of all four).

    `alone`, `together`: the first round's probabilities, each utterance by itself and with its turns: (candidates,).
    """
    count = len(utterances)
    likely: list[dict[int, float]] = [{} for _ in range(count)]
    for u, person, p in zip(table.utterance.tolist(), table.person.tolist(), together.tolist(), strict=True):
        likely[u][person] = p
    sure = [max(people.values(), default=0.0) for people in likely]
    talk = _conversations(utterances)
    lengths = Counter(talk)
    shares: dict[tuple[int, int], float] = defaultdict(float)  # of each conversation's utterances, by person
    for u, person, p in zip(table.utterance.tolist(), table.person.tolist(), together.tolist(), strict=True):
        shares[talk[u], person] += p
    rows = np.empty((len(table.person), len(FEATURES)), dtype=np.float32)
    columns = zip(table.utterance.tolist(), table.person.tolist(), alone.tolist(), together.tolist(), strict=True)
    for row, (u, person, by_itself, with_turns) in enumerate(columns):
        others = [p for who, p in likely[u].items() if who != person]
        near = {
            offset: likely[u + offset].get(person, 0.0)
            for offset in AROUND
            if 0 <= u + offset < count and talk[u + offset] == talk[u]
        }
        before = [likely[v].get(person, 0.0) for v in range(max(0, u - WITHIN), u) if talk[v] == talk[u]]
        after = [likely[v].get(person, 0.0) for v in range(u + 1, min(count, u + 1 + WITHIN)) if talk[v] == talk[u]]
        rows[row] = [
            by_itself,
            with_turns,
            with_turns - max(others, default=0.0),
            *(near.get(offset, NOT_THERE) for offset in AROUND),
            *(sure[u + offset] if offset in near else NOT_THERE for offset in (-2, -1, 1, 2)),
            sum(before),
            sum(after),
            float(len(before) + len(after)),
            (shares[talk[u], person] - with_turns) / max(1, lengths[talk[u]] - 1),
            float(min(lengths[talk[u]], 40)),
        ]
    voices = (
        unigram_voice_features(table, together, utterances),
        voice_embedding_features(table, together, utterances, axes),
    )
    return np.concatenate([table.rows, rows, *voices], axis=1)


def _conversations(utterances: list[Utterance]) -> list[int]:
    """The number of the conversation that each utterance stands in."""
    numbers = [0]
    for one, two in pairwise(utterances):
        numbers.append(numbers[-1] + (two.first_paragraph - one.last_paragraph > APART))
    return numbers
