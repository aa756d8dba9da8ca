"""Reading → EPUB 3: the story, with a who's who without spoilers at the end of each chapter.

A who's who contains what the text has revealed by the end of its chapter, and uses the names known by then. Where a
chapter first names a person of an earlier chapter, the name links to a note of what was known before, which reading
programs show as a pop-up.
"""

import hashlib
import uuid
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from dramaturg.exporters.common.chapters import ChapterSpan, chapter_spans
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.known_people import KnownPerson, known_by_chapter
from dramaturg.exporters.common.titles import language_of, title_of
from dramaturg.exporters.common.xml_text import attribute_value, content
from dramaturg.exporters.common.zip_archive import zip_bytes
from dramaturg.formatting import clip, counted, one_line
from dramaturg.phrases import snippet
from dramaturg.portraits import portrait
from dramaturg.reading import Mention, Reading
from dramaturg.story import Block

ABOUT = "EPUB 3 with a who's who at the end of each chapter"
SUFFIX = ".epub"
MODIFIED = "2000-01-01T00:00:00Z"  # the standard requires a date; a fixed one gives the same bytes on every run
ACCESS = "".join(  # metadata that library catalogues and the European Accessibility Act require of e-books
    f'<meta property="schema:{name}">{value}</meta>'
    for name, value in (
        ("accessMode", "textual"),
        ("accessModeSufficient", "textual"),
        ("accessibilityFeature", "tableOfContents"),
        ("accessibilityFeature", "readingOrder"),
        ("accessibilityFeature", "structuralNavigation"),
        ("accessibilityHazard", "none"),
        ("accessibilitySummary", "Text in reading order, with headings, a table of contents and linked notes."),
    )
)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
MAX_PARTNERS = 3  # conversation partners in a who's who
MAX_OTHER_NAMES = 5
MAX_TITLE_CHARACTERS = 120
NOTE_ROLES = frozenset(("front_matter", "back_matter", "authors_note", "summary"))

Link = tuple[tuple[int, ...], str]  # start and end in the text, and a character's id


@dataclass(frozen=True, slots=True)
class Page:
    """One XHTML file of the book: its id, its title and the content of its body."""

    id: str
    title: str
    body: str


def to_bytes(reading: Reading, *, who: bool = True, pop_ups: bool = True) -> bytes:
    """The book as an EPUB file.

    `who`: add a who's who at the end of each chapter
    `pop_ups`: link the first mention of a person in a chapter to a note of what was known before
    """
    pages = [_title_page(reading), *_chapters(reading, who, pop_ups)]
    return zip_bytes(
        [
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("EPUB/package.opf", _package(reading, pages)),
            ("EPUB/nav.xhtml", _navigation(reading, pages)),
            ("EPUB/style.css", STYLE),
            *((f"EPUB/{page.id}.xhtml", _document(page.title, page.body, reading)) for page in pages),
        ],
        stored=frozenset(["mimetype"]),
    )


def _chapters(reading: Reading, who: bool, pop_ups: bool) -> Iterable[Page]:
    chapters = chapter_spans(reading)
    ends = [chapter.end for chapter in chapters]
    display = DisplayText(reading)
    numbers = {character.id: n for n, character in enumerate(reading.characters, 1)}
    blocks: list[list[Block]] = [[] for _ in chapters]
    mentions: list[list[Mention]] = [[] for _ in chapters]
    _distribute(reading.story.blocks, ends, blocks)
    _distribute(sorted(reading.mentions, key=lambda m: (m.start, -m.end)), ends, mentions)
    reminders: dict[str, str] = {}  # by person: what was known at the end of the previous chapter
    for n, (chapter, (known, present)) in enumerate(zip(chapters, known_by_chapter(reading, ends), strict=True)):
        links = _first_mentions(mentions[n], reminders) if pop_ups else []
        body = "".join(_block(block, display, links, numbers, not at) for at, block in enumerate(blocks[n]))
        body += "".join(_note(numbers[id], reminders[id]) for _, id in links)
        entries = {id: _entry(reading, display, id, known, chapter.end) for id in present}
        if who:
            body += _who_is_who([(numbers[id], entries[id]) for id in present if entries[id]])
        reminders.update((id, entry) for id, entry in entries.items() if entry)
        if blocks[n] and not _is_only_title(reading, display, blocks[n]):
            yield Page(f"part{n + 1}", _chapter_title(reading, chapter), body)


