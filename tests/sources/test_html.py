"""HTML → stories, through the public face of `dramaturg.sources`."""

import json
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dramaturg import Limits, read
from dramaturg.errors import DramaturgError, RefusedStory, UnreadableStory
from dramaturg.sources import load, load_bytes
from dramaturg.sources.markup import join, read_markup
from dramaturg.story import ROLES, Story

CASES = Path(__file__).parents[1] / "cases"


def cases(name):
    """The cases in a file, those known to fail as strict expected failures."""
    return [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(strict=True)] if case["expect"] == "fail" else [],
        )
        for case in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    ]


def check(story: Story) -> None:
    """Check what is true for every story: blocks in order, nothing but white space between them."""
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
        assert position <= span.start < span.end <= len(text)
        assert not text[span.start].isspace() and not text[span.end - 1].isspace()
        position = span.end
    position = 0
    for chapter in story.chapters:
        assert position <= chapter.start <= chapter.end <= len(text)
        position = chapter.end


@pytest.mark.parametrize("case", cases("html"))
def test_pages(case):
    story = load(CASES / "html" / case["file"])

    check(story)
    assert story.source.format == "html"
    assert [[block.role, story.text_of(block)] for block in story.blocks] == case["blocks"]
    assert (story.source.title, story.source.author) == (case["title"], case["author"])
    assert story.source.metadata == case["metadata"]
    assert [chapter.title for chapter in story.chapters] == case["chapters"]
    assert [left_out.why for left_out in story.left_out] == case["left_out"]
    told = [block for block in story.blocks if block.role == "paragraph"]
    emphasis = [span for span in story.emphasis if any(b.start <= span.start < b.end for b in told)]
    assert [story.text_of(span) for span in emphasis] == case["emphasis"]


@pytest.mark.parametrize("case", cases("markup"))
def test_markup(case):
    """Small pieces of mark-up, each as a reader would see it."""
    markup = read_markup(case["markup"])

    assert [passage.text for passage in markup.passages] == case["passages"]
    if "roles" in case:
        assert [passage.role for passage in markup.passages] == case["roles"]
    if "emphasis" in case:
        text, _, emphasis = join(markup.passages)
        assert [text[span.start : span.end] for span in emphasis] == case["emphasis"]


@pytest.mark.parametrize("case", cases("recognising"))
def test_recognising(case):
    data = case["text"].encode(case.get("encoding", "utf-8"))

    assert load_bytes(data, case["name"]).source.format == case["format"]


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("utf-8", "utf-8", "“Café,” said Zoë."),
        ("iso-8859-1", "cp1252", "“Café,” said Zoë."),
        ("windows-1251", "cp1251", "«Нет», сказала она."),
        ("shift_jis", "shift_jis", "「いいえ」と彼女は言った。"),
        ("gb2312", "gbk", "“不”，她说。"),
        ("windows-1251", "utf-8", "«Нет», сказала она."),  # the content decides
        ("no-such-thing", "utf-8", "“Café”"),
        ("base64", "utf-8", "“Café”"),
        ("utf-16", "utf-16", "“Café,” said Zoë."),
    ],
)
def test_encodings(declared, codec, text):
    page = f'<html><head><meta charset="{declared}"></head><body><p>{text}</p></body></html>'

    assert load_bytes(page.encode(codec), "story.html").text == text


TAGS = st.sampled_from(
    """
    <p>|</p>|<div>|</div>|<br>|<br/>|<hr>|<b>|</b>|<i>|</i>|<em class="x">|</em>|<span style="display:none">
    </span>|<a href="#n">
    <a id="n">|</a>|<sup>|</sup>|[|]|1|<h1>|</h1>|<h2>|</h2>|<table>|<tr>|<td>|</td>|</table>|<ruby>|<rt>|</rt>
    </ruby>|<pre>
    </pre>|<title>|</title>|<script>|</script>|<style>|<!--|-->|<![CDATA[|]]>|&amp;|&#0;|&#xd800;|&nbsp;|&bogus;
    <|>|<q>|</q>
    <img alt="A">|<img alt="A map">|<p class="dropcap">T</p>|<section epub:type="footnote">|</section>|<li>|<ul>
    </ul>|<dl>
    <dt>Rating:</dt>|<dd>|<div id="preface">|<div id="chapters" class="userstuff">|<div id="workskin">
    <div id="afterword">
    <blockquote class="userstuff">|</blockquote>|<p>Summary</p>|<p>Notes</p>|<a name="section0001">|<table class="full">
    <nav>|</nav>|<div class="comments">|<div id="storytext">|<div id="profile_top">|<html>|</html>|<body>
    </body>|<?xml version="1.0"?>
    She ran.|“No,” he said.| said Tom.|***|\u00ad|\u00a0|\u2028|\n|\n\n|  |\t|\ud800|\0|\U0001f600|ﬁn|Chapter 1
    A/N: hi|Posted on Archive of Our Own
    """.replace("\n    ", "|").strip().split("|")
)  # fmt: skip


