"""The story on a web page, as each site's module returns it, and what these modules share."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import ArchiveWords
from dramaturg.sources.language import NAMES
from dramaturg.sources.markup import Element, Link, Markup, Passage
from dramaturg.story import LeftOut, Role

MAX_EXCERPT_CHARACTERS = 60

# The entries of the metadata that are lists.
LISTS = frozenset(
    ["warnings", "categories", "fandoms", "relationships", "characters", "tags", "genres", "series", "collections"]
)
LANGUAGES = {name.lower(): code for code, name in NAMES.items()} | {
    "français": "fr", "deutsch": "de", "español": "es", "italiano": "it", "português europeu": "pt",
    "português brasileiro": "pt", "nederlands": "nl", "svenska": "sv", "polski": "pl", "русский": "ru",
    "ελληνικά": "el", "עברית": "he", "العربية": "ar", "中文-普通话 國語": "zh", "日本語": "ja", "한국어": "ko",
}  # fmt: skip


@dataclass(slots=True)
class ExtractedPage:
    """What was found on a page: the passages of the story, with roles where the page gives them, and its metadata."""

    passages: list[Passage]
    title: str | None = None
    author: str | None = None
    language: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def find_regions(markup: Markup, name: Callable[[Element], str]) -> list[str]:
    """For each passage the name of its region: what `name` returns for the innermost element that it knows."""
    names: list[str] = []
    for element in markup.elements:  # outer elements come first
        names.append(name(element) or (names[element.parent] if element.parent >= 0 else ""))
    return [names[passage.element] for passage in markup.passages]


def add_label(
    metadata: dict[str, object],
    label: str,
    value: str,
    words: ArchiveWords = ENGLISH.structure.archives,
    links: tuple[Link, ...] = (),
) -> None:
    """Add the value of a label such as `Fandom(s):` to the metadata, as a list where a story may have several.

    `links`: the places of the single values in `value`. Without links, the values are separated by commas.

    >>> metadata: dict[str, object] = {}
    >>> add_label(metadata, "Characters:", "Rukia, Renji"); metadata
    {'characters': ['Rukia', 'Renji']}
    """
    wanted = " ".join(label.lower().replace("(s)", "").split()).strip(": ")
    key = words.metadata.get(wanted) or words.metadata.get(wanted.removesuffix("s"))
    if key is None or not value.strip():
        return
    if key == "words":
        digits = re.sub(r"\D", "", value)
        metadata.setdefault(key, int(digits) if digits and len(digits) < 12 else value)
    elif key == "series":
        metadata.setdefault(key, [part.strip() for part in value.split(", Part ")])
    elif key in LISTS:
        values = [value[link.start : link.end] for link in links] or value.split(",")
        metadata.setdefault(key, [entry for entry in (" ".join(part.split()) for part in values) if entry])
    else:
        metadata.setdefault(key, " ".join(value.split()))


def language_of(metadata: dict[str, object], declared: str | None) -> str | None:
    """The code of the language that the labels name, or else the mark-up."""
    named = LANGUAGES.get(str(metadata.get("language", "")).lower())
    code = (declared or "").lower().partition("-")[0]
    return named or (code if code in NAMES else None)


def excerpt(text: str) -> str:
    """The start of a text, as one short line."""
    line = " ".join(text[: 4 * MAX_EXCERPT_CHARACTERS].split())
    return line if len(line) <= MAX_EXCERPT_CHARACTERS else line[: MAX_EXCERPT_CHARACTERS - 1].rstrip() + "…"


def describe_left_out(left_out: dict[str, tuple[int, str]]) -> list[LeftOut]:
    """What was left out while the mark-up was read, as messages."""
    return [
        LeftOut(excerpt(words) if n == 1 else f"{excerpt(words)} (and {n - 1} more)", why)
        for why, (n, words) in left_out.items()
    ]


def set_role(passage: Passage, role: Role) -> Passage:
    """Give a passage a role, and return it."""
    passage.role = role
    return passage
