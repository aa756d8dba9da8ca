"""Word documents (DOCX) → Story, as a reader sees them on the page.

Tracked changes are read as accepted. Comments, hidden text, headers, footers and page numbers are left out. Footnotes
and endnotes follow the story, and their marks are left out of it. ECMA-376, part 1, chapter 17 (WordprocessingML), with
strict and transitional names.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dramaturg.errors import UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import HeadingWords, Language, StructureWords
from dramaturg.sources.build import build_story
from dramaturg.sources.decode import decode
from dramaturg.sources.docx_styles import (
    HEADING_STYLE,
    OFF,
    ListLevel,
    WordStyle,
    alignment_in,
    child_of,
    format_number,
    is_on,
    number_in,
    numbering_in,
    read_lists,
    read_styles,
)
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.line_patterns import is_scene_break, is_title
from dramaturg.sources.markup import SCENE_BREAK, Passage, decode_markup, join, read_markup
from dramaturg.sources.mhtml import unpack_mhtml
from dramaturg.sources.navigation import mark_back_matter, mark_title
from dramaturg.sources.safe_xml import Element, attribute, content, descendants, local, parse_xml
from dramaturg.sources.safe_zip import Archive, printable_name
from dramaturg.sources.structure import Structure, find_structure
from dramaturg.sources.wrapped_paragraphs import Piece, find_wrapped
from dramaturg.story import LeftOut, Role, Span, Story

MAX_NESTED_BLOCKS = 50  # tables in tables, boxes in boxes; anything deeper is read as if it were not nested
MAX_NESTED_FIELDS = 20  # fields in fields
MAX_HEADING_CHARACTERS = 300  # longer headings are text in a wrong style
MAX_CENTRED_CHARACTERS = 80  # of a centred line that may be a heading
MIN_CENTRED_HEADINGS = 2  # a single one may be a sign or an inscription
MAX_BLANK_BREAK_SHARE = 0.2  # of paragraphs after an empty one: with more, empty ones are only spacing

INVISIBLE_ELEMENTS = frozenset(
    "del moveFrom instrText delText delInstrText rPr pPr sdtPr rt rubyPr Fallback".split()
)  # not shown
CONTAINER_ELEMENTS = frozenset(
    "ins moveTo hyperlink smartTag customXml sdtContent dir bdo".split()
)  # their contents are shown
CHARACTERS = {"tab": "\t", "cr": "\n", "br": "\n", "noBreakHyphen": "\u2011", "ptab": "\t"}
MATTER_STYLES = re.compile(
    r"subtitle|author|date|abstract(?: title)?|(?:toc|contents|index)(?: heading| \d)?|table of \w+|"
    r"illustration index \d"
)
PAGE_FIELDS = frozenset("PAGE NUMPAGES SECTIONPAGES FILENAME".split())
INVISIBLE_CHARACTERS = str.maketrans("", "", "\u00ad\u2060\ufeff")  # soft hyphens, word joiners
PRIVATE_USE = re.compile(r"[\ue000-\uf8ff\s]+")  # symbols of Wingdings and similar fonts: ornaments
PLACEHOLDER_AUTHOR = re.compile(
    r"\s*(?:python-docx|microsoft(?: office)?(?: user)?|unknown|user|author|admin(?:istrator)?|owner|.{0,1})\s*",
    re.IGNORECASE,
)  # what programs write where no author is given


@dataclass(slots=True)
class Paragraph:
    """A paragraph as it is shown. `emphasis`: spans of `text`. `gap`: the number of empty paragraphs before it."""

    text: str
    emphasis: list[tuple[int, int]]
    style: str = ""
    role: Role | None = None
    level: int = 0
    gap: int = 0
    centred: bool = False
    bold: bool = False
    new_page: bool = False
    rule: bool = False
    joins_next: bool = False


@dataclass(slots=True)
class ParagraphBuilder:
    """Collects the runs of a paragraph."""

    parts: list[str] = field(default_factory=list)
    length: int = 0
    emphasis: list[tuple[int, int]] = field(default_factory=list)
    n_bold: int = 0
    boxes: list[Element] = field(default_factory=list)
    rule: bool = False

    def add(self, text: str, emphasised: bool, bold: bool) -> None:
        """Append the text of a run."""
        start, self.length = self.length, self.length + len(text)
        self.parts.append(text)
        self.n_bold += len(text) * bold
        if emphasised and text:
            if self.emphasis and self.emphasis[-1][1] == start:
                start = self.emphasis.pop()[0]
            self.emphasis.append((start, self.length))


@dataclass(slots=True)
class WordDocument:
    """The parts of the file, and the state of reading them: counters, open fields, cited notes.

    `chunks`: the paragraphs of the documents that are embedded in it, by the ids of their relationships.
    """

    name: str
    styles: dict[str, WordStyle]
    default_style: str
    lists: dict[str, dict[int, ListLevel]]
    notes: dict[tuple[str, str], Element]
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    fields: list[list[str]] = field(default_factory=list)
    cited: list[tuple[str, str, str]] = field(default_factory=list)
    n_cited: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    chunks: dict[str, list["Paragraph"]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    mark: str = ""
    contents_depth: int = 0
    link_depth: int = 0


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of a Word document.

    Raises UnreadableStory if the document holds no text, RefusedStory if it is encrypted or past a limit.
    """
    words = language.structure
    archive = Archive(data, name, limits)
    main, document = _open(archive)
    _read_chunks(archive, main, document, words, MAX_NESTED_CHUNKS)
    body = next(descendants(parse_xml(archive.read(main), f"{name}: {printable_name(main)}", limits), "body"), None)
    paragraphs = read_paragraphs(document, body) if body is not None else []
    passages = find_passages(join_wrapped_paragraphs(paragraphs, words), words.headings)
    if not any(passage.role != "scene_break" for passage in passages):
        raise UnreadableStory(f"{name}: this Word document holds no text. Give a file with the text of the story.")
    properties = _read_properties(archive)
    mark_back_matter(passages, words.matter)
    byline = mark_title(passages, properties.get("title"), words)
    joined = join(passages)
    structure = find_structure(joined.text, joined.raw_blocks, words)
    return build_story(
        data,
        name,
        "docx",
        joined.text,
        structure,
        emphasis=joined.emphasis,
        language=find_language(joined.text),
        title=_title(joined.text, structure, properties.get("title")),
        author=byline or structure.author or _author(paragraphs) or properties.get("author"),
        metadata={k: v for k, v in properties.items() if k not in ("title", "author")} | structure.metadata,
        warnings=document.warnings,
        left_out=[LeftOut(f"{n} × {what}", why) for (what, why), n in document.left_out.items()],
    )


