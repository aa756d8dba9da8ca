"""OpenDocument texts: the paragraphs, roles and emphasis that a reader sees."""

import pytest
from books import zipped

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources import load_bytes

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