def _is_only_title(reading: Reading, display: DisplayText, blocks: list[Block]) -> bool:
    """Whether these blocks only repeat the title page."""
    words = " ".join(display.plain(block.start, block.end) for block in blocks)
    return all(block.role == "title" for block in blocks) and one_line(words) == _book_title(reading)


def _distribute(
    rows: Iterable[Block] | Iterable[Mention], ends: list[int], chapters: list[list[Block]] | list[list[Mention]]
) -> None:
    """Put each of the ordered rows into the chapter in which it begins."""
    n = 0
    for row in rows:
        while n < len(ends) - 1 and row.start >= ends[n]:
            n += 1
        chapters[n].append(row)  # type: ignore[arg-type]


def _chapter_title(reading: Reading, chapter: ChapterSpan) -> str:
    if chapter.title and chapter.title.strip():
        return clip(one_line(chapter.title), MAX_TITLE_CHARACTERS)
    has_chapters = len(reading.story.chapters) > 1
    return f"Chapter {chapter.number}" if has_chapters and chapter.number else _book_title(reading)


def _book_title(reading: Reading) -> str:
    return clip(title_of(reading), MAX_TITLE_CHARACTERS)


def _first_mentions(mentions: list[Mention], reminders: dict[str, str]) -> list[Link]:
    """The spans to link, in order, with the person: where a chapter first names those known from before.

    A person without a name in the chapter is linked at the first noun for them.
    """
    first: dict[str, Mention] = {}
    for mention in mentions:
        id = mention.character
        if id is None or id not in reminders or mention.kind == "pronoun":
            continue
        if id not in first or (mention.kind == "name" and first[id].kind == "noun"):
            first[id] = mention
    links: list[Link] = []
    end_of_last = 0
    for id, mention in sorted(first.items(), key=lambda pair: (pair[1].start, -pair[1].end)):
        if mention.start >= end_of_last:  # links cannot be nested
            links.append(((mention.start, mention.end), id))
            end_of_last = mention.end
    return links


def _entry(reading: Reading, display: DisplayText, id: str, known: dict[str, KnownPerson], end: int) -> str:
    """A person's entry in a who's who, as XHTML; empty if the text has given no name and no line yet.

    `end`: up to where the text has been read.
    """
    person = known[id]
    name = person.name
    narrates = reading.character(id).narrator
    if name is None and not person.lines:
        return ""
    facts = [f"<b>{content(name or ('the narrator' if narrates else 'somebody'))}</b>"]
    if narrates and name is not None:
        facts.append("the narrator")
    names = {other: told.name for other, told in known.items()}
    if who := portrait(reading, reading.character(id), before=end, names=names):
        facts.append(content(one_line(who)))
    others = [form for form, _ in person.names.most_common(MAX_OTHER_NAMES + 1) if form != name][:MAX_OTHER_NAMES]
    if others:
        facts.append(f"also {content(', '.join(others))}")
    if person.lines:
        facts.append(counted(person.lines, "line"))
    partners = [known[other].name for other, _ in person.partners.most_common(MAX_PARTNERS) if other != id]
    if any(partners):
        facts.append(f"talks with {content(', '.join(name for name in partners if name))}")
    words = snippet(reading, person.first, before=60, after=90, words=display.plain)
    return f"{'; '.join(facts)}. First appearance: <i>{content(words)}</i>"


def _who_is_who(people: list[tuple[int, str]]) -> str:
    if not people:
        return ""
    rows = "".join(f'<li id="who{number}">{words}</li>\n' for number, words in people)
    return f'<section class="who"><h2>Who’s who so far</h2>\n<ul>\n{rows}</ul></section>\n'


def _note(number: int, words: str) -> str:
    return f'<aside epub:type="footnote" role="doc-footnote" id="met{number}"><p>{words}</p></aside>\n'


