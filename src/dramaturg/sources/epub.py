"""E-books (EPUB 2 and 3, and the OEB packages before them) → Story.

The spine gives the order of the documents, the navigation the starts of chapters, `epub:type` and the guide the pages
that are not part of the story. Any of them may be missing, empty or wrong: file names differ in case, files are
listed that the archive lacks.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import unescape
from typing import Literal
from urllib.parse import unquote

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language, StructureWords
from dramaturg.sources.build import build_story
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Clock, Limits
from dramaturg.sources.markup import Element as Tag
from dramaturg.sources.markup import Markup, Passage, decode_markup, join, read_markup
from dramaturg.sources.navigation import (
    ContentsEntry,
    add_chapters,
    follow_navigation,
    mark_back_matter,
    mark_pages,
    mark_title,
)
from dramaturg.sources.printed_pages import join_printed_pages
from dramaturg.sources.safe_xml import Element, attribute, content, descendants, local, parse_xml
from dramaturg.sources.safe_zip import Archive, printable_name
from dramaturg.sources.structure import Structure, find_structure
from dramaturg.sources.stylesheets import Stylesheet
from dramaturg.sources.webpages.ao3_epub import read_ao3_epub
from dramaturg.sources.webpages.fanficfare import read_title_page
from dramaturg.sources.webpages.page import ExtractedPage, describe_left_out
from dramaturg.sources.wrapped_paragraphs import join_wrapped_passages
from dramaturg.story import LeftOut, Role, Story

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # obfuscated, not encrypted
PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document", "text/xml")
PAGE_NAME = re.compile(r".*\.(?:x?html?|xht)", re.IGNORECASE | re.DOTALL)
NUMBER = re.compile(r"(\d+)")
MAX_FALLBACKS = 5

# How the guide of EPUB 2 names pages that are not part of the story.
GUIDE_ROLES: tuple[tuple[re.Pattern[str], Role], ...] = (
    (
        re.compile(
            r"cover|title-?page|half-?title-?page|other\.halftitle|toc|copyright-page|imprint|dedication|epigraph|loi|lot|"
            r"frontispiece|seriespage"
        ),
        "front_matter",
    ),
    (
        re.compile(
            r"acknowledge?ments|bibliography|colophon|glossary|index|(?:end|foot|rear)?notes|(?:other\.)?backmatter|"
            r"(?:other\.)?(?:un)?copyright"
        ),
        "back_matter",
    ),
)
# How programs name the files of such pages.
FILE_ROLES: tuple[tuple[re.Pattern[str], Role], ...] = (
    (
        re.compile(
            r"cover|title[_-]?page|half-?_?title(?:-?page)?|toc(?:_page)?|nav|imprint|contents|loi|"
            r"(?:.*[_-])?(?:copyright|dedication|epigraph|praise|also[_-]?by)(?:[_-]?page)?[_-]?\d{0,3}",
            re.IGNORECASE,
        ),
        "front_matter",
    ),
    (
        re.compile(
            r"colophon|uncopyright|endnotes|footnotes|log_page|"
            r"(?:.*[_-])?(?:acknowledge?ments?|about[_-]?the[_-]?author|newsletter)[_-]?\d{0,3}",
            re.IGNORECASE,
        ),
        "back_matter",
    ),
)


@dataclass(frozen=True, slots=True)
class SpineDocument:
    """A document of the spine. `path`: its file name in the archive. `linear`: it is part of the main text."""

    path: str
    linear: bool = True
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """A line of the table of contents. `depth` counts from 1."""

    title: str
    path: str
    fragment: str
    depth: int


@dataclass(slots=True)
class Package:
    """What the package file says.

    `missing`: files that the spine lists and the archive lacks. `unread`: files that hold no text. `order`: what the
    order of `pages` comes from; anything but the spine is a guess.
    """

    path: str
    pages: list[SpineDocument] = field(default_factory=list)
    links: list[NavigationLink] = field(default_factory=list)
    metadata: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    navigation: str | None = None
    order: Literal["spine", "manifest", "file names"] = "spine"


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of an EPUB.

    Raises UnreadableStory if the book holds no text, RefusedStory if it is encrypted or past a limit.
    """
    words = language.structure
    archive = Archive(data, name, limits)
    clock = Clock(name, limits)
    package, book = _open(archive, clock, words)
    title, author = (
        _first_value(package, "title"),
        ", ".join(_without_placeholders(package.metadata.get("creator", []))) or None,
    )
    page = read_ao3_epub(book.markup, book.pages, words) or _read_page(book, title, author, words)
    mark_back_matter(page.passages, words.matter)
    byline = mark_title(page.passages, page.title or title, words)
    openings = follow_navigation(page.passages, _contents_entries(book, package), title, words)
    text, raw_blocks, emphasis = join(page.passages)
    structure = find_structure(text, raw_blocks, words)
    return build_story(
        data,
        name,
        "epub",
        text,
        structure,
        emphasis=emphasis,
        language=find_language(_story_text(text, structure)) or page.language,
        title=page.title or title,
        author=page.author or author or byline,
        metadata=_metadata(package) | structure.metadata | page.metadata,
        chapters=add_chapters(structure, [piece.start for piece in raw_blocks], openings),
        warnings=_find_warnings(package),
        left_out=[*page.left_out, *_left_out(archive, package)],
    )


