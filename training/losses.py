"""How far a reader is from a step's answers, by layer."""

import torch
from torch import Tensor
from torch.nn import functional as F

from dramaturg.findings import TYPES
from training.examples import EITHER
from training.reader import Reader
from training.steps import IGNORED, Mates, Related, Said, Step


def mention_loss(reader: Reader, x: Tensor, step: Step) -> Tensor:
    """Every span of every sentence: no mention, or one of a type."""
    total = x.new_zeros(())
    for s in step.sentences:
        assert s.types is not None
        scores = reader.mentions(x[s.index]).float()
        whole = torch.logsumexp(scores[..., : 1 + len(TYPES)], -1)
        either = [torch.logsumexp(scores[..., [type + 1 for type in types]], -1, True) for types in EITHER.values()]
        scores = torch.cat([scores, *either], -1)
        right = scores.gather(-1, s.types.clamp(min=0)[..., None])[..., 0]
        total = total + (whole - right).masked_fill(s.types == IGNORED, 0).sum()
    return total / max(20, step.found)


def span_rows(x: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """First, last and mean of the vectors of each stretch of units: (places, 3 * WIDTH)."""
    sums = torch.cat([x.new_zeros(1, x.shape[1]), x.cumsum(0)])
    mean = (sums[last] - sums[first]) / (last - first)[:, None]
    return torch.cat([x[first], x[last - 1], mean], dim=1)


def coreference_loss(reader: Reader, x: Tensor, mates: Mates) -> Tensor:
    """Kinds of the mentions, and for each the sum of what is given to its earlier mates, or to nobody."""
    vectors = reader.spans(span_rows(x, mates.first, mates.last))
    kinds = F.cross_entropy(reader.kinds(vectors).float(), mates.kind)
    n = len(vectors)
    scores = reader.pairs(vectors, vectors, mates.later, mates.earlier, mates.features).float()
    grid = scores.new_full((n, n + 1), -1e4)
    grid[mates.later, mates.earlier] = scores
    grid[:, n] = reader.pairs.nobody(vectors).float()
    return kinds + _share(grid, mates.right)


def _share(grid: Tensor, right: Tensor) -> Tensor:
    """Minus the logarithm of what each row gives to its right columns together, in the mean."""
    return (torch.logsumexp(grid, 1) - torch.logsumexp(grid.masked_fill(~right, -1e4), 1)).mean()


def event_loss(reader: Reader, x: Tensor, gold: Tensor) -> Tensor:
    """Whether each unit is an event."""
    loss = F.binary_cross_entropy_with_logits(reader.events(x).float(), gold, reduction="sum")
    return loss / gold.sum().clamp(min=20)


def syntax_loss(reader: Reader, x: Tensor, step: Step, related: Related) -> Tensor:
    """Parts of speech, edits, heads and relations."""
    dropped = F.dropout(x, 0.2, reader.training)
    loss = F.cross_entropy(reader.syntax.tag(dropped).float(), related.tag, ignore_index=IGNORED)
    loss = loss + 0.5 * F.cross_entropy(reader.syntax.edit(dropped).float(), related.edit, ignore_index=IGNORED)
    arcs, counted = x.new_zeros(()), x.new_zeros(())
    for s in step.sentences:
        assert s.heads is not None
        scores = reader.syntax.arcs(x[s.index]).float().masked_fill(~s.known[:, None, :], -1e4)
        arcs = arcs + F.cross_entropy(scores.flatten(0, 1), s.heads.flatten(), ignore_index=IGNORED, reduction="sum")
        counted = counted + (s.heads != IGNORED).sum()
    relations = reader.syntax.relations(x[related.child], x[related.head]).float()
    return loss + arcs / counted.clamp(min=1) + F.cross_entropy(relations, related.relation)


def speech_loss(reader: Reader, x: Tensor, said: Said) -> Tensor:
    """Which mention is who says an utterance, and which who hears it."""
    utterances = reader.utterances(span_rows(x, said.utterance[:, 0], said.utterance[:, 1]))
    people = reader.people(span_rows(x, said.mention[:, 0], said.mention[:, 1]))
    loss = x.new_zeros(())
    for scorer, right in zip((reader.says, reader.hears), said.right, strict=True):
        scores = scorer(utterances, people, said.i, said.j, said.features).float()
        grid = scores.new_full(right.shape, -1e4)
        grid[said.i, said.j] = scores
        grid[:, -1] = scorer.nobody(utterances).float()
        loss = loss + _share(grid, right)
    return loss


def gold_losses(reader: Reader, x: Tensor, step: Step) -> dict[str, Tensor]:
    """The losses that a step has annotators' answers for, by name. `x`: the reader's vectors, (units, WIDTH)."""
    parts = {}
    if step.marked:
        parts["others" if step.mates is None else "mentions"] = mention_loss(reader, x, step)
    if step.mates is not None:
        parts["coreference"] = coreference_loss(reader, x, step.mates)
    if step.events is not None:
        parts["events"] = event_loss(reader, x, step.events)
    if step.related is not None:
        parts["syntax"] = syntax_loss(reader, x, step, step.related)
    if step.said is not None:
        parts["speech"] = speech_loss(reader, x, step.said)
    return parts
