"""RTF documents → Story, as a reader sees them on the page.

Tracked changes are read as accepted. Comments, hidden text, headers, footers and page numbers are left out. Footnotes
and endnotes follow the story, and their marks are left out of it. Microsoft, Rich Text Format 1.9.1.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from dramaturg.errors import UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.sources.build import build_story
from dramaturg.sources.docx import (
    INVISIBLE_CHARACTERS,
    PAGE_FIELDS,
    PLACEHOLDER_AUTHOR,
    Paragraph,
    find_passages,
    join_split_paragraphs,
    join_wrapped_paragraphs,
)
from dramaturg.sources.docx_styles import format_number
from dramaturg.sources.language import find_language
from dramaturg.sources.limits import DEFAULT, Clock, Limits, limit_exceeded
from dramaturg.sources.markup import join
from dramaturg.sources.navigation import mark_back_matter, mark_title
from dramaturg.sources.rtf_flow import Flow, Layout, RtfStyle, with_lead
from dramaturg.sources.rtf_tokens import (
    CHARSETS,
    SYMBOL_CHARSET,
    SYMBOL_FONT,
    Font,
    Token,
    as_utf8,
    codec_of_page,
    decode_bytes,
    read_tokens,
)
from dramaturg.sources.structure import find_structure
from dramaturg.story import LeftOut, Story

TOKENS_PER_CHECK = 20_000  # of the clock
MAX_PROPERTY_CHARACTERS = 1000  # of a title, an author, the code of a field
MAX_FALLBACK_CHARACTERS = 100  # that older programs show for one character
CUT_OFF = "This RTF document ends before its end mark. Text may be missing. Download or save it again."
RULE = b"fHorizRule"  # the property of a picture that is a horizontal line
CHARACTERS = {
    b"tab": "\t",
    b"line": "\n",
    b"lbr": "\n",
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
    b"emspace": "\u2003",
    b"enspace": "\u2002",
    b"qmspace": "\u2005",
    b"~": "\u00a0",
    b"_": "\u2011",
    b"{": "{",
    b"}": "}",
    b"\\": "\\",
}
TOGGLES = {  # properties that a number of 0 switches off
    b"b": "bold",
    b"i": "italic",
    b"v": "hidden",
    b"deleted": "deleted",
    b"mvf": "deleted",  # moved to another place by a tracked change
    b"super": "raised",
    b"pagebb": "page_before",
}
UNDERLINE = re.compile(
    rb"ul(?:d|dash|dashd|dashdd|db|hwave|ldash|th|thd|thdash|thdashd|thdashdd|thldash|ululdbwave|wave)?"
)
CONTROL_CHARACTERS = dict.fromkeys((*range(9), *range(11, 32), 127))
HIDDEN_DESTINATIONS = frozenset(
    b"aftncn aftnsep aftnsepc colortbl filetbl footer footerf footerl footerr ftncn ftnsep ftnsepc header "
    b"headerf headerl headerr listoverridetable listtable nonesttables nonshppict objclass objdata objname pict "
    b"private revtbl rxe shprslt tc template txe xe".split()
)
DELETION = ("tracked deletion", "changes are read as accepted")
COMMENT = ("comment", "not part of the text")
HIDDEN_TEXT = ("hidden text", "not shown to readers")
NOTE_MARK = ("footnote mark", "the notes follow the story")


@dataclass(slots=True)
class Field:
    """A field, such as a link or a page number. `code`: what it is, its name first."""

    code: str = ""

    @property
    def name(self) -> str:
        """The name of the field, in capitals."""
        return next(iter(self.code.split()), "").upper()


@dataclass(slots=True)
class State:
    """What a group inherits from the one around it.

    `mode`: what its text is: `text` of the story, `hidden`, `fonts`, `styles`, `info`, `title`, `author`, `label` of a
    list item, `code` of a field, or `outside`, text that is not shown in a group that may hold others which are.
    `n_fallback`: the characters after a Unicode character that older programs show in its place.
    """

    flow: Flow
    mode: str = "text"
    font: int = -1
    n_fallback: int = 1
    italic: bool = False
    bold: bool = False
    underlined: bool = False
    hidden: bool = False
    deleted: bool = False
    raised: bool = False
    style: int = 0
    outline: int | None = None
    centred: bool = False
    in_table: bool = False
    page_before: bool = False
    drop_cap: bool = False
    border: bool = False
    field: Field | None = None
    is_link: bool = False
    in_contents: bool = False

    def reset_characters(self, font: int) -> None:
        """Give the characters their default properties. `font`: the document's default font."""
        self.font = font
        self.italic = self.bold = self.underlined = self.hidden = self.deleted = self.raised = False

    def reset_paragraph(self) -> None:
        """Give the paragraph its default properties."""
        self.style, self.outline = 0, None
        self.centred = self.in_table = self.page_before = self.drop_cap = self.border = False


