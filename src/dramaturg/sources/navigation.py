"""What an e-book's table of contents says of its passages: which are headings of chapters, which pages are no story.

Converted books often have no heading in their mark-up, only a paragraph with a class; or none at all above a chapter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dramaturg.sources.line_patterns import is_byline, read_heading
from dramaturg.sources.markup import Passage
from dramaturg.sources.structure import Structure
from dramaturg.story import Chapter, Role

MAX_HEADING = 160  # characters of a passage that is a heading, or a part of one
MAX_BYLINE = 80
MAX_ROW = 4  # passages that one heading may be set in
USUAL_LEVEL = 2
EPIGRAPH = 1  # long passages that may stand between a part's heading and its first chapter's

LABELS: tuple[tuple[re.Pattern[str], Role], ...] = (
    (
        re.compile(
            r"(?:front )?cover(?: page)?|(?:half[ -]?)?title(?:[ -]?page)?|(?:table of )?contents|"
            r"copyright(?: page| notice)?|imprint|dedication|also by .*|(?:other )?books by .*|praise(?: for .*)?|"
            r"frontispiece|list of illustrations|epigraph|newsletter.*",
            re.IGNORECASE,
        ),
        "front_matter",
    ),
    (
        re.compile(
            r"acknowledge?ments?|about the (?:author|publisher|translator|type).*|colophon|uncopyright|"
            r"end ?notes|footnotes|notes|glossary|bibliography|index|back cover|a note on the type|"
            r"(?:the )?project gutenberg.*licen[cs]e.*|the full project gutenberg.*|transcriber['’]s notes?",
            re.IGNORECASE,
        ),
        "back_matter",
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents that leads to the passage `place`, in a file that ends before the passage `end`.

    `depth` counts from 1.
    """

    title: str
    place: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class Opening:
    """An entry that a chapter begins at. `heading`: whether a heading stands there."""

    title: str
    place: int
    heading: bool


def follow_navigation(passages: list[Passage], entries: Sequence[Entry], book_title: str | None) -> list[Opening]:
    """Give the passages that entries lead to their roles, in place; what chapters begin where."""
    entries = _below_root(_in_order(entries, len(passages)))
    _mark_matter(passages, entries)
    title = _letters(book_title or "")
    entries = [e for e in entries if _letters(e.title) != title and passages[e.place].role not in MATTER]
    rows = [_heading_row(passages, entry) for entry in entries]
    ranks = _ranks(passages, entries)
    levels = [passages[i].level for row, rank in zip(rows, ranks, strict=True) if rank < 2 for i in row]
    level = min((level for level in levels if level), default=USUAL_LEVEL)
    for row, rank in zip(rows, ranks, strict=True):
        for i in row:
            below = max(passages[i].level, level + 1)
            passages[i] = replace(passages[i], role="heading", level=level if rank < 2 else below)
    return [
        Opening(entry.title, entry.place, bool(row))
        for entry, row, rank in zip(entries, rows, ranks, strict=True)
        if rank == 1
    ]


def mark_title(passages: list[Passage], title: str | None) -> str | None:
    """Headings before the story that are its own title, and the one above a list of contents, in place.

    Returns the author, if a byline follows the title.
    """
    first = next((i for i, p in enumerate(passages) if p.role is None and len(p.text) > MAX_HEADING), len(passages))
    wanted = _letters(title or "")
    before = [
        i for i in range(first)
        if passages[i].role in ("heading", "title")
        or (passages[i].role in (None, "front_matter") and wanted and _letters(passages[i].text) == wanted)
    ]  # fmt: skip
    titles = [i for i in before if wanted and _letters(passages[i].text) == wanted]
    for i in before:
        if CONTENTS.fullmatch(passages[i].text) or i in titles[:-1]:
            passages[i] = replace(passages[i], role="front_matter", level=0)
        elif i in titles:
            passages[i] = replace(passages[i], role="title", level=0)
    last = next((i for i in reversed(before) if passages[i].role == "title"), None)
    by = next((n for n, i in enumerate(before) if n and is_byline(passages[i].text)), None)
    if last is None and by is not None:  # a title page in the style of headings
        last = before[0]
        for i in before[: by + 1]:
            passages[i] = replace(passages[i], role="title" if i == last else "front_matter", level=0)
    return None if last is None else _mark_byline(passages, last + 1)


