"""FictionBook 2 (FB2) → Story.

The book is rewritten as HTML and read as a page is, so that emphasis, verses, quotations and notes are treated alike.
FictionBook 2.2: the description of the format at http://www.fictionbook.org (XML schema of 2012).
"""

from collections.abc import Iterator
from dataclasses import replace
from html import escape

from dramaturg.errors import UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.sources.build import build_story
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.markup import join, read_markup
from dramaturg.sources.navigation import mark_back_matter, mark_title
from dramaturg.sources.safe_xml import Element, attribute, content, descendants, local, parse_xml
from dramaturg.sources.structure import find_structure
from dramaturg.sources.webpages.page import describe_left_out
from dramaturg.sources.wrapped_paragraphs import join_wrapped_passages
from dramaturg.story import Story

NOTE_BODIES = frozenset({"notes", "comments", "footnotes"})
MAX_DEPTH = 150  # of nested elements, which are read one inside the other
MAX_LEVEL = 6  # of a heading in HTML
INLINE = {"emphasis": "i", "strong": "b", "strikethrough": "s", "sub": "sub", "sup": "sup", "code": "code"}
BLOCKS = {
    "p": "p",
    "text-author": "p",
    "date": "p",
    "cite": "blockquote",
    "epigraph": "blockquote",
    "annotation": "blockquote",
    "poem": "blockquote",
    "table": "table",
    "tr": "tr",
    "td": "td",
    "th": "td",
}


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of a FictionBook file.

    Raises UnreadableStory if it is damaged or holds no text, RefusedStory past a limit.
    """
    words = language.structure
    root = parse_xml(data, name, replace(limits, depth=min(limits.depth, MAX_DEPTH)))
    source = "".join(_page(root))
    markup = read_markup(source, name, limits, words=words)
    passages = join_wrapped_passages(markup.passages, words)
    if not any(passage.role != "scene_break" for passage in passages):
        raise UnreadableStory(f"{name}: this FictionBook file holds no text. Give a file with the text of the story.")
    info = next(descendants(root, "title-info"), None)
    title = _value(info, "book-title")
    mark_back_matter(passages, words.matter)
    byline = mark_title(passages, title, words)
    text, raw_blocks, emphasis = join(passages)
    structure = find_structure(text, raw_blocks, words)
    return build_story(
        data,
        name,
        "fb2",
        text,
        structure,
        emphasis=emphasis,
        language=find_language(text) or _value(info, "lang"),
        title=title or structure.title,
        author=_author(info) or byline or structure.author,
        metadata=_metadata(info) or structure.metadata,
        left_out=describe_left_out(markup.left_out),
    )


def _page(root: Element) -> Iterator[str]:
    """The book as a page of HTML."""
    yield "<html><body>"
    for body in (element for element in root if local(element) == "body"):
        is_notes = (attribute(body, "name") or "").lower() in NOTE_BODIES
        yield from _notes(body) if is_notes else _section(body, 1)
    yield "</body></html>"


def _notes(body: Element) -> Iterator[str]:
    for section in descendants(body, "section"):
        id = attribute(section, "id")
        if id:
            yield f'<aside epub:type="footnote" id="{escape(id)}">'
            for child in section:
                if local(child) not in ("title", "section"):
                    yield from _block(child, MAX_LEVEL)
            yield "</aside>"


def _section(section: Element, level: int) -> Iterator[str]:
    id = attribute(section, "id")
    yield f'<section id="{escape(id)}">' if id else "<section>"
    for child in section:
        yield from _block(child, level)
    yield "</section>"


def _block(element: Element, level: int) -> Iterator[str]:
    """A block as HTML. `level`: of a heading of the section that it is in."""
    kind = local(element)
    if kind == "section":
        yield from _section(element, min(MAX_LEVEL, level + 1))
    elif kind == "title":
        lines = [line for child in element if local(child) == "p" and (line := "".join(_inline(child))).strip()]
        yield f"<h{level}>{'<br/>'.join(lines)}</h{level}>" if lines else ""
    elif kind == "subtitle":
        words = "".join(_inline(element))
        yield f"<h{MAX_LEVEL}>{words}</h{MAX_LEVEL}>" if any(map(str.isalnum, content(element))) else f"<p>{words}</p>"
    elif kind == "empty-line":
        yield "<p>&#160;</p>"
    elif kind == "stanza":
        yield f"<p>{'<br/>'.join(''.join(_inline(verse)) for verse in element if local(verse) == 'v')}</p>"
    elif kind in ("p", "text-author", "date"):
        yield f"<p>{''.join(_inline(element))}</p>"
    elif kind in BLOCKS:
        yield f"<{BLOCKS[kind]}>{escape(element.text or '') if kind in ('td', 'th') else ''}"
        for child in element:
            yield from (
                _block(child, MAX_LEVEL) if local(child) in BLOCKS or kind not in ("td", "th") else _inline(child)
            )
        yield f"</{BLOCKS[kind]}>"


def _inline(element: Element) -> Iterator[str]:
    """The words of a paragraph as HTML, with the marks of notes, which the reader of pages drops."""
    yield escape(element.text or "")
    for child in element:
        kind = local(child)
        if kind == "a" and (attribute(child, "type") == "note" or _is_note_mark(child)):
            yield f'<a epub:type="noteref" href="{escape(attribute(child, "href") or "")}">{escape(content(child))}</a>'
        elif kind in INLINE:
            yield f"<{INLINE[kind]}>"
            yield from _inline(child)
            yield f"</{INLINE[kind]}>"
        elif kind != "image":
            yield from _inline(child)
        yield escape(child.tail or "")


def _is_note_mark(link: Element) -> bool:
    """A link to another place whose words are a number or a mark alone: “[1]”, “*”."""
    target, words = attribute(link, "href") or "", content(link).strip(" []{}()")
    return target.startswith("#") and (words.isdigit() or not any(map(str.isalnum, words)))


def _value(info: Element | None, name: str) -> str | None:
    found = next(descendants(info, name), None) if info is not None else None
    return (" ".join(content(found).split()) or None) if found is not None else None


def _author(info: Element | None) -> str | None:
    names = []
    for author in (element for element in info if local(element) == "author") if info is not None else ():
        parts = [_value(author, part) for part in ("first-name", "middle-name", "last-name")]
        written = " ".join(part for part in parts if part) or _value(author, "nickname")
        if written:
            names.append(written)
    return ", ".join(names) or None


def _metadata(info: Element | None) -> dict[str, object]:
    if info is None:
        return {}
    found: dict[str, object] = {}
    if summary := _value(info, "annotation"):
        found["summary"] = summary
    genres = [" ".join(content(genre).split()) for genre in info if local(genre) == "genre"]
    if any(genres):
        found["tags"] = [genre for genre in genres if genre]
    for sequence in (element for element in info if local(element) == "sequence"):
        if series := attribute(sequence, "name"):
            found["series"] = series
    return found
