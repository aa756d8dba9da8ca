"""Pages that are plain text in one <pre>: what pdftotext, archives of mail and old archives of stories write."""

import re
from html import unescape

PREFORMATTED = re.compile(r"<pre\b[^<>]*>(?P<text>[^<]*+)</pre\s*>", re.IGNORECASE)
OPENING = re.compile(r"<pre\b", re.IGNORECASE)
HEAD = re.compile(r"<(head|script|style|title)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
MARK_UP = re.compile(r"<!--.*?-->|<[^<>]*>", re.DOTALL)
MAX_AROUND = 1 << 16  # characters of mark-up around it


def find_preformatted(source: str) -> str | None:
    """The text of a page whose body is one <pre> without other tags; None for any other page.

    >>> find_preformatted("<html><body><pre>She ran &amp; ran.</pre></body></html>")
    'She ran & ran.'
    >>> find_preformatted("<pre>She ran.</pre><p>The end.</p>") is None
    True
    """
    opening = OPENING.search(source)
    match = opening and PREFORMATTED.match(source, opening.start())
    if match is None:
        return None
    around = source[: match.start()], source[match.end() :]
    if any(len(part) > MAX_AROUND or MARK_UP.sub("", HEAD.sub("", part)).strip() for part in around):
        return None
    return unescape(match["text"])
