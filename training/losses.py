"""The losses of a reader against a step's labels, by layer."""

import torch
from torch import Tensor
from torch.nn import functional as F

from dramaturg.findings import TYPES
from training.examples import EITHER_TYPE
from training.reader import Reader
from training.steps import IGNORED_LABEL, Antecedents, SpeechLabels, Step, SyntaxLabels


def mention_loss(reader: Reader, x: Tensor, step: Step) -> Tensor:
    """The cross-entropy of the types of all spans (type 0: not a mention), per annotated span."""
    total = x.new_zeros(())
    for s in step.sentences:
        assert s.types is not None
        scores = reader.mentions(x[s.index]).float()
        log_total = torch.logsumexp(scores[..., : 1 + len(TYPES)], -1)
        either = [
            torch.logsumexp(scores[..., [type + 1 for type in types]], -1, True) for types in EITHER_TYPE.values()
        ]
        scores = torch.cat([scores, *either], -1)
        right = scores.gather(-1, s.types.clamp(min=0)[..., None])[..., 0]
        total = total + (log_total - right).masked_fill(s.types == IGNORED_LABEL, 0).sum()
    return total / max(20, step.n_spans)


def span_rows(x: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """The first, the last and the mean vector of each span of units: (spans, 3 * WIDTH). `last` is excluded."""
    sums = torch.cat([x.new_zeros(1, x.shape[1]), x.cumsum(0)])
    mean = (sums[last] - sums[first]) / (last - first)[:, None]
    return torch.cat([x[first], x[last - 1], mean], dim=1)


def coreference_loss(reader: Reader, x: Tensor, antecedents: Antecedents) -> Tensor:
    """The loss of the mentions' kinds, plus that of their antecedents.

    The latter is the negative log of the probability of all correct antecedents together (Lee et al. 2017).
    """
    vectors = reader.spans(span_rows(x, antecedents.first, antecedents.last))
    kinds = F.cross_entropy(reader.kinds(vectors).float(), antecedents.kind)
    n = len(vectors)
    scores = reader.pairs(vectors, vectors, antecedents.later, antecedents.earlier, antecedents.features).float()
    grid = scores.new_full((n, n + 1), -1e4)
    grid[antecedents.later, antecedents.earlier] = scores
    grid[:, n] = reader.pairs.no_partner(vectors).float()
    return kinds + _negative_log_share(grid, antecedents.right)


def _negative_log_share(grid: Tensor, right: Tensor) -> Tensor:
    """The mean negative log of the probability that each row gives to its correct columns together."""
    return (torch.logsumexp(grid, 1) - torch.logsumexp(grid.masked_fill(~right, -1e4), 1)).mean()


def event_loss(reader: Reader, x: Tensor, gold: Tensor) -> Tensor:
    """The binary cross-entropy of the units as events, per event."""
    loss = F.binary_cross_entropy_with_logits(reader.events(x).float(), gold, reduction="sum")
    return loss / gold.sum().clamp(min=20)


def syntax_loss(reader: Reader, x: Tensor, step: Step, labels: SyntaxLabels) -> Tensor:
    """The cross-entropy of parts of speech, edits (half weight), heads and relations, summed."""
    dropped = F.dropout(x, 0.2, reader.training)
    loss = F.cross_entropy(reader.syntax.tag(dropped).float(), labels.tag, ignore_index=IGNORED_LABEL)
    loss = loss + 0.5 * F.cross_entropy(reader.syntax.edit(dropped).float(), labels.edit, ignore_index=IGNORED_LABEL)
    arcs, counted = x.new_zeros(()), x.new_zeros(())
    for s in step.sentences:
        assert s.heads is not None
        scores = reader.syntax.arcs(x[s.index]).float().masked_fill(~s.known[:, None, :], -1e4)
        arcs = arcs + F.cross_entropy(
            scores.flatten(0, 1), s.heads.flatten(), ignore_index=IGNORED_LABEL, reduction="sum"
        )
        counted = counted + (s.heads != IGNORED_LABEL).sum()
    relations = reader.syntax.relations(x[labels.child], x[labels.head]).float()
    return loss + arcs / counted.clamp(min=1) + F.cross_entropy(relations, labels.relation)


def speech_loss(reader: Reader, x: Tensor, labels: SpeechLabels) -> Tensor:
    """The loss of the mentions of each utterance's speaker, plus that of its addressees' mentions."""
    utterances = reader.utterances(span_rows(x, labels.utterance[:, 0], labels.utterance[:, 1]))
    people = reader.people(span_rows(x, labels.mention[:, 0], labels.mention[:, 1]))
    loss = x.new_zeros(())
    for scorer, right in zip((reader.says, reader.hears), labels.right, strict=True):
        scores = scorer(utterances, people, labels.i, labels.j, labels.features).float()
        grid = scores.new_full(right.shape, -1e4)
        grid[labels.i, labels.j] = scores
        grid[:, -1] = scorer.no_partner(utterances).float()
        loss = loss + _negative_log_share(grid, right)
    return loss


def gold_losses(reader: Reader, x: Tensor, step: Step) -> dict[str, Tensor]:
    """The losses for the labels that a step has, by name. `x`: the reader's vectors, (units, WIDTH)."""
    parts = {}
    if step.marked:
        parts["others" if step.antecedents is None else "mentions"] = mention_loss(reader, x, step)
    if step.antecedents is not None:
        parts["coreference"] = coreference_loss(reader, x, step.antecedents)
    if step.events is not None:
        parts["events"] = event_loss(reader, x, step.events)
    if step.syntax is not None:
        parts["syntax"] = syntax_loss(reader, x, step, step.syntax)
    if step.speech is not None:
        parts["speech"] = speech_loss(reader, x, step.speech)
    return parts
