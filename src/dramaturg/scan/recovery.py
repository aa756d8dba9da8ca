"""Where a stretch of speech that lost one of its marks begins or ends."""

import re

from dramaturg.scan.narration import tells
from dramaturg.scan.pairing import Stretch
from dramaturg.scan.tags import core_tag_at, find_tag

_AFTER_TAG = re.compile(r"(?<![.!?…])[.!?…]++[)\]]?\s+|[,:]\s+")
_SENTENCE = re.compile(r"(?<![.!?…])[.!?…]++[)\]]?\s+")
SHORT = 60  # characters that a tag at the end of a paragraph may have after its verb


def recover(text: str, stretch: Stretch, low: int, goes_on: bool) -> bool:
    """Set the missing end of a stretch; False where it is no speech after all.

    `low`: where the paragraph begins. `goes_on`: the stretch is open at its paragraph's end and the next
    paragraph opens with a mark, as speech over several paragraphs does.
    """
    if not stretch.opened:
        return _recover_start(text, stretch, low)
    if not stretch.closed:
        _recover_end(text, stretch, goes_on)
    return stretch.end - stretch.start > 1


def _recover_start(text: str, stretch: Stretch, low: int) -> bool:
    while stretch.start < stretch.end and text[stretch.start].isspace():
        stretch.start += 1
    after_tag = core_tag_at(text, stretch.start, stretch.end)
    if stretch.start > low and text[stretch.start].islower():
        after_tag = max(after_tag, stretch.start)
    if after_tag >= 0:  # `"I know," she said. But you lie."`: the tag's own sentence is no speech
        match = _AFTER_TAG.search(text, after_tag, stretch.end)
        if match is None or stretch.end - match.end() < 2:
            return False
        stretch.start = match.end()
    while tells(text, stretch.start, stretch.end):  # nor are sentences that go on telling
        match = _SENTENCE.search(text, stretch.start, stretch.end)
        if match is None or stretch.end - match.end() < 2:
            break
        stretch.start = match.end()
    return any(character.isalnum() for character in text[stretch.start : stretch.start + 40])


def _recover_end(text: str, stretch: Stretch, goes_on: bool) -> None:
    tag = find_tag(text, stretch.start + 1, stretch.end)
    if tag and (not goes_on or stretch.end - tag[1] < SHORT):
        stretch.end = tag[0]
    while stretch.end > stretch.start and text[stretch.end - 1].isspace():
        stretch.end -= 1
