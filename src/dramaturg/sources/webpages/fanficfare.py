"""FanFicFare's HTML: title and author, a table of labels, a list of contents, chapters behind `section0001`."""

import re
from collections.abc import Sequence

from dramaturg.sources.markup import Markup, Passage
from dramaturg.sources.webpages.page import Page, give, keep_label, language_of, told

SIGNS = 3
SECTION = re.compile(r"section\d{4,}")
LABEL = re.compile(r"(?P<label>[A-Z][\w /-]{1,30}):[\t\n ]\s*(?P<value>.*)", re.DOTALL)
LINE_LABEL = re.compile(r"(?P<label>[A-Z][\w /()-]{1,30}):\s+(?P<value>\S.*)")
MAX_TITLE_PAGE_PASSAGES = 60  # among which the labels of an e-book are looked for
FEW = 12  # labels are in the first passages


def read_fanficfare(markup: Markup) -> Page | None:
    """The page as FanFicFare made it, or None where it is another's."""
    passages = markup.passages
    first = next((i for i, p in enumerate(passages) if any(SECTION.fullmatch(a) for a in p.anchors)), None)
    labels = [i for i, p in enumerate(passages[:60]) if markup.elements[p.element].tag == "tr" and LABEL.match(p.text)]
    signs = (
        first is not None,
        len(labels) >= 3,
        any(element.tag == "table" and "full" in element.classes for element in markup.elements),
        any(p.text.lower() == "table of contents" for p in passages[: 60 + FEW]),
        any("fff_chapter_title" in element.classes for element in markup.elements),
        any(p.text.startswith(("Packaged:", "Story URL:")) for p in passages[:60]),
    )
    if sum(signs) < SIGNS or first is None:
        return None
    return _read(markup, first)


def _read(markup: Markup, first: int) -> Page:
    metadata: dict[str, object] = {}
    title, author = _title(markup)
    for i, passage in enumerate(markup.passages[:first]):
        match = LABEL.fullmatch(passage.text) if markup.elements[passage.element].tag == "tr" else None
        if match:
            # what it calls a story's category is its fandom
            keep_label(metadata, "Fandom" if match["label"] == "Category" else match["label"], match["value"])
        if match and match["label"].lower() == "summary":
            give(passage, "summary")
        else:
            give(passage, "title" if i == 0 and passage.level == 1 else "front_matter")
    for passage in markup.passages[first:]:
        if any(SECTION.fullmatch(anchor) for anchor in passage.anchors):
            passage.level = 2
            give(passage, "heading")
        elif passage.level:
            passage.level = max(passage.level, 3)
    return Page(markup.passages, title, author, language_of(metadata, markup.language), metadata, told(markup.left_out))


def _title(markup: Markup) -> tuple[str | None, str | None]:
    """`<h1><a>The Lamp</a> by <a>Jane Roe</a></h1>`, or the same in <title>."""
    head: Passage | None = next((p for p in markup.passages[:3] if p.level == 1), None)
    if head is not None and len(head.links) >= 2:
        first, second = head.links[:2]
        return head.text[first.start : first.end].strip(), head.text[second.start : second.end].strip()
    title, _, author = (head.text if head is not None else markup.title or "").rpartition(" by ")
    return (title or author).strip() or None, author.strip() if title and author.strip() else None


def read_title_page(passages: Sequence[Passage]) -> dict[str, object]:
    """The metadata in the `Label: value` lines before the story of an e-book, as on FanFicFare's title page."""
    metadata: dict[str, object] = {}
    for passage in passages[:MAX_TITLE_PAGE_PASSAGES]:
        if passage.role not in ("front_matter", "summary"):
            continue
        for line in passage.text.split("\n"):
            match = LINE_LABEL.fullmatch(line.strip())
            if match:
                keep_label(metadata, match["label"], match["value"])
        if passage.text.startswith("Summary:"):
            give(passage, "summary")
    return metadata
