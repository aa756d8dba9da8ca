"""Story → Draft: quotations first, then sentences, then tokens."""

from dramaturg.draft import Draft
from dramaturg.scan.quotations import find_quotations
from dramaturg.scan.sentences import split_sentences
from dramaturg.scan.tokens import tokenize
from dramaturg.scan.units import find_units
from dramaturg.story import Story


def scan(story: Story) -> Draft:
    """Find the quotations, thoughts, sentences and tokens of a story's paragraphs. Linear in its length."""
    paragraphs = tuple(block for block in story.blocks if block.role == "paragraph")
    quotations, thoughts = find_quotations(story, paragraphs)
    sentences = split_sentences(story.text, paragraphs, quotations)
    tokens = tokenize(story.text, paragraphs, sentences, quotations)
    return Draft(story, paragraphs, quotations, thoughts, sentences, tokens, find_units(story.text, sentences))
