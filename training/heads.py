"""The light heads over the encoder's vectors, in PyTorch; the package computes the same with arrays."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dramaturg.findings import KINDS, TYPES
from dramaturg.layers.neural.pairs import SIZES
from training.network import WIDTH

SPAN, ARC, RELATION, PLACE, PAIR = 128, 160, 64, 192, 128


class Biaffine(nn.Module):
    """Scores of all pairs of rows: x·U·y, a one beside each vector. Source: Dozat & Manning 2017."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(out, width + 1, width + 1))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        """(batch, n, width) and (batch, m, width) → (batch, n, m, out)."""
        one = x.new_ones(*x.shape[:-1], 1)
        two = y.new_ones(*y.shape[:-1], 1)
        return torch.einsum("bnd,ode,bme->bnmo", torch.cat([x, one], -1), self.weight, torch.cat([y, two], -1))


class Mentions(nn.Module):
    """Every span of a sentence: no mention, or one of a type. Source: Yu, Bohnet & Poesio 2020."""

    def __init__(self) -> None:
        super().__init__()
        self.start, self.end = nn.Linear(WIDTH, SPAN), nn.Linear(WIDTH, SPAN)
        self.score = Biaffine(SPAN, 1 + len(TYPES))
        self.score.weight.data[0, -1, -1] = 6.0  # most spans are no mention

    def forward(self, x: Tensor) -> Tensor:
        """(sentences, units, WIDTH) → (sentences, units as start, units as end, 1 + types)."""
        start = F.dropout(F.relu(self.start(x)), 0.3, self.training)
        end = F.dropout(F.relu(self.end(x)), 0.3, self.training)
        return self.score(start, end)


class Events(nn.Module):
    """Every unit: an event that is shown as having happened, or none."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(WIDTH, 128), nn.Linear(128, 1)
        nn.init.constant_(self.out.bias, -3.0)  # most words are no event

    def forward(self, x: Tensor) -> Tensor:
        """(units, WIDTH) → (units,)."""
        return self.out(F.dropout(F.relu(self.hidden(x)), 0.3, self.training))[:, 0]


class Syntax(nn.Module):
    """Part of speech, lemma (as an edit of the word), head and relation. Source: Dozat & Manning 2017."""

    def __init__(self, tags: int, edits: int, relations: int) -> None:
        super().__init__()
        self.tag, self.edit = nn.Linear(WIDTH, tags), nn.Linear(WIDTH, edits)
        self.arc_head, self.arc_child = nn.Linear(WIDTH, ARC), nn.Linear(WIDTH, ARC)
        self.relation_head, self.relation_child = nn.Linear(WIDTH, RELATION), nn.Linear(WIDTH, RELATION)
        self.arc, self.relation = Biaffine(ARC, 1), Biaffine(RELATION, relations)

    def arcs(self, x: Tensor) -> Tensor:
        """(sentences, units, WIDTH) → (sentences, children, heads); a unit that is its own head is the root."""
        head = F.dropout(F.relu(self.arc_head(x)), 0.3, self.training)
        child = F.dropout(F.relu(self.arc_child(x)), 0.3, self.training)
        return self.arc(child, head)[..., 0]

    def relations(self, child: Tensor, head: Tensor) -> Tensor:
        """(units, WIDTH) each with its head's vector → (units, relations)."""
        child = F.dropout(F.relu(self.relation_child(child)), 0.3, self.training)
        head = F.dropout(F.relu(self.relation_head(head)), 0.3, self.training)
        return self.relation(child[:, None], head[:, None])[:, 0, 0]


class Spans(nn.Module):
    """Places in the text (mentions, utterances) → a vector each: from first, last and mean of their units."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(3 * WIDTH, PLACE)

    def forward(self, x: Tensor) -> Tensor:
        """(places, 3 * WIDTH) → (places, PLACE)."""
        return F.dropout(F.relu(self.dense(x)), 0.3, self.training)


class Pairs(nn.Module):
    """Scores of pairs of places by their vectors and features, and of standing alone."""

    def __init__(self, sizes: tuple[int, ...] = SIZES) -> None:
        super().__init__()
        self.one, self.other = nn.Linear(PLACE, PAIR), nn.Linear(PLACE, PAIR, bias=False)
        self.both = nn.Linear(PLACE, PAIR, bias=False)
        self.features = nn.ModuleList(nn.Embedding(size, PAIR) for size in sizes)
        self.out = nn.Linear(PAIR, 1)
        self.alone, self.alone_out = nn.Linear(PLACE, 64), nn.Linear(64, 1)
        for table in self.features:
            nn.init.normal_(table.weight, std=0.05)

    def forward(self, one: Tensor, other: Tensor, i: Tensor, j: Tensor, features: Tensor) -> Tensor:
        """Score place i of `one` with place j of `other`: (pairs,)."""
        hidden = self.one(one)[i] + self.other(other)[j] + self.both(one[i] * other[j])
        for column, table in enumerate(self.features):
            hidden = hidden + table(features[:, column])
        return self.out(F.dropout(F.relu(hidden), 0.2, self.training))[:, 0]

    def nobody(self, one: Tensor) -> Tensor:
        """The score of standing alone: (places,)."""
        return self.alone_out(F.relu(self.alone(one)))[:, 0]


class Kinds(nn.Module):
    """Name, noun or pronoun, from a place's vector."""

    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(PLACE, len(KINDS))

    def forward(self, x: Tensor) -> Tensor:
        """(places, PLACE) → (places, kinds)."""
        return self.out(x)