def _block(block: Block, display: DisplayText, links: list[Link], numbers: dict[str, int], first: bool) -> str:
    if block.role == "scene_break":
        return '<hr class="break"/>\n'
    low, high = bisect_left(links, ((block.start,), "")), bisect_left(links, ((block.end,), ""))
    links_here = [link for link in links[low:high] if link[0][1] <= block.end]
    begins = {start: (end, numbers[id]) for (start, end), id in links_here}
    markup = []
    until = None  # the end of the open link; its last run may be mark-up, which is not shown
    for run in display.runs(block.start, block.end, tuple(edge for span, _ in links_here for edge in span)):
        if until is not None and run.start >= until:
            markup.append("</a>")
            until = None
        if run.start in begins and until is None:
            until, number = begins[run.start]
            markup.append(f'<a epub:type="noteref" role="doc-noteref" href="#met{number}">')
        words = content(run.text).replace("\n", "<br/>")
        markup.append(f"<em>{words}</em>" if run.emphasis and words else words)
    if until is not None:
        markup.append("</a>")
    words = "".join(markup)
    if block.role in ("title", "heading"):
        level = "h1" if block.role == "title" or first else "h2"
        return f"<{level}>{words}</{level}>\n"
    return f'<p class="note">{words}</p>\n' if block.role in NOTE_ROLES else f"<p>{words}</p>\n"


def _title_page(reading: Reading) -> Page:
    author = reading.story.source.author
    by = f"<p>{content(one_line(author))}</p>\n" if author else ""
    notice = (
        "The who’s who at the end of each chapter was made by a program and may contain mistakes. It includes only "
        "what the text has revealed by then."
    )
    title = _book_title(reading)
    return Page(
        "title", "Title page", f'<section class="title"><h1>{content(title)}</h1>\n{by}<p>{notice}</p></section>\n'
    )


def _document(title: str, body: str, reading: Reading) -> str:
    language = attribute_value(language_of(reading))
    return (
        f'{HEAD}<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'lang="{language}" xml:lang="{language}">\n<head><title>{content(title)}</title>'
        f'<link rel="stylesheet" type="text/css" href="style.css"/></head>\n<body>\n{body}</body>\n</html>\n'
    )


def _navigation(reading: Reading, pages: list[Page]) -> str:
    rows = "".join(f'<li><a href="{page.id}.xhtml">{content(page.title)}</a></li>\n' for page in pages)
    nav = f'<nav epub:type="toc" role="doc-toc"><h1>Contents</h1>\n<ol>\n{rows}</ol></nav>\n'
    return _document(_book_title(reading), nav, reading)


def _package(reading: Reading, pages: list[Page]) -> str:
    source = reading.story.source
    digest = hashlib.sha256((source.sha256 + reading.story.text[:1000]).encode("utf-8", "replace")).hexdigest()
    author = f"<dc:creator>{content(one_line(source.author))}</dc:creator>" if source.author else ""
    items = "".join(f'<item id="{p.id}" href="{p.id}.xhtml" media-type="application/xhtml+xml"/>' for p in pages)
    spine = "".join(f'<itemref idref="{page.id}"/>' for page in pages)
    return (
        f'{HEAD}<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<dc:identifier id="id">urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}</dc:identifier>'
        f"<dc:title>{content(_book_title(reading))}</dc:title>{author}"
        f"<dc:language>{content(language_of(reading))}</dc:language>"
        f'<meta property="dcterms:modified">{MODIFIED}</meta>{ACCESS}</metadata><manifest>'
        '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        f'<item id="style" href="style.css" media-type="text/css"/>{items}</manifest><spine>{spine}</spine></package>\n'
    )


CONTAINER = (
    f'{HEAD}<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>\n'
)
STYLE = """\
h1, h2 { text-align: center; font-weight: normal; margin: 2em 0 1em; }
p { margin: 0; text-indent: 1.5em; }
h1 + p, h2 + p, hr + p { text-indent: 0; }
p.note { margin: 1em 2em; text-indent: 0; font-size: 0.9em; }
hr.break { border: 0; margin: 1.5em 0; height: 1em; }
a { color: inherit; text-decoration: underline dotted; }
section.title { text-align: center; }
section.title p { text-indent: 0; margin: 1em 0; }
section.who { margin-top: 3em; border-top: 1px solid; font-size: 0.85em; }
section.who ul { padding: 0; list-style: none; }
section.who li { margin: 0.5em 0; }
aside { font-size: 0.85em; margin: 1em 0; }
aside p { text-indent: 0; }
"""
