"""Anchors: places in a story given by their words, so that they can be found again after the story was edited."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from dramaturg.story import Span

# Characters that editors exchange for one another. Each is replaced by one code point, so that positions stay.
FOLDED = {
    **dict.fromkeys(map(ord, "“”„‟«»＂"), '"'),
    **dict.fromkeys(map(ord, "‘’‚‛`´"), "'"),
    **dict.fromkeys(map(ord, "\t\n\v\f\r\u00a0\u2028\u2029\u202f\u3000"), " "),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # a lone surrogate, which TOML cannot hold
}
SPACES = re.compile(r"\s\s+")
MAX_MOVE_LONG = 2000  # code points from `at`, for a text long enough or a context certain enough to be unique
MAX_MOVE_SHORT = 200  # code points from `at`, for a word or two, which may occur elsewhere by chance
MIN_DISTANCE_RATIO = 4  # of the second nearest place to the nearest, for the nearest to be the one
MAX_QUOTATION_LENGTH = 100_000  # code points
MAX_PLACES = 1000  # of one text that are examined
MAX_TEXT_LENGTH = 60  # code points of a stretch that its anchor repeats
MAX_CONTEXT_LENGTH = 24  # code points before the stretch, and after it
MIN_LONG_LENGTH = 12  # code points of a text that is long enough to be unique
MIN_LONG_SPACES = 2  # and the spaces in it


@dataclass(frozen=True, slots=True)
class Anchor:
    """Words of a story and their place: `at` in code points, and the words directly `before` and `after` them.

    All white space is the same, and so are curly and straight quotation marks.
    """

    text: str
    at: int | None = None
    before: str = ""
    after: str = ""


def make_anchor(text: str, start: int, end: int) -> Anchor:
    """Make the anchor of a stretch of text; a long stretch is anchored by its first words."""
    until = _cut(text, start, end)
    words = _fold(text[start:until])
    before = _fold(text[max(0, start - MAX_CONTEXT_LENGTH) : start]).lstrip()
    after = _fold(text[until : until + MAX_CONTEXT_LENGTH]).rstrip()
    if start > MAX_CONTEXT_LENGTH:
        before = before.partition(" ")[2] or before
    if until + MAX_CONTEXT_LENGTH < len(text):
        after = after.rpartition(" ")[0] or after
    indent = len(text[start:until]) - len(text[start:until].lstrip())
    return Anchor(words.strip(), start + indent, before.strip(), after.strip())


def _cut(text: str, start: int, end: int) -> int:
    if end - start <= MAX_TEXT_LENGTH:
        return end
    space = max(text.rfind(" ", start, start + MAX_TEXT_LENGTH), text.rfind("\n", start, start + MAX_TEXT_LENGTH))
    return space if space > start + MAX_TEXT_LENGTH // 3 else start + MAX_TEXT_LENGTH


def _fold(words: str) -> str:
    return SPACES.sub(" ", words.translate(FOLDED))


class AnchorFinder:
    """Finds anchors in one text, whose characters and white space are normalised once."""

    def __init__(self, text: str) -> None:
        plain = text.translate(FOLDED)
        self.text = SPACES.sub(" ", plain)
        runs = [match.span() for match in SPACES.finditer(plain)]
        lost = list(accumulate(end - start - 1 for start, end in runs))
        # After each run of white space, folded positions are smaller by all the code points removed so far.
        self.ends = [end - so_far for (_, end), so_far in zip(runs, lost, strict=True)]
        self.originals = [end for _, end in runs]
        self.lost = [0, *lost]

    def find(self, anchor: Anchor) -> Span | str:
        """The span of an anchor in the text; if it has no place or several, the reason in words."""
        wanted = _fold(anchor.text).strip()
        if not wanted:
            return "it has no words to look for"
        at = None if anchor.at is None else self._folded(anchor.at)
        around = [_fold(words).strip() for words in (anchor.before, anchor.after)]
        n_around = sum(map(bool, around))
        if at is not None and self._occurs(wanted, at) and (not n_around or self._n_agreeing(at, wanted, around)):
            return self._span(at, wanted)
        found = self._find_all(wanted, at)
        if not found:
            return "these words do not occur in the text"
        for enough in range(n_around, -1, -1):
            matching = [place for place in found if self._n_agreeing(place, wanted, around) >= enough]
            if matching:
                return self._choose(matching, wanted, at, enough, n_around)
        raise AssertionError("every place agrees with 0 words of context or more")

    def find_after(self, words: str, start: int) -> Span | None:
        """The first occurrence of some words from a position on, no farther away than the longest quotation."""
        wanted, low = _fold(words).strip(), self._folded(start)
        at = self.text.find(wanted, low, low + MAX_QUOTATION_LENGTH)
        return self._span(at, wanted) if wanted and at >= 0 else None

    def _choose(self, fits: list[int], wanted: str, at: int | None, agree: int, n_around: int) -> Span | str:
        """Choose among places whose context agrees equally. `agree`: how many of the `n_around` contexts agree."""
        sure, strange = n_around > 0 and agree == n_around, n_around > 0 and agree == 0
        long = len(wanted) >= MIN_LONG_LENGTH and wanted.count(" ") >= MIN_LONG_SPACES
        reach = MAX_MOVE_LONG if long or sure else MAX_MOVE_SHORT
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
            if nearest <= reach and MIN_DISTANCE_RATIO * nearest <= second:
                return self._span(min(fits, key=lambda place: abs(place - at)), wanted)
        times = f"{len(fits)} times" if len(fits) < MAX_PLACES else "very often"
        return f"these words occur {times}; say which with `at`, `before` or `after`"

    def _find_all(self, wanted: str, at: int | None) -> list[int]:
        """The first MAX_PLACES positions of some words in the text, and those near `at`."""
        found = self._find_between(wanted, 0, len(self.text))
        if len(found) == MAX_PLACES and at is not None:
            found = sorted({*found, *self._find_between(wanted, max(0, at - MAX_MOVE_LONG), at + MAX_MOVE_LONG)})
        return found

    def _find_between(self, wanted: str, low: int, high: int) -> list[int]:
        found: list[int] = []
        at, tries = self.text.find(wanted, low, high), 0
        while at >= 0 and len(found) < MAX_PLACES and tries < MAX_PLACES * 100:
            if self._occurs(wanted, at):
                found.append(at)
            at, tries = self.text.find(wanted, at + 1, high), tries + 1
        return found

    def _occurs(self, wanted: str, at: int) -> bool:
        """Whether whole words occur at a position: “Tom” does not occur in “Tomorrow”."""
        end = at + len(wanted)
        if not self.text.startswith(wanted, at):
            return False
        begun = at > 0 and wanted[0].isalnum() and self.text[at - 1].isalnum()
        return not begun and not (wanted[-1].isalnum() and self.text[end : end + 1].isalnum())

    def _n_agreeing(self, at: int, wanted: str, around: list[str]) -> int:
        """How many of the given contexts, before and after, agree: 0 to 2."""
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
