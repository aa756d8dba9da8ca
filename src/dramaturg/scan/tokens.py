"""Sentences → tokens, with offsets into the verbatim text.

A token is a word (inner apostrophes, hyphens and the full stop of a known abbreviation kept), a number, or one
punctuation mark. A possessive `'s` and a contracted `n't` stay with their word: the rule layers look words up, and do
not follow a treebank.
"""

import re
from array import array
from functools import cache
from itertools import chain

import numpy as np

from dramaturg.draft import ScannedQuotation, Tokens, outermost_at
from dramaturg.lexicon.language import Language, Writing
from dramaturg.story import Block, Span

JOINERS = "\u0300-\u036f\u00ad\u200c\u200d"  # combining marks, soft hyphens and joiners, within a word
BARE_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")  # a word in running text, without the dots of abbreviations


@cache
def token_pattern(writing: Writing) -> re.Pattern[str]:
    """What a token is."""
    abbreviations = "|".join(writing.abbreviations) or "(?!)"
    return re.compile(
        rf"(?:(?:{abbreviations})\.)"
        r"|(?:[A-Z]\.(?=[A-Z]\.|\s+[A-Z]|[A-Z]))"
        rf"|(?:[^\W_]+(?:(?:['’\-‐‑]|[{JOINERS}]+)[^\W_]+)*[{JOINERS}]*)"
        r"|--+|\.\.\.+|[^\w\s]|_"
    )


def tokenize(
    text: str,
    paragraphs: tuple[Block, ...],
    sentences: tuple[Span, ...],
    quotations: tuple[ScannedQuotation, ...],
    language: Language,
) -> Tokens:
    """Cut every sentence into tokens.

    `sentences` lie inside `paragraphs`; both are sorted. Returns columns of shape (tokens,).
    """
    find_tokens = token_pattern(language.writing).finditer
    spans = array("i")  # start, end, start, end…: a tuple for each token would be thirty times as big
    counts = []  # tokens of each sentence
    for sentence in sentences:
        before = len(spans)
        spans.extend(chain.from_iterable(map(re.Match.span, find_tokens(text, sentence.start, sentence.end))))
        counts.append((len(spans) - before) // 2)
    pairs = np.array(spans, dtype=np.int32).reshape(-1, 2)
    start, end = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    of_sentence = np.repeat(np.arange(len(sentences), dtype=np.int32), counts)
    paragraph = np.searchsorted([block.start for block in paragraphs], start, side="right").astype(np.int32) - 1
    return Tokens(start, end, of_sentence, paragraph, outermost_at(quotations, start))
