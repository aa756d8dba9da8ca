"""E-books → stories: packages, navigation, pages, and what is refused."""

import io
import random
import re
import struct
import time
import tracemalloc
import zipfile

import books
import pytest
from books import epub, ncx, opf, xhtml, zipped
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
LATER = (
    "Bo came after her with the lamp, and the two of them waited on the stones until the bell rang across the water."
)


def read(data: bytes, **limits) -> Story:
    return load_bytes(data, "book.epub", Limits(**limits))


def blocks(story: Story) -> list[tuple[str, str]]:
    return [(block.role, story.text_of(block)) for block in story.blocks]


def titles(story: Story) -> list[str | None]:
    return [chapter.title for chapter in story.chapters]


def page(*paragraphs: str, head: str = "") -> str:
    return xhtml(head + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))


# ---- the order in which a book is read


def test_the_spine_gives_the_order_and_not_the_names():
    story = read(epub({"z.xhtml": page(PROSE), "a.xhtml": page(LATER)}))

    assert blocks(story) == [("paragraph", PROSE), ("paragraph", LATER)]


def test_nonlinear_pages_are_not_part_of_the_story():
    pages = {
        "cover.xhtml": page("Night"),
        "one.xhtml": page(PROSE),
        "note.xhtml": page("1. A kind of boat."),
    }

    story = read(epub(pages, aside=["cover.xhtml", "note.xhtml"]))

    assert blocks(story) == [
        ("front_matter", "Night"),
        ("paragraph", PROSE),
        ("back_matter", "1. A kind of boat."),
    ]


def test_if_all_pages_are_nonlinear_they_are_the_story():
    story = read(epub({"one.xhtml": page(PROSE)}, aside=["one.xhtml"]))

    assert blocks(story) == [("paragraph", PROSE)]


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ("Chapter%201.xhtml", "OEBPS/Chapter 1.xhtml"),
        ("chapter.xhtml", "OEBPS/Chapter.XHTML"),
        ("../Text/chapter.xhtml", "Text/chapter.xhtml"),
        ("../../../chapter.xhtml", "chapter.xhtml"),
        ("./text/../chapter.xhtml", "OEBPS/chapter.xhtml"),
        ("text\\chapter.xhtml", "OEBPS/text/chapter.xhtml"),
        ("/OEBPS/chapter.xhtml", "OEBPS/chapter.xhtml"),
        ("OEBPS/chapter.xhtml", "OEBPS/chapter.xhtml"),
        ("chapter%2520.xhtml", "OEBPS/chapter%20.xhtml"),
        ("été.xhtml", "OEBPS/été.xhtml"),
    ],
)
def test_names_that_are_not_quite_the_files(listed, name):
    book = {"META-INF/container.xml": books.CONTAINER, "OEBPS/content.opf": opf([listed]), name: page(PROSE)}

    assert blocks(read(zipped(book))) == [("paragraph", PROSE)]


def test_no_path_leads_out_of_the_archive(tmp_path):
    (tmp_path / "secret.xhtml").write_text(page("A secret."))
    listed = [f"file://{tmp_path}/secret.xhtml", f"{tmp_path}/secret.xhtml", "../../../../etc/passwd", "one.xhtml"]

    story = read(epub({"one.xhtml": page(PROSE)}, files={"OEBPS/content.opf": opf(listed)}))

    assert blocks(story) == [("paragraph", PROSE)]
    assert story.warnings[0].startswith("3 pages are listed in the reading order of this EPUB but not in the file")


def test_missing_files_give_a_warning():
    book = epub({"one.xhtml": page(PROSE)}, files={"OEBPS/content.opf": opf(["one.xhtml", "two.xhtml"])})

    story = read(book)

    assert story.warnings == (
        "1 page is listed in the reading order of this EPUB but not in the file (two.xhtml). Text may be missing. "
        "Download the book again.",
    )
    assert [(left.what, left.why) for left in story.left_out] == [("two.xhtml", "not in the file")]


@pytest.mark.parametrize("lost", ["META-INF/container.xml", "OEBPS/content.opf", "OEBPS/toc.ncx"])
def test_what_a_book_can_do_without(lost):
    whole = zipfile.ZipFile(io.BytesIO(epub({"p10.html": page(LATER), "p2.html": page(PROSE)})))
    files = {name: whole.read(name) for name in whole.namelist() if name != lost}

    texts = {text for _, text in blocks(read(zipped(files)))}

    assert texts == {PROSE, LATER}


