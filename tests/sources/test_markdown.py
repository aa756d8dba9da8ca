"""Markdown: the YAML before a story."""

import pytest

from dramaturg.sources import load_bytes

YAML = """title: "The Weir"
author: Jo Writer
characters:
  - "[[Ida]]"
synopsis: |
  "You are early," said Egon.
"""


@pytest.mark.parametrize("end", ["---", "..."])
def test_front_matter_is_metadata_and_not_story(end):
    story = load_bytes(
        f"---\n{YAML}{end}\n\n# One\n\nShe *ran* to the weir.\n\n---\n\nIt rained.\n".encode(), "weir.md"
    )

    assert [block.role for block in story.blocks] == [
        "front_matter",
        "heading",
        "paragraph",
        "scene_break",
        "paragraph",
    ]
    assert (story.source.title, story.source.author) == ("The Weir", "Jo Writer")
    assert [chapter.title for chapter in story.chapters] == ["One"]


def test_a_scene_break_at_the_start_is_no_front_matter():
    story = load_bytes(b"---\n\nShe *ran*.\n\n---\n\nIt rained.\n", "weir.md")

    assert [block.role for block in story.blocks if block.role == "paragraph"] == ["paragraph", "paragraph"]


def read(text: str):
    return load_bytes(text.encode(), "weir.md")


def paragraphs(text: str) -> list[str]:
    story = read(text)
    return [story.text_of(block) for block in story.blocks if block.role == "paragraph"]


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<!-- Is Egon dead? -->\n\nShe ran.", ["She ran."]),
        ("<!-- one\n\ntwo -->She ran.\n\n%%Too fast?%%\n\nIt rained.", ["She ran.", "It rained."]),
        ("She ran.[^1] ^b1\n\nIt rained.\n\n[^1]: “To the weir,” said Egon.\n    Twice.", ["She ran.", "It rained."]),
        ("[[Ida Brook|Ida]] ran. [[Egon]] did not.", ["Ida ran. Egon did not."]),
        ("She <em>ran</em>.<br>\n\n<div>It &mdash; rained.</div>", ["She *ran*.", "It — rained."]),
        ("#draft #rain\n\n![[map.png]]\n\nShe ran.\n\n```dataview\nLIST\n```\n\n> [!note] Fast?\n> Yes.", ["She ran."]),
        ("She ran <!-- on", ["She ran <!-- on"]),
        ("She was 100%% sure.\n\n%%%%\n\nIt rained.", ["She was 100%% sure.", "It rained."]),
        ("<Where are you?> she sent.", ["<Where are you?> she sent."]),
    ],
)
def test_what_the_rendered_page_does_not_show_is_no_story(source, shown):
    assert paragraphs(source) == shown


def test_comments_are_listed_as_left_out():
    story = read("# One\n\nShe ran. <!-- Is Egon dead? -->\n\nIt rained.\n\n<!-- More rain. -->\n")

    assert [(left.what, left.why) for left in story.left_out] == [
        ("Is Egon dead? (and 1 more)", "comment in the Markdown")
    ]
