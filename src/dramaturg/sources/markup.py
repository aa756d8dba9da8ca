"""HTML and XHTML → passages: what a reader sees of a page, block by block. The EPUB reader uses it too.

The rules:
- a passage is one block as a browser shows it: runs of white space are one space, ends are stripped, one <br> is a
  newline, two start a new passage
- left out: scripts, styles, navigation, hidden elements, ruby readings, page numbers, footnote marks, and invisible
  characters (soft hyphens, word joiners, zero-width spaces)
- kept: non-breaking and hair spaces, rows of tables, alternative texts of images. Ligatures become their letters
- <hr> is a passage `* * *` with the role scene_break; <h1> to <h6> have the role heading and their level
- so is more space above a paragraph than the others have: a blank paragraph, a margin, an ornament, a new section
- epub:type, role and class give roles: the text of notes is back_matter, title pages are front_matter …

lxml's parser calls back for each tag instead of building a tree. A tree built by HTML's rules for misnested tags can be
quadratic in the size of the page: 100 kB of unclosed <font> make 4 GB. So memory and time stay small.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import HeadingWords, StructureWords
from dramaturg.sources.decode import decode
from dramaturg.sources.limits import DEFAULT, Clock, Limits, limit_exceeded
from dramaturg.sources.line_patterns import (
    MAX_LINE_CHARACTERS,
    is_centred_break,
    is_label,
    is_scene_break,
    read_heading,
    starts_note,
)
from dramaturg.sources.lines import RawBlock
from dramaturg.sources.stylesheets import (
    Shown,
    Stylesheet,
    applies_to_screens,
    compute_style,
    is_drop_cap,
    is_hidden,
    is_italic,
    space_above,
)
from dramaturg.sources.wrapping import MAX_WRAP_CHARACTERS, TERMINAL
from dramaturg.story import Role, Span

SCENE_BREAK = "* * *"  # the text of a rule
CHUNK_CHARACTERS = 1 << 17  # parsed between two checks of the clock
MAX_NOTE_MARK_CHARACTERS = 12  # of the footnote mark
MAX_CELL_CHARACTERS = 300  # of a table cell; longer cells are columns of the page
MAX_VERSE_CHARACTERS = 70  # of a line of verse
MIN_RAW_LINES = 4  # line ends in the source for them to count as ends of paragraphs
MIN_HIDDEN_TEXT = 200  # characters of a page without other text that are read although they are hidden
MIN_GAP = 0.9  # em more above a paragraph than usual: a scene break
MAX_GAP_SHARE = 0.25  # of paragraphs; where more have space above them, it is not a scene break
MIN_PARAGRAPHS = 4  # of a page where spaces can be compared
BLANK_LINE = 1.2  # em, of a blank paragraph
ORNAMENT = 3.0  # em, of what stands for a scene break though it has no text
MAX_EXCERPT_CHARACTERS = 60  # of something that was left out


class Link(NamedTuple):
    """A link in a passage: its span, and the target as written."""

    start: int
    end: int
    target: str


@dataclass(slots=True)
class Element:
    """A block-level element. `parent`: an index into `Markup.elements`, or -1."""

    parent: int
    tag: str
    attributes: dict[str, str]

    @property
    def id(self) -> str:
        """Its id, or "" if it has none."""
        return self.attributes.get("id", "")

    @property
    def classes(self) -> list[str]:
        """Its classes, in lower case."""
        return self.attributes.get("class", "").lower().split()


@dataclass(slots=True)
class Passage:
    """One block of the page. The spans of `emphasis` and `links` count from the start of the passage.

    `element`: the index of the innermost block-level element. `anchors`: the ids and names in the passage, or between
    it and the passage before, that links such as `#chapter-2` lead to. `level`: of a heading, whatever its role; 0 for
    anything else. `space`: the space above it in em, blank paragraphs included.
    """

    text: str
    role: Role | None = None
    level: int = 0
    emphasis: tuple[Span, ...] = ()
    links: tuple[Link, ...] = ()
    element: int = 0
    anchors: tuple[str, ...] = ()
    space: float = 0.0


@dataclass(slots=True)
class Markup:
    """A parsed page.

    `meta`: the contents of <meta>, by name or property in lower case. `references`: the targets of footnote marks, each
    with the number of passages before the first such mark. `left_out`: the reasons why text is not among the passages,
    each with how often, and the first words of the first case.
    """

    passages: list[Passage] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    title: str | None = None
    language: str | None = None
    meta: dict[str, str] = field(default_factory=dict)
    references: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, tuple[int, str]] = field(default_factory=dict)

    def above(self, passage: Passage) -> Iterator[Element]:
        """The elements that a passage is in, from the innermost outwards."""
        i = passage.element if self.elements else -1
        while i >= 0:
            yield self.elements[i]
            i = self.elements[i].parent


class Joined(NamedTuple):
    """Passages as one text, separated by blank lines, and the raw blocks for `find_structure`."""

    text: str
    raw_blocks: list[RawBlock]
    emphasis: tuple[Span, ...]


def read_markup(
    source: str,
    name: str = "-",
    limits: Limits = DEFAULT,
    clock: Clock | None = None,
    words: StructureWords = ENGLISH.structure,
    stylesheet: Stylesheet | None = None,
) -> Markup:
    """What a reader sees of an HTML or XHTML document, whole or a fragment.

    `source`: decoded text. `name`: the name of the file in error messages. `clock`: where a file has many documents,
    the clock for all of them. `stylesheet`: the sheets that the document links to; the styles in it are read with it.
    Hidden text is left out, unless it is all that the document has. Raises RefusedStory past the limits depth, blocks
    and time.
    """
    clock = clock or Clock(name, limits)
    reader = _Reader(name, limits, words, stylesheet or Stylesheet())
    markup = _parse(reader, source, clock)
    if reader.n_hidden >= MIN_HIDDEN_TEXT and not any(_is_paragraph(passage) for passage in markup.passages):
        markup = _parse(_Reader(name, limits, words, Stylesheet(), shows_hidden=True), source, clock)
    _mark_notes(markup)
    _mark_gaps(markup, words.headings)
    return markup


def _parse(reader: "_Reader", source: str, clock: Clock) -> Markup:
    from lxml import etree  # plain text does not need it

    parser = etree.HTMLParser(target=reader, huge_tree=True, encoding="utf-8")
    source = _as_html(source)
    n_counted = 0
    for start in range(0, len(source), CHUNK_CHARACTERS):
        clock.check()
        parser.feed(source[start : start + CHUNK_CHARACTERS].encode("utf-8"))
        n_passages = len(reader.markup.passages)
        clock.count(n_passages - n_counted)
        n_counted = n_passages
    if source:
        parser.close()
    return reader.close()


def _is_paragraph(passage: Passage) -> bool:
    return passage.role is None and not passage.level


def join(passages: Iterable[Passage]) -> Joined:
    """One text from the passages of one or more documents."""
    parts: list[str] = []
    raw_blocks: list[RawBlock] = []
    emphasis: list[Span] = []
    position = 0
    for passage in passages:
        end = position + len(passage.text)
        n_lines = passage.text.count("\n") + 1
        raw_blocks.append(RawBlock(position, end, 1 if raw_blocks else 0, 0, n_lines, passage.role, passage.level))
        if passage.role not in ("scene_break", "front_matter"):  # labels in bold and the like stress nothing
            emphasis.extend(Span(position + span.start, position + span.end) for span in passage.emphasis)
        parts.append(passage.text)
        position = end + 2
    return Joined("\n\n".join(parts), raw_blocks, tuple(emphasis))


# ---- before parsing

VOID = "area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr"
SELF_CLOSED = re.compile(rf"<(?!(?:{VOID})[\s/])([a-zA-Z][\w:.-]*)(\s[^<>]*)?/>")
SUBSET = re.compile(r"<!DOCTYPE[^\[>]{0,500}\[", re.IGNORECASE)
UNUSED = re.compile("[\0\ud800-\udfff]")  # characters that the parser cannot take


def _as_html(source: str) -> str:
    """Rewrite two forms of XHTML that HTML reads differently: `<a/>` closes itself, and CDATA is text."""
    source = UNUSED.sub("\ufffd", source).removeprefix("\ufeff")
    head = source[:2000]
    if head.lstrip().startswith("<?xml") or "http://www.w3.org/1999/xhtml" in head:
        match = SUBSET.search(head)
        if match and (end := source.find("]>", match.end())) >= 0:
            source = (
                source[: match.start()] + source[end + 2 :]
            )  # entities that the document declares are never expanded
        source = SELF_CLOSED.sub(r"<\1\2></\1>", source)
        if "<![CDATA[" in source:
            first, *rest = source.split("<![CDATA[")
            source = first + "".join(_escaped(part) for part in rest)
    return source


def _escaped(part: str) -> str:
    data, closed, after = part.partition("]]>")
    return data.replace("&", "&amp;").replace("<", "&lt;") + after if closed else part


# ---- tags and classes


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


BLOCKS = _words(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup html legend li main menu nav ol optgroup option p pre "
    "search section summary table tbody td tfoot th thead tr ul"
)
SKIPPED = _words("script style template noscript iframe object embed svg audio video canvas map datalist")
SCRIPTS = _words("script noscript template")
CONTROLS = _words("select button textarea input meter progress")
RUBY = _words("rt rp rtc")
EMPHASIS = _words("em i cite dfn var b strong u")
BOLD = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
EMPHASIS_CLASSES = _words("italic italics italique ital it em emphasis i b bold bolditalic underline")
HIDDEN_CLASSES = _words("hidden visually-hidden visuallyhidden sr-only screen-reader-text screenreader landmark")
PAGE_NUMBER = _words("pagenum pagenumber pageno pagebreak page-number doc-pagebreak")
LABEL_CLASSES = _words("threadmarklabel")  # text of its own, though its element is not block-level
RUNNING_HEAD = _words(
    "runninghead runninghead1 running-head runningheader running-header pagehead page-head pageheader page-header "
    "pagefooter page-footer headerline header-line folio"
)
PAGE_LABEL = re.compile(r"[\W_]*(?:p(?:g|age)?\b\.?\s*)?(?:\d{1,5}|[ivxlc]{1,8})[\W_]*", re.IGNORECASE)
MAX_RUNNING_HEAD = 100  # characters
NOTE_REFERENCE = _words("noteref doc-noteref fnanchor footnote-ref footnoteref footnote-reference")
BACK_LINK = _words("backlink footnote-back doc-backlink footnote-backref referrer")
DROP_CAP = re.compile(r"drop-?_?cap|initial|first-?_?letter|lettrine|versal", re.IGNORECASE)
NUMBER = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§¶]{1,3})[\])]?")
TEXT_ROLES: dict[str, Role] = {
    **dict.fromkeys(
        _words(
            "titlepage halftitlepage halftitle imprint copyright-page copyright dedication epigraph toc landmarks "
            "loi lot doc-toc doc-dedication doc-epigraph doc-credits seriespage frontispiece cover other-credits "
            "keywords"
        ),
        "front_matter",
    ),
    **dict.fromkeys(
        _words(
            "footnote footnotes endnote endnotes rearnote rearnotes doc-footnote doc-endnote doc-endnotes colophon "
            "uncopyright bibliography index glossary acknowledgments errata doc-colophon doc-bibliography doc-index "
            "doc-glossary doc-acknowledgments backlink contributors"
        ),
        "back_matter",
    ),
}
# Classes whose meaning is certain. Sites use others, such as `cover` and `index`, for other things.
ROLE_CLASSES = _words("footnote footnotes endnote endnotes titlepage copyright dedication epigraph toc colophon")
INVISIBLE = dict.fromkeys(map(ord, "\xad\u200b\u2060\ufeff\u180e")) | {
    0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st",
}  # fmt: skip
SPACES = re.compile(r"[ \t\n\r\f]+")
LINE_END = re.compile(r"(\n[ \t\n\r\f]*)")
BREAK_CLASS = re.compile(
    r"tb|sb|(?:scene|space|section|thought|text|story)[-_]?(?:break|sep(?:arator)?|divider)|separator|divider|asterism|"
    r"fleuron|ornament(?:al)?(?:[-_]?break)?|blank(?:[-_]?line)?|(?:line|para)[-_]?(?:break|space)|spacer",
    re.IGNORECASE,
)
BREAK_PICTURE = re.compile(
    r"scene|break|ornament|divider|separator|flourish|fleuron|asterism|dinkus|glyph|squiggle", re.IGNORECASE
)
FILE_NAME = re.compile(r"[\w%. -]+\.(?:jpe?g|png|gif|svg|webp)", re.IGNORECASE)


@dataclass(slots=True)
class _Frame:
    """An open element. `passage`, `n_parts`, `length`: the passage in which its text begins, and the place in it."""

    tag: str
    attributes: dict[str, str]
    is_block: bool = False
    skip_reason: str = ""  # why its text is left out, or ""
    emphasis: bool = False
    keeps_lines: bool = False
    role: Role | None = None
    level: int = 0
    element: int = -1
    space: float = 0.0
    is_drop_cap: bool = False
    is_centred: bool = False
    passage: int = 0
    n_parts: int = 0
    length: int = 0


class _Reader:
    """The parser's target: lxml calls it for each tag and text."""

    def __init__(
        self, name: str, limits: Limits, words: StructureWords, stylesheet: Stylesheet, *, shows_hidden: bool = False
    ) -> None:
        self.name, self.limits, self.words = name, limits, words
        self.stylesheet, self.shows_hidden = stylesheet, shows_hidden
        self.shown: list[Shown] = []  # the open elements
        self.style: list[str] = []  # the text of the open <style>
        self.n_hidden = 0  # characters that were left out because they are hidden
        self.space = 0.0  # above the next passage, in em
        self.markup = Markup()
        self.frames: list[_Frame] = [_Frame("", {})]
        self.n_skipped = self.n_emphasised = self.n_pre = self.n_quoted = 0
        self.in_title = False
        self.title: list[str] = []
        self.skipped_text = ""
        self.anchors: list[str] = []
        self.closing = ""  # the bracket that is left after a footnote mark
        self.drop_cap: Passage | None = None
        self.blocks: list[_Frame] = []  # the open elements that are block-level
        self.n_passages = 0
        self.target = ""  # of the open link
        self._begin()

    # the current passage

    def _begin(self) -> None:
        self.n_passages += 1
        self.parts: list[str] = []
        self.length = 0
        self.ends_blank = True  # a space here would be a second one, or at the start
        self.emphasis: list[Span] = []
        self.links: list[Link] = []
        self.newlines: list[tuple[int, int]] = []  # place, how many
        self.emphasised_from = self.linked_from = 0
        self.n_breaks = 0  # <br> with nothing before them

    def _add(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self.length += len(text)
            self.ends_blank = text[-1] in " \n\t"

    def _flush(self) -> None:
        """End the current passage, if it has text."""
        if self.n_emphasised and self.length > self.emphasised_from:
            self.emphasis.append(Span(self.emphasised_from, self.length))
        if self.target and self.length > self.linked_from:
            self.links.append(Link(self.linked_from, self.length, self.target))
        frame = self.frames[-1]
        text = "".join(self.parts)
        stripped = text.strip()
        self.space += BLANK_LINE * self.n_breaks
        if stripped:
            self._keep(text, stripped, frame)
        elif text:
            self.space += BLANK_LINE * (1 + text.count("\n"))
        self._begin()

    def _keep(self, text: str, stripped: str, frame: _Frame) -> None:
        if reason := _page_furniture(stripped, _classes_of(frame.attributes)):
            self._leave_out(reason, stripped[:MAX_EXCERPT_CHARACTERS])
            return
        first = len(text) - len(text.lstrip())
        cut = first, first + len(stripped)
        role: Role | None = "heading" if frame.level and frame.role is None else frame.role
        if role is None and frame.is_centred and is_centred_break(stripped, self.words.headings):
            role = "scene_break"
        space = self.space + max((block.space for block in self.blocks if block.element < 0), default=0.0)
        self.space = 0.0
        passage = Passage(
            stripped,
            role,
            frame.level,
            tuple(_cut_spans(text, self.emphasis, *cut)),
            tuple(Link(max(a - first, 0), b - first, target) for a, b, target in self.links if first < b <= cut[1]),
            self._element(),
            tuple(self.anchors),
            space,
        )
        self.anchors = []
        newlines = [] if self.n_pre else [(place - first, n) for place, n in self.newlines]
        in_paragraph = frame.tag in ("p", "li", "dd", "dt", "td", "th") or frame.level > 0
        split = _split(passage, [] if in_paragraph else newlines, self.words)
        if self.drop_cap is not None:
            split[0] = _join_drop_cap(self.drop_cap, split[0])
            self.markup.passages.pop()
        is_cap = len(stripped) <= 2 and (frame.is_drop_cap or bool(DROP_CAP.search(frame.attributes.get("class", ""))))
        self.drop_cap = split[-1] if is_cap else None
        self.markup.passages.extend(split)

    def _element(self) -> int:
        """The index of the innermost block-level element. Only elements that hold text are listed."""
        k = len(self.blocks)
        while k and self.blocks[k - 1].element < 0:
            k -= 1
        parent = self.blocks[k - 1].element if k else -1
        for frame in self.blocks[k:]:
            self.markup.elements.append(Element(parent, frame.tag, frame.attributes))
            parent = frame.element = len(self.markup.elements) - 1
        if parent < 0:
            self.markup.elements.append(Element(-1, "", {}))
            parent = len(self.markup.elements) - 1
        return parent

    def _leave_out(self, why: str, words: str) -> None:
        n, first = self.markup.left_out.get(why, (0, ""))
        self.markup.left_out[why] = (n + 1, first or words)

    # called by the parser

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A tag opens."""
        if len(self.frames) > self.limits.depth:
            raise limit_exceeded(self.name, self.limits, "depth", "its tags are nested too deeply")
        prefix, _, local = tag.rpartition(":")
        tag = local if prefix in ("html", "xhtml", "h") else tag
        frame = self._frame(tag, dict(attributes))
        if frame.skip_reason and not self.n_skipped:
            self.skipped_text = ""
        if not self.n_skipped and not frame.skip_reason:
            self._open(frame)
        frame.passage, frame.n_parts, frame.length = self.n_passages, len(self.parts), self.length
        self.frames.append(frame)
        self.shown.append(Shown(tag, frame.attributes.get("id", ""), frozenset(_classes_of(frame.attributes))))
        if frame.is_block:
            self.blocks.append(frame)
        self.n_skipped += bool(frame.skip_reason)
        self.n_pre += frame.keeps_lines
        if frame.emphasis and not self.n_skipped:
            if not self.n_emphasised:
                self.emphasised_from = self.length
            self.n_emphasised += 1
        else:
            frame.emphasis = False

    def _frame(self, tag: str, attributes: dict[str, str]) -> _Frame:
        attribute = attributes.get("style", "")
        classes, types = _classes_of(attributes), _types_of(attributes)
        element = Shown(tag, attributes.get("id", ""), frozenset(classes))
        style = compute_style(self.stylesheet.style_of(element, self.shown), attribute)
        above = self.frames[-1]
        frame = _Frame(tag, attributes, tag in BLOCKS, role=above.role, level=above.level)
        hidden = tag != "hr" and ("hidden" in attributes or is_hidden(style) or not classes.isdisjoint(HIDDEN_CLASSES))
        frame.skip_reason = _reason_to_skip(tag, classes, types, hidden=hidden and not self.shows_hidden)
        if tag == "title" and not self.n_skipped:
            self.in_title = not self.title
        frame.emphasis = (
            tag in EMPHASIS
            or not classes.isdisjoint(EMPHASIS_CLASSES)
            or is_italic(style)
            or bool(attribute and BOLD.search(attribute))
        )
        frame.is_block |= style.get("display") == "block" or not classes.isdisjoint(LABEL_CLASSES)
        frame.keeps_lines = tag == "pre" or style.get("white-space", "").startswith(("pre", "break-spaces"))
        frame.is_centred = tag == "center" or "center" in (style.get("text-align"), attributes.get("align"))
        frame.is_centred |= above.is_centred and style.get("text-align", "inherit") == "inherit"
        frame.is_drop_cap = is_drop_cap(style)
        frame.space = space_above(style) if frame.is_block else 0.0
        for word in (*types, *classes & ROLE_CLASSES):
            frame.role = TEXT_ROLES.get(word, frame.role)
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            frame.level = int(tag[1])
        return frame

    def _open(self, frame: _Frame) -> None:
        tag, attributes = frame.tag, frame.attributes
        if frame.is_block and tag not in ("td", "th"):
            self._flush()
        elif tag in ("td", "th") and self.length:
            self._next_cell()
        for key in ("id", "name"):
            if attributes.get(key) and (key == "id" or tag == "a"):
                self.anchors.append(attributes[key])
        if tag == "br":
            self._break_line()
        elif tag == "hr":
            self._rule()
        elif tag == "img":
            self._image(attributes)
        elif tag == "a":
            self.linked_from, self.target = self.length, attributes.get("href", "")
        elif tag == "q":
            self._add("“‘"[self.n_quoted % 2])
            self.n_quoted += 1
        elif tag == "html":
            self.markup.language = attributes.get("lang") or attributes.get("xml:lang") or self.markup.language
        elif tag == "meta":
            self._meta(attributes)

    def end(self, tag: str) -> None:
        """A tag closes."""
        if len(self.frames) < 2:
            return
        frame = self.frames[-1]
        if frame.skip_reason:
            self.n_skipped -= 1
            if not self.n_skipped:
                words = " ".join(self.skipped_text.split())[:MAX_EXCERPT_CHARACTERS]
                self._add_style(frame)
                if words and frame.skip_reason not in ("script", "style") and frame.tag != "rp":
                    self._leave_out(frame.skip_reason, words)
        elif not self.n_skipped:
            self._close(frame)
            if frame.is_block and frame.element < 0 and not "".join(self.parts).strip():
                is_break = any(map(BREAK_CLASS.fullmatch, _classes_of(frame.attributes)))
                self.space += ORNAMENT if is_break else frame.space
        if frame.emphasis:
            self.n_emphasised -= 1
            if not self.n_emphasised and self.length > self.emphasised_from:
                self.emphasis.append(Span(self.emphasised_from, self.length))
        if frame.is_block and not self.n_skipped and frame.tag not in ("td", "th"):
            self._flush()
        self.n_pre -= frame.keeps_lines
        self.frames.pop()
        self.shown.pop()
        if frame.is_block:
            self.blocks.pop()
        self.in_title = self.in_title and frame.tag != "title"

    def _close(self, frame: _Frame) -> None:
        same = frame.passage == self.n_passages and frame.length <= self.length
        target, self.target = self.target, "" if frame.tag == "a" else self.target
        if frame.tag == "q":
            self.n_quoted -= 1
            self._add("”’"[self.n_quoted % 2])
        if frame.tag in ("a", "sup", "span") and same and self._drop_mark(frame):
            return
        if frame.tag == "a" and same and "author" in frame.attributes.get("rel", "").lower().split():
            self.markup.meta.setdefault("author", "".join(self.parts[frame.n_parts :]).strip())
        if frame.tag == "a" and target and self.length > self.linked_from:
            self.links.append(Link(self.linked_from, self.length, target))
        if frame.tag in ("td", "th") and self.length - frame.length > MAX_CELL_CHARACTERS:
            self._flush()

    def data(self, text: str) -> None:
        """Text between tags."""
        if self.in_title:
            self.title.append(text)
        elif self.n_skipped:
            self.n_hidden += len(text) if self._is_in_hidden() else 0
            if self.frames[-1].tag == "style":
                self.style.append(text)
            if len(self.skipped_text) < MAX_EXCERPT_CHARACTERS:
                self.skipped_text += text[: 4 * MAX_EXCERPT_CHARACTERS]
        elif self.n_pre:
            self._add_lines(text)
        else:
            text = text.translate(INVISIBLE) if not text.isascii() else text
            if self.closing and text.startswith(self.closing):
                text = text[1:]
            self.closing = "" if text else self.closing
            self._add_collapsed(text)

    def _is_in_hidden(self) -> bool:
        return self.n_skipped == 1 and any(frame.skip_reason == "hidden" for frame in self.frames)

    def _add_style(self, frame: _Frame) -> None:
        """Read the text of a <style> that ends."""
        sheet, self.style = "".join(self.style), []
        if sheet and not self.shows_hidden and applies_to_screens(frame.attributes.get("media", "")):
            self.stylesheet = self.stylesheet.with_sheet(sheet)

    def _add_collapsed(self, text: str) -> None:
        for k, line in enumerate(LINE_END.split(text)):
            if k % 2:  # the line ends between two lines
                if self.length:
                    self.newlines.append((self.length - self.ends_blank, line.count("\n")))
                line = " "
            line = SPACES.sub(" ", line)
            self._add(line.lstrip(" ") if self.ends_blank else line)

    def _add_lines(self, text: str) -> None:
        lines = text.translate(INVISIBLE).replace("\r", "").split("\n")
        for k, line in enumerate(lines):
            if k:
                self._break_line()
            if k < len(lines) - 1:
                line = line.rstrip(" \t")
            self._add(line if self.length else line.lstrip(" \t"))

    def close(self) -> Markup:
        """The document ends."""
        self._flush()
        self.markup.title = " ".join("".join(self.title).split()) or None
        return self.markup

    # single elements

    def _break_line(self) -> None:
        """One <br> is a newline, two start a new passage."""
        while self.parts and self.parts[-1] == " ":
            self.parts.pop()
            self.length -= 1
        if self.parts and self.parts[-1] == "\n":
            self.parts.pop()
            self.length -= 1
            self._flush()
        elif self.length:
            self._add("\n")
        else:
            self.n_breaks += 1
        self.emphasised_from = min(self.emphasised_from, self.length)

    def _rule(self) -> None:
        self._flush()
        self.markup.passages.append(Passage(SCENE_BREAK, "scene_break", element=self._element()))

    def _next_cell(self) -> None:
        if not self.ends_blank:
            self._add("\t")

    def _image(self, attributes: dict[str, str]) -> None:
        """A picture of a single letter or face in text is read in its place. The texts of others are passages."""
        text = " ".join(attributes.get("alt", "").translate(INVISIBLE).split())
        if not text or text.lower() in self.words.matter.empty_alternatives or FILE_NAME.fullmatch(text):
            source = attributes.get("src", "")
            self._leave_out("picture without alternative text", source[:MAX_EXCERPT_CHARACTERS])
            classes = f"{attributes.get('class', '')} {self.frames[-1].attributes.get('class', '')}"
            named = f"{source.rpartition('/')[2]} {classes}"
            if not self.length and BREAK_PICTURE.search(named):
                self.space += ORNAMENT
        elif len(text) <= 2 and (self.length or len(text) == 1 and text.isalpha()):
            self._add(text)
        elif is_scene_break(text[:MAX_LINE_CHARACTERS], self.words.headings):
            self._flush()
            self.markup.passages.append(Passage(text, "scene_break", element=self._element()))
        elif self.length:
            self._leave_out("picture inside text", text[:MAX_EXCERPT_CHARACTERS])
        else:
            role = self.frames[-1].role or "back_matter"
            self.markup.passages.append(Passage(text, role, element=self._element()))

    def _meta(self, attributes: dict[str, str]) -> None:
        name = (attributes.get("name") or attributes.get("property") or "").lower()
        if name:
            self.markup.meta.setdefault(name, " ".join(attributes.get("content", "").split()))

    def _drop_mark(self, frame: _Frame) -> bool:
        """Leave out the text of `frame` if it is a footnote mark or a link back from a note. Returns whether it was."""
        if not 0 < self.length - frame.length <= 2 * MAX_NOTE_MARK_CHARACTERS:
            return False
        text = "".join(self.parts[frame.n_parts :]).strip()
        target = frame.attributes.get("href", "")
        classes = _classes_of(frame.attributes) | _types_of(frame.attributes)
        if not self._is_mark(frame, text, target, classes):
            return False
        if target and not self.words.matter.back_link.fullmatch(text) and classes.isdisjoint(BACK_LINK):
            self.markup.references.setdefault(target, len(self.markup.passages))
        self._leave_out("footnote mark", text)
        del self.parts[frame.n_parts :]
        self.length = frame.length
        if self.parts and self.parts[-1][-1:] in ("[", "("):
            self.closing = "])"["[(".index(self.parts[-1][-1])]
            self.parts[-1] = self.parts[-1][:-1]
            self.length -= 1
        self.links = [link for link in self.links if link.end <= self.length]
        self.newlines = [newline for newline in self.newlines if newline[0] <= self.length]
        self.emphasis = [span for span in self.emphasis if span.end <= self.length]
        self.emphasised_from = min(self.emphasised_from, self.length)
        self.ends_blank = not self.parts or self.parts[-1][-1:] in ("", " ", "\n", "\t")
        return True

    def _is_mark(self, frame: _Frame, text: str, target: str, classes: set[str]) -> bool:
        if not text or len(text) > MAX_NOTE_MARK_CHARACTERS and not self.words.matter.back_link.fullmatch(text):
            return False
        if not classes.isdisjoint(NOTE_REFERENCE | BACK_LINK):
            return True
        if frame.tag == "span" or not frame.length:  # a link at the start may be an entry of a list
            return (
                frame.tag == "a"
                and bool(target)
                and self.words.matter.back_link.fullmatch(text) is not None
                and text[0] in "↩↑^"
            )
        if frame.tag == "sup":
            before = self.parts[frame.n_parts - 1][-1:] if frame.n_parts else ""
            return NUMBER.fullmatch(text) is not None and not before.isdigit()
        inside_sup = any(above.tag == "sup" for above in self.frames[-4:-1])
        local = "#" in target
        if local and self.words.matter.back_link.fullmatch(text):
            return True
        bracketed = text[0] in "[({" or self.parts[frame.n_parts - 1][-1:] in ("[", "(")
        symbol = not text[0].isalnum()
        return local and self.words.matter.note_mark.fullmatch(text) is not None and (inside_sup or bracketed or symbol)


def _classes_of(attributes: dict[str, str]) -> set[str]:
    """An element's classes, in lower case."""
    return set(attributes["class"].lower().split()) if "class" in attributes else set()


def _types_of(attributes: dict[str, str]) -> set[str]:
    """The words of epub:type and role, in lower case."""
    if "epub:type" not in attributes and "role" not in attributes:
        return set()
    return set(f"{attributes.get('epub:type', '')} {attributes.get('role', '')}".lower().split())


def _reason_to_skip(tag: str, classes: set[str], types: set[str], *, hidden: bool) -> str:
    """Why the element's text is left out, or ""."""
    if tag in SKIPPED:
        return (
            "script" if tag in ("script", "noscript", "template") else "style" if tag == "style" else "embedded object"
        )
    if tag in CONTROLS:
        return "form control"
    if tag in RUBY:
        return "ruby reading"
    if tag == "nav":
        return "navigation"
    if tag == "sdfield":  # page numbers and dates, as LibreOffice writes them
        return "page number"
    if hidden:
        return "hidden"
    if tag == "summary":
        return "label of a fold"
    if not types.isdisjoint(PAGE_NUMBER) or tag not in BLOCKS and not classes.isdisjoint(PAGE_NUMBER):
        return "page number"
    return ""


def _page_furniture(text: str, classes: set[str]) -> str:
    """Why a whole block is left out: it is the number or the running head of a printed page. Else ""."""
    if not classes.isdisjoint(PAGE_NUMBER) and PAGE_LABEL.fullmatch(text):
        return "page number"
    return "running head" if not classes.isdisjoint(RUNNING_HEAD) and len(text) <= MAX_RUNNING_HEAD else ""


def _cut_spans(text: str, spans: Iterable[Span], first: int, last: int) -> Iterator[Span]:
    """The spans without white space at their ends, adjacent ones merged, counted from `first`."""
    previous: Span | None = None
    for span in spans:
        start, end = max(span.start, first), min(span.end, last)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if start >= end:
            continue
        if previous is not None and start - first <= previous.end:
            previous = Span(previous.start, max(previous.end, end - first))
            continue
        if previous is not None:
            yield previous
        previous = Span(start - first, end - first)
    if previous is not None:
        yield previous


def _join_drop_cap(cap: Passage, passage: Passage) -> Passage:
    n = len(cap.text)
    return Passage(
        cap.text + passage.text,
        passage.role,
        passage.level,
        tuple(Span(span.start + n, span.end + n) for span in passage.emphasis),
        tuple(Link(link.start + n, link.end + n, link.target) for link in passage.links),
        passage.element,
        (*cap.anchors, *passage.anchors),
        cap.space,
    )


# ---- the lines of a passage


def _split(passage: Passage, newlines: list[tuple[int, int]], words: StructureWords) -> list[Passage]:
    """The passages that the lines of a passage are, if they are paragraphs; else the passage itself.

    `newlines`: where the source has line ends between words. A browser ignores them. Where no tag marks paragraphs, and
    sentences end at most line ends, the writer meant them as ends of paragraphs.
    """
    if passage.level:
        return [passage]
    places = _raw_ends(passage.text, newlines)
    if not places and "\n" not in passage.text:
        return [passage]
    if places:
        ends = sorted({*places, *(match.start() for match in NEWLINE.finditer(passage.text))})
        return list(_cut(passage, ends))
    lines = passage.text.split("\n")
    ends, position = [], 0
    if _are_paragraphs(lines, words):
        return list(_cut(passage, [match.start() for match in NEWLINE.finditer(passage.text)]))
    stands_alone = [_stands_alone(line, words) for line in lines]
    for k, line in enumerate(lines[:-1]):
        position += len(line) + 1
        if stands_alone[k] or stands_alone[k + 1]:
            ends.append(position - 1)
    return list(_cut(passage, ends)) if ends else [passage]


NEWLINE = re.compile("\n")


def _raw_ends(text: str, newlines: list[tuple[int, int]]) -> list[int]:
    places = [place for place, _ in newlines if 0 < place < len(text)]
    blank = [place for place, n in newlines if n > 1 and 0 < place < len(text)]
    if len(blank) >= MIN_RAW_LINES:
        return blank
    n_ended = sum(text[place - 1] in TERMINAL for place in places)
    return places if len(places) >= MIN_RAW_LINES and n_ended >= 0.8 * len(places) else []


def _are_paragraphs(lines: list[str], words: StructureWords) -> bool:
    """Whether lines are paragraphs, and not verse or an address, whose lines are short and without speech."""
    if any(len(line) > MAX_VERSE_CHARACTERS for line in lines):
        return True
    n_spoken = sum(line.lstrip()[:1] in tuple('"“«') for line in lines)
    return n_spoken >= 2 or sum(is_label(line[:MAX_WRAP_CHARACTERS], words.labels) for line in lines) >= 2


def _stands_alone(line: str, words: StructureWords) -> bool:
    start = line[:MAX_LINE_CHARACTERS]
    return is_scene_break(start, words.headings) or starts_note(start, words.notes)


def _cut(passage: Passage, ends: list[int]) -> Iterator[Passage]:
    """A passage, cut at places between its words."""
    anchors = passage.anchors
    spans = 0
    links = 0
    start = 0
    for end in [*ends, len(passage.text)]:
        content = passage.text[start:end]
        stripped = content.strip()
        if stripped:
            first = start + len(content) - len(content.lstrip())
            last = first + len(stripped)
            inside = []
            while spans < len(passage.emphasis) and passage.emphasis[spans].start < last:
                inside.append(passage.emphasis[spans])
                if passage.emphasis[spans].end > end:
                    break  # it goes on in the next passage
                spans += 1
            linked = []
            while links < len(passage.links) and passage.links[links].start < last:
                a, b, target = passage.links[links]
                linked.append(Link(max(a - first, 0), min(b, last) - first, target))
                links += 1
            yield Passage(
                stripped,
                passage.role,
                0,
                tuple(_cut_spans(passage.text, inside, first, last)),
                tuple(linked),
                passage.element,
                anchors,
                passage.space if not start else 0.0,
            )
            anchors = ()
        start = end


# ---- the text of footnotes


def _mark_notes(markup: Markup) -> None:
    """Give the role of back matter to what footnote marks lead to, if it comes after them: links back lead before."""
    wanted = {target.rpartition("#")[2]: n for target, n in markup.references.items() if "#" in target}
    if not wanted:
        return
    noted: set[int] = set()
    for n, passage in enumerate(markup.passages):
        element = markup.elements[passage.element]
        if n > wanted.get(element.id, n) and element.tag in ("li", "div", "aside", "dd", "p", "section", "td"):
            noted.add(passage.element)
        outer = markup.elements[element.parent] if element.parent >= 0 else element
        if n > wanted.get(outer.id, n) and outer.tag in ("li", "aside", "dd", "div"):
            noted.add(element.parent)
        found = passage.element in noted or element.parent in noted
        found = found or any(n > wanted.get(anchor, n) for anchor in passage.anchors)
        if found and passage.role in (None, "heading"):
            passage.role = "back_matter"


# ---- scene breaks without a mark


def _mark_gaps(markup: Markup, words: HeadingWords) -> None:
    """Add a scene break where a paragraph has more space above it than the others, or begins a section.

    Not in a page that marks its scene breaks, nor where much has such a space: there it separates paragraphs.
    """
    passages = markup.passages
    is_running = [_is_running_text(markup, passage, words) for passage in passages]
    places = [i for i in range(1, len(passages)) if is_running[i - 1] and is_running[i]]
    if len(places) < MIN_PARAGRAPHS or any(passage.role == "scene_break" for passage in passages):
        return
    spaces = [passages[i].space + _section_space(markup, passages[i - 1], passages[i]) for i in places]
    usual = sorted(spaces)[len(spaces) // 2]
    gaps = [i for i, space in zip(places, spaces, strict=True) if space >= usual + MIN_GAP]
    if not gaps or len(gaps) > MAX_GAP_SHARE * len(places):
        return
    kept: list[Passage] = []
    start = 0
    for i in gaps:
        kept += [*passages[start:i], Passage(SCENE_BREAK, "scene_break", element=passages[i].element)]
        start = i
    markup.passages = kept + passages[start:]


def _is_running_text(markup: Markup, passage: Passage, words: HeadingWords) -> bool:
    """Whether a passage is a paragraph of the running text: no heading, list, letter in italics or quoted block."""
    if not _is_paragraph(passage) or any(element.tag not in RUNNING_TEXT for element in markup.above(passage)):
        return False
    if read_heading(passage.text, words, untitled_only=True) is not None:
        return False
    return not passage.emphasis or passage.emphasis[0].end - passage.emphasis[0].start < len(passage.text)


RUNNING_TEXT = _words("p div section article main body html pre table tbody tr td") | {""}


def _section_space(markup: Markup, first: Passage, second: Passage) -> float:
    """The space that a new <section> without a heading stands for."""
    before = next((e for e in markup.above(first) if e.tag == "section"), None)
    after = next((e for e in markup.above(second) if e.tag == "section"), None)
    return ORNAMENT if before and after and before is not after and before.parent == after.parent else 0.0


# ---- bytes → text

DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
HEAD_BYTES = 1 << 14  # from the start, where an encoding is declared
# Declared encodings and the codecs that browsers use for them (https://encoding.spec.whatwg.org). UTF-8 comes first.
CODECS = {
    **{f"windows-{n}": f"cp{n}" for n in (874, *range(1250, 1259))},
    **{f"iso-8859-{n}": f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-9": "cp1254", "koi8-r": "koi8-r", "koi8-u": "koi8-u", "macintosh": "mac-roman", "ibm866": "cp866",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "euc-jp": "euc-jp",
    "iso-2022-jp": "iso2022-jp", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "x-mac-cyrillic": "mac-cyrillic",
}  # fmt: skip
WESTERN = ("windows-1252", "iso-8859-1", "latin1", "us-ascii", "ascii")  # what decode() falls back to


def decode_markup(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """The text of an HTML or XML file, and warnings.

    The byte-order mark decides first, then whether the bytes are UTF-8, then the declared encoding. Raises
    UnreadableStory where there is no text.
    """
    match = DECLARED.search(data[:HEAD_BYTES])
    declared = (match[1] or match[2]).decode("ascii", "ignore").lower() if match else ""
    codec = CODECS.get(declared)
    if codec and declared not in WESTERN and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            text = data.decode(codec, "replace")
            return text.replace("\r\n", "\n").replace("\r", "\n"), ()
    decoded = decode(data, name)
    return decoded.text, decoded.warnings
