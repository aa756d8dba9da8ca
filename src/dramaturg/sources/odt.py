"""OpenDocument texts (ODT, and FODT in one XML file) → Story, as a reader sees them on the page.

Tracked changes are read as accepted. Comments are left out. Notes follow the story, and their marks are left out of it.
OpenDocument 1.3, part 3, chapters 4 to 7 (text content) and 16 (styles).
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.sources.build import build_story
from dramaturg.sources.docx import MATTER_STYLES, Paragraph, ParagraphBuilder, find_passages
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Limits
from dramaturg.sources.markup import join
from dramaturg.sources.navigation import mark_back_matter, mark_title
from dramaturg.sources.safe_xml import Element, attribute, content, descendants, local, parse_xml
from dramaturg.sources.safe_zip import Archive
from dramaturg.sources.structure import find_structure
from dramaturg.story import LeftOut, Role, Story

MAX_STYLE_PARENTS = 20  # styles may name each other in a circle
MAX_SPACES = 100  # that one element may stand for
INVISIBLE_CHARACTERS = str.maketrans("", "", "\u00ad\u2060\ufeff")
LEFT_OUT = {
    "tracked-changes": ("tracked deletion", "changes are read as accepted"),
    "annotation": ("comment", "not part of the text"),
}
INVISIBLE_ELEMENTS = frozenset(
    "annotation-end sequence-decls variable-decls user-field-decls forms page-number page-count title-desc "
    "soft-page-break hidden-text hidden-paragraph ruby-text desc".split()
)
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


@dataclass(slots=True)
class TextDocument:
    """The styles of a document, and the notes and left-out parts found while it is read."""

    styles: dict[str, TextStyle]
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
    document = TextDocument({id: style for root in roots for id, style in _read_styles(root)})
    body = next((body for root in roots for body in descendants(root, "text") if _is_body(body)), None)
    paragraphs = list(_blocks(document, body)) if body is not None else []
    notes = [paragraph for n, note in enumerate(document.notes, 1) for paragraph in _note(document, note, n)]
    passages = find_passages([*paragraphs, *notes], words.headings)
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
        found: dict[str, str] = {}
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
            ),
        )


def _read_properties(roots: list[Element]) -> dict[str, str]:
    """Title and author, as the file's properties give them."""
    names = {"title": "title", "initial-creator": "author", "creator": "author"}
    found: dict[str, str] = {}
    for meta in (meta for root in roots for meta in descendants(root, "meta")):
        for key, value in ((names[local(e)], content(e)) for e in meta if local(e) in names):
            if value:
                found.setdefault(key, value)
    return found


# ---- blocks


def _blocks(document: TextDocument, parent: Element, role: Role | None = None) -> Iterator[Paragraph]:
    """The paragraphs of an element; the limit on depth keeps the recursion short."""
    for child in parent:
        kind = local(child)
        if kind in LEFT_OUT:
            what = len(list(descendants(child, "deletion"))) if kind == "tracked-changes" else 1
            document.left_out.update({LEFT_OUT[kind]: what} if what else {})
        elif kind in ("p", "h"):
            yield from _paragraph(document, child, role)
        elif kind in CONTENTS_ELEMENTS:
            yield from _blocks(document, child, "front_matter")
        elif kind not in INVISIBLE_ELEMENTS and attribute(child, "display") != "none":
            yield from _blocks(document, child, role)


def _paragraph(document: TextDocument, element: Element, role: Role | None) -> Iterator[Paragraph]:
    """A paragraph, followed by the text boxes in it."""
    style = attribute(element, "style-name") or ""
    if document.first(style, "hidden"):
        document.left_out[("hidden text", "not shown to readers")] += 1
        return
    line = ParagraphBuilder()
    is_heading = local(element) == "h"
    _runs(document, element, line, bool(document.first(style, "italic")), False)
    named, level = _role(document, style)
    if is_heading and named != "title":
        number = attribute(element, "outline-level") or "1"
        named, level = "heading", int(number) if number.isdigit() and len(number) < 3 else 1
    yield Paragraph(
        "".join(line.parts),
        line.emphasis,
        style,
        role=role or named,
        level=level,
        centred=document.first(style, "alignment") == "center",
        bold=bool(document.first(style, "bold")),
        new_page=bool(document.first(style, "new_page")),
    )
    for box in line.boxes:
        yield from _blocks(document, box, role)


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
    mark = next((content(citation) for citation in descendants(note, "note-citation")), "") or str(number)
    for body in descendants(note, "note-body"):
        for n, paragraph in enumerate(_blocks(document, body, "back_matter")):
            if n == 0:
                lead = f"{mark} "
                moved = [(start + len(lead), end + len(lead)) for start, end in paragraph.emphasis]
                paragraph.text, paragraph.emphasis = lead + paragraph.text, moved
            yield paragraph


# ---- runs


def _runs(document: TextDocument, parent: Element, line: ParagraphBuilder, italic: bool, bold: bool) -> None:
    _add(line, parent.text, italic or bold)
    for child in parent:
        _run(document, child, line, italic, bold)
        _add(line, child.tail, italic or bold)


def _run(document: TextDocument, child: Element, line: ParagraphBuilder, italic: bool, bold: bool) -> None:
    kind = local(child)
    if kind == "s":
        count = attribute(child, "c") or "1"
        line.add(" " * min(int(count) if count.isdigit() and len(count) < 6 else 1, MAX_SPACES), italic or bold, False)
    elif kind in ("tab", "line-break"):
        line.add("\t" if kind == "tab" else "\n", italic or bold, False)
    elif kind == "note":
        document.notes.append(child)
        document.left_out[("footnote mark", "the notes follow the story")] += 1
    elif kind in LEFT_OUT:
        document.left_out[LEFT_OUT[kind]] += 1
    elif kind in ("text-box", "frame", "custom-shape", "g"):
        line.boxes.extend([child] if kind == "text-box" else descendants(child, "text-box"))
    elif kind == "span":
        style = attribute(child, "style-name") or ""
        if document.first(style, "hidden"):
            document.left_out[("hidden text", "not shown to readers")] += 1
            return
        slant, weight = document.first(style, "italic"), document.first(style, "bold")
        _runs(
            document,
            child,
            line,
            italic if slant is None else bool(slant),
            bold if weight is None else bool(weight),
        )
    elif kind and kind not in INVISIBLE_ELEMENTS:
        _runs(document, child, line, italic, bold)


def _add(line: ParagraphBuilder, text: str | None, emphasised: bool) -> None:
    """Add text, with one space for each run of white space (OpenDocument 1.3, 6.1.2)."""
    shown = re.sub(r"[ \t\r\n]+", " ", text or "").translate(INVISIBLE_CHARACTERS)
    before = line.parts[-1] if line.parts else " "
    line.add(shown.removeprefix(" ") if before.endswith((" ", "\n", "\t")) else shown, emphasised, False)
