"""Sentences → syntactic words, cut where Universal Dependencies cuts English.

The tokens of a draft keep a clitic with its word (`don't`, `Tom's`), as the rules want them; the encoder and the
syntax want what a treebank counts: `do` + `n't`, `Tom` + `'s`, `well` + `-` + `known`. Source of the conventions: the
guidelines of UD English, https://universaldependencies.org/en/.
"""

import re
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from dramaturg.draft import UDWords
from dramaturg.scan.tokens import ABBREVIATIONS
from dramaturg.story import Span

_INSIDE = "\u0300-\u036f\u00ad\u200c\u200d"
_LETTER = rf"[^\W\d_][{_INSIDE}]*"
_MORE = "vs|etc|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|No|Mt|Vol|Fig|pp|Ave|Blvd|Rd"
UNIT = re.compile(
    r"(?:https?://|www\.)[^\s<>()\"“”]*[\w/]"
    r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"
    rf"|(?:{'|'.join(ABBREVIATIONS)}|{_MORE})\.(?=\s)"
    r"|(?:[^\W\d_]\.){2,20}(?=[\s,;:)?!'’\"”]|$)"
    r"|[^\W\d_]\.(?=\s*[A-Z])(?<![^\W\d_][^\W\d_]\.)"
    r"|\d+(?:[.,:/]\d+){1,20}(?:st|nd|rd|th|s)?\b|\d+(?:st|nd|rd|th|s|am|pm)?\b"
    rf"|(?:{_LETTER}|\d)+(?:['’](?:{_LETTER}|\d)+)*"
    r"|[:;=]['-]?[()DPp](?![^\W_])|[!?]+|([.=~<>+$#^|*_-])\1+|[^\w\s]|_"
)
# What follows the apostrophe of a clitic, with it; `n't` takes its n.
_CLITIC = re.compile(r"(?:n['’]t|['’](?:s|re|ve|ll|d|m))$", re.IGNORECASE)
_MARKS, _LONGEST_MARK = "*_/=", 6  # what plain text is emphasised with
# Words that are two: UD cuts them after these many letters.
_TWO = {"cannot": 3, "gonna": 3, "wanna": 3, "gotta": 3, "gimme": 3, "lemme": 3, "dont": 2, "cant": 2, "didnt": 3}
_TWO |= {"doesnt": 4, "wont": 2, "isnt": 2, "wasnt": 3, "ive": 1, "thats": 4, "im": 1}


def find_ud_words(text: str, sentences: tuple[Span, ...], emphasis: Iterable[Span] = ()) -> UDWords:
    """Cut every sentence into syntactic words.

    Every character that is not white space lies in exactly one unit of its sentence, joiners between words aside, and
    the marks of `emphasis`: a story says the same with `_very_` as with italics.
    """
    places = array("i")
    marks = frozenset(_marks_of(text, emphasis))
    counts = []
    for sentence in sentences:
        before = len(places)
        for match in UNIT.finditer(text, sentence.start, sentence.end):
            start, end = match.span()
            if start in marks and end - 1 in marks:
                continue
            cut = _cut(match.group())
            if cut:
                places.extend((start, start + cut))
            places.extend((start + cut, end))
        counts.append((len(places) - before) // 2)
    number = np.repeat(np.arange(len(sentences), dtype=np.int32), counts)
    return UDWords(np.array(places, dtype=np.int32).reshape(-1, 2), number)


def _cut(word: str) -> int:
    """How many characters of a word are a syntactic word of their own; none where it is one."""
    at = _TWO.get(word.lower(), 0)
    if not at and ("'" in word or "’" in word):
        clitic = _CLITIC.search(word)
        return clitic.start() if clitic else 0
    return at


def _marks_of(text: str, emphasis: Iterable[Span]) -> Iterator[int]:
    """Where the marks stand that set off what is emphasised, outside of its ends and inside."""
    for span in emphasis:
        for edge in (span.start, span.end):
            for step in (-1, 1):
                at = edge if step > 0 else edge - 1
                while 0 <= at < len(text) and text[at] in _MARKS and abs(at - edge) <= _LONGEST_MARK:
                    yield at
                    at += step
