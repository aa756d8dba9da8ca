"""Any other page: where the story is, without the menus and comments of the website around it.

A page without menus, scripts and rows of links is a story saved as HTML, and is kept whole. On other pages the story is
in the innermost element that still holds nearly all text.
"""

import re

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import ArchiveWords, HeadingWords, StructureWords
from dramaturg.sources.line_patterns import read_heading
from dramaturg.sources.markup import Element, Markup, Passage
from dramaturg.sources.webpages.page import (
    ExtractedPage,
    add_label,
    describe_left_out,
    excerpt,
    find_regions,
    language_of,
    set_role,
)
from dramaturg.sources.webpages.titles import find_title, is_chapter_title, title_parts
from dramaturg.story import LeftOut

MIN_TEXT_SHARE = 0.8  # of an element's text, that a part of it must hold to be the story
MIN_TEXT_CHARACTERS = 60  # of a paragraph that counts as text; menus and buttons have fewer
MAX_LINK_SHARE = 0.5  # of the characters of a passage that is not a row of links
MIN_LINK_ROWS = 5  # on a page of a website
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|replies|respond|sidebar|side-?bar|footer|masthead|menu|navbar|navigation|nav|"
    r"breadcrumbs?|share|sharing|sharedaddy|social|related|recommended|widget|cookies?|banner|promo|advert\w*|ads?|"
    r"sponsor\w*|kudos|feedback|disqus\w*|signature|userinfo|user-info|profile-card|pagination|pager|toolbar|"
    r"newsletter|subscribe|login|skip-link|reviews|author-bio|donate)(?:$|[\s_-])",
    re.IGNORECASE,
)
FURNITURE_TAGS = frozenset(["footer", "aside"])
STORY_ELEMENTS = re.compile(  # ids and classes of the elements that sites use for stories
    r"(?:^|\s)(?:storytext\w*|story-?text|story-?content|chapter-?content|chapter-inner|chapter-body|userstuff|"
    r"entry-content|post-content|article-body|articlebody|b-singlepost-body|post-body|story-parts|panel-reading)(?:$|\s)",
    re.IGNORECASE,
)
MAX_TITLE_PASSAGES = 10  # from the start, where a document's title and subtitle are
MAX_NAME_WORDS = 4
FFNET_FIELD = re.compile(r"(?P<label>Rated|Chapters|Words|Updated|Published|Status): (?P<value>.+)")


def read_webpage(markup: Markup, words: StructureWords = ENGLISH.structure) -> ExtractedPage:
    """The story on a page of a site that has no module."""
    furniture = _furniture(markup)
    story_elements = _story_elements(markup, furniture)
    document_title, byline = _read_google_docs(markup, words.headings)
    is_site = (
        bool(story_elements)
        or any(furniture)
        or _n_link_rows(markup) >= MIN_LINK_ROWS
        or "navigation" in markup.left_out
    )
    is_profile_passage = [region == "profile" for region in find_regions(markup, _profile_region)]
    page = _read_profile(markup, is_profile_passage, words.archives)
    page.title = page.title or document_title or find_title(markup, words.headings)
    if is_site:
        main = story_elements or _densest(markup, furniture)
        kept, outside = _split_page(markup, furniture, is_profile_passage, main, words.headings)
        page.passages = kept
        if outside:
            page.left_out.append(
                LeftOut(excerpt(outside[0].text), f"from the site, around the story ({len(outside)} paragraphs)")
            )
    page.left_out.extend(describe_left_out(markup.left_out))
    page.author = page.author or markup.meta.get("author") or byline
    page.language = language_of(page.metadata, markup.language)
    return page


# ---- what is not part of the story


