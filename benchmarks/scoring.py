"""Score the speakers and addressees of a reading against an annotated novel.

A gold quotation is right if the reading's speaker is the character paired with the gold speaker. The
pairing between our characters and the gold ones is one to one, and makes most quotations right
(`pair_characters`). So splitting a person in two costs something, and so does merging two people. A
quotation that was not found is wrong.

The figures, as named in the tables:

n      gold quotations; those whose speaker the annotators call unknowable are left out
acc    share of them that are right; expl, anap, impl: the same by PDNC's type of quotation
many   share that is right if each of our characters is paired with its most frequent gold speaker,
       so that a split costs nothing
b3     B-cubed F1 over the quotations; each one without a speaker of ours is a cluster of its own
found  share of the gold stretches of speech that a quotation of ours matches: overlap / union >= 0.8,
       without what is neither letter nor digit at the edges
prec   share of our quotations that match a gold stretch
addr   micro F1 over pairs of quotation and addressee, on the quotations with gold addressees
acc80  accuracy on the four fifths of the gold quotations that we are surest of
ece    expected calibration error: |mean confidence - accuracy| in ten bins, weighted by size
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corpora.pairing import Stretch, index_stretches, match_quotations, pair_characters, speaker_of
from corpora.pdnc import GoldQuotation, Novel
from dramaturg.reading import Quotation, Reading

FIGURES = ("acc", "expl", "anap", "impl", "many", "b3", "found", "prec", "addr", "acc80", "ece")
TYPES = {"expl": "Explicit", "anap": "Anaphoric", "impl": "Implicit"}
SAME_STRETCH = 0.8  # overlap / union, as in the published figures
SURE_SHARE = 0.8
N_BINS = 10


@dataclass(frozen=True)
class Measurement:
    """One novel, measured.

    `answers`: for each gold quotation our quotation that answers for it, or None.
    `partner`: our character id → name of the gold character paired with it.
    `right`: bool, (gold quotations,). `figures`: by name; a figure that does not apply is missing.
    """

    novel: Novel
    answers: tuple[Quotation | None, ...]
    partner: dict[str, str]
    right: NDArray[np.bool_]
    figures: dict[str, float]

    @property
    def confidence(self) -> NDArray[np.float64]:
        """Of each answer, (gold quotations,); 0 where there is none."""
        return np.array([confidence_of(answer) for answer in self.answers])

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Whether a speaker is given, (gold quotations,)."""
        return np.array([speaker_of(answer) is not None for answer in self.answers])


def measure(novel: Novel, reading: Reading, partner: dict[str, str] | None = None) -> Measurement:
    """Score the reading of a novel. Raises ValueError where it is a reading of another text.

    `partner`: our character id → gold name, where the cast was given and needs no pairing.
    """
    if reading.story.text != novel.text:
        raise ValueError(f"{novel.name}: the text that was read is not the text that was annotated.")
    return measure_quotations(novel, reading.quotations, partner)


def measure_quotations(
    novel: Novel, quotations: Sequence[Quotation], partner: dict[str, str] | None = None
) -> Measurement:
    """Score quotations over a novel's text. Raises ValueError where the novel has no gold quotation."""
    gold = novel.quotations
    if not gold:
        raise ValueError(f"{novel.name}: no annotated quotation, so nothing to measure.")
    answers = match_quotations(gold, quotations)
    speakers = [speaker_of(one) for one in answers]
    wanted = [one.speaker for one in gold]
    partner = pair_characters(wanted, speakers) if partner is None else partner
    right = np.array([id is not None and partner.get(id) == name for name, id in zip(wanted, speakers, strict=True)])
    measurement = Measurement(novel, tuple(answers), partner, right, {})
    found, precision = match_stretches(novel.text, gold, quotations)
    figures = {
        "n": float(len(gold)),
        "acc": float(right.mean()),
        **by_type(gold, right),
        "many": many_to_one(wanted, speakers),
        "b3": b_cubed(wanted, speakers),
        "found": found,
        "prec": precision,
        "addr": addressee_f1(gold, answers, partner),
        "acc80": sure_accuracy(measurement.confidence, right),
        "ece": calibration_error(measurement.confidence[measurement.answered], right[measurement.answered]),
    }
    measurement.figures.update(figures)
    return measurement


def mean_figures(measurements: Sequence[Measurement]) -> dict[str, float]:
    """The last line of a table: the mean over novels, but n summed and ece over all quotations pooled."""
    figures = {"n": sum(one.figures["n"] for one in measurements)}
    for name in FIGURES:
        values = [one.figures[name] for one in measurements if name in one.figures]
        if values:
            figures[name] = float(np.mean(values))
    figures["ece"] = calibration_error(
        np.concatenate([one.confidence[one.answered] for one in measurements]),
        np.concatenate([one.right[one.answered] for one in measurements]),
    )
    return figures


def confidence_of(answer: Quotation | None) -> float:
    """Our confidence in an answer, 0 where no speaker is given."""
    return 0.0 if answer is None or answer.speaker is None else float(answer.confidence or 0)


# Characters


