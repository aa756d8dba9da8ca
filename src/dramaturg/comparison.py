"""Two readings of one text: who is who between them, and which speakers differ."""

from bisect import bisect_left
from collections import Counter, defaultdict
from typing import Any

from dramaturg.reading import Reading


def same_people(old: Reading, new: Reading, place: dict[int, int] | None = None) -> dict[str, str]:
    """Who of the old reading is whom in the new one: ids, by the mentions and quotations that they share.

    Two that became one are both in it; of one who became two, the greater part is. `place`: where a start in the old
    text is in the new one, for what is in both; None: the texts are the same.
    """
    mine = {(m.start, "m"): m.character for m in new.mentions if m.character is not None}
    mine |= {(q.start, "q"): q.speaker for q in new.quotations if q.speaker is not None}
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    theirs = [(m.start, "m", m.character) for m in old.mentions]
    theirs += [(q.start, "q", q.speaker) for q in old.quotations]
    for start, kind, id in theirs:
        at = start if place is None else place.get(start, -1)
        other = mine.get((at, kind))
        if id is not None and other is not None:
            shared[id][other] += 1
    return {id: max(others, key=lambda other: (others[other], other)) for id, others in shared.items()}


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
        if (k < len(told) and told[k] == (q.start, q.end)) or (None if was is None else people.get(was)) == q.speaker:
            continue
        names = {"before": old.name_of(was), "now": new.name_of(q.speaker)}
        rows.append({"quotation": q.id, "start": q.start, "end": q.end, **names})
    return tuple(rows)
