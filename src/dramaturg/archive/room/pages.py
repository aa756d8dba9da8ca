"""The reading room's pages as HTML. Everything that comes from a story, a file or a person is escaped."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import urlencode

from dramaturg.archive.queries import MATCH_END, MATCH_START, Hit
from dramaturg.formatting import one_line

A_PAGE = 100  # stories listed on one page
SHELL = Template((files("dramaturg.archive.room") / "room.html").read_text(encoding="utf-8"))


def page(title: str, secret: str, body: str, query: str = "") -> str:
    """A whole page around `body`, which is HTML already."""
    return SHELL.substitute(title=_text(title), secret=escape(secret), query=escape(query), body=body)


def shelf(stories: Sequence[Sequence[Any]], n_stories: int, n_failed: int, start: int, largest: int) -> str:
    """The list of stories: rows of id, title, author, place, words, people. `largest`: bytes of an upload."""
    rows = "\n".join(
        f'<tr><td><a href="/stories/{id}">{_text(title or _name(place))}</a></td><td>{_text(author or "")}</td>'
        f'<td class="n">{words:,}</td><td class="n">{people:,}</td><td class="place">{_text(_name(place))}</td></tr>'
        for id, title, author, place, words, people in stories
    )
    table = (
        '<table><thead><tr><th>Story</th><th>Author</th><th class="n">Words</th><th class="n">People</th>'
        "<th>File</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
        if stories
        else '<p class="empty">Nothing here yet. Drop a story anywhere on this page, or choose a file.</p>'
    )
    return (
        f'<form id="upload" class="upload" data-largest="{largest}"><label>Add stories '
        '<input type="file" id="files" multiple></label></form>'
        '<ul id="jobs" aria-live="polite"></ul>'
        f'<p class="counts">{_stories(n_stories)}{_failed(n_failed)}</p>{table}{_turn(start, n_stories)}'
    )


def failures(rows: Sequence[Sequence[Any]]) -> str:
    """What could not be read: rows of place, reason."""
    items = "\n".join(
        f'<li><span class="place">{_text(place)}</span><br>{_text(reason)}</li>' for place, reason in rows
    )
    return f'<h1>Could not be read</h1><ul class="failures">{items}</ul>' if rows else "<p>Everything was read.</p>"


def found(query: str, hits: Sequence[Hit]) -> str:
    """What a search found."""
    if not hits:
        return f'<p class="empty">Nothing found for “{_text(query)}”.</p>'
    return "\n".join(
        f'<article class="hit"><h2><a href="/stories/{hit.story}">{_text(hit.title or _name(hit.place))}</a></h2>'
        f"<p>{_marked(hit.text)}</p>{_speaking(hit)}</article>"
        for hit in hits
    )


def reading_room(story: int, title: str, corrections: str | None) -> str:
    """One story: its page in a frame that reaches nothing else, and beside it what a person says of it."""
    address = f"/stories/{story}"
    if corrections is None:
        correcting = "<p>This story lies in a ZIP or is gone: unpack it to correct its reading.</p>"
    else:
        correcting = (
            f'<form id="correct" data-story="{story}"><label for="toml">What the page’s own corrections, or you, say '
            'of this story (<a href="https://toml.io">TOML</a>), kept beside its file:</label>'
            f'<textarea id="toml" rows="12" spellcheck="false">\n{escape(corrections)}</textarea>'
            '<p><button>Save and read again</button> <label class="file">or take a file '
            '<input type="file" id="toml-file" accept=".toml"></label> <output id="said"></output></p></form>'
        )
    return (
        f'<iframe class="story" src="{address}/page" title="{_text(title)}" '
        'sandbox="allow-scripts allow-forms allow-downloads allow-popups"></iframe>'
        f'<details class="corrections"><summary>Correct</summary>{correcting}</details>'
        f'<p class="links"><a href="{address}/page">the page alone</a> · '
        f'<a href="{address}/reading.json">the reading (JSON)</a></p>'
    )


def message(text: str) -> str:
    """One paragraph."""
    return f'<p class="empty">{_text(text)}</p>'


def _stories(n: int) -> str:
    return "1 story" if n == 1 else f"{n:,} stories"


def _failed(n: int) -> str:
    return f' · <a href="/failures">{n:,} could not be read</a>' if n else ""


def _turn(start: int, n_stories: int) -> str:
    links = []
    if start > 0:
        links.append(f'<a href="/?{urlencode({"start": max(0, start - A_PAGE)})}">earlier</a>')
    if start + A_PAGE < n_stories:
        links.append(f'<a href="/?{urlencode({"start": start + A_PAGE})}">further</a>')
    return f'<p class="turn">{" · ".join(links)}</p>' if links else ""


def _speaking(hit: Hit) -> str:
    return f'<p class="speaking">speaking: {_text(hit.speakers)}</p>' if hit.speakers else ""


def _marked(text: str) -> str:
    return _text(text).replace(MATCH_START, "<mark>").replace(MATCH_END, "</mark>")


def _name(place: str) -> str:
    return place.replace("\\", "/").rpartition("/")[2]


def _text(text: str) -> str:
    return escape(one_line(text).encode("utf-8", "replace").decode("utf-8"))
