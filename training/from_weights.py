"""The package's weights → a checkpoint to go on from: checkpoints are large and not kept, weights are.

    python -m training.from_weights [--work .work/committed]

What `training.layers` then starts `--after` has the weights as they were rounded. The heads for conversation are not in
the package; they begin anew.
"""

import argparse
from pathlib import Path

import torch

from dramaturg.layers.neural.heads import load_heads
from training.quickly import load_encoder


def main() -> None:
    """Write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(".work/committed"))
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    mean = {f"encoder.{name}": value for name, value in load_encoder().state_dict().items()}
    mean |= {name: torch.from_numpy(value.copy()) for name, value in load_heads().items()}
    torch.save({"mean": mean}, args.work / "checkpoint.pt")


if __name__ == "__main__":
    main()
