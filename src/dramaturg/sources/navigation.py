"""The table of contents of an e-book: which passages are headings of chapters, which pages are not part of the story.

In the mark-up of converted books a heading is often only a paragraph with a class, or there is none above a chapter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import HeadingWords, LabelWords, MatterWords, StructureWords
from dramaturg.sources.line_patterns import is_byline, read_heading
from dramaturg.sources.markup import Passage
from dramaturg.sources.structure import Structure
from dramaturg.story import Chapter, Role

MAX_HEADING_CHARACTERS = 160  # of a heading, or a part of one
MAX_BYLINE_CHARACTERS = 80
MAX_HEADING_PASSAGES = 4  # of one heading
DEFAULT_LEVEL = 2
MAX_EPIGRAPH_PASSAGES = 1  # long passages between the heading of a part and that of its first chapter


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of the table of contents.

    `place`: the index of the passage that it leads to. `end`: the index after the last passage of the same file.
    `depth` counts from 1.
    """

    title: str
    place: int
    end: int
    depth: int


@dataclass(frozen=True, slots=True)
class ChapterOpening:
    """An entry where a chapter begins. `heading`: whether there is a heading in the text."""

    title: str
    place: int
    heading: bool


def follow_navigation(
    passages: list[Passage],
    entries: Sequence[ContentsEntry],
    book_title: str | None,
    words: StructureWords = ENGLISH.structure,
) -> list[ChapterOpening]:
    """Give roles to the passages that the entries lead to, in place. Returns where chapters begin."""
    entries = _below_root(_in_order(entries, len(passages)))
    _mark_front_and_back_matter(passages, entries, words.matter)
    title = _normalise(book_title or "")
    entries = [e for e in entries if _normalise(e.title) != title and passages[e.place].role not in MATTER]
    entries = _at_headings(passages, entries)
    rows = [_heading_passages(passages, entry) for entry in entries]
    ranks = _ranks(passages, entries, words.headings)
    levels = [passages[i].level for row, rank in zip(rows, ranks, strict=True) if rank < 2 for i in row]
    level = min((level for level in levels if level), default=DEFAULT_LEVEL)
    for row, rank in zip(rows, ranks, strict=True):
        for i in row:
            below = max(passages[i].level, level + 1)
            passages[i] = replace(passages[i], role="heading", level=level if rank < 2 else below)
    return [
        ChapterOpening(entry.title, entry.place, bool(row))
        for entry, row, rank in zip(entries, rows, ranks, strict=True)
        if rank == 1
    ]


def mark_title(passages: list[Passage], title: str | None, words: StructureWords = ENGLISH.structure) -> str | None:
    """Give roles to the headings before the story: its title, and that of a table of contents, in place.

    Returns the author, if a byline follows the title.
    """
    first = next((i for i, passage in enumerate(passages) if _is_long_text(passage)), len(passages))
    normalised = _normalise(title or "")
    before = [
        i for i in range(first)
        if passages[i].role in ("heading", "title")
        or (passages[i].role in (None, "front_matter") and normalised and _normalise(passages[i].text) == normalised)
    ]  # fmt: skip
    titles = [i for i in before if normalised and _normalise(passages[i].text) == normalised]
    for i in before:
        if words.matter.contents.fullmatch(passages[i].text) or i in titles[:-1]:
            passages[i] = replace(passages[i], role="front_matter", level=0)
        elif i in titles:
            passages[i] = replace(passages[i], role="title", level=0)
    last = next((i for i in reversed(before) if passages[i].role == "title"), None)
    by = next((n for n, i in enumerate(before) if n and is_byline(passages[i].text, words.labels)), None)
    if last is None and by is not None:  # a title page set as headings
        last = before[0]
        for i in before[: by + 1]:
            passages[i] = replace(passages[i], role="title" if i == last else "front_matter", level=0)
    return None if last is None else _mark_byline(passages, last + 1, words.labels)


