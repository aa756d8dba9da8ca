"""Stories for the tests of the scanner: paragraphs with a blank line between, and nothing else."""

import re

from dramaturg.story import Block, Source, Span, Story


def story_of(text: str, emphasis: tuple[Span, ...] = ()) -> Story:
    blocks = tuple(
        Block(match.start(), match.start() + len(match.group().rstrip()), "paragraph")
        for match in re.finditer(r"\S(?:[^\n]|\n(?!\s*\n))*", text)
    )
    return Story(text, blocks, Source("-", "text", None, None, "", "en"), emphasis)


def marked_emphasis(text: str) -> tuple[Span, ...]:
    """What stands between asterisks, as a plain-text story marks italics and bold."""
    return tuple(Span(*match.span("words")) for match in re.finditer(r"(\*{1,2})(?P<words>[^*\n]+)\1", text))