def test_without_a_package_files_are_read_as_they_count():
    files = {"mimetype": "application/epub+zip", "p10.html": page(LATER), "p2.html": page(PROSE)}

    assert [text for _, text in blocks(read(zipped(files)))] == [PROSE, LATER]


def test_without_a_package_a_warning_says_that_the_order_is_a_guess():
    files = {"mimetype": "application/epub+zip", "p10.html": page(LATER), "p2.html": page(PROSE)}

    assert read(zipped(files)).warnings == (
        "This EPUB has no readable package file (.opf), which gives the reading order. Its pages were read in the "
        "order of its file names. If the chapters are out of order, convert the book with Calibre and read that.",
    )


def test_an_empty_spine_gives_a_warning_that_the_order_is_a_guess():
    pages = {"z.xhtml": page(PROSE), "a.xhtml": page(LATER)}
    package = re.sub(r"<itemref [^>]*>", "", opf(list(pages)))

    story = read(epub(pages, files={"OEBPS/content.opf": package}))

    assert [text for _, text in blocks(story)] == [PROSE, LATER]
    assert story.warnings[0].startswith("This EPUB gives no reading order (the spine of its package file is empty).")


def test_a_whole_book_gives_no_warning():
    assert read(epub({"one.xhtml": page(PROSE)})).warnings == ()


def test_the_rendition_that_has_text_is_read():
    container = books.CONTAINER.replace(
        "<rootfile ", '<rootfile full-path="pictures.opf" media-type="application/oebps-package+xml"/><rootfile ', 1
    )
    pictures = {"META-INF/container.xml": container, "pictures.opf": opf(["p1.xhtml"])}
    book = epub({"one.xhtml": page(PROSE)}, files={**pictures, "p1.xhtml": xhtml('<img src="p1.png"/>')})

    assert blocks(read(book)) == [("paragraph", PROSE)]


# ---- pages that are not valid XML


def test_html_that_is_not_xml():
    story = read(epub({"one.html": f"<html><body><p>{PROSE}<br><p>Tea &nbsp; & toast<hr><p>{LATER}"}))

    assert [role for role, _ in blocks(story)] == ["paragraph", "paragraph", "scene_break", "paragraph"]
    assert "Tea \xa0 & toast" in story.text


@pytest.mark.parametrize(
    "package",
    [
        opf(["one.xhtml"]).replace("<dc:title>", "<dc:title>Tea & "),
        opf(["one.xhtml"]).replace('xmlns:dc="http://purl.org/dc/elements/1.1/"', ""),
        opf(["one.xhtml"]).replace("<dc:title>", "<dc:title>&nbsp;\x01"),
        "\ufeff" + opf(["one.xhtml"]),
        opf(["one.xhtml"]).encode("utf-16"),
        b'<?xml version="1.0" encoding="windows-1252"?>' + opf(["one.xhtml"])[21:].encode("cp1252"),
    ],
    ids=["stray ampersand", "prefix undeclared", "entity", "byte-order mark", "UTF-16", "Windows-1252"],
)
def test_packages_that_are_not_quite_xml(package):
    story = read(epub({"one.xhtml": page(PROSE)}, files={"OEBPS/content.opf": package}))

    assert blocks(story) == [("paragraph", PROSE)]
    assert story.source.author == "Jo Writer"


# ---- chapters


def test_several_chapters_in_one_file_and_one_over_several():
    both = f'<p id="one" class="t">The Ferry</p><p>{PROSE}</p><p id="two" class="t">The Lamp</p><p>{LATER}</p>'
    pages = {"a.xhtml": xhtml(both), "b.xhtml": page("They went on.")}

    story = read(epub(pages, [("The Ferry", "a.xhtml#one"), ("2. The Lamp", "a.xhtml#two")]))

    assert titles(story) == ["The Ferry", "The Lamp"]
    assert [role for role, _ in blocks(story)] == ["heading", "paragraph", "heading", "paragraph", "paragraph"]
    assert story.text_of(story.chapters[1]).endswith("They went on.")


def test_chapters_that_are_only_in_the_navigation():
    pages = {"a.xhtml": page(PROSE), "b.xhtml": page(LATER)}

    story = read(epub(pages, [("Morning", "a.xhtml"), ("Evening", "b.xhtml")]))

    assert titles(story) == ["Morning", "Evening"]
    assert story.text_of(story.chapters[1]) == LATER
    assert [role for role, _ in blocks(story)] == ["paragraph", "paragraph"]