def mark_pages(
    passages: list[Passage],
    pages: Sequence[int],
    title: str | None = None,
    author: str | None = None,
    words: StructureWords = ENGLISH.structure,
) -> None:
    """Give roles to whole files that are not part of the story, in place.

    Before the story: rights, half titles, dedications, epigraphs, praise, lists of links and of characters. After it:
    thanks, questions for book clubs, invitations to readers, the opening of another book. `pages`: for each passage the
    number of the file that it is in. `title`, `author`: of the book.
    """
    names = {name for name in (_normalise(title or ""), _normalise(author or "")) if name}
    groups = [list(group) for _, group in groupby(range(len(passages)), lambda i: pages[i])]
    contents = [[passages[i] for i in group] for group in groups]
    is_front = [_is_front_page(page, names, words) for page in contents]
    is_back = [_is_back_page(page, words.matter) for page in contents]
    story = [k for k, page in enumerate(contents) if not (is_front[k] or is_back[k]) and _is_text(page)]
    if not story:
        return
    first, teaser = story[0], _find_teaser(contents, story[0], words.matter)
    end = teaser
    while end > first + 1 and is_back[end - 1]:
        end -= 1
    for k, group in enumerate(groups):
        links = [i for i in group if _is_link(passages[i])] if k <= first else []
        if k < first and is_front[k]:
            _set_role(passages, group, "front_matter")
        elif k >= end:
            _set_role(passages, group, "back_matter")
        elif _is_about_rights(contents[k], words.matter):
            _set_role(passages, group, "front_matter")
        elif len(links) >= MIN_LINK_PASSAGES:
            _set_role(passages, links, "front_matter")
    _mark_before_heading(passages, groups[first], names, words)


def _is_front_page(page: list[Passage], names: set[str], words: StructureWords) -> bool:
    """Whether a file is not part of the story if it comes before it. `names`: the book's title and its author."""
    return (
        _is_about_rights(page, words.matter)
        or _is_small(page, names, words.headings)
        or _is_epigraph(page)
        or _is_titled(page, (words.matter.front_matter_title, words.matter.back_matter_title))
    )


def _is_back_page(page: list[Passage], words: MatterWords) -> bool:
    """Whether a file is not part of the story if it comes after it."""
    patterns = (words.back_matter_title, words.front_matter_title, words.teaser_title)
    return _is_about_rights(page, words) or _is_titled(page, patterns) or _is_to_readers(page, words)


def _find_teaser(contents: list[list[Passage]], first: int, words: MatterWords) -> int:
    """The page whose heading announces the opening of another book, with little more after it; else their number.

    `first`: the page where the story begins.
    """
    sizes = [sum(len(passage.text) for passage in page) for page in contents]
    for k in range(first + 1, len(contents)):
        if _is_titled(contents[k], (words.teaser_title,)) and sum(sizes[k:]) <= MAX_TEASER_SHARE * sum(sizes):
            return k
    return len(contents)


def _mark_before_heading(passages: list[Passage], page: list[int], names: set[str], words: StructureWords) -> None:
    """In the file where the story begins: the author's bare name below the title, a licence above the first chapter."""
    start = []
    for i in page[:MAX_OPENING_PASSAGES]:
        if passages[i].role == "heading" and _normalise(passages[i].text) not in names:
            break
        start.append(i)
    rights = [i for i in start if words.matter.rights.search(passages[i].text) and passages[i].role is None]
    spoken = any(passages[i].text[:1] in OPENING_MARKS for i in start)
    if rights and len(start) < len(page) and not spoken:
        _set_role(passages, [i for i in start if i <= rights[-1]], "front_matter")
    bylines = [i for i in start if passages[i].role is None and _normalise(passages[i].text) in names]
    _set_role(passages, bylines, "front_matter")


def _is_long_text(passage: Passage) -> bool:
    return passage.role is None and len(passage.text) > MAX_HEADING_CHARACTERS


def _set_role(passages: list[Passage], places: Sequence[int], role: Role) -> None:
    for i in places:
        if passages[i].role in (None, "heading"):
            passages[i] = replace(passages[i], role=role, level=0)


MAX_RIGHTS_CHARACTERS = 8000  # of a copyright page
MAX_SMALL_PAGE_CHARACTERS = 200  # of a page with a dedication or a motto
MAX_EPIGRAPH_CHARACTERS = 1200
MAX_SOURCE_CHARACTERS = 100  # of the line below an epigraph that names its author
MAX_TO_READERS_CHARACTERS = 2500  # of a page that asks for reviews
MIN_TO_READERS = 2  # phrases such as "leave a review"
MAX_TEASER_SHARE = 0.3  # of a book: the opening of another one
MIN_TEXT_CHARACTERS = 400  # of a page of the story with short paragraphs only
MIN_LINK_PASSAGES = 2  # passages that are links: a table of contents
MAX_OPENING_PASSAGES = 20  # from the start of the story, where a licence is looked for
OPENING_MARKS = '“"‘'
DASHES = "—–―-"


