"""Train the encoder and the heads of all layers together (multi-task learning).

    python -m training.layers --corpora DIR --start CHECKPOINT --vocabulary vocab.txt --work .work/layers

Each step takes one document, or some windows of one, of LitBank (mentions, coreference, events), of the treebanks
(parts of speech, lemmas, dependencies), of PDNC (speakers, addressees), or, with distillation, of raw novels. The order
is drawn from a fixed seed, so a run that was stopped continues from its last checkpoint. The run also keeps the
running mean of the weights, which is what goes into the package. It uses a GPU if there is one.
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
from training.data import Data, make_schedule, read_data
from training.device import best_device, in_16_bits
from training.distillation import distillation_losses
from training.examples import Example, load_tokenizer
from training.figures import DevSteps
from training.losses import gold_losses
from training.network import Encoder, start_from
from training.raw import Raw, read_raw
from training.reader import Reader
from training.steps import CELLS, Step, make_step, to_device, with_ids
from training.swapping import Names


@dataclass(frozen=True)
class Config:
    """The options of a run, with their defaults."""

    literary: float = 15.0  # epochs
    grammatical: float = 6.0
    conversational: float = 1.0
    distillation: int = 0  # steps on raw novels, with earlier runs as teachers
    raw: int = 12  # windows of a step on raw novels
    hidden: float = 0.06  # the share of pieces that are hidden
    swap: float = 0.0  # the share of LitBank steps with swapped names
    mean: float = 0.997  # the decay of the running mean: how much of it stays at each step
    rate: float = 1.5e-4  # the encoder's learning rate
    head_rate: float = 1e-3  # the heads' learning rate
    warm: int = 100  # steps in which the learning rate rises
    decay: float = 0.01  # weight decay
    seed: int = 1


SAVE_SECONDS = 150  # between two checkpoints
LOG_STEPS = 25  # between two lines of losses
GPU_CELLS = 8 * CELLS


class Steps:
    """The steps of a run by number. Each is made when it is first needed."""

    def __init__(
        self, data: Data, raw: Raw | None, pieces: WordPieceTokenizer, config: Config, device: torch.device
    ) -> None:
        """`raw`: the novels of the distillation steps."""
        self.data, self.raw, self.pieces, self.config, self.device = data, raw, pieces, config, device
        self.order = make_schedule(
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

    def get(self, number: int) -> Step:
        """The step with this number."""
        kind, which = self.order[number]
        if kind == "distillation":
            return self._make(self._draw_windows(which))
        if (kind, which) not in self.made:
            self.made[kind, which] = self._make(getattr(self.data, kind)[which])
        step, draw = self.made[kind, which], np.random.default_rng((self.config.seed, number))
        if self.names is None or kind != "literary" or draw.random() >= self.config.swap:
            return step
        return with_ids(step, self.names.swap(which, draw), self.pieces)

    def _make(self, example: Example) -> Step:
        cells = CELLS if self.device.type == "cpu" else GPU_CELLS
        return to_device(make_step(example, self.pieces, cells), self.device)

    def _draw_windows(self, which: int) -> Example:
        """Consecutive windows of a novel, at random; every novel is drawn from equally often."""
        assert self.raw is not None
        draw = np.random.default_rng((self.config.seed, which))
        novel = which % (len(self.raw.novels) - 1)
        first, last = self.raw.novels[novel : novel + 2].tolist()
        at = int(draw.integers(first, max(first + 1, last - self.config.raw + 1)))
        return self.raw.example(at, min(last, at + self.config.raw))


def main() -> None:
    """Train, or continue training, until the last step or the end of the minutes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="the checkpoint of training.masked, or model.safetensors")
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument(
        "--after",
        type=Path,
        nargs="+",
        default=[],
        help="checkpoint.pt of earlier runs: all are teachers; without --start, training continues from the first",
    )
    parser.add_argument("--work", type=Path, default=Path(".work/layers"))
    parser.add_argument("--minutes", type=float, default=10**6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--look", type=int, default=200, help="steps between two measurements on dev")
    for name, value in asdict(Config()).items():
        parser.add_argument(f"--{name}", type=type(value), default=value)
    args = parser.parse_args()
    if not (args.start or args.after):
        parser.error("give --start or --after: a run needs weights to start from")
    config = Config(**{name: getattr(args, name) for name in asdict(Config())})
    if config.distillation and not args.after:
        parser.error("--distillation needs earlier runs as teachers: give their checkpoints with --after")
    torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    pieces = load_tokenizer(args.vocabulary)
    data = read_data(args.corpora, pieces, config.conversational > 0, args.work / "data.pt")
    raw = read_raw(args.corpora, pieces, args.work / "raw.npz") if config.distillation else None
    device = best_device()
    steps = Steps(data, raw, pieces, config, device)
    reader = Reader(data.labels, _load_encoder(args.start) if args.start else Encoder(), pieces, config.hidden)
    teachers = [_load_reader(path, data, pieces).to(device) for path in args.after]
    if teachers and not args.start:
        reader.load_state_dict(teachers[0].state_dict())
    run = Run(reader.to(device), teachers if config.distillation else [], steps, config, args.work)
    run.train(args.minutes, args.look)


class Run:
    """The training of a reader: its optimizer, running mean and checkpoints."""

    def __init__(self, reader: Reader, teachers: list[Reader], steps: Steps, config: Config, work: Path) -> None:
        """Continue from the checkpoint in the folder `work`, if there is one."""
        self.reader, self.teachers, self.steps, self.config = reader, teachers, steps, config
        self.optimizer = _make_optimizer(reader, config)
        self.dev = DevSteps(steps.data, steps.pieces, steps.device)
        self.weights = list(reader.state_dict().values())  # the tensors that the optimizer changes in place
        self.mean = [value.clone() for value in self.weights]
        self.saved, self.step = work / "checkpoint.pt", 0
        if self.saved.exists():
            state = torch.load(self.saved, weights_only=False, map_location=steps.device)
            reader.load_state_dict(state["reader"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.mean = [state["mean"][name] for name in reader.state_dict()]
            self.step = state["step"]

    def train(self, minutes: float, look: int) -> None:
        """Train until the last step or the end of the minutes. `look`: steps between two measurements on dev."""
        started = last = time.time()
        losses: dict[str, list[Tensor]] = {}
        print(json.dumps({"steps": len(self.steps), "from": self.step, **asdict(self.config)}), flush=True)
        if not self.step:
            self._measure()
        while self.step < len(self.steps) and time.time() - started < minutes * 60:
            for name, value in self._make_step().items():
                losses.setdefault(name, []).append(value)
            if self.step % LOG_STEPS == 0:
                means = {name: round(float(torch.stack(values).mean()), 4) for name, values in losses.items()}
                minutes_passed = round((time.time() - started) / 60, 1)
                print(json.dumps({"step": self.step, "minutes": minutes_passed, **means}), flush=True)
                losses = {}
            if self.step % look == 0:
                self._measure()
            if time.time() - last > SAVE_SECONDS:
                self._save()
                last = time.time()
        if self.step % look:
            self._measure()
        self._save()

    def _measure(self) -> None:
        print(json.dumps({"step": self.step, **self.dev.measure(self.reader, self.averaged())}), flush=True)

    def averaged(self) -> dict[str, Tensor]:
        """The running mean of the weights, by name."""
        return dict(zip(self.reader.state_dict(), self.mean, strict=True))

    def _make_step(self) -> dict[str, Tensor]:
        """Make one step. Returns its losses by name."""
        torch.manual_seed(self.config.seed + self.step)
        factor = min(1.0, (self.step + 1) / self.config.warm) * max(0.02, 1 - self.step / len(self.steps))
        for group in self.optimizer.param_groups:
            group["lr"] = factor * group["full"]
        self.reader.train()
        step = self.steps.get(self.step)
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
        temporary = self.saved.with_suffix(".new")
        state = {
            "reader": self.reader.state_dict(),
            "mean": self.averaged(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
        }
        torch.save(state, temporary)
        temporary.rename(self.saved)


def _load_reader(path: Path, data: Data, pieces: WordPieceTokenizer) -> Reader:
    """The reader of an earlier run."""
    reader = Reader(data.labels, Encoder(), pieces)
    mean: Mapping[str, Tensor] = torch.load(path, weights_only=False, map_location="cpu")["mean"]
    reader.load_state_dict(mean, strict=False)  # the package has no heads for conversation
    return reader.eval().requires_grad_(False)


def _load_encoder(path: Path) -> Encoder:
    if path.suffix == ".safetensors":
        return start_from(path)
    encoder = Encoder()
    state = torch.load(path, map_location="cpu")["guesser"]
    encoder.load_state_dict({name[8:]: value for name, value in state.items() if name.startswith("encoder.")})
    return encoder


def _make_optimizer(reader: Reader, config: Config) -> torch.optim.AdamW:
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
