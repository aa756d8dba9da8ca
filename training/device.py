"""The device of a run: a GPU if there is one, otherwise the CPU."""

import torch


def best_device() -> torch.device:
    """The first GPU, or the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def in_16_bits(device: torch.device) -> torch.autocast:
    """A context in which PyTorch computes in bfloat16, except where that loses too much precision."""
    return torch.autocast(device.type, dtype=torch.bfloat16)
