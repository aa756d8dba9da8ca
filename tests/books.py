"""Stories made into files of every format, as the programs do that people get them from; and files to be refused."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from dramaturg.sources import load
from dramaturg.story import Span, Story

EXAMPLES = Path(__file__).parent.parent / "examples"
BREAK = "* * *"
TOLD = ("paragraph", "scene_break", "authors_note")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph's words, and which of them are emphasised."""

    text: str
    emphasis: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Book:
    """A story, without mark-up: chapters of a title (or none) and paragraphs."""

    title: str
    author: str
    chapters: Sequence[tuple[str | None, Sequence[Paragraph]]]
    summary: str = "What happened, in a line."
    note: str = "Thanks for reading, everyone!"
    tags: Mapping[str, Sequence[str]] = field(
        default_factory=lambda: {
            "Rating": ["Teen And Up Audiences"],
            "Archive Warning": ["No Archive Warnings Apply"],
            "Fandoms": ["Original Work"],
            "Characters": ["Tom Garrity", "Original Female Character(s)"],
            "Additional Tags": ["Fluff", "Letters"],
        }
    )


def example(name: str, author: str = "Jo Writer") -> Book:
    """One of the example stories: its headings and paragraphs, no mark-up, no wrapped lines."""
    story = load(next(EXAMPLES.glob(f"{name}.*[tm][xd]*")))
    chapters: list[tuple[str | None, list[Paragraph]]] = [(None, [])]
    for block in story.blocks:
        if block.role == "heading":
            title = re.sub(r"^#+ ", "", story.text_of(block))
            if chapters[-1][1] or chapters[-1][0] is None:
                chapters.append((title, []))
            else:
                chapters[-1] = (f"{chapters[-1][0].rstrip('.')}: {title}", [])
        elif block.role in TOLD and letters(story.text_of(block)) != letters(name):
            chapters[-1][1].append(_paragraph(story, block.start, block.end))
    return Book(story.source.title or name, author, [chapter for chapter in chapters if chapter[1]])


def letters(text: str) -> str:
    """What any format keeps of a text: its letters and figures."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _paragraph(story: Story, start: int, end: int) -> Paragraph:
    text, spans, position = "", [], start
    for span in story.emphasis:
        if start <= span.start and span.end <= end:
            text += story.text[position : span.start]
            text = re.sub(r"[_*]+$", "", text)
            spans.append(Span(len(text), len(text) + span.end - span.start))
            text += story.text[span.start : span.end]
            position = span.end + len(re.match(r"[_*]*", story.text[span.end : end]).group())
    return Paragraph((text + story.text[position:end]).replace("\n", " "), tuple(spans))


# ---- zips


def zipped(files: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files by name, the first one stored as EPUBs want it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else method)
    return buffer.getvalue()


# ---- text and Markdown


def plain(book: Book) -> bytes:
    parts = [book.title.upper(), f"by {book.author}"]
    for title, paragraphs in book.chapters:
        parts += [title] if title else []
        parts += [_marked(paragraph, "_") for paragraph in paragraphs]
    return "\n\n".join(parts).encode()


def markdown(book: Book) -> bytes:
    parts = [f"# {book.title}", f"by {book.author}"]
    for title, paragraphs in book.chapters:
        parts += [f"## {title}"] if title else []
        parts += [_marked(paragraph, "*") for paragraph in paragraphs]
    return "\n\n".join(parts).encode()


def _marked(paragraph: Paragraph, mark: str) -> str:
    return _inline(paragraph, str, mark, mark)


def _inline(paragraph, escape_text, opening, closing):
    text, position = "", 0
    for span in paragraph.emphasis:
        text += escape_text(paragraph.text[position : span.start])
        text += opening + escape_text(paragraph.text[span.start : span.end]) + closing
        position = span.end
    return text + escape_text(paragraph.text[position:])


# ---- HTML


def html(paragraphs: Iterable[Paragraph], emphasis=("<em>", "</em>"), kind: str = "") -> str:
    """Paragraphs as <p>, scene breaks as <hr/>."""
    return "\n".join(
        "<hr/>" if paragraph.text == BREAK else f"<p{kind}>{_inline(paragraph, escape, *emphasis)}</p>"
        for paragraph in paragraphs
    )


def ao3_preface(book: Book, kind: str = "") -> str:
    tags = ""
    for label, values in book.tags.items():
        links = ", ".join(f'<a href="/tags/{n}">{escape(value)}</a>' for n, value in enumerate(values))
        tags += f"<dt{kind}>{label}:</dt><dd{kind}>{links}</dd>"
    n = len(book.chapters)
    return f"""<div id="preface"{kind}><h2 class="toc-heading">Preface</h2>
