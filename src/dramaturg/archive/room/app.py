"""The reading room's web application: its routes and their responses. guard.py decides which requests are allowed."""

import asyncio
import json
import os
import re
import secrets
import shutil
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dramaturg.archive.export import file_name
from dramaturg.archive.library import Library
from dramaturg.archive.listing import CORRECTIONS_FILE, LIBRARY_SUFFIXES, MEMBER_SEPARATOR, PARQUET_SUFFIX
from dramaturg.archive.outcomes import Outcome
from dramaturg.archive.queries import QUESTIONS, ask, search
from dramaturg.archive.room import pages
from dramaturg.archive.room.guard import HEADERS, POLICY, STORY_POLICY, Admission, Guard, Refusal
from dramaturg.archive.room.jobs import Jobs, same_story
from dramaturg.corrections.edit import merge_corrections
from dramaturg.corrections.toml import corrections_path, parse_corrections
from dramaturg.errors import DramaturgError, UsageError
from dramaturg.files import write_text
from dramaturg.report.page import show_page

MAX_CORRECTIONS_BYTES = 1 << 20
READ_TIMEOUT = 30.0  # seconds without a byte, after which an upload is cancelled
MAX_DRAINED_BYTES = 64 << 20  # of a refused upload
MIN_FREE_BYTES = 256 << 20  # that uploads leave on the disk
MAX_HITS = 50
MAX_SEARCH_SECONDS = 5.0
MAX_REMOVED = 20  # stories that can be put back
MAX_CACHED_PAGES = 4  # the page of a long novel takes seconds to make
MAX_FILE_NAME_LENGTH = 120  # characters, of an uploaded file
MAX_QUERY_LENGTH = 500  # characters
CORRECTIONS_TOO_LONG = "The corrections are too long: at most 1 MB for one story."
TOO_MANY = "Too many stories are waiting to be read. Try again later."


@dataclass
class Room:
    """The state of one server. `uploads`: the folder for uploads. `largest`: the size limit of one upload in bytes."""

    library: Path
    uploads: Path
    guard: Guard
    jobs: Jobs
    largest: int = 64 << 20
    pages: "OrderedDict[tuple[int, str], str]" = field(default_factory=OrderedDict)
    removed: "OrderedDict[str, Outcome]" = field(default_factory=OrderedDict)


def make_app(room: Room, first: Path | None = None) -> ASGIApp:
    """The ASGI application. `first`: a folder to read when it starts."""

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        room.jobs.start()
        if first is not None:
            room.jobs.put(first, first.name or str(first))
        yield
        await run_in_threadpool(room.jobs.close)

    def route(path: str, answer: Callable[[Room, Request], Awaitable[Response]], *methods: str) -> Route:
        async def endpoint(request: Request) -> Response:
            return await answer(room, request)

        return Route(path, endpoint, methods=list(methods) or ["GET"])

    app = Starlette(
        routes=[
            route("/", _shelf),
            route("/search", _search),
            route("/failures", _failures),
            route("/jobs", _jobs),
            route("/uploads", _upload, "POST"),
            route("/stories/{story:int}", _story),
            route("/stories/{story:int}/page", _page),
            route("/stories/{story:int}/reading.json", _document),
            route("/stories/{story:int}/corrections", _correct, "POST"),
            route("/stories/{story:int}/remove", _remove, "POST"),
            route("/removed/{token}", _put_back, "POST"),
            route("/questions", _questions),
            route("/merged", _merge, "POST"),
            route("/room.css", _file("room.css", "text/css")),
            route("/room.js", _file("room.js", "text/javascript")),
        ],
        exception_handlers={
            TimeoutError: _timed_out,
            ClientDisconnect: _disconnected,
            DramaturgError: _server_error,
            Exception: _server_error,
        },
        lifespan=life,
    )
    return Gate(app, room.guard)


