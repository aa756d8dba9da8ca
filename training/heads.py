"""The heads on the encoder's vectors, in PyTorch. `dramaturg.layers.neural` computes the same with arrays.

The names of the modules are the names of the weights in `heads.npz`.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from dramaturg.findings import KINDS, TYPES
from dramaturg.layers.neural.pairs import SIZES
from training.network import WIDTH

MENTION_WIDTH, ARC_WIDTH, RELATION_WIDTH, SPAN_WIDTH, PAIR_WIDTH = 128, 160, 64, 192, 128


class Biaffine(nn.Module):
    """Scores of all pairs of rows: x·U·y, with a 1 appended to each vector. Source: Dozat & Manning 2017."""

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
    """Scores of every span of a sentence: not a mention, or one of each type. Source: Yu, Bohnet & Poesio 2020."""

    def __init__(self) -> None:
        super().__init__()
        self.start, self.end = nn.Linear(WIDTH, MENTION_WIDTH), nn.Linear(WIDTH, MENTION_WIDTH)
        self.score = Biaffine(MENTION_WIDTH, 1 + len(TYPES))
        self.score.weight.data[0, -1, -1] = 6.0  # most spans are not mentions

    def forward(self, x: Tensor) -> Tensor:
        """(sentences, units, WIDTH) → (sentences, units as start, units as end, 1 + types)."""
        start = F.dropout(F.relu(self.start(x)), 0.3, self.training)
        end = F.dropout(F.relu(self.end(x)), 0.3, self.training)
        return self.score(start, end)


class Events(nn.Module):
    """The score of each unit as an event that is shown as having happened."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(WIDTH, 128), nn.Linear(128, 1)
        nn.init.constant_(self.out.bias, -3.0)  # most words are not events

    def forward(self, x: Tensor) -> Tensor:
        """(units, WIDTH) → (units,)."""
        return self.out(F.dropout(F.relu(self.hidden(x)), 0.3, self.training))[:, 0]


class Syntax(nn.Module):
    """Part of speech, lemma (as an edit of the word), head and relation. Source: Dozat & Manning 2017."""

    def __init__(self, tags: int, edits: int, relations: int) -> None:
        super().__init__()
        self.tag, self.edit = nn.Linear(WIDTH, tags), nn.Linear(WIDTH, edits)
        self.arc_head, self.arc_child = nn.Linear(WIDTH, ARC_WIDTH), nn.Linear(WIDTH, ARC_WIDTH)
        self.relation_head, self.relation_child = nn.Linear(WIDTH, RELATION_WIDTH), nn.Linear(WIDTH, RELATION_WIDTH)
        self.arc, self.relation = Biaffine(ARC_WIDTH, 1), Biaffine(RELATION_WIDTH, relations)

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
    """A vector for each span (mention or utterance), from the first, the last and the mean vector of its units."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = nn.Linear(3 * WIDTH, SPAN_WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """(spans, 3 * WIDTH) → (spans, SPAN_WIDTH)."""
        return F.dropout(F.relu(self.dense(x)), 0.3, self.training)


class Pairs(nn.Module):
    """Scores of pairs of spans, from their vectors and features, and of a span with no partner."""

    def __init__(self, sizes: tuple[int, ...] = SIZES) -> None:
        super().__init__()
        self.one, self.other = nn.Linear(SPAN_WIDTH, PAIR_WIDTH), nn.Linear(SPAN_WIDTH, PAIR_WIDTH, bias=False)
        self.both = nn.Linear(SPAN_WIDTH, PAIR_WIDTH, bias=False)
        self.features = nn.ModuleList(nn.Embedding(size, PAIR_WIDTH) for size in sizes)
        self.out = nn.Linear(PAIR_WIDTH, 1)
        self.alone, self.alone_out = nn.Linear(SPAN_WIDTH, 64), nn.Linear(64, 1)
        for table in self.features:
            nn.init.normal_(table.weight, std=0.05)

    def forward(self, one: Tensor, other: Tensor, i: Tensor, j: Tensor, features: Tensor) -> Tensor:
        """The scores of span i of `one` with span j of `other`: (pairs,)."""
        hidden = self.one(one)[i] + self.other(other)[j] + self.both(one[i] * other[j])
        for column, table in enumerate(self.features):
            hidden = hidden + table(features[:, column])
        return self.out(F.dropout(F.relu(hidden), 0.2, self.training))[:, 0]

    def no_partner(self, one: Tensor) -> Tensor:
        """The score of each span having no partner: (spans,)."""
        return self.alone_out(F.relu(self.alone(one)))[:, 0]


class Kinds(nn.Module):
    """Scores of the kinds of mention: name, noun or pronoun."""

    def __init__(self) -> None:
        super().__init__()
        self.out = nn.Linear(SPAN_WIDTH, len(KINDS))

    def forward(self, x: Tensor) -> Tensor:
        """(spans, SPAN_WIDTH) → (spans, kinds)."""
        return self.out(x)
