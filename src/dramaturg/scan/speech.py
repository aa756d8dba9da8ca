"""Speech or not: scare quotes, titles and words that are only mentioned stand between marks too."""

import re

from dramaturg.scan.pairing import Stretch
from dramaturg.scan.tags import introduces, tag_at

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_ENDS = ",.!?…—–-;:"


def is_speech(text: str, stretch: Stretch, low: int, high: int) -> bool:
    """Whether what stands between two marks is somebody's speech, judged by its points and what is around it.

    `low` and `high` bound the paragraph.
    """
    inner = text[stretch.start : stretch.end].strip(" \n\t\"“”„‟‘’'`´«»‹›「」『』_*,")
    if not any(c.isalnum() for c in inner):
        return bool(re.search(r"[!?…—-]|\.\.", text[stretch.start : stretch.end]))
    words = _WORD.findall(inner, 0, 400)
    body = text[stretch.start : stretch.end].rstrip("\"“”„‟‘’'`´«»‹›「」『』_* \n\t")
    pointed = body[-1:] in _ENDS and body[-1:] != ""
    strong = body[-1:] in "!?…—–-"
    before = text[max(low, stretch.start - 60) : stretch.start].rstrip(" \n\t_*")
    after = text[stretch.end : min(high, stretch.end + 60)].lstrip("_*")
    if not stretch.opened or not stretch.closed:
        return True
    lead = not before
    tagged = tag_at(text, stretch.end, high) >= 0
    last_words = _WORD.findall(before)[-3:]
    led = before[-1:] in ",:—–-" or introduces([w.lower() for w in last_words])
    ended_before = before[-1:] in ".!?…\"”’'»)"
    if tagged and pointed:
        return True
    if lead:
        return pointed or tagged or len(words) > 4
    if led:
        return pointed or len(words) > 3 or before[-1:] == ":"
    if ended_before:
        return pointed or len(words) > 4
    if len(words) <= 6 and inner[:1].islower():
        return False
    if len(words) <= 3 and not strong:
        return False
    return pointed and len(words) > 3 or strong
