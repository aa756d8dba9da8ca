"""The accuracy of a reader on the dev documents, in a minute; words and sentences are given.

The figures differ from those of the benchmarks, which start from raw text and run the whole program.
"""

import copy
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from dramaturg.encoder.word_pieces import WordPieceTokenizer
from dramaturg.findings import KINDS
from training.data import Data
from training.examples import Example
from training.reader import Reader
from training.steps import Step, make_step, to_device


class DevSteps:
    """The dev documents as steps."""

    def __init__(self, data: Data, pieces: WordPieceTokenizer, device: torch.device) -> None:
        self.literary = [(example, to_device(make_step(example, pieces), device)) for example in data.literary_dev]
        self.grammatical = [to_device(make_step(example, pieces), device) for example in data.grammatical_dev]

    @torch.no_grad()
    def measure(self, reader: Reader, weights: Mapping[str, Tensor]) -> dict[str, float]:
        """F1 of entities and of events, and the accuracy of the tags, of a reader with these weights."""
        reader = copy.deepcopy(reader).eval()
        reader.load_state_dict(weights)
        counts = {"entities": np.zeros(3), "events": np.zeros(3)}
        for example, step in self.literary:
            x = reader.vectors(step)
            counts["entities"] += _count_entities(example, set(spans_of(reader, x, step)))
            found_events, events = set((reader.events(x) > 0).nonzero()[:, 0].tolist()), set(example.events.tolist())
            counts["events"] += (len(found_events & events), len(events), len(found_events))
        figures = {name: 2 * n_hits / max(1, n_gold + n_found) for name, (n_hits, n_gold, n_found) in counts.items()}
        right = words = 0
        for step in self.grammatical:
            assert step.syntax is not None
            right += int((reader.syntax.tag(reader.vectors(step)).argmax(1) == step.syntax.tag).sum())
            words += step.n_units
        return {"dev_" + name: round(float(value), 4) for name, value in {**figures, "tags": right / words}.items()}


def _count_entities(example: Example, found: set[tuple[int, int, int]]) -> tuple[int, int, int]:
    """The numbers of correct, annotated and found entities, without pronouns and ignored mentions."""
    gold = {(first, last, type) for first, last, type in example.spans.tolist()}
    ignored = {span[:2] for span in gold if span[2] < 0}
    ignored |= {(first, last) for first, last, _, kind, _ in example.mentions.tolist() if KINDS[kind] == "pronoun"}
    found, gold = ({span for span in spans if span[:2] not in ignored} for spans in (found, gold))
    return len(gold & found), len(gold), len(found)


def spans_of(reader: Reader, x: Tensor, step: Step) -> Iterator[tuple[int, int, int]]:
    """First unit, last (excluded) and type of each mention that a reader finds. `x`: its vectors, (units, WIDTH)."""
    for s in step.sentences:
        scores = reader.mentions(x[s.index]).float()
        best = scores[..., 1:].amax(-1) - scores[..., 0]
        row, first, last = ((best > 0) & s.possible).nonzero(as_tuple=True)
        type = scores[row, first, last, 1:].argmax(-1)
        start = s.index[row, 0]
        yield from zip((start + first).tolist(), (start + last + 1).tolist(), type.tolist(), strict=True)
