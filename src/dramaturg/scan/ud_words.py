"""Sentences → syntactic words, cut as Universal Dependencies cuts them.

The tokens of a draft keep a clitic with its word (`don't`, `Tom's`), as the rule layers need it. The encoder and the
syntax need what a treebank counts: `do` + `n't`, `Tom` + `'s`, `well` + `-` + `known`. Source of the conventions: the
guidelines of UD English, https://universaldependencies.org/en/.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np

from dramaturg.draft import UDWords
from dramaturg.lexicon.language import Language, Writing
from dramaturg.scan.tokens import JOINERS
from dramaturg.story import Span

_LETTER = rf"[^\W\d_][{JOINERS}]*"
_EMPHASIS_MARKS, _MAX_MARKS = "*_/=", 6  # how plain text marks emphasis, and how many of them together


@cache
def ud_word_pattern(writing: Writing) -> re.Pattern[str]:
    """What is a syntactic word, or several that `find_ud_words` cuts apart."""
    abbreviations = "|".join((*writing.abbreviations, *writing.more_abbreviations)) or "(?!)"
    ordinal = "|".join(writing.ordinal_suffixes)
    unit = "|".join((*writing.ordinal_suffixes, *writing.time_suffixes))
    return re.compile(
        r"(?:https?://|www\.)[^\s<>()\"“”]*[\w/]"
        r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}"
        rf"|(?:{abbreviations})\.(?=\s)"
        r"|(?:[^\W\d_]\.){2,20}(?=[\s,;:)?!'’\"”]|$)"
        r"|[^\W\d_]\.(?=\s*[A-Z])(?<![^\W\d_][^\W\d_]\.)"
        rf"|\d+(?:[.,:/]\d+){{1,20}}(?:{ordinal})?\b|\d+(?:{unit})?\b"
        rf"|(?:{_LETTER}|\d)+(?:['’](?:{_LETTER}|\d)+)*"
        r"|[:;=]['-]?[()DPp](?![^\W_])|[!?]+|([.=~<>+$#^|*_-])\1+|[^\w\s]|_"
    )


def find_ud_words(text: str, sentences: tuple[Span, ...], emphasis: Iterable[Span], language: Language) -> UDWords:
    """Cut every sentence into syntactic words.

    Every character that is not white space is in exactly one word of its sentence, except joiners between words and
    the characters that mark `emphasis`: `_very_` is read like italics.
    """
    writing = language.writing
    find_words = ud_word_pattern(writing).finditer
    bounds = array("i")
    marks = frozenset(_emphasis_marks(text, emphasis))
    counts = []
    for sentence in sentences:
        before = len(bounds)
        for match in find_words(text, sentence.start, sentence.end):
            start, end = match.span()
            if start in marks and end - 1 in marks:
                continue
            cut = _first_length(match.group(), writing)
            if cut:
                bounds.extend((start, start + cut))
            bounds.extend((start + cut, end))
        counts.append((len(bounds) - before) // 2)
    number = np.repeat(np.arange(len(sentences), dtype=np.int32), counts)
    return UDWords(np.array(bounds, dtype=np.int32).reshape(-1, 2), number)


def _first_length(word: str, writing: Writing) -> int:
    """The length of the first of two syntactic words that are written as one; 0 if it is a single word."""
    at = writing.merged_words.get(word.lower(), 0)
    if not at and ("'" in word or "’" in word):
        clitic = writing.clitics.search(word)
        return clitic.start() if clitic else 0
    return at


def _emphasis_marks(text: str, emphasis: Iterable[Span]) -> Iterator[int]:
    """The positions of the characters that mark emphasis, just outside and inside the ends of each span."""
    for span in emphasis:
        for edge in (span.start, span.end):
            for step in (-1, 1):
                at = edge if step > 0 else edge - 1
                while 0 <= at < len(text) and text[at] in _EMPHASIS_MARKS and abs(at - edge) <= _MAX_MARKS:
                    yield at
                    at += step
