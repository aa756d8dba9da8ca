"""Pages of one chapter → the story's title and the chapter's."""

import pytest

from dramaturg.sources import load_bytes

TEXT = (
    "<div class='chapter-content'>"
    + "<p>The tram stopped between two stations, and the lamps went out.</p>" * 4
    + "</div>"
)
MENU = "<nav><a href='/'>Home</a></nav>"


def read(head, body):
    return load_bytes(f"<html><head>{head}</head><body>{MENU}{body}{TEXT}</body></html>".encode(), "page.html")


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<title>Chapter 4: Ash - Night Tram | Inkroad</title>", "<h1>Chapter 4: Ash</h1>"),
        ("<title>Night Tram - Chapter 4: Ash - Storypad</title>", "<h1>Night Tram</h1><h2>Chapter 4: Ash</h2>"),
        ("<title>Night Tram Chapter 4: Ash | Storypad</title>", "<h2>Chapter 4: Ash</h2>"),
        ("<meta property='og:site_name' content='Inkroad'><title>Inkroad - Night Tram - Chapter 4: Ash</title>",
         "<h3>Chapter 4: Ash</h3>"),
        ("<meta property='og:title' content='Chapter 4: Ash'><title>Chapter 4: Ash · Night Tram · Inkroad</title>",
         "<h1>Chapter 4: Ash</h1><h2><a href='/s/1'>Night Tram</a></h2>"),
    ],
)  # fmt: skip
def test_a_chapter_is_not_the_title(head, body):
    story = read(head, body)

    assert story.source.title == "Night Tram"
    assert [chapter.title for chapter in story.chapters] == ["Chapter 4: Ash"]


def test_the_heading_that_links_to_the_story_is_its_title():
    head = "<title>Ash - Night Tram | Inkroad</title>"
    story = read(head, "<h1>Ash</h1><h2><a href='/story/1'>Night Tram</a></h2>")

    assert (story.source.title, [chapter.title for chapter in story.chapters]) == ("Night Tram", ["Ash"])


def test_a_story_of_one_page_keeps_its_title():
    story = read("<title>Night Tram | Inkroad</title>", "<h1>Night Tram</h1>")

    assert story.source.title == "Night Tram"
    assert [block.role for block in story.blocks] == ["title", *["paragraph"] * 4]