def _story_text(text: str, structure: Structure) -> str:
    """The text of the paragraphs. Licences and other pages may be in another language."""
    paragraphs = "\n".join(text[block.start : block.end] for block in structure.blocks if block.role == "paragraph")
    return paragraphs or text


def _read_page(book: "Book", title: str | None, author: str | None, words: StructureWords) -> ExtractedPage:
    """The story of a book that Archive of Our Own did not make."""
    mark_pages(book.passages, book.pages, title, author, words)
    return ExtractedPage(
        book.passages,
        metadata=read_title_page(book.passages, words.archives),
        left_out=describe_left_out(book.markup.left_out),
    )


# ---- container and package


def _open(archive: Archive, clock: Clock, words: StructureWords) -> tuple[Package, "Book"]:
    """The first rendition that has text. A book may also hold one of pictures."""
    encrypted = _find_encrypted(archive)
    for path in _find_packages(archive):
        package = _read_package(archive, path)
        _refuse_encrypted(archive, package, encrypted)
        book = _read_book(archive, package, clock, words)
        if any(passage.role != "scene_break" for passage in book.passages):
            return package, book
    raise UnreadableStory(
        f"{archive.name}: this EPUB holds no text, only pictures or nothing. Get another edition of the book."
    )


def _find_packages(archive: Archive) -> Iterator[str]:
    """The package files that the container names, or else any in the archive; "" if there is none."""
    found: list[str] = []
    container = archive.find(CONTAINER)
    root = _try_xml(archive, container) if container else None
    for rootfile in descendants(root, "rootfile") if root is not None else ():
        path = archive.find(attribute(rootfile, "full-path") or "")
        if path and path not in found:
            found.append(path)
    found = found or [path for path in archive if path.lower().endswith(".opf")]
    yield from found or [""]


def _read_package(archive: Archive, path: str) -> Package:
    package = Package(path)
    root = _try_xml(archive, path) if path else None
    if root is None:
        package.order = "file names"
        package.pages = [
            SpineDocument(page, role=_role_of_name(page))
            for page in _in_natural_order(archive)
            if PAGE_NAME.fullmatch(page)
        ]
        return package
    for block in descendants(root, "metadata"):
        for element in block.iter():
            if content(element) and local(element) not in ("metadata", "meta", "dc-metadata", "x-metadata"):
                package.metadata.setdefault(local(element).lower(), []).append(content(element))
        break
    manifest = {attribute(item, "id") or "": item for item in descendants(root, "item")}
    package.pages = list(_spine(archive, package, root, manifest))
    if not package.pages:
        package.order = "manifest"
        package.pages = [
            SpineDocument(page, role=_role_of_name(page))
            for item in manifest.values()
            if _is_page(item) and (page := archive.find(attribute(item, "href") or "", path))
        ]
    package.links = _read_navigation(archive, package, root, manifest)
    return package


