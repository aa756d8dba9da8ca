"""PDFs with text → Story: the paragraphs of the lines of its pages, without what the pages add to them.

The steps: PDFium gives fragments of text with their places (`extraction`), the fragments make lines (`lines`), what is
no line of the story is set aside (`furniture`), and the lines make paragraphs (`paragraphs`, `hyphens`). Headings are
what is set larger, and what the outline of the file names.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dramaturg.errors import UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.sources.build import build_story
from dramaturg.sources.docx import PLACEHOLDER_AUTHOR, Paragraph, find_passages
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Clock, Limits
from dramaturg.sources.line_patterns import is_scene_break
from dramaturg.sources.markup import Passage, join
from dramaturg.sources.navigation import mark_back_matter, mark_title
from dramaturg.sources.pdf.extraction import INVISIBLE, Document, extract
from dramaturg.sources.pdf.furniture import find_heads, find_notes, has_columns, without_marks
from dramaturg.sources.pdf.hyphens import Hyphens
from dramaturg.sources.pdf.lines import TextLine, find_lines, most_common_size
from dramaturg.sources.pdf.paragraphs import (
    BREAK_SPACE,
    HEADING_SIZE,
    MAX_BREAK_SHARE,
    MAX_HEADING_CHARACTERS,
    PdfParagraph,
    find_paragraphs,
    measure,
)
from dramaturg.sources.structure import find_structure
from dramaturg.story import LeftOut, Story

MAX_PICTURE_CHARACTERS = 20  # of a page that is only a picture, besides a page number
MAX_PICTURE_SHARE = 0.5  # of the pages: more are a scan, not illustrations
MAX_COLUMN_SHARE = 0.4  # of the pages with text that are in two columns
MAX_TITLE_PASSAGES = 6  # from the start, where the author's name is looked for
MAX_LOST_SHARE = 0.2  # of characters that the fonts do not name
LOST = re.compile("[\ufffd\ue000-\uf8ff]")
AS_EPUB = "Get the story as EPUB, HTML or DOCX and read that."
FILE_TITLE = re.compile(
    r"(?:microsoft word - .*|untitled.*|document\d*|.*\.(?:docx?|odt|rtf|html?|tex|indd|pdf|txt))", re.IGNORECASE
)
NORMALISED = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Pages:
    """The lines of the pages: those of the story, and those of the footnotes. `n_heads`: how many are neither."""

    story: list[list[TextLine]]
    notes: list[list[TextLine]]
    n_heads: int
    n_marks: int
    body_size: float


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of a PDF.

    Raises UnreadableStory if the PDF is damaged, scanned, in columns or without text; RefusedStory if it needs a
    password or is past a limit; MissingExtra if pypdfium2 is not installed.
    """
    words = language.structure
    document = extract(data, name, limits)
    clock = Clock(name, limits)
    pages = _find_pages(document, name)
    clock.count(sum(map(len, pages.story)))
    hyphens = Hyphens(line.text for lines in pages.story for line in lines)
    paragraphs = list(find_paragraphs(pages.story, measure(pages.story, pages.body_size), hyphens))
    notes = find_paragraphs(pages.notes, measure(pages.notes, pages.body_size), hyphens)
    passages = find_passages(
        [*_with_roles(paragraphs, document, pages.body_size), *map(_as_note, notes)], words.headings
    )
    title = "" if FILE_TITLE.fullmatch(document.title.strip()) else document.title.strip()
    author = "" if PLACEHOLDER_AUTHOR.fullmatch(document.author) else document.author.strip()
    mark_back_matter(passages, words.matter)
    byline = mark_title(passages, title, words)
    _mark_author(passages, author)
    text, raw_blocks, emphasis = join(passages)
    structure = find_structure(text, raw_blocks, words)
    titles = [" ".join(text[block.start : block.end].split()) for block in structure.blocks if block.role == "title"]
    return build_story(
        data,
        name,
        "pdf",
        text,
        structure,
        emphasis=emphasis,
        language=find_language(text),
        title=structure.title or (titles[0] if titles else None) or title or None,
        author=byline or structure.author or author or None,
        warnings=_warnings(document),
        left_out=_left_out(document, pages),
    )


