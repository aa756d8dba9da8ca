"""OpenDocument texts (ODT, and FODT in one XML file) → Story, as a reader sees them on the page.

Tracked changes are read as accepted. Comments are left out. Notes follow the story, and their marks are left out of it.
OpenDocument 1.3, part 3, chapters 4 to 7 (text content) and 16 (styles).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.sources.build import build_story
from dramaturg.sources.docx import (
    INVISIBLE_CHARACTERS,
    MATTER_STYLES,
    MAX_NESTED_BLOCKS,
    PLACEHOLDER_AUTHOR,
    Paragraph,
    ParagraphBuilder,
    find_passages,
    join_cells,
    join_wrapped_paragraphs,
)
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Clock, Limits
from dramaturg.sources.markup import join
from dramaturg.sources.navigation import mark_back_matter, mark_title
from dramaturg.sources.odt_lists import ListNumbering, read_lists
from dramaturg.sources.safe_xml import Element, attribute, content, descendants, local, parse_xml
from dramaturg.sources.safe_zip import Archive
from dramaturg.sources.structure import find_structure
from dramaturg.story import LeftOut, Role, Story

MAX_STYLE_PARENTS = 20  # styles may name each other in a circle
MAX_SPACES = 100  # that one element may stand for
MAX_NESTED_RUNS = 2 * MAX_NESTED_BLOCKS  # spans in spans; text in deeper ones is read without its format
HIDDEN = ("hidden text", "not shown to readers")
LEFT_OUT = {
    "tracked-changes": ("tracked deletion", "changes are read as accepted"),
    "annotation": ("comment", "not part of the text"),
}
INVISIBLE_ELEMENTS = frozenset(
    "annotation-end sequence-decls variable-decls user-field-decls forms page-number page-count title-desc "
    "soft-page-break hidden-text hidden-paragraph ruby-text desc".split()
)
DRAWINGS = ("frame", "text-box", "custom-shape", "rect", "ellipse", "caption", "g")
BOXES = ("text-box", "custom-shape", "rect", "ellipse", "caption")  # drawings with paragraphs of their own
CONTENTS_ELEMENTS = frozenset("table-of-content alphabetical-index illustration-index table-index".split())
HEADING_STYLE = re.compile(r"heading(?: |_20_)(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextStyle:
    """What a style says of its text. None: its parent decides. `parent`: the name of that style, or ""."""

    parent: str = ""
    italic: bool | None = None
    bold: bool | None = None
    hidden: bool | None = None
    alignment: str | None = None
    new_page: bool | None = None
    rule: bool | None = None
    list_style: str | None = None


@dataclass(slots=True)
class TextDocument:
    """The styles of a document, and the notes and left-out parts found while it is read."""

    styles: dict[str, TextStyle]
    numbering: ListNumbering
    clock: Clock
    notes: list[Element] = field(default_factory=list)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)

    def chain(self, name: str) -> Iterator[tuple[str, TextStyle]]:
        """A style and its parents, from the nearest on."""
        for _ in range(MAX_STYLE_PARENTS):
            if name not in self.styles:
                return
            yield name, self.styles[name]
            name = self.styles[name].parent

    def first(self, name: str, of: str) -> object:
        """The value of the nearest style that has one, or None."""
        return next((value for _, style in self.chain(name) if (value := getattr(style, of)) is not None), None)


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of an OpenDocument text.

    Raises UnreadableStory if the document holds no text, RefusedStory if it is encrypted or past a limit.
    """
    words = language.structure
    roots = _read_parts(data, name, limits)
    document = TextDocument(
        {id: style for root in roots for id, style in _read_styles(root)},
        ListNumbering({id: levels for root in roots for id, levels in read_lists(root)}),
        Clock(name, limits),
    )
    body = next((body for root in roots for body in descendants(root, "text") if _is_body(body)), None)
    paragraphs = list(_blocks(document, body, 0)) if body is not None else []
    notes = [paragraph for n, note in enumerate(document.notes, 1) for paragraph in _note(document, note, n)]
    passages = find_passages([*join_wrapped_paragraphs(paragraphs, words), *notes], words.headings)
    if not any(passage.role != "scene_break" for passage in passages):
        raise UnreadableStory(f"{name}: this OpenDocument text holds no text. Give a file with the text of the story.")
    properties = _read_properties(roots)
    mark_back_matter(passages, words.matter)
    byline = mark_title(passages, properties.get("title"), words)
    text, raw_blocks, emphasis = join(passages)
    structure = find_structure(text, raw_blocks, words)
    title = next((block for block in structure.blocks if block.role == "title"), None)
    in_text = structure.title or (" ".join(text[title.start : title.end].split()) if title else None)
    return build_story(
        data,
        name,
        "odt",
        text,
        structure,
        emphasis=emphasis,
        language=find_language(text),
        title=in_text or properties.get("title"),
        author=byline or structure.author or properties.get("author"),
        metadata=structure.metadata,
        left_out=[LeftOut(f"{n} × {what}", why) for (what, why), n in document.left_out.items()],
    )


