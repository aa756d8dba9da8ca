"""Distillation: train on raw novels against the predictions of earlier runs, the teachers.

Sources: Noisy Student (Xie et al. 2020); an ensemble as the teacher: Hinton, Vinyals & Dean 2015. The teachers see
every word and use no dropout; some words are hidden from the student. The targets are the mean of the teachers'
probabilities, not of their choices, so that the student learns their uncertainty, too. Coreference is not distilled.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from training.reader import Reader
from training.steps import Sentences, Step

SYNTAX_WEIGHT = 0.3  # low, because the treebanks themselves teach syntax better than the teachers do


@torch.no_grad()
def _mean(parts: list[Tensor]) -> Tensor:
    return torch.stack(parts).mean(0)


def _arcs(reader: Reader, x: Tensor, s: Sentences) -> Tensor:
    return reader.syntax.arcs(x[s.index]).float().masked_fill(~s.known[:, None, :], -1e4)


def distillation_losses(reader: Reader, x: Tensor, teachers: Sequence[Reader], step: Step) -> dict[str, Tensor]:
    """The cross-entropy of the reader against its teachers' probabilities, by name: mentions, events and syntax.

    `x`: the reader's vectors, (units, WIDTH).
    """
    with torch.no_grad():
        teacher_vectors = [(teacher, teacher.vectors(step)) for teacher in teachers]
        event_target = _mean([torch.sigmoid(t.events(v).float()) for t, v in teacher_vectors])
        tag_target = _mean([F.softmax(t.syntax.tag(v).float(), -1) for t, v in teacher_vectors])
    spans, arcs, mass = x.new_zeros(()), x.new_zeros(()), x.new_zeros(())
    for s in step.sentences:
        with torch.no_grad():
            type_target = _mean([F.softmax(t.mentions(v[s.index]).float(), -1) for t, v in teacher_vectors])
            head_target = _mean([F.softmax(_arcs(t, v, s), -1) for t, v in teacher_vectors])
            mass = mass + ((1 - type_target[..., 0]) * s.possible).sum()
        cross_entropy = -(type_target * F.log_softmax(reader.mentions(x[s.index]).float(), -1)).sum(-1)
        spans = spans + cross_entropy.masked_fill(~s.possible, 0).sum()
        cross_entropy = -(head_target * F.log_softmax(_arcs(reader, x, s), -1)).sum(-1)
        arcs = arcs + cross_entropy.masked_fill(~s.known, 0).sum()
    tag_loss = -(tag_target * F.log_softmax(reader.syntax.tag(x).float(), -1)).sum(1).mean()
    events = F.binary_cross_entropy_with_logits(reader.events(x).float(), event_target, reduction="sum")
    return {
        "distillation_mentions": spans / mass.clamp(min=20),
        "distillation_events": events / event_target.sum().clamp(min=20),
        "distillation_syntax": SYNTAX_WEIGHT * (arcs / max(1, len(x)) + tag_loss),
    }