def _is_text(page: list[Passage]) -> bool:
    """Whether a file has a long paragraph, or several short ones."""
    unmarked = [passage for passage in page if passage.role is None and not _is_link(passage)]
    return any(map(_is_long_text, unmarked)) or sum(len(p.text) for p in unmarked) >= MIN_TEXT_CHARACTERS


def _is_about_rights(page: list[Passage], words: MatterWords) -> bool:
    if sum(len(passage.text) for passage in page) > MAX_RIGHTS_CHARACTERS:
        return False
    spoken = any(passage.text[:1] in OPENING_MARKS for passage in page)
    return not spoken and any(words.rights.search(passage.text) for passage in page)


def _is_small(page: list[Passage], names: set[str], words: HeadingWords) -> bool:
    """Whether a file is short and has no heading but the book's title or author."""
    headed = any(
        (passage.role == "heading" or read_heading(passage.text, words)) and _normalise(passage.text) not in names
        for passage in page
    )
    return not headed and sum(len(passage.text) for passage in page) <= MAX_SMALL_PAGE_CHARACTERS


def _is_epigraph(page: list[Passage]) -> bool:
    """Whether a file is a quotation whose last line names its author after a dash."""
    source = page[-1].text
    return (
        len(page) > 1
        and not any(passage.role == "heading" for passage in page)
        and [i for i, passage in enumerate(page) if passage.text[:1] in DASHES] == [len(page) - 1]
        and source[-1] not in ".!?…”"
        and len(source) <= MAX_SOURCE_CHARACTERS
        and sum(len(passage.text) for passage in page) <= MAX_EPIGRAPH_CHARACTERS
    )


def _is_titled(page: list[Passage], patterns: Sequence[re.Pattern[str]]) -> bool:
    """Whether a file opens with a title that one of the patterns matches, and holds no chapters."""
    title = page[0].text.strip(" .:") if len(page[0].text) <= MAX_HEADING_CHARACTERS else ""
    if not any(pattern.fullmatch(title) for pattern in patterns):
        return False
    return not any(passage.role == "heading" and passage.level <= page[0].level for passage in page[1:])


def _is_to_readers(page: list[Passage], words: MatterWords) -> bool:
    text = "\n".join(passage.text for passage in page)
    spoken = any(passage.text[:1] in OPENING_MARKS for passage in page)
    short = len(text) <= MAX_TO_READERS_CHARACTERS
    return short and not spoken and len(set(words.to_readers.findall(text))) >= MIN_TO_READERS


def _is_link(passage: Passage) -> bool:
    """Whether nearly all of the passage is links within the book."""
    linked = sum(link.end - link.start for link in passage.links if not EXTERNAL.match(link.target))
    return linked >= 0.9 * len(passage.text)


EXTERNAL = re.compile(r"[a-z]{2,10}:", re.IGNORECASE)


def mark_back_matter(passages: list[Passage], words: MatterWords = ENGLISH.structure.matter) -> None:
    """Give the role of back matter to the last headings such as `About the Author` and what is below, in place."""
    end = len(passages)
    first = next((i for i, passage in enumerate(passages) if passage.role is None), end)
    for i in range(end - 1, first, -1):
        if passages[i].role == "heading":
            title = passages[i].text.strip(" .:")
            if not (words.back_matter_title.fullmatch(title) or words.front_matter_title.fullmatch(title)):
                return
            for k in range(i, end):
                passages[k] = replace(passages[k], role="back_matter", level=0)
            end = i


def _mark_byline(passages: list[Passage], start: int, words: LabelWords) -> str | None:
    """Give roles to what is below a title, up to a byline: `A Tale`, `by Jo Writer`, or `by` and a name."""
    for i in range(start, min(start + MAX_HEADING_PASSAGES, len(passages))):
        tokens = passages[i].text.split()
        if passages[i].role not in (None, "front_matter", "heading") or len(passages[i].text) > MAX_BYLINE_CHARACTERS:
            return None
        by = tokens[0].lower().rstrip(":") == words.by
        if by and (is_byline(passages[i].text, words) or len(tokens) == 1):
            end = min(i + 1 + (len(tokens) == 1), len(passages) - 1)
            for k in range(start, end):
                passages[k] = replace(passages[k], role="front_matter", level=0)
            author = " ".join(tokens[1:]) or passages[end - 1].text
            return author.rstrip(".") if len(author) <= MAX_BYLINE_CHARACTERS else None
    return None


MATTER = ("front_matter", "back_matter")


