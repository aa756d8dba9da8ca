"""Going on with masked words over raw novels: a model of sentences gets its eye for single words back.

    python -m training.masked --corpora DIR --start model.safetensors --vocabulary vocab.txt --work .work/masked

Reads the training novels of PDNC and LitBank (never those of dev), hides whole words and learns to guess them. Started
again, it goes on from its last checkpoint. Source: BERT (Devlin et al. 2019), whole words masked. On a graphics card
where there is one.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from dramaturg.encoder.windows import WINDOW_PIECES
from dramaturg.encoder.word_pieces import WordPieceTokenizer
from training.device import best_device, in_16_bits
from training.examples import load_tokenizer
from training.network import WIDTH, Encoder, start_from
from training.raw import Raw, read_raw

HIDDEN = 0.18  # of the words
WARM = 100  # steps
SAVE = 120  # seconds


class Guesser(nn.Module):
    """The encoder with a head that guesses hidden pieces, its output tied to the pieces' vectors."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.dense = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(encoder.word.num_embeddings))
        nn.init.eye_(self.dense.weight)

    def forward(self, batch: dict[str, Tensor], hidden: Tensor) -> Tensor:
        """Scores of every piece of the vocabulary at the hidden places: (places, vocabulary)."""
        x = self.encoder(batch["ids"], batch["case"], batch["place"], batch["mask"]).flatten(0, 1)[hidden]
        return self.norm(F.gelu(self.dense(x))) @ self.encoder.word.weight.T + self.bias


def hide(
    rows: NDArray[np.int32], pieces: WordPieceTokenizer, draw: np.random.Generator
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Hide whole words of `Raw.rows`: the inputs, which pieces of all are hidden, and what stood there."""
    ids, unit = rows[:, 0].copy(), rows[:, 3]
    chosen = draw.random((len(rows), WINDOW_PIECES + 1)) < HIDDEN
    hidden = np.take_along_axis(chosen, np.maximum(unit, 0), 1) & (unit >= 0)
    how = draw.random(ids.shape)
    answers = ids[hidden]
    ids[hidden & (how < 0.8)] = pieces.mask
    other = hidden & (how >= 0.9)
    ids[other] = draw.integers(1000, len(pieces), int(other.sum()))
    batch = {
        "ids": torch.from_numpy(ids).long(),
        "case": torch.from_numpy(rows[:, 1]).long(),
        "place": torch.from_numpy(rows[:, 2]).long(),
        "mask": torch.from_numpy((unit != -1).astype(np.float32)),
    }
    return batch, torch.from_numpy(np.flatnonzero(hidden)), torch.from_numpy(answers).long()


def main() -> None:
    """Train until the steps or the minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(".work/masked"))
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=32, help="windows of a step")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--minutes", type=float, default=10**6)
    args = parser.parse_args()
    torch.set_num_threads(2)
    args.work.mkdir(parents=True, exist_ok=True)
    pieces = load_tokenizer(args.vocabulary)
    raw = read_raw(args.corpora, pieces, args.work / "raw.npz")
    guess(args, raw, pieces, best_device())


def guess(args: argparse.Namespace, raw: Raw, pieces: WordPieceTokenizer, device: torch.device) -> None:
    """Every step that is not yet done."""
    guesser = Guesser(start_from(args.start)).to(device)
    optimizer = _optimizer(guesser)
    saved = args.work / "checkpoint.pt"
    step = 0
    if saved.exists():
        state = torch.load(saved, map_location=device)
        guesser.load_state_dict(state["guesser"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    order = np.random.default_rng(0).permutation(len(raw))
    begun = last = time.time()
    losses: list[Tensor] = []
    while step < args.steps and time.time() - begun < args.minutes * 60:
        here = order[np.arange(step * args.batch, (step + 1) * args.batch) % len(order)]
        batch, hidden, answers = hide(raw.rows(np.sort(here), pieces), pieces, np.random.default_rng(step))
        batch = {name: value.to(device, non_blocking=True) for name, value in batch.items()}
        torch.manual_seed(step)
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min((step + 1) / WARM, 1 - 0.98 * step / args.steps)
        with in_16_bits(device):
            scores = guesser(batch, hidden.to(device))
        loss = F.cross_entropy(scores.float(), answers.to(device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(guesser.parameters(), 1.0)
        optimizer.step()
        step += 1
        losses.append(loss.detach())
        if step % 20 == 0:
            log = {"step": step, "loss": round(float(torch.stack(losses).mean()), 4), "minutes": _minutes(begun)}
            print(json.dumps(log), flush=True)
            losses = []
        if time.time() - last > SAVE:
            _save(saved, guesser, optimizer, step)
            last = time.time()
    _save(saved, guesser, optimizer, step)


def _optimizer(guesser: Guesser) -> torch.optim.AdamW:
    decay = [p for p in guesser.parameters() if p.dim() > 1]
    rest = [p for p in guesser.parameters() if p.dim() <= 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def _minutes(begun: float) -> float:
    return round((time.time() - begun) / 60, 2)


def _save(path: Path, guesser: Guesser, optimizer: torch.optim.Optimizer, step: int) -> None:
    beside = path.with_suffix(".new")
    torch.save({"guesser": guesser.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, beside)
    beside.rename(path)


if __name__ == "__main__":
    main()
