"""OpenDocument texts: the paragraphs, roles and emphasis that a reader sees."""

import pytest
from books import zipped

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources import Limits, load_bytes

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for prefix, urn in (("office", "office"), ("text", "text"), ("style", "style"), ("fo", "xsl-fo-compatible"))
)
STYLES = (
    '<office:automatic-styles><style:style style:name="T1" style:family="text">'
    '<style:text-properties fo:font-style="italic"/></style:style>'
    '<style:style style:name="P1" style:parent-style-name="Title"/></office:automatic-styles>'
)
BODY = (
    "<text:tracked-changes><text:changed-region><text:deletion><text:p>Gone.</text:p></text:deletion>"
    "</text:changed-region></text:tracked-changes>"
    '<text:p text:style-name="P1">The Quay</text:p><text:h text:outline-level="1">Chapter One</text:h>'
    '<text:p>Nell <text:span text:style-name="T1">ran</text:span> out.<text:note><text:note-citation>1'
    "</text:note-citation><text:note-body><text:p>To the quay.</text:p></text:note-body></text:note></text:p>"
    '<text:p>It<text:s text:c="2"/>rained<text:line-break/>all day.</text:p>'
    '<text:h text:outline-level="1">Chapter Two</text:h><text:p>The boat came in.</text:p>'
)
MIME = "application/vnd.oasis.opendocument.text"


def content(body: str = BODY, root: str = "document-content") -> str:
    return (
        f"<office:{root} {NAMES}>{STYLES}<office:body><office:text>{body}</office:text></office:body></office:{root}>"
    )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("story.odt", zipped({"mimetype": MIME, "content.xml": content()})),
        ("story.docx", zipped({"mimetype": MIME, "content.xml": content()})),
        ("story.fodt", content(root="document").encode()),
    ],
)
def test_text_styles_notes_and_changes(name, data):
    story = load_bytes(data, name)

    shown = [(block.role, story.text[block.start : block.end]) for block in story.blocks]
    assert [text for _, text in shown] == [
        "The Quay",
        "Chapter One",
        "Nell ran out.",
        "It  rained\nall day.",
        "Chapter Two",
        "The boat came in.",
        "1 To the quay.",
    ]
    assert shown[-1][0] == "back_matter"
    assert [story.text[span.start : span.end] for span in story.emphasis] == ["ran"]
    assert [chapter.title for chapter in story.chapters] == ["Chapter One", "Chapter Two"]
    assert (story.source.format, story.source.title) == ("odt", "The Quay")
    assert "tracked deletion" in story.left_out[0].what


def test_password_is_refused():
    manifest = "<manifest><encryption-data/></manifest>"
    with pytest.raises(RefusedStory, match="password"):
        load_bytes(zipped({"mimetype": MIME, "META-INF/manifest.xml": manifest, "content.xml": "x"}), "story.odt")


def test_without_text():
    with pytest.raises(UnreadableStory, match="no text"):
        load_bytes(zipped({"mimetype": MIME, "content.xml": content("")}), "story.odt")


@pytest.mark.parametrize("magic", [b"ITOLITLS", b"L\0R\0F\0\0\0", b"CONT\2\0", b"\xeaDRMION", b"SNBP000B", b"bplist00"])
def test_other_books_are_named(magic):
    with pytest.raises(UnreadableStory, match="which dramaturg does not read"):
        load_bytes(magic + b"\0" * 80, "story")


def read_body(body, styles=""):
    page = content(body).replace("</office:automatic-styles>", f"{styles}</office:automatic-styles>")
    story = load_bytes(zipped({"mimetype": MIME, "content.xml": page}), "story.odt")
    return [story.text[block.start : block.end] for block in story.blocks]


def test_a_row_of_a_table_is_one_paragraph():
    row = "".join(f"<t:table-cell><text:p>{cell}</text:p></t:table-cell>" for cell in ("Oil", "nine tins"))
    table = f'<t:table xmlns:t="x"><t:table-row>{row}</t:table-row></t:table><text:p>She closed the book.</text:p>'

    assert read_body(table) == ["Oil\tnine tins", "She closed the book."]


def test_numbers_and_dashes_of_lists():
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="I"'
        ' style:num-suffix="."/><text:list-level-style-bullet text:level="2" text:bullet-char="—"/></text:list-style>'
    )
    inner = "<text:list><text:list-item><text:p>Late again!</text:p></text:list-item></text:list>"
    items = "".join(f"<text:list-item><text:p>{word}</text:p></text:list-item>" for word in ("Bread", "Salt"))
    body = (
        f'<text:list text:style-name="L1">{items}</text:list><text:p>She sat.</text:p>'
        f'<text:list text:style-name="L1" text:continue-numbering="true"><text:list-item><text:p>Rope</text:p>{inner}'
        "</text:list-item></text:list>"
    )

    assert read_body(body, styles) == ["I. Bread", "II. Salt", "She sat.", "III. Rope", "— Late again!"]


def test_a_line_below_an_empty_paragraph_is_a_scene_break():
    styles = '<style:style style:name="R"><style:paragraph-properties fo:border-bottom="1pt solid"/></style:style>'
    body = '<text:p>She slept.</text:p><text:p text:style-name="R"/><text:p>It was day.</text:p>'

    assert read_body(body, styles) == ["She slept.", "* * *", "It was day."]


def test_a_text_box_follows_its_paragraph():
    box = "<d:frame><d:text-box><text:p>A sign.</text:p></d:text-box><s:title>sign.png</s:title></d:frame>"
    body = f'<text:p xmlns:d="draw" xmlns:s="svg">She stopped{box} and read.</text:p>'

    assert read_body(body) == ["She stopped and read.", "A sign."]


@pytest.mark.parametrize(
    ("element", "depth"),
    [("span", 900), ("section", 900), ("list><text:list-item", 450), ("note><text:note-body", 450)],
)
def test_deep_nesting_loses_no_text(element, depth):
    closed = "></text:".join(reversed(element.split("><text:")))
    opening, closing = f"<text:{element}>" * depth, f"</text:{closed}>" * depth
    body = f"<text:p>{opening}<text:p>She ran.</text:p>{closing} Out.</text:p>"
    body = body if element in ("span", "note><text:note-body") else f"{opening}<text:p>She ran.</text:p>{closing}"

    assert "She ran." in " ".join(read_body(body))


def test_text_boxes_in_too_many_others_are_reported():
    opening, closing = "<d:frame><d:text-box><text:p>A", "</text:p></d:text-box></d:frame>"
    body = f'<text:p xmlns:d="draw">Out.{opening * 200}{closing * 200}</text:p>'
    story = load_bytes(zipped({"mimetype": MIME, "content.xml": content(body)}), "story.odt")

    assert [part.what for part in story.left_out] == ["1 × text box"]


def test_too_deep_nesting_is_refused():
    with pytest.raises(RefusedStory, match="depth=1000"):
        read_body("<text:section>" * 2000 + "<text:p>She ran.</text:p>" + "</text:section>" * 2000)


def test_too_many_paragraphs_are_refused():
    data = zipped({"mimetype": MIME, "content.xml": content("<text:p>She ran.</text:p>" * 20)})
    with pytest.raises(RefusedStory, match="blocks=10"):
        load_bytes(data, "story.odt", Limits(blocks=10))


def test_styles_in_a_circle():
    styles = "".join(
        f'<style:style style:name="{name}" style:parent-style-name="{parent}"/>' for name, parent in ("AB", "BA")
    )

    assert read_body('<text:p text:style-name="A">She ran.</text:p>', styles) == ["She ran."]
