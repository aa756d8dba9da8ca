"""PDFs → Story: the paragraphs that a reader sees, and what is not the story."""

import pytest
from pdfs import LEFT, PASSWORD, PITCH, TOP, Text, columns, file_of, lines, pdf

from dramaturg.errors import MissingExtra, RefusedStory, UnreadableStory
from dramaturg.sources import load_bytes
from dramaturg.sources.limits import Limits
from dramaturg.sources.pdf import extraction

WIDE = "The barge had lain so long in the mud below the mill that herons"  # as wide as the text of these pages
FULL = "counted it as land, and nobody on either bank of the river could"
NEXT = "say any more whose it had been."


def shown(data, **limits):
    story = load_bytes(data, "barge.pdf", Limits(**limits))
    return [(block.role, story.text_of(block)) for block in story.blocks]


def paragraphs(data):
    return [text for role, text in shown(data) if role == "paragraph"]


def test_first_lines_are_indented():
    page = lines(
        "\t" + WIDE[:60],
        FULL,
        NEXT,
        "\t“Mine,” said Orla.",
        "\t“Yours,” said Pim. “Since this morning, when the",
        "rope broke.”",
    )

    assert paragraphs(pdf(page)) == [
        f"{WIDE[:60]} {FULL} {NEXT}",
        "“Mine,” said Orla.",
        "“Yours,” said Pim. “Since this morning, when the rope broke.”",
    ]


def test_paragraphs_have_space_between_them():
    page = lines(WIDE, FULL, NEXT, "", "“Mine,” said Orla.", "", WIDE, NEXT)

    assert paragraphs(pdf(page)) == [f"{WIDE} {FULL} {NEXT}", "“Mine,” said Orla.", f"{WIDE} {NEXT}"]


def test_only_short_lines_end_paragraphs():
    page = lines(WIDE, FULL, NEXT, "“Mine,” said Orla.", "“Yours,” said Pim.", WIDE, FULL, NEXT)

    assert paragraphs(pdf(page)) == [
        f"{WIDE} {FULL} {NEXT}",
        "“Mine,” said Orla.",
        "“Yours,” said Pim.",
        f"{WIDE} {FULL} {NEXT}",
    ]


def test_a_paragraph_goes_on_on_the_next_page_without_the_heads():
    def page(number, *words):
        return [Text("THE BARGE", 170, 570, 9), *lines(*words), Text(str(number), 200, 30, 9)]

    data = pdf(page(4, "\t" + WIDE[:60], FULL), page(5, NEXT, "\t“Mine,” said Orla."), page(6, "\t“Yours,” said Pim."))
    story = load_bytes(data, "barge.pdf")

    assert [story.text_of(block) for block in story.blocks] == [
        f"{WIDE[:60]} {FULL} {NEXT}",
        "“Mine,” said Orla.",
        "“Yours,” said Pim.",
    ]
    assert [(one.what, one.why) for one in story.left_out] == [
        ("6 × running head or page number", "not part of the story")
    ]


def test_divided_words_are_whole_and_compounds_keep_their_hyphen():
    page = lines(
        "\tThe lockkeeper knew. A half-drowned dog knew. The lock-",
        "keeper said so to the half-",
        "drowned dog, and the well-",
        "known grandfather smiled to him-",
        "self.",
    )

    assert paragraphs(pdf(page)) == [
        "The lockkeeper knew. A half-drowned dog knew. The lockkeeper said so to the half-drowned dog, and the "
        "well-known grandfather smiled to himself."
    ]


def test_footnotes_follow_the_story():
    page = [
        *lines("\t" + WIDE[:60], FULL),
        Text(NEXT, LEFT, TOP - 2 * PITCH),
        Text("2", LEFT + 137, TOP - 2 * PITCH + 4, 6),
        *lines("\t“Mine,” said Orla.", "\t“Yours,” said Pim.", top=TOP - 3 * PITCH),
        Text("2 A barge without an owner falls to the", LEFT, 90, 8),
        Text("keeper of the lock.", LEFT, 80, 8),
    ]

    assert shown(pdf(page))[-2:] == [
        ("paragraph", "“Yours,” said Pim."),
        ("back_matter", "2 A barge without an owner falls to the keeper of the lock."),
    ]
    assert paragraphs(pdf(page))[0] == f"{WIDE[:60]} {FULL} {NEXT}"


def test_headings_by_size_and_by_outline():
    page = [Text("The Barge", 150, 560, 22, "bold"), Text("One: Mud", LEFT, 535, 15), *lines(WIDE, FULL, NEXT)]
    other = [Text("Two: Rope", LEFT, 560), *lines("\t“Mine,” said Orla.", "\t“Yours,” said Pim.")]
    story = load_bytes(
        pdf(page, other, title="The Barge", author="Wil Tarn", outline=[("One: Mud", 0), ("Two: Rope", 1)]), "barge.pdf"
    )

    assert [chapter.title for chapter in story.chapters] == ["One: Mud", "Two: Rope"]
    assert (story.source.format, story.source.title, story.source.author) == ("pdf", "The Barge", "Wil Tarn")


