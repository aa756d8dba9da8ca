"""The start or end of speech that lacks one of its quotation marks."""

import re

from dramaturg.lexicon.language import Language
from dramaturg.scan.narration import is_narration
from dramaturg.scan.pairing import Stretch
from dramaturg.scan.tags import core_tag_at, find_tag

_AFTER_TAG = re.compile(r"(?<![.!?…])[.!?…]++[)\]]?\s+|[,:]\s+")
_SENTENCE = re.compile(r"(?<![.!?…])[.!?…]++[)\]]?\s+")
MAX_CHARACTERS_AFTER_TAG = 60  # at the end of a paragraph


def recover(text: str, stretch: Stretch, low: int, goes_on: bool, language: Language) -> bool:
    """Set the missing start or end of a stretch. Returns False if it is not speech after all.

    `low`: the start of the paragraph. `goes_on`: whether the stretch is open at the end of its paragraph and the next
    paragraph opens with a mark, as in speech of several paragraphs.
    """
    if not stretch.opened:
        return _recover_start(text, stretch, low, language)
    if not stretch.closed:
        _recover_end(text, stretch, goes_on, language)
    return stretch.end - stretch.start > 1


def _recover_start(text: str, stretch: Stretch, low: int, language: Language) -> bool:
    while stretch.start < stretch.end and text[stretch.start].isspace():
        stretch.start += 1
    after_tag = core_tag_at(text, stretch.start, stretch.end, language)
    if stretch.start > low and text[stretch.start].islower():
        after_tag = max(after_tag, stretch.start)
    if after_tag >= 0:  # `"I know," she said. But you lie."`: the sentence of the tag is not speech
        match = _AFTER_TAG.search(text, after_tag, stretch.end)
        if match is None or stretch.end - match.end() < 2:
            return False
        stretch.start = match.end()
    while is_narration(text, stretch.start, stretch.end, language):  # nor are sentences of narration after it
        match = _SENTENCE.search(text, stretch.start, stretch.end)
        if match is None or stretch.end - match.end() < 2:
            break
        stretch.start = match.end()
    return any(character.isalnum() for character in text[stretch.start : stretch.start + 40])


def _recover_end(text: str, stretch: Stretch, goes_on: bool, language: Language) -> None:
    tag = find_tag(text, stretch.start + 1, stretch.end, language)
    if tag and (not goes_on or stretch.end - tag[1] < MAX_CHARACTERS_AFTER_TAG):
        stretch.end = tag[0]
    while stretch.end > stretch.start and text[stretch.end - 1].isspace():
        stretch.end -= 1
