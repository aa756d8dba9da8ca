"""Reading → a Word document (ECMA-376 transitional): the manuscript, with comments on uncertain speakers and slips.

The comments are Word comments, which LibreOffice, Google Docs and Pages show too. Each is attached to a line of speech
and says who may have said it and why, or to a place that does not agree with another, and says which.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from dramaturg.exporters.common.display_text import DisplayText, Run
from dramaturg.exporters.common.titles import language_of
from dramaturg.exporters.common.xml_text import attribute_value, content
from dramaturg.exporters.common.zip_archive import zip_bytes
from dramaturg.formatting import one_line, percent
from dramaturg.phrases import LIKELY, Locator, alternatives, reason, snippet
from dramaturg.reading import Quotation, Reading
from dramaturg.story import Block, Span
from dramaturg.utterances import utterances

ABOUT = "Word: the manuscript, with comments on uncertain speakers and on slips of continuity"
SUFFIX = ".docx"
# The places to comment on, in text order, each with the paragraphs of its comment.
Comments = list[tuple[Span, list[str]]]
AUTHOR, INITIALS = "dramaturg", "dr"
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
STYLE_OF_ROLE = {
    "title": "Title",
    "heading": "Heading1",
    "scene_break": "SceneBreak",
    "front_matter": "Note",
    "back_matter": "Note",
    "authors_note": "Note",
    "summary": "Note",
}


def to_bytes(reading: Reading, *, below: float = LIKELY, slips: bool = True) -> bytes:
    """The manuscript as a DOCX file.

    `below`: comment on lines whose speaker is less certain than this or unknown; 1 comments on almost all, 0 on none
    `slips`: comment on the places that do not agree
    """
    found = [*_comments(reading, below), *(_slips(reading) if slips else ())]
    comments = sorted(found, key=lambda pair: pair[0].start)
    display, comments_of = DisplayText(reading), _by_block(reading, comments)
    blocks = reading.story.blocks
    paragraphs = "".join(
        _paragraph(block, _style_of(block, before), display, comments_of[block.start])
        for before, block in zip((None, *blocks), blocks, strict=False)
    )
    return zip_bytes(
        [
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONSHIPS),
            ("docProps/core.xml", _properties(reading)),
            (
                "word/document.xml",
                f'{HEAD}<w:document xmlns:w="{MAIN}"><w:body>{paragraphs}{PAGE}</w:body></w:document>',
            ),
            ("word/_rels/document.xml.rels", DOCUMENT_RELATIONSHIPS),
            ("word/styles.xml", STYLES.replace("LANGUAGE", language_of(reading))),
            ("word/comments.xml", _comments_part(comments)),
        ]
    )


def _comments(reading: Reading, below: float) -> Comments:
    found = []
    for utterance in utterances(reading):
        line = utterance.first
        # A speaker without a probability comes from annotations, and is certain.
        if below > 0 and (line.speaker is None or (line.confidence is not None and line.confidence < below)):
            found.append((Span(line.start, line.end), _question(reading, line)))
    return found


def _slips(reading: Reading) -> Iterator[tuple[Span, list[str]]]:
    """A comment at each place of each slip, which says where the others are."""
    locator = Locator(reading)
    for slip in reading.slips:
        for place in slip.places:
            others = (other for other in slip.places if other != place)
            told = [f"{locator.describe(other.start)}: {snippet(reading, other.start)}" for other in others]
            yield place, [f"Continuity ({slip.kind}): {slip.says}", *told]


def _question(reading: Reading, line: Quotation) -> list[str]:
    others = alternatives(reading, line)
    if line.speaker is None:
        return ["Who says this? The text does not say.", *([f"It may be {others}."] if others else [])]
    sure = "" if line.confidence is None else f" ({percent(line.confidence)})"
    paragraphs = [f"Who says this? Perhaps {reading.name_of(line.speaker)}{sure}: {reason(reading, line)}."]
    return [*paragraphs, f"Or {others}."] if others else paragraphs


def _by_block(reading: Reading, comments: Comments) -> dict[int, list[tuple[int, Span]]]:
    """The comments with their numbers, by the start of their block."""
    starts = [block.start for block in reading.story.blocks]
    found: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    for number, (line, _) in enumerate(comments):
        at = bisect_right(starts, line.start) - 1
        if at >= 0:
            found[starts[at]].append((number, line))
    return found


def _style_of(block: Block, before: Block | None) -> str | None:
    """The style of a block. A heading directly after a heading is one level lower."""
    if block.role == "heading" and before is not None and before.role == "heading":
        return "Heading2"
    return STYLE_OF_ROLE.get(block.role)


def _paragraph(block: Block, style: str | None, display: DisplayText, comments: list[tuple[int, Span]]) -> str:
    """A block with its comments."""
    begins: dict[int, list[int]] = defaultdict(list)
    ends: dict[int, list[int]] = defaultdict(list)
    for number, line in comments:
        begins[line.start].append(number)
        ends[min(line.end, block.end)].append(number)
    parts = []
    for run in display.runs(block.start, block.end, (*begins, *ends)):
        parts += [f'<w:commentRangeStart w:id="{number}"/>' for number in begins.pop(run.start, ())]
        parts.append(_run(run))
        parts += [_comment_end(number) for number in ends.pop(run.end, ())]
    # Comments that begin or end inside mark-up that is not shown.
    parts += [f'<w:commentRangeStart w:id="{number}"/>' for rest in begins.values() for number in rest]
    parts += [_comment_end(number) for rest in ends.values() for number in rest]
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(parts)}</w:p>"


def _comment_end(number: int) -> str:
    return f'<w:commentRangeEnd w:id="{number}"/><w:r><w:commentReference w:id="{number}"/></w:r>'


def _run(run: Run) -> str:
    properties = "<w:rPr><w:i/></w:rPr>" if run.emphasis else ""
    parts = []
    for n, line in enumerate(run.text.split("\n")):
        parts.append("<w:br/>" if n else "")
        for m, words in enumerate(line.split("\t")):
            parts.append("<w:tab/>" if m else "")
            parts.append(f'<w:t xml:space="preserve">{content(words)}</w:t>' if words else "")
    return f"<w:r>{properties}{''.join(parts)}</w:r>"


def _comments_part(comments: Comments) -> str:
    parts = []
    for number, (_, said) in enumerate(comments):
        paragraphs = "".join(f"<w:p><w:r><w:t>{content(one_line(words))}</w:t></w:r></w:p>" for words in said)
        parts.append(f'<w:comment w:id="{number}" w:author="{AUTHOR}" w:initials="{INITIALS}">{paragraphs}</w:comment>')
    return f'{HEAD}<w:comments xmlns:w="{MAIN}">{"".join(parts)}</w:comments>'


def _properties(reading: Reading) -> str:
    source = reading.story.source
    title = f"<dc:title>{content(one_line(source.title))}</dc:title>" if source.title else ""
    author = f"<dc:creator>{content(one_line(source.author))}</dc:creator>" if source.author else ""
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/">{title}{author}</cp:coreProperties>'
    )


CONTENT_TYPES = (
    f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{TYPE}.document.main+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{TYPE}.styles+xml"/>'
    f'<Override PartName="/word/comments.xml" ContentType="{TYPE}.comments+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
    "</Types>"
)
RELATIONSHIPS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/>'
    "</Relationships>"
)
DOCUMENT_RELATIONSHIPS = (
    f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/comments" Target="comments.xml"/>'
    "</Relationships>"
)
PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/>'
    "</w:sectPr>"
)


def _style(id: str, name: str, paragraph: str, characters: str = "", heading: bool = False) -> str:
    following = '<w:next w:val="Normal"/>' if heading else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{id}"><w:name w:val="{attribute_value(name)}"/>'
        '<w:basedOn w:val="Normal"/>'
        f"{following}<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{characters}</w:rPr></w:style>"
    )


# Manuscript style as editors expect it: a serif font, line spacing of 1.5, indented first lines.
STYLES = (
    f'{HEAD}<w:styles xmlns:w="{MAIN}"><w:docDefaults><w:rPrDefault><w:rPr>'
    '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/><w:sz w:val="24"/>'
    '<w:lang w:val="LANGUAGE"/></w:rPr></w:rPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
    '<w:pPr><w:spacing w:line="360" w:lineRule="auto"/><w:ind w:firstLine="567"/></w:pPr></w:style>'
    + _style("Title", "Title", '<w:ind w:firstLine="0"/><w:jc w:val="center"/>', '<w:sz w:val="40"/>', True)
    + _style(
        "Heading1",
        "heading 1",
        '<w:keepNext/><w:spacing w:before="480" w:after="240"/><w:ind w:firstLine="0"/><w:outlineLvl w:val="0"/>',
        '<w:b/><w:sz w:val="30"/>',
        True,
    )
    + _style(
        "Heading2",
        "heading 2",
        '<w:keepNext/><w:spacing w:after="240"/><w:ind w:firstLine="0"/><w:outlineLvl w:val="1"/>',
        '<w:b/><w:sz w:val="26"/>',
        True,
    )
    + _style("SceneBreak", "Scene Break", '<w:ind w:firstLine="0"/><w:jc w:val="center"/>', "", True)
    + _style("Note", "Note", '<w:ind w:left="567" w:firstLine="0"/>', '<w:sz w:val="20"/>')
    + "</w:styles>"
)