def test_more_space_and_marks_are_scene_breaks():
    page = lines(
        "\t" + WIDE[:60],
        FULL,
        NEXT,
        "",
        "",
        "The rope broke at noon.",
        "\t“Mine,” said Orla.",
        "* * *",
        "\t“Yours,” said Pim.",
    )

    assert [role for role, _ in shown(pdf(page))] == [
        "paragraph", "scene_break", "paragraph", "paragraph", "scene_break", "paragraph"
    ]  # fmt: skip


def test_italics_are_emphasis():
    page = [
        Text("“It is", LEFT, TOP),
        Text("mine", LEFT + 35, TOP, font="italic"),
        Text(",” said Orla.", LEFT + 56, TOP),
    ]
    story = load_bytes(pdf(page), "barge.pdf")

    assert story.text == "“It is mine,” said Orla."
    assert [story.text_of(span) for span in story.emphasis] == ["mine"]


def test_a_drop_cap_belongs_to_its_word():
    page = [
        Text("T", LEFT, TOP - PITCH, 33),
        Text("he barge had lain so long in the mud", LEFT + 21, TOP),
        Text("below the mill that herons counted it", LEFT + 21, TOP - PITCH),
        *lines("as land.", "\t“Mine,” said Orla.", "\t“Yours,” said Pim.", top=TOP - 2 * PITCH),
    ]

    assert (
        paragraphs(pdf(page))[0]
        == "The barge had lain so long in the mud below the mill that herons counted it as land."
    )


def test_a_page_on_its_side_is_read_as_it_is_shown():
    turned = b"q 0 1 -1 0 400 0 cm BT /roman 11 Tf 60 350 Td (The rope broke.) Tj 0 -40 Td (It rained.) Tj ET Q\n"

    assert paragraphs(pdf([], rotate=90, extra=turned)) == ["The rope broke. It rained."]


def test_text_across_the_page_is_no_line_of_it():
    stamp = b"BT /roman 60 Tf 0.7 0.7 -0.7 0.7 60 60 Tm (DRAFT) Tj ET\n"

    page = lines("\t" + WIDE[:60], FULL, NEXT, "\tIt rained.")

    assert paragraphs(pdf(page, extra=stamp)) == [f"{WIDE[:60]} {FULL} {NEXT}", "It rained."]


# ---- refused


def test_columns_are_refused():
    with pytest.raises(UnreadableStory, match=r"^barge\.pdf: this PDF is set in two columns \(1 of 1 pages\)"):
        shown(pdf(columns(WIDE[:30], 12)))


def test_scans_are_refused():
    with pytest.raises(UnreadableStory, match=r"^barge\.pdf: this PDF is a scan: 2 of 2 pages are pictures"):
        shown(pdf([], [Text("2", 200, 30)], picture=True))


def test_recognised_text_is_read_with_a_warning():
    story = load_bytes(
        pdf([line._replace(mode=3) for line in lines("\tThe rope broke.", "\tIt rained.")], picture=True), "barge.pdf"
    )

    assert story.warnings == (
        "This PDF is a scan; its text was recognised by a program. Check names and quotation marks.",
    )
    assert story.text == "The rope broke. It rained."


def test_a_picture_between_pages_is_reported():
    picture = b"q 300 0 0 400 50 50 cm /picture Do Q"
    data = pdf(
        lines("\tThe rope broke.", "\tIt rained."),
        [Text("", 0, 0)],
        lines("\tThe end of it.", "\tIt rained."),
        extra=picture,
    )

    assert [one.what for one in load_bytes(data, "barge.pdf").left_out] == ["page 2"]


def test_a_password_is_needed():
    with pytest.raises(RefusedStory, match=r"^barge\.pdf: this PDF is encrypted with a password\."):
        shown(pdf(lines("The rope broke."), trailer=PASSWORD))


@pytest.mark.parametrize(
    "data",
    [b"%PDF-1.7\n", b"%PDF-1.4\0" + bytes(range(256)), file_of([b"<< /Type /Catalog >>"])],
    ids=["empty", "noise", "no pages"],
)
def test_damaged_files_are_refused(data):
    with pytest.raises(UnreadableStory, match=r"^barge\.pdf: this PDF (is damaged|holds no text)"):
        shown(data)


def test_the_missing_extra_is_named(monkeypatch):
    monkeypatch.setattr(extraction, "find_spec", lambda _: None)

    with pytest.raises(MissingExtra, match=r"^barge\.pdf: PDFs need pypdfium2, .* pip install 'dramaturg\[pdf\]'$"):
        shown(pdf(lines("The rope broke.")))


def test_a_text_past_the_limit_is_refused():
    with pytest.raises(RefusedStory, match="the limit is file_size=6000"):
        shown(pdf(lines(*["The rope broke. It rained."] * 30), lines(*[NEXT * 4] * 60)), file_size=6000)
