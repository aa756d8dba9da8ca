"""The mean of several runs' weights as a checkpoint, where one run began where another ended, or both alike.

    python -m training.average RUN/checkpoint.pt RUN/checkpoint.pt --work .work/averaged [--shares 0.35 0.65]

Often better than either, and sometimes much worse: `python -m training.layers --after` it says first how right it is.
Source: Wortsman et al. 2022, Model soups.
"""

import argparse
from pathlib import Path

import torch


def main() -> None:
    """Write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+", help="checkpoints; what is not in all of them is left out")
    parser.add_argument("--shares", type=float, nargs="+", help="of each; else all alike")
    parser.add_argument("--work", type=Path, default=Path(".work/averaged"))
    args = parser.parse_args()
    shares = args.shares or [1 / len(args.runs)] * len(args.runs)
    if len(shares) != len(args.runs):
        parser.error(f"{len(args.runs)} runs and {len(shares)} shares: give as many shares as runs, or none")
    args.work.mkdir(parents=True, exist_ok=True)
    runs = [torch.load(path, weights_only=False, map_location="cpu")["mean"] for path in args.runs]
    names = [name for name in runs[0] if all(name in run for run in runs)]
    mean = {name: sum(share * run[name].float() for share, run in zip(shares, runs, strict=True)) for name in names}
    torch.save({"mean": mean}, args.work / "checkpoint.pt")


if __name__ == "__main__":
    main()
