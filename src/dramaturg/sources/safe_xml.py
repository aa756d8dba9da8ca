"""XML → elements, for e-books and Word documents. No entities and no DTD are read, and nothing is fetched.

Names are compared without namespaces, because many e-books use prefixes that they do not declare.
"""

import re
from collections.abc import Iterator
from html.entities import html5
from xml.etree import ElementTree
from xml.parsers import expat

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources.decode import decode
from dramaturg.sources.limits import DEFAULT, Limits, limit_exceeded

Element = ElementTree.Element

DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
NAMED_ENCODING = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]{0,2000}(?P<more>.?)", re.DOTALL)
ENTITY = re.compile(r"&(?P<name>[A-Za-z][A-Za-z0-9]{1,31});")
STRAY_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)")
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
PREDEFINED = frozenset({"amp", "lt", "gt", "quot", "apos"})


def parse_xml(data: bytes, name: str, limits: Limits = DEFAULT) -> Element:
    """The root of an XML document. Small faults are repaired, as reading programs do.

    Raises RefusedStory if it declares entities or a DTD of its own, or past the limit depth; UnreadableStory if it is
    not XML.
    """
    text = _decode_xml(data, name)
    _refuse_declarations(text, name)
    text = DOCTYPE.sub("", text, count=1).replace("\ufeff", "")
    for parse in (ElementTree.fromstring, _parse_leniently):
        try:
            root = parse(text)
        except (ElementTree.ParseError, expat.ExpatError, ValueError):
            continue
        _refuse_depth(root, name, limits)
        return root
    raise UnreadableStory(f"{name}: its XML is damaged. Download or save the file again.")


def local(element: Element) -> str:
    """The name of an element without its namespace, or "" for a comment.

    >>> local(ElementTree.fromstring('<a:p xmlns:a="x"/>'))
    'p'
    """
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """An attribute's value, whatever its namespace.

    >>> attribute(ElementTree.fromstring('<p xmlns:w="x" w:val="7"/>'), "val")
    '7'
    """
    value = element.get(name)
    if value is None:
        for key, other in element.items():
            if key.endswith(name) and key[-len(name) - 1 : -len(name)] in ("}", ":"):
                return other
    return value


def descendants(element: Element, name: str) -> Iterator[Element]:
    """Every element with that name inside `element`, in document order."""
    return (below for below in element.iter() if local(below) == name)


def content(element: Element) -> str:
    """All text of an element, with one space for each run of white space."""
    return " ".join("".join(element.itertext()).split())


def _decode_xml(data: bytes, name: str) -> str:
    match = NAMED_ENCODING.match(data[:300].lstrip(b"\xef\xbb\xbf \r\n\t"))
    if match and match[1].lower() not in (b"utf-8", b"utf8", b"utf-16", b"us-ascii"):
        try:
            return DECLARATION.sub("", data.decode(match[1].decode("ascii")), count=1)
        except (LookupError, UnicodeError, ValueError):
            pass
    return DECLARATION.sub("", decode(data, name).text, count=1)


def _refuse_declarations(text: str, name: str) -> None:
    doctype = DOCTYPE.search(text)
    if "<!ENTITY" in text or (doctype and doctype["more"] != ">"):
        raise RefusedStory(
            f"{name}: its XML declares entities or a DTD of its own, which dramaturg never reads: "
            "they can make a small file huge. "
            "Convert the file with Calibre or pandoc and read that."
        )


def _refuse_depth(root: Element, name: str, limits: Limits) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > limits.depth:
            raise limit_exceeded(name, limits, "depth", "its XML is nested too deeply")
        level = [child for element in level for child in element]


def _parse_leniently(text: str) -> Element:
    """Parse XML with HTML's named entities, stray ampersands, control characters and undeclared prefixes."""
    text = ENTITY.sub(lambda match: _entity(match["name"]), text)
    text = FORBIDDEN.sub("", STRAY_AMPERSAND.sub("&amp;", text))
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate()  # without a namespace separator it leaves prefixes as they are
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.Parse(text, True)
    return builder.close()


def _entity(name: str) -> str:
    if name in PREDEFINED:
        return f"&{name};"
    return html5.get(f"{name};", f"&amp;{name};")