def many_to_one(gold: Sequence[str], ours: Sequence[str | None]) -> float:
    """Accuracy if each of our characters is paired with its most frequent gold speaker."""
    gold_of: dict[str, Counter[str]] = defaultdict(Counter)
    for name, id in zip(gold, ours, strict=True):
        if id is not None:
            gold_of[id][name] += 1
    return sum(max(names.values()) for names in gold_of.values()) / len(gold)


def b_cubed(gold: Sequence[str], ours: Sequence[str | None]) -> float:
    """B-cubed F1 (Bagga & Baldwin 1998) of our clusters of quotations, one a speaker, against the gold ones."""
    clusters = [id if id is not None else index for index, id in enumerate(ours)]
    shared = Counter(zip(gold, clusters, strict=True))
    of_gold, of_ours = Counter(gold), Counter(clusters)
    precision = sum(n * n / of_ours[cluster] for (_, cluster), n in shared.items()) / len(gold)
    recall = sum(n * n / of_gold[name] for (name, _), n in shared.items()) / len(gold)
    return 2 * precision * recall / (precision + recall)


def by_type(gold: Sequence[GoldQuotation], right: NDArray[np.bool_]) -> dict[str, float]:
    """Accuracy by PDNC's type of quotation; a type that the novel lacks is left out."""
    accuracy = {}
    for name, kind in TYPES.items():
        chosen = right[[one.type == kind for one in gold]]
        if len(chosen):
            accuracy[name] = float(chosen.mean())
    return accuracy


# Speech found, addressees, confidence


def match_stretches(text: str, gold: Sequence[GoldQuotation], quotations: Sequence[Quotation]) -> tuple[float, float]:
    """How much of the gold speech is found, and how much of what is found is gold: (found, precision)."""
    wanted = {_inner(text, start, end) for one in gold for start, end in one.spans}
    ours = _stretches(text, quotations)
    overlapping = index_stretches(ours)
    n_found, used = 0, set()
    for start, end in wanted:
        for index, overlap in overlapping((start, end)):
            union = max(end, ours[index][1]) - min(start, ours[index][0])
            if overlap >= SAME_STRETCH * union:
                n_found += 1
                used.add(index)
                break
    return n_found / max(1, len(wanted)), len(used) / max(1, len(ours))


def _stretches(text: str, quotations: Sequence[Quotation]) -> list[Stretch]:
    """Our stretches of speech, sorted; one that goes on in the next paragraph counts whole as well."""
    stretches = set()
    last: tuple[Stretch, str] | None = None
    for one in sorted(quotations, key=lambda one: (one.start, one.end)):
        start, end = _inner(text, one.start, one.end)
        if start == end:
            continue
        stretches.add((start, end))
        # The corpus has some of these as one stretch and some as two: with no word between, both are right.
        if last and one.group == last[1] and not any(map(str.isalnum, text[last[0][1] : start])):
            start = last[0][0]
            stretches.add((start, end))
        last = ((start, end), one.group)
    return sorted(stretches)


def _inner(text: str, start: int, end: int) -> Stretch:
    """The stretch without what is neither letter nor digit at its edges."""
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return start, end


def addressee_f1(gold: Sequence[GoldQuotation], answers: Sequence[Quotation | None], partner: dict[str, str]) -> float:
    """Micro F1 over (quotation, addressee). One of ours without a partner is wrong, and counted."""
    n_right = n_ours = n_gold = 0
    for one, ours in zip(gold, answers, strict=True):
        if one.addressees:
            wanted = set(one.addressees)
            given = {partner.get(id, id) for id in (ours.addressees if ours else ())}
            n_right += len(wanted & given)
            n_ours += len(given)
            n_gold += len(wanted)
    return 2 * n_right / max(1, n_ours + n_gold)


def alternation_f1(measurement: Measurement) -> float:
    """The same for the baseline: every speaker talks to the last other speaker."""
    spoken: list[str] = []  # the last two who spoke, the later one at the end
    answers: list[Quotation | None] = []
    for ours in measurement.answers:
        speaker = speaker_of(ours)
        others = [id for id in spoken if id != speaker]
        answers.append(replace(ours, addressees=tuple(others[-1:])) if ours else None)
        if speaker is not None:
            spoken = [*others[-1:], speaker]
    return addressee_f1(measurement.novel.quotations, answers, measurement.partner)


def sure_accuracy(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Accuracy on the share `SURE_SHARE` of the quotations with the highest confidence, ties in text order."""
    surest = np.argsort(-confidence, kind="stable")[: int(SURE_SHARE * len(confidence))]
    return float(right[surest].mean()) if len(surest) else float("nan")


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Expected calibration error over the quotations with a speaker; both arrays (quotations,)."""
    if not len(confidence):
        return 0.0
    # Compared with k / 10 rather than multiplied by 10: 0.3 must fall in the bin that starts at 0.3.
    bins = np.searchsorted(np.arange(1, N_BINS) / N_BINS, confidence, side="right")
    error = 0.0
    for k in range(N_BINS):
        chosen = bins == k
        if chosen.any():
            error += chosen.mean() * abs(confidence[chosen].mean() - right[chosen].mean())
    return float(error)