def test_parts_that_hold_chapters_and_chapters_that_hold_sections():
    pages = {
        "p1.xhtml": page(head="<h1>The North</h1>"),
        "c1.xhtml": page(PROSE, head="<h2>Snow</h2>"),
        "c2.xhtml": xhtml(f'<h2>Ice</h2>{3 * f"<p>{PROSE}</p>"}<h3 id="s">Thaw</h3><p>{LATER}</p>'),
    }
    points = """<navPoint><navLabel><text>The North</text></navLabel><content src="p1.xhtml"/>
    <navPoint><navLabel><text>Snow</text></navLabel><content src="c1.xhtml"/></navPoint>
    <navPoint><navLabel><text>Ice</text></navLabel><content src="c2.xhtml"/>
    <navPoint><navLabel><text>Thaw</text></navLabel><content src="c2.xhtml#s"/></navPoint></navPoint></navPoint>
    <navPoint><navLabel><text>About the Author</text></navLabel><content src="z.xhtml"/></navPoint>"""
    toc = ncx([]).replace("<navMap>", f"<navMap>{points}")
    pages["z.xhtml"] = page("Jo Writer lives by the sea.")

    story = read(epub(pages, files={"OEBPS/toc.ncx": toc}))

    assert titles(story) == ["The North: Snow", "Ice"]
    assert blocks(story)[-1] == ("back_matter", "Jo Writer lives by the sea.")


# ---- pages that are not part of the story


def test_pages_with_a_type_of_their_own():
    story = read(books.standard_epub(books.Book("A Ferry", "Jo Writer", [("I", [books.Paragraph(PROSE)])])))

    assert [text for role, text in blocks(story) if role in ("paragraph", "heading")] == ["I", PROSE]
    assert titles(story) == ["I"]


RIGHTS = "Copyright © 2001 by Jo Writer. All rights reserved. No part of this book may be copied, stored or sung."


def test_pages_of_a_publisher_without_types():
    pages = {
        "t.xhtml": page("THE FERRY", "Jo Writer", "The Quay Press<br/>London"),
        "r.xhtml": page(RIGHTS, "ISBN 978-0-00"),
        "d.xhtml": page("For my mother"),
        "c.xhtml": page('<a href="1.xhtml">1 Ashes</a>', '<a href="2.xhtml">2 Smoke</a>', head="<p>Contents</p>"),
        "1.xhtml": page("1", "Ashes", PROSE),
        "2.xhtml": page("2", "Smoke", PROSE),
        "a.xhtml": page("ABOUT THE AUTHOR", "Jo Writer lives by the sea."),
    }

    story = read(epub(pages, title="The Ferry"))

    roles = [role for role, _ in blocks(story)]
    assert roles == ["title", *8 * ["front_matter"], *2 * ["heading", "heading", "paragraph"], *2 * ["back_matter"]]
    assert titles(story) == ["1: Ashes", "2: Smoke"]


def test_a_book_of_project_gutenbergs():
    heads = "<h1>THE FERRY</h1><h2>by Jo Writer</h2><h2>CONTENTS</h2>"
    start = "*** START OF THE PROJECT GUTENBERG EBOOK THE FERRY ***"
    contents = '<p><a href="2.xhtml#a">CHAPTER I. Ashes</a></p><p><a href="2.xhtml#b">CHAPTER II. Smoke</a></p>'
    pages = {
        "1.xhtml": page("Title: The Ferry", start, heads + contents),
        "2.xhtml": xhtml(
            f'<h2 id="a">CHAPTER I.<br/>Ashes</h2><p><span class="pagenum">[Pg 1]</span>{PROSE}</p>'
            f'<h2 id="b">CHAPTER II.<br/>Smoke</h2><p>{PROSE}</p>'
        ),
        "3.xhtml": page("*** END OF THE PROJECT GUTENBERG EBOOK THE FERRY ***", "Updated editions will follow."),
    }

    story = read(epub(pages, title="The Ferry"))

    assert [text for role, text in blocks(story) if role == "paragraph"] == [PROSE, PROSE]
    assert titles(story) == ["CHAPTER I. Ashes", "CHAPTER II. Smoke"]


