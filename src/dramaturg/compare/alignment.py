"""Two drafts of a text → which places of the old one are where in the new one.

Paragraphs that occur once in both texts are the anchors (as in Bram Cohen's patience diff). The paragraphs between two
anchors are matched from both ends; if equally many remain, each is paired with the one in its position. O(n log n).
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from os.path import commonprefix

from dramaturg.reading import Reading
from dramaturg.story import Block


class Alignment:
    """Maps places in an old text to the new one.

    `added`, `removed`: the numbers of paragraphs that only the new text, or only the old text, has.
    """

    def __init__(self, old: Reading, new: Reading) -> None:
        self.old, self.new = old.story.text, new.story.text
        blocks, others = _paragraphs(old), _paragraphs(new)
        old_texts = [self.old[b.start : b.end] for b in blocks]
        new_texts = [self.new[b.start : b.end] for b in others]
        partner = dict(_aligned(old_texts, new_texts))
        self.blocks, self.starts = blocks, [b.start for b in blocks]
        self.partner = {k: others[at] for k, at in partner.items()}
        self.whole = {k for k, at in partner.items() if old_texts[k] == new_texts[at]}
        self.ends: dict[int, tuple[int, int]] = {}
        self.removed = len(blocks) - len(self.whole)
        self.added = len(others) - len(self.whole)

    def place(self, start: int) -> int | None:
        """The place in the new text for a place in the old one; None where it was removed or rewritten."""
        k = bisect_right(self.starts, start) - 1
        if k not in self.partner or start >= self.blocks[k].end:
            return None
        block, other = self.blocks[k], self.partner[k]
        offset = start - block.start
        if k in self.whole:
            return other.start + offset
        if k not in self.ends:
            self.ends[k] = self._ends(block, other)
        beginning, end = self.ends[k]
        if offset < beginning:
            return other.start + offset
        rest = block.end - start
        return other.end - rest if rest <= end else None

    def _ends(self, block: Block, other: Block) -> tuple[int, int]:
        """How many code points at the start and at the end of a changed paragraph are the same in both texts."""
        old, new = self.old[block.start : block.end], self.new[other.start : other.end]
        beginning = len(commonprefix([old, new]))
        return beginning, len(commonprefix([old[beginning:][::-1], new[beginning:][::-1]]))


def _paragraphs(reading: Reading) -> list[Block]:
    return [block for block in reading.story.blocks if block.end > block.start]


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs of indices in order, of equal texts and of texts in the same position between two equal ones."""
    anchors = [(-1, -1), *_anchors(old, new), (len(old), len(new))]
    for (a, b), (c, d) in pairwise(anchors):
        if a >= 0:
            yield a, b
        low, new_low = a + 1, b + 1
        while low < c and new_low < d and old[low] == new[new_low]:
            yield low, new_low
            low, new_low = low + 1, new_low + 1
        high, new_high = c, d
        ends = []
        while high > low and new_high > new_low and old[high - 1] == new[new_high - 1]:
            high, new_high = high - 1, new_high - 1
            ends.append((high, new_high))
        if high - low == new_high - new_low:  # as many as before: pair them in order
            yield from zip(range(low, high), range(new_low, new_high), strict=True)
        yield from reversed(ends)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The longest increasing run of pairs of texts that occur once in both."""
    n_old, n_new = Counter(old), Counter(new)
    where = {text: at for at, text in enumerate(new) if n_new[text] == 1}
    both = [(at, where[text]) for at, text in enumerate(old) if n_old[text] == 1 and text in where]
    ends: list[int] = []  # the smallest end of a run of each length
    last: list[int] = []  # its index in `both`
    before: list[int] = []
    for k, (_, at) in enumerate(both):
        length = bisect_left(ends, at)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [at]
        last[length : length + 1] = [k]
    run, k = [], last[-1] if last else -1
    while k >= 0:
        run.append(both[k])
        k = before[k]
    return run[::-1]
