"""Files that lost all their single marks: apostrophes and nested marks became spaces.

In `" I will swear it,  I answered,  provided that the fort is safe.` the double mark belongs to somebody who tells a
story, the space after it was the single mark of the speech that they quote, and every wide space in the paragraph was
a mark, too. As no mark is left, nested speech is not put inside an outer quotation here: the two voices alternate, and
each piece is a quotation. What the teller says has one group, like the parts of an utterance, and each piece of quoted
speech has a group of its own. Other quotations stay whole: between wide spaces they mostly have a word or a title,
which cannot be told from speech.
"""

import re
from itertools import islice

from dramaturg.lexicon.language import Language
from dramaturg.story import Block

# A space too many within a paragraph, or a space next to a line break, was a mark.
_GAP = re.compile(r"(?<=\S)(?: {2,4}| ?\n {1,4}| \n)(?=\S)")
_SENTENCE_GAP = re.compile(r"[.!?] {2,4}(?=[A-Z])")
_SENTENCE_STEP = re.compile(r"[.!?] (?=[A-Z])")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=[a-z])")
_OPENING = re.compile(r"[^\w\s]{1,2}\u00a0? (?=[^\W_])")
MAX_CHARACTERS = 300_000  # looked at
MIN_SIGNS = 3  # split contractions that any text must have, and wide spaces that any text may have
MIN_SPLIT_PER_CHARACTER = 0.0005  # split contractions; English prose has four times as many apostrophes
MAX_APOSTROPHES_PER_SPLIT = 0.05
MAX_WIDE_SHARE = 0.25  # of the sentences; with more, wide spaces are how the text is typed


def has_lost_marks(text: str, paragraphs: tuple[Block, ...], language: Language) -> bool:
    """Whether a text has lost its single marks, and wide spaces show where they were."""
    split_contraction = language.writing.split_contraction
    size = n_split = n_apostrophes = n_wide = n_steps = 0
    for block in islice(paragraphs, MAX_CHARACTERS):
        if size > MAX_CHARACTERS:
            break
        end = min(block.end, block.start + MAX_CHARACTERS)
        size += end - block.start
        n_split += len(split_contraction.findall(text, block.start, end))
        n_apostrophes += len(_APOSTROPHE.findall(text, block.start, end))
        n_wide += len(_SENTENCE_GAP.findall(text, block.start, end))
        n_steps += len(_SENTENCE_STEP.findall(text, block.start, end))
    is_split = n_split >= max(MIN_SIGNS, MIN_SPLIT_PER_CHARACTER * size)
    few_apostrophes = n_apostrophes <= MAX_APOSTROPHES_PER_SPLIT * n_split
    return is_split and few_apostrophes and n_wide <= MIN_SIGNS + MAX_WIDE_SHARE * (n_wide + n_steps)


def opens_quoted(text: str, start: int, end: int) -> bool:
    """Whether a quotation opens with its mark and the space of a lost mark."""
    return _OPENING.match(text, start, end) is not None


def find_gaps(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The white space at which speech that opens with a lost mark changes between quoted speech and its teller.

    The first gap ends quoted speech, the second begins it again, and so on. A gap between a letter and a lower-case
    letter was an apostrophe: kind o  thick.
    """
    return [
        match.span()
        for match in _GAP.finditer(text, start + 2, end)
        if not (text[match.start() - 1].isalpha() and text[match.end()].islower())
    ]
