"""Speech between signs other than quotation marks, as stories write telepathy: `<…>`, `//…//`, `::…::`."""

import re
from bisect import bisect_left

from dramaturg.scan.pairing import Stretch
from dramaturg.story import Block

MIND = "M"  # the family of these signs
MIN_STRETCHES = 2  # in a story
_SIGNS = re.compile(
    r"(?<![\w/:<])"
    r"(?:<(?=[A-Z])[^<>\n]*[.,!?…—–-]>|//(?=[^\s/])[^/\n]*[^\s/]//|::(?=[^\s:])[^:\n]*[^\s:]::)"
    r"(?![\w/:>])"
)


def find_mind_speech(text: str, paragraphs: tuple[Block, ...]) -> dict[int, list[Stretch]]:
    """The stretches between such signs, by the index of their paragraph. Linear in the length of the text."""
    found: dict[int, list[Stretch]] = {}
    for index, block in enumerate(paragraphs):
        for match in _SIGNS.finditer(text, block.start, block.end):
            found.setdefault(index, []).append(Stretch(match.start(), match.end(), MIND, -1, True, True))
    return found if sum(map(len, found.values())) >= MIN_STRETCHES else {}


def add_mind_speech(stretches: list[Stretch], mind_speech: list[Stretch]) -> list[Stretch]:
    """The outermost stretches of a paragraph and its mind speech, sorted; mind speech replaces what it overlaps."""
    starts = [stretch.start for stretch in mind_speech]

    def is_free(stretch: Stretch) -> bool:
        before = bisect_left(starts, stretch.end) - 1  # the last mind speech that begins before the stretch ends
        return before < 0 or mind_speech[before].end <= stretch.start

    kept = [stretch for stretch in stretches if stretch.parent < 0 and is_free(stretch)]
    return sorted([*kept, *mind_speech], key=lambda stretch: stretch.start)