@given(st.lists(TAGS, max_size=40), st.sampled_from(["", "<!DOCTYPE html>", '<?xml version="1.0"?><html>']))
@settings(max_examples=400, deadline=None)
def test_any_tags_end_in_a_story_or_an_error_of_ours(tags, opening):
    data = (opening + "<p>" + "".join(tags)).encode("utf-8", "surrogatepass")
    try:
        story = load_bytes(data, "story.html")
    except DramaturgError as error:
        assert error.exit_code in (3, 4)
    else:
        check(story)
        assert load_bytes(data, "story.html") == story


@given(
    st.binary(max_size=300), st.sampled_from([b"<!DOCTYPE html>", b"<html><meta charset=koi8-r>", b"\xff\xfe<\0p\0>\0"])
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_that_look_like_a_page(data, opening):
    try:
        story = load_bytes(opening + data, "story.html")
    except DramaturgError as error:
        assert error.exit_code in (3, 4)
    else:
        check(story)


WORDS = st.text("abc “”'é\u00a0.,!", min_size=1, max_size=20).filter(str.strip)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["p", "div", "br", "li", "span"])), min_size=1, max_size=15))
def test_every_letter_comes_through_in_order(words):
    page = "".join(f"{word}<br><br>" if tag == "br" else f"<{tag}>{word}</{tag}>" for word, tag in words)
    markup = read_markup(f"<body>{page}</body>")

    assert "".join(join(markup.passages).text.split()) == "".join("".join(word for word, _ in words).split())


@pytest.mark.parametrize(
    "piece",
    [
        "<b>", "<p>", "<br>", "<i><p>x</i>", "<div>", "</div>", "</x>", "<a href='#1'>", "<sup>1</sup>",
        "<td>x", "<table>", "<tr><td>x</td></tr>",
        "x<br>", "x<hr>", "&nbsp;", "&amp", "<", "</", "<!--", "<![CDATA[", "<script>", "x\n", "x.\n", "x\n\n",
        "<p>x</p>", "<q>", "<img alt=x>",
        "<span class=dropcap>T</span>", "<p class=dropcap>T</p>x", "<h2>Chapter</h2>", "<p><a href='#f'>1</a>",
        "<li id=f>x", "<font a=1>x<p>",
        "<i>x</i> ", "<a href=x>y</a>", "<p><font>x</p>", "<div class=comment>x</div>",
        "<dt>Rating:</dt><dd>x</dd>", "<pre>\n", "<ruby>x<rt>y",
        "x<p/>",
        " ",
        "<!-- x -->\n",
        "<div id=profile_top>Rated: ",
    ],
)  # fmt: skip
def test_time_grows_with_length_only(piece):
    def seconds(n, opening):
        data = (opening + piece * n + "x").encode()
        start = time.process_time()
        with suppress(RefusedStory, UnreadableStory):
            load_bytes(data, "story.html", Limits(depth=100))
        return time.process_time() - start

    small, large = 1_000, 10_000
    for opening in ("<html><p>", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">'):
        seconds(10, opening)
        assert seconds(large, opening) < 40 * seconds(small, opening) + 0.5


@pytest.mark.parametrize("tag", ["<div>", "<b>", "<blockquote><i>", "<ul><li>", "<table><tr><td>"])
def test_deep_nesting_is_refused_by_name_or_read(tag):
    data = ("<html>" + tag * 100_000 + "She ran.").encode()

    with pytest.raises(RefusedStory, match="the limit is depth=1000.*--limit depth=2000"):
        load_bytes(data, "story.html")
    assert load_bytes(data, "story.html", Limits(depth=500_000)).text == "She ran."


def test_large_files_are_refused_by_name():
    with pytest.raises(RefusedStory, match="file_size=10"):
        load_bytes(b"She ran away.", "story.txt", Limits(file_size=10))


def test_a_page_of_too_many_paragraphs_is_refused_by_name():
    with pytest.raises(RefusedStory, match="too many paragraphs; the limit is blocks=100"):
        load_bytes(b"<html>" + b"<p>x" * 200_000, "story.html", Limits(blocks=100))


def test_a_slow_page_is_refused_by_name():
    with pytest.raises(RefusedStory, match="time=-1"):
        load_bytes(b"<html><p>She ran.", "story.html", Limits(time=-1))


def test_entities_are_never_expanded():
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><html><p>She &b; ran.</p></html>'
    )

    assert load_bytes(bomb.encode(), "story.xhtml").text == "She &b; ran."


@pytest.mark.parametrize(
    "page", ["<html></html>", "<html><script>x</script></html>", "<p> &nbsp; </p>", "<html><img src=x>"]
)
def test_a_page_without_text(page):
    with pytest.raises(UnreadableStory, match="this page holds no text"):
        load_bytes(page.encode(), "story.html")


@pytest.mark.parametrize("name", ["ao3.html", "ao3_saved.html", "fanficfare.html", "ffnet.html", "website.html"])
def test_no_name_from_notes_tags_or_comments_is_in_the_cast(name):
    reading = read(CASES / "html" / name)
    around = "Henrietta Rosalind Winifred Millicent Cordelia Gwendolyn Hob Tib Ottilie Prudence Bartholomew".split()

    assert not {character.name for character in reading.characters} & set(around)
    told = [block for block in reading.story.blocks if block.role == "paragraph"]
    assert all(any(b.start <= q.start and q.end <= b.end for b in told) for q in reading.quotations)