@dataclass(slots=True)
class RtfDocument:
    """The state of reading a document. `groups`: the states around the open group, from the outermost on.

    `pending`: bytes since the last control word. `n_skipped`: characters still to skip after a Unicode character.
    `is_ignorable`: whether the group that opens may be ignored. `leaves_out`: why the last text was left out.
    """

    clock: Clock
    limits: Limits
    state: State
    groups: list[State] = field(default_factory=list)
    codec: str = "cp1252"
    default_font: int = -1
    fonts: dict[int, Font] = field(default_factory=dict)
    styles: dict[int, RtfStyle] = field(default_factory=dict)
    style_name: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    notes: list[Paragraph] = field(default_factory=list)
    n_notes: Counter[bool] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    pending: bytearray = field(default_factory=bytearray)
    n_skipped: int = 0
    high_surrogate: int = 0
    is_ignorable: bool = False
    leaves_out: tuple[str, str] | None = None


def read(data: bytes, name: str, limits: Limits = DEFAULT, language: Language = ENGLISH) -> Story:
    """The story in the bytes of an RTF document.

    Raises UnreadableStory if the document holds no text, RefusedStory past a limit.
    """
    words = language.structure
    document = RtfDocument(Clock(name, limits), limits, State(Flow()))
    is_cut_off = _read_tokens(document, data)
    story = join_wrapped_paragraphs(join_split_paragraphs(document.state.flow.paragraphs), words)
    passages = find_passages([*story, *document.notes], words.headings)
    if not any(passage.role != "scene_break" for passage in passages):
        raise UnreadableStory(f"{name}: this RTF document holds no text. Give a file with the text of the story.")
    properties = _properties(document)
    mark_back_matter(passages, words.matter)
    byline = mark_title(passages, properties.get("title"), words)
    text, raw_blocks, emphasis = join(passages)
    structure = find_structure(text, raw_blocks, words)
    title = next((block for block in structure.blocks if block.role == "title"), None)
    in_text = structure.title or (" ".join(text[title.start : title.end].split()) if title else None)
    return build_story(
        data,
        name,
        "rtf",
        text,
        structure,
        emphasis=emphasis,
        language=find_language(text),
        title=in_text or properties.get("title"),
        author=byline or structure.author or properties.get("author"),
        metadata=structure.metadata,
        warnings=[CUT_OFF] if is_cut_off else [],
        left_out=[LeftOut(f"{n} × {what}", why) for (what, why), n in document.left_out.items()],
    )


def _properties(document: RtfDocument) -> dict[str, str]:
    """Title and author, as the file's properties give them."""
    known = {key: " ".join(value.split()) for key, value in document.properties.items()}
    if PLACEHOLDER_AUTHOR.fullmatch(known.get("author", "")):
        known.pop("author", None)
    return {key: value for key, value in known.items() if value}


# ---- tokens


def _read_tokens(document: RtfDocument, data: bytes) -> bool:
    """Read all of a file, and say whether it was cut off."""
    for n, token in enumerate(read_tokens(data)):
        if n % TOKENS_PER_CHECK == 0:
            document.clock.check()
        if token.kind in ("text", "byte"):
            _read_text(document, token)
        elif token.kind == "open":
            _open_group(document)
        elif token.kind == "close":
            _close_group(document)
        else:
            _read_control(document, token)
    is_cut_off = bool(document.groups)
    while document.groups:
        _close_group(document)
    _flush(document)
    document.state.flow.end(_layout(document))
    return is_cut_off


