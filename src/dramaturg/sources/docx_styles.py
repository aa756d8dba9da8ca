"""What a Word document's styles and lists say: which headings, slanted, hidden, centred, and counted how."""

import re
from dataclasses import dataclass

from dramaturg.sources.safe_xml import Element, attribute, local

MAX_BASED = 20  # styles based on styles
OFF = ("0", "false", "off", "none")
HEADING_STYLE = re.compile(r"heading (?P<level>[1-9])")


@dataclass(frozen=True, slots=True)
class Style:
    """What a style of the document says that matters to a reader. None: it says nothing."""

    name: str = ""
    italic: bool | None = None
    bold: bool | None = None
    hidden: bool | None = None
    outline: int | None = None
    align: str | None = None
    numbering: tuple[str, int] | None = None


@dataclass(slots=True)
class Level:
    """One level of a list: how its numbers look and where they begin."""

    format: str
    pattern: str
    start: int


def read_styles(root: Element) -> tuple[dict[str, Style], str]:
    """The styles by id, what they are based on put in, and the id of a paragraph's own."""
    own: dict[str, tuple[Style, str]] = {}
    default = ""
    for element in root:
        id = attribute(element, "styleId")
        if local(element) != "style" or not id:
            continue
        based = child_of(element, "basedOn")
        own[id] = (_own_style(element), (attribute(based, "val") or "") if based is not None else "")
        if attribute(element, "type") == "paragraph" and attribute(element, "default") not in (None, *OFF):
            default = id
    return {id: _inherit(own, id) for id in own}, default


def _own_style(element: Element) -> Style:
    named, paragraph, run = child_of(element, "name"), child_of(element, "pPr"), child_of(element, "rPr")
    return Style(
        name=((attribute(named, "val") or "") if named is not None else "").lower(),
        italic=is_on(run, "i") if run is not None else None,
        bold=is_on(run, "b") if run is not None else None,
        hidden=is_on(run, "vanish") if run is not None else None,
        outline=number_in(paragraph, "outlineLvl"),
        align=alignment_in(paragraph, Style()),
        numbering=numbering_in(paragraph),
    )


def _inherit(own: dict[str, tuple[Style, str]], id: str) -> Style:
    style, based = own[id]
    for _ in range(MAX_BASED):
        if based not in own:
            break
        below, based = own[based]
        style = Style(
            # what is based on a heading is one, unless it says otherwise
            name=below.name if HEADING_STYLE.fullmatch(below.name) and style.outline is None else style.name,
            italic=below.italic if style.italic is None else style.italic,
            bold=below.bold if style.bold is None else style.bold,
            hidden=below.hidden if style.hidden is None else style.hidden,
            outline=below.outline if style.outline is None else style.outline,
            align=style.align or below.align,
            numbering=style.numbering or below.numbering,
        )
    return style


# ---- the numbers that Word counts itself


def read_lists(root: Element) -> dict[str, dict[int, Level]]:
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


def _level(element: Element) -> Level:
    form, pattern = child_of(element, "numFmt"), child_of(element, "lvlText")
    return Level(
        format=(attribute(form, "val") or "") if form is not None else "decimal",
        pattern=((attribute(pattern, "val") or "") if pattern is not None else "")[:40],
        start=number_in(element, "start") or 1,
    )


def in_letters(n: int, form: str) -> str:
    """A number as lists show it.

    >>> [in_letters(n, form) for n, form in ((4, "lowerRoman"), (28, "upperLetter"), (3, "decimal"))]
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
    """The list that a paragraph, or a style, is in: its id and level."""
    numbered = child_of(properties, "numPr") if properties is not None else None
    if numbered is None:
        return None
    id = child_of(numbered, "numId")
    return (attribute(id, "val") or "" if id is not None else "", number_in(numbered, "ilvl") or 0)


# ---- reading properties


def child_of(element: Element | None, name: str) -> Element | None:
    """The first element of that name right below."""
    if element is None:
        return None
    return next((child for child in element if local(child) == name), None)


def is_on(properties: Element | None, name: str) -> bool | None:
    """Is a switch on? None where it does not stand there."""
    switch = child_of(properties, name)
    return None if switch is None else attribute(switch, "val") not in OFF


def number_in(properties: Element | None, name: str) -> int | None:
    """A property that is a number."""
    element = child_of(properties, name)
    return None if element is None else _to_int(attribute(element, "val"))


def _to_int(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"\d{1,6}", value) else 0


def alignment_in(properties: Element | None, style: Style) -> str | None:
    """How lines are set: left, center, both …"""
    aligned = child_of(properties, "jc")
    return style.align if aligned is None else attribute(aligned, "val")
