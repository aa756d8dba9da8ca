"""A page: what each recogniser of a site's pages hands over, and what they share."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dramaturg.sources.language import NAMES
from dramaturg.sources.markup import Element, Link, Markup, Passage
from dramaturg.story import LeftOut, Role

FIRST_WORDS = 60  # characters

# Labels before a story, and what `source.metadata` calls them. Those in LISTS hold lists.
METADATA = {
    "rating": "rating", "rated": "rating", "archive warning": "warnings", "warning": "warnings",
    "category": "categories", "categories": "categories", "fandom": "fandoms", "relationship": "relationships",
    "pairing": "relationships", "ship": "relationships", "character": "characters", "additional tag": "tags",
    "freeform tag": "tags", "tag": "tags", "genre": "genres", "serie": "series", "series": "series",
    "collection": "collections", "language": "language", "published": "published", "updated": "updated",
    "completed": "completed", "packaged": "packaged", "words": "words", "word": "words", "chapters": "chapters",
    "chapter": "chapters", "status": "status", "publisher": "publisher", "story url": "url", "author url": "author_url",
}  # fmt: skip
LISTS = frozenset(
    ["warnings", "categories", "fandoms", "relationships", "characters", "tags", "genres", "series", "collections"]
)
LANGUAGES = {name.lower(): code for code, name in NAMES.items()} | {
    "français": "fr", "deutsch": "de", "español": "es", "italiano": "it", "português europeu": "pt",
    "português brasileiro": "pt", "nederlands": "nl", "svenska": "sv", "polski": "pl", "русский": "ru",
    "ελληνικά": "el", "עברית": "he", "العربية": "ar", "中文-普通话 國語": "zh", "日本語": "ja", "한국어": "ko",
}  # fmt: skip


@dataclass(slots=True)
class Page:
    """The passages that are the story's text, each with its role where the page tells it, and what else it tells."""

    passages: list[Passage]
    title: str | None = None
    author: str | None = None
    language: str | None = None
    metadata: dict[str, object] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def regions(markup: Markup, name: Callable[[Element], str]) -> list[str]:
    """For each passage the name of the region it lies in: what `name` says of the innermost element it knows."""
    named: list[str] = []
    for element in markup.elements:  # those outside stand first
        named.append(name(element) or (named[element.parent] if element.parent >= 0 else ""))
    return [named[passage.element] for passage in markup.passages]


def keep_label(metadata: dict[str, object], label: str, value: str, links: tuple[Link, ...] = ()) -> None:
    """Put what a label like `Fandom(s):` says into the metadata, in lists where a story may have several.

    `links`: places in `value`, each of which is one of them; without, commas part them.

    >>> metadata: dict[str, object] = {}
    >>> keep_label(metadata, "Characters:", "Rukia, Renji"); metadata
    {'characters': ['Rukia', 'Renji']}
    """
    wanted = " ".join(label.lower().replace("(s)", "").split()).strip(": ")
    key = METADATA.get(wanted) or METADATA.get(wanted.removesuffix("s"))
    if key is None or not value.strip():
        return
    if key == "words":
        digits = re.sub(r"\D", "", value)
        metadata.setdefault(key, int(digits) if digits and len(digits) < 12 else value)
    elif key == "series":
        metadata.setdefault(key, [part.strip() for part in value.split(", Part ")])
    elif key in LISTS:
        several = [value[link.start : link.end] for link in links] or value.split(",")
        metadata.setdefault(key, [one for one in (" ".join(part.split()) for part in several) if one])
    else:
        metadata.setdefault(key, " ".join(value.split()))


def language_of(metadata: dict[str, object], declared: str | None) -> str | None:
    """The code of the language that the labels, or the mark-up, name."""
    said = LANGUAGES.get(str(metadata.get("language", "")).lower())
    code = (declared or "").lower().partition("-")[0]
    return said or (code if code in NAMES else None)


def first_words(text: str) -> str:
    """The first words of a text, in one line."""
    line = " ".join(text[: 4 * FIRST_WORDS].split())
    return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1].rstrip() + "…"


def told(left_out: dict[str, tuple[int, str]]) -> list[LeftOut]:
    """What the mark-up's reader left out, for a person."""
    return [
        LeftOut(first_words(words) if n == 1 else f"{first_words(words)} (and {n - 1} more)", why)
        for why, (n, words) in left_out.items()
    ]


def give(passage: Passage, role: Role) -> Passage:
    """The passage with its role, whatever it had."""
    passage.role = role
    return passage
