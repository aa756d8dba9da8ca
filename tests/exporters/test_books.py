"""Formats for authors and readers: DOCX with comments, EPUB with a who's who."""

import io
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from exporters.full_reading import NAMES, NASTY, full, read_text, readings
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from dramaturg import Reading, read
from dramaturg.exporters import render
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.phrases import LIKELY
from dramaturg.utterances import utterances

each_story = pytest.mark.parametrize("name", NAMES)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
XHTML = "{http://www.w3.org/1999/xhtml}"
TYPE = "{http://www.idpf.org/2007/ops}type"

CHAPTERS = """\
# The Well

## One

A stranger came to the well. Ann put down her pail.

“Good day,” said Ann.

“Good day,” said the stranger.

## Two

“My name is Bartholomew Quill,” said the stranger. Bartholomew drank, and Ann watched him.

“Bartholomew,” said Ann. “That is a long name.”

## Three

Ann told her brother Kit of *Bartholomew* Quill. “He drinks a lot,” said Ann.

“Who?” asked Kit.
"""


def parts_of(reading: Reading, to: str, **options: object) -> dict[str, bytes]:
    made = render(reading, to, **options)
    assert isinstance(made, bytes)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def shown(reading: Reading) -> list[str]:
    display, blocks = DisplayText(reading), reading.story.blocks
    return re.findall(r"\w+", " ".join(display.plain(b.start, b.end) for b in blocks if b.role != "scene_break"))


@each_story
@pytest.mark.parametrize("to", ["docx", "epub"])
def test_the_same_reading_gives_the_same_bytes_and_well_formed_parts(name: str, to: str) -> None:
    parts = parts_of(readings()[name], to)

    for part, contents in parts.items():
        if part.endswith((".xml", ".rels", ".opf", ".xhtml")):
            etree.fromstring(contents)
    assert render(readings()[name], to) == render(readings()[name], to)


@each_story
def test_a_docx_has_all_words_in_paragraphs(name: str) -> None:
    reading = readings()[name]
    body = etree.fromstring(parts_of(reading, "docx")["word/document.xml"])

    paragraphs = list(body.iter(f"{WORD}p"))
    words = [
        " ".join(p.itertext(f"{WORD}t"))
        for p, b in zip(paragraphs, reading.story.blocks, strict=True)
        if b.role != "scene_break"
    ]

    assert re.findall(r"\w", "".join(words)) == re.findall(r"\w", "".join(shown(reading)))


@each_story
@pytest.mark.parametrize("below", [0.0, LIKELY, 1.01])
def test_a_docx_has_a_comment_at_each_doubtful_line_and_nowhere_else(name: str, below: float) -> None:
    reading = readings()[name]
    parts = parts_of(reading, "docx", below=below, slips=False)
    body = etree.fromstring(parts["word/document.xml"])
    comments = etree.fromstring(parts["word/comments.xml"])

    ids = [comment.get(f"{WORD}id") for comment in comments]

    for mark in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        assert [e.get(f"{WORD}id") for e in body.iter(f"{WORD}{mark}")] == ids
    lines = [u.first for u in utterances(reading)]
    doubtful = [q for q in lines if q.speaker is None or q.confidence is None or q.confidence < below]
    assert len(ids) == (len(doubtful) if below else 0)


def test_a_comment_stands_around_its_line_and_says_who_it_may_be() -> None:
    parts = parts_of(full(), "docx")
    told = ["".join(comment.itertext()) for comment in etree.fromstring(parts["word/comments.xml"])]

    assert told[0].startswith("Continuity (work): Bo waits here and is “Ferryman” there.chapter 1, line 11: ")
    assert told[1].startswith("Who says this? Perhaps Ann (55%): their turn in the conversation.Or Bo (30%).")
    assert told[2].startswith("Continuity (work): Bo waits here and is “Ferryman” there.chapter 1, line 7: ")
    assert told[3] == "Who says this? The text does not say."
    paragraph = next(
        p for p in etree.fromstring(parts["word/document.xml"]).iter(f"{WORD}p") if "wait" in "".join(p.itertext())
    )
    tags = [child.tag.removeprefix(WORD) for child in paragraph]
    start, end = ["commentRangeStart"], ["commentRangeEnd", "r"]
    assert tags == [*start, "r", *start, "r", *end, "r", *end]


@each_story
def test_a_docx_that_is_read_again_has_the_same_paragraphs(name: str, tmp_path: Path) -> None:
    reading = readings()[name]
    path = tmp_path / "story.docx"
    path.write_bytes(render(reading, "docx"))  # type: ignore[arg-type]

    again = read(path).story

    if name != "nasty":  # of which a reader of Word documents may rightly take a line for something else
        assert re.findall(r"\w+", again.text) == re.findall(
            r"\w+", " ".join(DisplayText(reading).plain(b.start, b.end) for b in reading.story.blocks)
        )


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env={**os.environ, **environment})


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_docx_with_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "story.docx"
    reading = readings()["the-spare-room"]
    path.write_bytes(render(reading, "docx"))  # type: ignore[arg-type]

    done = run(
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "fodt",
        "--outdir",
        str(tmp_path),
        str(path),
    )

    assert (tmp_path / "story.fodt").exists(), done.stderr
    root = etree.parse(str(tmp_path / "story.fodt")).getroot()
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    notes = list(root.iter(f"{office}annotation"))
    assert len(notes) == len(parts_of_comments(reading)) > 0
    assert "Who says this?" in "".join(notes[0].itertext())
    assert len(list(root.iter(f"{office}annotation-end"))) == len(notes)