class Gate:
    """Middleware: refuses what the guard refuses, and adds the security headers to every response."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # WebSockets are not supported
            return
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        query = scope["query_string"].decode("latin-1")
        decision = self.guard.check(scope["method"], scope["path"], query, headers)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = Headers(raw=message["headers"])
                added = {**HEADERS, "content-security-policy": POLICY, "x-frame-options": "DENY"}
                if "content-security-policy" in known:  # a story's page, which our own page shows in a frame
                    added["x-frame-options"] = "SAMEORIGIN"
                message["headers"] = [
                    *message["headers"],
                    *((name.encode(), value.encode()) for name, value in added.items() if name not in known),
                ]
            await send(message)

        answer: ASGIApp = self.app
        if isinstance(decision, Refusal):
            answer = PlainTextResponse(decision.reason + "\n", decision.status)
        elif isinstance(decision, Admission):
            answer = RedirectResponse(decision.location, 303, {"set-cookie": decision.cookie})
        await answer(scope, receive, send_with_headers)


# ---- pages


# The columns that each order of the list sorts by. Those in DESCENDING begin with the largest.
TITLE = "lower(shown_title(title, place))"
ORDERS = {
    "title": (TITLE,),
    "author": ("lower(coalesce(author, '~'))", TITLE),
    "words": ("words",),
    "people": ("people",),
    "added": ("id",),
}
DESCENDING = frozenset({"words", "people", "added"})


async def _shelf(room: Room, request: Request) -> Response:
    asked = request.query_params
    order = asked.get("sort", "title") if asked.get("sort", "title") in ORDERS else "title"
    view = pages.View(
        start=max(0, _number(asked.get("start", "0"))),
        order=order,
        is_reversed=asked.get("reversed") == "yes",
        words=asked.get("filter", "").strip()[:MAX_QUERY_LENGTH],
    )
    down = (order in DESCENDING) != view.is_reversed
    by = ", ".join(f"{column} {'DESC' if down else 'ASC'}" for column in ORDERS[order])
    pattern = "%" + re.sub(r"([%_\\])", r"\\\1", view.words) + "%"
    chosen = "shown_title(title, place) || ' ' || coalesce(author, '') || ' ' || place LIKE ? ESCAPE '\\'"

    def ask(library: Library) -> str:
        library.database.create_function("shown_title", 2, pages.title_of, deterministic=True)
        value = library.database.execute
        n_stories = value("SELECT count(*) FROM stories").fetchone()[0]
        n_failed = value("SELECT count(*) FROM failures").fetchone()[0]
        n_chosen = value(f"SELECT count(*) FROM stories WHERE {chosen}", (pattern,)).fetchone()[0]
        rows = value(
            "SELECT id, title, author, place, words, "
            "(SELECT count(*) FROM characters c WHERE c.story = s.id) AS people "
            f"FROM stories s WHERE {chosen} ORDER BY {by}, place LIMIT ? OFFSET ?",
            (pattern, pages.STORIES_PER_PAGE, view.start),
        ).fetchall()
        return pages.shelf(rows, pages.Counts(n_stories, n_chosen, n_failed), view, room.largest)

    return _html(room, "The reading room", await _query(room, ask))


async def _search(room: Room, request: Request) -> Response:
    query = request.query_params.get("q", "").strip()[:MAX_QUERY_LENGTH]
    if not query:
        return RedirectResponse("/", 303)
    try:
        hits = await _query(room, lambda library: search(library, query, limit=MAX_HITS, seconds=MAX_SEARCH_SECONDS))
        body = pages.found(query, hits)
    except UsageError as error:
        body = pages.message(str(error))
    return _html(room, f"{query} · The reading room", body, query)


async def _questions(room: Room, request: Request) -> Response:
    def answer(library: Library) -> str:
        answers = [(one, ask(library, one, seconds=MAX_SEARCH_SECONDS)) for one in QUESTIONS]
        return pages.questions(answers)

    try:
        body = await _query(room, answer)
    except UsageError as error:
        body = pages.message(str(error))
    return _html(room, "Questions · The reading room", body)


async def _failures(room: Room, request: Request) -> Response:
    rows = await _query(
        room,
        lambda library: library.database.execute(
            "SELECT place, reason FROM failures ORDER BY place LIMIT 1000"
        ).fetchall(),
    )
    return _html(room, "Could not be read", pages.failures(rows))


async def _jobs(room: Room, request: Request) -> Response:
    return JSONResponse(room.jobs.rows())


async def _story(room: Room, request: Request) -> Response:
    story = request.path_params["story"]
    known = await _query(room, lambda library: _row(library, story))
    if known is None:
        return _html(room, "Not found", pages.message("This story is not here. It may have been removed."), status=404)
    title, place, _ = known
    path = _corrections_path(place)
    corrections = None if path is None else await run_in_threadpool(_text_of, path)
    name = pages.title_of(title, place)
    return _html(room, f"{name} · The reading room", pages.reading_room(story, name, corrections), story=name)


async def _page(room: Room, request: Request) -> Response:
    story = request.path_params["story"]

    def make(library: Library) -> str | None:
        known = _row(library, story)
        if known is None:
            return None
        key = (story, known[2])
        if key not in room.pages:
            room.pages[key] = show_page(library.reading(story))
            while len(room.pages) > MAX_CACHED_PAGES:
                room.pages.popitem(last=False)
        return room.pages[key]

    made = await _query(room, make)
    if made is None:
        return _no_such_story()
    return HTMLResponse(made.encode("utf-8", "replace"), headers={"content-security-policy": STORY_POLICY})


async def _document(room: Room, request: Request) -> Response:
    story = request.path_params["story"]

    def ask(library: Library) -> tuple[bytes, str] | None:
        known = _row(library, story)
        return None if known is None else (library.document(story), known[1])

    found = await _query(room, ask)
    if found is None:
        return _no_such_story()
    document, place = found
    name = file_name(place).encode("ascii", "replace").decode().replace("?", "-")
    return Response(
        document, media_type="application/json", headers={"content-disposition": f'attachment; filename="{name}.json"'}
    )


def _file(name: str, media_type: str) -> Callable[[Room, Request], Awaitable[Response]]:
    data = (files("dramaturg.archive.room") / name).read_bytes()

    async def answer(room: Room, request: Request) -> Response:
        return Response(data, media_type=media_type)

    return answer


# ---- uploads and corrections


async def _upload(room: Room, request: Request) -> Response:
    """Store an uploaded file and queue it for reading. The body is the file; `?name=` is its name."""
    name = safe_name(request.query_params.get("name", ""))
    if name is None:
        return _refuse(415, "This file name cannot be used for a story. Rename the file.")
    if _declared(request) > room.largest:
        await _drain(request)
        return _refuse(413, _too_large(room.largest))
    if room.jobs.is_full():
        await _drain(request)
        return _refuse(503, TOO_MANY)
    room.uploads.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(room.uploads).free < MIN_FREE_BYTES + room.largest:
        return _refuse(507, "There is too little space on the disk.")
    new = room.uploads / f".dramaturg-{secrets.token_hex(8)}"
    try:
        refused = await _receive(request, new, room.largest)
        if refused is not None:
            return refused
        same = await _query(room, lambda library: same_story(library, new))
        if same is not None:
            noted = room.jobs.note(name, *same)
            return JSONResponse({"job": noted.id, "name": name}, 202)
        kept = await run_in_threadpool(_keep, new, room.uploads, name)
    finally:
        new.unlink(missing_ok=True)
    job = room.jobs.put(kept, name)
    if job is None:
        return _refuse(503, TOO_MANY)
    return JSONResponse({"job": job.id, "name": kept.name}, 202)


async def _remove(room: Room, request: Request) -> Response:
    """Take a story out of the library. Its file stays where it is."""
    story = request.path_params["story"]

    def take_out() -> Outcome | None:
        with Library(room.library, create=True) as library:
            return library.take_out(story) if 0 < story < 1 << 62 else None

    outcome = await run_in_threadpool(take_out)
    if outcome is None:
        return _refuse(404, "This story is not here any more.")
    token = secrets.token_urlsafe(12)
    room.removed[token] = outcome
    while len(room.removed) > MAX_REMOVED:
        room.removed.popitem(last=False)
    return JSONResponse({"token": token})


async def _put_back(room: Room, request: Request) -> Response:
    """Undo `_remove`."""
    outcome = room.removed.pop(request.path_params["token"], None)
    if outcome is None:
        return _refuse(410, "This can no longer be undone. Add the file again.")

    def put_back() -> int | None:
        with Library(room.library, create=True) as library:
            return library.put_back(outcome)

    return JSONResponse({"story": await run_in_threadpool(put_back)})


async def _receive(request: Request, new: Path, largest: int) -> Response | None:
    """Write the body to a new file; a response where it is too large or empty. Raises what `_chunks` raises."""
    size = 0
    with new.open("xb") as file:
        async for chunk in _chunks(request):
            size += len(chunk)
            if size > largest:
                return _refuse(413, _too_large(largest))
            await run_in_threadpool(file.write, chunk)
    return None if size else _refuse(400, "The file is empty.")


async def _drain(request: Request) -> None:
    """Read and discard part of a refused upload: a client that is still sending would not see the response."""
    size = 0
    stream = request.stream().__aiter__()
    try:
        while size < MAX_DRAINED_BYTES:
            size += len(await asyncio.wait_for(anext(stream), 1.0))
    except (StopAsyncIteration, TimeoutError, ClientDisconnect):
        return


def _keep(new: Path, folder: Path, name: str) -> Path:
    """Move an upload to its final name. Never replaces another file; a copy of the same file is not stored again."""
    stem, suffix = Path(name).stem, Path(name).suffix
    number = 1
    while True:
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            os.link(new, path)  # unlike a rename, this never replaces a file
            return path
        except FileExistsError:
            if path.is_file() and _same(new, path):
                return path
            number += 1
        except OSError:  # this file system has no hard links
            if not path.exists():
                return new.replace(path)
            number += 1


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def safe_name(name: str) -> str | None:
    r"""A safe file name for an upload: the last part of its path, with special characters replaced. None: refuse it.

    >>> safe_name("../../etc/A story.txt"), safe_name("C:\\fics\\a.txt"), safe_name("..")
    ('A story.txt', 'a.txt', None)
    """
    last = re.split(r"[/\\]", name)[-1]
    last = "".join(c if c.isprintable() and c not in '<>:"|?*' else "_" for c in last).strip(" .")
    stem, suffix = Path(last).stem, Path(last).suffix
    if not any(map(str.isalnum, stem)) or len(suffix) > 12:
        return None
    if DEVICES.fullmatch(stem) or CORRECTIONS_FILE.fullmatch(last.lower()):
        return None
    # `add` would import these as they are, so nobody may upload them.
    if suffix.lower() in (*LIBRARY_SUFFIXES, PARQUET_SUFFIX):
        return None
    return stem[:MAX_FILE_NAME_LENGTH] + suffix


DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # reserved by Windows


async def _correct(room: Room, request: Request) -> Response:
    """Replace a story's corrections file with the body, and queue the story for reading."""
    story = request.path_params["story"]
    known = await _query(room, lambda library: _row(library, story))
    if known is None:
        return _no_such_story()
    path = _corrections_path(known[1])
    if path is None:
        return _refuse(409, "This story is inside a ZIP file or was deleted. Unpack it to correct its reading.")
    data = await _some(request, MAX_CORRECTIONS_BYTES)
    if data is None:
        return _refuse(413, CORRECTIONS_TOO_LONG)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return _refuse(422, "The corrections are not valid UTF-8.")
    try:
        await run_in_threadpool(parse_corrections, text, path.name)
    except DramaturgError as error:
        return _refuse(422, str(error))
    try:
        await run_in_threadpool(write_text, path, text)
    except OSError as error:
        return _refuse(409, f"{path.name} cannot be written: {error.strerror or error}.")
    job = room.jobs.put(Path(known[1]), Path(known[1]).name)
    if job is None:
        return _refuse(503, "The corrections were saved, but too many stories are waiting to be read. Try again later.")
    return JSONResponse({"job": job.id}, 202)


