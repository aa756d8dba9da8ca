"""The package's weights → a checkpoint to go on from: checkpoints are large and not kept, weights are.

    python -m training.from_weights [--work .work/committed] [--toward CHECKPOINT --part 0.65]

What `training.layers` then starts `--after` has the weights as they were rounded. The heads for conversation are not in
the package; they begin anew. With `--toward` each weight is so far on its way to a later run's: a mean
of runs of which one began where the other ended is often better than either (Wortsman et al. 2022, Model soups).
"""

import argparse
from pathlib import Path

import torch

from dramaturg.layers.heads import load_heads
from training.quickly import load_encoder


def main() -> None:
    """Write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".work/committed"))
    parser.add_argument("--toward", type=Path, help="a later run's checkpoint.pt")
    parser.add_argument("--part", type=float, default=0.65, help="how far toward it, from 0 to 1")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    mean = {f"encoder.{name}": value for name, value in load_encoder().state_dict().items()}
    mean |= {name: torch.from_numpy(value.copy()) for name, value in load_heads().items()}
    if args.toward:
        later = torch.load(args.toward, weights_only=False)["mean"]
        mean = {name: value.float().lerp(later[name].float(), args.part) for name, value in mean.items()}
    torch.save({"mean": mean}, args.work / "checkpoint.pt")


if __name__ == "__main__":
    main()
