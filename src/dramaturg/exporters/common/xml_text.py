"""Text, attributes and ids for XML formats."""

import re
from collections import Counter
from collections.abc import Iterable
from xml.sax.saxutils import escape

# Everything but `Char` of XML 1.0, production 2. White space becomes a space, the rest U+FFFD. One character replaces
# one, so offsets stay valid.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_NAME = re.compile(r"[^A-Za-z0-9_.\-]")
WHITE_SPACE = frozenset("\x0b\x0c\x1c\x1d\x1e\x1f")


def clean(text: str) -> str:
    """The text with each character that XML cannot hold replaced by one that it can."""
    return NOT_XML.sub(lambda match: " " if match.group() in WHITE_SPACE else "\ufffd", text)


def content(text: str) -> str:
    """Text escaped as the content of an element. Carriage returns become references, which parsers keep."""
    return escape(clean(text), {"\r": "&#13;"})


def attributes(**values: object) -> str:
    """Attributes as written in a tag, without those that are None or empty. `xml_id` means xml:id, `to_` means to."""
    return "".join(
        f' {name.rstrip("_").replace("xml_", "xml:")}="{attribute_value(value)}"'
        for name, value in values.items()
        if value is not None and value != ""
    )


def attribute_value(value: object) -> str:
    """A value escaped for an attribute: booleans as in XML Schema, white space as references."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(clean(str(value)), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


Key = tuple[str, str]  # a namespace such as "person", and an id in it


def xml_ids(keys: Iterable[Key]) -> dict[Key, str]:
    """A unique valid xml:id for each key: its own id if that is valid and not taken.

    >>> list(xml_ids([("person", "emma"), ("person", "3-boys"), ("chapter", "emma")]).values())
    ['emma', 'x3-boys', 'emma.2']
    """
    ids: dict[Key, str] = {}
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    keys = list(dict.fromkeys(keys))
    for key in sorted(keys, key=lambda key: _valid_id(key[1]) != key[1]):  # first those that can keep their ids
        valid = id = _valid_id(key[1])
        while id in taken:
            numbers[valid] += 1
            id = f"{valid}.{numbers[valid] + 1}"
        ids[key] = id
        taken.add(id)
    return {key: ids[key] for key in keys}


def _valid_id(name: str) -> str:
    valid = NOT_NAME.sub("_", name)
    return valid if valid[:1].isalpha() or valid[:1] == "_" else f"x{valid}"
