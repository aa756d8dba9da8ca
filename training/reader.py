"""The encoder and all heads as one network, and what its losses share."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from dramaturg.encoder.pieces import Pieces
from training import conversation
from training.examples import Example, Labels, batch_windows
from training.heads import Events, Kinds, Mentions, Pairs, Spans, Syntax
from training.network import Encoder

CELLS = 150_000  # of spans or arcs scored at a time


class Reader(nn.Module):
    """The encoder and all heads."""

    def __init__(self, labels: Labels, encoder: Encoder, hidden: float = 0.0) -> None:
        """`hidden`: the share of the pieces that training hides, so that no word is known by heart."""
        super().__init__()
        self.encoder, self.hidden = encoder, hidden
        self.mentions, self.events, self.kinds = Mentions(), Events(), Kinds()
        self.syntax = Syntax(len(labels.tags), len(labels.edits), len(labels.relations))
        self.spans, self.pairs = Spans(), Pairs()
        self.utterances, self.people = Spans(), Spans()
        self.says, self.hears = Pairs(conversation.SIZES), Pairs(conversation.SIZES)

    def vectors(self, example: Example, pieces: Pieces) -> Tensor:
        """One vector a unit: (units, WIDTH)."""
        return unit_vectors(self.encoder, example, pieces, self.hidden if self.training else 0.0)


def unit_vectors(encoder: Encoder, example: Example, pieces: Pieces, hidden: float = 0.0) -> Tensor:
    """The mean of the vectors of each unit's pieces: (units, WIDTH); `hidden`: the share of the pieces to hide."""
    batch, unit = batch_windows(example, pieces)
    if hidden:
        chosen = (torch.rand(batch["ids"].shape) < hidden) & (unit >= 0)
        batch["ids"] = batch["ids"].masked_fill(chosen, pieces.mask)
    x = encoder(batch["ids"], batch["case"], batch["place"], batch["mask"])
    known = unit >= 0
    rows, where = x[known].float(), unit[known]
    total = torch.zeros(example.units, rows.shape[1]).index_add_(0, where, rows)
    counts = torch.bincount(where, minlength=example.units).clamp(min=1)
    return total / counts[:, None]


def in_sentences(x: Tensor, sentences: list[tuple[int, int]]) -> Iterator[tuple[Tensor, Tensor, list[tuple[int, int]]]]:
    """Sentences of like length together, padded: vectors, their units' mask, and which they are."""
    order = sorted(sentences, key=lambda s: s[1] - s[0])
    group: list[tuple[int, int]] = []
    for sentence in [*order, (0, 10**6)]:
        if group and (len(group) + 1) * (sentence[1] - sentence[0]) ** 2 > CELLS:
            length = max(end - start for start, end in group)
            index = torch.zeros(len(group), length, dtype=torch.long)
            mask = torch.zeros(len(group), length, dtype=torch.bool)
            for row, (start, end) in enumerate(group):
                index[row, : end - start] = torch.arange(start, end)
                mask[row, : end - start] = True
            yield x[index], mask, group
            group = []
        group.append(sentence)
