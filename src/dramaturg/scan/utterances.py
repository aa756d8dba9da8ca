"""Which stretches of speech are one utterance.

The rule. Two quotations of one paragraph belong together when the first is not finished (it ends in a comma, a
dash, dots or no point at all), or the second begins in lower case, or the words between end in a comma; and also
when nothing but a plain tag stands between two whole sentences (`“Go,” he said. “I stay.”`), unless the second
has a tag of its own. Speech that is open at a paragraph's end goes on where the next paragraph opens with a mark.
"""

from dramaturg.scan.tags import tag_at

_CLOSING = "\"“”„‟‘’'`´«»‹›「」『』_* \n\t"
LONG = 250  # characters between two parts of one utterance at most


def goes_on(text: str, first: tuple[int, int], second: tuple[int, int], high: int) -> bool:
    """Whether two quotations of one paragraph, given as (start, end), are parts of one utterance."""
    between = text[first[1] : second[0]].strip()
    if not between or second[0] - first[1] > LONG:
        return False
    ending = text[max(first[0], first[1] - 8) : first[1]].rstrip(_CLOSING)[-1:]
    beginning = text[second[0] : second[0] + 8].lstrip(_CLOSING)[:1]
    if beginning.islower() or between[-1] == ",":
        return True
    if ending in ",—–-…" and between[-1] not in ".!?":
        return True
    tag = tag_at(text, first[1], second[0])
    if tag < 0:
        return False
    return tag_at(text, second[1], high) < 0
