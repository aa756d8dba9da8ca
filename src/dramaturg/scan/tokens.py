"""Sentences → tokens, with offsets into the verbatim text.

A token is a word (inner apostrophes, hyphens and the full stop of a known abbreviation kept),
a number, or one mark of punctuation. A possessive `'s` and a contracted `n't` stay with their word here:
the offsets, not the splitting conventions of one treebank, are what the layers need.
"""

import re
from array import array
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from dramaturg.draft import ScannedQuotation, Tokens
from dramaturg.story import Block, Span

_ABBREVIATIONS = """
Mr Mrs Ms Mme Mlle Dr Prof Rev Revd Hon Capt Col Gen Lt Lieut Sgt Maj Cmdr Adm Gov Sen Rep Pres Supt Insp St Ste
Jr Sr Messrs Esq
"""
ABBREVIATIONS = tuple(_ABBREVIATIONS.split())

# Combining marks, soft hyphens and joiners stand inside a word.
_INSIDE = "\u0300-\u036f\u00ad\u200c\u200d"
WORD = re.compile(
    rf"(?:(?:{'|'.join(ABBREVIATIONS)})\.)"
    r"|(?:[A-Z]\.(?=[A-Z]\.|\s+[A-Z]|[A-Z]))"
    rf"|(?:[^\W_]+(?:(?:['’\-‐‑]|[{_INSIDE}]+)[^\W_]+)*[{_INSIDE}]*)"
    r"|--+|\.\.\.+|[^\w\s]|_"
)


def tokenize(
    text: str, paragraphs: tuple[Block, ...], sentences: tuple[Span, ...], quotations: tuple[ScannedQuotation, ...]
) -> Tokens:
    """Cut every sentence into tokens.

    `sentences` lie inside `paragraphs`; both sorted. Returns columns of shape (tokens,).
    """
    spans = array("i")  # start, end, start, end…: a tuple for each token would be thirty times as big
    counts = []  # tokens of each sentence
    for sentence in sentences:
        before = len(spans)
        spans.extend(chain.from_iterable(map(re.Match.span, WORD.finditer(text, sentence.start, sentence.end))))
        counts.append((len(spans) - before) // 2)
    places = np.array(spans, dtype=np.int32).reshape(-1, 2)
    start, end = np.ascontiguousarray(places[:, 0]), np.ascontiguousarray(places[:, 1])
    of_sentence = np.repeat(np.arange(len(sentences), dtype=np.int32), counts)
    paragraph = np.searchsorted([block.start for block in paragraphs], start, side="right").astype(np.int32) - 1
    return Tokens(start, end, of_sentence, paragraph, _outermost(start, quotations))


def _outermost(start: NDArray[np.int32], quotations: tuple[ScannedQuotation, ...]) -> NDArray[np.int32]:
    """For each token start the index of the outermost quotation around it, or -1."""
    outer = [(number, quotation) for number, quotation in enumerate(quotations) if quotation.within is None]
    if not outer:
        return np.full(len(start), -1, dtype=np.int32)
    numbers = np.array([number for number, _ in outer], dtype=np.int32)
    ends = np.array([quotation.end for _, quotation in outer], dtype=np.int32)
    at = np.searchsorted([quotation.start for _, quotation in outer], start, side="right") - 1
    inside = (at >= 0) & (start < ends[at])
    return np.where(inside, numbers[at], -1).astype(np.int32)
