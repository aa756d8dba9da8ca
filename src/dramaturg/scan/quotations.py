"""The quotation scanner: paragraphs → stretches of direct speech."""

import re

from dramaturg.draft import ScannedQuotation
from dramaturg.story import Block, Span, Story


def find_quotations(
    story: Story, paragraphs: tuple[Block, ...]
) -> tuple[tuple[ScannedQuotation, ...], tuple[Span, ...]]:
    """Find direct speech and thoughts. (A first pairing of double marks; the real scanner replaces it.)"""
    found = []
    for block in paragraphs:
        for match in re.finditer(r'["“][^"“”]*(?:["”]|$)', story.text[block.start : block.end]):
            found.append(ScannedQuotation(block.start + match.start(), block.start + match.end(), len(found)))
    return tuple(found), ()
