"""The styles and lists of a Word document: what is a heading, italic, hidden or centred, and how lists count."""

import re
from dataclasses import dataclass

from dramaturg.sources.safe_xml import Element, attribute, local

MAX_BASE_STYLES = 20  # in a chain of styles based on one another
OFF = ("0", "false", "off", "none")
HEADING_STYLE = re.compile(r"heading (?P<level>[1-9])")


@dataclass(frozen=True, slots=True)
class WordStyle:
    """The properties of a style that readers see. None: the style does not set it."""

    name: str = ""
    italic: bool | None = None
    bold: bool | None = None
    hidden: bool | None = None
    outline: int | None = None
    align: str | None = None
    numbering: tuple[str, int] | None = None


@dataclass(slots=True)
class ListLevel:
    """One level of a list: the format of its numbers, the text around them, and the first number."""

    format: str
    pattern: str
    start: int


def read_styles(root: Element) -> tuple[dict[str, WordStyle], str]:
    """The styles by id, with what they inherit, and the id of the default style of paragraphs."""
    declared: dict[str, tuple[WordStyle, str]] = {}
    default = ""
    for element in root:
        id = attribute(element, "styleId")
        if local(element) != "style" or not id:
            continue
        based = child_of(element, "basedOn")
        declared[id] = (_read_style(element), (attribute(based, "val") or "") if based is not None else "")
        if attribute(element, "type") == "paragraph" and attribute(element, "default") not in (None, *OFF):
            default = id
    return {id: _inherit(declared, id) for id in declared}, default


def _read_style(element: Element) -> WordStyle:
    named, paragraph, run = child_of(element, "name"), child_of(element, "pPr"), child_of(element, "rPr")
    return WordStyle(
        name=((attribute(named, "val") or "") if named is not None else "").lower(),
        italic=is_on(run, "i") if run is not None else None,
        bold=is_on(run, "b") if run is not None else None,
        hidden=is_on(run, "vanish") if run is not None else None,
        outline=number_in(paragraph, "outlineLvl"),
        align=alignment_in(paragraph, WordStyle()),
        numbering=numbering_in(paragraph),
    )


def _inherit(declared: dict[str, tuple[WordStyle, str]], id: str) -> WordStyle:
    style, based = declared[id]
    for _ in range(MAX_BASE_STYLES):
        if based not in declared:
            break
        below, based = declared[based]
        style = WordStyle(
            # a style based on a heading style is one, unless it sets its own outline level
            name=below.name if HEADING_STYLE.fullmatch(below.name) and style.outline is None else style.name,
            italic=below.italic if style.italic is None else style.italic,
            bold=below.bold if style.bold is None else style.bold,
            hidden=below.hidden if style.hidden is None else style.hidden,
            outline=below.outline if style.outline is None else style.outline,
            align=style.align or below.align,
            numbering=style.numbering or below.numbering,
        )
    return style


# ---- automatic numbering


def read_lists(root: Element) -> dict[str, dict[int, ListLevel]]:
    """The levels of each list, by the list's id."""
    abstract = {
        attribute(element, "abstractNumId") or "": {
            _to_int(attribute(level, "ilvl")): _level(level) for level in element if local(level) == "lvl"
        }
        for element in root
        if local(element) == "abstractNum"
    }
    lists = {}
    for element in root:
        if local(element) == "num":
            of = child_of(element, "abstractNumId")
            lists[attribute(element, "numId") or ""] = (
                abstract.get(attribute(of, "val") or "", {}) if of is not None else {}
            )
    return lists


def _level(element: Element) -> ListLevel:
    form, pattern = child_of(element, "numFmt"), child_of(element, "lvlText")
    return ListLevel(
        format=(attribute(form, "val") or "") if form is not None else "decimal",
        pattern=((attribute(pattern, "val") or "") if pattern is not None else "")[:40],
        start=number_in(element, "start") or 1,
    )


def format_number(n: int, form: str) -> str:
    """A number in the format of a list.

    >>> [format_number(n, form) for n, form in ((4, "lowerRoman"), (28, "upperLetter"), (3, "decimal"))]
    ['iv', 'BB', '3']
    """
    if form.endswith("Roman") and 0 < n < 4000:
        numeral = ""
        for value, letters in ROMAN:
            numeral += letters * (n // value)
            n %= value
        return numeral if form == "upperRoman" else numeral.lower()
    if form.endswith("Letter") and 0 < n <= 26 * 9:
        letters = chr(ord("A") + (n - 1) % 26) * ((n - 1) // 26 + 1)
        return letters if form == "upperLetter" else letters.lower()
    return str(n)


ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
         (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


def numbering_in(properties: Element | None) -> tuple[str, int] | None:
    """The list of a paragraph or style: its id and level."""
    numbered = child_of(properties, "numPr") if properties is not None else None
    if numbered is None:
        return None
    id = child_of(numbered, "numId")
    return (attribute(id, "val") or "" if id is not None else "", number_in(numbered, "ilvl") or 0)


# ---- reading properties


def child_of(element: Element | None, name: str) -> Element | None:
    """The first child with that name."""
    if element is None:
        return None
    return next((child for child in element if local(child) == name), None)


def is_on(properties: Element | None, name: str) -> bool | None:
    """Whether a property is on. None if it is not set."""
    switch = child_of(properties, name)
    return None if switch is None else attribute(switch, "val") not in OFF


def number_in(properties: Element | None, name: str) -> int | None:
    """The value of a numeric property."""
    element = child_of(properties, name)
    return None if element is None else _to_int(attribute(element, "val"))


def _to_int(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"\d{1,6}", value) else 0


def alignment_in(properties: Element | None, style: WordStyle) -> str | None:
    """The alignment: left, center, both …"""
    aligned = child_of(properties, "jc")
    return style.align if aligned is None else attribute(aligned, "val")
