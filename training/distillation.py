"""Raw novels as a training step: what earlier runs hold to stand there, learned from words that are hidden in part.

Sources: Noisy Student (Xie et al. 2020); several teachers as one: Hinton, Vinyals & Dean 2015. The teachers see every
word and no dropout; the mean of their probabilities, not of their choices, is what is learned, so that what they doubt
is learned as doubtful. Coreference is not taught.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from training.reader import Reader
from training.steps import Sentences, Step

SYNTAX = 0.3  # what the teachers' syntax weighs: they know it from the treebanks, which are better teachers


@torch.no_grad()
def _mean(parts: list[Tensor]) -> Tensor:
    return torch.stack(parts).mean(0)


def _arcs(reader: Reader, x: Tensor, s: Sentences) -> Tensor:
    return reader.syntax.arcs(x[s.index]).float().masked_fill(~s.known[:, None, :], -1e4)


def distillation_losses(reader: Reader, x: Tensor, teachers: Sequence[Reader], step: Step) -> dict[str, Tensor]:
    """How far the reader is from its teachers in mentions, events and syntax. `x`: its vectors, (units, WIDTH)."""
    with torch.no_grad():
        seen = [(teacher, teacher.vectors(step)) for teacher in teachers]
        likely = _mean([torch.sigmoid(t.events(v).float()) for t, v in seen])
        tags = _mean([F.softmax(t.syntax.tag(v).float(), -1) for t, v in seen])
    spans, arcs, mass = x.new_zeros(()), x.new_zeros(()), x.new_zeros(())
    for s in step.sentences:
        with torch.no_grad():
            target = _mean([F.softmax(t.mentions(v[s.index]).float(), -1) for t, v in seen])
            heads = _mean([F.softmax(_arcs(t, v, s), -1) for t, v in seen])
            mass = mass + ((1 - target[..., 0]) * s.possible).sum()
        far = -(target * F.log_softmax(reader.mentions(x[s.index]).float(), -1)).sum(-1)
        spans = spans + far.masked_fill(~s.possible, 0).sum()
        far = -(heads * F.log_softmax(_arcs(reader, x, s), -1)).sum(-1)
        arcs = arcs + far.masked_fill(~s.known, 0).sum()
    tagged = -(tags * F.log_softmax(reader.syntax.tag(x).float(), -1)).sum(1).mean()
    events = F.binary_cross_entropy_with_logits(reader.events(x).float(), likely, reduction="sum")
    return {
        "distillation_mentions": spans / mass.clamp(min=20),
        "distillation_events": events / likely.sum().clamp(min=20),
        "distillation_syntax": SYNTAX * (arcs / max(1, len(x)) + tagged),
    }
