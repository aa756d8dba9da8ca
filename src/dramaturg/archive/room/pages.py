"""The reading room's pages as HTML. Everything from a story, a file or a user is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from importlib.resources import files
from string import Template
from typing import Any
from urllib.parse import urlencode

from dramaturg.archive.queries import MATCH_END, MATCH_START, Hit, Question
from dramaturg.formatting import one_line, title_from_file_name

STORIES_PER_PAGE = 100
SHELL = Template((files("dramaturg.archive.room") / "room.html").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class View:
    """What part of the list is asked for: its first story, its order, and the words that it is filtered by."""

    start: int = 0
    order: str = "title"
    is_reversed: bool = False
    words: str = ""

    def address(self) -> str:
        """The address of this part."""
        given = {"filter": self.words, "sort": self.order, "reversed": "yes" if self.is_reversed else ""}
        given["start"] = str(self.start) if self.start else ""
        return "/?" + urlencode({name: value for name, value in given.items() if value})


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stories there are, how many of them the filter leaves, and how many could not be read."""

    stories: int
    chosen: int
    failed: int


COLUMNS = (("title", "Story"), ("author", "Author"), ("words", "Words"), ("people", "People"), ("added", "File"))
NUMBERS = ("words", "people")


def page(title: str, secret: str, body: str, query: str = "", story: str | None = None) -> str:
    """A whole page around `body`, which is HTML already. `story`: the title of the story that it shows."""
    head = '<a class="home" href="/">← All stories</a>' if story else '<a class="home" href="/">The reading room</a>'
    named = f'<span class="name">{_text(story)}</span>' if story else ""
    return SHELL.substitute(
        title=_text(title), secret=escape(secret), query=escape(query), body=body, head=head + named
    )