def _read_text(document: RtfDocument, token: Token) -> None:
    document.is_ignorable = False
    if document.state.mode == "hidden" and token.value != RULE:
        return
    unicode = as_utf8(token.value) if token.kind == "text" else None
    if unicode is not None:
        _flush(document)
        _add(document, unicode[document.n_skipped :])
        document.n_skipped = 0
        return
    n_skipped = min(document.n_skipped, len(token.value))
    document.n_skipped -= n_skipped
    document.pending += token.value[n_skipped:]


def _read_control(document: RtfDocument, token: Token) -> None:
    word = token.value
    if document.n_skipped and word in CHARACTERS:
        document.n_skipped -= 1
        return
    _flush(document)
    document.n_skipped = 0
    if word == b"*":
        document.is_ignorable = True
        return
    if not _open_destination(document, word) and document.state.mode != "hidden":
        _obey(document, word, token.number)
    document.is_ignorable = False


def _open_group(document: RtfDocument) -> None:
    _flush(document)
    document.n_skipped = 0
    document.groups.append(document.state)
    document.state = replace(document.state)
    if len(document.groups) > document.limits.depth:
        raise limit_exceeded(document.clock.name, document.limits, "depth", "its groups are nested too deeply")


def _close_group(document: RtfDocument) -> None:
    _flush(document)
    document.n_skipped = 0
    if not document.groups:  # a brace too many
        return
    state, outer = document.state, document.groups[-1]
    if state.mode == "styles" and document.style_name:
        name = document.style_name.partition(";")[0].partition(",")[0].strip().lower()
        document.styles[state.style] = RtfStyle(name, state.bold)
        document.style_name = ""
    if len(document.groups) == 1 or state.flow is not outer.flow:
        state.flow.end(_layout(document))
    document.state = document.groups.pop()
    if state.flow is not outer.flow:
        _keep_flow(document, state.flow)


def _keep_flow(document: RtfDocument, flow: Flow) -> None:
    """Put the paragraphs of a text box after the open paragraph, and those of a note after the story."""
    if flow.kind == "box":
        document.state.flow.boxes += flow.paragraphs
        return
    document.n_notes[flow.is_endnote] += 1
    n = document.n_notes[flow.is_endnote]
    mark = format_number(n, "lowerRoman") if flow.is_endnote else str(n)
    for i, paragraph in enumerate(join_split_paragraphs(flow.paragraphs)):
        marked = paragraph if i or not paragraph.text.strip() else with_lead(paragraph, f"{mark} ")
        document.notes.append(replace(marked, role="back_matter", level=0))


# ---- destinations: what a group is for


def _open_destination(document: RtfDocument, word: bytes) -> bool:
    """Whether a control word says what its group is for. An unknown group that may be ignored is hidden.

    In the outermost group no word does: it would hide the rest of the story.
    """
    if len(document.groups) < 2 or not (
        document.is_ignorable or word in HIDDEN_DESTINATIONS or word in MODES or word in DESTINATIONS
    ):
        return False
    state = document.state
    if state.mode == "hidden":
        return True
    if word in DESTINATIONS:
        DESTINATIONS[word](document)
    else:
        needed, mode = MODES.get(word, (None, "hidden"))
        if needed in (None, state.mode):
            state.mode = "hidden" if mode in document.properties else mode  # a property counts once
    return True


MODES = {  # of the text in a destination, with the mode of the group around it where only that counts
    b"fonttbl": (None, "fonts"),
    b"stylesheet": (None, "styles"),
    b"info": (None, "info"),
    b"title": ("info", "title"),
    b"author": ("info", "author"),
    b"listtext": ("text", "label"),
    b"pntext": ("text", "label"),
    b"fldinst": (None, "code"),
    b"shp": (None, "outside"),
    b"shpgrp": (None, "outside"),
    b"shpinst": (None, "outside"),
    b"do": (None, "outside"),
    b"object": (None, "outside"),
    b"result": ("outside", "text"),
    b"upr": (None, "outside"),
    b"nesttableprops": (None, "outside"),
}


def _open_comment(document: RtfDocument) -> None:
    document.left_out[COMMENT] += 1
    document.state.mode = "hidden"


