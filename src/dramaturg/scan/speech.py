"""Speech or not: scare quotes, titles and words that are only mentioned stand between marks too.

The order of the questions was found on PDNC's train novels: what most surely tells comes first.
"""

import re

from dramaturg.scan.pairing import Stretch
from dramaturg.scan.tags import SAID, SPEECH_VERBS, introduces, tag_at

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_EDGE = "\"“”„‟‘’'`´«»‹›<>「」『』_*/ \n\t\u00a0\u2009\u200a\u202f"
_MARKS = "\"“”„‟‘’'`´«»‹›<>「」『』_*/"
_POINTS = ",.!?…—–-;:~"
_STRONG = "!?…—–-"
_UNSAID = re.compile(r"[!?…—–-]|\.\.")
_SENTENCE_END = re.compile(r"[.!?…][\"”’'»)]*\s")
NEAR = 60  # characters looked at on either side
FEW = 4  # words at most of what something is called
_NAMING = frozenset(
    ["call", "called", "calls", "calling", "named", "termed", "titled", "entitled", "marked", "labelled", "labeled"]
    + ["nicknamed", "dubbed", "christened", "inscribed", "word", "words", "name", "title", "phrase"]
)
_SHOWS = frozenset(["it", "sign", "label", "board", "plate", "card", "note", "notice"])  # it said “Sweet” on the tin
SPOKEN = 3  # words at most of unpointed speech after a verb of saying: he said “Not me” and left
MENTIONED = 6  # words at most in what is mentioned rather than said, in lower case and amid a sentence
SMALL = frozenset(
    ["a", "an", "the", "of", "and", "or", "in", "on", "to", "for", "de", "la", "at", "by", "with", "from"]
)


def is_speech(text: str, stretch: Stretch, low: int, high: int, last_end: int = -1) -> bool:
    """Whether what stands between two marks is somebody's speech, judged by its points and what is around it.

    `low` and `high` bound the paragraph; `last_end` is where its last speech before this ends, or -1.
    """
    body = text[stretch.start : min(stretch.end, stretch.start + 400)]
    words = _WORD.findall(body)
    if not words:  # "?" and "…!" are said, "" is not
        return _UNSAID.search(body) is not None
    if not (stretch.opened and stretch.closed):
        return True
    last = text[max(stretch.start, stretch.end - 10) : stretch.end].rstrip(_MARKS)
    ending = (
        "—" if last[-1:].isspace() else last.rstrip(_EDGE)[-1:]
    )  # `I thought "`: a dash was lost, or left to the mark
    after = text[stretch.end : min(high, stretch.end + NEAR)].lstrip("_*")
    beyond = stretch.end + (after.startswith(";"))  # `"No"; said he`
    pointed = (ending != "" and ending in _POINTS) or after[:1] == ","
    if tag_at(text, beyond, high) >= 0 and (pointed or words[0][0].isupper()):
        return True
    before = text[max(low, stretch.start - NEAR) : stretch.start].rstrip("_* \n\t")
    if not before.strip(_EDGE) or before[-1] in "([":
        whole = not after.strip(_EDGE)
        return (
            whole
            or pointed
            or len(words) > 4
            or (len(words) > 2 and not _is_title(words) and words[0][0].isupper())
            or after.lstrip()[:1] in ("-", "—", "–", "(")
        )
    pointed = ending != "" and ending in _POINTS
    if pointed and last_end >= 0 and _resumes(text, last_end, stretch.start):
        return True
    return _is_speech_amid(before, words, ending, pointed)


def _resumes(text: str, last_end: int, start: int) -> bool:
    """Whether speech that ends unfinished is taken up again: “We always seem” she faltered “to quarrel.”"""
    if start - last_end > NEAR:
        return False
    broken = text[max(0, last_end - 4) : last_end].rstrip(_EDGE)[-1:]
    between = text[last_end:start]
    if not any(map(str.isalnum, between)) or any(point in between for point in ".!?…"):
        return False
    return broken.isalnum() or broken in ("—", "–", "-")


def _is_speech_amid(before: str, words: list[str], ending: str, pointed: bool) -> bool:
    """The same for what has words of its paragraph before it."""
    strong = ending != "" and ending in _STRONG
    n_words = len(words)
    last_words = [word.lower() for word in _WORD.findall(_SENTENCE_END.split(before)[-1])[-3:]]
    if n_words > 1 and not strong and _is_title(words) and not (ending == "." and _follows_tag(before)):
        return before[-1] in ",:" and introduces(last_words)
    if not strong and n_words <= FEW and before[-1] not in ",:;" and not _NAMING.isdisjoint(last_words):
        return False
    if before[-1] in ",:;—–-":
        return pointed or n_words > 3 or before[-1] == ":" or introduces(last_words)
    if before[-1] in ".!?…\"”’'»)":
        return pointed or n_words > 4
    if last_words and last_words[-1] in SPEECH_VERBS and words[0][0].isupper():
        alone = last_words[-1] in SAID and _SHOWS.isdisjoint(last_words)
        return pointed or (1 if alone else 2) <= n_words <= SPOKEN
    if introduces(last_words):
        return pointed
    if n_words <= MENTIONED and words[0][0].islower():
        return False
    return strong or (pointed and n_words > 3)


def _follows_tag(before: str) -> bool:
    """Whether a sentence ends here in which somebody says something: `said Tom.`"""
    return before[-1] in ".!?…" and any(word in SPEECH_VERBS for word in _WORD.findall(before))


def _is_title(words: list[str]) -> bool:
    """Whether the words are written as in a title: each but the small ones with a capital."""
    return all(word[0].isupper() or word[0].isdigit() or word in SMALL for word in words) and words[-1] not in SMALL