def test_the_guide_of_older_books():
    pages = {"x1.xhtml": page("For my mother."), "x2.xhtml": page(PROSE), "x3.xhtml": page("Set in Garamond.")}
    guide = '<reference type="dedication" href="x1.xhtml"/><reference type="colophon" href="x3.xhtml"/>'

    story = read(epub(pages, guide=guide))

    assert [role for role, _ in blocks(story)] == ["front_matter", "paragraph", "back_matter"]


def test_endnotes_of_another_file():
    first = xhtml(f'<p>{PROSE}<a epub:type="noteref" href="notes.xhtml#n1">1</a></p>')
    notes = xhtml('<section epub:type="endnotes"><ol><li id="n1"><p>A kind of boat.</p></li></ol></section>')

    story = read(epub({"one.xhtml": first, "notes.xhtml": notes}))

    assert blocks(story) == [("paragraph", PROSE), ("back_matter", "A kind of boat.")]


def test_invisible_characters_and_drop_caps():
    css = ".calibre9 { float: left; font-size: 3em } .calibre4 { display: none } i.c { font-style: italic }"
    body = '<p><span class="calibre9">S</span>he took the tele\xadphone—\u2060it rang—<i class="c">twice</i>.</p>'

    story = read(epub({"a.xhtml": xhtml(f'{body}<p class="calibre4">No.</p>')}, files={"OEBPS/s.css": css}))

    assert blocks(story) == [("paragraph", "She took the telephone—it rang—twice.")]
    assert [story.text_of(span) for span in story.emphasis] == ["twice"]


def test_metadata_of_the_package():
    more = "<dc:creator>Ann Other</dc:creator><dc:subject>Boats</dc:subject><dc:publisher>The Quay</dc:publisher>"

    source = read(epub({"a.xhtml": page(PROSE)}, title="The Ferry", more=more)).source

    assert (source.title, source.author, source.format) == ("The Ferry", "Jo Writer, Ann Other", "epub")
    assert source.metadata == {"language": "en", "publisher": "The Quay", "subjects": ["Boats"]}


# ---- what is refused


def encryption(path: str, algorithm: str) -> dict[str, str]:
    return {
        "META-INF/encryption.xml": '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<enc:EncryptedData xmlns:enc="http://www.w3.org/2001/04/xmlenc#">'
        f'<enc:EncryptionMethod Algorithm="{algorithm}"/>'
        f'<enc:CipherData><enc:CipherReference URI="{path}"/></enc:CipherData></enc:EncryptedData></encryption>'
    }