def _title(text: str, structure: Structure, property: str | None) -> str | None:
    """The title in the text. The title in a file's properties is often that of another document.

    Where both are the same, the properties have the capitals that are not set as a heading.
    """
    block = next((block for block in structure.blocks if block.role == "title"), None)
    title = structure.title or (" ".join(text[block.start : block.end].split()) if block else None)
    return property if title is None or (property and property.casefold() == title.casefold()) else title


# ---- the parts of the file


def _open(archive: Archive) -> tuple[str, WordDocument]:
    """The name of the part that holds the text, and the contents of the other parts."""
    main = _target(archive, "", "officeDocument") or archive.find("word/document.xml")
    if main is None:
        raise UnreadableStory(f"{archive.name}: this Word document has no part with the text. Save it again from Word.")
    styles, default = read_styles(_part(archive, main, "styles"))
    notes: dict[tuple[str, str], Element] = {}
    for kind in ("footnote", "endnote"):
        for note in _part(archive, main, f"{kind}s"):
            if local(note) == kind and attribute(note, "type") in (None, "normal"):
                notes[(kind, attribute(note, "id") or "")] = note
    return main, WordDocument(archive.name, styles, default, read_lists(_part(archive, main, "numbering")), notes)


def _part(archive: Archive, main: str, kind: str) -> Element:
    """A part that the text refers to, or an empty element if it is missing."""
    part = _target(archive, main, kind)
    return (
        EMPTY
        if part is None
        else parse_xml(archive.read(part), f"{archive.name}: {printable_name(part)}", archive.limits)
    )


def _target(archive: Archive, source: str, kind: str) -> str | None:
    """The part that `source` (or the whole package, for "") refers to as its `kind`."""
    return next((part for _, part in _targets(archive, source, kind)), None)


