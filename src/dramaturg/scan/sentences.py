"""Paragraphs and quotations → sentences; a tag stays with its quotation."""

import re

from dramaturg.draft import ScannedQuotation
from dramaturg.story import Block, Span


def split_sentences(
    text: str, paragraphs: tuple[Block, ...], quotations: tuple[ScannedQuotation, ...]
) -> tuple[Span, ...]:
    """Cut paragraphs into sentences. (A first version; the real splitter replaces it.)"""
    sentences = []
    for block in paragraphs:
        at = block.start
        for match in re.finditer(r"(?<!Mr)(?<!Mrs)(?<!Dr)[.!?]+[\"”']?\s+(?=[A-Z\"“])", text[block.start : block.end]):
            sentences.append(Span(at, block.start + len(match.group().rstrip()) + match.start()))
            at = block.start + match.end()
        sentences.append(Span(at, block.end))
    return tuple(sentences)