def mark_pages(passages: list[Passage], pages: Sequence[int]) -> None:
    """Whole files that are no story where nothing else says so, in place: rights, dedications, lists of links, thanks.

    `pages`: for each passage the number of the file it stands in.
    """
    groups = [list(group) for _, group in groupby(range(len(passages)), lambda i: pages[i])]
    rights = [_is_about_rights([passages[i] for i in group]) for group in groups]
    told = [
        k for k, group in enumerate(groups)
        if not rights[k] and any(passages[i].role is None and len(passages[i].text) > MAX_HEADING for i in group)
    ]  # fmt: skip
    if not told:
        return
    for k, group in enumerate(groups):
        links = [i for i in group if _is_link(passages[i])] if k <= told[0] else []
        if rights[k]:
            _give(passages, group, "front_matter" if k < told[-1] else "back_matter")
        elif k < told[0] and _is_small([passages[i] for i in group]):
            _give(passages, group, "front_matter")
        elif len(links) >= MIN_LINKS:
            _give(passages, links, "front_matter")
    for group in reversed(groups[told[0] + 1 :]):
        if not LABELS[1][0].fullmatch(passages[group[0]].text[:MAX_HEADING].strip(" .:")):
            return
        _give(passages, group, "back_matter")


def _give(passages: list[Passage], places: Sequence[int], role: Role) -> None:
    for i in places:
        if passages[i].role in (None, "heading"):
            passages[i] = replace(passages[i], role=role, level=0)


RIGHTS = re.compile(
    r"all rights reserved|copyright\s*(?:©|\(c\)|\d{4})|©\s*\d{4}|\bISBN\b|library of congress", re.IGNORECASE
)
MAX_RIGHTS = 8000  # characters of a page of rights
MAX_SMALL = 200  # characters of a page that holds a dedication or a motto
MIN_LINKS = 2  # passages that only lead elsewhere: a list of contents


def _is_about_rights(page: list[Passage]) -> bool:
    if sum(len(passage.text) for passage in page) > MAX_RIGHTS:
        return False
    spoken = any(passage.text[:1] in '“"‘' for passage in page)
    return not spoken and any(RIGHTS.search(passage.text) for passage in page)


def _is_small(page: list[Passage]) -> bool:
    """A file of its own, short, and without a heading."""
    headed = any(passage.role == "heading" or read_heading(passage.text) for passage in page)
    return not headed and sum(len(passage.text) for passage in page) <= MAX_SMALL


def _is_link(passage: Passage) -> bool:
    """Does all of it lead elsewhere in the book?"""
    linked = sum(link.end - link.start for link in passage.links if not ELSEWHERE.match(link.target))
    return linked >= 0.9 * len(passage.text)


ELSEWHERE = re.compile(r"[a-z]{2,10}:", re.IGNORECASE)


def mark_back_matter(passages: list[Passage]) -> None:
    """The last headings, as far as they say `Colophon` or `About the Author`, and what stands below them, in place."""
    end = len(passages)
    told = next((i for i, passage in enumerate(passages) if passage.role is None), end)
    for i in range(end - 1, told, -1):
        if passages[i].role == "heading":
            if not LABELS[1][0].fullmatch(passages[i].text.strip(" .:")):
                return
            for k in range(i, end):
                passages[k] = replace(passages[k], role="back_matter", level=0)
            end = i


def _mark_byline(passages: list[Passage], start: int) -> str | None:
    """Below a title: `A Tale`, `by Jo Writer`, or `by` and a name."""
    for i in range(start, min(start + MAX_ROW, len(passages))):
        words = passages[i].text.split()
        if passages[i].role not in (None, "front_matter", "heading") or len(passages[i].text) > MAX_BYLINE:
            return None
        if words[0].lower().rstrip(":") == "by" and (is_byline(passages[i].text) or len(words) == 1):
            end = min(i + 1 + (len(words) == 1), len(passages) - 1)
            for k in range(start, end):
                passages[k] = replace(passages[k], role="front_matter", level=0)
            author = " ".join(words[1:]) or passages[end - 1].text
            return author.rstrip(".") if len(author) <= MAX_BYLINE else None
    return None


CONTENTS = re.compile(r"(?:table of )?contents", re.IGNORECASE)
MATTER = ("front_matter", "back_matter")


