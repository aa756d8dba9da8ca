"""Text on its way into Markdown: what would be read as mark-up is escaped."""

import re

# CommonMark: any of these may be escaped by a backslash. `<` and `&` begin HTML; `[[` is a wiki's link.
MARKUP = re.compile(r"([\\`*_\[\]<>&#|~$^])")
AT_START = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))(?=\s|$|[-=])")
# Shown and not sent: control characters but for the white ones, and lone surrogates.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def markdown(text: str) -> str:
    """A text on one line as Markdown shows it as it is.

    >>> markdown("*not* a [[link]]")
    '\\\\*not\\\\* a \\\\[\\\\[link\\\\]\\\\]'
    >>> markdown("1. he said")
    '1\\\\. he said'
    """
    made = MARKUP.sub(r"\\\1", CONTROL.sub("\ufffd", text))
    return AT_START.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", made)
