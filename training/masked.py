"""Continue the encoder's training with masked words on raw novels.

The start is a model of whole sentences; masked words make its vectors of single words useful again.

    python -m training.masked --corpora DIR --start model.safetensors --vocabulary vocab.txt --work .work/masked

It reads the train novels of PDNC and LitBank (never those of dev), hides whole words and learns to predict them. When
you start it again, it continues from its last checkpoint. It uses a GPU if there is one. Source: BERT (Devlin et al.
2019), with whole words masked.
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

HIDDEN_SHARE = 0.18  # of the words
WARM_UP_STEPS = 100
SAVE_SECONDS = 120  # between two checkpoints


class MaskedLanguageModel(nn.Module):
    """The encoder with a head that predicts hidden pieces. The output weights are those of the piece embedding."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.dense = nn.Linear(WIDTH, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(encoder.word.num_embeddings))
        nn.init.eye_(self.dense.weight)

    def forward(self, batch: dict[str, Tensor], hidden: Tensor) -> Tensor:
        """Scores of every piece of the vocabulary for each hidden piece: (hidden pieces, vocabulary)."""
        x = self.encoder(batch["ids"], batch["case"], batch["place"], batch["mask"]).flatten(0, 1)[hidden]
        return self.norm(F.gelu(self.dense(x))) @ self.encoder.word.weight.T + self.bias


def hide(
    rows: NDArray[np.int32], pieces: WordPieceTokenizer, draw: np.random.Generator
) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """Hide whole words of `Raw.rows`.

    Returns the inputs, the indices of the hidden pieces in the flattened rows, and the hidden pieces themselves.
    """
    ids, unit = rows[:, 0].copy(), rows[:, 3]
    chosen = draw.random((len(rows), WINDOW_PIECES + 1)) < HIDDEN_SHARE
    hidden = np.take_along_axis(chosen, np.maximum(unit, 0), 1) & (unit >= 0)
    kind = draw.random(ids.shape)
    answers = ids[hidden]
    ids[hidden & (kind < 0.8)] = pieces.mask
    replaced = hidden & (kind >= 0.9)
    ids[replaced] = draw.integers(1000, len(pieces), int(replaced.sum()))
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
    model = MaskedLanguageModel(start_from(args.start)).to(device)
    optimizer = _make_optimizer(model)
    saved = args.work / "checkpoint.pt"
    step = 0
    if saved.exists():
        state = torch.load(saved, map_location=device)
        model.load_state_dict(state["guesser"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
    order = np.random.default_rng(0).permutation(len(raw))
    started = last = time.time()
    losses: list[Tensor] = []
    while step < args.steps and time.time() - started < args.minutes * 60:
        chosen = order[np.arange(step * args.batch, (step + 1) * args.batch) % len(order)]
        batch, hidden, answers = hide(raw.rows(np.sort(chosen), pieces), pieces, np.random.default_rng(step))
        batch = {name: value.to(device, non_blocking=True) for name, value in batch.items()}
        torch.manual_seed(step)
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min((step + 1) / WARM_UP_STEPS, 1 - 0.98 * step / args.steps)
        with in_16_bits(device):
            scores = model(batch, hidden.to(device))
        loss = F.cross_entropy(scores.float(), answers.to(device))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        losses.append(loss.detach())
        if step % 20 == 0:
            log = {"step": step, "loss": round(float(torch.stack(losses).mean()), 4), "minutes": _minutes(started)}
            print(json.dumps(log), flush=True)
            losses = []
        if time.time() - last > SAVE_SECONDS:
            _save(saved, model, optimizer, step)
            last = time.time()
    _save(saved, model, optimizer, step)


def _make_optimizer(model: MaskedLanguageModel) -> torch.optim.AdamW:
    decay = [p for p in model.parameters() if p.dim() > 1]
    rest = [p for p in model.parameters() if p.dim() <= 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)


def _minutes(started: float) -> float:
    return round((time.time() - started) / 60, 2)


def _save(path: Path, model: MaskedLanguageModel, optimizer: torch.optim.Optimizer, step: int) -> None:
    temporary = path.with_suffix(".new")
    torch.save({"guesser": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, temporary)
    temporary.rename(path)


if __name__ == "__main__":
    main()
