"""EPUBs that Archive of Our Own makes of its works.

They are its HTML download, cut into files by Calibre, which renames the classes. So the role of a passage is read from
the file that it is in, and from the label above it.
"""

from collections.abc import Sequence

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import ArchiveWords, StructureWords
from dramaturg.sources.markup import Markup, Passage
from dramaturg.sources.webpages.ao3 import read_tags
from dramaturg.sources.webpages.page import ExtractedPage, describe_left_out, language_of, set_role
from dramaturg.story import Role

MAX_FRONT_PASSAGES = 60  # among which the signs of the archive are looked for


def read_ao3_epub(
    markup: Markup, pages: Sequence[int], words: StructureWords = ENGLISH.structure
) -> ExtractedPage | None:
    """The passages of an EPUB made by Archive of Our Own, with their roles; None for any other EPUB.

    `pages`: for each passage the number of the file it is in.
    """
    preface = next(
        (
            k
            for p, k in zip(markup.passages[:MAX_FRONT_PASSAGES], pages, strict=False)
            if words.archives.posted.search(p.text)
        ),
        None,
    )
    if preface is None:
        return None
    metadata = read_tags(
        [p for p, k in zip(markup.passages, pages, strict=True) if k <= preface], markup, words.archives
    )
    reader = _WorkReader(markup, words)
    for k in sorted(set(pages)):
        passages = [p for p, page in zip(markup.passages, pages, strict=True) if page == k] if k <= preface else []
        reader.read_preface(passages)
    _read_rest(reader, markup, pages, preface)
    return ExtractedPage(
        markup.passages,
        reader.title,
        reader.author,
        language_of(metadata, markup.language),
        metadata,
        describe_left_out(markup.left_out),
    )


def _read_rest(reader: "_WorkReader", markup: Markup, pages: Sequence[int], preface: int) -> None:
    """Read the files after the preface, in order."""
    start = sum(k <= preface for k in pages)
    seen_chapter = False
    while start < len(pages):
        end = start
        while end < len(pages) and pages[end] == pages[start]:
            end += 1
        passages = markup.passages[start:end]
        last = end == len(pages)
        if not seen_chapter and any(p.level == 1 for p in passages) and any(reader.is_byline(p) for p in passages[:8]):
            reader.read_preface(passages)  # Calibre may put title, byline and summary into a file of their own
        elif seen_chapter and last and _is_afterword(passages, reader.words.archives):
            for passage in passages:
                set_role(passage, "back_matter")
        else:
            reader.read_chapter(passages)
            seen_chapter = True
        start = end


def _is_afterword(passages: list[Passage], words: ArchiveWords) -> bool:
    has_heading = bool(passages) and bool(words.afterword.fullmatch(passages[0].text.strip(" .:")))
    return has_heading or any(words.please_comment.search(passage.text) for passage in passages[-4:])


class _WorkReader:
    """Gives the passages of a work their roles, file by file, and finds its title and author."""

    def __init__(self, markup: Markup, words: StructureWords) -> None:
        self.markup, self.words = markup, words
        self.title: str | None = None
        self.author: str | None = None

    def read_preface(self, passages: list[Passage]) -> None:
        """Read a file of the preface: title, byline, tags, summary and notes."""
        label: Role | None = None
        for passage in passages:
            label_role = self.words.archives.roles.get(passage.text.lower().rstrip(":"))
            if label_role is not None:
                label = label_role
                set_role(passage, label_role)
            elif passage.level == 1 and self.title is None:
                self.title = passage.text
                set_role(passage, "title")
            elif label is not None and self._is_quoted(passage):
                set_role(passage, label)
            else:
                if self.title and not self.author and label is None and self.is_byline(passage):
                    self.author = passage.text.split(maxsplit=1)[1] or None
                role: Role = "authors_note" if self.words.archives.see_notes.fullmatch(passage.text) else "front_matter"
                set_role(passage, role)

    def read_chapter(self, passages: list[Passage]) -> None:
        """Read a chapter: heading, byline, summary and notes, then the text, then the notes at its end."""
        label: Role | None = None
        has_heading = in_text = False
        for passage in passages:
            label_role = (
                self.words.archives.roles.get(passage.text.lower().rstrip(":"))
                if not self._is_quoted(passage)
                else None
            )
            at_end = self.words.archives.end_notes in passage.text.lower()
            if label_role is not None and (not in_text or at_end):
                label, in_text = label_role, False
                set_role(passage, label_role)
            elif self.words.archives.see_notes.fullmatch(passage.text):
                set_role(passage, "authors_note")
            elif not in_text and label is not None and self._is_quoted(passage):
                set_role(passage, label)
            elif not in_text and passage.level and not has_heading:
                has_heading, passage.level = True, 2
                set_role(passage, "heading")
            elif not in_text and has_heading and label is None and self.is_byline(passage) and len(passage.text) < 80:
                set_role(passage, "front_matter")
            else:
                in_text = True
                passage.level = max(passage.level, 3) if passage.level else 0

    def is_byline(self, passage: Passage) -> bool:
        """Whether a passage starts with "by" and a name."""
        tokens = passage.text[:100].split(maxsplit=1)
        return len(tokens) > 1 and tokens[0].lower() == self.words.labels.by

    def _is_quoted(self, passage: Passage) -> bool:
        return any(element.tag == "blockquote" for element in self.markup.above(passage))
