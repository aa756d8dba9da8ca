"""FictionBook files: chapters, breaks, verses and notes, and what is refused."""

import pytest

from dramaturg import sources
from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.sources.limits import Limits

BOOK = """<?xml version="1.0" encoding="utf-8"?>
<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink">
<description><title-info><genre>sf</genre><author><first-name>Iva</first-name><last-name>Brook</last-name></author>
<book-title>The Weir</book-title><annotation><p>A flood comes.</p></annotation><lang>en</lang>
<sequence name="Rivers"/></title-info></description>
<body><title><p>The Weir</p></title>
<section><title><p>One</p><p>The gate</p></title>
<p>“You are <emphasis>wet</emphasis>,” said Ann.<a l:href="#n1" type="note">[1]</a></p><subtitle>* * *</subtitle>
<p>Ben came in.</p><empty-line/><p>“So is the dog.”</p>
<poem><stanza><v>Rain, rain,</v><v>go away.</v></stanza></poem></section>
<section><title><p>Two</p></title><p>It rained until the morning came.</p></section></body>
<body name="notes"><title><p>Notes</p></title>
<section id="n1"><title><p>1</p></title><p>Up to the knees.</p></section></body>
<binary id="cover.jpg" content-type="image/jpeg">AAAA</binary></FictionBook>"""


def load(book: str, limits: Limits | None = None):
    return sources.load_bytes(book.encode(), "weir.fb2", limits or Limits())


def test_the_parts_of_a_book_have_their_roles():
    story = load(BOOK)

    source = story.source
    assert (source.format, source.title, source.author, source.language) == ("fb2", "The Weir", "Iva Brook", "en")
    assert source.metadata == {"summary": "A flood comes.", "tags": ["sf"], "series": "Rivers"}
    assert [chapter.title for chapter in story.chapters] == ["One The gate", "Two"]
    found = {story.text_of(block): block.role for block in story.blocks}
    assert found["“You are wet,” said Ann."] == "paragraph"
    assert found["* * *"] == "scene_break"
    assert found["Rain, rain,\ngo away."] == "paragraph"
    assert found["Up to the knees."] == "back_matter"
    assert [story.text_of(span) for span in story.emphasis] == ["wet"]


def test_the_encoding_is_the_declared_one():
    book = BOOK.replace("utf-8", "windows-1252").replace("wet", "très")

    story = sources.load_bytes(book.encode("windows-1252"), "weir.fb2")

    assert "“You are très,” said Ann." in story.text


@pytest.mark.parametrize(
    ("book", "error"),
    [
        ("<FictionBook><body></body></FictionBook>", UnreadableStory),
        ("<FictionBook><body><section><p>She ran", UnreadableStory),
        ('<!DOCTYPE a [<!ENTITY b "c">]><FictionBook><body><p>&b;</p></body></FictionBook>', RefusedStory),
        ("<FictionBook><body>" + "<section>" * 3000 + "</section>" * 3000 + "</body></FictionBook>", RefusedStory),
        (
            "<FictionBook><body>" + "<cite>" * 990 + "<p>Go.</p>" + "</cite>" * 990 + "</body></FictionBook>",
            RefusedStory,
        ),
    ],
    ids=["no text", "cut off", "entities", "too deep", "quotations in quotations"],
)
def test_what_cannot_be_read_is_refused_in_one_line(book, error):
    with pytest.raises(error, match=r"^weir\.fb2: [^\n]+$"):
        load(book)
