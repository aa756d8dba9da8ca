"""The paragraphs of RTF: of the story, of a note, or of a text box, with the rows of tables."""

from dataclasses import dataclass, field, replace

from dramaturg.sources.docx import MATTER_STYLES, Paragraph, ParagraphBuilder, join_cells
from dramaturg.sources.docx_styles import HEADING_STYLE
from dramaturg.story import Role

DASHES = ("-", "–", "—", "―")  # marks of lists that open speech
MAX_MARK_CHARACTERS = 3  # of a note, such as ** or 12


@dataclass(frozen=True, slots=True)
class RtfStyle:
    """A paragraph style."""

    name: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The properties of a paragraph. `outline`: its level as a heading, from 0. `border`: a line above or below it."""

    style: RtfStyle
    outline: int | None
    centred: bool
    in_table: bool
    page_before: bool
    drop_cap: bool
    border: bool
    in_contents: bool


@dataclass(slots=True)
class Flow:
    """Collects paragraphs.

    `cell`, `row`: the paragraphs of the open cell of a table, and of the cells before it. `boxes`: those of text boxes,
    which follow the open paragraph. `label`: the number or mark of a list item. `n_raised`: the number of parts of the
    open line when its last raised text was added.
    """

    kind: str = "story"
    line: ParagraphBuilder = field(default_factory=ParagraphBuilder)
    paragraphs: list[Paragraph] = field(default_factory=list)
    cell: list[Paragraph] = field(default_factory=list)
    row: list[list[Paragraph]] = field(default_factory=list)
    boxes: list[Paragraph] = field(default_factory=list)
    label: str = ""
    new_page: bool = False
    is_endnote: bool = False
    n_raised: int = -1

    def end_paragraph(self, layout: Layout) -> None:
        """End the open paragraph: in its cell of a table, or after the paragraphs before."""
        ended = [_paragraph(self, layout), *self.boxes]
        self.line, self.label, self.new_page, self.boxes, self.n_raised = ParagraphBuilder(), "", False, [], -1
        if layout.in_table:
            self.cell += ended
        else:
            self.end_row()
            self.paragraphs += ended

    def end_cell(self, layout: Layout) -> None:
        """End a cell of a table, and its last paragraph."""
        self.end_paragraph(replace(layout, in_table=True))
        self.row.append(self.cell)
        self.cell = []

    def end_row(self) -> None:
        """A row of short cells as one paragraph with tabs between cells; longer cells one after another."""
        cells, self.row, self.cell = [*self.row, self.cell], [], []
        shown = [[paragraph for paragraph in cell if paragraph.text.strip()] for cell in cells]
        if sum(map(bool, shown)) > 1 and all(len(cell) <= 1 for cell in shown):
            self.paragraphs.append(join_cells([cell[0] for cell in shown if cell]))
        else:
            self.paragraphs += [paragraph for cell in cells for paragraph in cell]

    def end(self, layout: Layout) -> None:
        """End the last paragraph and the last row, which may lack their ends."""
        if self.line.length or self.boxes:
            self.end_paragraph(layout)
        self.end_row()

    def drop_raised_mark(self) -> None:
        """Leave out the mark of a note, such as a raised asterisk, that was typed right before the note."""
        line = self.line
        if self.n_raised != len(line.parts) or len(line.parts[-1]) > MAX_MARK_CHARACTERS:
            return
        line.length -= len(line.parts.pop())
        line.emphasis = [(start, min(end, line.length)) for start, end in line.emphasis if start < line.length]
        self.n_raised = -1


def with_lead(paragraph: Paragraph, lead: str) -> Paragraph:
    """A paragraph after a number or a mark, without white space of its own between them."""
    kept = paragraph.text.lstrip()
    moved = len(lead) - (len(paragraph.text) - len(kept))
    spans = [(max(start + moved, len(lead)), end + moved) for start, end in paragraph.emphasis]
    return replace(paragraph, text=lead + kept, emphasis=[span for span in spans if span[0] < span[1]])


def _paragraph(flow: Flow, layout: Layout) -> Paragraph:
    line, style = flow.line, layout.style
    role, level = _role(style.name, layout.outline)
    text, label = "".join(line.parts), flow.label.strip()
    paragraph = Paragraph(
        text,
        line.emphasis,
        style.name,
        role="front_matter" if layout.in_contents else role,
        level=level,
        centred=layout.centred,
        bold=style.bold or 2 * line.n_bold > max(len(text.strip()), 1),
        new_page=flow.new_page or layout.page_before,
        rule=line.rule or layout.border,
        joins_next=layout.drop_cap,
    )
    has_label = any(map(str.isalnum, label)) or label in DASHES
    return with_lead(paragraph, f"{label} ") if has_label else paragraph


def _role(style: str, outline: int | None) -> tuple[Role | None, int]:
    if match := HEADING_STYLE.fullmatch(style):
        return "heading", int(match["level"])
    if style == "title":
        return "title", 0
    if MATTER_STYLES.fullmatch(style):
        return "front_matter", 0
    return ("heading", outline + 1) if outline is not None and 0 <= outline < 9 else (None, 0)