def _open_field(document: RtfDocument) -> None:
    document.state.field = Field()


def _open_result(document: RtfDocument) -> None:
    state = document.state
    name = state.field.name if state.field is not None else ""
    if name in PAGE_FIELDS:
        state.mode = "hidden"
    state.is_link |= name == "HYPERLINK"
    state.in_contents |= name == "TOC"


def _open_unicode_form(document: RtfDocument) -> None:
    """The second of two forms of the same text counts: the first is for older programs."""
    document.state.mode = document.groups[-2].mode


def _open_note(document: RtfDocument) -> None:
    document.left_out[NOTE_MARK] += document.state.mode == "text"
    document.state.flow.drop_raised_mark()
    _open_flow(document, "note")


def _open_box(document: RtfDocument) -> None:
    _open_flow(document, "box")


def _open_flow(document: RtfDocument, kind: str) -> None:
    state = document.state
    if state.mode not in ("text", "outside") or state.deleted or state.hidden:
        state.mode = "hidden"
        return
    state.flow, state.mode, state.field, state.in_contents, state.is_link = Flow(kind), "text", None, False, False
    state.reset_characters(document.default_font)
    state.reset_paragraph()


DESTINATIONS: dict[bytes, Callable[[RtfDocument], None]] = {
    b"annotation": _open_comment,
    b"field": _open_field,
    b"fldrslt": _open_result,
    b"footnote": _open_note,
    b"shptxt": _open_box,
    b"dptxbxtext": _open_box,
    b"ud": _open_unicode_form,
}


# ---- control words


def _obey(document: RtfDocument, word: bytes, number: int | None) -> None:
    state = document.state
    if word in CHARACTERS:
        _add(document, CHARACTERS[word])
    elif word == b"u":
        _add(document, _character(document, number or 0))
        document.n_skipped = state.n_fallback
    elif word in TOGGLES:
        setattr(state, TOGGLES[word], number != 0)
    elif word in ENDS:
        if state.mode == "text":
            ENDS[word](document)
    elif not _set_of_paragraph(state, word, number) and not _set_of_characters(document, word, number):
        _set_of_document(document, word, number)


def _set_of_paragraph(state: State, word: bytes, number: int | None) -> bool:
    """Set a property of the paragraph, and say whether the word is one."""
    match word:
        case b"pard":
            state.reset_paragraph()
        case b"s":
            state.style = number or 0
        case b"outlinelevel":
            state.outline = number
        case b"qc" | b"ql" | b"qr" | b"qj":
            state.centred = word == b"qc"
        case b"intbl":
            state.in_table = True
        case b"dropcapli":
            state.drop_cap = True
        case b"brdrt" | b"brdrb" | b"brdrbtw" | b"box":
            state.border = True
        case b"brdrnone" | b"brdrnil":
            state.border = False
        case _:
            return False
    return True


def _set_of_characters(document: RtfDocument, word: bytes, number: int | None) -> bool:
    """Set a property of the characters, and say whether the word is one."""
    state = document.state
    match word:
        case b"plain":
            state.reset_characters(document.default_font)
        case b"f":
            state.font = number or 0
        case b"ulnone":
            state.underlined = False
        case b"nosupersub" | b"sub":
            state.raised = False
        case b"uc":
            state.n_fallback = min(max(number or 0, 0), MAX_FALLBACK_CHARACTERS)
        case b"cs" | b"ds" | b"ts":
            state.style = -1 if state.mode == "styles" else state.style  # no style of paragraphs
        case _ if UNDERLINE.fullmatch(word):
            state.underlined = number != 0
        case _:
            return False
    return True


def _set_of_document(document: RtfDocument, word: bytes, number: int | None) -> None:
    """Set the encoding of the document or of a font, or the kind of a note."""
    state = document.state
    match word:
        case b"ansi" | b"mac" | b"pc" | b"pca":
            document.codec = {b"mac": "mac_roman", b"pc": "cp437", b"pca": "cp850"}.get(word, "cp1252")
        case b"ansicpg":
            document.codec = codec_of_page(number) or document.codec
        case b"deff":
            document.default_font = state.font = number or 0
        case b"fcharset" if state.mode == "fonts":
            document.fonts[state.font] = Font(number or 0, CHARSETS.get(number or 0))
        case b"cpg" if state.mode == "fonts":
            document.fonts[state.font] = Font(None, codec_of_page(number))
        case b"ftnalt":
            state.flow.is_endnote = True