async def _merge(room: Room, request: Request) -> Response:
    """Merge corrections into the text of a corrections file: `{"text", "more"}` → `{"text"}`. Stores nothing."""
    data = await _some(request, 2 * MAX_CORRECTIONS_BYTES)
    if data is None:
        return _refuse(413, CORRECTIONS_TOO_LONG)
    try:
        sent = json.loads(data)
        text, more = sent["text"], sent["more"]
        if not isinstance(text, str) or not isinstance(more, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        return _refuse(400, "The request contains no corrections to merge.")
    try:
        found = await run_in_threadpool(
            lambda: merge_corrections(text, parse_corrections(more, "the page's corrections"))
        )
    except DramaturgError as error:
        return _refuse(422, str(error))
    return JSONResponse({"text": found})


async def _some(request: Request, most: int) -> bytes | None:
    """The whole body, or None where it is longer than `most` bytes."""
    data = bytearray()
    if _declared(request) > most:
        await _drain(request)
        return None
    async for chunk in _chunks(request):
        data += chunk
        if len(data) > most:
            return None
    return bytes(data)


async def _chunks(request: Request) -> AsyncIterator[bytes]:
    """The body in chunks. Raises TimeoutError after READ_TIMEOUT seconds without data, ClientDisconnect."""
    stream = request.stream().__aiter__()
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream), READ_TIMEOUT)
        except StopAsyncIteration:
            return
        yield chunk


