"""FanFicFare's HTML: title and author, a table of labels, a table of contents, chapters at anchors `section0001`."""

import re
from collections.abc import Sequence

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import ArchiveWords, StructureWords
from dramaturg.sources.markup import Markup, Passage
from dramaturg.sources.webpages.page import ExtractedPage, add_label, describe_left_out, language_of, set_role

MIN_SIGNS = 3  # that a page was made by FanFicFare
SECTION = re.compile(r"section\d{4,}")
LABEL = re.compile(r"(?P<label>[A-Z][\w /-]{1,30}):[\t\n ]\s*(?P<value>.*)", re.DOTALL)
LINE_LABEL = re.compile(r"(?P<label>[A-Z][\w /()-]{1,30}):\s+(?P<value>\S.*)")
MAX_TITLE_PAGE_PASSAGES = 60  # among which the labels of an e-book are looked for
MAX_LABEL_PASSAGES = 12  # of the table of labels, above the table of contents


def read_fanficfare(markup: Markup, words: StructureWords = ENGLISH.structure) -> ExtractedPage | None:
    """The story on a page made by FanFicFare; None for any other page."""
    passages = markup.passages
    first = next((i for i, p in enumerate(passages) if any(SECTION.fullmatch(a) for a in p.anchors)), None)
    labels = [i for i, p in enumerate(passages[:60]) if markup.elements[p.element].tag == "tr" and LABEL.match(p.text)]
    signs = (
        first is not None,
        len(labels) >= 3,
        any(element.tag == "table" and "full" in element.classes for element in markup.elements),
        any(p.text.lower() == "table of contents" for p in passages[: 60 + MAX_LABEL_PASSAGES]),
        any("fff_chapter_title" in element.classes for element in markup.elements),
        any(p.text.startswith(("Packaged:", "Story URL:")) for p in passages[:60]),
    )
    if sum(signs) < MIN_SIGNS or first is None:
        return None
    return _read(markup, first, words)


def _read(markup: Markup, first: int, words: StructureWords) -> ExtractedPage:
    metadata: dict[str, object] = {}
    title, author = _title(markup, words.labels.by)
    for i, passage in enumerate(markup.passages[:first]):
        match = LABEL.fullmatch(passage.text) if markup.elements[passage.element].tag == "tr" else None
        if match:
            # what FanFicFare calls the category of a story is its fandom
            add_label(
                metadata, "Fandom" if match["label"] == "Category" else match["label"], match["value"], words.archives
            )
        if match and match["label"].lower() == "summary":
            set_role(passage, "summary")
        else:
            set_role(passage, "title" if i == 0 and passage.level == 1 else "front_matter")
    for passage in markup.passages[first:]:
        if any(SECTION.fullmatch(anchor) for anchor in passage.anchors):
            passage.level = 2
            set_role(passage, "heading")
        elif passage.level:
            passage.level = max(passage.level, 3)
    return ExtractedPage(
        markup.passages,
        title,
        author,
        language_of(metadata, markup.language),
        metadata,
        describe_left_out(markup.left_out),
    )


def _title(markup: Markup, by: str) -> tuple[str | None, str | None]:
    """`<h1><a>The Lamp</a> by <a>Jane Roe</a></h1>`, or the same in <title>."""
    head: Passage | None = next((p for p in markup.passages[:3] if p.level == 1), None)
    if head is not None and len(head.links) >= 2:
        first, second = head.links[:2]
        return head.text[first.start : first.end].strip(), head.text[second.start : second.end].strip()
    title, _, author = (head.text if head is not None else markup.title or "").rpartition(f" {by} ")
    return (title or author).strip() or None, author.strip() if title and author.strip() else None


def read_title_page(passages: Sequence[Passage], words: ArchiveWords = ENGLISH.structure.archives) -> dict[str, object]:
    """The metadata in the `Label: value` lines before the story of an e-book, as on FanFicFare's title page."""
    metadata: dict[str, object] = {}
    for passage in passages[:MAX_TITLE_PAGE_PASSAGES]:
        if passage.role not in ("front_matter", "summary"):
            continue
        for line in passage.text.split("\n"):
            match = LINE_LABEL.fullmatch(line.strip())
            if match:
                add_label(metadata, match["label"], match["value"], words)
        if passage.text.startswith("Summary:"):
            set_role(passage, "summary")
    return metadata
