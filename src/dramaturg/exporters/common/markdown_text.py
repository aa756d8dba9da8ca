"""Text for Markdown files: escapes whatever Markdown would read as mark-up."""

import re

# CommonMark allows a backslash before any of these. `<` and `&` begin HTML; `[[` begins a wiki link.
MARKUP = re.compile(r"([\\`*_\[\]<>&#|~$^])")
AT_START = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))(?=\s|$|[-=])")
# Replaced by U+FFFD: control characters except white space, and lone surrogates.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def escape_markdown(text: str) -> str:
    """One line of text, escaped so that Markdown shows it unchanged.

    >>> escape_markdown("*not* a [[link]]")
    '\\\\*not\\\\* a \\\\[\\\\[link\\\\]\\\\]'
    >>> escape_markdown("1. he said")
    '1\\\\. he said'
    """
    escaped = MARKUP.sub(r"\\\1", CONTROL.sub("\ufffd", text))
    return AT_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", escaped)