# ---- pages


def _find_pages(document: Document, name: str) -> Pages:
    """The lines of all pages. Raises UnreadableStory where they are not a story in one column."""
    body_size = most_common_size(
        (fragment.size, len(fragment.text)) for page in document.pages for fragment in page.fragments
    )
    lines = [find_lines(page, number, body_size) for number, page in enumerate(document.pages)]
    _refuse_pictures(document, lines, name)
    filled = [page for page in lines if page]
    n_columns = sum(has_columns(page) for page in filled)
    if n_columns > MAX_COLUMN_SHARE * len(filled):
        raise UnreadableStory(
            f"{name}: this PDF is set in two columns ({n_columns} of {len(filled)} pages), which dramaturg does not "
            f"read. {AS_EPUB}"
        )
    heads = find_heads(lines, body_size)
    inner = [[line for i, line in enumerate(page) if (number, i) not in heads] for number, page in enumerate(lines)]
    notes = find_notes(inner, body_size)
    story = [
        [without_marks(line, notes[number].marks) for line in page[: notes[number].first]] if number in notes else page
        for number, page in enumerate(inner)
    ]
    note_lines = [page[notes[number].first :] if number in notes else [] for number, page in enumerate(inner)]
    return Pages(story, note_lines, len(heads), sum(len(line.marks) for page in story for line in page), body_size)


def _refuse_pictures(document: Document, lines: Sequence[Sequence[TextLine]], name: str) -> None:
    """Refuse files of pictures, without text, and whose text cannot be known."""
    n_pictures = len(_picture_pages(document))
    characters = "".join(line.text for page in lines for line in page)
    if n_pictures and (n_pictures > MAX_PICTURE_SHARE * len(document.pages) or not characters):
        raise UnreadableStory(
            f"{name}: this PDF is a scan: {n_pictures} of {len(document.pages)} pages are pictures without text. "
            "Recognise the text with an OCR program such as OCRmyPDF and read the result."
        )
    if not characters:
        raise UnreadableStory(f"{name}: this PDF holds no text. {AS_EPUB}")
    if len(LOST.findall(characters)) > MAX_LOST_SHARE * len(characters):
        raise UnreadableStory(f"{name}: this PDF does not say which letters its fonts show. {AS_EPUB}")


def _picture_pages(document: Document) -> list[int]:
    """The pages that are pictures without text, numbered from 1."""
    return [
        number
        for number, page in enumerate(document.pages, 1)
        if page.has_picture and sum(len(fragment.text) for fragment in page.fragments) <= MAX_PICTURE_CHARACTERS
    ]


def _warnings(document: Document) -> list[str]:
    warnings = []
    if document.n_damaged:
        warnings.append(
            f"{document.n_damaged} of {len(document.pages)} pages of this PDF are damaged and were not read."
        )
    n_characters = sum(len(fragment.text) for page in document.pages for fragment in page.fragments)
    n_recognised = sum(
        len(fragment.text) for page in document.pages for fragment in page.fragments if fragment.style & INVISIBLE
    )
    if 2 * n_recognised > n_characters:
        warnings.append("This PDF is a scan; its text was recognised by a program. Check names and quotation marks.")
    return warnings


def _left_out(document: Document, pages: Pages) -> list[LeftOut]:
    counts = {
        ("running head or page number", "not part of the story"): pages.n_heads,
        ("footnote mark", "the notes follow the story"): pages.n_marks,
    }
    left_out = [LeftOut(f"{n} × {what}", why) for (what, why), n in counts.items() if n]
    return [*left_out, *(LeftOut(f"page {number}", "a picture without text") for number in _picture_pages(document))]


# ---- paragraphs with their roles


def _as_note(paragraph: PdfParagraph) -> Paragraph:
    return Paragraph(paragraph.text, [(span.start, span.end) for span in paragraph.emphasis], role="back_matter")