def _targets(archive: Archive, source: str, kind: str) -> Iterator[tuple[str, str]]:
    """The parts that `source` refers to as its `kind`, each with the id of the relationship."""
    folder, _, file = source.rpartition("/")
    relations = archive.find(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
    if relations is None:
        return
    for relation in descendants(
        parse_xml(archive.read(relations), f"{archive.name}: {printable_name(relations)}"), "Relationship"
    ):
        if (attribute(relation, "Type") or "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
            found = archive.find(attribute(relation, "Target") or "", source)
            if found:
                yield attribute(relation, "Id") or "", found


# ---- documents of other formats in the document (altChunk): converters put the whole text into one


def _read_chunks(archive: Archive, main: str, document: WordDocument, words: StructureWords, depth: int) -> None:
    for id, part in _targets(archive, main, "aFChunk"):
        data, where = archive.read(part), f"{archive.name}: {printable_name(part)}"
        if data.startswith(b"PK") and depth:
            inner = Archive(data, where, archive.limits)
            inner_main, chunk = _open(inner)
            _read_chunks(inner, inner_main, chunk, words, depth - 1)
            root = parse_xml(inner.read(inner_main), where, archive.limits)
            body = next(descendants(root, "body"), EMPTY)
            document.chunks[id] = read_paragraphs(chunk, body)
            document.left_out += chunk.left_out
            document.warnings += chunk.warnings
        elif IS_PAGE.search(data[:PAGE_BYTES]):
            document.chunks[id] = list(_paragraphs_of_page(data, where, archive.limits, words))
        elif TEXT_PART.search(part):
            lines = decode(data, where).text.split("\n")
            document.chunks[id] = [Paragraph(line, []) for line in lines]
        else:
            document.warnings.append(
                f"A part of this document ({printable_name(part)}) has another format and was not read. "
                "Open the document in Word, save it, and read it again."
            )
            document.left_out[("part in another format", "not Word text")] += 1


def _paragraphs_of_page(data: bytes, name: str, limits: Limits, words: StructureWords) -> Iterator[Paragraph]:
    source, _ = decode_markup(unpack_mhtml(data), name)
    for passage in read_markup(source, name, limits, words=words).passages:
        emphasis = [(span.start, span.end) for span in passage.emphasis]
        yield Paragraph(passage.text, emphasis, role=passage.role, level=passage.level)


MAX_NESTED_CHUNKS = 3
PAGE_BYTES = 1 << 16  # from the start of a part, where it shows that it is a page
IS_PAGE = re.compile(rb"<(?:html|body|p|div|h[1-6]|!doctype html)\b", re.IGNORECASE)
TEXT_PART = re.compile(r"\.te?xt$", re.IGNORECASE)


EMPTY = Element("nothing")


def _read_properties(archive: Archive) -> dict[str, str]:
    """The file's properties: title, author, subject, keywords, description."""
    part = _target(archive, "", "core-properties") or archive.find("docProps/core.xml")
    try:
        root = EMPTY if part is None else parse_xml(archive.read(part), f"{archive.name}: {printable_name(part)}")
    except UnreadableStory:
        return {}
    found = {local(element): content(element) for element in root}
    names = {"creator": "author"}
    kept = ("title", "creator", "subject", "keywords", "description")
    properties = {names.get(key, key): found[key] for key in kept if found.get(key)}
    if PLACEHOLDER_AUTHOR.fullmatch(properties.get("author", "")):
        properties.pop("author", None)
    return properties


# ---- paragraphs → passages


def find_passages(paragraphs: list[Paragraph], words: HeadingWords) -> list[Passage]:
    """The passages of the paragraphs. Rules, and rare empty paragraphs, become scene breaks."""
    shown = _measure_gaps(paragraphs)
    breaks = _blank_breaks(shown, words)
    headings = _centred_headings(shown, words)
    contact = _contact_lines(shown)
    in_story = has_title = False
    passages: list[Passage] = []
    for i, paragraph in enumerate(shown):
        role, level = paragraph.role, paragraph.level
        if i < contact:
            passages.extend(_passages_of(paragraph, "front_matter", 0, words))
            continue
        in_story |= role is None
        if i in headings:
            role, level = "heading", 2
        if role == "title" and (in_story or has_title):
            role, level = ("heading", 1) if in_story else ("front_matter", 0)
        has_title |= role == "title"
        if role == "heading" and len(paragraph.text) > MAX_HEADING_CHARACTERS:
            role = None
        if i in breaks:
            passages.append(Passage(SCENE_BREAK, "scene_break"))
        passages.extend(_passages_of(paragraph, role, level, words))
    return _without_repeated_breaks(passages)


def join_wrapped_paragraphs(paragraphs: list[Paragraph], words: StructureWords) -> list[Paragraph]:
    """The paragraphs, those joined that are the lines of one, as in text that was pasted with its line ends.

    The empty paragraphs between them stay; those inside of them do not.
    """
    shown = [i for i, paragraph in enumerate(paragraphs) if paragraph.text.strip() or paragraph.rule]
    pieces = [
        Piece(
            paragraphs[i].text.strip(),
            i - (shown[n - 1] if n else -1) - 1,
            paragraphs[i].role is not None or paragraphs[i].centred or paragraphs[i].rule or "\n" in paragraphs[i].text,
        )
        for n, i in enumerate(shown)
    ]
    joined: list[Paragraph] = []
    last = -1
    for group in find_wrapped(pieces, words):
        first = shown[group.start]
        joined += [*paragraphs[last + 1 : first], _joined([paragraphs[i] for i in shown[group.start : group.stop]])]
        last = shown[group.stop - 1]
    return [*joined, *paragraphs[last + 1 :]]


def _joined(paragraphs: list[Paragraph]) -> Paragraph:
    """The lines of a paragraph as one."""
    if len(paragraphs) == 1:
        return paragraphs[0]
    parts: list[str] = []
    emphasis: list[tuple[int, int]] = []
    position = 0
    for paragraph in paragraphs:
        for start, end in paragraph.emphasis:
            runs_on = emphasis and position + start - emphasis[-1][1] <= 1
            emphasis.append((emphasis.pop()[0] if runs_on else position + start, position + end))
        parts.append(paragraph.text.rstrip())
        position += len(parts[-1]) + 1
    return replace(paragraphs[0], text=" ".join(parts), emphasis=emphasis)


def _measure_gaps(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs that are not empty, each with the number of empty ones before it."""
    shown: list[Paragraph] = []
    gap, new_page = 0, False
    for paragraph in paragraphs:
        new_page |= paragraph.new_page
        if not paragraph.text.strip() and not paragraph.rule:
            gap += not paragraph.new_page
            continue
        shown.append(replace(paragraph, gap=gap, new_page=new_page))
        gap, new_page = 0, False
    return shown


def _passages_of(paragraph: Paragraph, role: Role | None, level: int, words: HeadingWords) -> Iterator[Passage]:
    """One passage, or several separated by empty lines."""
    if not paragraph.text.strip():
        yield Passage(SCENE_BREAK, "scene_break")
        return
    if PRIVATE_USE.fullmatch(paragraph.text) or (role == "heading" and is_scene_break(paragraph.text.strip(), words)):
        role, level = "scene_break", 0
    pattern = LINE if role is None and _has_paragraphs(paragraph.text) else LINES
    for match in pattern.finditer(paragraph.text):
        start, end = match.span()
        emphasis = tuple(_clip_emphasis(paragraph.text, paragraph.emphasis, start, end))
        if role == "scene_break" or (role in ("heading", "title") and emphasis == (Span(0, end - start),)):
            emphasis = ()  # bold, as headings are
        yield Passage(SYMBOL.sub(_as_punctuation, match.group()), role, level, emphasis)


def _contact_lines(shown: list[Paragraph]) -> int:
    """The number of lines at the top of a manuscript with the author's address and the number of words.

    They stand at the left, above the title in the middle of its line.
    """
    title = next((i for i, paragraph in enumerate(shown[: MAX_CONTACT_LINES + 1]) if paragraph.centred), 0)
    lines = shown[:title]
    short = all(len(p.text) <= MAX_CONTACT_CHARACTERS and p.text.strip()[-1:] not in (*".!?”", "") for p in lines)
    return title if short and any(CONTACT.search(p.text) for p in lines) else 0


MAX_CONTACT_LINES = 12
MAX_CONTACT_CHARACTERS = 80
CONTACT = re.compile(r"\S@\S+\.\w|\b\d[\d,.]* words\b|\+?\d[\d ()-]{7,}\d", re.IGNORECASE)


def _has_paragraphs(text: str) -> bool:
    """Whether the lines of a paragraph are paragraphs of their own, as Shift+Enter makes them, and not verse."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    n_ended = sum(line[-1] in SENTENCE_END for line in lines)
    return len(lines) >= MIN_LINES and n_ended >= MIN_ENDED_SHARE * len(lines) and max(map(len, lines)) > MIN_LONG_LINE


SENTENCE_END = ".!?…\"”’'»—"
MIN_LINES = 3  # separated by Shift+Enter
MIN_ENDED_SHARE = 0.8  # of lines that end a sentence
MIN_LONG_LINE = 60  # of verse, hardly any line is longer
SYMBOL = re.compile(r"(?<=\w)[\uf021-\uf02f\uf03a-\uf03f]")  # punctuation after a word, typed in the font Symbol


def _as_punctuation(match: re.Match[str]) -> str:
    return chr(ord(match.group()) - 0xF000)


LINE = re.compile(r"\S(?:[^\n]*\S)?")
LINES = re.compile(r"\S(?:[^\n]*\S)?(?:[^\S\n]*\n[^\S\n]*(?=\S)[^\n]*\S)*")


def _clip_emphasis(text: str, emphasis: list[tuple[int, int]], start: int, end: int) -> Iterator[Span]:
    """The emphasis inside a span of a paragraph, counted from its start, without white space at the ends."""
    for a, b in emphasis:
        a, b = max(a, start), min(b, end)
        if a < b and (stretch := text[a:b]).strip():
            a, b = a + len(stretch) - len(stretch.lstrip()), b - len(stretch) + len(stretch.rstrip())
            yield Span(a - start, b - start)


def _blank_breaks(shown: list[Paragraph], words: HeadingWords) -> set[int]:
    """The paragraphs after a scene break: after more empty paragraphs than usual."""
    bodies = [i for i in range(1, len(shown)) if shown[i].role is None and shown[i - 1].role is None]
    usual = 0
    while sum(shown[i].gap > usual for i in bodies) > MAX_BLANK_BREAK_SHARE * len(bodies):
        usual += 1
    return {
        i
        for i in bodies
        if shown[i].gap > usual
        and not any(p.centred or p.rule or is_scene_break(p.text.strip(), words) for p in (shown[i - 1], shown[i]))
    }


def _centred_headings(shown: list[Paragraph], words: HeadingWords) -> set[int]:
    """Headings without a heading style: centred, short, bold or on a new page, and more than one."""
    if any(paragraph.role == "heading" for paragraph in shown):
        return set()
    first = next((i for i, p in enumerate(shown) if not p.centred and len(p.text) > MAX_CENTRED_CHARACTERS), len(shown))
    found = {
        i
        for i, p in enumerate(shown)
        if p.role is None
        and p.centred
        and (p.new_page or (p.bold and i > first))
        and i > 0
        and len(p.text) <= MAX_CENTRED_CHARACTERS
        and is_title(p.text.strip(), words, strict=True)
        and not is_scene_break(p.text.strip(), words)
    }
    return found if len(found) >= MIN_CENTRED_HEADINGS else set()


def _without_repeated_breaks(passages: list[Passage]) -> list[Passage]:
    """The passages with one scene break for each run of them."""
    kept: list[Passage] = []
    for passage in passages:
        if passage.text != SCENE_BREAK or not kept or kept[-1].text != SCENE_BREAK:
            kept.append(passage)
    return kept


def _author(paragraphs: list[Paragraph]) -> str | None:
    """The paragraph in the style Author, which pandoc and some templates have."""
    author = next((p.text for p in paragraphs if p.style == "author" and p.text.strip()), None)
    return " ".join(author.split()) if author else None


# ---- the document → paragraphs


def read_paragraphs(document: WordDocument, body: Element) -> list[Paragraph]:
    """The paragraphs of the body, followed by those of the notes that it refers to."""
    paragraphs = list(_blocks(document, body, 0))
    notes: list[Paragraph] = []
    for kind, id, mark in document.cited:
        note = document.notes.get((kind, id))
        if note is not None:
            notes.extend(_note(document, note, mark))
    return [*join_split_paragraphs(paragraphs), *notes]


# ---- blocks


def _blocks(document: WordDocument, parent: Element, depth: int) -> Iterator[Paragraph]:
    if depth > MAX_NESTED_BLOCKS:
        for paragraph in descendants(parent, "p"):
            yield from _paragraph(document, paragraph, depth)
        return
    for child in parent:
        kind = local(child)
        if kind == "p":
            yield from _paragraph(document, child, depth)
        elif kind == "tbl":
            yield from _table(document, child, depth)
        elif kind == "sdt":
            contents = any((attribute(g, "val") or "").startswith("Table of") for g in _galleries(child))
            document.contents_depth += contents
            yield from _blocks(document, child, depth + 1)
            document.contents_depth -= contents
        elif kind == "AlternateContent":
            choice = _choice(child)
            if choice is not None:
                yield from _blocks(document, choice, depth + 1)
        elif kind == "altChunk":
            yield from document.chunks.get(attribute(child, "id") or "", ())
        elif kind in CONTAINER_ELEMENTS:
            yield from _blocks(document, child, depth + 1)


def _galleries(sdt: Element) -> Iterator[Element]:
    """The galleries that a content control comes from."""
    for child in sdt:
        if local(child) == "sdtPr":
            yield from descendants(child, "docPartGallery")


def _choice(alternate: Element) -> Element | None:
    """The first of several forms of the same content: the others are for older programs."""
    return next((child for child in alternate if local(child) in ("Choice", "Fallback")), None)


def _table(document: WordDocument, table: Element, depth: int) -> Iterator[Paragraph]:
    """A row of short cells as one paragraph with tabs between cells; longer cells one after another."""
    for row in _rows(table):
        cells = [list(_blocks(document, cell, depth + 1)) for cell in row if local(cell) in ("tc", "sdt")]
        shown = [[p for p in cell if p.text.strip()] for cell in cells]
        if len(shown) > 1 and all(len(cell) <= 1 for cell in shown):
            row_of = [cell[0] for cell in shown if cell]
            if row_of:
                yield join_cells(row_of)
        else:
            for cell in cells:
                yield from cell


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if local(child) == "tr":
            properties = child_of(child, "trPr")
            if properties is None or child_of(properties, "del") is None:
                yield child
        elif local(child) in ("sdt", "customXml", "sdtContent", "ins", "moveTo"):
            yield from _rows(child) if local(child) != "sdt" else _rows(child_of(child, "sdtContent") or child)


def join_cells(cells: list[Paragraph]) -> Paragraph:
    """The cells of a row of a table as one paragraph, with tabs between them."""
    text, emphasis = "", []
    for n, cell in enumerate(cells):
        text += "\t" if n else ""
        emphasis += [(start + len(text), end + len(text)) for start, end in cell.emphasis]
        text += cell.text
    return replace(cells[0], text=text, emphasis=emphasis)


def _note(document: WordDocument, note: Element, mark: str) -> Iterator[Paragraph]:
    document.mark = mark
    for n, paragraph in enumerate(join_split_paragraphs(list(_blocks(document, note, 0)))):
        shown = paragraph.text.strip()
        if shown:
            if n == 0 and not shown.startswith(mark):
                lead = f"{mark} "
                moved = [(start + len(lead), end + len(lead)) for start, end in paragraph.emphasis]
                paragraph = replace(paragraph, text=lead + paragraph.text, emphasis=moved)
            yield replace(paragraph, role="back_matter", level=0)


# ---- one paragraph


def _paragraph(document: WordDocument, element: Element, depth: int) -> Iterator[Paragraph]:
    """A paragraph, or several where a page ends inside it, followed by its text boxes."""
    properties = child_of(element, "pPr")
    style = _style_of(document, properties)
    lines = [ParagraphBuilder()]
    label = _list_label(document, properties, style)
    if label:
        lines[0].add(label, False, False)
    in_contents = document.contents_depth or any(f[1] == "TOC" for f in document.fields)
    _runs(document, element, style, lines, depth)
    document.fields = [f for f in document.fields if f[0] == "result"]
    in_contents = in_contents or any(f[1] == "TOC" for f in document.fields)
    role, level = _role(style, properties)
    for n, line in enumerate(lines):
        text = "".join(line.parts)
        yield Paragraph(
            text,
            line.emphasis,
            style.name,
            role="front_matter" if in_contents else role,
            level=level,
            centred=alignment_in(properties, style) == "center",
            bold=bool(style.bold) or 2 * line.n_bold > max(len(text.strip()), 1),
            new_page=n > 0 or (properties is not None and is_on(properties, "pageBreakBefore") is True),
            rule=line.rule or (n == len(lines) - 1 and _has_rule(properties)),
            joins_next=n == len(lines) - 1 and _joins_next(properties),
        )
    if properties is not None and child_of(properties, "sectPr") is not None:
        yield Paragraph("", [], new_page=True)
    for box in [box for line in lines for box in line.boxes if depth <= MAX_NESTED_BLOCKS]:
        yield from _blocks(document, box, depth + 1)


def _joins_next(properties: Element | None) -> bool:
    """Whether it is a drop cap, or its paragraph mark is deleted by a tracked change."""
    if properties is None:
        return False
    frame, mark = child_of(properties, "framePr"), child_of(properties, "rPr")
    dropped = frame is not None and attribute(frame, "dropCap") in ("drop", "margin")
    return dropped or (
        mark is not None and (child_of(mark, "del") is not None or child_of(mark, "moveFrom") is not None)
    )


def _has_rule(properties: Element | None) -> bool:
    borders = child_of(properties, "pBdr") if properties is not None else None
    return borders is not None and any(
        local(border) in ("top", "bottom", "between") and attribute(border, "val") not in ("nil", "none")
        for border in borders
    )


def join_split_paragraphs(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Join drop caps, and paragraphs whose paragraph mark was deleted, to what follows them."""
    joined: list[Paragraph] = []
    pending: list[Paragraph] = []
    for paragraph in paragraphs:
        pending.append(paragraph)
        if not paragraph.joins_next:
            joined.append(_merge(pending))
            pending = []
    if pending:
        joined.append(_merge(pending))
    return joined


def _merge(paragraphs: list[Paragraph]) -> Paragraph:
    if len(paragraphs) == 1:
        return paragraphs[0]
    parts: list[str] = []
    emphasis: list[tuple[int, int]] = []
    length = 0
    for paragraph in paragraphs:
        emphasis += [(start + length, end + length) for start, end in paragraph.emphasis]
        parts.append(paragraph.text)
        length += len(paragraph.text)
    first, last = paragraphs[0], paragraphs[-1]
    return replace(last, text="".join(parts), emphasis=emphasis, new_page=first.new_page or last.new_page)


def _role(style: WordStyle, properties: Element | None) -> tuple[Role | None, int]:
    outline = number_in(properties, "outlineLvl")
    match = HEADING_STYLE.fullmatch(style.name)
    if match:
        return "heading", int(match["level"])
    if style.name == "title":
        return "title", 0
    if MATTER_STYLES.fullmatch(style.name):
        return "front_matter", 0
    outline = style.outline if outline is None else outline
    return ("heading", outline + 1) if outline is not None and outline < 9 else (None, 0)


# ---- runs


def _runs(document: WordDocument, parent: Element, style: WordStyle, lines: list[ParagraphBuilder], depth: int) -> None:
    if depth > 2 * MAX_NESTED_BLOCKS:
        lines[-1].add("".join(t.text or "" for t in descendants(parent, "t")), False, False)
        return
    for child in parent:
        kind = local(child)
        if kind == "hyperlink":
            document.link_depth += 1
            _runs(document, child, style, lines, depth + 1)
            document.link_depth -= 1
        elif kind == "r" and not _is_run_of_maths(child):
            _run(document, child, style, lines, depth)
        elif kind == "del" or kind == "moveFrom":
            document.left_out[("tracked deletion", "changes are read as accepted")] += 1
        elif kind == "fldSimple":
            if (attribute(child, "instr") or "").split()[:1] not in [[name] for name in PAGE_FIELDS]:
                _runs(document, child, style, lines, depth + 1)
        elif kind in ("t", "r"):  # of a formula
            lines[-1].add("".join(t.text or "" for t in descendants(child, "t")) or child.text or "", False, False)
        elif kind == "AlternateContent":
            choice = _choice(child)
            if choice is not None:
                _runs(document, choice, style, lines, depth + 1)
        elif kind not in INVISIBLE_ELEMENTS and len(child):
            _runs(document, child, style, lines, depth + 1)


def _is_run_of_maths(run: Element) -> bool:
    return isinstance(run.tag, str) and run.tag.endswith("/math}r")


def _run(document: WordDocument, run: Element, style: WordStyle, lines: list[ParagraphBuilder], depth: int) -> None:
    properties = child_of(run, "rPr")
    character = _character_style(document, properties)
    if _is_formatted(properties, "vanish", style.hidden, character.hidden):
        document.left_out[("hidden text", "not shown to readers")] += 1
        return
    bold = _is_formatted(properties, "b", style.bold, character.bold)
    italic = _is_formatted(properties, "i", style.italic, character.italic)
    linked = document.link_depth or any(name == "HYPERLINK" for _, name in document.fields)
    underlined = not linked and _is_underlined(properties)
    emphasised = italic or (bold and not style.bold) or underlined
    for child in run:
        kind = local(child)
        if kind == "fldChar":
            _field(document, attribute(child, "fldCharType") or "")
        elif kind == "instrText":
            if document.fields and not document.fields[-1][1]:
                document.fields[-1][1] = next(iter((child.text or "").split()), "").upper()
        elif kind == "commentReference":
            document.left_out[("comment", "not part of the text")] += 1
        elif any(phase == "instruction" or name in PAGE_FIELDS for phase, name in document.fields):
            continue
        elif kind == "br" and attribute(child, "type") == "page":
            lines.append(ParagraphBuilder())
        elif kind == "AlternateContent":
            choice = _choice(child)
            if choice is not None:
                _drawing(choice, lines[-1])
        elif kind in ("drawing", "pict", "object"):
            _drawing(child, lines[-1])
        elif kind == "ruby":
            _runs(document, child, style, lines, depth + 1)
        else:
            lines[-1].add(_visible_text(document, child, kind), emphasised, bold)


def _visible_text(document: WordDocument, child: Element, kind: str) -> str:
    """The visible text of one element of a run."""
    if kind == "t":
        text = (child.text or "").replace("\n", " ").replace("\t", " ").translate(INVISIBLE_CHARACTERS)
        keeps = any(key.endswith("}space") and value == "preserve" for key, value in child.items())
        return text if keeps else text.strip(" ")
    if kind in ("footnoteReference", "endnoteReference"):
        document.left_out[("footnote mark", "the notes follow the story")] += 1
        _cite(document, kind, attribute(child, "id") or "")
        return ""
    if kind in ("footnoteRef", "endnoteRef"):
        return document.mark
    if kind == "sym":
        code = attribute(child, "char") or ""
        return chr(int(code, 16)) if re.fullmatch("[0-9A-Fa-f]{1,4}", code) and not SURROGATE.fullmatch(code) else ""
    return CHARACTERS.get(kind, "")


SURROGATE = re.compile("[dD][89a-fA-F]..|0{1,4}")


def _cite(document: WordDocument, kind: str, id: str) -> None:
    """Keep a note for the end of the story, in the order of the marks."""
    kind = kind.removesuffix("Reference")
    document.n_cited[kind] += 1
    n = document.n_cited[kind]
    document.cited.append((kind, id, str(n) if kind == "footnote" else format_number(n, "lowerRoman")))


def _field(document: WordDocument, step: str) -> None:
    if step == "begin" and len(document.fields) < MAX_NESTED_FIELDS:
        document.fields.append(["instruction", ""])
    elif step == "separate" and document.fields:
        document.fields[-1][0] = "result"
    elif step == "end" and document.fields:
        document.fields.pop()


def _drawing(element: Element, line: ParagraphBuilder) -> None:
    """Find text boxes, which are read after their paragraph, and rules. Of several forms of a box the first counts."""
    stack = [element]
    while stack:
        current = stack.pop()
        kind = local(current)
        if kind == "txbxContent":
            line.boxes.append(current)
        elif kind == "rect" and attribute(current, "hr") in ("t", "true", "1"):
            line.rule = True
        elif kind == "AlternateContent":
            choice = _choice(current)
            stack.extend([] if choice is None else [choice])
        else:
            stack.extend(reversed(current))


def _is_formatted(properties: Element | None, name: str, of_paragraph: bool | None, of_character: bool | None) -> bool:
    """Whether text has a format: direct formatting decides, else the two styles toggle (ECMA-376, 17.7.3)."""
    direct = is_on(properties, name) if properties is not None else None
    return bool(of_paragraph) ^ bool(of_character) if direct is None else direct


def _is_underlined(properties: Element | None) -> bool:
    """Whether a run is underlined, as italics are in typescripts. Links are underlined by their style."""
    underline = child_of(properties, "u") if properties is not None else None
    return underline is not None and attribute(underline, "val") not in (*OFF, None)


# ---- styles and lists


def _style_of(document: WordDocument, properties: Element | None) -> WordStyle:
    named = child_of(properties, "pStyle") if properties is not None else None
    id = attribute(named, "val") if named is not None else None
    return document.styles.get(id or document.default_style, WordStyle())


def _character_style(document: WordDocument, properties: Element | None) -> WordStyle:
    named = child_of(properties, "rStyle") if properties is not None else None
    return document.styles.get(attribute(named, "val") or "", WordStyle()) if named is not None else WordStyle()


def _list_label(document: WordDocument, properties: Element | None, style: WordStyle) -> str:
    """The number before a paragraph, `Chapter 3` or `2.`, or a dash that opens speech. Other bullets are left out."""
    numbering = numbering_in(properties) or style.numbering
    if numbering is None:
        return ""
    id, depth = numbering
    level = document.lists.get(id, {}).get(depth)
    if level is None or level.format == "none":
        return ""
    if level.format == "bullet":
        return f"{level.pattern} " if level.pattern in ("-", "–", "—", "―") else ""
    n = document.counts.get((id, depth), level.start - 1) + 1
    document.counts[(id, depth)] = n
    for deeper in range(depth + 1, 9):
        document.counts.pop((id, deeper), None)

    def number(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        of = document.lists[id].get(at, level)
        return format_number(document.counts.get((id, at), of.start), of.format)

    label = LEVEL_NUMBER.sub(number, level.pattern)
    return f"{label} " if label.strip() else ""


LEVEL_NUMBER = re.compile(r"%([1-9])")