# ---- shared


async def _query(room: Room, ask: Callable[[Library], Any]) -> Any:
    """The result of a function of the library, run in a thread with its own connection."""

    def open_and_ask() -> Any:
        with Library(room.library, read_only=True) as library:
            return ask(library)

    return await run_in_threadpool(open_and_ask)


def _row(library: Library, story: int) -> tuple[str | None, str, str] | None:
    """A story's title, its path and the sha256 of its reading; None where there is no such story."""
    if not 0 < story < 1 << 62:
        return None
    found: tuple[str | None, str, str] | None = library.database.execute(
        "SELECT s.title, s.place, d.sha256 FROM stories s JOIN documents d ON d.story = s.id WHERE s.id = ?", (story,)
    ).fetchone()
    return found


def _corrections_path(place: str) -> Path | None:
    """The path of a story's corrections file; None where the story is not a file on disk."""
    return corrections_path(place) if MEMBER_SEPARATOR not in place and Path(place).is_file() else None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _too_large(limit: int) -> str:
    return f"The file is larger than {limit >> 20} MB. To allow it, start the server with a larger --largest."


def _declared(request: Request) -> int:
    return _number(request.headers.get("content-length", "0"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _html(
    room: Room, title: str, body: str, query: str = "", *, story: str | None = None, status: int = 200
) -> Response:
    made = pages.page(title, room.guard.secret, body, query, story)
    return HTMLResponse(made.encode("utf-8", "replace"), status)


def _refuse(status: int, message: str) -> Response:
    # The rest of the body is not read, so the connection cannot be used again.
    return JSONResponse({"message": message}, status, {"connection": "close"})


def _no_such_story() -> Response:
    return PlainTextResponse("Story not found.\n", 404)


async def _timed_out(request: Request, error: Exception) -> Response:
    return _refuse(408, "The upload timed out.")


async def _disconnected(request: Request, error: Exception) -> Response:
    return _refuse(400, "The connection was closed.")


async def _server_error(request: Request, error: Exception) -> Response:
    if isinstance(error, DramaturgError):
        return PlainTextResponse(f"{error}\n", 500)
    if isinstance(error, sqlite3.Error):
        return PlainTextResponse(f"The library cannot be read: {error}\n", 500)
    return PlainTextResponse("Internal error in dramaturg.\n", 500)
