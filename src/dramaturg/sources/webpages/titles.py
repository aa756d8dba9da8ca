"""The title of a story on a web page: from <title> and its headings, without the site's name and the chapter's."""

import re

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import HeadingWords
from dramaturg.sources.line_patterns import read_heading
from dramaturg.sources.markup import Markup, Passage

SITE_SEPARATOR = re.compile(r"\s+(?:[|•»·]|::|-|–|—)\s+")
MAX_TITLE_WORDS = 40  # of a page's title in which a chapter's number is looked for


def title_parts(markup: Markup) -> list[str]:
    """The parts of the page's title, without the site's name where the page gives that."""
    whole = [markup.meta.get("og:title") or "", markup.title or ""]
    parts = [part.strip() for title in whole for part in SITE_SEPARATOR.split(title) if part.strip()]
    site = markup.meta.get("og:site_name", "").lower()
    return [part for part in dict.fromkeys(parts) if part.lower() != site]


def find_title(markup: Markup, words: HeadingWords = ENGLISH.structure.headings) -> str | None:
    """The title of the story, or None.

    It is a heading that links to the story's own page, or else the first heading that the page's title repeats, or else
    the first part of that title. A part such as `Chapter 4: Ashes` is not the title where there is another.
    """
    parts = title_parts(markup)
    known = {part.lower() for part in parts}
    whole = f"{markup.meta.get('og:title', '')}\n{markup.title or ''}".lower()
    heads = [p for p in markup.passages if p.level == 1 and len(p.text) >= 2 and p.text.lower() in whole]
    chapters = {head.text.lower() for head in heads}
    for passage in markup.passages:
        text = passage.text.lower()
        if heads and 1 < passage.level <= 3 and text in known - chapters and _is_link_to(passage):
            return passage.text
    stories = [head.text for head in heads if not is_chapter_title(head.text, words)]
    candidates = [part for part in parts if not is_chapter_title(part, words)]
    return next(iter([*stories, *(_without_chapter(part, words) for part in candidates), *parts]), None)


def is_chapter_title(text: str, words: HeadingWords = ENGLISH.structure.headings) -> bool:
    """Whether a text reads as the heading of a chapter: `Chapter 4: Ashes`, `Prologue`.

    >>> [is_chapter_title(text) for text in ("Chapter 4: Ashes", "Epilogue", "1984", "Ashes")]
    [True, True, False, False]
    """
    heading = read_heading(text, words)
    return heading is not None and heading.kind in ("numbered", "named")


def _is_link_to(passage: Passage) -> bool:
    return any(link.start == 0 and link.end == len(passage.text) for link in passage.links)


def _without_chapter(title: str, words: HeadingWords) -> str:
    """A title without the chapter at its end: `The Salt Road Chapter 4: Ashes`."""
    tokens = title.split()
    for k in range(1, min(len(tokens), MAX_TITLE_WORDS)):
        heading = read_heading(" ".join(tokens[k:]), words)
        if heading is not None and heading.kind == "numbered" and heading.level == 2 and heading.number:
            return " ".join(tokens[:k]).rstrip(" ,:-–—")
    return title
