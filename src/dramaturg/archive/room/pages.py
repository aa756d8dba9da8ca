"""The reading room's pages as HTML. Everything from a story, a file or a user is escaped."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import urlencode

from dramaturg.archive.queries import MATCH_END, MATCH_START, Hit
from dramaturg.formatting import one_line

STORIES_PER_PAGE = 100
SHELL = Template((files("dramaturg.archive.room") / "room.html").read_text(encoding="utf-8"))


def page(title: str, secret: str, body: str, query: str = "") -> str:
    """A whole page around `body`, which is HTML already."""
    return SHELL.substitute(title=_text(title), secret=escape(secret), query=escape(query), body=body)


def shelf(stories: Sequence[Sequence[Any]], n_stories: int, n_failed: int, start: int, largest: int) -> str:
    """The list of stories: rows of id, title, author, path, words, people. `largest`: the upload limit in bytes."""
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
        else '<p class="empty">No stories yet. Drop a file anywhere on this page, or choose one above.</p>'
    )
    return (
        f'<form id="upload" class="upload" data-largest="{largest}"><label>Add stories '
        '<input type="file" id="files" multiple></label></form>'
        '<ul id="jobs" aria-live="polite"></ul>'
        f'<p class="counts">{_stories(n_stories)}{_failed(n_failed)}</p>{table}{_page_links(start, n_stories)}'
    )


def failures(rows: Sequence[Sequence[Any]]) -> str:
    """The stories that could not be read: rows of path, reason."""
    items = "\n".join(
        f'<li><span class="place">{_text(place)}</span><br>{_text(reason)}</li>' for place, reason in rows
    )
    return f'<h1>Could not be read</h1><ul class="failures">{items}</ul>' if rows else "<p>All stories were read.</p>"


def found(query: str, hits: Sequence[Hit]) -> str:
    """The results of a search."""
    if not hits:
        return f'<p class="empty">No results for “{_text(query)}”.</p>'
    return "\n".join(
        f'<article class="hit"><h2><a href="/stories/{hit.story}">{_text(hit.title or _name(hit.place))}</a></h2>'
        f"<p>{_marked(hit.text)}</p>{_speakers(hit)}</article>"
        for hit in hits
    )


def reading_room(story: int, title: str, corrections: str | None) -> str:
    """One story: its page in a sandboxed frame, and a form for its corrections (None: it cannot be corrected)."""
    address = f"/stories/{story}"
    if corrections is None:
        correcting = "<p>This story is inside a ZIP file or was deleted. Unpack it to correct its reading.</p>"
    else:
        correcting = (
            f'<form id="correct" data-story="{story}"><label for="toml">Corrections for this story '
            '(<a href="https://toml.io">TOML</a>), saved next to its file. Corrections you make on the page are added '
            "here.</label>"
            f'<textarea id="toml" rows="12" spellcheck="false">\n{escape(corrections)}</textarea>'
            '<p><button>Save and read again</button> <label class="file">or load a file '
            '<input type="file" id="toml-file" accept=".toml"></label> <output id="status"></output></p></form>'
        )
    return (
        f'<iframe class="story" src="{address}/page" title="{_text(title)}" '
        'sandbox="allow-scripts allow-forms allow-downloads allow-popups"></iframe>'
        f'<details class="corrections"><summary>Corrections</summary>{correcting}</details>'
        f'<p class="links"><a href="{address}/page">Open the page on its own</a> · '
        f'<a href="{address}/reading.json">Reading (JSON)</a></p>'
    )


def message(text: str) -> str:
    """One paragraph."""
    return f'<p class="empty">{_text(text)}</p>'


def _stories(n: int) -> str:
    return "1 story" if n == 1 else f"{n:,} stories"


def _failed(n: int) -> str:
    return f' · <a href="/failures">{n:,} could not be read</a>' if n else ""


def _page_links(start: int, n_stories: int) -> str:
    links = []
    if start > 0:
        links.append(f'<a href="/?{urlencode({"start": max(0, start - STORIES_PER_PAGE)})}">← Previous</a>')
    if start + STORIES_PER_PAGE < n_stories:
        links.append(f'<a href="/?{urlencode({"start": start + STORIES_PER_PAGE})}">Next →</a>')
    return f'<p class="page-links">{" · ".join(links)}</p>' if links else ""


def _speakers(hit: Hit) -> str:
    return f'<p class="speakers">Speakers: {_text(hit.speakers)}</p>' if hit.speakers else ""


def _marked(text: str) -> str:
    return _text(text).replace(MATCH_START, "<mark>").replace(MATCH_END, "</mark>")


def _name(place: str) -> str:
    return place.replace("\\", "/").rpartition("/")[2]


def _text(text: str) -> str:
    return escape(one_line(text).encode("utf-8", "replace").decode("utf-8"))
