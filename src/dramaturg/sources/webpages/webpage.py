"""Any other page: where on it the story is. What hangs around it on websites is left out.

A page without menus, scripts or links in crowds is taken for a story that somebody made a page of, and kept whole.
On others the story is where the text is dense: inwards from the page's root, as long as one part holds nearly all text.
"""

import re

from dramaturg.sources.markup import Element, Markup, Passage
from dramaturg.sources.webpages.page import Page, first_words, give, keep_label, language_of, regions, told
from dramaturg.story import LeftOut

NEARLY_ALL = 0.8  # of the text that an element has, for one part of it to be the story
MIN_TEXT = 60  # characters of a paragraph that counts as text; menus and buttons have fewer
MOSTLY_LINKS = 0.5  # of a passage's characters
CROWD = 5  # passages of links alone that make a page one of a website
FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|replies|respond|sidebar|side-?bar|footer|masthead|menu|navbar|navigation|nav|"
    r"breadcrumbs?|share|sharing|sharedaddy|social|related|recommended|widget|cookies?|banner|promo|advert\w*|ads?|"
    r"sponsor\w*|kudos|feedback|disqus\w*|signature|userinfo|user-info|profile-card|pagination|pager|toolbar|"
    r"newsletter|subscribe|login|skip-link|reviews|author-bio|donate)(?:$|[\s_-])",
    re.IGNORECASE,
)
FURNITURE_TAGS = frozenset(["footer", "aside"])
HOLDERS = re.compile(  # what sites call the element that holds a story
    r"(?:^|\s)(?:storytext\w*|story-?text|story-?content|chapter-?content|chapter-inner|chapter-body|userstuff|"
    r"entry-content|post-content|article-body|articlebody|b-singlepost-body|post-body|story-parts|panel-reading)(?:$|\s)",
    re.IGNORECASE,
)
SITE_SEPARATOR = re.compile(r"\s+(?:[|•»]|::|-|–|—)\s+")
FFNET_FIELD = re.compile(r"(?P<label>Rated|Chapters|Words|Updated|Published|Status): (?P<value>.+)")


def read_webpage(markup: Markup) -> Page:
    """The story on a page of which nothing is known."""
    furniture = _furniture(markup)
    holder = _holder(markup, furniture)
    is_site = bool(holder) or any(furniture) or _n_link_rows(markup) >= CROWD or "navigation" in markup.left_out
    profile = [region == "profile" for region in regions(markup, _profile)]
    page = _read_profile(markup, profile)
    if is_site:
        main = holder or _densest(markup, furniture)
        kept, outside = _part(markup, furniture, profile, main)
        page.passages = kept
        if outside:
            page.left_out.append(
                LeftOut(first_words(outside[0].text), f"around the story on its page: {len(outside)} pieces")
            )
    page.left_out.extend(told(markup.left_out))
    page.title = page.title or _title(markup)
    page.author = page.author or markup.meta.get("author") or None
    page.language = language_of(page.metadata, markup.language)
    return page


# ---- what is no story


def _furniture(markup: Markup) -> list[bool]:
    """For each passage: does it lie in what the page calls comments, a menu, a footer … ?

    What holds half of the page's text and more is none, whatever it is called.
    """
    sizes = _text_below(markup)
    total = max(sizes[:1], default=0) or sum(len(p.text) for p in markup.passages if _is_text(p))

    def name(element: Element) -> str:
        said = f"{element.id} {element.attributes.get('class', '')}"
        return "furniture" if element.tag in FURNITURE_TAGS or FURNITURE.search(said) else ""

    large = {i for i, size in enumerate(sizes) if 2 * size >= total}
    order = {id(element): i for i, element in enumerate(markup.elements)}
    named = regions(markup, lambda element: "" if order[id(element)] in large else name(element))
    return [region == "furniture" for region in named]


def _is_text(passage: Passage) -> bool:
    return len(passage.text) >= MIN_TEXT and not _is_links(passage)


def _is_links(passage: Passage) -> bool:
    return sum(link.end - link.start for link in passage.links) > MOSTLY_LINKS * len(passage.text)


def _n_link_rows(markup: Markup) -> int:
    local = sum(_is_links(p) and not all(link.target.startswith("#") for link in p.links) for p in markup.passages)
    return local if 2 * local > len(markup.passages) or local >= 4 * CROWD else local // 2


# ---- where the story is


def _text_below(markup: Markup, leave: list[bool] | None = None) -> list[int]:
    """For each element the characters of text in it and below."""
    sizes = [0] * len(markup.elements)
    for i, passage in enumerate(markup.passages):
        if _is_text(passage) and not (leave and leave[i]):
            sizes[passage.element] += len(passage.text)
    for i in range(len(sizes) - 1, -1, -1):  # those outside stand first
        parent = markup.elements[i].parent
        if parent >= 0:
            sizes[parent] += sizes[i]
    return sizes


