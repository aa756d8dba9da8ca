"""EPUBs that Archive of Our Own makes of its works.

They are its HTML download, cut into files by Calibre, which renames the classes. So the role of a passage is read from
the file that it is in, and from the label above it.
"""

import re
from collections.abc import Sequence

from dramaturg.sources.markup import Markup, Passage
from dramaturg.sources.webpages.ao3 import LABELS, SEE_NOTES, read_tags
from dramaturg.sources.webpages.page import Page, give, language_of, told
from dramaturg.story import Role

POSTED = re.compile(r"Posted originally on the\s+(?:Archive of Our Own|Ao3)", re.IGNORECASE)
PLEA = re.compile(r"Please drop by the (?:Archive|archive) and comment", re.IGNORECASE)
AFTERWORD = re.compile(r"(?:afterword|end ?notes|works? inspired by this one)", re.IGNORECASE)
BYLINE = re.compile(r"by\s+\S", re.IGNORECASE)
MAX_FRONT_PASSAGES = 60  # among which the signs of the archive are looked for


def read_ao3_epub(markup: Markup, pages: Sequence[int]) -> Page | None:
    """The passages of an EPUB made by Archive of Our Own, with their roles; None for any other EPUB.

    `pages`: for each passage the number of the file it is in.
    """
    preface = next(
        (k for p, k in zip(markup.passages[:MAX_FRONT_PASSAGES], pages, strict=False) if POSTED.search(p.text)), None
    )
    if preface is None:
        return None
    metadata = read_tags([p for p, k in zip(markup.passages, pages, strict=True) if k <= preface], markup)
    work = _Work(markup)
    for k in sorted(set(pages)):
        passages = [p for p, page in zip(markup.passages, pages, strict=True) if page == k] if k <= preface else []
        work.read_preface(passages)
    _read_rest(work, markup, pages, preface)
    return Page(
        markup.passages,
        work.title,
        work.author,
        language_of(metadata, markup.language),
        metadata,
        told(markup.left_out),
    )


def _read_rest(work: "_Work", markup: Markup, pages: Sequence[int], preface: int) -> None:
    """The files after the preface, one after another."""
    start = sum(k <= preface for k in pages)
    told_yet = False
    while start < len(pages):
        end = start
        while end < len(pages) and pages[end] == pages[start]:
            end += 1
        passages = markup.passages[start:end]
        last = end == len(pages)
        if not told_yet and any(p.level == 1 for p in passages) and any(BYLINE.match(p.text) for p in passages[:8]):
            work.read_preface(passages)  # Calibre may cut title, byline and summary off
        elif told_yet and last and _is_afterword(passages):
            for passage in passages:
                give(passage, "back_matter")
        else:
            work.read_chapter(passages)
            told_yet = True
        start = end


def _is_afterword(passages: list[Passage]) -> bool:
    headed = bool(passages) and bool(AFTERWORD.fullmatch(passages[0].text.strip(" .:")))
    return headed or any(PLEA.search(passage.text) for passage in passages[-4:])


class _Work:
    """Title, author, and whether what comes is a preface's, a chapter's head, its text, or its end notes."""

    def __init__(self, markup: Markup) -> None:
        self.markup = markup
        self.title: str | None = None
        self.author: str | None = None

    def read_preface(self, passages: list[Passage]) -> None:
        label: Role | None = None
        for passage in passages:
            said = LABELS.get(passage.text.lower().rstrip(":"))
            if said is not None:
                label = said
                give(passage, said)
            elif passage.level == 1 and self.title is None:
                self.title = passage.text
                give(passage, "title")
            elif label is not None and self._is_quoted(passage):
                give(passage, label)
            else:
                if self.title and not self.author and label is None and BYLINE.match(passage.text):
                    self.author = passage.text[2:].strip() or None
                role: Role = "authors_note" if SEE_NOTES.fullmatch(passage.text) else "front_matter"
                give(passage, role)

    def read_chapter(self, passages: list[Passage]) -> None:
        """Heading, byline, summary and notes; the text; the notes at its end."""
        label: Role | None = None
        headed = in_text = False
        for passage in passages:
            said = LABELS.get(passage.text.lower().rstrip(":")) if not self._is_quoted(passage) else None
            at_end = "end notes" in passage.text.lower()
            if said is not None and (not in_text or at_end):
                label, in_text = said, False
                give(passage, said)
            elif SEE_NOTES.fullmatch(passage.text):
                give(passage, "authors_note")
            elif not in_text and label is not None and self._is_quoted(passage):
                give(passage, label)
            elif not in_text and passage.level and not headed:
                headed, passage.level = True, 2
                give(passage, "heading")
            elif not in_text and headed and label is None and BYLINE.match(passage.text) and len(passage.text) < 80:
                give(passage, "front_matter")
            else:
                in_text = True
                passage.level = max(passage.level, 3) if passage.level else 0

    def _is_quoted(self, passage: Passage) -> bool:
        return any(element.tag == "blockquote" for element in self.markup.above(passage))
