"""RTF documents: the paragraphs, roles and emphasis that a reader sees."""

import pytest

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources import Limits, load_bytes

FONTS = (
    r"{\fonttbl{\f0\froman\fcharset0 Garamond;}{\f1\fcharset2 Wingdings;}{\f2\fcharset128 Mincho;}"
    r"{\f3\fcharset238 Garamond CE;}}"
)
STYLES = r"{\stylesheet{\s0 Normal;}{\s1\b\outlinelevel0 heading 1,Part;}{\*\cs2\i Emphasis;}{\s3\b Title;}}"
INFO = r"{\info{\title The Dyke}{\author Nan Poole}{\operator Someone Else}}"


def load(body, name="story.rtf", **limits):
    data = rf"{{\rtf1\ansi\ansicpg1252\deff0{FONTS}{STYLES}{INFO}{body}}}".encode("latin-1")
    return load_bytes(data, name, Limits(**limits))


def shown(body):
    story = load(body)
    return [story.text_of(block) for block in story.blocks]


def test_the_parts_of_a_document_have_their_roles():
    story = load(
        r"{\header\pard Poole / Dyke\par}\pard\s3\b The Dyke\par\pard\plain\s1\b Chapter One\par"
        r"\pard\plain Hob {\i ran} out.{\super\chftn{\footnote\pard\plain{\super\chftn} To the sluice.}} \par"
        r"{\deleted Gone.}{\v Secret.}{\*\annotation Check this.}It rained\line all day.\par"
        r"\pard\plain\s1\b Chapter Two\par\pard\plain The sea{\*\atnid 1} came in.\par",
        "story.doc",
    )

    assert [(block.role, story.text_of(block)) for block in story.blocks] == [
        ("title", "The Dyke"),
        ("heading", "Chapter One"),
        ("paragraph", "Hob ran out."),
        ("paragraph", "It rained\nall day."),
        ("heading", "Chapter Two"),
        ("paragraph", "The sea came in."),
        ("back_matter", "1 To the sluice."),
    ]
    assert [story.text_of(span) for span in story.emphasis] == ["ran"]
    assert [chapter.title for chapter in story.chapters] == ["Chapter One", "Chapter Two"]
    assert (story.source.format, story.source.title, story.source.author) == ("rtf", "The Dyke", "Nan Poole")
    assert [part.what for part in story.left_out] == [
        "1 × footnote mark",
        "1 × tracked deletion",
        "1 × hidden text",
        "1 × comment",
    ]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"\u8220?Go,\u8221\'94 said Bj\'f6rn\emdash", "“Go,” said Björn—"),
        (r"{\uc0\u8220 Go\u8221 }, \uc2\u8230..she said", "“Go”, …she said"),
        (r"\ldblquote It\rquote s \~six\_ish,\rdblquote", "“It’s \u00a0six\u2011ish,”"),
        (r"a fla\-me \u-10179?\u-8704? \{here\}", "a flame 😀 {here}"),
        (r"{\f2 \'83\'8a\'83\'93} and {\f3 \'9eena}", "リン and žena"),
        (r"{\upr{\'3f}{\*\ud\u379?}}na ran", "\u017bna ran"),
        (
            r"{\field{\*\fldinst HYPERLINK x}{\fldrslt\ul here}} {\field{\*\fldinst PAGE}{\fldrslt 7}}we are",
            "here we are",
        ),
        (r"She{\pict\wmetafile8 0099aaff} ran{\*\unknown away}.", "She ran."),
        (r"She{\pict\bin5 {{{}\} ran.", "She ran."),
    ],
)
def test_characters(written, text):
    assert shown(rf"\pard {written}\par") == [text]


def test_text_in_utf_8_is_read_though_rtf_does_not_allow_it():
    assert load_bytes("{\\rtf1\\ansi “Go,” said Zoë.\\par}".encode(), "story.rtf").text == "“Go,” said Zoë."


def test_a_line_of_ornaments_and_a_line_below_nothing_are_scene_breaks():
    body = (
        r"\pard She slept.\par\pard\qc{\f1 \'7b}\par\pard It was day.\par\pard\brdrb\brdrs\par\pard It was night.\par"
    )
    story = load(body)

    assert [block.role for block in story.blocks] == ["paragraph", "scene_break"] * 2 + ["paragraph"]


def test_a_row_of_a_table_is_one_paragraph():
    body = r"\trowd\pard\intbl Oil\cell nine tins\cell\row\pard She closed the book.\par"

    assert shown(body) == ["Oil\tnine tins", "She closed the book."]


def test_numbers_and_dashes_of_lists():
    labels = r"\tab 1.\tab", r"\f1\'b7\tab", r"\emdash\tab"
    items = zip(labels, ("Rope", "Salt", "Late again!"), strict=True)
    body = "".join(rf"\pard{{\listtext{label}}}{words}\par" for label, words in items)

    assert shown(body) == ["1. Rope", "Salt", "— Late again!"]


def test_a_drop_cap_and_a_text_box():
    body = (
        r"\pard\dropcapli3\dropcapt1 T\par\pard he bell{\shp{\*\shpinst{\sp{\sn x}{\sv 9}}{\shptxt\pard A sign.\par}}"
        r"{\shprslt A sign.}} rang.\par"
    )

    assert shown(body) == ["The bell rang.", "A sign."]


def test_a_typed_mark_of_a_note_is_left_out():
    assert shown(r"\pard He fell{\super *{\footnote\ftnalt Twice.}}.\par") == ["He fell.", "i Twice."]


def test_a_document_that_is_cut_off_is_read_with_a_warning():
    story = load_bytes(rb"{\rtf1\ansi\pard She ran.\par\pard It {\i rai", "story.rtf")

    assert story.text == "She ran.\n\nIt rai"
    assert story.warnings == (
        "This RTF document ends before its end mark. Text may be missing. Download or save it again.",
    )


def test_braces_too_many_lose_no_text():
    assert load_bytes(rb"{\rtf1\ansi She ran.\par}} It rained.\par}", "story.rtf").text == "She ran.\n\nIt rained."


@pytest.mark.parametrize(
    ("body", "limits", "error"),
    [
        (r"\pard\par", {}, UnreadableStory),
        ("{" * 2000 + "She ran." + "}" * 2000, {}, RefusedStory),
        (r"She ran.\par " * 20, {"blocks": 10}, RefusedStory),
        (r"She ran.\par", {"time": -1}, RefusedStory),
    ],
    ids=["no text", "depth", "blocks", "time"],
)
def test_what_cannot_be_read_is_refused_in_one_line(body, limits, error):
    with pytest.raises(error, match=r"^story\.rtf: [^\n]+$"):
        load(body, **limits)


@pytest.mark.parametrize(
    "group", [r"{\footnote a", r"{\shptxt a", r"{\field{\*\fldinst x}{\fldrslt a", r"{\upr{\*\ud a"]
)
def test_deep_groups_lose_no_text(group):
    depth = 240
    closing = "}" * (group.count("{") - group.count("}")) * depth

    assert load(rf"\pard She ran.{group * depth}{closing} Out.\par").text.startswith("She ran.")