def _in_order(entries: Sequence[Entry], n_passages: int) -> list[Entry]:
    """Those that lead somewhere, each place once, and not backwards: such a list is an index of something else."""
    kept: list[Entry] = []
    for entry in entries:
        if entry.place < n_passages and (not kept or entry.place > kept[-1].place):
            kept.append(entry)
    return kept


def _below_root(entries: list[Entry]) -> list[Entry]:
    """Without the one entry that all others lie in: the book itself."""
    alone = len(entries) > 2 and all(entry.depth > entries[0].depth for entry in entries[1:])
    return entries[1:] if alone else entries


def _mark_matter(passages: list[Passage], entries: list[Entry]) -> None:
    """`Copyright`, `About the Author`: pages that say what they are."""
    for k, entry in enumerate(entries):
        role = next((role for pattern, role in LABELS if pattern.fullmatch(entry.title.strip(" .:"))), None)
        end = entries[k + 1].place if k + 1 < len(entries) else entry.end
        for i in range(entry.place, min(end, entry.end)):
            if role and passages[i].role in (None, "heading", "scene_break"):
                passages[i] = replace(passages[i], role=role)


def _heading_row(passages: list[Passage], entry: Entry) -> list[int]:
    """The passages at the entry's place that are its heading: by mark-up, or because they say what it says."""
    row = []
    wanted = _letters(entry.title)
    for i in range(entry.place, min(entry.place + MAX_ROW, len(passages))):
        passage = passages[i]
        said = _letters(passage.text) if len(passage.text) <= MAX_HEADING else ""
        same = bool(said) and (said == wanted or wanted.startswith(said) or wanted.endswith(said))
        if passage.role == "heading" or (passage.role is None and same):
            row.append(i)
        elif passage.role not in ("scene_break", *MATTER):
            break
    return row


def _ranks(passages: list[Passage], entries: list[Entry]) -> list[int]:
    """Of each entry 0 for a part that holds chapters, 1 for a chapter, 2 for a section of one."""
    ranks: list[int] = []
    above: list[tuple[int, int]] = []  # depth, rank of the entries that this one lies in
    for k, entry in enumerate(entries):
        while above and above[-1][0] >= entry.depth:
            above.pop()
        holds = k + 1 < len(entries) and entries[k + 1].depth > entry.depth
        if any(rank == 1 for _, rank in above):
            rank = 2
        elif holds and _is_part(passages, entry, entries[k + 1]):
            rank = 0
        else:
            rank = 1
        ranks.append(rank)
        above.append((entry.depth, rank))
    return ranks


def _is_part(passages: list[Passage], entry: Entry, first: Entry) -> bool:
    """Does it hold chapters, the first one `first`? `Book II` does, `Chapter 2` never, else by what is told between."""
    shape = read_heading(entry.title)
    if shape is not None and shape.kind == "numbered":
        return shape.level == 1
    if shape is not None and shape.number is not None and first.title.startswith(f"{shape.number}."):
        return False  # `2. Boats` holds `2.1. Punts`
    told = sum(p.role is None and len(p.text) > MAX_HEADING for p in passages[entry.place : first.place])
    return told <= EPIGRAPH


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def add_openings(structure: Structure, starts: Sequence[int], openings: Sequence[Opening]) -> tuple[Chapter, ...]:
    """The chapters that headings open, and those that only the table of contents knows of.

    `starts`: where in the text each passage begins.
    """
    chapters = [(chapter.start, chapter.title) for chapter in structure.chapters]
    known = {start for start, _ in chapters}
    roles = {block.start: block.role for block in structure.blocks}
    for opening in openings:
        start = starts[opening.place]
        if opening.heading or roles.get(start, "paragraph") in (*MATTER, "title", "heading"):
            continue
        if start in known:
            chapters = [(s, title or opening.title if s == start else title) for s, title in chapters]
        else:
            chapters.append((start, opening.title))
    if len(chapters) == len(structure.chapters) and len(known) == len(chapters):
        named = dict(chapters)
        return tuple(replace(chapter, title=named[chapter.start]) for chapter in structure.chapters)
    chapters.sort(key=lambda chapter: chapter[0])
    end = max((chapter.end for chapter in structure.chapters), default=starts[-1])
    ends = [start for start, _ in chapters[1:]] + [max(end, chapters[-1][0])]
    return tuple(
        Chapter(f"chapter-{n}", title, start, stop)
        for n, ((start, title), stop) in enumerate(zip(chapters, ends, strict=True), 1)
    )