def _spine(archive: Archive, package: Package, root: Element, manifest: dict[str, Element]) -> Iterator[SpineDocument]:
    guide = _read_guide(archive, package, root)
    refs = list(descendants(root, "itemref"))
    all_nonlinear = all(attribute(ref, "linear") == "no" for ref in refs)
    seen = set()
    for ref in refs:
        item = manifest.get(attribute(ref, "idref") or "")
        for _ in range(MAX_FALLBACKS):
            if item is None or _is_page(item):
                break
            item = manifest.get(attribute(item, "fallback") or "")
        if item is None or not _is_page(item):
            continue
        href = attribute(item, "href") or ""
        path = archive.find(href, package.path)
        if path is None:
            package.missing.append(href)
        elif path not in seen:
            seen.add(path)
            linear = all_nonlinear or attribute(ref, "linear") != "no"
            yield SpineDocument(path, linear, guide.get(path) or _role_of_name(path))


def _is_page(item: Element) -> bool:
    kind = (attribute(item, "media-type") or "").lower()
    return kind in PAGES or (
        PAGE_NAME.fullmatch((attribute(item, "href") or "").partition("#")[0]) is not None
        and not kind.startswith(("image/", "audio/", "video/"))
    )


def _read_guide(archive: Archive, package: Package, root: Element) -> dict[str, Role]:
    """The roles of whole files in the guide of EPUB 2. A file that is also listed as text has none."""
    roles: dict[str, Role] = {}
    texts = set()
    for reference in descendants(root, "reference"):
        path = archive.find(attribute(reference, "href") or "", package.path)
        kind = (attribute(reference, "type") or "").lower()
        role = _match(GUIDE_ROLES, kind)
        if path and role and "#" not in (attribute(reference, "href") or ""):
            roles.setdefault(path, role)
        elif path and kind in ("text", "start", "bodymatter", "other.start"):
            texts.add(path)
    return {path: role for path, role in roles.items() if path not in texts}


def _role_of_name(path: str) -> Role | None:
    return _match(FILE_ROLES, path.rpartition("/")[2].rpartition(".")[0])


def _match(roles: tuple[tuple[re.Pattern[str], Role], ...], word: str) -> Role | None:
    return next((role for pattern, role in roles if pattern.fullmatch(word)), None)


def _in_natural_order(archive: Archive) -> list[str]:
    """The file names in natural order: 2 before 10."""
    return sorted(archive, key=lambda path: [(len(p), p) if p.isdecimal() else (0, p) for p in NUMBER.split(path)])


def _try_xml(archive: Archive, path: str) -> Element | None:
    """The root of an optional file, or None if it is damaged."""
    try:
        return parse_xml(archive.read(path), f"{archive.name}: {printable_name(path)}", archive.limits)
    except UnreadableStory:
        return None


# ---- encryption


def _find_encrypted(archive: Archive) -> set[str]:
    """The files that are encrypted. Obfuscated fonts do not count."""
    listed = archive.find(ENCRYPTION)
    root = _try_xml(archive, listed) if listed else None
    encrypted: set[str] = set()
    for element in descendants(root, "EncryptedData") if root is not None else ():
        method = next((m for m in element if local(m) == "EncryptionMethod"), None)
        if method is not None and attribute(method, "Algorithm") in FONT_OBFUSCATION:
            continue
        for reference in descendants(element, "CipherReference"):
            path = archive.find(attribute(reference, "URI") or "")
            if path:
                encrypted.add(path)
    return encrypted


def _refuse_encrypted(archive: Archive, package: Package, encrypted: set[str]) -> None:
    if package.path in encrypted or any(page.path in encrypted for page in package.pages):
        raise RefusedStory(
            f"{archive.name}: the text of this EPUB is encrypted (DRM), which dramaturg does not remove. "
            "Get an edition without DRM."
        )


# ---- navigation