def _read_parts(data: bytes, name: str, limits: Limits) -> list[Element]:
    """The XML of the content, the styles and the properties: of a ZIP file, or in a single document."""
    if not data.startswith(b"PK"):
        return [parse_xml(data, name, limits)]
    archive = Archive(data, name, limits)
    manifest = archive.find("META-INF/manifest.xml")
    if manifest is not None and b"encryption-data" in archive.read(manifest):
        raise RefusedStory(
            f"{name}: this OpenDocument text is encrypted with a password. Save it without a password and read that."
        )
    main = archive.find("content.xml")
    if main is None:
        raise UnreadableStory(f"{name}: this OpenDocument text has no part with the text. Save it again.")
    others = [part for part in ("styles.xml", "meta.xml") if archive.find(part)]
    return [parse_xml(archive.read(part), f"{name}: {part}", limits) for part in (main, *others)]


def _is_body(element: Element) -> bool:
    return isinstance(element.tag, str) and ("office" in element.tag.rpartition("}")[0] or element.tag == "office:text")


def _read_styles(root: Element) -> Iterator[tuple[str, TextStyle]]:
    for style in descendants(root, "style"):
        list_style = attribute(style, "list-style-name")
        found = {} if list_style is None else {"list-style-name": list_style}
        for properties in style:
            if local(properties) in ("text-properties", "paragraph-properties"):
                found |= {key.rpartition("}")[2].rpartition(":")[2]: value for key, value in properties.items()}
        slant, weight, page = found.get("font-style"), found.get("font-weight"), found.get("break-before")
        yield (
            attribute(style, "name") or "",
            TextStyle(
                attribute(style, "parent-style-name") or "",
                None if slant is None else slant in ("italic", "oblique"),
                None if weight is None else weight in ("bold", "600", "700", "800", "900"),
                found["display"] == "none" if "display" in found else None,
                found.get("text-align"),
                None if page is None else page == "page",
                _has_rule(found),
                found.get("list-style-name"),
            ),
        )


def _has_rule(properties: dict[str, str]) -> bool | None:
    """Whether a paragraph has a line above or below it."""
    borders = [properties[key] for key in ("border", "border-top", "border-bottom") if key in properties]
    return any(border != "none" for border in borders) if borders else None


def _read_properties(roots: list[Element]) -> dict[str, str]:
    """Title and author, as the file's properties give them."""
    names = ("title", "initial-creator", "creator")
    found: dict[str, str] = {}
    for meta in (meta for root in roots for meta in descendants(root, "meta")):
        for key, value in ((local(e), content(e)) for e in meta if local(e) in names):
            if value:
                found.setdefault(key, value)
    author = found.get("initial-creator") or found.get("creator") or ""
    known = {"title": found.get("title", ""), "author": "" if PLACEHOLDER_AUTHOR.fullmatch(author) else author}
    return {key: value for key, value in known.items() if value}


# ---- blocks


def _blocks(document: TextDocument, parent: Element, depth: int, role: Role | None = None) -> Iterator[Paragraph]:
    """The paragraphs of an element. Those nested too deeply are read as if they were not nested."""
    document.clock.check()
    if depth > MAX_NESTED_BLOCKS:
        for element in _outermost(parent, ("p", "h")):
            yield from _paragraph(document, element, depth, role)
        return
    for child in parent:
        kind = local(child)
        if kind in LEFT_OUT:
            what = len(list(descendants(child, "deletion"))) if kind == "tracked-changes" else 1
            document.left_out.update({LEFT_OUT[kind]: what} if what else {})
        elif kind in ("p", "h"):
            yield from _paragraph(document, child, depth, role)
        elif kind == "list":
            yield from _list(document, child, depth, role)
        elif kind == "table-row":
            yield from _row(document, child, depth, role)
        elif kind in CONTENTS_ELEMENTS:
            yield from _blocks(document, child, depth + 1, "front_matter")
        elif attribute(child, "display") == "none":
            document.left_out[HIDDEN] += 1
        elif kind and kind not in INVISIBLE_ELEMENTS:
            yield from _blocks(document, child, depth + 1, role)


def _list(document: TextDocument, element: Element, depth: int, role: Role | None) -> Iterator[Paragraph]:
    """The paragraphs of a list, with their numbers or dashes."""
    with document.numbering.open_list(element):
        for item in element:
            paragraphs = _blocks(document, item, depth + 1, role)
            if local(item) == "list-item":
                document.numbering.open_item(item)
            yield from paragraphs


def _row(document: TextDocument, row: Element, depth: int, role: Role | None) -> Iterator[Paragraph]:
    """A row of short cells as one paragraph with tabs between cells; longer cells one after another."""
    cells = [list(_blocks(document, cell, depth + 1, role)) for cell in row if local(cell) == "table-cell"]
    shown = [[paragraph for paragraph in cell if paragraph.text.strip()] for cell in cells]
    if len(shown) > 1 and all(len(cell) <= 1 for cell in shown):
        if any(shown):
            yield join_cells([cell[0] for cell in shown if cell])
    else:
        for cell in cells:
            yield from cell