<p class="message"><b>{escape(book.title)}</b><br/>
Posted originally on the <a href="http://archiveofourown.org/">Archive of Our Own</a> at <a href="http://archiveofourown.org/works/4242">http://archiveofourown.org/works/4242</a>.</p>
<div class="meta"><dl class="tags">{tags}<dt>Language:</dt><dd>English</dd>
<dt>Stats:</dt><dd>Published: 2019-05-04 Words: 1,234 Chapters: {n}/{n}</dd></dl>
<h1>{escape(book.title)}</h1><div class="byline">by <a rel="author" href="/users/jo">{escape(book.author)}</a></div>
<p>Summary</p><blockquote class="userstuff"><p>{escape(book.summary)}</p></blockquote>
<p>Notes</p><blockquote class="userstuff"><p>{escape(book.note)}</p></blockquote></div></div>"""


AO3_AFTERWORD = """<div id="afterword"><h2 class="toc-heading">Afterword</h2><div class="meta">
<p class="message">Please <a href="/works/4242/comments/new">drop by the Archive and comment</a>
to let the creator know!</p></div></div>"""


def ao3_html(book: Book) -> bytes:
    """Archive of Our Own's HTML download."""
    several = len(book.chapters) > 1
    chapters = "".join(
        f'<div class="meta group"><h2 class="heading">{escape(title or "Chapter")}</h2></div>'
        f'<!--chapter content--><div class="userstuff">{html(paragraphs)}</div><!--/chapter content-->'
        if several
        else html(paragraphs)
        for title, paragraphs in book.chapters
    )
    page = f'{ao3_preface(book)}<div id="chapters" class="userstuff">{chapters}</div>{AO3_AFTERWORD}'
    title = f"{escape(book.title)} - {escape(book.author)} - Original Work"
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{page}</body></html>".encode()


def fanficfare_html(book: Book) -> bytes:
    """FanFicFare's HTML."""
    labels = {"Category": "Original Work", "Characters": "Tom Garrity, Anne Fenwick", "Status": "Completed",
              "Words": "1,234", "Publisher": "www.fanfiction.net", "Story URL": "https://www.fanfiction.net/s/42/1/",
              "Summary": book.summary}  # fmt: skip
    rows = "".join(f"<tr><td><b>{label}:</b></td><td>{escape(value)}</td></tr>" for label, value in labels.items())
    contents = "".join(f'<a href="#section{n:04}">{title}</a><br/>' for n, (title, _) in enumerate(book.chapters, 1))
    chapters = "".join(
        f'<a name="section{n:04}"><h2>{escape(title or "Chapter")}</h2></a><div>{html(paragraphs)}</div>'
        for n, (title, paragraphs) in enumerate(book.chapters, 1)
    )
    head = f'<h1><a href="https://x.example/s/42">{escape(book.title)}</a> by <a href="https://x.example/u/7">{escape(book.author)}</a></h1>'
    return (
        f"<html><head><title>{escape(book.title)} by {escape(book.author)}</title></head><body>{head}"
        f'<table class="full">{rows}</table><h2>Table of Contents</h2><p>{contents}</p>{chapters}</body></html>'
    ).encode()


# ---- EPUB


def xhtml(body: str, title: str = "", css: str = "") -> str:
    link = f'<link rel="stylesheet" href="{css}"/>' if css else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml" '
        'xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title>{escape(title)}</title>{link}</head><body>{body}</body></html>"
    )


CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""


def opf(
    pages: Sequence[str],
    title: str = "A Book",
    author: str = "Jo Writer",
    *,
    more: str = "",
    items: str = "",
    guide: str = "",
    aside: Iterable[str] = (),
    ncx: bool = True,
) -> str:
    """A package file whose spine lists pages."""
    manifest = "".join(
        f'<item id="p{n}" href="{page}" media-type="application/xhtml+xml"/>' for n, page in enumerate(pages)
    )
    linear = dict.fromkeys(aside, ' linear="no"')
    spine = "".join(f'<itemref idref="p{n}"{linear.get(page, "")}/>' for n, page in enumerate(pages))
    toc = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>' if ncx else ""
    return (
        '<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0" unique-identifier="id">'
        '<metadata xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        f"<dc:language>en</dc:language>{more}</metadata><manifest>{manifest}{toc}{items}</manifest>"
        f'<spine toc="ncx">{spine}</spine><guide>{guide}</guide></package>'
    )


