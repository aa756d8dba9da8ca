"""Files that lost all their single marks: apostrophes and nested marks became spaces.

Where such a file reads `" I will swear it,  I answered,  provided that the fort is safe.`, the double mark belongs to
one who tells a story, the space after it was the single mark of the speech that the story quotes, and every wide space
amid the paragraph was a mark too. With nothing left to point to, nested speech is not put inside an outer quotation
here: the two voices alternate, each piece a quotation of its own. What the teller says shares one group, as the parts
of an utterance do, and each piece of quoted speech has its own. Other quotations stay whole: what stands between wide
spaces there is mostly a word or a title, and nothing tells it from speech.
"""

import re
from itertools import islice

from dramaturg.story import Block

# A space too many within a paragraph, or one beside a line break: a mark stood there.
_GAP = re.compile(r"(?<=\S)(?: {2,4}| ?\n {1,4}| \n)(?=\S)")
_SENTENCE_GAP = re.compile(r"[.!?] {2,4}(?=[A-Z])")
_SENTENCE_STEP = re.compile(r"[.!?] (?=[A-Z])")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
_FRAGMENT = re.compile(r"(?<=[a-z]) (?:s|t|ll|ve|re|d)(?= )")  # don t, Gray s
_OPENING = re.compile(r"[^\w\s]{1,2}\u00a0? (?=[^\W_])")
SAMPLE = 300_000  # characters looked at
FEW = 3  # signs that any text must show, or may
FRAGMENTS = 0.0005  # of these to a character; English prose has four times as many apostrophes
STAYED = 0.05  # apostrophes to a fragment that there may be
WIDE = 0.25  # where more of the sentences than this are set apart by wide spaces, these say nothing


def lost_marks(text: str, paragraphs: tuple[Block, ...]) -> bool:
    """Whether a text has lost its single marks, and wide spaces show where they were."""
    size = n_fragments = n_apostrophes = n_wide = n_steps = 0
    for block in islice(paragraphs, SAMPLE):
        if size > SAMPLE:
            break
        end = min(block.end, block.start + SAMPLE)
        size += end - block.start
        n_fragments += len(_FRAGMENT.findall(text, block.start, end))
        n_apostrophes += len(_APOSTROPHE.findall(text, block.start, end))
        n_wide += len(_SENTENCE_GAP.findall(text, block.start, end))
        n_steps += len(_SENTENCE_STEP.findall(text, block.start, end))
    many = n_fragments >= max(FEW, FRAGMENTS * size)
    return many and n_apostrophes <= STAYED * n_fragments and n_wide <= FEW + WIDE * (n_wide + n_steps)


def opens_quoted(text: str, start: int, end: int) -> bool:
    """Whether a quotation opens with its mark and the space of a lost one."""
    return _OPENING.match(text, start, end) is not None


def find_gaps(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where speech that opens with a lost mark changes between quoted speech and its teller: the white space there.

    The first gap ends quoted speech, the second begins it again, and so on. A gap between a letter and a small
    letter was an apostrophe: kind o  thick.
    """
    return [
        match.span()
        for match in _GAP.finditer(text, start + 2, end)
        if not (text[match.start() - 1].isalpha() and text[match.end()].islower())
    ]
