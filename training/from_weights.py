"""Convert the package's weights to a checkpoint to continue from. Checkpoints are too large to keep; weights are kept.

    python -m training.from_weights [--work .work/committed]

Pass the checkpoint to `training.layers --after`. Its weights are rounded, as they are in the package. The heads for
conversation are not in the package, so they start untrained.
"""

import argparse
from pathlib import Path

import torch

from dramaturg.layers.neural.heads import load_heads
from training.pytorch_encoder import load_encoder


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