def _furniture(markup: Markup) -> list[bool]:
    """For each passage whether it is in an element that is called comments, menu, footer …

    An element that holds half of the page's text or more is not one, whatever it is called.
    """
    sizes = _text_below(markup)
    total = max(sizes[:1], default=0) or sum(len(p.text) for p in markup.passages if _is_text(p))

    def name(element: Element) -> str:
        names = f"{element.id} {element.attributes.get('class', '')}"
        return "furniture" if element.tag in FURNITURE_TAGS or FURNITURE.search(names) else ""

    large = {i for i, size in enumerate(sizes) if 2 * size >= total}
    order = {id(element): i for i, element in enumerate(markup.elements)}
    named = find_regions(markup, lambda element: "" if order[id(element)] in large else name(element))
    return [region == "furniture" for region in named]


def _is_text(passage: Passage) -> bool:
    return len(passage.text) >= MIN_TEXT_CHARACTERS and not _is_links(passage)


def _is_links(passage: Passage) -> bool:
    return sum(link.end - link.start for link in passage.links) > MAX_LINK_SHARE * len(passage.text)


def _n_link_rows(markup: Markup) -> int:
    local = sum(_is_links(p) and not all(link.target.startswith("#") for link in p.links) for p in markup.passages)
    return local if 2 * local > len(markup.passages) or local >= 4 * MIN_LINK_ROWS else local // 2


# ---- where the story is


def _text_below(markup: Markup, excluded: list[bool] | None = None) -> list[int]:
    """For each element the characters of text in it and below it."""
    sizes = [0] * len(markup.elements)
    for i, passage in enumerate(markup.passages):
        if _is_text(passage) and not (excluded and excluded[i]):
            sizes[passage.element] += len(passage.text)
    for i in range(len(sizes) - 1, -1, -1):  # outer elements come first
        parent = markup.elements[i].parent
        if parent >= 0:
            sizes[parent] += sizes[i]
    return sizes


def _story_elements(markup: Markup, furniture: list[bool]) -> set[int]:
    """The elements that sites use for stories. None if they hold little of the page's text."""
    known = {
        i
        for i, element in enumerate(markup.elements)
        if STORY_ELEMENTS.search(element.id) or STORY_ELEMENTS.search(element.attributes.get("class", ""))
        or element.attributes.get("itemprop", "").lower() == "articlebody"
    }  # fmt: skip
    outer = {i for i in known if markup.elements[i].parent not in known}
    sizes = _text_below(markup, furniture)
    total = sum(size for size, element in zip(sizes, markup.elements, strict=True) if element.parent < 0)
    return outer if known and sum(sizes[i] for i in outer) >= 0.3 * total else set()


def _densest(markup: Markup, furniture: list[bool]) -> set[int]:
    """The innermost element that still holds nearly all text of the page."""
    sizes = _text_below(markup, furniture)
    best: dict[int, int] = {}  # parent → its largest part
    for i, element in enumerate(markup.elements):
        if element.parent not in best or sizes[i] > sizes[best[element.parent]]:
            best[element.parent] = i
    current = best.get(-1, 0)
    while current in best and sizes[best[current]] >= MIN_TEXT_SHARE * max(sizes[current], 1):
        current = best[current]
    return {current}


def _split_page(
    markup: Markup, furniture: list[bool], is_profile_passage: list[bool], main: set[int], words: HeadingWords
) -> tuple[list[Passage], list[Passage]]:
    """The passages of the story, and the others. The headings right above it belong to the story."""
    inside: list[bool] = []
    for i, element in enumerate(markup.elements):
        inside.append(i in main or element.parent >= 0 and inside[element.parent])
    places = [n for n, p in enumerate(markup.passages) if inside[p.element] and not furniture[n]]
    first = next((n for n in places if markup.passages[n].role is None), len(markup.passages))
    heads = _headings_above(markup, [n for n in range(first) if not furniture[n]], words)
    kept: list[Passage] = []
    outside: list[Passage] = []
    story = set(places) | heads
    for n, (passage, is_profile) in enumerate(zip(markup.passages, is_profile_passage, strict=True)):
        (kept if is_profile or n in story else outside).append(passage)
    return (kept, outside) if any(passage.role is None for passage in kept) else (markup.passages, [])


