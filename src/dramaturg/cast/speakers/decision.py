"""The decision about an utterance: its speaker, the confidence, the evidence and the addressees."""

from dataclasses import dataclass

from dramaturg.reading import Evidence


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision about one utterance. People are indices in the roster.

    `speaker` is None if it is unknown; `alternatives` then still hold the people who may have said it, likeliest first.
    """

    speaker: int | None
    confidence: float
    alternatives: tuple[tuple[int, float], ...]
    addressees: tuple[int, ...]
    evidence: Evidence | None


def given_speaker(speaker: int, addressees: tuple[int, ...], start: int, end: int) -> Decision:
    """The decision for a speaker given by the user; -1: the user says that the speaker cannot be known."""
    if speaker < 0:
        return Decision(None, 0.0, (), addressees, None)
    return Decision(speaker, 1.0, (), addressees, Evidence("correction", start, end))