def _end_paragraph(document: RtfDocument) -> None:
    document.clock.count(1)
    document.state.flow.end_paragraph(_layout(document))


def _end_cell(document: RtfDocument) -> None:
    document.clock.count(1)
    document.state.flow.end_cell(_layout(document))


def _end_row(document: RtfDocument) -> None:
    document.state.flow.end_row()


def _end_page(document: RtfDocument) -> None:
    if document.state.flow.line.length:
        _end_paragraph(document)
    document.state.flow.new_page = True


ENDS: dict[bytes, Callable[[RtfDocument], None]] = {
    b"par": _end_paragraph,
    b"\n": _end_paragraph,
    b"\r": _end_paragraph,
    b"nestcell": _end_paragraph,
    b"cell": _end_cell,
    b"row": _end_row,
    b"page": _end_page,
    b"sect": _end_page,
}


def _layout(document: RtfDocument) -> Layout:
    state = document.state
    return Layout(
        document.styles.get(state.style, RtfStyle()),
        state.outline,
        state.centred,
        state.in_table,
        state.page_before,
        state.drop_cap,
        state.border,
        state.in_contents,
    )


# ---- text


def _character(document: RtfDocument, number: int) -> str:
    """The character of \\u: a signed number of 16 bits. Characters beyond those are written as two halves."""
    code = number % 0x10000 if number < 0x10000 else min(number, 0x10FFFF)
    high, document.high_surrogate = document.high_surrogate, 0
    if 0xD800 <= code < 0xDC00:
        document.high_surrogate = code
        return ""
    if 0xDC00 <= code < 0xE000:
        return chr(0x10000 + ((high - 0xD800) << 10) + code - 0xDC00) if high else "\ufffd"
    return chr(code)


def _flush(document: RtfDocument) -> None:
    """Add the pending bytes. They are decoded together: a character of two bytes may be written byte by byte."""
    if not document.pending:
        return
    data, state = bytes(document.pending), document.state
    document.pending.clear()
    if data == RULE and state.mode in ("hidden", "outside"):
        state.flow.line.rule = True
    font = document.fonts.get(state.font, Font())
    is_symbol = font.is_symbol and state.mode == "text"
    _add(document, decode_bytes(data, font.codec or document.codec, is_symbol=is_symbol))


def _add(document: RtfDocument, text: str) -> None:
    """Add text where the mode says."""
    state = document.state
    match state.mode:
        case "text":
            _add_shown(document, text)
        case "label":
            state.flow.label += text
        case "code" if state.field is not None:
            state.field.code = (state.field.code + text)[:MAX_PROPERTY_CHARACTERS]
        case "title" | "author":
            known = document.properties.get(state.mode, "")
            document.properties[state.mode] = (known + text)[:MAX_PROPERTY_CHARACTERS]
        case "styles":
            document.style_name = (document.style_name + text)[:MAX_PROPERTY_CHARACTERS]
        case "fonts" if state.font in document.fonts and SYMBOL_FONT.match(text):
            font = document.fonts[state.font]
            font.is_symbol = font.charset == SYMBOL_CHARSET


def _add_shown(document: RtfDocument, text: str) -> None:
    state, flow = document.state, document.state.flow
    why = DELETION if state.deleted else HIDDEN_TEXT if state.hidden else None
    if why is not None and text.strip():
        document.left_out[why] += why != document.leaves_out
    document.leaves_out = why
    if why is not None:
        return
    style = document.styles.get(state.style, RtfStyle())
    emphasised = state.italic or (state.bold and not style.bold) or (state.underlined and not state.is_link)
    visible = text.translate(INVISIBLE_CHARACTERS).translate(CONTROL_CHARACTERS)
    flow.line.add(visible, emphasised, state.bold)
    flow.n_raised = len(flow.line.parts) if state.raised else -1
