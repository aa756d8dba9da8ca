"""Train the encoder and every layer's head together: one pass, many answers.

    python -m training.layers --corpora DIR --start CHECKPOINT --vocabulary vocab.txt --work .work/layers

Each step takes one document, or some windows of one, of LitBank (mentions, coreference, events), of the treebanks
(parts of speech, lemmas, dependencies), of PDNC (who says it, who hears it), or, where earlier runs teach, of raw
novels. The order is drawn from a fixed seed, so a run that was stopped goes on where its last checkpoint stands. Beside
the weights their running mean is kept, which is what goes into the package. On a graphics card where there is one.
"""

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from dramaturg.encoder.word_pieces import WordPieceTokenizer
from training.data import Data, read_data, schedule
from training.device import best_device, in_16_bits
from training.distillation import distillation_losses
from training.examples import Example, load_tokenizer
from training.figures import Chosen
from training.losses import gold_losses
from training.network import Encoder, start_from
from training.raw import Raw, read_raw
from training.reader import Reader
from training.steps import CELLS, Step, make_step, moved, with_ids
from training.swapping import Names


@dataclass(frozen=True)
class Config:
    """Every choice of a run."""

    literary: float = 15.0  # epochs
    grammatical: float = 6.0
    conversational: float = 1.0
    distillation: int = 0  # steps over raw novels, taught by earlier runs
    raw: int = 12  # windows of a step over raw novels
    hidden: float = 0.06  # of the pieces
    swap: float = 0.0  # of the LitBank steps, those with other names
    mean: float = 0.997  # how much of the running mean stays at each step
    rate: float = 1.5e-4
    head_rate: float = 1e-3
    warm: int = 100
    decay: float = 0.01
    seed: int = 1


SAVE = 150  # seconds
TOLD = 25  # steps between two lines of losses
MANY_CELLS = 8 * CELLS  # on a graphics card


class Steps:
    """The steps of a run by their number, each made when it is first taken."""

    def __init__(
        self, data: Data, raw: Raw | None, pieces: WordPieceTokenizer, config: Config, device: torch.device
    ) -> None:
        """`raw`: the novels of the distillation steps."""
        self.data, self.raw, self.pieces, self.config, self.device = data, raw, pieces, config, device
        self.order = schedule(
            [
                ("literary", len(data.literary), config.literary),
                ("grammatical", len(data.grammatical), config.grammatical),
                ("conversational", len(data.conversational), config.conversational),
                ("distillation", config.distillation, 1),
            ],
            config.seed,
        )
        self.names = Names(data.literary) if config.swap else None
        self.made: dict[tuple[str, int], Step] = {}

    def __len__(self) -> int:
        return len(self.order)

    def take(self, number: int) -> Step:
        """The step of a number."""
        kind, which = self.order[number]
        if kind == "distillation":
            return self._make(self._stretch(which))
        if (kind, which) not in self.made:
            self.made[kind, which] = self._make(getattr(self.data, kind)[which])
        step, draw = self.made[kind, which], np.random.default_rng((self.config.seed, number))
        if self.names is None or kind != "literary" or draw.random() >= self.config.swap:
            return step
        return with_ids(step, self.names.swap(which, draw), self.pieces)

    def _make(self, example: Example) -> Step:
        cells = CELLS if self.device.type == "cpu" else MANY_CELLS
        return moved(make_step(example, self.pieces, cells), self.device)

    def _stretch(self, which: int) -> Example:
        """Some windows in a row of a novel; every novel gives as many stretches."""
        assert self.raw is not None
        draw = np.random.default_rng((self.config.seed, which))
        novel = which % (len(self.raw.novels) - 1)
        first, last = self.raw.novels[novel : novel + 2].tolist()
        at = int(draw.integers(first, max(first + 1, last - self.config.raw + 1)))
        return self.raw.stretch(at, min(last, at + self.config.raw))