def ncx(entries: Iterable[tuple[str, str]]) -> str:
    points = "".join(
        f'<navPoint id="n{n}"><navLabel><text>{escape(label)}</text></navLabel><content src="{target}"/></navPoint>'
        for n, (label, target) in enumerate(entries)
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" '
        '"http://www.daisy.org/z3986/2005/ncx-2005-1.dtd">'
        f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><navMap>{points}</navMap></ncx>'
    )


def epub(pages: Mapping[str, str | bytes], contents: Iterable[tuple[str, str]] = (), files=None, **package) -> bytes:
    """An EPUB of pages by name, in their order. `files`: what else is in it; `package`: what `opf` takes."""
    return zipped(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": CONTAINER,
            "OEBPS/content.opf": opf(list(pages), **package),
            "OEBPS/toc.ncx": ncx(contents),
            **{f"OEBPS/{name}": content for name, content in pages.items()},
            **(files or {}),
        }
    )


CALIBRE_CSS = ".calibre5 { font-style: italic }\n.calibre6 { display: block; font-size: 1.5em }"
CALIBRE = ('<span class="calibre5">', "</span>")


def ao3_epub(book: Book) -> bytes:
    """Archive of Our Own's EPUB, as Calibre makes it: one file a chapter, classes renamed."""
    pages = {"preface.xhtml": xhtml(ao3_preface(book, ' class="calibre3"'), css="stylesheet.css")}
    for n, (title, paragraphs) in enumerate(book.chapters, 1):
        body = html(paragraphs, CALIBRE, ' class="calibre2"')
        head = f'<div class="calibre7"><h2 class="calibre8">{escape(title)}</h2></div>' if title else ""
        pages[f"chapter_{n:03}.xhtml"] = xhtml(f'<div id="chapters" class="calibre1">{head}<div>{body}</div></div>')
    pages["afterword.xhtml"] = xhtml(AO3_AFTERWORD)
    contents = [("Preface", "preface.xhtml")]
    contents += [(title or book.title, f"chapter_{n:03}.xhtml") for n, (title, _) in enumerate(book.chapters, 1)]
    contents += [("Afterword", "afterword.xhtml")]
    more = "<dc:publisher>Archive of Our Own</dc:publisher><dc:subject>Fanworks</dc:subject>"
    return epub(pages, contents, {"OEBPS/stylesheet.css": CALIBRE_CSS}, title=book.title, author=book.author, more=more)


def calibre_epub(book: Book) -> bytes:
    """A conversion by Calibre: split files, headings that are paragraphs with a class, no <em>."""
    parts = [f'<p class="calibre6" id="title">{escape(book.title)}</p><p class="calibre6">by {escape(book.author)}</p>']
    contents = []
    for n, (title, paragraphs) in enumerate(book.chapters):
        head = f'<p class="calibre6" id="c{n}">{escape(title)}</p>' if title else f'<a id="c{n}"></a>'
        half = len(paragraphs) // 2
        contents.append((title or "Start", f"index_split_{len(parts):03}.html#c{n}"))
        parts.append(head + html(paragraphs[:half], CALIBRE, ' class="calibre1"'))
        parts.append(html(paragraphs[half:], CALIBRE, ' class="calibre1"'))
    pages = {f"index_split_{n:03}.html": xhtml(part, css="stylesheet.css") for n, part in enumerate(parts)}
    return epub(pages, contents, {"OEBPS/stylesheet.css": CALIBRE_CSS}, title=book.title, author=book.author)


def standard_epub(book: Book) -> bytes:
    """As Standard Ebooks': epub:type everywhere, word joiners, title page, imprint, colophon, uncopyright."""
    title_page = f"<h1>{escape(book.title)}</h1><p>By <b>{escape(book.author)}</b>.</p>"
    pages = {
        "text/titlepage.xhtml": _section("titlepage", title_page),
        "text/imprint.xhtml": _section("imprint", "<p>This ebook is the product of many hours of hard work.</p>"),
        "text/dedication.xhtml": _section("dedication", "<p>To the ferrymen.</p>"),
    }
    contents = [("Titlepage", "text/titlepage.xhtml"), ("Imprint", "text/imprint.xhtml")]
    for n, (title, paragraphs) in enumerate(book.chapters, 1):
        head = f'<h2 epub:type="title">{escape(title)}</h2>' if title else ""
        body = html(paragraphs, ("<i>", "</i>")).replace("—", "\u2060—")
        pages[f"text/chapter-{n}.xhtml"] = _section("bodymatter chapter", head + body)
        contents.append((title or book.title, f"text/chapter-{n}.xhtml"))
    pages["text/colophon.xhtml"] = _section("colophon", "<h2>Colophon</h2><p>Was typeset by hand.</p>")
    pages["text/uncopyright.xhtml"] = _section("copyright-page", "<h2>Uncopyright</h2><p>May you do good.</p>")
    contents += [("Colophon", "text/colophon.xhtml"), ("Uncopyright", "text/uncopyright.xhtml")]
    nav = "".join(f'<li><a href="{target}">{escape(label)}</a></li>' for label, target in contents)
    return epub(
        {name: xhtml(body) for name, body in pages.items()},
        files={"OEBPS/nav.xhtml": xhtml(f'<nav epub:type="toc"><ol>{nav}</ol></nav>')},
        items='<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>',
        title=book.title,
        author=book.author,
        ncx=False,
    )


