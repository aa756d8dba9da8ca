"""Average the weights of several runs into one checkpoint.

The runs must start from the same weights, or one must continue another.

    python -m training.average RUN/checkpoint.pt RUN/checkpoint.pt --work .work/averaged [--shares 0.35 0.65]

The mean is often better than each run, and sometimes much worse. `python -m training.layers --after` with this
checkpoint prints its figures before it trains. Source: Wortsman et al. 2022, Model soups.
"""

import argparse
from pathlib import Path

import torch


def main() -> None:
    """Write the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path, nargs="+", help="checkpoints; weights missing in one are left out")
    parser.add_argument("--shares", type=float, nargs="+", help="the share of each run; default: equal shares")
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
