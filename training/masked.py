"""Going on with masked words over raw novels: a model of sentences gets its eye for single words back.

    python -m training.masked --corpora DIR --start model.safetensors --work .work/masked [--minutes 30]

Reads the training novels of PDNC and LitBank (never those of dev), hides whole words and learns to guess them. Stops
when told; started again, it goes on from its last checkpoint. Source: BERT (Devlin et al. 2019), whole words masked.
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

from dramaturg.encoder.pieces import Pieces
from dramaturg.encoder.windows import WIDTH, cut_windows, pad_windows, prepare
from dramaturg.scan import scan
from dramaturg.sources import load
from dramaturg.sources.limits import Limits
from training.network import WIDTH as VECTOR
from training.network import Encoder, start_from

HIDDEN = 0.18  # of the words
BATCH = 32  # windows
RATE = 2e-4
WARM = 100  # steps
ROUND = 3000  # steps until the rate is down to a tenth
SAVE = 120  # seconds


class Guesser(nn.Module):
    """The encoder with a head that guesses hidden pieces, its output tied to the pieces' vectors."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.dense = nn.Linear(VECTOR, VECTOR)
        self.norm = nn.LayerNorm(VECTOR, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(encoder.word.num_embeddings))
        nn.init.eye_(self.dense.weight)

    def forward(self, batch: dict[str, Tensor], hidden: Tensor) -> Tensor:
        """Scores of every piece of the vocabulary at the hidden places: (places, vocabulary)."""
        x = self.encoder(batch["ids"], batch["case"], batch["place"], batch["mask"])[hidden]
        return self.norm(F.gelu(self.dense(x))) @ self.encoder.word.weight.T + self.bias


def novels(corpora: Path) -> list[Path]:
    """The raw texts that may be learned from: none of the works of dev."""
    names = (corpora / "pdnc/train.txt").read_text().split()
    ids = set((corpora / "litbank/train.ids").read_text().split())
    books = [p for p in sorted((corpora / "litbank/original").glob("*.txt")) if p.name.split("_")[0] in ids]
    return [*(corpora / "pdnc/data" / name / "novel_text.txt" for name in names), *books]


def pack(path: Path, pieces: Pieces) -> NDArray[np.int32]:
    """A novel's windows as rows: (windows, 4, WIDTH) of pieces, cases, places and units; padding has unit -1."""
    draft = scan(load(path, Limits()))
    inputs = prepare(draft, pieces)
    padded = pad_windows(cut_windows(draft, inputs), inputs, pieces, WIDTH)
    edge = (padded.unit < 0) & (padded.mask > 0)  # what opens and closes a window is never hidden
    first = np.where(padded.unit < 0, np.iinfo(np.int32).max, padded.unit).min(axis=1, keepdims=True)
    unit = np.where(padded.unit < 0, padded.unit, padded.unit - first)
    return np.stack([padded.ids, padded.case, padded.place, np.where(edge, -2, unit)], axis=1).astype(np.int32)


def hide(
    rows: NDArray[np.int32], pieces: Pieces, draw: np.random.Generator
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Hide whole words of a batch: the inputs, where is hidden, and what stood there."""
    ids, unit = rows[:, 0].copy(), rows[:, 3]
    chosen = draw.random((len(rows), WIDTH + 1)) < HIDDEN
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
    return batch, torch.from_numpy(hidden), torch.from_numpy(answers).long()


def rate(step: int) -> float:
    """The learning rate as a part of the highest."""
    if step < WARM:
        return (step + 1) / WARM
    return max(0.1, 1 - 0.9 * (step - WARM) / ROUND)


def main() -> None:
    """Train until the minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--work", type=Path, default=Path(".work/masked"))
    parser.add_argument("--minutes", type=float, default=30)
    args = parser.parse_args()
    torch.set_num_threads(2)
    args.work.mkdir(parents=True, exist_ok=True)
    pieces = Pieces(args.vocabulary.read_text(encoding="utf-8").splitlines())
    rows = _rows(args, pieces)
    guesser = Guesser(start_from(args.start))
    decay = [p for p in guesser.parameters() if p.dim() > 1]
    rest = [p for p in guesser.parameters() if p.dim() <= 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), fused=True)
    saved = args.work / "checkpoint.pt"
    step = 0
    if saved.exists():
        state = torch.load(saved)
        guesser.load_state_dict(state["guesser"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    order = np.random.default_rng(0).permutation(len(rows))
    begun = last = time.time()
    losses: list[float] = []
    while time.time() - begun < args.minutes * 60:
        draw = np.random.default_rng(step)
        here = order[np.arange(step * BATCH, (step + 1) * BATCH) % len(order)]
        batch, hidden, answers = hide(rows[np.sort(here)], pieces, draw)
        for group in optimizer.param_groups:
            group["lr"] = RATE * rate(step)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = guesser(batch, hidden)
        loss = F.cross_entropy(scores.float(), answers)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(guesser.parameters(), 1.0)
        optimizer.step()
        step += 1
        losses.append(loss.item())
        if step % 20 == 0:
            log = {"step": step, "loss": round(float(np.mean(losses[-20:])), 4), "minutes": (time.time() - begun) / 60}
            print(json.dumps(log), flush=True)
        if time.time() - last > SAVE:
            _save(saved, guesser, optimizer, step)
            last = time.time()
    _save(saved, guesser, optimizer, step)


def _save(path: Path, guesser: Guesser, optimizer: torch.optim.Optimizer, step: int) -> None:
    beside = path.with_suffix(".new")
    torch.save({"guesser": guesser.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, beside)
    beside.rename(path)


def _rows(args: argparse.Namespace, pieces: Pieces) -> NDArray[np.int32]:
    path = args.work / "rows.npy"
    if not path.exists():
        packed = [pack(novel, pieces) for novel in novels(args.corpora)]
        np.save(path, np.concatenate(packed).astype(np.int32))
    rows: NDArray[np.int32] = np.load(path, mmap_mode="r")
    return rows


if __name__ == "__main__":
    main()