def test_encrypted_text_is_refused_and_obfuscated_fonts_are_not():
    pages = {"one.xhtml": page(PROSE)}
    locked = encryption("OEBPS/one.xhtml", "http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    fonts = encryption("OEBPS/font.otf", "http://www.idpf.org/2008/embedding")

    assert blocks(read(epub(pages, files={**fonts, "OEBPS/font.otf": b"\0\1"}))) == [("paragraph", PROSE)]
    with pytest.raises(
        RefusedStory, match=r"book\.epub: the text of this EPUB is encrypted \(DRM\).*edition without DRM"
    ):
        read(epub(pages, files=locked))


def test_pictures_without_text_are_refused():
    with pytest.raises(UnreadableStory, match="holds no text, only pictures"):
        read(epub({"one.xhtml": xhtml('<div><img src="one.jpg"/></div>')}))


@pytest.mark.parametrize(
    "trick",
    [
        '<!DOCTYPE package [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE package [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE package [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>',
        "<!DOCTYPE package [ ]>",
    ],
)
def test_xml_with_entities_or_a_dtd_is_refused(trick):
    package = opf(["one.xhtml"]).replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{trick}')

    with pytest.raises(RefusedStory, match="declares entities or a DTD"):
        read(epub({"one.xhtml": page(PROSE)}, files={"OEBPS/content.opf": package}))


def bomb(n_bytes: int, name: str = "OEBPS/one.xhtml") -> bytes:
    return epub({"one.xhtml": b""}, files={name: b"<p>" + b"a" * n_bytes})


@pytest.mark.parametrize(
    ("data", "limits", "limit"),
    [
        (lambda: bomb(30 << 20), {}, "ratio"),
        (lambda: bomb(3 << 20, "OEBPS/picture.png"), {}, "ratio"),
        (lambda: epub({f"{n}.xhtml": "" for n in range(40)}), {"entries": 30}, "entries"),
        (lambda: bomb(90_000), {"archive_size": 50_000}, "archive_size"),
        (lambda: epub({"a.xhtml": page(PROSE)}, [("a", "a.xhtml")] * 3), {"depth": 4}, "depth"),
        (lambda: epub({"a.xhtml": page(PROSE)}, files={"OEBPS/toc.ncx": "<a>" * 5000 + "</a>" * 5000}), {}, "depth"),
    ],
    ids=["text", "picture", "entries", "size", "depth", "depth of a list"],
)
def test_bombs_are_refused_by_the_limit_they_are_past(data, limits, limit):
    with pytest.raises(RefusedStory, match=rf"{limit}=\d+.*raise it: --limit {limit}="):
        read(data(), **limits)


def test_a_bomb_takes_little_memory():
    data = bomb(200 << 20)
    tracemalloc.start()
    with pytest.raises(RefusedStory):
        read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 10 << 20


def test_a_bomb_that_lies_about_its_size_takes_little_memory():
    data = bytearray(bomb(50 << 20))
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            if struct.unpack_from("<I", data, at + place)[0] > 1 << 20:
                struct.pack_into("<I", data, at + place, 1000)
    tracemalloc.start()
    with pytest.raises(DramaturgError):
        read(bytes(data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 10 << 20


def test_zips_that_need_a_password_or_an_unusual_packing():
    data = bytearray(epub({"one.xhtml": page(PROSE)}))
    at = data.rfind(b"OEBPS/content.opf") - 46
    data[at + 8] |= 1
    with pytest.raises(RefusedStory, match="encrypted with a password"):
        read(bytes(data))
    files = {"META-INF/container.xml": books.CONTAINER, "OEBPS/content.opf": opf(["a.xhtml"]), "OEBPS/a.xhtml": PROSE}
    with pytest.raises(UnreadableStory, match="compressed by a method"):
        read(zipped(files, zipfile.ZIP_LZMA))


def test_folders_and_files_without_a_name_are_skipped():
    names = {"ab": "x", "text/": "", "/": "", "OEBPS/a.xhtml": page(PROSE)}
    data = bytearray(zipped({"mimetype": "application/epub+zip", **names}))
    at = data.rfind(b"ab", 0, data.rfind(b"text/")) - 46
    struct.pack_into("<HH", data, at + 28, 0, 2)  # the name becomes something extra

    assert blocks(read(bytes(data))) == [("paragraph", PROSE)]


def test_a_damaged_chapter_is_refused():
    data = bytearray(zipped({**dict.fromkeys(["mimetype"], "application/epub+zip"), "one.xhtml": page(PROSE)}))
    data[data.find(b"one.xhtml") + 40] ^= 255

    with pytest.raises(UnreadableStory, match=r"one\.xhtml in this file is damaged.*Download or save the file again"):
        read(bytes(data))


WHOLE = epub({"one.xhtml": page(PROSE), "two.xhtml": page(LATER)}, [("One", "one.xhtml")])


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3, 0.6, 0.9, 0.99])
def test_truncated_books_are_not_read(share):
    with pytest.raises(UnreadableStory, match="truncated"):
        read(WHOLE[: int(len(WHOLE) * share)])


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=12),
    st.integers(0, len(WHOLE)),
    st.binary(max_size=40),
)
def test_any_bytes_that_begin_like_a_book_end_in_a_story_or_a_refusal(changes, cut, more):
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    data = bytes(data[:cut]) + more if cut % 3 == 0 else bytes(data)
    try:
        assert isinstance(read(b"PK\x03\x04" + data[4:]), Story)
    except DramaturgError as error:
        assert error.exit_code in (3, 4)
        assert "\n" not in str(error)


PARTS = st.text(alphabet="<>/&;#pah1 \"'=-!?[]ée\u2028\0x", max_size=80)


@settings(max_examples=100, deadline=None)
@given(PARTS, PARTS, PARTS, PARTS)
def test_any_text_in_any_part_ends_in_a_story_or_a_refusal(text, package, toc, style):
    files = {"OEBPS/toc.ncx": toc + ncx([("x", "one.xhtml#é")]), "OEBPS/s.css": f".a{{font-style:italic{style}"}
    if package:
        files["OEBPS/content.opf"] = opf(["one.xhtml"]).replace("</metadata>", package + "</metadata>")
    try:
        assert isinstance(read(epub({"one.xhtml": xhtml(text)}, files=files)), Story)
    except DramaturgError as error:
        assert error.exit_code in (3, 4)


