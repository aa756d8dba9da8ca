"""Text on its way into XML: escaped, and without the few characters that XML 1.0 cannot hold."""

import re
from xml.sax.saxutils import escape

# https://www.w3.org/TR/xml/#charsets. Each becomes one U+FFFD, so that lengths stay what they are.
UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
QUOTED = {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def clean(text: str) -> str:
    """The text with U+FFFD for each character that XML cannot hold.

    >>> clean("a\\x00b")
    'a\ufffdb'
    """
    return UNHOLDABLE.sub("\ufffd", text)


def escaped(text: str) -> str:
    """A text as the content of an element.

    >>> escaped("<b> & co.")
    '&lt;b&gt; &amp; co.'
    """
    return escape(clean(text), {"\r": "&#13;"})


def attribute(value: object) -> str:
    """A value as an attribute, its quotation marks included.

    >>> attribute('say "a"')
    '"say &quot;a&quot;"'
    """
    return f'"{escape(clean(str(value)), QUOTED)}"'
