"""The neural findings of the training texts. They take minutes and rarely change, so they are cached between runs.

If PyTorch is installed, it computes them in 16 bits: several times as fast, with nearly the same result.
"""

import hashlib
import pickle
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from corpora.pairing import index_stretches
from dramaturg.draft import Draft
from dramaturg.encoder import Encoded
from dramaturg.findings import Floats, Ints, NeuralFindings, Spans, Syntax
from dramaturg.layers.neural.coreference import describe_mentions, link_mentions
from dramaturg.layers.neural.run import run_neural_layers
from dramaturg.weights import read_weights

CACHE = Path(".work/neural_findings")  # do not share it: unpickling untrusted files is unsafe


def neural_findings_of(draft: Draft) -> NeuralFindings:
    """The neural findings of a whole text, with the current weights of the package."""
    weights = read_weights("encoder.onnx") + read_weights("heads.npz")
    scanned = (draft.quotations, draft.ud_words.places.tobytes())
    key = hashlib.sha256(weights + draft.text.encode() + repr(scanned).encode()).hexdigest()
    path = CACHE / f"{key}.pickle"
    if path.exists():
        cached: NeuralFindings = pickle.loads(path.read_bytes())
        return cached
    neural = run_neural_layers(draft, _windows(draft))
    CACHE.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_bytes(pickle.dumps(neural))
    temporary.rename(path)
    return neural


def _windows(draft: Draft) -> Iterable[Encoded] | None:
    if find_spec("torch") is None or find_spec("onnx") is None:
        return None  # `run_neural_layers` runs the encoder itself
    from training.pytorch_encoder import encode_with_pytorch  # needs PyTorch and onnx

    return encode_with_pytorch(draft)


def cut_neural_findings(whole: NeuralFindings, draft: Draft, part: Draft, start: int) -> NeuralFindings:
    """The neural findings of `part`, cut from those of the whole `draft`. `start`: where the part begins in it.

    They are nearly those that the encoder would give for the part; the windows at its edges differ.
    """
    unit = _places(draft, part, start)
    spans = whole.spans
    kept = np.flatnonzero((unit[spans.first] >= 0) & (unit[spans.last - 1] >= 0))
    first, last = unit[spans.first[kept]], unit[spans.last[kept] - 1] + np.int32(1)
    order = np.lexsort((-last, first))
    kept, first, last = kept[order], first[order], last[order]
    found = Spans(
        first, last, spans.type[kept], spans.kind[kept], spans.confidence[kept], np.asarray(spans.vectors)[kept]
    )
    places = describe_mentions(part, first, last, found.kind, found.type)
    events = unit[whole.events]
    antecedents, antecedent_probability, new_entity_probability = link_mentions(places, found.vectors)
    return NeuralFindings(
        spans=found,
        antecedents=antecedents,
        antecedent_probability=antecedent_probability,
        new_entity_probability=new_entity_probability,
        events=events[events >= 0],
        event_probability=whole.event_probability[events >= 0],
        syntax=_syntax(whole, unit, len(part.ud_words)),
        quotation_sums=_quotation_sums(whole, draft, part, start),
    )


def _quotation_sums(whole: NeuralFindings, draft: Draft, part: Draft, start: int) -> Floats:
    """The vector sum of each quotation of the part: that of the quotation of the whole that overlaps it most."""
    outermost = [i for i, quotation in enumerate(draft.quotations) if quotation.within is None]
    overlapping = index_stretches([(draft.quotations[i].start, draft.quotations[i].end) for i in outermost])
    found = np.zeros((len(part.quotations), whole.quotation_sums.shape[1]), np.float32)
    for i, quotation in enumerate(part.quotations):
        if quotation.within is None:
            overlaps = overlapping((quotation.start + start, quotation.end + start))
            best = max(overlaps, key=lambda found: found[1], default=None)
            if best is not None:
                found[i] = whole.quotation_sums[outermost[best[0]]]
    return found


def _places(draft: Draft, part: Draft, start: int) -> Ints:
    """The index in the part of each unit of the whole, -1 if it is not in the part: (units,)."""
    theirs = part.ud_words.places + start
    at = np.minimum(np.searchsorted(theirs[:, 0], draft.ud_words.places[:, 0]), len(theirs) - 1)
    same = (theirs[at] == draft.ud_words.places).all(axis=1)
    numbers: Ints = np.where(same, at, -1).astype(np.int32)
    return numbers


def _syntax(whole: NeuralFindings, unit: Ints, units: int) -> Syntax:
    known = np.flatnonzero(unit >= 0)
    columns = [np.zeros(units, np.int32) for _ in range(3)]
    for column, theirs in zip(columns, (whole.syntax.tag, whole.syntax.edit, whole.syntax.relation), strict=True):
        column[unit[known]] = theirs[known]
    head = np.arange(units, dtype=np.int32)
    above = unit[whole.syntax.head[known]]
    head[unit[known]] = np.where(above >= 0, above, unit[known])
    return Syntax(columns[0], columns[1], head, columns[2])
