"""Files → stories, through the public face of `dramaturg.sources`."""

import hashlib
import io
import json
import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg.errors import DramaturgError, UnreadableStory
from dramaturg.sources import load, load_bytes
from dramaturg.story import ROLES, Story

CASES = Path(__file__).parents[1] / "cases"


def cases(name):
    """The cases in a file, those known to fail as strict expected failures."""
    return [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(strict=True, reason=case["reason"])] if case["expect"] == "fail" else [],
        )
        for case in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    ]


def check(story: Story) -> None:
    """Check what is true for every story."""
    text, position = story.text, 0
    for block in story.blocks:
        assert position <= block.start < block.end <= len(text)
        assert not text[position : block.start].strip(), "text outside of blocks"
        assert story.text_of(block) == story.text_of(block).strip()
        assert block.role in ROLES
        position = block.end
    assert not text[position:].strip()
    position = 0
    for span in story.emphasis:
        assert position <= span.start < span.end
        position = span.end
    position = 0
    for n, chapter in enumerate(story.chapters, 1):
        assert chapter.id == f"chapter-{n}"
        assert position <= chapter.start <= chapter.end <= len(text)
        position = chapter.end


@pytest.mark.parametrize("case", cases("blocks"))
def test_blocks(case):
    story = load_bytes(case["text"].encode(), case.get("name", "story.txt"))

    check(story)
    assert [[block.role, story.text_of(block)] for block in story.blocks] == case["blocks"]
    for field in ("title", "author"):
        assert getattr(story.source, field) == case.get(field)
    if "chapters" in case:
        assert [chapter.title for chapter in story.chapters] == case["chapters"]
    if "emphasis" in case:
        assert [story.text_of(span) for span in story.emphasis] == case["emphasis"]


@pytest.mark.parametrize("case", cases("decoding"))
def test_decoding(case):
    data = bytes.fromhex(case["hex"])
    if case["error"]:
        with pytest.raises(UnreadableStory, match=case["error"]) as caught:
            load_bytes(data, "story.txt")
        assert "\n" not in str(caught.value) and "story.txt" in str(caught.value)
        return
    story = load_bytes(data, "story.txt")
    check(story)
    assert story.text == case["text"]
    assert (
        [warning for warning in story.warnings if case["warning"] in warning] if case["warning"] else not story.warnings
    )


@given(st.binary(max_size=400))
def test_any_bytes_end_in_a_story_or_an_error_of_ours(data):
    for name in ("story.txt", "story.md", "-"):
        try:
            story = load_bytes(data, name)
        except DramaturgError as error:
            assert error.exit_code == 3
        else:
            check(story)


LINES = st.sampled_from(
    """
    CHAPTER I|Chapter 2: Ashes|II|3.|PART ONE|Prologue|THE KEY|The Key|by Jane Roe|Title: The Key|Summary:|Rating: T
    ***|xXx|#|(line break)|---|===|A/N: hi all|(A/N: so|it goes.)|Disclaimer: not mine|Enjoy!|THE END|Contents
    Thanks for reading, please review this fic!|"Wait!" he called.|"No."
    She ran down the road to the|lamp, and it was out.
       She _ran_.|> dear Tom|[Illustration: a|door]|[1] A note.|/he knows/|*** START OF THIS PROJECT GUTENBERG EBOOK ***
    End of Project Gutenberg's Key|Produced by Me|Rukia's POV|# One|## Two|I|1|||é\u2028\u200b\ud800|\t\x0b|She\0 ran.
    """.replace("\n", "|").split("|")
)


@given(st.lists(LINES, max_size=25), st.sampled_from(["story.txt", "story.md", "-"]))
@settings(max_examples=300)
def test_every_character_lies_in_a_block(lines, name):
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    try:
        story = load_bytes(data, name)
    except UnreadableStory:
        assert not "".join(lines).strip()
    else:
        check(story)
        assert story.text == "\n".join(lines).replace("\u200b", "").replace("\r", "\n")


def test_one_file_is_read_the_same_twice():
    data = b"Chapter 1\n\nShe ran.\n"
    assert load_bytes(data, "a.txt") == load_bytes(data, "a.txt")