def _holder(markup: Markup, furniture: list[bool]) -> set[int]:
    """The elements that sites use to hold a story; none where they hold little of the page's text."""
    known = {
        i
        for i, element in enumerate(markup.elements)
        if HOLDERS.search(element.id) or HOLDERS.search(element.attributes.get("class", ""))
        or element.attributes.get("itemprop", "").lower() == "articlebody"
    }  # fmt: skip
    outer = {i for i in known if markup.elements[i].parent not in known}
    sizes = _text_below(markup, furniture)
    roots = sum(size for size, element in zip(sizes, markup.elements, strict=True) if element.parent < 0)
    return outer if known and sum(sizes[i] for i in outer) >= 0.3 * roots else set()


def _densest(markup: Markup, furniture: list[bool]) -> set[int]:
    """The innermost element that still holds nearly all text of the page."""
    sizes = _text_below(markup, furniture)
    best: dict[int, int] = {}  # parent → its largest part
    for i, element in enumerate(markup.elements):
        if element.parent not in best or sizes[i] > sizes[best[element.parent]]:
            best[element.parent] = i
    current = best.get(-1, 0)
    while current in best and sizes[best[current]] >= NEARLY_ALL * max(sizes[current], 1):
        current = best[current]
    return {current}


def _part(
    markup: Markup, furniture: list[bool], profile: list[bool], main: set[int]
) -> tuple[list[Passage], list[Passage]]:
    """The passages of the story and the others. The page's own heading goes with the story."""
    inside: list[bool] = []
    for i, element in enumerate(markup.elements):
        inside.append(i in main or element.parent >= 0 and inside[element.parent])
    kept: list[Passage] = []
    outside: list[Passage] = []
    title = _title(markup)
    for passage, apart, told_before in zip(markup.passages, furniture, profile, strict=True):
        heads = not kept and passage.level in (1, 2) and bool(title) and passage.text.lower() == str(title).lower()
        if heads or told_before or inside[passage.element] and not apart:
            kept.append(passage)
        else:
            outside.append(passage)
    return (kept, outside) if any(passage.role is None for passage in kept) else (markup.passages, [])


# ---- title and labels


def _title(markup: Markup) -> str | None:
    """The page's title without the site's name."""
    whole = markup.meta.get("og:title") or markup.title or ""
    heads = [passage.text for passage in markup.passages if passage.level == 1]
    for head in heads:
        if len(head) >= 2 and head.lower() in whole.lower():
            return head
    return SITE_SEPARATOR.split(whole)[0].strip() or None


def _profile(element: Element) -> str:
    return "profile" if element.id == "profile_top" else ""


def _read_profile(markup: Markup, profile: list[bool]) -> Page:
    """What fanfiction.net tells above a story: title, author, summary, a line of labels."""
    page = Page(markup.passages)
    for passage, told_before in zip(markup.passages, profile, strict=True):
        if not told_before:
            continue
        for link in passage.links:
            if link.target.startswith("/u/") or "/u/" in link.target:
                page.author = page.author or passage.text[link.start : link.end]
        if "Words: " in passage.text[passage.text.find("Rated: ") :] and "Rated: " in passage.text:
            _read_line(page.metadata, passage.text)
        give(passage, "front_matter")
        if page.title is None:
            page.title = _profile_title(passage)
            give(passage, "title" if page.title else "front_matter")
    return page


def _profile_title(passage: Passage) -> str | None:
    """The bold words that stand first."""
    if passage.emphasis and passage.emphasis[0].start <= 20:
        span = passage.emphasis[0]
        return passage.text[span.start : span.end]
    return None


def _read_line(metadata: dict[str, object], line: str) -> None:
    """`Rated: Fiction T - English - Romance - [Rukia K., Renji A.] - Chapters: 3 - Words: 4,567 - …`."""
    parts = [part.strip() for part in line[line.find("Rated:") :].split(" - ")]
    for i, part in enumerate(parts):
        match = FFNET_FIELD.match(part)
        if match:
            keep_label(metadata, match["label"], match["value"])
        elif i == 1:
            metadata["language"] = part
        elif i in (2, 3) and "genres" not in metadata and re.fullmatch(r"[A-Z][a-z]+(?:[/ ][A-Z][a-z]+)*", part):
            metadata["genres"] = part.split("/")
        elif i in (2, 3, 4) and ":" not in part and "characters" not in metadata:
            keep_label(metadata, "Characters", re.sub(r"[\[\]]", ", ", part))
            pairs = re.findall(r"\[([^\[\]]{1,200})\]", part)
            if pairs:
                metadata["relationships"] = ["/".join(name.strip() for name in pair.split(",")) for pair in pairs]
