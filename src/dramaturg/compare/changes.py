"""Changes between two readings: which characters correspond, and which speakers differ."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from dramaturg.reading import Reading


def same_people(old: Reading, new: Reading, place: dict[int, int] | None = None) -> dict[str, str]:
    """The character of the new reading that corresponds to each of the old reading, by id.

    They correspond by the names and nouns that refer to both, or, for a character without any, such as a narrator, by
    pronouns and quotations. Two characters that were merged both correspond to the merged one; a character that was
    split corresponds to the larger part. `place`: old positions → new positions of starts in both texts; None if the
    texts are the same.
    """
    new_by_place = {(at, kind): id for at, kind, id in _references(new)}
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    weakly: dict[str, Counter[str]] = defaultdict(Counter)
    called: set[str] = set()
    for start, kind, id in _references(old):
        if kind == "called":
            called.add(id)
        other = new_by_place.get((start if place is None else place.get(start, -1), kind))
        if other is not None:
            (shared if kind == "called" else weakly)[id][other] += 1
    shared |= {id: others for id, others in weakly.items() if id not in called}
    return {id: max(others, key=lambda other: (others[other], other)) for id, others in shared.items()}


def _references(reading: Reading) -> Iterator[tuple[int, str, str]]:
    """The references to characters, and their quotations: position, kind and id."""
    for mention in reading.mentions:
        if mention.character is not None:
            yield mention.start, "pronoun" if mention.kind == "pronoun" else "called", mention.character
    for quotation in reading.quotations:
        if quotation.speaker is not None:
            yield quotation.start, "speaks", quotation.speaker


def changed_speakers(old: Reading, new: Reading) -> tuple[dict[str, Any], ...]:
    """The quotations whose speaker changed between two readings of one text, without those that corrections name.

    A character who was renamed, or merged with another, has not changed.
    """
    people = same_people(old, new)
    before = {(q.start, q.end): q.speaker for q in old.quotations}
    corrected = sorted((row["start"], row["end"]) for row in new.corrections.applied if "start" in row)
    rows = []
    for q in new.quotations:
        if (q.start, q.end) not in before or (q.evidence is not None and q.evidence.kind == "correction"):
            continue
        was = before[q.start, q.end]
        k = bisect_left(corrected, (q.start, q.end))
        is_corrected = k < len(corrected) and corrected[k] == (q.start, q.end)
        if is_corrected or (None if was is None else people.get(was, "")) == q.speaker:
            continue
        names = {"before": old.name_of(was), "now": new.name_of(q.speaker)}
        rows.append({"quotation": q.id, "start": q.start, "end": q.end, **names})
    return tuple(rows)