def _in_order(entries: Sequence[ContentsEntry], n_passages: int) -> list[ContentsEntry]:
    """The entries that lead forward, each place once. A list that leads backwards is an index of something else."""
    kept: list[ContentsEntry] = []
    for entry in entries:
        if entry.place < n_passages and (not kept or entry.place > kept[-1].place):
            kept.append(entry)
    return kept


def _below_root(entries: list[ContentsEntry]) -> list[ContentsEntry]:
    """The entries without one that all others are nested in: the book itself."""
    is_root = len(entries) > 2 and all(entry.depth > entries[0].depth for entry in entries[1:])
    return entries[1:] if is_root else entries


def _mark_front_and_back_matter(passages: list[Passage], entries: list[ContentsEntry], words: MatterWords) -> None:
    """Give roles to pages whose entries name them: `Copyright`, `About the Author`."""
    for k, entry in enumerate(entries):
        role = _role_of_title(entry.title.strip(" .:"), words)
        end = entries[k + 1].place if k + 1 < len(entries) else entry.end
        for i in range(entry.place, min(end, entry.end)):
            if role and passages[i].role in (None, "heading", "scene_break"):
                passages[i] = replace(passages[i], role=role)


def _role_of_title(title: str, words: MatterWords) -> Role | None:
    if words.front_matter_title.fullmatch(title):
        return "front_matter"
    return "back_matter" if words.back_matter_title.fullmatch(title) else None


def _heading_passages(passages: list[Passage], entry: ContentsEntry) -> list[int]:
    """The passages at the entry's place that are its heading: by mark-up, or because they have the same text."""
    row = []
    normalised = _normalise(entry.title)
    for i in range(entry.place, min(entry.place + MAX_HEADING_PASSAGES, len(passages))):
        passage = passages[i]
        text = _normalise(passage.text) if len(passage.text) <= MAX_HEADING_CHARACTERS else ""
        same = bool(text) and (text == normalised or normalised.startswith(text) or normalised.endswith(text))
        if passage.role == "heading" or (passage.role is None and same):
            row.append(i)
        elif passage.role not in ("scene_break", *MATTER):
            break
    return row


def _at_headings(passages: list[Passage], entries: list[ContentsEntry]) -> list[ContentsEntry]:
    """The entries, those that lead to the top of a printed page moved to the heading with their title below it."""
    moved: list[ContentsEntry] = []
    for k, entry in enumerate(entries):
        end = min(entry.end, entries[k + 1].place if k + 1 < len(entries) else entry.end)
        title = _normalise(entry.title)
        below = (i for i in range(entry.place, end) if passages[i].role == "heading")
        place = next((i for i in below if _normalise(passages[i].text) == title), entry.place)
        moved.append(replace(entry, place=place))
    return moved


def _ranks(passages: list[Passage], entries: list[ContentsEntry], words: HeadingWords) -> list[int]:
    """For each entry 0 for a part that holds chapters, 1 for a chapter, 2 for a section of one."""
    ranks: list[int] = []
    above: list[tuple[int, int]] = []  # depth and rank of the entries that the current one is nested in
    for k, entry in enumerate(entries):
        while above and above[-1][0] >= entry.depth:
            above.pop()
        holds = k + 1 < len(entries) and entries[k + 1].depth > entry.depth
        if any(rank == 1 for _, rank in above):
            rank = 2
        elif holds and _is_part(passages, entry, entries[k + 1], words):
            rank = 0
        else:
            rank = 1
        ranks.append(rank)
        above.append((entry.depth, rank))
    return ranks


def _is_part(passages: list[Passage], entry: ContentsEntry, first: ContentsEntry, words: HeadingWords) -> bool:
    """Whether an entry holds chapters, of which `first` is the first one.

    `Book II` does, `Chapter 2` does not, and any other does if there is little text between the two headings.
    """
    shape = read_heading(entry.title, words)
    if shape is not None and shape.kind == "numbered":
        return shape.level == 1
    if shape is not None and shape.number is not None and first.title.startswith(f"{shape.number}."):
        return False  # `2. Boats` holds `2.1. Punts`
    between = passages[entry.place : first.place]
    return sum(map(_is_long_text, between)) <= MAX_EPIGRAPH_PASSAGES


def _normalise(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def add_chapters(
    structure: Structure, starts: Sequence[int], openings: Sequence[ChapterOpening]
) -> tuple[Chapter, ...]:
    """The chapters that headings open, and those that are only in the table of contents.

    `starts`: the start of each passage in the text.
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
