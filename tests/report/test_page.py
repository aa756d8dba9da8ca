"""The page: it shows the whole story, tells who speaks by more than colour, and runs nothing."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from handmade import ferry, make, person, said
from hypothesis import given
from test_reading import readings

from dramaturg.reading import Reading
from dramaturg.report.page import COLOURS, show_page

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "' onfocus='alert(1)' autofocus='",
    "<!--",
    "&lt;b&gt; &amp; <b>",
    "javascript:alert(1)",
    "$title ${style} $$",
    "]]><svg onload=alert(1)>",
]
VOID = {"meta", "rect", "br", "hr"}


class Page(HTMLParser):
    """What a browser would make of a page: its tags, and the text of its elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: dict[str, list[str]] = {"main": [], "title": [], "all": []}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words["all"].append(data)
        for name in ("main", "title"):
            if name in self.open:
                self.words[name].append(data)


def text(reading: Reading) -> str:
    return "".join(Page(show_page(reading)).words["main"])


@pytest.mark.parametrize("words", HOSTILE)
def test_a_story_cannot_break_out_of_the_page(words: str) -> None:
    cast = [person("x' onclick='", words, aliases=(words,), pronouns=words)]
    spoken = [said("x' onclick='", "x' onclick='", evidence=("tag", words))]
    reading = make(
        f"{words}\n\nChapter {words}\n\nShe said “{words}” *{words}*",
        cast,
        spoken,
        title=words,
        author=words,
        language=words,
        path=words,
        warnings=[words],
    )
    page = Page(show_page(reading))

    allowed = {"class", "title", "id", "dir", "lang", "href", "charset", "http-equiv", "content", "name", "role"}
    allowed |= {"aria-labelledby", "viewbox", "preserveaspectratio", "width", "height"}
    assert page.open == []
    assert {name for _, attributes in page.tags for name in attributes} <= allowed
    assert not {"script", "img", "iframe", "object", "link", "base", "form"} & {tag for tag, _ in page.tags}
    assert all(re.fullmatch(r"#[a-z]+\d*", a["href"] or "") for _, a in page.tags if "href" in a)
    assert "".join(page.words["title"]).strip() == words
    assert words in "".join(page.words["main"])


def test_the_policy_lets_only_our_own_style_through() -> None:
    html = show_page(ferry())
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = next(a["content"] for _, a in Page(html).tags if a.get("http-equiv") == "Content-Security-Policy")

    assert style and policy
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert html.index("Content-Security-Policy") < html.index("<title>")
    assert "url(" not in style[1] and "@import" not in style[1]


@given(readings())
def test_any_reading_makes_a_whole_page(reading: Reading) -> None:
    html = show_page(reading)

    assert Page(html).open == []
    html.encode("utf-8")


def test_the_story_stands_on_the_page_in_order() -> None:
    reading = ferry()
    set_text = re.sub(r'<div class="margin">.*?</div>', "", show_page(reading))
    shown = "".join(Page(set_text).words["main"]).split()

    assert shown == reading.story.text.replace("*Never again*", "Never again").split()[2:]  # the title is above


def test_speakers_are_named_not_only_coloured() -> None:
    shown = " ".join(text(ferry()).split())

    assert "Ann to Bo “Is the ferry late?”" in shown
    assert "Ann? to Bo “Then we wait, Bo.”" in shown
    assert "unknown A voice came over the water." in shown


def test_two_speakers_in_one_paragraph_are_told_apart_in_the_line() -> None:
    reading = make("“Go!” “No!” they cried.", [person("ann"), person("bo")], [said("ann"), said("bo")])

    assert " ".join(text(reading).split()) == "AnnBo Ann:“Go!” Bo:“No!” they cried."


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a *b* c", "a <em>b</em> c"),
        ("“*Stop*,” he said", "“<em>Stop</em>,”</span> he said"),
        ("*“Stop”* he said", "<em>“Stop”</em></span> he said"),
        ("a *b “c” d* e", "a <em>b </em><span"),
        ("*a* *b*", "<em>a</em> <em>b</em>"),
    ],
)
def test_emphasis_is_set_and_its_marks_left_out(written: str, shown: str) -> None:
    html = show_page(make(f"Chapter\n\n{written}", [], [said()] * written.count("“")))

    assert shown in html and "*" not in html[html.index("<main") :]


def test_headings_of_markdown_lose_their_marks() -> None:
    reading = make("# The Ferry\n\nText.", title="Another", format="markdown")

    assert '<h2 class="title" dir="auto">The Ferry</h2>' in show_page(reading)


def test_verse_keeps_its_lines_and_prose_does_not() -> None:
    prose = "It was a long line that somebody had wrapped at a width of seventy,\nand it went on."

    assert 'class="verse"' in show_page(make("Chapter\n\nRose red,\nviolet blue."))
    assert 'class="verse"' not in show_page(make(f"Chapter\n\n{prose}"))


def test_what_html_cannot_hold_is_replaced() -> None:
    html = show_page(make("Chapter\n\nA nul \x00, a half \ud83d, an escape \x1b."))

    assert "A nul \ufffd, a half \ufffd, an escape \ufffd." in html


def test_nobody_and_nothing() -> None:
    assert "Nobody was found." in show_page(make(""))


def test_a_long_cast_is_cut() -> None:
    cast = [person(f"p{n}", f"Person {n}") for n in range(60)]
    html = show_page(make("Chapter\n\n“Oh.”", cast, [said("p59")]))

    assert "and 36 more" in html and html.count("<li id=") == 24


def test_every_colour_can_be_read_on_its_paper() -> None:
    """WCAG 2.2 AA asks 4.5 to 1 of text against what stands behind it."""
    style = show_page(ferry())
    for theme in re.findall(r":root \{(.*?)\}", style, re.DOTALL):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))
        names = [*(f"s{n}" for n in range(COLOURS)), "other", "ink", "quiet", "link"]
        for name in names:
            for behind in ("paper", "wash"):
                assert _contrast(colours[name], colours[behind]) >= 4.5, (name, behind, colours[name])


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
