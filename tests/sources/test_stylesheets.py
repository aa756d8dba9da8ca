"""Style sheets: hidden text, italics, scene breaks that are only space."""

import pytest

from dramaturg.sources import load_bytes
from dramaturg.sources.stylesheets import Shown, Stylesheet, space_above

PARAGRAPHS = [f"Nora rowed past buoy number {n} and did not look back." for n in range(1, 9)]
NOTICE = "This tale was stolen, said Egon."


def read(body: str, style: str = ""):
    page = f"<html><head><title>Buoys</title><style>{style}</style></head><body>{body}</body></html>"
    return load_bytes(page.encode(), "buoys.html")


def paragraphs(story) -> list[str]:
    return [story.text[b.start : b.end] for b in story.blocks if b.role == "paragraph"]


def breaks_after(story) -> list[int]:
    """After how many paragraphs each scene break stands."""
    roles = [block.role for block in story.blocks]
    return [roles[:i].count("paragraph") for i, role in enumerate(roles) if role == "scene_break"]


@pytest.mark.parametrize(
    "style",
    [
        ".x { display: none }",
        "p.x { visibility: hidden }",
        ".x { display: block } .x { display: none }",
        "div .x { font-size: 0 }",
        "body > div > p.x { position: absolute; left: -9999px }",
        "#n { opacity: 0 }",
        ".x { color: #fff; background: white }",
        ".x { display: none !important } p.x { display: block }",
        "@media screen { .x { display: none } }",
    ],
)
def test_text_that_styles_hide_is_left_out_and_reported(style):
    story = read(f'<div><p>{PARAGRAPHS[0]}</p><p class="x" id="n">{NOTICE}</p><p>{PARAGRAPHS[1]}</p></div>', style)

    assert paragraphs(story) == PARAGRAPHS[:2]
    assert [left.why for left in story.left_out] == ["hidden"]


@pytest.mark.parametrize(
    "style",
    [
        ".x { display: none } .x { display: block }",
        ".x { display: none } p.x { display: block }",
        "div.other .x { display: none }",
        "@media amzn-mobi { .x { display: none } }",
        "@media (max-width: 40em) { .x { display: none } }",
        ".x:first-letter { font-size: 0 }",
        "/* .x { display: none } */",
        ".x { color: #fff }",
    ],
)
def test_text_that_styles_show_is_read(style):
    story = read(f'<div><p>{PARAGRAPHS[0]}</p><p class="x">{PARAGRAPHS[1]}</p></div>', style)

    assert paragraphs(story) == PARAGRAPHS[:2]


def test_a_page_whose_text_is_all_hidden_is_read():
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)

    assert paragraphs(read(f'<h1>One</h1><div class="x">{body}</div>', ".x { display: none }")) == PARAGRAPHS


def test_italics_by_class():
    story = read('<p>She <span class="c4">never</span> rowed.</p>', ".c4{font-style:italic} h1{font-style:italic}")

    assert [story.text[span.start : span.end] for span in story.emphasis] == ["never"]


def test_the_more_specific_rule_wins_whatever_the_order():
    sheet = Stylesheet()
    sheet.add("#a { display: block } p { display: inline } p.b { display: none }")

    assert sheet.style_of(Shown("p", "", frozenset({"b"})), []) == {"display": "none"}
    assert sheet.style_of(Shown("p", "a", frozenset({"b"})), []) == {"display": "block"}


def test_space_above_is_in_em():
    assert space_above({"margin": "32px 0 0", "padding-top": "1em"}) == 3
    assert space_above({"margin-top": "10%"}) == 0


@pytest.mark.parametrize(
    "gap",
    [
        "<p>\xa0</p>",
        "<p><br/></p>",
        "<p>\xa0</p><p>\xa0</p>",
        '<p class="scene-break"></p>',
        '<p style="margin-top:2em"></p>',
        '<p><img src="images/ornament.png" alt=""/></p>',
        '<hr class="x"/>',
        "<p>✦ ✦ ✦</p>",
        "<p>⸻</p>",
        "<p>🌊🌊🌊</p>",
        "<center>...</center>",
        '<p style="text-align: center">~~~TIDE~~~</p>',
    ],
)
def test_scene_breaks(gap):
    body = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]
    story = read("".join([*body[:5], gap, *body[5:]]), ".x { visibility: hidden }")

    assert (paragraphs(story), breaks_after(story)) == (PARAGRAPHS, [5])


def test_a_paragraph_with_space_above_opens_a_scene():
    body = [f"<p{' class=first' if n == 3 else ''}>{paragraph}</p>" for n, paragraph in enumerate(PARAGRAPHS)]

    assert breaks_after(read("".join(body), "p { margin: 0 } .first { margin-top: 2em }")) == [3]


def test_a_section_without_a_heading_is_a_scene():
    body = [f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS]

    assert breaks_after(read(f"<section>{''.join(body[:6])}</section><section>{''.join(body[6:])}</section>")) == [6]


def test_space_between_all_paragraphs_is_no_scene_break():
    assert breaks_after(read("<p>\xa0</p>".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS))) == []


def test_dots_in_the_running_text_are_no_scene_break():
    assert breaks_after(read(f"<p>{PARAGRAPHS[0]}</p><p>...</p><p>{PARAGRAPHS[1]}</p>")) == []