def _mark_author(passages: list[Passage], author: str) -> None:
    """The author's bare name above the story, as front matter, in place."""
    for i, passage in enumerate(passages[:MAX_TITLE_PASSAGES]):
        if passage.role is None and author and passage.text.casefold() == author.casefold():
            passages[i] = replace(passage, role="front_matter")


def _with_roles(paragraphs: Sequence[PdfParagraph], document: Document, body_size: float) -> Iterator[Paragraph]:
    """The paragraphs with headings by size and outline, and rules where there is space for a scene break."""
    levels = _heading_levels(paragraphs, document, body_size)
    spaced = [i for i in range(len(paragraphs)) if _has_break_above(paragraphs, i, levels)]
    breaks = set(spaced) if len(spaced) <= MAX_BREAK_SHARE * len(paragraphs) + 1 else set()
    for i, paragraph in enumerate(paragraphs):
        if i in breaks:
            yield Paragraph("", [], rule=True)
        yield Paragraph(
            paragraph.text,
            [(span.start, span.end) for span in paragraph.emphasis],
            role="heading" if i in levels else None,
            level=levels.get(i, 0),
            centred=paragraph.centred,
            bold=paragraph.bold,
            new_page=paragraph.at_top,
        )


def _heading_levels(paragraphs: Sequence[PdfParagraph], document: Document, body_size: float) -> dict[int, int]:
    """The headings, with their levels from 1: those of the outline, and larger lines in the order of their sizes."""
    named = _named_by_outline(paragraphs, document)
    large = {i: round(paragraph.size) for i, paragraph in enumerate(paragraphs) if _is_large(paragraph, body_size)}
    sizes = sorted(set(large.values()), reverse=True)
    if not named:
        return {i: sizes.index(size) + 1 for i, size in large.items()}
    of_size: dict[int, int] = {}  # the level of named headings of a size
    for i, level in named.items():
        of_size[round(paragraphs[i].size)] = min(level, of_size.get(round(paragraphs[i].size), level))
    largest, deepest = max(of_size), max(named.values())
    return {i: of_size.get(size, 1 if size > largest else deepest + 1) for i, size in large.items()} | named


def _is_large(paragraph: PdfParagraph, body_size: float) -> bool:
    return (
        paragraph.size >= HEADING_SIZE * body_size
        and len(paragraph.text) <= MAX_HEADING_CHARACTERS
        and not is_scene_break(paragraph.text)
    )


def _named_by_outline(paragraphs: Sequence[PdfParagraph], document: Document) -> dict[int, int]:
    """The paragraphs that an entry of the outline names, with their levels from 2: 1 is left for the title.

    A number and the title below it may be two paragraphs.
    """
    by_page: dict[int, list[int]] = {}
    for i, paragraph in enumerate(paragraphs):
        by_page.setdefault(paragraph.page, []).append(i)
    named: dict[int, int] = {}
    for title, level, page in document.outline:
        wanted = NORMALISED.sub("", title).casefold()
        for i in (i for number in (page, page + 1) for i in by_page.get(number, ())):
            found = NORMALISED.sub("", paragraphs[i].text).casefold()
            row = [i]
            while found and wanted != found and wanted.startswith(found) and row[-1] + 1 < len(paragraphs):
                row.append(row[-1] + 1)
                found += NORMALISED.sub("", paragraphs[row[-1]].text).casefold()
            if wanted and found == wanted:
                named.update(dict.fromkeys(row, level + 2))
                break
    return named


def _has_break_above(paragraphs: Sequence[PdfParagraph], i: int, headings: dict[int, int]) -> bool:
    """Whether the space above a paragraph is a scene break: not next to headings and marks, which have it anyway."""
    return (
        i > 0
        and paragraphs[i].space >= BREAK_SPACE
        and i not in headings
        and i - 1 not in headings
        and not is_scene_break(paragraphs[i].text)
        and not is_scene_break(paragraphs[i - 1].text)
        and not paragraphs[i].centred
        and not paragraphs[i - 1].centred
    )
