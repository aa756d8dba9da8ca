"""Anchors: a place in a story, told by its words, so that it is found again after the story was edited."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from dramaturg.story import Span

# Marks and spaces that one hand writes so and another otherwise; each one code point for one.
FOLDED = {
    **dict.fromkeys(map(ord, "“”„‟«»＂"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛`´"), "'"),
    **dict.fromkeys(map(ord, "\t\n\v\f\r\u00a0\u2028\u2029\u202f\u3000"), " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # a lone surrogate, which no TOML file can hold
}
SPACES = re.compile(r"\s\s+")
NEAR = 2000  # code points: whole sentences are looked for so far from where they stood
CLOSE = 200  # the same for a word or two, which may well stand somewhere else by chance
CLEARLY = 4  # times nearer than the next one: the nearest is the one that was meant
FARTHEST = 100_000  # code points: no quotation is longer
MANY = 1000  # places of one text that are looked at
LONGEST = 60  # code points of a text that an anchor repeats
AROUND = 24  # and of the words before and after it


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words of a story and where they stand: `at` in code points, and what stands right before and after them.

    White space, curly marks and straight ones are not told apart.
    """

    text: str
    at: int | None = None
    before: str = ""
    after: str = ""


def make_anchor(text: str, start: int, end: int) -> Anchor:
    """The anchor of a stretch of text: of a long one its first words."""
    until = _cut(text, start, end)
    words = _fold(text[start:until])
    before = _fold(text[max(0, start - AROUND) : start]).lstrip()
    after = _fold(text[until : until + AROUND]).rstrip()
    if start > AROUND:
        before = before.partition(" ")[2] or before
    if until + AROUND < len(text):
        after = after.rpartition(" ")[0] or after
    indent = len(text[start:until]) - len(text[start:until].lstrip())
    return Anchor(words.strip(), start + indent, before.strip(), after.strip())


def _cut(text: str, start: int, end: int) -> int:
    if end - start <= LONGEST:
        return end
    space = max(text.rfind(" ", start, start + LONGEST), text.rfind("\n", start, start + LONGEST))
    return space if space > start + LONGEST // 3 else start + LONGEST


def _fold(words: str) -> str:
    return SPACES.sub(" ", words.translate(FOLDED))


class AnchorFinder:
    """Finds anchors in one text; the text is folded once."""

    def __init__(self, text: str) -> None:
        plain = text.translate(FOLDED)
        self.text = SPACES.sub(" ", plain)
        runs = [match.span() for match in SPACES.finditer(plain)]
        lost = list(accumulate(end - start - 1 for start, end in runs))
        # From the code point after each run on, the folded text lags behind by what was lost so far.
        self.ends = [end - so_far for (_, end), so_far in zip(runs, lost, strict=True)]
        self.originals = [end for _, end in runs]
        self.lost = [0, *lost]

    def find(self, anchor: Anchor) -> Span | str:
        """Where an anchor stands in the text now; in words, why that cannot be told, where it cannot."""
        wanted = _fold(anchor.text).strip()
        if not wanted:
            return "it has no words to look for"
        at = None if anchor.at is None else self._folded(anchor.at)
        around = [_fold(words).strip() for words in (anchor.before, anchor.after)]
        n_around = sum(map(bool, around))
        if at is not None and self._stands(wanted, at) and (not n_around or self._agrees(at, wanted, around)):
            return self._span(at, wanted)
        found = self._everywhere(wanted, at)
        if not found:
            return "these words do not occur in the text"
        for enough in range(n_around, -1, -1):
            fits = [place for place in found if self._agrees(place, wanted, around) >= enough]
            if fits:
                return self._chosen(fits, wanted, at, enough, n_around)
        raise AssertionError("some place agrees with nothing at least")

    def after(self, words: str, start: int) -> Span | None:
        """Where some words stand next, from a place on; within a long speech's reach."""
        wanted, low = _fold(words).strip(), self._folded(start)
        at = self.text.find(wanted, low, low + FARTHEST)
        return self._span(at, wanted) if wanted and at >= 0 else None

    def _chosen(self, fits: list[int], wanted: str, at: int | None, agree: int, n_around: int) -> Span | str:
        """The one of some places that is meant. `agree`: how many of the `n_around` words around agree."""
        sure, strange = n_around > 0 and agree == n_around, n_around > 0 and agree == 0
        long = len(wanted) >= 12 and wanted.count(" ") >= 2
        reach = NEAR if long or sure else CLOSE
        if len(fits) == 1:
            if sure or long:
                return self._span(fits[0], wanted)
            if strange:
                return "these words occur only in another context"
            if at is None or abs(fits[0] - at) <= reach:
                return self._span(fits[0], wanted)
            return "these words occur only far from `at`"
        if at is not None and (long or not strange):
            nearest, second = sorted(abs(place - at) for place in fits)[:2]
            if nearest <= reach and CLEARLY * nearest <= second:
                return self._span(min(fits, key=lambda place: abs(place - at)), wanted)
        times = f"{len(fits)} times" if len(fits) < MANY else "very often"
        return f"these words occur {times}; say which with `at`, `before` or `after`"

    def _everywhere(self, wanted: str, at: int | None) -> list[int]:
        """The places of some words, the first MANY of the text; of those beyond, only what stands near `at`."""
        found = self._between(wanted, 0, len(self.text))
        if len(found) == MANY and at is not None:
            found = sorted({*found, *self._between(wanted, max(0, at - NEAR), at + NEAR)})
        return found

    def _between(self, wanted: str, low: int, high: int) -> list[int]:
        found: list[int] = []
        at, tries = self.text.find(wanted, low, high), 0
        while at >= 0 and len(found) < MANY and tries < MANY * 100:
            if self._stands(wanted, at):
                found.append(at)
            at, tries = self.text.find(wanted, at + 1, high), tries + 1
        return found

    def _stands(self, wanted: str, at: int) -> bool:
        """Whether the words stand there, whole: “Tom” is no part of “Tomorrow”."""
        end = at + len(wanted)
        if not self.text.startswith(wanted, at):
            return False
        begun = at > 0 and wanted[0].isalnum() and self.text[at - 1].isalnum()
        return not begun and not (wanted[-1].isalnum() and self.text[end : end + 1].isalnum())

    def _agrees(self, at: int, wanted: str, around: list[str]) -> int:
        """How many of the words before and after agree; those that are not given do not count."""
        before, after = around
        end = at + len(wanted)
        agree_before = bool(before) and self.text[max(0, at - len(before) - 1) : at].rstrip().endswith(before)
        agree_after = bool(after) and self.text[end : end + len(after) + 1].lstrip().startswith(after)
        return agree_before + agree_after

    def _span(self, at: int, wanted: str) -> Span:
        return Span(self._original(at), self._original(at + len(wanted) - 1) + 1)

    def _original(self, at: int) -> int:
        return at + self.lost[bisect_right(self.ends, at)]

    def _folded(self, at: int) -> int:
        return at - self.lost[bisect_right(self.originals, at)]
