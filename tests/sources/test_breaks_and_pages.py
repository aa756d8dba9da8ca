"""Scene breaks that only white space shows, marks of printed pages, and documents inside of documents."""

import books
import pytest
from books import docx, epub, paragraph, xhtml, zipped

from dramaturg.sources import load_bytes

LINES = [
    "The bakery opened at five, and Ruth was there before the ovens were warm.",
    "“You forgot the rye,” said Olek.",
    "“I forgot nothing. The rye is late.”",
    "He looked at the clock above the door and said nothing more about it.",
    "At noon the rye came in a van that was not the miller's.",
    "“Who sent you?” asked Ruth.",
    "“Nobody sent me,” said the driver. “I was told to come.”",
    "Olek counted the sacks and found that one of them was too light.",
]


def roles(story):
    return [block.role for block in story.blocks]


def paragraphs(story):
    return [story.text_of(block) for block in story.blocks if block.role == "paragraph"]


# ---- scene breaks


def plain(gap, *, at=4):
    return "\n\n".join(LINES[:at]) + "\n" * (gap + 1) + "\n\n".join(LINES[at:])


@pytest.mark.parametrize("gap", [3, 4, 7])
def test_more_blank_lines_than_usual_are_a_scene_break(gap):
    source = plain(gap)
    story = load_bytes(source.encode(), "story.txt")

    assert roles(story) == [*["paragraph"] * 4, "scene_break", *["paragraph"] * 4]
    assert len(story.text) == len(source)
    assert all(story.text.index(line) == source.index(line) for line in LINES)


@pytest.mark.parametrize(
    "source",
    [
        plain(1),
        plain(2),
        plain(4).replace(LINES[3], "***"),  # it marks its breaks
        ("\n" * 4).join(LINES),
        plain(4).replace("He looked at the clock above the door and said nothing more about it.", "He looked at the"),
    ],
)  # fmt: skip
def test_other_blank_lines_are_none(source):
    story = load_bytes(source.encode(), "story.txt")

    assert "*" not in story.text.replace("***", "")


@pytest.mark.parametrize("breaks", ["<br><br><br><br>", "<br>\n<br>\n<br>\n"])
def test_several_line_breaks_are_a_scene_break(breaks):
    source = "<br><br>".join(LINES[:4]) + breaks + "<br><br>".join(LINES[4:])
    story = load_bytes(f"<html><body><div>{source}</div></body></html>".encode(), "story.html")

    assert roles(story) == [*["paragraph"] * 4, "scene_break", *["paragraph"] * 4]


def test_space_below_a_heading_is_no_scene_break():
    source = "<br><br>".join(["Chapter 1", *LINES[:4]]) + "<br><br>Chapter 2<br><br><br><br>" + "<br><br>".join(LINES)
    story = load_bytes(f"<html><body><div>{source}</div></body></html>".encode(), "story.html")

    assert "scene_break" not in roles(story)


# ---- printed pages


@pytest.mark.parametrize(
    "furniture",
    [
        "<p class='pagenum'>12</p>",
        "<div class='pagenum'>[Pg 12]</div>",
        "<p class='PageNumber'>– xii –</p>",
        "<div class='runninghead'>THE RYE 12</div>",
        "<p class='page-header'>R. Baker / The Rye</p>",
    ],
)
def test_marks_of_printed_pages_are_left_out_and_listed(furniture):
    lines = "".join(f"<p>{line}</p>" for line in LINES)
    story = load_bytes(epub({"one.xhtml": xhtml(lines[: lines.index("<p>He")] + furniture + lines)}), "book.epub")

    assert paragraphs(story) == LINES[:3] + LINES
    assert {left_out.why for left_out in story.left_out} & {"page number", "running head"}


def test_a_sentence_in_such_a_class_is_kept():
    story = load_bytes(f"<html><body><p class='pagenum'>{LINES[0]}</p></body></html>".encode(), "story.html")

    assert paragraphs(story) == LINES[:1]


def test_a_page_that_is_one_pre_is_plain_text():
    text = "\n\n".join(["Rye", "by Ada Miller", "Chapter 1", *LINES]).replace("was there before", "was there\nbefore")
    page = f"<html><head><title>Rye</title></head><body><pre>\n{text}\n</pre></body></html>"
    story = load_bytes(page.encode(), "story.html")

    assert (story.source.format, story.source.title, story.source.author) == ("html", "Rye", "Ada Miller")
    assert [chapter.title for chapter in story.chapters] == ["Chapter 1"]
    assert len(paragraphs(story)) == len(LINES)


def test_title_and_author_of_a_page_that_google_docs_made():
    body = f"<p class='c1 title'>Rye</p><p class='c1 subtitle'>Ada Miller</p><h1>One</h1><p>{LINES[0]}</p>"
    story = load_bytes(f"<html><body class='c2 doc-content'>{body}</body></html>".encode(), "story.html")

    assert (story.source.title, story.source.author) == ("Rye", "Ada Miller")
    assert roles(story) == ["title", "front_matter", "heading", "paragraph"]


