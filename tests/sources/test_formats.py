"""One story gives the same text, chapters and speakers in every format."""

import shutil
import subprocess

import books
import pytest

from dramaturg.phrases import is_guess
from dramaturg.pipeline import read_story
from dramaturg.sources import load, load_bytes

STORY_ROLES = ("paragraph", "scene_break")
THE_WARRANT = books.example("the-warrant-and-the-letter")
THE_SALTWORKS = books.example("letters-from-the-saltworks")


def story_paragraphs(story):
    """The story's paragraphs and scene breaks, without mark-up."""
    return [books.letters(story.text_of(block)) for block in story.blocks if block.role in STORY_ROLES]


def expected_paragraphs(book):
    return [books.letters(paragraph.text) for _, paragraphs in book.chapters for paragraph in paragraphs]


def speakers_of(story):
    """Every quotation with the name of its speaker, "?" for a guess: two that are as likely may change places."""
    reading = read_story(story)
    return [
        (books.letters(reading.text_of(q)), "?" if is_guess(q) else reading.name_of(q.speaker))
        for q in reading.quotations
    ]


def titles(story):
    return [books.letters(chapter.title or "") for chapter in story.chapters]


@pytest.mark.parametrize("name", books.FORMATS)
def test_one_story_in_every_format(name):
    story = load_bytes(books.FORMATS[name](THE_WARRANT), name)

    assert story_paragraphs(story) == expected_paragraphs(THE_WARRANT)
    assert titles(story) == [books.letters(title) for title, _ in THE_WARRANT.chapters]
    assert story.source.title == THE_WARRANT.title
    assert story.source.author == THE_WARRANT.author
    assert [story.text_of(span) for span in story.emphasis][-2:] == ["back!", "Tom."]


def test_one_cast_from_every_format():
    readings = {name: speakers_of(load_bytes(make(THE_WARRANT), name)) for name, make in books.FORMATS.items()}

    assert len(readings["story.txt"]) > 20
    for name, reading in readings.items():
        assert reading == readings["story.txt"], name


@pytest.mark.parametrize("name", [name for name in books.FORMATS if name != "story.txt"])
def test_titles_and_emphasis_that_plain_text_does_not_have(name):
    story = load_bytes(books.FORMATS[name](THE_SALTWORKS), name)

    assert story_paragraphs(story) == expected_paragraphs(THE_SALTWORKS)
    assert titles(story) == [books.letters(title) for title, _ in THE_SALTWORKS.chapters]
    emphasised = [story.text_of(span) for span in story.emphasis]
    assert [words for words in emphasised if words in ("here", "bookkeeper", "twice")] == [
        "here",
        "bookkeeper",
        "twice",
    ]


@pytest.mark.parametrize("name", ["ao3.html", "ao3.epub"])
def test_notes_and_tags_around_a_story_of_an_archive(name):
    story = load_bytes(books.FORMATS[name](THE_WARRANT), name)

    by_role = {role: [story.text_of(b) for b in story.blocks if b.role == role] for role in ("summary", "authors_note")}
    assert by_role["summary"][-1] == THE_WARRANT.summary
    assert by_role["authors_note"][-1] == THE_WARRANT.note
    assert story.source.metadata["characters"] == THE_WARRANT.tags["Characters"]
    assert story.source.metadata["tags"] == THE_WARRANT.tags["Additional Tags"]
    assert story.source.metadata["words"] == 1234
    assert story.source.metadata["url"].endswith("/works/4242")


@pytest.mark.parametrize("name", ["fanficfare.html", "fanficfare.epub"])
def test_labels_that_a_downloader_writes_above_a_story(name):
    story = load_bytes(books.FORMATS[name](THE_WARRANT), name)

    assert story.source.metadata["characters"] == ["Tom Garrity", "Anne Fenwick"]
    assert story.source.metadata["words"] == 1234
    assert any(b.role == "summary" and THE_WARRANT.summary in story.text_of(b) for b in story.blocks)


# ---- the tools that people make files with, where they are installed


def convert(folder, source, target, *command):
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert (folder / target).exists(), done.stderr
    return load(folder / target)


@pytest.mark.parametrize("target", ["story.docx", "story.epub"])
def test_files_made_by_pandoc(tmp_path, target):
    chapters = [f"<h2>{title}</h2>{books.html(paragraphs)}" for title, paragraphs in THE_SALTWORKS.chapters]
    (tmp_path / "story.html").write_text(f"<h1>{THE_SALTWORKS.title}</h1>{''.join(chapters)}", encoding="utf-8")

    story = convert(tmp_path, "story.html", target, "pandoc", "story.html", "-o", target)

    assert story_paragraphs(story) == expected_paragraphs(THE_SALTWORKS)
    assert titles(story)[-5:] == [books.letters(title) for title, _ in THE_SALTWORKS.chapters]


def test_documents_made_by_libreoffice(tmp_path):
    (tmp_path / "story.html").write_text(
        "<h1>A Ferry</h1><p>She ran to the <i>last</i> boat of the evening.</p><hr><p>“Wait!” she said.</p>"
    )
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    filters = ("--infilter=HTML (StarWriter)", "--convert-to", "docx:MS Word 2007 XML", "story.html")

    story = convert(tmp_path, "story.html", "story.docx", "soffice", profile, "--headless", *filters)

    assert [block.role for block in story.blocks][-3:] == ["paragraph", "scene_break", "paragraph"]
    assert [story.text_of(span) for span in story.emphasis] == ["last"]


@pytest.mark.parametrize("target", ["story.docx", "story2.epub"])
def test_files_converted_by_calibre(tmp_path, target):
    (tmp_path / "story.epub").write_bytes(books.standard_epub(THE_SALTWORKS))

    story = convert(tmp_path, "story.epub", target, "ebook-convert", "story.epub", target)

    assert [
        paragraph for paragraph in story_paragraphs(story) if paragraph in expected_paragraphs(THE_SALTWORKS)
    ] == expected_paragraphs(THE_SALTWORKS)
    assert titles(story)[-5:] == [books.letters(title) for title, _ in THE_SALTWORKS.chapters]
