"""Raw novels as a training step: what an earlier run holds to stand there, learned from words that are hidden in part.

Source: Noisy Student (Xie et al. 2020). The teacher sees every word and no dropout; its probabilities, not its choices,
are what is learned, so that what it doubts is learned as doubtful. Coreference is not taught.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from dramaturg.draft import sentence_bounds
from dramaturg.encoder.pieces import Pieces
from dramaturg.encoder.windows import cut_windows, prepare
from dramaturg.scan import scan
from dramaturg.sources import load
from dramaturg.sources.limits import Limits
from training.examples import Example, cut_example
from training.masked import novels
from training.reader import Reader, in_sentences

SYNTAX = 0.3  # what the teacher's syntax weighs: it knows it from the treebanks, which are better teachers


def raw_texts(corpora: Path, pieces: Pieces, windows: int, steps: int, seed: int) -> list[Example]:
    """So many stretches of the novels that may be learned from, of so many windows each; every novel gives as many."""
    draw = np.random.default_rng(seed)
    paths = novels(corpora) if steps else []
    shares = np.bincount(np.arange(steps) % max(1, len(paths)), minlength=len(paths))
    found = []
    for path, share in zip(paths, shares.tolist(), strict=True):
        draft = scan(load(path, Limits()))
        inputs = prepare(draft, pieces)
        bounds = sentence_bounds(draft.units.sentence)
        whole = Example(inputs, cut_windows(draft, inputs), bounds, len(draft.units), raw=True)
        last = max(1, len(whole.windows) - windows)
        found.extend(cut_example(whole, at, at + windows) for at in draw.integers(0, last, share).tolist())
    return found


def silver_loss(reader: Reader, x: Tensor, teacher: Reader, example: Example, pieces: Pieces) -> dict[str, Tensor]:
    """How far the reader is from its teacher in mentions, events and syntax. `x`: its vectors, (units, WIDTH)."""
    with torch.no_grad():
        seen = teacher.vectors(example, pieces)
        likely = torch.sigmoid(teacher.events(seen).float())
    spans, syntax, mass = x.new_zeros(()), x.new_zeros(()), x.new_zeros(())
    pairs = zip(in_sentences(x, example.sentences), in_sentences(seen, example.sentences), strict=True)
    for (vectors, mask, _), (known, _, _) in pairs:
        n = vectors.shape[1]
        valid = (mask[:, :, None] & mask[:, None, :]) & torch.ones(n, n, dtype=torch.bool).triu()
        with torch.no_grad():
            target = F.softmax(teacher.mentions(known).float()[valid], -1)
            heads = F.softmax(teacher.syntax.arcs(known).float().masked_fill(~mask[:, None, :], -1e4), -1)
        spans = spans - (target * F.log_softmax(reader.mentions(vectors).float()[valid], -1)).sum()
        mass = mass + (1 - target[:, 0]).sum()
        arcs = F.log_softmax(reader.syntax.arcs(vectors).float().masked_fill(~mask[:, None, :], -1e4), -1)
        syntax = syntax - (heads * arcs)[mask].sum()
    with torch.no_grad():
        tags = F.softmax(teacher.syntax.tag(seen).float(), -1)
    syntax = syntax / max(1, len(x)) - (tags * F.log_softmax(reader.syntax.tag(x).float(), -1)).sum(1).mean()
    events = F.binary_cross_entropy_with_logits(reader.events(x).float(), likely, reduction="sum")
    return {
        "silver_mentions": spans / mass.clamp(min=20),
        "silver_events": events / likely.sum().clamp(min=20),
        "silver_syntax": SYNTAX * syntax,
    }
