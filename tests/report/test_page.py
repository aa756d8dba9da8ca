"""The page as a file: valid, safe, small, readable without JavaScript. tests/browser tests it in a browser."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import accumulate
from typing import Any

import pytest
from browser.long_story import long_story
from handmade import ferry, make, person, said
from hypothesis import HealthCheck, given, settings
from test_reading import readings

from dramaturg.reading import EVIDENCE_KINDS, MENTION_KINDS, Mention, Reading
from dramaturg.report import page as module
from dramaturg.report.page import page_script, show_page
from dramaturg.report.page_data import page_data
from dramaturg.story import ROLES

HOSTILE = [
    "</script><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</noscript><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "' onfocus='alert(1)' autofocus='",
    "<!--",
    "<!-- <script>",
    "&lt;b&gt; &amp; <b>",
    "javascript:alert(1)",
    "$title ${style} $$",
    "]]><svg onload=alert(1)>",
    "a\u2028b\u2029c",
]
VOID = {"meta", "input", "br", "hr"}


class Page(HTMLParser):
    """A parsed page: its tags and the text of its elements, as in a browser without JavaScript."""

    CDATA_CONTENT_ELEMENTS = ("script", "style")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: dict[str, str] = dict.fromkeys(("title", "noscript", "script", "style"), "")
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
        for name in self.words:
            if name in self.open:
                self.words[name] += data


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="reading">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def plain(reading: Reading) -> str:
    return Page(show_page(reading)).words["noscript"]


@pytest.mark.parametrize("words", HOSTILE)
def test_a_story_cannot_break_out_of_the_page(words: str) -> None:
    cast = [person("x' onclick='", words, aliases=(words,), pronouns=words)]
    spoken = [said("x' onclick='", "x' onclick='", evidence=("tag", words))]
    source = {"title": words, "author": words, "language": words, "path": words, "warnings": [words]}
    reading = make(f"{words}\n\nChapter {words}\n\nShe said “{words}” *{words}*", cast, spoken, **source)
    html = show_page(reading)
    page, harmless = Page(html), Page(show_page(ferry()))

    assert page.open == []
    assert {tag for tag, _ in page.tags} <= {tag for tag, _ in harmless.tags}
    assert [tag for tag, _ in page.tags].count("script") == 2
    assert {name for _, attributes in page.tags for name in attributes} == {n for _, a in harmless.tags for n in a}
    assert page.words["title"].split() == words.split()
    assert words.split()[0] in page.words["noscript"]
    assert data_of(html)["text"] == reading.story.text


def test_the_policy_allows_only_our_script_and_style() -> None:
    html = show_page(ferry())
    page = Page(html)
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", html, re.DOTALL)

    assert style and script and policy
    digests = [base64.b64encode(hashlib.sha256(part.encode()).digest()).decode() for part in (script[1], style[1])]
    assert policy.split("; ") == [
        "default-src 'none'",
        f"script-src 'sha256-{digests[0]}'",
        f"style-src 'sha256-{digests[1]}'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    assert html.index("Content-Security-Policy") < html.index("<title>")
    assert "url(" not in style[1] and "@import" not in style[1]
    assert all(not (a.get("src") or a.get("style")) for _, a in page.tags)


def test_our_script_makes_no_markup_and_no_requests() -> None:
    script = re.sub(r"/\*.*?\*/", "", page_script(), flags=re.DOTALL)

    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "XMLHttpRequest"):
        assert word not in script, word
    assert not re.search(r"<(script|/script|!--)", script)
    assert not re.search(r"https?://(?!www\.w3\.org/)", script)


def test_every_script_is_in_the_page_and_every_library_keeps_its_licence() -> None:
    folder = files(module.__package__)
    assert sorted(module.SCRIPTS) == sorted(part.name for part in folder.joinpath("page_script").iterdir())

    licences = folder.joinpath("vendor/LICENSES.txt").read_text(encoding="utf-8")
    assert licences.strip() in page_script() and "*/" not in licences
    assert "d3-force 3" in licences and "d3-shape 3" in licences
    assert len(re.findall(r"^d3-[a-z]+ [\d.]+ \(ISC\)", licences, re.M)) == licences.count("Permission to use, copy")


FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@FEW
@given(readings())
def test_any_reading_makes_a_valid_page(reading: Reading) -> None:
    html = show_page(reading)

    assert Page(html.replace(page_script(), "")).open == []
    html.encode("utf-8")


@FEW
@given(readings())
def test_the_data_contain_the_reading(reading: Reading) -> None:
    data = json.loads(page_data(reading))
    ids = [character.id for character in reading.characters]
    columns = data["quotations"]

    def spans(table: list[Any]) -> list[tuple[int, int]]:
        starts = list(accumulate(table[0]))
        return [(start, start + length) for start, length in zip(starts, table[1], strict=True)]

    assert len(data["text"]) == len(reading.story.text) or "\ufffd" in data["text"]
    assert [(s, e, data["roles"][r]) for (s, e), r in zip(spans(data["blocks"]), data["blocks"][2], strict=True)] == [
        (block.start, block.end, block.role) for block in reading.story.blocks
    ]
    assert [
        (*span, ids[code // len(MENTION_KINDS)], MENTION_KINDS[code % len(MENTION_KINDS)])
        for span, code in zip(spans(data["mentions"]), data["mentions"][2], strict=True)
    ] == [(m.start, m.end, m.character, m.kind) for m in reading.mentions if m.character is not None]
    assert spans(columns) == [(q.start, q.end) for q in reading.quotations]
    assert [None if who < 0 else ids[who] for who in columns[4]] == [q.speaker for q in reading.quotations]
    assert [tuple(ids[who] for who in people) for people in columns[5]] == [q.addressees for q in reading.quotations]
    assert [
        None if not row else (EVIDENCE_KINDS[row[0]], start + row[1], start + row[1] + row[2])
        for row, (start, _) in zip(columns[7], spans(columns), strict=True)
    ] == [e and (e.kind, e.start, e.end) for e in (q.evidence for q in reading.quotations)]
    assert data["roles"] == list(ROLES)


def test_mentions_inside_a_name_of_the_same_person_are_not_linked() -> None:
    text = "Mr. Ray saw Mr. Ray's wife with her hat.\n"
    reading = make(text, [person("ray", "Mr. Ray"), person("wife", "Mr. Ray's wife")])
    inside = [
        Mention(0, 3, "noun", "PER", "ray", "ray", 0.9),
        Mention(12, 15, "noun", "PER", "ray", "ray", 0.9),
        Mention(12, 26, "noun", "PER", "wife", "wife", 0.9),
        Mention(32, 35, "pronoun", "PER", "wife", "wife", 0.9),
        Mention(32, 39, "pronoun", "PER", "wife", "wife", 0.9),
    ]
    data = json.loads(page_data(replace(reading, mentions=(*reading.mentions, *inside))))
    starts, lengths, _ = data["mentions"]

    found = [text[start : start + length] for start, length in zip(accumulate(starts), lengths, strict=True)]
    assert found == ["Mr. Ray", "Mr. Ray's wife", "Mr. Ray", "her hat"]


@pytest.mark.parametrize("n_words", [10, 20_000])
def test_the_page_is_at_most_three_times_the_text_plus_400_kb(n_words: int) -> None:
    reading = long_story(n_words)

    assert len(show_page(reading).encode()) <= 3 * len(reading.story.text.encode()) + 400_000


def test_a_page_full_of_dialogue_is_not_bigger() -> None:
    words = ["“Hi there.”"] * 60_000
    reading = make("Chapter\n\n" + " ".join(words), [person("ann"), person("bo")], [said("ann", "bo")] * len(words))
    html = show_page(reading)

    assert len(html.encode()) <= 3 * len(reading.story.text.encode()) + 400_000
    assert module.TOO_LONG in html


def test_without_javascript_the_story_is_complete_and_in_order() -> None:
    shown = re.sub(r"\b(Ann\??|Bo|unknown): (?=[“A])", "", plain(ferry())).split()
    story = ferry().story.text.split()

    assert shown[-len(story) :] == story


def test_without_javascript_speakers_are_named() -> None:
    shown = " ".join(plain(ferry()).split())

    assert "Ann: “Is the ferry late?”" in shown
    assert "Ann?: “Then we wait, Bo.”" in shown
    assert "unknown: A voice came over the water." in shown
    assert "Cast: Ann, Bo." in shown


def test_two_speakers_in_one_paragraph_are_both_named() -> None:
    reading = make("“Go!” “No!” they cried.", [person("ann"), person("bo")], [said("ann"), said("bo")])

    assert "Ann, Bo: “Go!” “No!” they cried." in " ".join(plain(reading).split())


def test_characters_that_html_forbids_are_replaced() -> None:
    html = show_page(make("Chapter\n\nA nul \x00, a half \ud83d, an escape \x1b."))

    assert "A nul \ufffd, a half \ufffd, an escape \ufffd." in html
    assert data_of(html)["text"] == "Chapter\n\nA nul \x00, a half \ufffd, an escape \x1b."


def test_an_empty_story() -> None:
    html = show_page(make(""))

    assert data_of(html)["people"] == [] and Page(html).words["title"] == "Story"


def test_every_colour_has_enough_contrast() -> None:
    """WCAG 2.2 AA: a contrast of at least 4.5 to 1 between text and background."""
    style = Page(show_page(ferry())).words["style"]
    themes = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[:2]
    for theme in themes:
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", theme))
        for name in (*(f"s{n}" for n in range(10)), "other", "ink", "quiet", "link"):
            for behind in ("paper", "wash", "glow", "open"):
                if (name, behind) not in {("quiet", "glow"), ("quiet", "open"), ("link", "glow"), ("link", "open")}:
                    assert _contrast(colours[name], colours[behind]) >= 4.5, (name, behind, colours[name])
        assert _contrast(colours["edge"], colours["paper"]) >= 3  # outlines of controls
    assert len(themes) == 2


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
