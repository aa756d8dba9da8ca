"""Sentences → tokens, with offsets into the verbatim text.

A token is a word (inner apostrophes, hyphens and the full stop of a known abbreviation kept),
a number, or one mark of punctuation. A possessive `'s` and a contracted `n't` stay with their word here:
the offsets, not the splitting conventions of one treebank, are what the layers need.
"""

import re
from bisect import bisect_right

import numpy as np

from dramaturg.draft import ScannedQuotation, Tokens
from dramaturg.story import Block, Span

ABBREVIATIONS = (
    "Mr Mrs Ms Mme Mlle Dr Prof Rev Revd Hon Capt Col Gen Lt Lieut Sgt Maj Cmdr Adm Gov Sen Rep Pres Supt Insp St Ste Jr Sr Messrs Esq"
).split()

WORD = re.compile(
    r"(?:(?:%s)\.)" % "|".join(ABBREVIATIONS)
    + r"|(?:[A-Z]\.(?=[A-Z]\.|\s+[A-Z]|[A-Z]))"
    + r"|(?:[^\W_]+(?:['’\-‐‑][^\W_]+)*)"
    + r"|--+|\.\.\.+|[^\w\s]|_"
)


def tokenize(
    text: str, paragraphs: tuple[Block, ...], sentences: tuple[Span, ...], quotations: tuple[ScannedQuotation, ...]
) -> Tokens:
    """Cut every sentence into tokens.

    `sentences` lie inside `paragraphs`; both sorted. Returns columns of shape (tokens,).
    """
    outer = [(i, q) for i, q in enumerate(quotations) if q.within is None]
    quotation_starts = [q.start for _, q in outer]
    paragraph_starts = [p.start for p in paragraphs]
    start, end, sentence, paragraph, quotation = [], [], [], [], []
    for n, span in enumerate(sentences):
        here = bisect_right(paragraph_starts, span.start) - 1
        for match in WORD.finditer(text, span.start, span.end):
            start.append(match.start())
            end.append(match.end())
            sentence.append(n)
            paragraph.append(here)
            k = bisect_right(quotation_starts, match.start()) - 1
            inside = k >= 0 and match.start() < outer[k][1].end
            quotation.append(outer[k][0] if inside else -1)
    columns = (np.array(column, dtype=np.int32) for column in (start, end, sentence, paragraph, quotation))
    return Tokens(*columns)
