"""Which stretches of speech are one utterance.

The rule. Two quotations of one paragraph belong together when the first is not finished (it ends in a comma, a
dash, dots or no point at all), or the second begins in lower case, or the words between end in a comma; and also
when nothing but a plain tag stands between two whole sentences (`“Go,” he said. “I stay.”`), unless the second
has a tag of its own. Never when the words between begin anew to say who speaks (`“Go,” he said, and Tom said, “No.”`).
Speech that is open at a paragraph's end goes on where the next paragraph opens with a mark.
"""

import re

from dramaturg.scan.tags import SPEECH_VERBS, tag_at

_CLOSING = "\"“”„‟‘’'`´«»‹›「」『』_* \n\t\u00a0"
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_SENTENCE_END = re.compile(r"[.!?]\s")
_BESIDE = ",*_/ \n\t\u00a0"
LONG = 250  # characters between two parts of one utterance at most
SHORT_TAG = 4  # words of a tag that only breaks an utterance: `she said softly,`


def goes_on(text: str, first: tuple[int, int], second: tuple[int, int], high: int) -> bool:
    """Whether two quotations of one paragraph, given as (start, end), are parts of one utterance.

    `high` is where the paragraph ends.
    """
    if second[0] - first[1] > LONG:
        return False
    after = first[1]  # a comma may stand after the closing mark: „Ja“, sagte er
    while after < second[0] and text[after] in _BESIDE:
        after += 1
    between = text[after : second[0]].rstrip(_CLOSING)
    if not between:
        return text[first[1] : second[0]].strip() == ","
    beginning = text[second[0] : second[0] + 8].lstrip(_CLOSING)[:1]
    if not beginning.islower() and _introduces_anew(between):
        return False
    if beginning.islower() or between[-1] == ",":
        return True
    ending = text[max(first[0], first[1] - 8) : first[1]].rstrip(_CLOSING)[-1:]
    if (ending in ",—–-…" or ending.isalnum()) and between[-1] not in ".!?":
        return True
    tagged = "," in text[first[1] : after] or tag_at(text, after, second[0]) >= 0
    if not tagged:
        return False
    return tag_at(text, second[1], high) < 0


def _introduces_anew(between: str) -> bool:
    """Whether the words between two quotations end in a tag for the second that is not the first one's."""
    if between[-1] not in ",:" and not _SENTENCE_END.search(between):
        return False
    words = [word.lower() for word in _WORD.findall(between)]
    return len(words) > SHORT_TAG and any(word in SPEECH_VERBS for word in words[-3:])