def _read_navigation(
    archive: Archive, package: Package, root: Element, manifest: dict[str, Element]
) -> list[NavigationLink]:
    """The table of contents from EPUB 3's navigation document, or else from EPUB 2's NCX."""
    for item in manifest.values():
        if "nav" in (attribute(item, "properties") or "").split():
            package.navigation = archive.find(attribute(item, "href") or "", package.path)
            entries = _read_nav(archive, package.navigation)
            if entries:
                return entries
    spine = next(descendants(root, "spine"), None)
    toc = manifest.get((attribute(spine, "toc") or "") if spine is not None else "")
    if toc is None:
        toc = next((i for i in manifest.values() if attribute(i, "media-type") == "application/x-dtbncx+xml"), None)
    return _read_ncx(archive, archive.find(attribute(toc, "href") or "", package.path)) if toc is not None else []


def _read_nav(archive: Archive, path: str | None) -> list[NavigationLink]:
    root = _try_xml(archive, path) if path else None
    if root is None or path is None:
        return []
    navs = list(descendants(root, "nav"))
    toc = next((nav for nav in navs if "toc" in (attribute(nav, "type") or "").split()), navs[0] if navs else None)
    return [] if toc is None else list(_read_links(archive, path, toc, "li", "a", "href"))


def _read_ncx(archive: Archive, path: str | None) -> list[NavigationLink]:
    root = _try_xml(archive, path) if path else None
    nav_map = next(descendants(root, "navMap"), None) if root is not None else None
    return (
        []
        if nav_map is None or path is None
        else list(_read_links(archive, path, nav_map, "navPoint", "content", "src"))
    )


def _read_links(
    archive: Archive, base: str, root: Element, point: str, link: str, source: str
) -> Iterator[NavigationLink]:
    """The entries of the list, in order. `point`: the element of an entry; `link`: the element with its target."""
    stack: list[tuple[Element, int, str]] = [(root, 0, "")]
    while stack:
        element, depth, label = stack.pop()
        kind = local(element)
        if kind == link:
            target = attribute(element, source) or ""
            path = archive.find(target, base)
            if path:
                yield NavigationLink(label or content(element), path, unquote(target.partition("#")[2]), depth)
            continue
        if kind == point:
            depth += 1
            labels = next((child for child in element if local(child) == "navLabel"), None)
            label = content(labels) if labels is not None else ""
        stack.extend((child, depth, label) for child in reversed(element))


# ---- the documents → one sequence of passages


@dataclass(slots=True)
class Book:
    """All pages as one.

    `pages`: for each passage the number of its page. `anchors`: the index of the first passage of each page and of each
    anchor in it, by (path, fragment).
    """

    markup: Markup = field(default_factory=Markup)
    pages: list[int] = field(default_factory=list)
    anchors: dict[tuple[str, str], int] = field(default_factory=dict)

    @property
    def passages(self) -> list[Passage]:
        """The passages of all pages, in order."""
        return self.markup.passages


def _read_book(archive: Archive, package: Package, clock: Clock, words: StructureWords) -> Book:
    book = Book()
    styles: dict[tuple[str, ...], Stylesheet] = {}
    in_story = False
    for n, page in enumerate(package.pages):
        data = archive.read(page.path)
        try:
            source, _ = decode_markup(data, f"{archive.name}: {printable_name(page.path)}")
        except UnreadableStory:  # an empty page, or one that is not text
            book.anchors.setdefault((page.path, ""), len(book.passages))
            package.unread += [page.path] if archive.size(page.path) else []
            continue
        stylesheet = _read_stylesheet(archive, page.path, source, styles)
        where = f"{archive.name}: {printable_name(page.path)}"
        markup = read_markup(source, where, archive.limits, clock, words, stylesheet)
        join_printed_pages(markup, words.headings)
        markup.passages = join_wrapped_passages(markup.passages, words)
        role = page.role
        if not page.linear and role is None:
            role = "back_matter" if in_story else "front_matter"
        in_story |= page.linear and role is None and bool(markup.passages)
        _append(book, page, markup, role)
        book.pages += [n] * len(markup.passages)
    return book