def _paragraph(document: TextDocument, element: Element, depth: int, role: Role | None) -> Iterator[Paragraph]:
    """A paragraph, followed by the text boxes in it."""
    document.clock.count(1)
    style = attribute(element, "style-name") or ""
    if document.first(style, "hidden"):
        document.left_out[HIDDEN] += 1
        return
    line = ParagraphBuilder()
    is_heading = local(element) == "h"
    named, level = _role(document, style)
    if is_heading and named != "title":
        number = attribute(element, "outline-level") or "1"
        named, level = "heading", int(number) if number.isdigit() and len(number) < 3 else 1
    line.add(document.numbering.label(document.first(style, "list_style"), level if is_heading else 0), False, False)
    _runs(document, element, line, Shown(italic=bool(document.first(style, "italic"))), 0)
    text = "".join(line.parts)
    yield Paragraph(
        text,
        line.emphasis,
        style,
        role=role or named,
        level=level,
        centred=document.first(style, "alignment") == "center",
        bold=bool(document.first(style, "bold")) or 2 * line.n_bold > max(len(text.strip()), 1),
        new_page=bool(document.first(style, "new_page")),
        rule=bool(document.first(style, "rule")),
    )
    if depth > MAX_NESTED_BLOCKS:
        document.left_out.update({("text box", "inside too many others"): len(line.boxes)} if line.boxes else {})
        return
    for box in line.boxes:
        yield from _blocks(document, box, depth + 1, role)


def _role(document: TextDocument, style: str) -> tuple[Role | None, int]:
    for name in (style, *(style.parent for _, style in document.chain(style))):
        plain = name.replace("_20_", " ").lower()
        if plain == "title":
            return "title", 0
        if match := HEADING_STYLE.fullmatch(plain):
            return "heading", int(match[1][:2])
        if MATTER_STYLES.fullmatch(plain):
            return "front_matter", 0
    return None, 0


def _note(document: TextDocument, note: Element, number: int) -> Iterator[Paragraph]:
    mark = next((content(citation) for citation in note if local(citation) == "note-citation"), "") or str(number)
    for body in (child for child in note if local(child) == "note-body"):
        for n, paragraph in enumerate(_blocks(document, body, 0, "back_matter")):
            lead = "" if n else f"{mark} "
            moved = [(start + len(lead), end + len(lead)) for start, end in paragraph.emphasis]
            yield replace(paragraph, text=lead + paragraph.text, emphasis=moved)


# ---- runs


@dataclass(frozen=True, slots=True)
class Shown:
    """How a run of text is shown. `bold`: bolder than its paragraph."""

    italic: bool = False
    bold: bool = False


def _runs(document: TextDocument, parent: Element, line: ParagraphBuilder, shown: Shown, depth: int) -> None:
    if depth > MAX_NESTED_RUNS:
        _add(line, "".join(parent.itertext()), shown)
        return
    _add(line, parent.text, shown)
    for child in parent:
        _run(document, child, line, shown, depth)
        _add(line, child.tail, shown)


def _run(document: TextDocument, child: Element, line: ParagraphBuilder, shown: Shown, depth: int) -> None:
    kind = local(child)
    if kind == "s":
        count = attribute(child, "c") or "1"
        n_spaces = min(int(count), MAX_SPACES) if re.fullmatch(r"[0-9]{1,5}", count) else 1
        line.add(" " * n_spaces, shown.italic or shown.bold, shown.bold)
    elif kind in ("tab", "line-break"):
        line.add("\t" if kind == "tab" else "\n", shown.italic or shown.bold, shown.bold)
    elif kind == "note":
        document.notes.append(child)
        document.left_out[("footnote mark", "the notes follow the story")] += 1
    elif kind in LEFT_OUT:
        document.left_out[LEFT_OUT[kind]] += 1
    elif kind in DRAWINGS:
        line.boxes.extend(_outermost(child, BOXES))
    elif kind == "span":
        style = attribute(child, "style-name") or ""
        if document.first(style, "hidden"):
            document.left_out[HIDDEN] += 1
            return
        italic, bold = document.first(style, "italic"), document.first(style, "bold")
        inside = Shown(shown.italic if italic is None else bool(italic), shown.bold if bold is None else bool(bold))
        _runs(document, child, line, inside, depth + 1)
    elif kind and kind not in INVISIBLE_ELEMENTS:
        _runs(document, child, line, shown, depth + 1)


def _outermost(element: Element, names: tuple[str, ...]) -> list[Element]:
    """The elements with these names in `element`, itself included, without those inside another of them."""
    found: list[Element] = []
    stack = [element]
    while stack:
        current = stack.pop()
        if local(current) in names:
            found.append(current)
        else:
            stack.extend(reversed(current))
    return found


def _add(line: ParagraphBuilder, text: str | None, shown: Shown) -> None:
    """Add text, with one space for each run of white space (OpenDocument 1.3, 6.1.2)."""
    visible = re.sub(r"[ \t\r\n]+", " ", text or "").translate(INVISIBLE_CHARACTERS)
    before = next((part for part in reversed(line.parts) if part), " ")
    visible = visible.removeprefix(" ") if before.endswith((" ", "\n", "\t")) else visible
    line.add(visible, shown.italic or shown.bold, shown.bold)
