"""What every XML format needs: text that XML can hold, attributes, ids."""

import re
from collections import Counter
from collections.abc import Iterable
from xml.sax.saxutils import escape

# XML 1.0, production 2: what is not a Char. White space among it becomes a space, the rest U+FFFD: one for one, so
# that places stay what they are.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_NAME = re.compile(r"[^A-Za-z0-9_.\-]")
WHITE = frozenset("\x0b\x0c\x1c\x1d\x1e\x1f")


def clean(text: str) -> str:
    """The text with everything that XML cannot hold replaced, character for character."""
    return NOT_XML.sub(lambda match: " " if match.group() in WHITE else "\ufffd", text)


def content(text: str) -> str:
    """Text as the content of an element. A carriage return, which a parser would change, goes as a reference."""
    return escape(clean(text), {"\r": "&#13;"})


def attributes(**values: object) -> str:
    """Attributes as they stand in a tag; those that are None or empty are left out. `xml_id` is xml:id, `to_` to."""
    return "".join(
        f' {name.rstrip("_").replace("xml_", "xml:")}="{value_of(value)}"'
        for name, value in values.items()
        if value is not None and value != ""
    )


def value_of(value: object) -> str:
    """A value as it stands in an attribute: yes and no as XML Schema has them, white space kept by references."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(clean(str(value)), {'"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


Key = tuple[str, str]  # what sort of thing, and its name among them


def xml_ids(things: Iterable[Key]) -> dict[Key, str]:
    """An id that XML can hold for each thing: its name wherever that is one and free. No two are alike.

    >>> list(xml_ids([("person", "emma"), ("person", "3-boys"), ("chapter", "emma")]).values())
    ['emma', 'x3-boys', 'emma.2']
    """
    ids: dict[Key, str] = {}
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    things = list(dict.fromkeys(things))
    for thing in sorted(things, key=lambda thing: _plain_id(thing[1]) != thing[1]):  # those who can keep their names
        plain = id = _plain_id(thing[1])
        while id in taken:
            numbers[plain] += 1
            id = f"{plain}.{numbers[plain] + 1}"
        ids[thing] = id
        taken.add(id)
    return {thing: ids[thing] for thing in things}


def _plain_id(name: str) -> str:
    plain = NOT_NAME.sub("_", name)
    return plain if plain[:1].isalpha() or plain[:1] == "_" else f"x{plain}"
