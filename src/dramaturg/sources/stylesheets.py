"""Style sheets and style attributes → how an element is shown: hidden, italic, with space above it.

Programs that convert books write no `<em>`, but a class such as `calibre5` that only the style sheet explains, and some
sites hide notices between the paragraphs. Only the parts of CSS that stories need are read (W3C, "Selectors Level 3",
"CSS Cascading and Inheritance Level 3"): type, class and id selectors, the descendant and child combinators, the order
of rules, `!important`, and `@media` for screens. Rules with other selectors are ignored.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

MAX_SHEET_CHARACTERS = 4 << 20  # of one style sheet
MAX_RULES = 20_000  # of all style sheets of a page that say something about the properties below
MAX_NESTING = 8  # of @media in @media
EM = 16.0  # pixels, the font size that browsers start from
LINE = 1.2  # em, the usual distance between lines

PROPERTIES = frozenset(
    "display visibility opacity font-size font-style position left top text-indent overflow height max-height clip "
    "color background background-color float margin margin-top padding padding-top text-align white-space".split()
)
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
COMPOUND = re.compile(r"(?P<tag>[a-z][\w-]*|\*)?(?P<rest>(?:[.#][\w-]+)*)", re.IGNORECASE)
SIMPLE = re.compile(r"([.#])([\w-]+)")
COMBINATOR = re.compile(r"\s*>\s*|\s+")
LENGTH = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))(px|pt|em|rem|ex|%|in|cm|mm|pc)?", re.IGNORECASE)
PIXELS = {"px": 1.0, "pt": 4 / 3, "em": EM, "rem": EM, "ex": EM / 2, "%": EM / 100, "in": 96.0, "cm": 37.8, "mm": 3.78}
OFF_SCREEN = -900.0  # pixels; what is moved this far cannot be seen
INLINE_TAGS = frozenset("span font em i cite dfn var b strong u a small big".split())


class Shown(NamedTuple):
    """An open element as selectors see it. Tag and classes are in lower case."""

    tag: str
    id: str
    classes: frozenset[str]


class Compound(NamedTuple):
    """`p.note#first`. An empty tag stands for any. `is_child`: the element has to be a child of the one before it."""

    tag: str
    id: str
    classes: frozenset[str]
    is_child: bool

    def matches(self, element: Shown) -> bool:
        """Whether an element has this tag, id and classes."""
        return (
            (not self.tag or self.tag == element.tag)
            and (not self.id or self.id == element.id)
            and self.classes <= element.classes
        )


class Rule(NamedTuple):
    """One selector with its declarations. `rank`: specificity, then order."""

    compounds: tuple[Compound, ...]
    rank: tuple[int, int, int, int]
    declarations: Mapping[str, str]


@dataclass(slots=True)
class Stylesheet:
    """The rules of one or more sheets, by the id, class or tag of the element that they are for."""

    rules: dict[str, list[Rule]] = field(default_factory=dict)
    n_rules: int = 0
    cache: dict[Shown, dict[str, str]] = field(default_factory=dict)

    def add(self, sheet: str) -> None:
        """Add the rules of a sheet. They come after all rules that are there."""
        for selectors, body in _blocks(COMMENT.sub(" ", sheet[:MAX_SHEET_CHARACTERS])):
            declarations = read_declarations(body)
            if not declarations:
                continue
            for selector in selectors.split(","):
                compounds = _read_selector(selector)
                if compounds and self.n_rules < MAX_RULES:
                    self.n_rules += 1
                    rule = Rule(compounds, (*_specificity(compounds), self.n_rules), declarations)
                    self.rules.setdefault(_key(compounds[-1]), []).append(rule)

    def with_sheet(self, sheet: str) -> "Stylesheet":
        """A copy with the rules of one more sheet."""
        copy = Stylesheet({key: list(rules) for key, rules in self.rules.items()}, self.n_rules)
        copy.add(sheet)
        return copy

    def style_of(self, element: Shown, ancestors: Sequence[Shown]) -> dict[str, str]:
        """What the rules declare for an element. `ancestors`: the elements that it is in, the outermost first."""
        if not self.rules:
            return {}
        if element in self.cache:
            return self.cache[element]
        keys = [element.tag, "*", *("." + name for name in element.classes)]
        if element.id:
            keys.append("#" + element.id)
        candidates = [
            rule for key in keys if key in self.rules for rule in self.rules[key] if rule.compounds[-1].matches(element)
        ]  # fmt: skip
        found = [rule for rule in candidates if _fits(rule.compounds, ancestors)]
        found.sort(key=lambda rule: rule.rank)
        style: dict[str, str] = {}
        for rule in found:
            _lay_over(style, rule.declarations, by_class=_names_class(rule.compounds[-1]) or element.tag in INLINE_TAGS)
        if not element.id and all(len(rule.compounds) == 1 for rule in candidates):
            self.cache[element] = style  # it is the same wherever the element is
        return style


def _names_class(compound: Compound) -> bool:
    return bool(compound.classes or compound.id)


def _lay_over(style: dict[str, str], declarations: Mapping[str, str], *, by_class: bool) -> None:
    for name, value in declarations.items():
        if name == "font-style" and not by_class:
            continue  # all blocks of a kind are set so, as headings are, which stresses none of them
        if "!important" in style.get(name, "") and "!important" not in value:
            continue
        style[name] = value


def read_declarations(body: str) -> dict[str, str]:
    """The declarations of a rule or a style attribute, of the properties that matter here, in lower case.

    >>> read_declarations("display:NONE; color: red; speak: never")
    {'display': 'none', 'color': 'red'}
    """
    declarations: dict[str, str] = {}
    for part in body.split(";"):
        name, colon, value = part.partition(":")
        name = name.strip().lower()
        if colon and name in PROPERTIES:
            _lay_over(declarations, {name: " ".join(value.lower().split())}, by_class=True)
    return declarations


def compute_style(declared: dict[str, str], attribute: str) -> dict[str, str]:
    """The style of an element: what the sheets declare, with its style attribute over it."""
    style = dict(declared)
    if attribute:
        _lay_over(style, read_declarations(attribute), by_class=True)
    return {name: value.replace("!important", "").strip() for name, value in style.items()}


# ---- what a style means


def is_hidden(style: Mapping[str, str]) -> bool:
    """Whether a reader cannot see an element: not shown, without size, moved off the page, or in the paper's colour.

    >>> is_hidden({"display": "none"}), is_hidden({"position": "absolute", "left": "-9999px"}), is_hidden({})
    (True, True, False)
    """
    if not style:
        return False
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if (opacity := LENGTH.fullmatch(style.get("opacity", "1"))) and float(opacity[1]) == 0:
        return True
    size = _pixels(style.get("font-size", ""))
    if size is not None and size <= 1:
        return True
    if style.get("position") in ("absolute", "fixed") and (
        "rect(0" in style.get("clip", "") or "rect(1" in style.get("clip", "")
        or any((_pixels(style.get(side, "")) or 0) <= OFF_SCREEN for side in ("left", "top"))
    ):  # fmt: skip
        return True
    if (_pixels(style.get("text-indent", "")) or 0) <= OFF_SCREEN:
        return True
    if style.get("overflow") == "hidden" and 0 in (_pixels(style.get(name, "")) for name in ("height", "max-height")):
        return True
    background = style.get("background-color", style.get("background", ""))
    return bool(background) and _colour(background) == _colour(style.get("color", "black"))


def is_italic(style: Mapping[str, str]) -> bool:
    """Whether an element is in italics."""
    return style.get("font-style", "").startswith(("italic", "oblique"))


def is_drop_cap(style: Mapping[str, str]) -> bool:
    """Whether an element is a large letter beside several lines."""
    return style.get("float") == "left" and (_pixels(style.get("font-size", "")) or 0) >= 1.5 * EM


def space_above(style: Mapping[str, str]) -> float:
    """The space above an element in em. Shares of the page's width and height do not count."""
    total = 0.0
    for name in ("margin", "padding"):
        value = style.get(f"{name}-top") or style.get(name, "").partition(" ")[0]
        total += max(0.0, 0.0 if value.endswith(("%", "vh", "vw")) else _pixels(value) or 0.0)
    return total / EM