def _read_stylesheet(archive: Archive, path: str, source: str, known: dict[tuple[str, ...], Stylesheet]) -> Stylesheet:
    """The style sheets that a page links to; all of the book's if it links to none. `known`: those read before."""
    links = [link for link in LINK.findall(source[:HEAD_CHARACTERS]) if "stylesheet" in link.lower()]
    hrefs = [unescape(match[1]) for link in links if (match := HREF.search(link))]
    found = tuple(file for href in hrefs if (file := archive.find(href, path)))
    paths = found or tuple(file for file in archive if file.lower().endswith(".css"))
    if paths not in known:
        known[paths] = Stylesheet()
        for file in paths[:MAX_SHEETS]:
            known[paths].add(archive.read(file).decode("utf-8", "replace"))
    return known[paths]


LINK = re.compile(r"<link\b[^<>]{0,1000}>", re.IGNORECASE)
HREF = re.compile(r"""\shref\s*=\s*["']([^"'<>]{1,500})["']""", re.IGNORECASE)
HEAD_CHARACTERS = 1 << 16  # from the start of a page, where its style sheets are linked
MAX_SHEETS = 50  # of one page


def _append(book: Book, page: SpineDocument, markup: Markup, role: Role | None) -> None:
    n_elements, first = len(book.markup.elements), len(book.passages)
    book.anchors.setdefault((page.path, ""), first)
    for element in markup.elements:
        parent = element.parent + n_elements if element.parent >= 0 else -1
        book.markup.elements.append(Tag(parent, element.tag, element.attributes))
    for passage in markup.passages:
        for anchor in passage.anchors:
            book.anchors.setdefault((page.path, anchor), len(book.passages))
        keeps = role is None or passage.role in ("scene_break", "title", "summary", "authors_note", "back_matter")
        book.passages.append(
            replace(passage, element=passage.element + n_elements, role=passage.role if keeps else role)
        )
    for reason, (n, words) in markup.left_out.items():
        before = book.markup.left_out.get(reason, (0, words))
        book.markup.left_out[reason] = (before[0] + n, before[1])


# ---- metadata and warnings


def _first_value(package: Package, name: str) -> str | None:
    return next(iter(_without_placeholders(package.metadata.get(name, []))), None)


def _without_placeholders(values: list[str]) -> list[str]:
    """The values without the placeholders that programs write."""
    return [value for value in values if value.lower() not in ("unknown", "untitled", "c", "und")]


def _metadata(package: Package) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name in ("publisher", "description", "language", "date", "rights", "source", "identifier"):
        value = _first_value(package, name)
        if value:
            kept[name] = value
    if package.metadata.get("subject"):
        kept["subjects"] = package.metadata["subject"]
    return kept


def _find_warnings(package: Package) -> Iterator[str]:
    if package.order != "spine":
        missing = (
            "has no readable package file (.opf), which gives the reading order"
            if package.order == "file names"
            else "gives no reading order (the spine of its package file is empty)"
        )
        yield (
            f"This EPUB {missing}. Its pages were read in the order of its {package.order}. "
            "If the chapters are out of order, convert the book with Calibre and read that."
        )
    for files, what in (
        (package.missing, "listed in the reading order of this EPUB but not in the file"),
        (package.unread, "in the reading order of this EPUB but without readable text"),
    ):
        if files:
            listed = ", ".join(map(printable_name, files[:3])) + (", …" if len(files) > 3 else "")
            n_pages = f"{len(files)} pages are" if len(files) > 1 else "1 page is"
            yield f"{n_pages} {what} ({listed}). Text may be missing. Download the book again."


def _left_out(archive: Archive, package: Package) -> Iterator[LeftOut]:
    for path in (*package.missing, *package.unread):
        yield LeftOut(printable_name(path), "not in the file" if path in package.missing else "holds no text")
    read = {page.path for page in package.pages}
    for path in archive:
        if PAGE_NAME.fullmatch(path) and path not in read and path != package.navigation:
            yield LeftOut(printable_name(path), "not in the reading order of the book")


def _contents_entries(book: Book, package: Package) -> list[ContentsEntry]:
    """The entries of the table of contents with the passages that they lead to."""
    entries = []
    for link in package.links:
        place = book.anchors.get((link.path, link.fragment), book.anchors.get((link.path, "")))
        if place is not None:
            end = bisect_right(book.pages, book.pages[place]) if place < len(book.pages) else place
            entries.append(ContentsEntry(link.title, place, end, link.depth))
    return entries