def main() -> None:
    """Train, or go on training, until the schedule or the minutes are over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="masked words' checkpoint, or model.safetensors")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument(
        "--after",
        type=Path,
        nargs="+",
        default=[],
        help="earlier runs' checkpoint.pt: taught by all, and going on from the first where there is no --start",
    )
    parser.add_argument("--work", type=Path, default=Path(".work/layers"))
    parser.add_argument("--minutes", type=float, default=10**6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--look", type=int, default=200, help="steps between two looks at what is chosen on")
    for name, value in asdict(Config()).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    args = parser.parse_args()
    if not (args.start or args.after):
        parser.error("give --start or --after: a run needs something to go on from")
    config = Config(**{name: getattr(args, name) for name in asdict(Config())})
    if config.distillation and not args.after:
        parser.error("--distillation needs earlier runs as teachers: name them with --after")
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    pieces = load_tokenizer(args.vocabulary)
    data = read_data(args.corpora, pieces, config.conversational > 0, args.work / "data.pt")
    raw = read_raw(args.corpora, pieces, args.work / "raw.npz") if config.distillation else None
    device = best_device()
    steps = Steps(data, raw, pieces, config, device)
    reader = Reader(data.labels, _encoder(args.start) if args.start else Encoder(), pieces, config.hidden)
    teachers = [_taught(path, data, pieces).to(device) for path in args.after]
    if teachers and not args.start:
        reader.load_state_dict(teachers[0].state_dict())
    run = Run(reader.to(device), teachers if config.distillation else [], steps, config, args.work)
    run.go_on(args.minutes, args.look)


class Run:
    """A reader on its way through the steps."""

    def __init__(self, reader: Reader, teachers: list[Reader], steps: Steps, config: Config, work: Path) -> None:
        """Takes up what stands in `work`, where something does."""
        self.reader, self.teachers, self.steps, self.config = reader, teachers, steps, config
        self.optimizer = _optimizer(reader, config)
        self.chosen = Chosen(steps.data, steps.pieces, steps.device)
        self.weights = list(reader.state_dict().values())  # the very ones that the optimizer moves
        self.mean = [value.clone() for value in self.weights]
        self.saved, self.step = work / "checkpoint.pt", 0
        if self.saved.exists():
            state = torch.load(self.saved, weights_only=False, map_location=steps.device)
            reader.load_state_dict(state["reader"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.mean = [state["mean"][name] for name in reader.state_dict()]
            self.step = state["step"]

    def go_on(self, minutes: float, look: int) -> None:
        """Train until the steps or the minutes are over; `look`: steps between two looks at what is chosen on."""
        begun = last = time.time()
        seen: dict[str, list[Tensor]] = {}
        print(json.dumps({"steps": len(self.steps), "from": self.step, **asdict(self.config)}), flush=True)
        if not self.step:
            self._look()
        while self.step < len(self.steps) and time.time() - begun < minutes * 60:
            for name, value in self._one().items():
                seen.setdefault(name, []).append(value)
            if self.step % TOLD == 0:
                means = {name: round(float(torch.stack(values).mean()), 4) for name, values in seen.items()}
                passed = round((time.time() - begun) / 60, 1)
                print(json.dumps({"step": self.step, "minutes": passed, **means}), flush=True)
                seen = {}
            if self.step % look == 0:
                self._look()
            if time.time() - last > SAVE:
                self._save()
                last = time.time()
        if self.step % look:
            self._look()
        self._save()

    def _look(self) -> None:
        print(json.dumps({"step": self.step, **self.chosen.figures(self.reader, self.averaged())}), flush=True)

    def averaged(self) -> dict[str, Tensor]:
        """The running mean of the weights, by name."""
        return dict(zip(self.reader.state_dict(), self.mean, strict=True))

    def _one(self) -> dict[str, Tensor]:
        """One step; its losses by name."""
        torch.manual_seed(self.config.seed + self.step)
        part = min(1.0, (self.step + 1) / self.config.warm) * max(0.02, 1 - self.step / len(self.steps))
        for group in self.optimizer.param_groups:
            group["lr"] = part * group["full"]
        self.reader.train()
        step = self.steps.take(self.step)
        with in_16_bits(self.steps.device):
            x = self.reader.vectors(step)
            if step.raw:
                parts = distillation_losses(self.reader, x, self.teachers, step)
            else:
                parts = gold_losses(self.reader, x, step)
            loss = torch.stack(list(parts.values())).sum()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.reader.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        keep = min(self.config.mean, self.step / (self.step + 9))
        torch._foreach_lerp_(self.mean, self.weights, 1 - keep)
        return {name: value.detach() for name, value in parts.items()}

    def _save(self) -> None:
        beside = self.saved.with_suffix(".new")
        state = {
            "reader": self.reader.state_dict(),
            "mean": self.averaged(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }
        torch.save(state, beside)
        beside.rename(self.saved)


def _taught(path: Path, data: Data, pieces: WordPieceTokenizer) -> Reader:
    """The reader of an earlier run."""
    reader = Reader(data.labels, Encoder(), pieces)
    mean: Mapping[str, Tensor] = torch.load(path, weights_only=False, map_location="cpu")["mean"]
    reader.load_state_dict(mean, strict=False)  # the package has no heads for conversation
    return reader.eval().requires_grad_(False)


def _encoder(path: Path) -> Encoder:
    if path.suffix == ".safetensors":
        return start_from(path)
    encoder = Encoder()
    state = torch.load(path, map_location="cpu")["guesser"]
    encoder.load_state_dict({name[8:]: value for name, value in state.items() if name.startswith("encoder.")})
    return encoder


def _optimizer(reader: Reader, config: Config) -> torch.optim.AdamW:
    groups = []
    for inside, rate in ((True, config.rate), (False, config.head_rate)):
        for matrix in (True, False):
            chosen = [
                p
                for name, p in reader.named_parameters()
                if name.startswith("encoder.") == inside and (p.dim() > 1) == matrix
            ]
            groups.append({"params": chosen, "full": rate, "weight_decay": config.decay if matrix else 0.0})
    return torch.optim.AdamW(groups, lr=config.rate, betas=(0.9, 0.98), fused=True)


if __name__ == "__main__":
    main()