def _headings_above(markup: Markup, places: list[int], words: HeadingWords) -> set[int]:
    """Of the passages above the text: the story's title and the title of the chapter.

    The title of a story of one chapter is a heading; above the heading of a chapter it has the role of a title.
    """
    title = (find_title(markup, words) or "").lower()
    parts = {part.lower() for part in title_parts(markup)}
    headings = [n for n in places if markup.passages[n].level]
    titles = [n for n in headings if title and markup.passages[n].text.lower() == title]
    chapters = [n for n in headings if n not in titles and markup.passages[n].text.lower() in parts]
    below = [n for n in headings[-1:] if is_chapter_title(markup.passages[n].text, words)]
    chapters = (chapters or below)[:1]
    if chapters:
        for n in titles:
            markup.passages[n].role, markup.passages[n].level = "title", 0
    return {*titles[:1], *chapters}


# ---- title and labels


def _read_google_docs(markup: Markup, words: HeadingWords) -> tuple[str | None, str | None]:
    """Give roles to the title and the subtitle of a page that Google Docs made. Returns the title and the author.

    Elsewhere the classes `title` and `subtitle` may be those of chapters.
    """
    if not any("doc-content" in element.classes for element in markup.elements):
        return None, None
    title = author = None
    for passage in markup.passages[:MAX_TITLE_PASSAGES]:
        classes = markup.elements[passage.element].classes
        if "title" in classes and passage.role is None:
            title = set_role(passage, "title").text
        elif "subtitle" in classes and passage.role is None:
            tokens = passage.text.split()
            is_name = 2 <= len(tokens) <= MAX_NAME_WORDS and all(t[0].isupper() for t in tokens)
            small = tokens[0].lower() in words.title_small_words or any(c.isdigit() for c in passage.text)
            author = passage.text if is_name and not small and not read_heading(passage.text, words) else author
            set_role(passage, "front_matter")
    return title, author


def _profile_region(element: Element) -> str:
    return "profile" if element.id == "profile_top" else ""


def _read_profile(markup: Markup, is_profile_passage: list[bool], words: ArchiveWords) -> ExtractedPage:
    """Read what fanfiction.net puts above a story: title, author, summary, a line of labels."""
    page = ExtractedPage(markup.passages)
    for passage, is_profile in zip(markup.passages, is_profile_passage, strict=True):
        if not is_profile:
            continue
        for link in passage.links:
            if link.target.startswith("/u/") or "/u/" in link.target:
                page.author = page.author or passage.text[link.start : link.end]
        if "Words: " in passage.text[passage.text.find("Rated: ") :] and "Rated: " in passage.text:
            _read_line(page.metadata, passage.text, words)
        set_role(passage, "front_matter")
        if page.title is None:
            page.title = _profile_title(passage)
            set_role(passage, "title" if page.title else "front_matter")
    return page


def _profile_title(passage: Passage) -> str | None:
    """The bold words at the start of a passage."""
    if passage.emphasis and passage.emphasis[0].start <= 20:
        span = passage.emphasis[0]
        return passage.text[span.start : span.end]
    return None


def _read_line(metadata: dict[str, object], line: str, words: ArchiveWords) -> None:
    """Read a line such as `Rated: Fiction T - English - Romance - [Rukia K., Renji A.] - Words: 4,567`."""
    parts = [part.strip() for part in line[line.find("Rated:") :].split(" - ")]
    for i, part in enumerate(parts):
        match = FFNET_FIELD.match(part)
        if match:
            add_label(metadata, match["label"], match["value"], words)
        elif i == 1:
            metadata["language"] = part
        elif i in (2, 3) and "genres" not in metadata and re.fullmatch(r"[A-Z][a-z]+(?:[/ ][A-Z][a-z]+)*", part):
            metadata["genres"] = part.split("/")
        elif i in (2, 3, 4) and ":" not in part and "characters" not in metadata:
            add_label(metadata, "Characters", re.sub(r"[\[\]]", ", ", part), words)
            pairs = re.findall(r"\[([^\[\]]{1,200})\]", part)
            if pairs:
                metadata["relationships"] = ["/".join(name.strip() for name in pair.split(",")) for pair in pairs]
