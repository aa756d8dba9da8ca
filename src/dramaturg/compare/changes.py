"""Two readings of one text: who is who between them, and which speakers differ."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from dramaturg.reading import Reading


def same_people(old: Reading, new: Reading, place: dict[int, int] | None = None) -> dict[str, str]:
    """Who of the old reading is whom in the new one: ids, by the names and nouns that mean both.

    For who has none (a narrator), by pronouns and quotations. Two that became one are both in it; of one who became
    two, the greater part is. `place`: where a start in the old text is in the new one, for what is in both; None: the
    texts are the same.
    """
    mine = {(at, kind): id for at, kind, id in _told(new)}
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    weakly: dict[str, Counter[str]] = defaultdict(Counter)
    called: set[str] = set()
    for start, kind, id in _told(old):
        if kind == "called":
            called.add(id)
        other = mine.get((start if place is None else place.get(start, -1), kind))
        if other is not None:
            (shared if kind == "called" else weakly)[id][other] += 1
    shared |= {id: others for id, others in weakly.items() if id not in called}
    return {id: max(others, key=lambda other: (others[other], other)) for id, others in shared.items()}


def _told(reading: Reading) -> Iterator[tuple[int, str, str]]:
    """Where a reading means or hears somebody: the place, how, and who."""
    for mention in reading.mentions:
        if mention.character is not None:
            yield mention.start, "pronoun" if mention.kind == "pronoun" else "called", mention.character
    for quotation in reading.quotations:
        if quotation.speaker is not None:
            yield quotation.start, "speaks", quotation.speaker


def changed_speakers(old: Reading, new: Reading) -> tuple[dict[str, Any], ...]:
    """The quotations of one text whose speaker is another in the new reading, not counting what corrections say.

    Somebody who goes by another name now, or was joined to somebody, is no other.
    """
    people = same_people(old, new)
    before = {(q.start, q.end): q.speaker for q in old.quotations}
    told = sorted((row["start"], row["end"]) for row in new.corrections.applied if "start" in row)
    rows = []
    for q in new.quotations:
        if (q.start, q.end) not in before or (q.evidence is not None and q.evidence.kind == "correction"):
            continue
        was = before[q.start, q.end]
        k = bisect_left(told, (q.start, q.end))
        is_told = k < len(told) and told[k] == (q.start, q.end)
        if is_told or (None if was is None else people.get(was, "")) == q.speaker:
            continue
        names = {"before": old.name_of(was), "now": new.name_of(q.speaker)}
        rows.append({"quotation": q.id, "start": q.start, "end": q.end, **names})
    return tuple(rows)
