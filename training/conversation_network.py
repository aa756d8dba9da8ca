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
N_KNOTS = 33
BLOCK_UTTERANCES = 400
BATCH_BLOCKS = 2  # per step
EPOCHS = 6
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.02
DROPOUT = 0.2
WARM_UP_SHARE = 0.15  # of all steps, in which the learning rate rises
SEED = 7


@dataclass
class Block:
    """Consecutive utterances and their candidates.

    `rows` (candidates, features): quantiles. `neighbours` (candidates, OFFSETS): see `find_neighbours`. `utterance`
    (candidates,): from 0. `target` (candidates,): the target probability. `known` (utterances,): which have a speaker.
    """

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

    def forward(self, block: Block) -> torch.Tensor:
        """The score of each candidate: (rows,)."""
        x = self.norm[0](self.enter(block.rows))
        utterance, count = block.utterance, len(block.known)
        size = torch.bincount(utterance, minlength=count).clamp(min=1)[:, None]
        for layer, mix in enumerate(self.mix):
            same_person = torch.cat([x, x.new_zeros(1, WIDTH)])[block.neighbours].flatten(1)
            maximum = x.new_full((count, WIDTH), MIN_MAXIMUM).scatter_reduce(
                0, utterance[:, None].expand_as(x), x, "amax"
            )
            mean = x.new_zeros(count, WIDTH).index_add(0, utterance, x) / size
            x = self.norm[layer + 1](x + mix(torch.cat([x, same_person, maximum[utterance], mean[utterance]], dim=1)))
        score: torch.Tensor = self.leave(x)[:, 0]
        return score


def mlp(features: int) -> nn.Sequential:
    """A layer up to HIDDEN, ReLU and dropout, and a layer down to WIDTH."""
    layers = nn.Sequential()
    layers.add_module("up", nn.Linear(features, HIDDEN))
    layers.add_module("relu", nn.ReLU())
    layers.add_module("dropout", nn.Dropout(DROPOUT))
    layers.add_module("down", nn.Linear(HIDDEN, WIDTH))
    return layers


def fit_conversation_network(cases: list[Case]) -> Network:
    """Fit the network to the gold speakers: a softmax over an utterance's candidates and “nobody”, whose score is 0."""
    torch.manual_seed(SEED)
    draw = np.random.default_rng(SEED)
    cases = [case for case in cases if len(case.scene.table)]
    knots = np.quantile(
        np.concatenate([case.scene.table.rows[::7] for case in cases]), np.linspace(0, 1, N_KNOTS), axis=0
    )
    network = Network(knots.T.astype(np.float32), {})
    blocks = cut_blocks(cases, network)
    model = TrainableNetwork(len(network.knots))
    steps = EPOCHS * -(-len(blocks) // BATCH_BLOCKS)
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=steps, pct_start=WARM_UP_SHARE)
    for _ in range(EPOCHS):
        order = draw.permutation(len(blocks))
        for at in range(0, len(order), BATCH_BLOCKS):
            optimizer.zero_grad()
            batch = [blocks[k] for k in order[at : at + BATCH_BLOCKS]]
            known = sum(int(block.known.sum()) for block in batch)
            total = torch.stack([summed_cross_entropy(model(block), block) for block in batch]).sum() / max(1, known)
            total.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
    arrays = {name: tensor.detach().numpy().astype(np.float16) for name, tensor in model.state_dict().items()}
    return Network(network.knots, {name: array.astype(np.float32) for name, array in arrays.items()})


def conversation_network_across_folds(cases: list[Case], folds: list[int]) -> list[Floats]:
    """Each candidate's probability by a network trained on other authors' novels. Two networks train at a time."""
    names = sorted(set(folds))
    with ProcessPoolExecutor(2) as pool:
        networks = dict(zip(names, pool.map(partial(_fit_without, cases, folds), names), strict=True))
    return [score_network(case.scene.table, networks[fold]) for case, fold in zip(cases, folds, strict=True)]


def _fit_without(cases: list[Case], folds: list[int], fold: int) -> Network:
    torch.set_num_threads(1)
    return fit_conversation_network([case for case, f in zip(cases, folds, strict=True) if f != fold])


def summed_cross_entropy(score: torch.Tensor, block: Block) -> torch.Tensor:
    """The cross-entropy, summed over the utterances whose speaker is known."""
    utterance, count = block.utterance, len(block.known)
    top = score.new_zeros(count).scatter_reduce(0, utterance, score, "amax")
    total = torch.exp(-top).index_add(0, utterance, torch.exp(score - top[utterance]))
    return ((top + torch.log(total)) * block.known).sum() - (block.target * score).sum()


def cut_blocks(cases: list[Case], network: Network) -> list[Block]:
    """The cases one after the other, cut into blocks of BLOCK_UTTERANCES.

    The cases are REACH_UTTERANCES apart, so that none affects the scores of another.
    """
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
    blocks = []
    for at in range(0, start, BLOCK_UTTERANCES):
        part = slice(*np.searchsorted(utterance, (at, at + BLOCK_UTTERANCES)))
        if part.start < part.stop:
            _, local = np.unique(person[part], return_inverse=True)
            neighbours = find_neighbours(utterance[part] - at, local, OFFSETS)
            parts = quantiles[part], neighbours, utterance[part] - at, target[part], known[at : at + BLOCK_UTTERANCES]
            blocks.append(Block(*(torch.from_numpy(part) for part in parts)))
    return blocks