def shelf(stories: Sequence[Sequence[Any]], counts: Counts, view: View, largest: int) -> str:
    """The list of stories: rows of id, title, author, path, words, people. `largest`: the upload limit in bytes."""
    rows = "\n".join(map(_row, stories))
    if stories:
        heads = "".join(_column(name, words, view) for name, words in COLUMNS)
        table = (
            f'<table><thead><tr>{heads}<th><span class="hidden">Remove</span></th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    elif counts.stories:
        table = f'<p class="empty">No story matches “{_text(view.words)}”. <a href="/">Show all</a></p>'
    else:
        table = (
            '<div class="empty"><p><strong>No stories yet.</strong></p><p>Drop files or a ZIP anywhere on this page: '
            "plain text, Markdown, EPUB, HTML, DOCX and others.</p></div>"
        )
    few = f"{counts.chosen:,} of " if counts.chosen != counts.stories else ""
    return (
        f'<form id="upload" class="upload" data-largest="{largest}"><label class="button">Add stories '
        '<input type="file" id="files" multiple></label> <span class="quiet">or drop files anywhere</span></form>'
        '<ul id="jobs" aria-live="polite"></ul>'
        '<form id="filter" role="search"><input type="search" name="filter" aria-label="Filter the list" '
        f'placeholder="Filter by title, author or file" value="{escape(view.words)}">'
        f'<label class="sort">Sort by <select name="sort">{_orders(view)}</select></label><button>Show</button></form>'
        f'<p class="counts">{few}{_stories(counts.stories)}{_failed(counts.failed)}</p>'
        f"{table}{_page_links(view, counts.chosen)}"
    )


def title_of(title: str | None, place: str) -> str:
    """What a story is called: its title, or else its file's name as a title."""
    return title or title_from_file_name(_name(place))


def _row(story: Sequence[Any]) -> str:
    id, title, author, place, words, people = story
    name = _text(title_of(title, place))
    return (
        f'<tr><td><a href="/stories/{id}">{name}</a></td><td class="author">{_text(author or "")}</td>'
        f'<td class="n words">{words:,}<span class="unit"> words</span></td>'
        f'<td class="n people">{people:,}<span class="unit"> people</span></td>'
        f'<td class="place">{_text(_name(place))}</td><td class="acts">'
        f'<button type="button" class="remove" data-story="{id}" aria-label="Remove {name}" title="Remove">×</button>'
        "</td></tr>"
    )


def _column(name: str, words: str, view: View) -> str:
    is_current = view.order == name
    other = replace(view, order=name, start=0, is_reversed=is_current and not view.is_reversed)
    largest_first = (name in (*NUMBERS, "added")) != view.is_reversed
    sort = f' aria-sort="{"descending" if largest_first else "ascending"}"' if is_current else ""
    kind = ' class="n"' if name in NUMBERS else ""
    title = ' title="Sort by when it was added"' if name == "added" else ""
    return f'<th{kind}{sort}><a href="{escape(other.address())}"{title}>{words}</a></th>'


def _orders(view: View) -> str:
    names = (("title", "title"), ("author", "author"), ("words", "length"), ("people", "people"), ("added", "newest"))
    return "".join(
        f'<option value="{name}"{" selected" if name == view.order else ""}>{words}</option>' for name, words in names
    )


def questions(answers: Sequence[tuple[Question, Sequence[tuple[str, int | None, float]]]]) -> str:
    """Questions to the whole library: a bar chart each, with its SQL."""
    charts = "".join(
        f'<section class="question"><h2>{_text(question.title)} <span class="quiet">'
        f"{_text(question.unit)}</span></h2>{_bars(question, rows)}"
        f"<details><summary>SQL</summary><pre>{escape(question.sql)}</pre></details></section>"
        for question, rows in answers
    )
    return (
        f"<h1>Questions to all stories</h1>{charts}"
        '<p class="quiet">Each query works on this library in <code>sqlite3</code> or any other program for SQLite.</p>'
    )


def _bars(question: Question, rows: Sequence[tuple[str, int | None, float]]) -> str:
    if not rows:
        return '<p class="empty">There is nothing to show yet.</p>'
    most = max(n for _, _, n in rows) or 1
    bars = "".join(
        f'<tr><th scope="row">{_linked(name, story)}</th><td class="bar"><svg viewBox="0 0 100 10" '
        f'preserveAspectRatio="none" aria-hidden="true"><rect width="{100 * n / most:.1f}" height="10"/></svg></td>'
        f'<td class="n">{n:,}</td></tr>'
        for name, story, n in rows
    )
    return f'<table class="bars"><caption class="hidden">{_text(question.title)}</caption>{bars}</table>'


def _linked(name: str, story: int | None) -> str:
    return _text(name) if story is None else f'<a href="/stories/{story}">{_text(name)}</a>'


def failures(rows: Sequence[Sequence[Any]]) -> str:
    """The stories that could not be read: rows of path, reason."""
    items = "\n".join(
        f'<li><span class="place">{_text(place)}</span><br>{_text(reason)}</li>' for place, reason in rows
    )
    if not rows:
        return message("All stories were read.")
    return (
        f'<h1>Could not be read</h1><ul class="failures">{items}</ul>'
        '<p class="quiet">Drop a file here again to try it again.</p>'
    )


def found(query: str, hits: Sequence[Hit]) -> str:
    """The results of a search."""
    if not hits:
        return f'<p class="empty">No results for “{_text(query)}”.</p>'
    return "\n".join(
        f'<article class="hit"><h2><a href="/stories/{hit.story}">{_text(title_of(hit.title, hit.place))}</a></h2>'
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
    return f'<p class="empty">{_text(text)} <a href="/">Back to all stories</a></p>'


def _stories(n: int) -> str:
    return "1 story" if n == 1 else f"{n:,} stories"


def _failed(n: int) -> str:
    return f' · <a href="/failures">{n:,} could not be read</a>' if n else ""


def _page_links(view: View, n_stories: int) -> str:
    links = []
    before = replace(view, start=max(0, view.start - STORIES_PER_PAGE))
    after = replace(view, start=view.start + STORIES_PER_PAGE)
    if view.start > 0:
        links.append(f'<a href="{escape(before.address())}">← Previous</a>')
    if after.start < n_stories:
        links.append(f'<a href="{escape(after.address())}">Next →</a>')
    return f'<p class="page-links">{" · ".join(links)}</p>' if links else ""


def _speakers(hit: Hit) -> str:
    return f'<p class="speakers">Speakers: {_text(hit.speakers)}</p>' if hit.speakers else ""


def _marked(text: str) -> str:
    return _text(text).replace(MATCH_START, "<mark>").replace(MATCH_END, "</mark>")


def _name(place: str) -> str:
    return place.replace("\\", "/").rpartition("/")[2]


def _text(text: str) -> str:
    return escape(one_line(text).encode("utf-8", "replace").decode("utf-8"))