# ---- documents in a Word document


def with_chunk(name, data):
    relation = (
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"<Relationship Id='c1' Type='{books.OFFICE}/aFChunk' Target='{name}'/></Relationships>"
    )
    body = paragraph(LINES[0]) + "<w:altChunk r:id='c1'/>" + paragraph(LINES[7])
    document = f"<w:document {books.W} xmlns:r='{books.OFFICE}'><w:body>{body}</w:body></w:document>"
    main = relation.replace("c1", "m").replace("aFChunk", "officeDocument").replace(name, "word/document.xml")
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": main,
            "word/document.xml": document,
            "word/_rels/document.xml.rels": relation,
            f"word/{name}": data,
        }
    )


MHT = (
    'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n'
    f"<html><body><p>{LINES[1]}</p><p><i>{LINES[3]}</i></p></body></html>\r\n--x--\r\n"
)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("chunk.html", f"<html><body><p>{LINES[1]}</p><p><i>{LINES[3]}</i></p></body></html>"),
        ("chunk.mht", MHT),
        ("chunk.txt", f"{LINES[1]}\n{LINES[3]}"),
        ("chunk.docx", docx(paragraph(LINES[1]) + paragraph(LINES[3]))),
        ("chunk.docx", with_chunk("inner.html", f"<p>{LINES[1]}</p><p>{LINES[3]}</p>")),
    ],
)
def test_an_embedded_document_is_read_in_its_place(name, data):
    story = load_bytes(with_chunk(name, data), "story.docx")

    kept = [line for line in paragraphs(story) if line in (LINES[1], LINES[3])]
    assert kept == [LINES[1], LINES[3]]
    assert (paragraphs(story)[0], paragraphs(story)[-1]) == (LINES[0], LINES[7])


def test_an_embedded_document_of_another_format_gives_a_warning():
    story = load_bytes(with_chunk("chunk.bin", b"\x00\x01\x02"), "story.docx")

    assert any("chunk.bin" in warning for warning in story.warnings)
    assert story.left_out


# ---- pages of a converted PDF

HEADS = ["Ada Miller", "Rye"]


def pdf_pages(number):
    """Four printed pages, their heads above and their numbers below. `number`: the page's number as a paragraph."""
    pages = [[*HEADS, *LINES[2 * n : 2 * n + 2], number(n + 1)] for n in range(4)]
    pages[1].insert(2, "<b>Chapter 2: Noon</b> The oven was cold again.")
    pages[2][3:4] = ["At noon the rye came,", "and nobody had asked for it."]
    return pages


def test_a_book_that_calibre_made_of_a_pdf():
    pages = "".join(
        f'<p><a id="p{n}"></a>{page[0]}</p>' + "".join(f"<p>{line}</p>" for line in page[1:])
        for n, page in enumerate(pdf_pages(str), 1)
    )
    head = '<meta name="generator" content="pdftohtml 0.36"/>'
    book = epub({"one.xhtml": xhtml(pages).replace("<head>", f"<head>{head}")}, [("Chapter 2: Noon", "one.xhtml#p2")])
    story = load_bytes(book, "book.epub")

    assert not any(head in paragraphs(story) for head in (*HEADS, "1", "2", "3", "4"))
    assert "At noon the rye came, and nobody had asked for it." in paragraphs(story)
    assert [chapter.title for chapter in story.chapters][-1] == "Chapter 2: Noon"
    assert "The oven was cold again." in paragraphs(story)
    assert any(left_out.why == "running head" for left_out in story.left_out)


def test_plain_text_that_calibre_made_of_a_pdf():
    pages = [line.replace("<b>", "").replace("</b>", "") for page in pdf_pages(str) for line in page]
    text = "\n\n".join([*pages, "Document Outline", "Chapter 2: Noon"]) + "\n"
    story = load_bytes(text.encode(), "book.txt")

    assert not any(head in paragraphs(story) for head in (*HEADS, "1", "2", "3", "4"))
    assert "At noon the rye came, and nobody had asked for it." in paragraphs(story)
    assert [story.text_of(block) for block in story.blocks if block.role == "heading"] == ["Chapter 2: Noon"]


def test_numbers_that_no_running_head_follows_are_kept():
    text = "\n\n".join(f"{n}\n\n{line}" for n, line in enumerate(LINES, 1))
    story = load_bytes(text.encode(), "story.txt")

    assert len(story.chapters) == len(LINES)


def test_numbers_of_chapters_under_a_name_are_kept():
    text = "\n\n".join(f"{n}\n\n{'Ruth' if n % 2 else 'Olek'}\n\n{line}" for n, line in enumerate(LINES, 1))
    story = load_bytes(f"Rye\n\n{text}\n".encode(), "story.txt")

    assert all(str(n) in story.text for n in range(1, 9)) and story.text.count("\nRuth\n") == 4