def _section(kind: str, body: str) -> str:
    return f'<section epub:type="{kind}">{body}</section>'


def fanficfare_epub(book: Book) -> bytes:
    """FanFicFare's EPUB: a title page of labels, chapters in file0001.xhtml."""
    labels = {"Category": "Original Work", "Characters": "Tom Garrity, Anne Fenwick", "Words": "1,234",
              "Story URL": "https://www.fanfiction.net/s/42/1/", "Summary": book.summary}  # fmt: skip
    rows = "".join(f"<b>{label}:</b> {escape(value)}<br />\n" for label, value in labels.items())
    head = f'<h3><a href="https://x.example">{escape(book.title)}</a> by <a href="https://x.example/u">{escape(book.author)}</a></h3>'
    pages = {"title_page.xhtml": xhtml(f"{head}<div>{rows}</div>")}
    for n, (title, paragraphs) in enumerate(book.chapters, 1):
        heading = f'<h3 class="fff_chapter_title">{escape(title or "Chapter")}</h3>'
        pages[f"file{n:04}.xhtml"] = xhtml(heading + html(paragraphs))
    contents = [(title or "Chapter", f"file{n:04}.xhtml") for n, (title, _) in enumerate(book.chapters, 1)]
    more = "<dc:contributor>FanFicFare</dc:contributor>"
    return epub(pages, contents, title=book.title, author=book.author, more=more)


# ---- DOCX

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = f"""<w:styles {W}>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/><w:pPr><w:jc w:val="center"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="berschrift1"><w:name w:val="heading 1"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:type="paragraph" w:styleId="Kapitel"><w:name w:val="Kapitel"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:type="paragraph" w:styleId="Brief"><w:name w:val="Brief"/><w:rPr><w:i/></w:rPr></w:style>
<w:style w:type="character" w:styleId="Hervorhebung"><w:name w:val="Emphasis"/><w:rPr><w:i/></w:rPr></w:style>
</w:styles>"""


def run(text: str, properties: str = "") -> str:
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*runs: str, style: str = "", properties: str = "") -> str:
    """A paragraph of runs; what is no mark-up yet is made one."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    content = "".join(r if r.startswith("<w:") else run(r) for r in runs)
    return f"<w:p><w:pPr>{named}{properties}</w:pPr>{content}</w:p>"


def docx(body: str, parts: Mapping[str, str] | None = None, title: str = "", author: str = "") -> bytes:
    """A Word document of a body. `parts`: its other parts by name (footnotes, numbering …)."""
    parts = {"styles": STYLES, **(parts or {})}
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for n, name in enumerate(parts)
    )
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>'
        f"<dc:creator>{escape(author)}</dc:creator></cp:coreProperties>"
    )
    main = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f"{rels}{main}</Relationships>",
            "word/document.xml": f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>',
            "word/_rels/document.xml.rels": f"{rels}{relations}</Relationships>",
            "docProps/core.xml": core,
            **{f"word/{name}.xml": content for name, content in parts.items()},
        }
    )


def word(book: Book) -> bytes:
    """A manuscript in Word, its chapters in the heading style."""
    body = [paragraph(book.title, style="Titel"), paragraph(f"by {book.author}")]
    for title, paragraphs in book.chapters:
        body += [paragraph(title, style="berschrift1")] if title else []
        for one in paragraphs:
            runs, position = [], 0
            for span in one.emphasis:
                runs += [run(one.text[position : span.start]), run(one.text[span.start : span.end], "<w:i/>")]
                position = span.end
            runs.append(run(one.text[position:]))
            body.append(paragraph(*runs))
    return docx("".join(body), title=book.title, author=book.author)


FORMATS = {
    "story.txt": plain,
    "story.md": markdown,
    "ao3.html": ao3_html,
    "fanficfare.html": fanficfare_html,
    "ao3.epub": ao3_epub,
    "fanficfare.epub": fanficfare_epub,
    "standard.epub": standard_epub,
    "calibre.epub": calibre_epub,
    "story.docx": word,
}