@pytest.mark.parametrize(
    "piece",
    ["a", "*", "_a ", '"', "(", "[", "/a ", "\n", "I\n", '"\n', "***\n", "(A/N hi\n",
     "[Footnote 1: hi\n\n", "[1] x\n\n", "Chapter 1\n\n", "THE TITLE HERE\n\nhi.\n\n", "CONTENTS\n\n",
     "Title: x\n", "x\n---\n", "> x\n", "\u00e9", " x"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["story.txt", "story.md"])
def test_time_grows_with_length_only(piece, name):
    def seconds(n):
        data = (piece * n + "x").encode("cp1252")
        start = time.process_time()
        load_bytes(data, name)
        return time.process_time() - start

    small, large = 2_000, 20_000
    seconds(10)
    assert seconds(large) < 40 * seconds(small) + 0.5


def test_files(tmp_path):
    path = tmp_path / "ashes.txt"
    path.write_bytes(b"She ran.\r\n")
    story = load(path)
    assert (story.source.path, story.source.format, story.text) == ("ashes.txt", "text", "She ran.\n")
    assert story.source.sha256 == hashlib.sha256(b"She ran.\r\n").hexdigest()


def test_missing_files_folders_and_bad_names(tmp_path):
    for path, what in ((tmp_path / "none.txt", "no such file"), (tmp_path, "folder"), ("a\0b", "cannot be read")):
        with pytest.raises(UnreadableStory, match=what):
            load(path)


@pytest.mark.skipif(os.name == "nt" or getattr(os, "geteuid", lambda: 1)() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "ashes.txt"
    path.write_text("She ran.")
    path.chmod(0)
    with pytest.raises(UnreadableStory, match="permissions"):
        load(path)


def test_standard_input(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"# Ashes\n\nShe *ran*.\n")))
    story = load("-")
    assert (story.source.path, story.source.format, story.source.title) == ("-", "markdown", "Ashes")


def test_languages():
    french = "Il était une fois une petite fille qui ne voulait pas que le loup la mange dans la forêt de son père. "
    story = load_bytes((french * 3).encode(), "conte.txt")
    assert story.source.language == "fr"
    assert story.warnings == (
        "This looks like French. dramaturg knows only English: it finds the lines by their marks, but most speakers "
        "will be wrong.",
    )
    assert load_bytes(b"She ran.", "a.txt").source.language is None


# ---- plain text that was copied from elsewhere


def paragraphs(text: str) -> list[str]:
    story = load_bytes(text.encode(), "story.txt")
    check(story)
    return [story.text_of(block) for block in story.blocks if block.role == "paragraph"]


def test_entities_of_html_are_the_characters_that_they_show():
    assert paragraphs("&ldquo;No,&rdquo; she said.\n\nTom &amp; Ada ran.") == ["“No,” she said.", "Tom & Ada ran."]
    assert paragraphs("She typed &amp; and ran.\n\nIt rained.") == ["She typed &amp; and ran.", "It rained."]


def test_bbcode_gives_emphasis_breaks_and_headings():
    text = "[b]Chapter One[/b]\n\nShe [i]ran[/i].\n\n[hr][/hr]\n\n[center]It [url=http://a.b]rained[/url].[/center]"
    story = load_bytes(text.encode(), "story.txt")

    assert [block.role for block in story.blocks] == ["heading", "paragraph", "scene_break", "paragraph"]
    assert paragraphs(text) == ["She *ran*.", "It rained."]


def test_running_heads_and_page_numbers_of_a_pdf_are_no_story():
    pages = [
        "JO WRITER\n\n   She ran down the road to the lamp, and\nit was out. Nobody had\n\n1\n",
        "THE KEY\n\nlit it since the rain began.\n   She waited there.\n\n2\n",
        "JO WRITER\n\n   It rained for nine days, and on the\ntenth day it was dry.\n\n3\n",
        "THE KEY\n\n   Then the lamp was lit again, and the\nferry came.\n\n4\n",
    ]

    found = " ".join(" ".join(paragraphs("\f".join(pages))).split())
    assert found == " ".join(
        "She ran down the road to the lamp, and it was out. Nobody had lit it since the rain began. She waited there. "
        "It rained for nine days, and on the tenth day it was dry. Then the lamp was lit again, and the ferry "
        "came.".split()
    )


def test_a_table_of_contents_at_the_end_is_no_chapter():
    chapters = "Chapter 1: Rain\n\nShe ran.\n\nChapter 2: Sun\n\nIt was dry.\n\n"
    text = f"{chapters}\nTable of Contents\n\nChapter 1: Rain\n\nChapter 2: Sun\n"
    story = load_bytes(text.encode(), "story.txt")

    assert [chapter.title for chapter in story.chapters] == ["Chapter 1: Rain", "Chapter 2: Sun"]
    assert [block.role for block in story.blocks][-3:] == 3 * ["back_matter"]
