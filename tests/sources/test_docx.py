"""Word documents → stories, as a reader sees them, and what is refused."""

import random
import time

import books
import pytest
from books import W, docx, paragraph, run, zipped
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg.errors import DramaturgError, RefusedStory, UnreadableStory
from dramaturg.sources import load_bytes
from dramaturg.sources.limits import Limits
from dramaturg.story import Story

PROSE = (
    "She ran down to the ferry before anybody in the house was awake, and nobody at all saw her go. The boat was "
    "late again. It was always late when it rained, and it had rained for nine days now without a stop."
)
RULE = "<w:pBdr><w:bottom w:val='single'/></w:pBdr>"
CENTRED = "<w:jc w:val='center'/>"
EMPTY = paragraph()


def read(data: bytes, **limits) -> Story:
    return load_bytes(data, "story.docx", Limits(**limits))


def blocks(story: Story) -> list[tuple[str, str]]:
    return [(block.role, story.text_of(block)) for block in story.blocks]


def texts(body: str, **parts: str) -> list[str]:
    story = read(docx(body, parts))
    return [text for _, text in blocks(story)]


def emphasised(body: str) -> list[str]:
    story = read(docx(body))
    return [story.text_of(span) for span in story.emphasis]


# ---- the words of a paragraph


@pytest.mark.parametrize(
    ("runs", "shown"),
    [
        ([run("She "), "<w:ins w:id='1'>" + run("ran") + "</w:ins>", run(".")], "She ran."),
        ([run("She "), "<w:del w:id='1'><w:r><w:delText>hopped</w:delText></w:r></w:del>", run("ran.")], "She ran."),
        (["<w:moveFrom>" + run("gone") + "</w:moveFrom>", "<w:moveTo>" + run("Here.") + "</w:moveTo>"], "Here."),
        ([run("She ran."), "<w:commentRangeStart/><w:r><w:commentReference w:id='0'/></w:r>"], "She ran."),
        ([run("She "), run("never ", "<w:vanish/>"), run("ran.")], "She ran."),
        (["<w:hyperlink>" + run("a link") + "</w:hyperlink>"], "a link"),
        (["<w:smartTag><w:smartTag>" + run("Paris") + "</w:smartTag></w:smartTag>"], "Paris"),
        (["<w:sdt><w:sdtPr/><w:sdtContent>" + run("held") + "</w:sdtContent></w:sdt>"], "held"),
        (["<w:r><w:t>to</w:t><w:softHyphen/><w:t>night, self</w:t><w:noBreakHyphen/><w:t>same</w:t></w:r>"],
         "tonight, self\u2011same"),
        (["<w:r><w:t>one</w:t><w:br/><w:t>two</w:t><w:cr/><w:t>three</w:t></w:r>"], "one\ntwo\nthree"),
        (["<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r>"], "a\tb"),
        (["<w:r><w:t> trimmed </w:t></w:r>", run(" kept ")], "trimmed kept"),
        ([run("“Wait —”"), run(" she said, ”so.“ ’Tis")], "“Wait —” she said, ”so.“ ’Tis"),
        (["<w:r><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京</w:t></w:r></w:rubyBase>"
          "</w:ruby></w:r>"], "東京"),
        ([run("tele\u00adphone, a\u2060—b, 5\u00a0p.")], "telephone, a—b, 5\u00a0p."),
        (["<w:r><w:sym w:font='Symbol' w:char='2192'/></w:r>", run("on")], "→on"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_a_reader_sees(runs, shown):
    assert texts(paragraph(*runs)) == [shown]


FIELD = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>"


def field(instruction: str, *result: str) -> str:
    instructed = f"<w:r><w:instrText>{instruction}</w:instrText></w:r>"
    return FIELD.format("begin") + instructed + FIELD.format("separate") + "".join(result) + FIELD.format("end")


def test_fields_show_their_result_but_for_page_numbers():
    assert texts(paragraph(field("HYPERLINK x", run("here")), run(" on page "), field("PAGE", run("7")))) == [
        "here on page"
    ]
    nested = field("IF", run("yes"), field(" PAGE ", run("8")))
    assert texts(paragraph(nested, run(" and on"))) == ["yes and on"]


def test_a_field_that_never_ends_hides_nothing():
    assert texts(paragraph(FIELD.format("begin"), "<w:r><w:instrText>DATE</w:instrText></w:r>") + paragraph(PROSE)) == [
        PROSE
    ]


def test_paragraphs_whose_end_was_deleted_are_one():
    deleted = paragraph("She ran ", properties="<w:rPr><w:del w:id='1'/></w:rPr>")

    assert texts(deleted + paragraph("to the boat.")) == ["She ran to the boat."]


def test_a_drop_cap_is_the_first_letter():
    cap = paragraph("S", properties="<w:framePr w:dropCap='drop' w:lines='3'/>")

    assert texts(cap + paragraph("he ran.")) == ["She ran."]


def test_a_box_and_its_older_form_are_read_once_after_its_paragraph():
    box = f"<w:txbxContent>{paragraph('TO LET')}</w:txbxContent>"
    anchor = (
        "<w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )

    assert texts(paragraph("The sign said:", anchor) + paragraph(PROSE)) == ["The sign said:", "TO LET", PROSE]


def test_tables():
    def row(*cells):
        return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    gone = "<w:tr><w:trPr><w:del w:id='1'/></w:trPr><w:tc>" + paragraph("gone") + "</w:tc></w:tr>"
    list_of_two = f"<w:tbl>{row(paragraph('Tea'), paragraph('2d'))}{gone}{row(paragraph('Rum'), EMPTY)}</w:tbl>"
    layout = f"<w:tbl>{row(paragraph(PROSE) + list_of_two + paragraph('The end of it.'))}</w:tbl>"

    assert texts(layout) == [PROSE, "Tea\t2d", "Rum", "The end of it."]


def test_numbers_that_word_counts():
    numbering = f"""<w:numbering {W}>
    <w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="upperRoman"/><w:lvlText w:val="Chapter %1:"/>
    </w:lvl></w:abstractNum><w:num w:numId="4"><w:abstractNumId w:val="1"/></w:num>
    <w:abstractNum w:abstractNumId="2"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="—"/></w:lvl>
    </w:abstractNum><w:num w:numId="5"><w:abstractNumId w:val="2"/></w:num></w:numbering>"""
    chapter = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='4'/></w:numPr>"
    dash = "<w:numPr><w:ilvl w:val='0'/><w:numId w:val='5'/></w:numPr>"
    body = paragraph("Ashes", style="berschrift1", properties=chapter) + paragraph("Is it late?", properties=dash)
    body += paragraph("Smoke", style="berschrift1", properties=chapter) + paragraph(PROSE)

    story = read(docx(body, {"numbering": numbering}))

    assert [text for _, text in blocks(story)] == ["Chapter I: Ashes", "— Is it late?", "Chapter II: Smoke", PROSE]
    assert [chapter.title for chapter in story.chapters] == ["Chapter I: Ashes", "Chapter II: Smoke"]


def test_notes_follow_the_story_and_their_marks_are_left_out():
    mark = "<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:{0}Reference w:id='{1}'/></w:r>"
    footnotes = f"""<w:footnotes {W}><w:footnote w:type="separator" w:id="-1"><w:p/></w:footnote>
    <w:footnote w:id="2">{paragraph("<w:r><w:footnoteRef/></w:r>", run(" A kind of boat."))}</w:footnote>
    <w:footnote w:id="3">{paragraph("Never cited.")}</w:footnote></w:footnotes>"""
    endnotes = f"<w:endnotes {W}><w:endnote w:id='2'>{paragraph('A kind of lamp.')}</w:endnote></w:endnotes>"
    body = paragraph("The punt", mark.format("footnote", 2), " left; the lamp", mark.format("endnote", 2), " burned.")

    story = read(docx(body + paragraph(PROSE), {"footnotes": footnotes, "endnotes": endnotes}))

    assert blocks(story) == [
        ("paragraph", "The punt left; the lamp burned."),
        ("paragraph", PROSE),
        ("back_matter", "1 A kind of boat."),
        ("back_matter", "i A kind of lamp."),
    ]


def test_headers_and_footers_are_left_out():
    header = f"<w:hdr {W}>{paragraph('Writer / FERRY / 7')}</w:hdr>"
    section = "<w:sectPr><w:headerReference w:type='default'/></w:sectPr>"

    assert texts(paragraph(PROSE) + section, header1=header) == [PROSE]


def test_what_was_left_out_is_listed():
    body = paragraph(run("She ran."), run("x", "<w:vanish/>"), "<w:r><w:commentReference w:id='0'/></w:r>")

    assert [left.what for left in read(docx(body)).left_out] == ["1 × hidden text", "1 × comment"]


# ---- emphasis


@pytest.mark.parametrize(
    ("body", "stretches"),
    [
        (paragraph("He ", run("never", "<w:i/>"), run(" did", "<w:i/>"), " it."), ["never did"]),
        (paragraph("He ", run(" never ", "<w:rStyle w:val='Hervorhebung'/>"), "did."), ["never"]),
        (paragraph("He ", run("never", "<w:u w:val='single'/>"), " did."), ["never"]),
        (paragraph("He ", run("never", "<w:b/>"), " did."), ["never"]),
        (paragraph("He ", run("never", "<w:i w:val='0'/>"), " did."), []),
        (paragraph("My dear ", run("Bo", "<w:i w:val='0'/>"), style="Brief"), ["My dear"]),
        (paragraph("My ", run("dear", "<w:rStyle w:val='Hervorhebung'/>"), style="Brief"), ["My"]),
        (paragraph("<w:hyperlink>" + run("here", "<w:u w:val='single'/>") + "</w:hyperlink>"), []),
    ],
)
def test_emphasis(body, stretches):
    assert emphasised(body + paragraph(PROSE)) == stretches


# ---- headings, breaks


def test_heading_styles_by_their_own_name_in_any_language_and_what_is_based_on_them():
    story = read(docx(paragraph(PROSE) + paragraph("Ashes", style="Kapitel") + paragraph(PROSE)))

    assert blocks(story)[1] == ("heading", "Ashes")


def test_an_outline_level_is_a_heading():
    story = read(docx(paragraph(PROSE) + paragraph("Ashes", properties="<w:outlineLvl w:val='0'/>") + paragraph(PROSE)))

    assert blocks(story)[1] == ("heading", "Ashes")


def test_centred_titles_without_a_heading_style():
    new_page = "<w:pageBreakBefore/>"
    body = paragraph("The Ferry", properties=CENTRED) + paragraph("by Jo Writer", properties=CENTRED)
    for title in ("Ashes", "Smoke and Salt"):
        body += paragraph(title, properties=CENTRED + new_page) + paragraph(PROSE) * 3

    story = read(docx(body))

    assert [chapter.title for chapter in story.chapters] == ["Ashes", "Smoke and Salt"]
    assert (story.source.title, story.source.author) == ("The Ferry", "Jo Writer")


@pytest.mark.parametrize("mark", ["#", "***", "* * *", "~", "\uf09a"])
def test_marks_that_separate_scenes(mark):
    body = paragraph(PROSE) + paragraph(mark, properties=CENTRED) + paragraph(PROSE)

    assert [role for role, _ in blocks(read(docx(body)))] == ["paragraph", "scene_break", "paragraph"]


def test_rules_separate_scenes():
    line = "<w:p><w:r><w:pict><v:rect xmlns:v='urn:v' xmlns:o='urn:o' o:hr='t'/></w:pict></w:r></w:p>"
    for rule in (line, paragraph(properties=RULE)):
        story = read(docx(paragraph(PROSE) + rule + paragraph(PROSE)))
        assert [role for role, _ in blocks(story)] == ["paragraph", "scene_break", "paragraph"]


def test_rare_empty_paragraphs_separate_scenes():
    body = paragraph(PROSE) * 5 + EMPTY + paragraph(PROSE) * 5

    assert [role for role, _ in blocks(read(docx(body)))].count("scene_break") == 1


def test_two_empty_paragraphs_separate_scenes_where_one_is_usual():
    body = (paragraph(PROSE) + EMPTY) * 6 + EMPTY + (paragraph(PROSE) + EMPTY) * 6

    assert [role for role, _ in blocks(read(docx(body)))].count("scene_break") == 1


def test_a_table_of_contents_is_front_matter():
    entries = [FIELD.format("begin"), r"<w:r><w:instrText>TOC \o</w:instrText></w:r>", FIELD.format("separate")]
    body = paragraph(*entries, run("Ashes 1")) + paragraph("Smoke 9") + paragraph(FIELD.format("end"))
    for title in ("Ashes", "Smoke"):
        body += paragraph(title, style="berschrift1") + paragraph(PROSE)

    story = read(docx(body))

    assert blocks(story)[:3] == [("front_matter", "Ashes 1"), ("front_matter", "Smoke 9"), ("heading", "Ashes")]


def test_a_whole_story_in_a_heading_style_is_text():
    story = read(docx(paragraph(PROSE + " " + PROSE, style="berschrift1")))

    assert [role for role, _ in blocks(story)] == ["paragraph"]


def test_placeholder_authors_are_ignored():
    assert read(docx(paragraph(PROSE), author="python-docx")).source.author is None
    assert read(docx(paragraph(PROSE), author="Jo Writer")).source.author == "Jo Writer"


# ---- what is refused

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def test_a_document_with_a_password_is_refused_and_an_old_one_not_read():
    with pytest.raises(RefusedStory, match=r"story\.docx: this Word document is encrypted with a password.*Save it"):
        read(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)
    with pytest.raises(UnreadableStory, match="old Word document.*Save it as DOCX"):
        read(OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le") + b"\0" * 600)


@pytest.mark.parametrize("body", ["", EMPTY, paragraph("  "), paragraph(properties=RULE)])
def test_documents_without_text(body):
    with pytest.raises(UnreadableStory, match="holds no text"):
        read(docx(body))


def test_a_document_without_its_text_or_with_half_of_it():
    with pytest.raises(UnreadableStory, match="has no part with the text"):
        read(zipped({"[Content_Types].xml": "<Types/>", "word/styles.xml": books.STYLES}))
    with pytest.raises(UnreadableStory, match="XML is damaged"):
        read(zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": f"<w:document {W}><w:body><w:p>"}))


def test_entities_are_refused():
    laughs = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    files = {"[Content_Types].xml": "<Types/>", "word/document.xml": f"{laughs}<w:document {W}>&b;</w:document>"}

    with pytest.raises(RefusedStory, match="declares entities"):
        read(zipped(files))


def test_what_is_nested_deep_is_read_or_refused():
    def nested(n):
        return "<w:tbl><w:tr><w:tc>" * n + paragraph("deep") + "</w:tc></w:tr></w:tbl>" * n

    assert texts(nested(200)) == ["deep"]
    runs = "<w:smartTag>" * 300 + run("deep") + "</w:smartTag>" * 300
    assert texts(paragraph(runs)) == ["deep"]
    with pytest.raises(RefusedStory, match="depth=1000"):
        read(docx(nested(5_000)))


WHOLE = books.word(books.Book("A", "B", [("I", [books.Paragraph(PROSE)])]))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(4, len(WHOLE) - 1), st.integers(0, 255)), max_size=8), st.integers(0, 3))
def test_any_bytes_that_begin_like_a_document_end_in_a_story_or_a_refusal(changes, cut):
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    try:
        assert isinstance(read(bytes(data[: len(data) - 100 * cut])), Story)
    except DramaturgError as error:
        assert error.exit_code in (3, 4)


NAMES = st.sampled_from(
    "p r t tbl tr tc ins del sdt sdtContent hyperlink br tab fldChar instrText pPr rPr pStyle numPr ilvl numId b i "
    "framePr pict txbxContent AlternateContent Choice Fallback footnoteReference sym body sectPr pBdr bottom".split()
)
ATTRIBUTES = st.sampled_from(
    ["", " w:val='1'", " w:type='page'", " w:id='2'", " w:char='F0'", " w:fldCharType='begin'", " w:dropCap='drop'"]
)
TREES = st.recursive(
    st.text("a 1*“”", max_size=6),
    lambda below: st.tuples(NAMES, ATTRIBUTES, st.lists(below, max_size=4)).map(
        lambda one: f"<w:{one[0]}{one[1]}>{''.join(one[2])}</w:{one[0]}>"
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(TREES)
def test_any_elements_in_any_order_end_in_a_story_or_a_refusal(tree):
    try:
        story = read(docx(tree + paragraph(PROSE)))
    except UnreadableStory:
        return
    assert PROSE in story.text


def test_time_grows_with_the_size_of_a_document():
    def seconds(n_paragraphs):
        words = random.Random(7)
        body = "".join(
            paragraph(f"“{words.random()}” she said, and ", run("ran", "<w:i/>"), " on.") for _ in range(n_paragraphs)
        )
        data = docx(body)
        start = time.perf_counter()
        assert len(read(data).blocks) == n_paragraphs
        return time.perf_counter() - start

    seconds(100)
    assert seconds(8000) < 6 * (seconds(2000) + 0.05)


def test_lines_that_are_paragraphs_of_their_own():
    lines = [PROSE, "“Wait,” said Bo.", "“Never,” she said."]
    verse = ["The rain it rains", "on land and sea", "and on the ferry"]
    body = "".join(
        "<w:p><w:r>" + "<w:br/>".join(f"<w:t>{line}</w:t>" for line in piece) + "</w:r></w:p>"
        for piece in (lines, verse)
    )

    assert texts(body) == [*lines, "\n".join(verse)]


def test_the_address_on_a_manuscript_is_front_matter():
    contact = ["Jo Writer", "3 Quay Street", "jo@example.org", "about 4,000 words"]
    body = "".join(paragraph(run(line)) for line in contact)
    body += EMPTY + paragraph("NINE DAYS OF RAIN", properties=CENTRED)
    body += paragraph("by Jo Writer", properties=CENTRED)
    story = read(docx(body + paragraph(run(PROSE))))

    assert [role for role, _ in blocks(story)][:4] == 4 * ["front_matter"]
    assert blocks(story)[-1] == ("paragraph", PROSE)
    assert [role for role, _ in blocks(story)].count("paragraph") == 1
