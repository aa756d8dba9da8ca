"""Train the conversation network (`cast/speakers/conversation_network.py`) on the rows of the second pass."""

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch import nn

from dramaturg.cast.speakers.conversation_network import (
    EPSILON,
    MIN_MAXIMUM,
    N_LAYERS,
    OFFSETS,
    REACH_UTTERANCES,
    Network,
)
from dramaturg.cast.speakers.ranking import score_network
from dramaturg.cast.speakers.table import find_neighbours
from dramaturg.findings import Floats
from training.cases import Case

WIDTH = 64
HIDDEN = 2 * WIDTH
KNOTS = 33
PIECE = 400  # utterances of a step's example
PIECES = 2  # a step
EPOCHS = 6
RATE = 2e-3
DECAY = 0.02
DROPPED = 0.2
WARM = 0.15  # of all steps: while the rate rises
SEED = 7


@dataclass
class Lesson:
    """Utterances in a row. `target`: each candidate's share of the answer. `known`: (utterances,), which have one."""

    rows: torch.Tensor
    neighbours: torch.Tensor
    utterance: torch.Tensor
    target: torch.Tensor
    known: torch.Tensor


class TrainableNetwork(nn.Module):
    """The network of `cast/speakers/conversation_network.py` in PyTorch; its weights have the same names."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.enter = mlp(features)
        self.mix = nn.ModuleList(mlp(WIDTH * (len(OFFSETS) + 3)) for _ in range(N_LAYERS))
        self.norm = nn.ModuleList(nn.LayerNorm(WIDTH, eps=EPSILON) for _ in range(N_LAYERS + 1))
        self.leave = nn.Linear(WIDTH, 1)

    def forward(self, lesson: Lesson) -> torch.Tensor:
        """The score of each candidate: (rows,)."""
        x = self.norm[0](self.enter(lesson.rows))
        own, count = lesson.utterance, len(lesson.known)
        size = torch.bincount(own, minlength=count).clamp(min=1)[:, None]
        for layer, mix in enumerate(self.mix):
            around = torch.cat([x, x.new_zeros(1, WIDTH)])[lesson.neighbours].flatten(1)
            highest = x.new_full((count, WIDTH), MIN_MAXIMUM).scatter_reduce(0, own[:, None].expand_as(x), x, "amax")
            mean = x.new_zeros(count, WIDTH).index_add(0, own, x) / size
            x = self.norm[layer + 1](x + mix(torch.cat([x, around, highest[own], mean[own]], dim=1)))
        score: torch.Tensor = self.leave(x)[:, 0]
        return score


def mlp(features: int) -> nn.Sequential:
    """A layer up, what is above zero, and a layer down."""
    layers = nn.Sequential()
    layers.add_module("up", nn.Linear(features, HIDDEN))
    layers.add_module("above", nn.ReLU())
    layers.add_module("some", nn.Dropout(DROPPED))
    layers.add_module("down", nn.Linear(HIDDEN, WIDTH))
    return layers


def fit_conversation_network(cases: list[Case]) -> Network:
    """Teach a network who speaks: a softmax over an utterance's candidates, and nobody with the score 0."""
    torch.manual_seed(SEED)
    draw = np.random.default_rng(SEED)
    cases = [case for case in cases if len(case.scene.table)]
    knots = np.quantile(
        np.concatenate([case.scene.table.rows[::7] for case in cases]), np.linspace(0, 1, KNOTS), axis=0
    )
    network = Network(knots.T.astype(np.float32), {})
    lessons = cut_lessons(cases, network)
    model = TrainableNetwork(len(network.knots))
    steps = EPOCHS * -(-len(lessons) // PIECES)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=WARM)
    for _ in range(EPOCHS):
        order = draw.permutation(len(lessons))
        for at in range(0, len(order), PIECES):
            optimizer.zero_grad()
            some = [lessons[k] for k in order[at : at + PIECES]]
            known = sum(int(lesson.known.sum()) for lesson in some)
            total = torch.stack([loss(model(lesson), lesson) for lesson in some]).sum() / max(1, known)
            total.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    arrays = {name: tensor.detach().numpy().astype(np.float16) for name, tensor in model.state_dict().items()}
    return Network(network.knots, {name: array.astype(np.float32) for name, array in arrays.items()})


def conversation_network_across_folds(cases: list[Case], folds: list[int]) -> list[Floats]:
    """Each candidate's probability by a network that saw none of its author's novels; two are taught at a time."""
    names = sorted(set(folds))
    with ProcessPoolExecutor(2) as pool:
        networks = dict(zip(names, pool.map(partial(_fit_others, cases, folds), names), strict=True))
    return [score_network(case.scene.table, networks[fold]) for case, fold in zip(cases, folds, strict=True)]


def _fit_others(cases: list[Case], folds: list[int], fold: int) -> Network:
    torch.set_num_threads(1)
    return fit_conversation_network([case for case, f in zip(cases, folds, strict=True) if f != fold])


def loss(score: torch.Tensor, lesson: Lesson) -> torch.Tensor:
    """The cross-entropy over the utterances that have an answer, summed."""
    own, count = lesson.utterance, len(lesson.known)
    top = score.new_zeros(count).scatter_reduce(0, own, score, "amax")
    whole = torch.exp(-top).index_add(0, own, torch.exp(score - top[own]))
    return ((top + torch.log(whole)) * lesson.known).sum() - (lesson.target * score).sum()


def cut_lessons(cases: list[Case], network: Network) -> list[Lesson]:
    """The cases after one another, as if far apart, cut into pieces of so many utterances."""
    numbers, people, rows, targets, knowns = [], [], [], [], []
    start, first_person = 0, 0
    for case in cases:
        table, count = case.scene.table, len(case.speaker)
        known = np.array([name is not None for name in case.speaker], dtype=bool)
        right = case.right & known[table.utterance]
        target = right / np.maximum(1, np.bincount(table.utterance, right, count))[table.utterance]
        numbers.append(table.utterance.astype(np.int64) + start)
        people.append(table.person.astype(np.int64) + first_person)
        rows.append(network.to_quantiles(table.rows))
        targets.append(target.astype(np.float32))
        knowns.append(np.r_[known, np.zeros(REACH_UTTERANCES, bool)])
        start, first_person = start + count + REACH_UTTERANCES, first_person + int(table.person.max(initial=0)) + 1
    utterance, person, known = (np.concatenate(parts) for parts in (numbers, people, knowns))
    quantiles, target = np.concatenate(rows), np.concatenate(targets)
    lessons = []
    for at in range(0, start, PIECE):
        some = slice(*np.searchsorted(utterance, (at, at + PIECE)))
        if some.start < some.stop:
            _, local = np.unique(person[some], return_inverse=True)
            neighbours = find_neighbours(utterance[some] - at, local, OFFSETS)
            parts = quantiles[some], neighbours, utterance[some] - at, target[some], known[at : at + PIECE]
            lessons.append(Lesson(*(torch.from_numpy(part) for part in parts)))
    return lessons