def parts_of_comments(reading: Reading) -> list[object]:
    return list(etree.fromstring(parts_of(reading, "docx")["word/comments.xml"]))


def epubcheck() -> list[str] | None:
    """The command that checks an EPUB. Debian's program is a Java archive, which a shell may not start by itself."""
    found = shutil.which("epubcheck")
    if found is None:
        return None
    if Path(found).read_bytes()[:2] == b"PK":
        return ["java", "-XX:TieredStopAtLevel=1", "-jar", found] if shutil.which("java") else None
    return [found]


@pytest.mark.skipif(epubcheck() is None, reason="epubcheck is not installed")
def test_epubcheck_finds_nothing_wrong(tmp_path: Path) -> None:
    path = tmp_path / "story.epub"
    path.write_bytes(render(read_text(f"{CHAPTERS}\n## Four\n\n{NASTY}", ".md"), "epub"))  # type: ignore[arg-type]

    done = run(*(epubcheck() or []), "--failonwarnings", str(path))

    assert done.returncode == 0, done.stdout + done.stderr


@each_story
@pytest.mark.parametrize("options", [{}, {"who": False, "pop_ups": False}])
def test_an_epub_has_all_words_and_links_that_lead_somewhere(name: str, options: dict[str, bool]) -> None:
    reading = readings()[name]
    parts = parts_of(reading, "epub", **options)
    assert next(iter(parts)) == "mimetype"
    spine = re.findall(r'<itemref idref="(part\d+)"/>', parts["EPUB/package.opf"].decode())

    # A title that stands alone before the first chapter is told by the title page.
    title = etree.fromstring(parts["EPUB/title.xhtml"]).findtext(f".//{XHTML}h1") or ""
    words = [] if "part1" in spine else [title]
    for page in spine:
        root = etree.fromstring(parts[f"EPUB/{page}.xhtml"])
        ids = [e.get("id") for e in root.iter() if e.get("id")]
        assert len(ids) == len(set(ids))
        assert {a.get("href") for a in root.iter(f"{XHTML}a")} <= {f"#{id}" for id in ids}
        for extra in root.xpath("//*[local-name()='aside' or local-name()='section']"):
            extra.getparent().remove(extra)
        words += [" ".join(p.itertext()) for p in root.find(f"{XHTML}body")]

    assert re.findall(r"\w", "".join(words)) == re.findall(r"\w", "".join(shown(reading)))


def test_a_whos_who_gives_nothing_away() -> None:
    reading = read_text(CHAPTERS, ".md")
    parts = parts_of(reading, "epub")
    pages = [parts[n].decode() for n in sorted(parts) if n.startswith("EPUB/part")]
    chapters = [page.partition('<section class="who">') for page in pages if "who’s who" in page.lower()]
    by_title = {re.findall(r"<h\d>(.*)</h\d>", page[0])[-1]: page for page in chapters}

    one, two, three = (by_title[title] for title in ("One", "Two", "Three"))

    assert "<b>Ann</b>" in one[2] and "Bartholomew" not in one[2] and "Kit" not in one[2]
    assert "Bartholomew" in two[2] and "Kit" not in two[2]
    assert "<b>Kit</b>" in three[2]
    assert 'epub:type="noteref"' not in one[0]
    assert re.search(r'href="#met\d+">Ann</a>', two[0])


@each_story
def test_a_whos_who_tells_only_what_was_read_by_then(name: str) -> None:
    reading = readings()[name]
    parts = parts_of(reading, "epub")
    text = ""
    for n in range(1, len(parts)):
        page = parts.get(f"EPUB/part{n}.xhtml")
        if page is None:
            continue
        root = etree.fromstring(page)
        who = root.xpath("//*[@class='who']//*[local-name()='b']")
        asides = root.xpath("//*[local-name()='aside']")
        told = [b.text for b in who]
        for extra in [*root.xpath("//*[@class='who']"), *asides]:
            extra.getparent().remove(extra)
        text += " ".join("".join(root.itertext()).split()) + " "
        for words in told:
            assert words in ("somebody", "the narrator") or "".join(words.split()) in "".join(text.split())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["“Hm,” said Ann. ", "*Bo* ", "\n\n", "\n", "# One\n\n", "_a", "x_ ", "<", "Bo's ", "\t", "— "]
        ),
        min_size=1,
    )
)
def test_any_text_makes_whole_books(pieces: list[str]) -> None:
    reading = read_text("Ann. " + "".join(pieces), ".md")

    for to in ("docx", "epub"):
        for part, contents in parts_of(reading, to).items():
            if part.endswith((".xml", ".xhtml")):
                etree.fromstring(contents)


def test_wrapped_lines_are_joined_and_verse_is_not() -> None:
    prose = (
        "This is a paragraph of prose that somebody wrapped by hand at some\n"
        "seventy columns, as people do, so that its\nends are no ends."
    )
    verse = "Roses are red,\nviolets are blue,\nsugar is sweet."
    reading = read_text(f"{verse}\n\n{prose}\n")
    display = DisplayText(reading)

    said = [display.plain(block.start, block.end) for block in reading.story.blocks]

    assert verse in said
    assert any("at some seventy columns" in words for words in said)


def test_a_heading_of_two_lines_is_one_chapter_in_words_outline() -> None:
    body = etree.fromstring(parts_of(readings()["the-warrant-and-the-letter"], "docx")["word/document.xml"])

    styles = [style.get(f"{WORD}val") for style in body.iter(f"{WORD}pStyle")]

    assert styles[:4] == ["Title", "Heading1", "Heading2", "Heading1"]
