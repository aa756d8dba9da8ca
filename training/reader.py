"""The encoder and all heads as one network."""

import torch
from torch import Tensor, nn

from dramaturg.encoder.word_pieces import WordPieceTokenizer
from training import conversation
from training.examples import Labels
from training.heads import Events, Kinds, Mentions, Pairs, Spans, Syntax
from training.network import Encoder
from training.steps import Step

HEADS_SEED = 1  # the heads start from the same weights in every run, so that runs can be averaged


class Reader(nn.Module):
    """The encoder and all heads."""

    def __init__(self, labels: Labels, encoder: Encoder, pieces: WordPieceTokenizer, hidden: float = 0.0) -> None:
        """`hidden`: the share of pieces that are hidden in training, against memorising words."""
        super().__init__()
        torch.manual_seed(HEADS_SEED)
        self.encoder, self.hidden, self.hide_as = encoder, hidden, pieces.mask
        self.mentions, self.events, self.kinds = Mentions(), Events(), Kinds()
        self.syntax = Syntax(len(labels.tags), len(labels.edits), len(labels.relations))
        self.spans, self.pairs = Spans(), Pairs()
        self.utterances, self.people = Spans(), Spans()
        self.says, self.hears = Pairs(conversation.SIZES), Pairs(conversation.SIZES)

    def vectors(self, step: Step) -> Tensor:
        """One vector per unit: (units, WIDTH)."""
        if self.training and self.hidden:
            chosen = (torch.rand(step.ids.shape, device=step.ids.device) < self.hidden) & (step.unit < step.n_units)
            return unit_vectors(self.encoder, step, step.ids.masked_fill(chosen, self.hide_as))
        return unit_vectors(self.encoder, step, step.ids)


def unit_vectors(encoder: Encoder, step: Step, ids: Tensor) -> Tensor:
    """The mean of the vectors of each unit's pieces: (units, WIDTH)."""
    x = encoder(ids, step.case, step.place, step.mask)
    total = x.new_zeros(
        (step.n_units + 1, x.shape[-1]), dtype=torch.float32
    )  # the last row: of pieces that are no unit's
    total = total.index_add(0, step.unit.flatten(), x.flatten(0, 1).float())
    return total[:-1] / step.counts
