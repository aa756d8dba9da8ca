"""A person's mention for each quotation: many formats link speech to words of the text, not to a person."""

from bisect import bisect_left
from collections import defaultdict

from dramaturg.reading import Quotation, Reading


class MentionFinder:
    """Finds the mention of a character that stands for them at a quotation, as an index in `reading.mentions`."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._of: dict[str, list[int]] = defaultdict(list)
        for n in sorted(range(len(reading.mentions)), key=lambda n: reading.mentions[n].start):
            if (character := reading.mentions[n].character) is not None:
                self._of[character].append(n)
        self._starts = {id: [reading.mentions[n].start for n in numbers] for id, numbers in self._of.items()}

    def find(self, quotation: Quotation, character: str) -> int | None:
        """The mention in the evidence, or else the nearest one outside of the quotation, or None without any."""
        evidence = quotation.evidence
        if evidence is not None and character == quotation.speaker:
            here = self._from(character, evidence.start)
            if here is not None and self._reading.mentions[here].end <= evidence.end:
                return here
        before = self._before(character, quotation.start)
        after = self._from(character, quotation.end)
        if before is None or after is None:
            return after if before is None else before
        nearness = (
            quotation.start - self._reading.mentions[before].end,
            self._reading.mentions[after].start - quotation.end,
        )
        return before if nearness[0] <= nearness[1] else after

    def _from(self, character: str, place: int) -> int | None:
        at = bisect_left(self._starts.get(character, []), place)
        return self._of[character][at] if at < len(self._of[character]) else None

    def _before(self, character: str, place: int) -> int | None:
        at = bisect_left(self._starts.get(character, []), place)
        return self._of[character][at - 1] if at else None
