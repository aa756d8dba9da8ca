"""The lists of OpenDocument texts: the numbers and dashes before their paragraphs.

OpenDocument 1.3, part 3, 5.3 (lists), 16.30 to 16.34 (list styles, outline style).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from dramaturg.sources.docx_styles import format_number
from dramaturg.sources.safe_xml import Element, attribute, descendants, local

MAX_LEVEL = 10  # of a list
MAX_AFFIX_CHARACTERS = 40  # before or after a number
OUTLINE = "outline-style"  # the list style of numbered headings
DASHES = ("-", "–", "—", "―")  # bullets that open speech
LEVELS = ("list-level-style-number", "list-level-style-bullet", "outline-level-style")
NUMBER_FORMATS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


@dataclass(frozen=True, slots=True)
class ListLevel:
    """One level of a list. `format`: as `format_number` takes it, or "" for no number. `shown`: levels in a number."""

    format: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    bullet: str = ""


def read_lists(root: Element) -> Iterator[tuple[str, dict[int, ListLevel]]]:
    """The levels of each list style, with its name; those of numbered headings are called OUTLINE."""
    for kind in ("list-style", OUTLINE):
        for style in descendants(root, kind):
            levels = {_number(level, "level", 1): _level(level) for level in style if local(level) in LEVELS}
            yield OUTLINE if kind == OUTLINE else attribute(style, "name") or "", levels


def _level(element: Element) -> ListLevel:
    return ListLevel(
        NUMBER_FORMATS.get(attribute(element, "num-format") or "", ""),
        (attribute(element, "num-prefix") or "")[:MAX_AFFIX_CHARACTERS],
        (attribute(element, "num-suffix") or "")[:MAX_AFFIX_CHARACTERS],
        _number(element, "start-value", 1),
        _number(element, "display-levels", 1),
        (attribute(element, "bullet-char") or "")[:1],
    )


def _number(element: Element, name: str, default: int) -> int:
    value = attribute(element, name) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else default


@dataclass(slots=True)
class ListNumbering:
    """Counts the items of lists. `names`: the styles of the open lists. `starts_item`: no paragraph of it was read."""

    styles: dict[str, dict[int, ListLevel]]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    starts_item: bool = False

    @contextmanager
    def open_list(self, element: Element) -> Iterator[None]:
        """A list, or one inside an item of another."""
        name = attribute(element, "style-name") or (self.names[-1] if self.names else "")
        self.names.append(name)
        if attribute(element, "continue-numbering") != "true" and attribute(element, "continue-list") is None:
            self.counts.pop((name, len(self.names)), None)
        try:
            yield
        finally:
            self.names.pop()
            self.starts_item = False

    def open_item(self, element: Element) -> None:
        """The next item of the list. Its first paragraph gets the label."""
        self.starts_item = True
        start = _number(element, "start-value", 0)
        if start:
            self.counts[(self._name(""), len(self.names))] = start - 1

    def label(self, style: object, heading: int) -> str:
        """What is shown before a paragraph: `Chapter 3 `, `2. `, a dash, or nothing. Other bullets are left out.

        `style`: the list style that the paragraph's style names, or None. `heading`: the level of a heading, or 0.
        """
        if self.starts_item:
            self.starts_item = False
            return self._count(self._name(style if isinstance(style, str) else ""), len(self.names))
        return self._count(OUTLINE, heading) if heading and not self.names else ""

    def _name(self, of_paragraph: str) -> str:
        return (self.names[-1] if self.names else "") or of_paragraph

    def _count(self, name: str, depth: int) -> str:
        levels = self.styles.get(name, {})
        level = levels.get(depth)
        if level is None or not level.format:
            return f"{level.bullet} " if level is not None and level.bullet in DASHES else ""
        self.counts[(name, depth)] = self.counts.get((name, depth), level.start - 1) + 1
        for deeper in range(depth + 1, MAX_LEVEL + 1):
            self.counts.pop((name, deeper), None)
        numbers = []
        for at in range(max(1, depth - level.shown + 1), depth + 1):
            of = levels.get(at, level)
            if of.format:
                numbers.append(format_number(self.counts.get((name, at), of.start), of.format))
        return f"{level.prefix}{'.'.join(numbers)}{level.suffix}".strip() + " "
