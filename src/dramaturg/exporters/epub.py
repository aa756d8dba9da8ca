"""Reading → EPUB 3: the story, with a who's who at the back of each chapter that gives nothing away.

A who's who knows what the text has told by the end of its chapter, and calls everybody by the names read by then. Where
somebody of an earlier chapter is first named in a chapter, the name links to a note of what was known before it, which
reading programs show as a pop-up.
"""

import hashlib
import uuid
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

from dramaturg.exporters.manuscript import Manuscript, language_of, title_of
from dramaturg.exporters.package import packed
from dramaturg.exporters.people import Known, Part, chapter_parts, known_by_part
from dramaturg.exporters.xml import content, value_of
from dramaturg.formatting import clip, counted, one_line
from dramaturg.phrases import snippet
from dramaturg.reading import Mention, Reading
from dramaturg.story import Block

MODIFIED = "2000-01-01T00:00:00Z"  # the standard asks for a date; the same reading is to give the same bytes
ACCESS = "".join(  # what library catalogues and the European Accessibility Act ask every e-book to say of itself
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
TALKS = 3  # people to name, of those somebody talks with
FORMS = 5  # other names to tell
LONGEST_TITLE = 120
NOTES = frozenset(("front_matter", "back_matter", "authors_note", "summary"))


Link = tuple[tuple[int, ...], str]  # start and end in the text, and a character's id


@dataclass(frozen=True, slots=True)
class Page:
    """One file of the book, its id and title, and what stands in its body."""

    id: str
    title: str
    body: str


def to_bytes(reading: Reading, *, who: bool = True, pop_ups: bool = True) -> bytes:
    """The book as an EPUB file.

    `who`: put a who's who at the back of each chapter
    `pop_ups`: link the first mention of a person in a chapter to a note of what was known before
    """
    pages = [_title_page(reading), *_chapters(reading, who, pop_ups)]
    return packed(
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
    parts = chapter_parts(reading)
    ends = [part.end for part in parts]
    manuscript = Manuscript(reading)
    numbers = {character.id: n for n, character in enumerate(reading.characters, 1)}
    blocks: list[list[Block]] = [[] for _ in parts]
    mentions: list[list[Mention]] = [[] for _ in parts]
    _deal(reading.story.blocks, ends, blocks)
    _deal(sorted(reading.mentions, key=lambda m: (m.start, -m.end)), ends, mentions)
    reminders: dict[str, str] = {}  # of each person met: what is known by the end of the last part
    for n, (part, (known, here)) in enumerate(zip(parts, known_by_part(reading, ends), strict=True)):
        links = _first_mentions(mentions[n], reminders) if pop_ups else []
        body = "".join(_block(block, manuscript, links, numbers, not at) for at, block in enumerate(blocks[n]))
        body += "".join(_note(numbers[id], reminders[id]) for _, id in links)
        told = {id: _told(reading, manuscript, id, known) for id in here}
        if who:
            body += _who(reading, [(numbers[id], told[id]) for id in here if told[id]])
        reminders.update((id, words) for id, words in told.items() if words)
        if blocks[n] and not _says_the_title_alone(reading, manuscript, blocks[n]):
            yield Page(f"part{n + 1}", _title_of(reading, part), body)


def _says_the_title_alone(reading: Reading, manuscript: Manuscript, blocks: list[Block]) -> bool:
    """Whether these say what the title page, which stands before them, has said already."""
    words = " ".join(manuscript.words(block.start, block.end) for block in blocks)
    return all(block.role == "title" for block in blocks) and one_line(words) == _book_title(reading)


def _deal(
    rows: Iterable[Block] | Iterable[Mention], ends: list[int], parts: list[list[Block]] | list[list[Mention]]
) -> None:
    """Put each of these, which are in order, into the part in which it begins."""
    part = 0
    for row in rows:
        while part < len(ends) - 1 and row.start >= ends[part]:
            part += 1
        parts[part].append(row)  # type: ignore[arg-type]


def _title_of(reading: Reading, part: Part) -> str:
    if part.title and part.title.strip():
        return clip(one_line(part.title), LONGEST_TITLE)
    has_chapters = len(reading.story.chapters) > 1
    return f"Chapter {part.number}" if has_chapters and part.number else _book_title(reading)


def _book_title(reading: Reading) -> str:
    return clip(title_of(reading), LONGEST_TITLE)


def _first_mentions(mentions: list[Mention], reminders: dict[str, str]) -> list[Link]:
    """The places to link, in order, and to whom: where a chapter first names those who were met before it.

    Somebody whom the chapter does not name is linked where it first speaks of them.
    """
    first: dict[str, Mention] = {}
    for mention in mentions:
        id = mention.character
        if id is None or id not in reminders or mention.kind == "pronoun":
            continue
        if id not in first or (mention.kind == "name" and first[id].kind == "noun"):
            first[id] = mention
    links: list[Link] = []
    reached = 0
    for id, mention in sorted(first.items(), key=lambda pair: (pair[1].start, -pair[1].end)):
        if mention.start >= reached:  # a link in a link is none
            links.append(((mention.start, mention.end), id))
            reached = mention.end
    return links


def _told(reading: Reading, manuscript: Manuscript, id: str, known: dict[str, Known]) -> str:
    """What a who's who says of one person, as XHTML; empty where the text has told no name and no line yet."""
    person = known[id]
    name = person.name
    tells = reading.character(id).narrator
    if name is None and not person.lines:
        return ""
    told = [f"<b>{content(name or ('the one who tells the story' if tells else 'somebody'))}</b>"]
    if tells and name is not None:
        told.append("tells the story")
    others = [form for form, _ in person.names.most_common(FORMS + 1) if form != name][:FORMS]
    if others:
        told.append(f"also {content(', '.join(others))}")
    if person.lines:
        told.append(counted(person.lines, "line"))
    talks = [known[other].name for other, _ in person.talks.most_common(TALKS) if other != id]
    if any(talks):
        told.append(f"talks with {content(', '.join(name for name in talks if name))}")
    words = snippet(reading, person.first, before=60, after=90, words=manuscript.words)
    return f"{'; '.join(told)}. First met: <i>{content(words)}</i>"


def _who(reading: Reading, people: list[tuple[int, str]]) -> str:
    if not people:
        return ""
    rows = "".join(f'<li id="who{number}">{words}</li>\n' for number, words in people)
    return f'<section class="who"><h2>Who is who, so far</h2>\n<ul>\n{rows}</ul></section>\n'


def _note(number: int, words: str) -> str:
    return f'<aside epub:type="footnote" role="doc-footnote" id="met{number}"><p>{words}</p></aside>\n'


def _block(block: Block, manuscript: Manuscript, links: list[Link], numbers: dict[str, int], first: bool) -> str:
    if block.role == "scene_break":
        return '<hr class="break"/>\n'
    low, high = bisect_left(links, ((block.start,), "")), bisect_left(links, ((block.end,), ""))
    here = [link for link in links[low:high] if link[0][1] <= block.end]
    begins = {start: (end, numbers[id]) for (start, end), id in here}
    made = []
    until = None  # where the link that is open ends; its last run may be marks, which are not shown
    for run in manuscript.runs(block.start, block.end, tuple(edge for span, _ in here for edge in span)):
        if until is not None and run.start >= until:
            made.append("</a>")
            until = None
        if run.start in begins and until is None:
            until, number = begins[run.start]
            made.append(f'<a epub:type="noteref" role="doc-noteref" href="#met{number}">')
        words = content(run.text).replace("\n", "<br/>")
        made.append(f"<em>{words}</em>" if run.emphasis and words else words)
    if until is not None:
        made.append("</a>")
    words = "".join(made)
    if block.role in ("title", "heading"):
        level = "h1" if block.role == "title" or first else "h2"
        return f"<{level}>{words}</{level}>\n"
    return f'<p class="note">{words}</p>\n' if block.role in NOTES else f"<p>{words}</p>\n"


def _title_page(reading: Reading) -> Page:
    author = reading.story.source.author
    by = f"<p>{content(one_line(author))}</p>\n" if author else ""
    told = (
        "Who is who at the back of each chapter was found by a program, which may be wrong. It tells what the text has "
        "told by then, and no more."
    )
    title = _book_title(reading)
    return Page(
        "title", "Title page", f'<section class="title"><h1>{content(title)}</h1>\n{by}<p>{told}</p></section>\n'
    )


def _document(title: str, body: str, reading: Reading) -> str:
    language = value_of(language_of(reading))
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
