"""What `cast` decides about each utterance: its speaker, how sure, why, and to whom it is said."""

from dataclasses import dataclass

from dramaturg.reading import Evidence


@dataclass(frozen=True, slots=True)
class Decision:
    """One utterance's answer. Persons are indices in the roster.

    `speaker` is None where it is unknown; `alternatives` then still say who it might be, likeliest first.
    """

    speaker: int | None
    confidence: float
    alternatives: tuple[tuple[int, float], ...]
    addressees: tuple[int, ...]
    evidence: Evidence | None


def given_speaker(speaker: int, addressees: tuple[int, ...], start: int, end: int) -> Decision:
    """The decision where the user says who speaks; `speaker` -1: that it cannot be known."""
    if speaker < 0:
        return Decision(None, 0.0, (), addressees, None)
    return Decision(speaker, 1.0, (), addressees, Evidence("correction", start, end))
