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
