"""Whether a paragraph is an author's note that does not say so. Several signs are scored together.

No single sign is enough, and speech or narration counts against it: taking a note for text costs the reader one
paragraph, while taking the opening of a first-person story for a note costs the story.
"""

import re

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import NoteWords
from dramaturg.sources.line_patterns import starts_note

MAX_NOTE_CHARACTERS = 3000  # of a paragraph that are looked at
MAX_ENJOY_CHARACTERS = 80  # of a paragraph that only wishes a good read
MAX_FANDOM_WORDS = 4  # that count
MIN_NOTE_SCORE = (
    5  # at the edge of a chapter: no opening or closing paragraph of PDNC's and LitBank's novels gets there
)
MIN_NEXT_TO_NOTE_SCORE = 2  # next to a note
MAX_NOTICE_CHARACTERS = 300  # of a site's notice between the paragraphs
MIN_NOTICE_SIGNS = 3  # of a notice of theft: 60 notices of sites have three or four of the four
LONG_NOTE_CHARACTERS = 1200  # a note as long as this has more than one word of fan fiction


def score_note(paragraph: str, words: NoteWords = ENGLISH.structure.notes) -> int:
    """How much a paragraph looks like a writer talking to readers. MIN_NOTE_SCORE or more is a note.

    >>> score_note("Sorry for the late update! I hope you like this chapter, please review.") >= MIN_NOTE_SCORE
    True
    >>> score_note("I am going to tell you a story about how I died.") >= MIN_NOTE_SCORE
    False
    """
    text = paragraph[:MAX_NOTE_CHARACTERS].replace("’", "'")
    if len(text) <= MAX_ENJOY_CHARACTERS and words.enjoy.fullmatch(text):
        return MIN_NOTE_SCORE
    fandom = {word.lower() for word in words.fandom.findall(text)}
    score = 2 * min(len(fandom), MAX_FANDOM_WORDS) + sum(weight for weight, sign in words.signs if sign.search(text))
    if text[:1] in '"“«' or words.speech.search(text):
        score -= 3
    if len(text) > LONG_NOTE_CHARACTERS and len(fandom) < 2:
        score -= 3
    if not (fandom or words.reader_address.search(text) or words.ownership.search(text)):
        score = min(score, MIN_NOTE_SCORE - 1)  # a narrator may mention chapters and readers too
    return score


def is_note(paragraph: str, words: NoteWords = ENGLISH.structure.notes) -> bool:
    """Whether a paragraph at the edge of a chapter is a note: it says so, or its score is high enough."""
    return starts_note(paragraph[:MAX_NOTE_CHARACTERS], words) or score_note(paragraph, words) >= MIN_NOTE_SCORE


def is_notice(paragraph: str, words: NoteWords = ENGLISH.structure.notes) -> bool:
    """Whether a paragraph is a site's notice: that the text was taken from elsewhere, or where to read more.

    >>> is_notice("This tale was taken without the author's consent. If you find it on Amazon, report it.")
    True
    >>> is_notice("The report said that the book had been stolen.")
    False
    """
    text = paragraph.replace("’", "'")
    if len(text) > MAX_NOTICE_CHARACTERS or text[:1] in '"“«' or words.speech.search(text):
        return False
    if words.notice_hints.isdisjoint(NOTICE_WORD.findall(text.lower())):
        return False
    if words.site_lines.fullmatch(text):
        return True
    found = [sign.search(text) is not None for sign in words.notice_signs]
    return sum(found) >= MIN_NOTICE_SIGNS and any(found[:2]) and not words.narrative.search(text)


NOTICE_WORD = re.compile(r"[a-z]+")