def test_time_grows_with_the_size_of_a_book():
    def seconds(n_chapters):
        words = random.Random(7)
        pages = {}
        for n in range(n_chapters):
            text = "".join(f"<p id='x{k}'>“{words.random()}” she said, and <i>ran</i> on.</p>" for k in range(100))
            pages[f"c{n}.xhtml"] = xhtml(f"<h2>Chapter {n + 1}</h2>{text}")
        data = epub(pages, [(f"Chapter {n + 1}", f"c{n}.xhtml") for n in range(n_chapters)])
        start = time.perf_counter()
        assert len(read(data).chapters) == n_chapters
        return time.perf_counter() - start

    seconds(10)
    assert seconds(120) < 6 * (seconds(30) + 0.05)


# ---- pages before and after the story that neither the mark-up nor the table of contents names

CHAPTERS = {
    "c1.xhtml": xhtml(f"<h2>Chapter One</h2><p>{PROSE}</p><p>“Wait,” said Bo.</p>"),
    "c2.xhtml": xhtml(f"<h2>Chapter Two</h2><p>{LATER}</p><p>“Late again,” said May.</p>"),
}
STORY_ROLES = ["heading", "paragraph", "paragraph"] * 2


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Nine Days of Rain</h1><p>Ana Pell</p>",
        "<p>Copyright © 2031 Ana Pell</p><p>All rights reserved.</p><p>ISBN 978-0-00-000000-0</p>",
        "<p>Nine Days of Rain</p><p>Ana Pell</p><p>Smashwords Edition</p>"
        "<p>This ebook is licensed for your personal use only. Please buy another copy for anybody else.</p>",
        "<p>“Rain has no memory.”</p><p>—Old Almanac</p>",
        f"<p>{PROSE}</p><p>— from the Harbour Book, 1871</p>",
        "<h2>Praise for Ana Pell</h2><p>“Wet and wonderful,” said Ruth Carver.</p>",
        "<h2>Dramatis Personae</h2><p>May, a ferry girl</p><p>Bo, a lamp boy</p>",
    ],
)
def test_pages_before_the_story_are_front_matter(body):
    story = read(epub({"f.xhtml": xhtml(body), **CHAPTERS}, title="Nine Days of Rain", author="Ana Pell"))

    roles = [role for role, _ in blocks(story)]
    assert roles[-6:] == STORY_ROLES
    assert set(roles[:-6]) <= {"front_matter", "title"}
    assert titles(story) == ["Chapter One", "Chapter Two"]


@pytest.mark.parametrize(
    "body",
    [
        "<p>Thank you for reading! If you liked it, please leave a review.</p><p>My newsletter is free.</p>",
        "<h2>Questions for Discussion</h2><p>1. Why is the ferry late?</p>",
        "<h2>Also by Ana Pell</h2><p>Dry Land</p>",
        "<h2>An excerpt from Dry Land</h2><p>“Dig,” said Greta.</p>",
    ],
)
def test_pages_after_the_story_are_back_matter(body):
    story = read(epub({**CHAPTERS, "b.xhtml": xhtml(body)}, title="Nine Days of Rain", author="Ana Pell"))

    roles = [role for role, _ in blocks(story)]
    assert roles[:6] == STORY_ROLES
    assert set(roles[6:]) == {"back_matter"}
    assert titles(story) == ["Chapter One", "Chapter Two"]


def test_the_opening_of_another_book_may_have_chapters():
    teaser = {
        "t0.xhtml": xhtml("<h1>Read on for a taste of Dry Land</h1>"),
        "t1.xhtml": xhtml("<h2>Chapter One</h2><p>“Dig,” said Greta.</p>"),
    }
    story = read(epub({**CHAPTERS, **teaser}))

    assert [role for role, _ in blocks(story)][6:] == 3 * ["back_matter"]


def test_chapters_with_such_titles_are_part_of_the_story():
    middle = xhtml(f"<h2>An Extract from the Diary of Bo</h2><p>{LATER}</p>")
    story = read(epub({"c1.xhtml": CHAPTERS["c1.xhtml"], "m.xhtml": middle, "c2.xhtml": CHAPTERS["c2.xhtml"]}))

    assert titles(story) == ["Chapter One", "An Extract from the Diary of Bo", "Chapter Two"]
