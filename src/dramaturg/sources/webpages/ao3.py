"""Archive of Our Own: its HTML downloads, current and old, and pages saved from the site.

A download has a preface, chapters and an afterword. A saved page has the work in `#workskin`, and menus, kudos and
comments around it. In every form, labels above summaries, notes and the afterword say what they are.
"""

import re
from collections.abc import Iterator

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import ArchiveWords, StructureWords
from dramaturg.sources.markup import Element, Link, Markup, Passage
from dramaturg.sources.webpages.page import (
    ExtractedPage,
    add_label,
    describe_left_out,
    excerpt,
    find_regions,
    language_of,
    set_role,
)
from dramaturg.story import LeftOut, Role

MIN_SIGNS = 2  # that a page is from the archive
STAT = re.compile(
    r"(?P<label>Published|Updated|Completed|Words|Chapters):\s*(?P<value>[\d,./?-]+(?: \(\w+\))?)", re.IGNORECASE
)
WORK = re.compile(r"https?://(?:www\.)?(?:archiveofourown\.org|ao3\.org)/works/\d+")
SERIES = re.compile(r"(?=\bPart \d+ of )")


def read_ao3(markup: Markup, words: StructureWords = ENGLISH.structure) -> ExtractedPage | None:
    """The story on a page of the archive; None for any other page."""
    ids = {element.id for element in markup.elements}
    texts = [passage.text for passage in markup.passages[:40]]
    signs = (
        {"preface", "chapters"} <= ids,
        "workskin" in ids,
        any("Archive of Our Own" in text for text in texts),
        any(text.rstrip(":s") in ("Archive Warning", "Archive Warning(") for text in texts),
        "archive of our own" in (markup.title or "").lower(),
        any(element.tag == "dl" and {"tags", "meta"} & set(element.classes) for element in markup.elements),
    )
    if sum(signs) < MIN_SIGNS or not ids & {"chapters", "workskin"}:
        return None
    return _read_work(markup, words, is_saved_page="workskin" in ids and "preface" not in ids)


def read_tags(passages: list[Passage], markup: Markup, words: ArchiveWords) -> dict[str, object]:
    """The metadata in the <dt> and <dd> before a work: rating, fandoms, characters, words, url …"""
    metadata: dict[str, object] = {}
    label = ""
    for tag, text, links in _definition_pairs(passages, markup):
        if tag == "dt":
            label = text
        elif label.lower().startswith("stats"):
            for match in STAT.finditer(text):
                add_label(metadata, match["label"], match["value"], words)
        elif label.lower().startswith("series"):
            series = [" ".join(part.split()).strip(" ,") for part in SERIES.split(text)]
            metadata.setdefault("series", [part for part in series if part])
        else:
            add_label(metadata, label, text, words, links)
    targets = (link.target for passage in passages for link in passage.links)
    work = next((address for target in targets if (address := WORK.match(target))), None)
    return {**metadata, "url": work.group()} if work else metadata


def _definition_pairs(passages: list[Passage], markup: Markup) -> Iterator[tuple[str, str, tuple[Link, ...]]]:
    """Each <dt> and <dd> with its text. Of a list in one, the items are separated by commas."""
    inside: dict[int, list[Passage]] = {}
    for passage in passages:
        element = passage.element
        while element >= 0 and markup.elements[element].tag in ("li", "ul", "p"):
            element = markup.elements[element].parent
        if element >= 0 and markup.elements[element].tag in ("dt", "dd"):
            inside.setdefault(element, []).append(passage)
    for element, several in inside.items():
        links: list[Link] = []
        length = 0
        for passage in several:
            links.extend(Link(link.start + length, link.end + length, link.target) for link in passage.links)
            length += len(passage.text) + 2
        yield markup.elements[element].tag, ", ".join(passage.text for passage in several), tuple(links)


def _region(element: Element) -> str:
    """The region that an element of the archive's pages holds, or "" for other elements."""
    classes = set(element.classes)
    if element.id in ("workskin", "preface", "chapters", "afterword", "children", "work_endnotes"):
        return {"work_endnotes": "notes", "workskin": "preface", "children": "afterword"}.get(element.id, element.id)
    if element.tag == "dl" and classes & {"tags", "meta"}:
        return "tags"
    if re.fullmatch(r"(?:chapter_\d+_)?endnotes\d*", element.id):
        return "notes"
    if element.tag != "div":
        return ""
    if "userstuff" in classes:
        return "chapters"
    if classes & {"summary", "notes"} and "module" in classes:
        return "notes" if "notes" in classes else "summary"
    return "chapter preface" if "meta" in classes or "preface" in classes else ""


def _read_work(markup: Markup, words: StructureWords, is_saved_page: bool) -> ExtractedPage:
    region_names = find_regions(markup, _region)
    titles: list[str] = []
    authors: list[str] = []
    kept: list[Passage] = []
    outside: list[Passage] = []
    label: Role | None = None
    in_chapters = False
    for passage, region in zip(markup.passages, region_names, strict=True):
        element = markup.elements[passage.element]
        in_chapters = in_chapters or region == "chapters"
        if region == "":
            (outside if is_saved_page else kept).append(passage if is_saved_page else set_role(passage, "front_matter"))
        elif region == "tags":
            kept.append(set_role(passage, "front_matter"))
        elif region == "afterword":
            kept.append(set_role(passage, "back_matter"))
        elif region == "chapters":
            passage.level = max(passage.level, 3) if passage.level else 0  # level 2 is for the archive's own headings
            kept.append(passage)
            label = None
        elif passage.level and _is_title(element, passage, in_chapters) and not titles:
            titles.append(passage.text)
            kept.append(set_role(passage, "title"))
        elif passage.level and passage.text.lower() == "preface" and not in_chapters:
            kept.append(set_role(passage, "front_matter"))
        elif (label_role := words.archives.roles.get(passage.text.lower().rstrip(":"))) is not None:
            label = label_role
            kept.append(set_role(passage, label_role))
        elif passage.level and element.id != "work" and "byline" not in element.classes:
            label = None
            passage.level = 2
            kept.append(set_role(passage, "heading"))
        else:
            if "byline" in element.classes and not authors:
                authors.append(passage.text)
            kept.append(set_role(passage, _role(passage, markup, region, label, words.archives)))
    metadata = read_tags([p for p in markup.passages if p.role in ("front_matter", "title")], markup, words.archives)
    left_out = describe_left_out(markup.left_out)
    if outside:
        left_out.append(
            LeftOut(excerpt(outside[0].text), f"from the site, around the work ({len(outside)} paragraphs)")
        )
    return ExtractedPage(
        kept,
        titles[0] if titles else None,
        _author(authors[0], words.labels.by) if authors else None,
        language_of(metadata, markup.language),
        metadata,
        left_out,
    )


def _is_title(element: Element, passage: Passage, in_chapters: bool) -> bool:
    return not in_chapters and passage.text.lower() != "preface" and "byline" not in element.classes


def _role(passage: Passage, markup: Markup, region: str, label: Role | None, words: ArchiveWords) -> Role:
    """The role of a passage in a preface or around a chapter, from the label above it."""
    if words.see_notes.fullmatch(passage.text) or region == "notes":
        return "authors_note"
    if region == "summary":
        return "summary"
    quoted = any(element.tag == "blockquote" for element in markup.above(passage))
    return label if label is not None and quoted else "front_matter"


def _author(byline: str, by: str) -> str | None:
    """The author in a byline, or several separated by commas."""
    tokens = byline.split()
    return " ".join(tokens[1:] if len(tokens) > 1 and tokens[0].lower() == by else tokens) or None
