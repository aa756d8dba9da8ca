"""Pages that pdftohtml made of a PDF, as calibre uses it: running heads and page numbers out, cut lines joined.

Each page begins at an anchor such as `p12`. What stands first or last on many pages belongs to the page.
"""

import re
from collections import Counter
from dataclasses import replace

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import HeadingWords
from dramaturg.sources.line_patterns import read_heading
from dramaturg.sources.markup import MAX_EXCERPT_CHARACTERS, Link, Markup, Passage
from dramaturg.sources.plain_marks import (
    MAX_FOOT_LINES,
    MAX_HEAD_CHARACTERS,
    MAX_HEAD_LINES,
    MIN_HEAD_SHARE,
    key_of_line,
)
from dramaturg.sources.wrapping import TERMINAL
from dramaturg.story import Span

PAGE_ANCHOR = re.compile(r"p(?:age)?\d{1,5}", re.IGNORECASE)
GENERATOR = "pdftohtml"


def join_printed_pages(markup: Markup, words: HeadingWords = ENGLISH.structure.headings) -> None:
    """Remove the marks of printed pages from a page that pdftohtml made, in place; any other page stays as it is."""
    if GENERATOR not in markup.meta.get("generator", "").lower():
        return
    pages: list[list[Passage]] = [[]]
    for passage in markup.passages:
        if any(PAGE_ANCHOR.fullmatch(anchor) for anchor in passage.anchors):
            pages.append([])
        pages[-1].append(passage)
    pages = [page for page in pages if page]
    counts = Counter(key for page in pages for key in set(_edges(page).values()))
    repeated = {key for key, n in counts.items() if n >= max(2, MIN_HEAD_SHARE * len(pages))}
    kept: list[Passage] = []
    for page in pages:
        for passage in _without_edges(markup, page, repeated):
            for part in _split_heading(passage, words):
                if kept and _runs_on(kept[-1], part):
                    kept[-1] = _joined(kept[-1], part)
                else:
                    kept.append(part)
    markup.passages = kept


def _edges(page: list[Passage]) -> dict[int, tuple[str, str]]:
    """The first and last short passages of a page, each with its edge and its text without numbers."""
    bottom = range(max(len(page) - MAX_FOOT_LINES, 0), len(page))
    top = [i for i in range(min(MAX_HEAD_LINES, len(page))) if i not in bottom]
    edges = {
        i: (edge, key_of_line(page[i].text)) for edge, places in (("top", top), ("bottom", bottom)) for i in places
    }
    return {i: edge for i, edge in edges.items() if len(page[i].text) <= MAX_HEAD_CHARACTERS}


def _without_edges(markup: Markup, page: list[Passage], repeated: set[tuple[str, str]]) -> list[Passage]:
    """The passages of a page without its head and foot. Anchors move to the first passage that is left."""
    edges = _edges(page)
    seen: set[tuple[str, str]] = set()
    first, last = 0, len(page)
    while first < last and edges.get(first) in repeated - seen:
        seen.add(edges[first])  # a title below a running head may be the same
        first += 1
    while last > first and edges.get(last - 1) in repeated:
        last -= 1
    for passage in (*page[:first], *page[last:]):
        n, excerpt = markup.left_out.get("running head", (0, passage.text[:MAX_EXCERPT_CHARACTERS]))
        markup.left_out["running head"] = (n + 1, excerpt)
    anchors = tuple(anchor for passage in page[:first] for anchor in passage.anchors)
    kept = page[first:last]
    return [replace(kept[0], anchors=(*anchors, *kept[0].anchors)), *kept[1:]] if kept else []


def _split_heading(passage: Passage, words: HeadingWords) -> list[Passage]:
    """A heading in bold and the paragraph below it, if they were taken for one line."""
    if passage.role is not None or not passage.emphasis or passage.emphasis[0].start:
        return [passage]
    end = passage.emphasis[0].end
    title, rest = passage.text[:end], passage.text[end:].lstrip()
    if not rest or rest[0].islower() or read_heading(title, words) is None:
        return [passage]
    cut = len(passage.text) - len(rest)
    emphasis = tuple(Span(span.start - cut, span.end - cut) for span in passage.emphasis if span.start >= cut)
    links = tuple(Link(link.start - cut, link.end - cut, link.target) for link in passage.links if link.start >= cut)
    below = replace(passage, text=rest, emphasis=emphasis, links=links, anchors=())
    return [replace(passage, text=title, role="heading", level=2, emphasis=(), links=()), below]


def _runs_on(first: Passage, second: Passage) -> bool:
    """Whether a paragraph was cut in the middle of a sentence."""
    if first.role is not None or second.role is not None or not second.text[0].islower():
        return False
    end = first.text.rstrip("\"”’'»")[-1:]
    return end not in TERMINAL


def _joined(first: Passage, second: Passage) -> Passage:
    n = len(first.text) + 1
    return replace(
        first,
        text=f"{first.text} {second.text}",
        emphasis=(*first.emphasis, *(Span(span.start + n, span.end + n) for span in second.emphasis)),
        links=(*first.links, *(Link(link.start + n, link.end + n, link.target) for link in second.links)),
        anchors=(*first.anchors, *second.anchors),
    )
