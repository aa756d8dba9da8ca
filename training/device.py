"""Where a run reckons: on a graphics card where there is one, else on the processor."""

import torch


def best_device() -> torch.device:
    """The first graphics card, or the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def in_16_bits(device: torch.device) -> torch.autocast:
    """What is reckoned inside is so in bfloat16, where that does no harm."""
    return torch.autocast(device.type, dtype=torch.bfloat16)