def _pixels(value: str) -> float | None:
    match = LENGTH.fullmatch(value)
    if not match:
        return {"xx-large": 2 * EM, "x-large": 1.5 * EM}.get(value)
    return float(match[1]) * PIXELS.get(match[2] or "px", EM)


def _colour(value: str) -> str:
    value = {"white": "#fff", "black": "#000"}.get(value, value)
    is_long = len(value) == 7 and value[0] == "#" and value[1::2] == value[2::2]
    return "#" + value[1::2] if is_long else value


# ---- parsing


def _blocks(sheet: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """The selectors and the declarations of each rule, those in `@media` for screens among them."""
    position = 0
    while (opened := sheet.find("{", position)) >= 0:
        prelude = sheet[position:opened].rpartition("}")[2].rpartition(";")[2].strip()
        nested = prelude.startswith("@")
        end = _end_of_block(sheet, opened) if nested else sheet.find("}", opened)
        end = len(sheet) if end < 0 else end
        if not nested:
            yield prelude, sheet[opened + 1 : end]
        elif depth < MAX_NESTING and _applies(prelude.lower()):
            yield from _blocks(sheet[opened + 1 : end], depth + 1)
        position = end + 1


BRACE = re.compile(r"[{}]")


def _end_of_block(sheet: str, opened: int) -> int:
    depth = 0
    for match in BRACE.finditer(sheet, opened):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.start()
    return -1


def _applies(prelude: str) -> bool:
    """Whether the rules in `@media …` or `@supports …` are for a wide screen."""
    if prelude.startswith("@supports"):
        return "not" not in prelude
    return prelude.startswith("@media") and applies_to_screens(prelude.removeprefix("@media"))


def applies_to_screens(media: str) -> bool:
    """Whether one of the media queries holds for a wide screen.

    >>> [applies_to_screens(media) for media in ("", "screen", "print", "amzn-mobi", "(max-width: 600px)")]
    [True, True, False, False, False]
    """
    return any(
        not re.search(r"\bnot\b|max-width|max-device|prefers-|print|speech|amzn|orientation|\bmono", query)
        for query in media.lower().split(",")
    )


def _read_selector(selector: str) -> tuple[Compound, ...]:
    """The compounds of a selector, or () if it has parts that are not read."""
    selector = selector.strip()
    compounds: list[Compound] = []
    position = 0
    is_child = False
    while position < len(selector):
        match = COMPOUND.match(selector, position)
        if match is None or match.end() == position:
            return ()
        simples = SIMPLE.findall(match["rest"])
        tag = (match["tag"] or "").lower().strip("*")
        ids = [name for sign, name in simples if sign == "#"]
        classes = frozenset(name.lower() for sign, name in simples if sign == ".")
        compounds.append(Compound(tag, ids[0] if ids else "", classes, is_child))
        position = match.end()
        combinator = COMBINATOR.match(selector, position)
        if combinator is None:
            return tuple(compounds) if position == len(selector) else ()
        is_child = ">" in combinator.group()
        position = combinator.end()
    return tuple(compounds)


def _specificity(compounds: Iterable[Compound]) -> tuple[int, int, int]:
    compounds = list(compounds)
    return (
        sum(bool(c.id) for c in compounds),
        sum(len(c.classes) for c in compounds),
        sum(bool(c.tag) for c in compounds),
    )


def _key(compound: Compound) -> str:
    if compound.id:
        return "#" + compound.id
    return "." + min(compound.classes) if compound.classes else compound.tag or "*"


def _fits(compounds: tuple[Compound, ...], ancestors: Sequence[Shown]) -> bool:
    """Whether the compounds before the last one match ancestors, from the innermost outwards."""
    place = len(ancestors)
    for k in range(len(compounds) - 2, -1, -1):
        is_child = compounds[k + 1].is_child
        place -= 1
        while place >= 0 and not compounds[k].matches(ancestors[place]):
            if is_child:
                return False
            place -= 1
        if place < 0:
            return False
    return True
