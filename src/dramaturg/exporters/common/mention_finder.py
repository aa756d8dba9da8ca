"""Which mention of a person stands for them at a quotation: many formats link speech to words, not to people."""

from bisect import bisect_left, bisect_right
from collections import defaultdict

from dramaturg.exporters.common.mentions import nouns_inside_names, outermost_quotations
from dramaturg.reading import Quotation, Reading


class MentionFinder:
    """Finds a character's mention for a quotation, as an index into `reading.mentions`."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        quotations = outermost_quotations(reading)
        starts = [quotation.start for quotation in quotations]
        self._narrated: dict[str, list[int]] = defaultdict(list)
        self._all: dict[str, list[int]] = defaultdict(list)
        inside_names = nouns_inside_names(reading)
        for n in sorted(range(len(reading.mentions)), key=lambda n: reading.mentions[n].start):
            mention = reading.mentions[n]
            if mention.character is not None and n not in inside_names:
                self._all[mention.character].append(n)
                at = bisect_right(starts, mention.start) - 1
                if at < 0 or mention.start >= quotations[at].end:
                    self._narrated[mention.character].append(n)

    def find(self, quotation: Quotation, character: str) -> int | None:
        """The mention in the evidence, else the nearest in narration, else the nearest in speech, else None."""
        evidence = quotation.evidence
        if evidence is not None and character == quotation.speaker:
            in_evidence = self._around(self._all[character], evidence.start)[1]
            if in_evidence is not None and self._reading.mentions[in_evidence].end <= evidence.end:
                return in_evidence
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

    def _around(self, numbers: list[int], offset: int) -> tuple[int | None, int | None]:
        """The last of these mentions that begins before an offset, and the first that begins at or after it."""
        at = bisect_left(numbers, offset, key=lambda n: self._reading.mentions[n].start)
        return numbers[at - 1] if at else None, numbers[at] if at < len(numbers) else None
