"""Archive of Our Own: its HTML downloads, of now and of years ago, and pages saved from the site.

A download is preface, chapters, afterword; a saved page has its work in `#workskin`, and menus, kudos and comments
around it. Preface, notes and afterword are told apart by the labels that stand before them, which every form has.
"""

import re
from collections.abc import Iterator

from dramaturg.sources.markup import Element, Link, Markup, Passage
from dramaturg.sources.webpages.page import Page, first_words, give, keep_label, language_of, regions, told
from dramaturg.story import LeftOut, Role

SIGNS = 2  # of those below, to be sure
LABELS: dict[str, Role] = {
    "summary": "summary", "chapter summary": "summary", "notes": "authors_note", "chapter notes": "authors_note",
    "end notes": "authors_note", "chapter end notes": "authors_note", "note": "authors_note",
}  # fmt: skip
SEE_NOTES = re.compile(r"\(?see the end of the (?:work|chapter) for (?:more )?notes\.?\)?", re.IGNORECASE)
STAT = re.compile(
    r"(?P<label>Published|Updated|Completed|Words|Chapters):\s*(?P<value>[\d,./?-]+(?: \(\w+\))?)", re.IGNORECASE
)
WORK = re.compile(r"https?://(?:www\.)?(?:archiveofourown\.org|ao3\.org)/works/\d+")
SERIES = re.compile(r"(?=\bPart \d+ of )")


def read_ao3(markup: Markup) -> Page | None:
    """The page as the Archive made it, or None where it is another's."""
    ids = {element.id for element in markup.elements}
    words = [passage.text for passage in markup.passages[:40]]
    signs = (
        {"preface", "chapters"} <= ids,
        "workskin" in ids,
        any("Archive of Our Own" in text for text in words),
        any(text.rstrip(":s") in ("Archive Warning", "Archive Warning(") for text in words),
        "archive of our own" in (markup.title or "").lower(),
        any(element.tag == "dl" and {"tags", "meta"} & set(element.classes) for element in markup.elements),
    )
    if sum(signs) < SIGNS or not ids & {"chapters", "workskin"}:
        return None
    return _read_work(markup, saved="workskin" in ids and "preface" not in ids)


def read_tags(passages: list[Passage], markup: Markup) -> dict[str, object]:
    """The pairs of <dt> and <dd> before a work as metadata: rating, fandoms, characters, words, url …"""
    metadata: dict[str, object] = {}
    label = ""
    for tag, text, links in _pairs(passages, markup):
        if tag == "dt":
            label = text
        elif label.lower().startswith("stats"):
            for match in STAT.finditer(text):
                keep_label(metadata, match["label"], match["value"])
        elif label.lower().startswith("series"):
            series = [" ".join(part.split()).strip(" ,") for part in SERIES.split(text)]
            metadata.setdefault("series", [part for part in series if part])
        else:
            keep_label(metadata, label, text, links)
    targets = (link.target for passage in passages for link in passage.links)
    work = next((address for target in targets if (address := WORK.match(target))), None)
    return {**metadata, "url": work.group()} if work else metadata


def _pairs(passages: list[Passage], markup: Markup) -> Iterator[tuple[str, str, tuple[Link, ...]]]:
    """Each <dt> and <dd> with its text; a list in one is its items, apart by commas."""
    inside: dict[int, list[Passage]] = {}
    for passage in passages:
        at = passage.element
        while at >= 0 and markup.elements[at].tag in ("li", "ul", "p"):
            at = markup.elements[at].parent
        if at >= 0 and markup.elements[at].tag in ("dt", "dd"):
            inside.setdefault(at, []).append(passage)
    for at, several in inside.items():
        links: list[Link] = []
        length = 0
        for passage in several:
            links.extend(Link(link.start + length, link.end + length, link.target) for link in passage.links)
            length += len(passage.text) + 2
        yield markup.elements[at].tag, ", ".join(passage.text for passage in several), tuple(links)


def _region(element: Element) -> str:
    """What an element of the Archive's holds, or "" where it does not say."""
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


def _read_work(markup: Markup, saved: bool) -> Page:
    named = regions(markup, _region)
    titles: list[str] = []
    authors: list[str] = []
    kept: list[Passage] = []
    outside: list[Passage] = []
    label: Role | None = None
    in_chapters = False
    for passage, region in zip(markup.passages, named, strict=True):
        element = markup.elements[passage.element]
        in_chapters = in_chapters or region == "chapters"
        if region == "":
            (outside if saved else kept).append(passage if saved else give(passage, "front_matter"))
        elif region == "tags":
            kept.append(give(passage, "front_matter"))
        elif region == "afterword":
            kept.append(give(passage, "back_matter"))
        elif region == "chapters":
            passage.level = max(passage.level, 3) if passage.level else 0  # the Archive's own headings are at two
            kept.append(passage)
            label = None
        elif passage.level and _is_title(element, passage, in_chapters) and not titles:
            titles.append(passage.text)
            kept.append(give(passage, "title"))
        elif passage.level and passage.text.lower() == "preface" and not in_chapters:
            kept.append(give(passage, "front_matter"))
        elif (said := LABELS.get(passage.text.lower().rstrip(":"))) is not None:
            label = said
            kept.append(give(passage, said))
        elif passage.level and element.id != "work" and "byline" not in element.classes:
            label = None
            passage.level = 2
            kept.append(give(passage, "heading"))
        else:
            if "byline" in element.classes and not authors:
                authors.append(passage.text)
            kept.append(give(passage, _role(passage, markup, region, label)))
    metadata = read_tags([p for p in markup.passages if p.role in ("front_matter", "title")], markup)
    left_out = told(markup.left_out)
    if outside:
        left_out.append(LeftOut(first_words(outside[0].text), f"the site's own: {len(outside)} pieces around the work"))
    return Page(
        kept,
        titles[0] if titles else None,
        _author(authors[0]) if authors else None,
        language_of(metadata, markup.language),
        metadata,
        left_out,
    )


def _is_title(element: Element, passage: Passage, in_chapters: bool) -> bool:
    return not in_chapters and passage.text.lower() != "preface" and "byline" not in element.classes


def _role(passage: Passage, markup: Markup, region: str, label: Role | None) -> Role:
    """Of what stands in a preface, before or after a chapter: as the label above it says."""
    if SEE_NOTES.fullmatch(passage.text) or region == "notes":
        return "authors_note"
    if region == "summary":
        return "summary"
    quoted = any(element.tag == "blockquote" for element in markup.above(passage))
    return label if label is not None and quoted else "front_matter"


def _author(byline: str) -> str | None:
    """Without its "by"; co-authors stay apart by commas."""
    return re.sub(r"^by\s+", "", " ".join(byline.split()), flags=re.IGNORECASE).strip() or None
