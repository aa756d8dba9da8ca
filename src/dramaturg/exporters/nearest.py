"""A person's mention for each quotation: many formats link speech to words of the text, not to a person."""

from bisect import bisect_left, bisect_right
from collections import defaultdict

from dramaturg.exporters.networks import outermost
from dramaturg.exporters.people import parts_of_names
from dramaturg.reading import Quotation, Reading


class MentionFinder:
    """Finds the mention of a character that stands for them at a quotation, as an index in `reading.mentions`."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        spoken = outermost(reading)
        starts = [quotation.start for quotation in spoken]
        self._narrated: dict[str, list[int]] = defaultdict(list)
        self._all: dict[str, list[int]] = defaultdict(list)
        parts = parts_of_names(reading)
        for n in sorted(range(len(reading.mentions)), key=lambda n: reading.mentions[n].start):
            mention = reading.mentions[n]
            if mention.character is not None and n not in parts:
                self._all[mention.character].append(n)
                at = bisect_right(starts, mention.start) - 1
                if at < 0 or mention.start >= spoken[at].end:
                    self._narrated[mention.character].append(n)

    def find(self, quotation: Quotation, character: str) -> int | None:
        """The mention in the evidence, or else the nearest one in narration, or the nearest in speech, or None."""
        evidence = quotation.evidence
        if evidence is not None and character == quotation.speaker:
            here = self._around(self._all[character], evidence.start)[1]
            if here is not None and self._reading.mentions[here].end <= evidence.end:
                return here
        narrated = self._nearest(self._narrated[character], quotation)
        return self._nearest(self._all[character], quotation) if narrated is None else narrated

    def _nearest(self, numbers: list[int], quotation: Quotation) -> int | None:
        before, _ = self._around(numbers, quotation.start)
        _, after = self._around(numbers, quotation.end)
        if before is None or after is None:
            return after if before is None else before
        mentions = self._reading.mentions
        is_nearer = quotation.start - mentions[before].end <= mentions[after].start - quotation.end
        return before if is_nearer else after

    def _around(self, numbers: list[int], place: int) -> tuple[int | None, int | None]:
        """Of the mentions with these numbers the last one that begins before a place, and the first one after."""
        at = bisect_left(numbers, place, key=lambda n: self._reading.mentions[n].start)
        return numbers[at - 1] if at else None, numbers[at] if at < len(numbers) else None
