"""The reading room's requests: what is asked for, what is answered. Who may ask at all is decided in guard.py."""

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
from dramaturg.archive.queries import search
from dramaturg.archive.room import pages
from dramaturg.archive.room.guard import HEADERS, POLICY, STORY_POLICY, Admission, Guard, Refusal
from dramaturg.archive.room.jobs import Jobs
from dramaturg.corrections.edit import merge_corrections
from dramaturg.corrections.toml import corrections_path, parse_corrections
from dramaturg.errors import DramaturgError, UsageError
from dramaturg.files import write_text
from dramaturg.report.page import show_page

LARGEST_CORRECTIONS = 1 << 20  # bytes
PATIENCE = 30.0  # seconds without a byte after which an upload is given up
DRAINED = 64 << 20  # bytes
FREE = 256 << 20  # bytes that uploads leave on the disk
N_HITS = 50
SEARCH_SECONDS = 5.0
PAGES_KEPT = 4  # stories' pages that are kept made: a long novel's takes seconds
LONGEST_NAME = 120  # characters of an uploaded file's name
QUERY = 500  # characters of a search
TOO_MANY = "Too many stories wait to be read. Try again later."


@dataclass
class Room:
    """One reading room. `uploads`: the folder where uploads go. `largest`: bytes of one upload."""

    library: Path
    uploads: Path
    guard: Guard
    jobs: Jobs
    largest: int = 64 << 20
    pages: "OrderedDict[tuple[int, str], str]" = field(default_factory=OrderedDict)


def make_app(room: Room, first: Path | None = None) -> ASGIApp:
    """The application. `first`: a folder to read at the start."""

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
            route("/merged", _merge, "POST"),
            route("/room.css", _file("room.css", "text/css")),
            route("/room.js", _file("room.js", "text/javascript")),
        ],
        exception_handlers={
            TimeoutError: _say_too_slow,
            ClientDisconnect: _say_broken_off,
            DramaturgError: _say,
            Exception: _say,
        },
        lifespan=life,
    )
    return Gate(app, room.guard)


class Gate:
    """Lets in what the guard lets in, and puts the headers on every answer that hold the browser to it."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self.app, self.guard = app, guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # WebSockets: there are none here
            return
        headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        query = scope["query_string"].decode("latin-1")
        decision = self.guard.check(scope["method"], scope["path"], query, headers)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                known = Headers(raw=message["headers"])
                added = {**HEADERS, "content-security-policy": POLICY, "x-frame-options": "DENY"}
                if "content-security-policy" in known:  # a story's page, which is shown in a frame of ours
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


# ---- what is shown


async def _shelf(room: Room, request: Request) -> Response:
    start = max(0, _number(request.query_params.get("start", "0")))

    def ask(library: Library) -> str:
        n_stories = library.database.execute("SELECT count(*) FROM stories").fetchone()[0]
        n_failed = library.database.execute("SELECT count(*) FROM failures").fetchone()[0]
        rows = library.database.execute(
            "SELECT id, title, author, place, words, (SELECT count(*) FROM characters c WHERE c.story = s.id) "
            "FROM stories s ORDER BY place LIMIT ? OFFSET ?",
            (pages.A_PAGE, start),
        ).fetchall()
        return pages.shelf(rows, n_stories, n_failed, start, room.largest)

    return _html(room, "The reading room", await _asked(room, ask))


async def _search(room: Room, request: Request) -> Response:
    query = request.query_params.get("q", "").strip()[:QUERY]
    if not query:
        return RedirectResponse("/", 303)
    try:
        hits = await _asked(room, lambda library: search(library, query, limit=N_HITS, seconds=SEARCH_SECONDS))
        body = pages.found(query, hits)
    except UsageError as error:
        body = pages.message(str(error))
    return _html(room, f"{query} · The reading room", body, query)


async def _failures(room: Room, request: Request) -> Response:
    rows = await _asked(
        room,
        lambda library: library.database.execute(
            "SELECT place, reason FROM failures ORDER BY place LIMIT 1000"
        ).fetchall(),
    )
    return _html(room, "Could not be read", pages.failures(rows))


async def _jobs(room: Room, request: Request) -> Response:
    return JSONResponse(room.jobs.told())


async def _story(room: Room, request: Request) -> Response:
    story = request.path_params["story"]
    known = await _asked(room, lambda library: _row(library, story))
    if known is None:
        return _no_such_story()
    title, place, _ = known
    beside = _correctable(place)
    corrections = None if beside is None else await run_in_threadpool(_text_of, beside)
    name = title or Path(place).name
    return _html(room, f"{name} · The reading room", pages.reading_room(story, name, corrections))


async def _page(room: Room, request: Request) -> Response:
    story = request.path_params["story"]

    def make(library: Library) -> str | None:
        known = _row(library, story)
        if known is None:
            return None
        key = (story, known[2])
        if key not in room.pages:
            room.pages[key] = show_page(library.reading(story))
            while len(room.pages) > PAGES_KEPT:
                room.pages.popitem(last=False)
        return room.pages[key]

    made = await _asked(room, make)
    if made is None:
        return _no_such_story()
    return HTMLResponse(made.encode("utf-8", "replace"), headers={"content-security-policy": STORY_POLICY})


async def _document(room: Room, request: Request) -> Response:
    story = request.path_params["story"]

    def ask(library: Library) -> tuple[bytes, str] | None:
        known = _row(library, story)
        return None if known is None else (library.document(story), known[1])

    found = await _asked(room, ask)
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


# ---- what is sent


async def _upload(room: Room, request: Request) -> Response:
    """A file, its bytes as the whole body, its name in the address."""
    name = safe_name(request.query_params.get("name", ""))
    if name is None:
        return _refuse(415, "That is no name of a story's file. Give it another name.")
    if _declared(request) > room.largest:
        await _drain(request)
        return _refuse(413, f"It is larger than {room.largest >> 20} MB. Start the server with a larger --largest.")
    if room.jobs.is_full():
        await _drain(request)
        return _refuse(503, TOO_MANY)
    room.uploads.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(room.uploads).free < FREE + room.largest:
        return _refuse(507, "The disk is full.")
    new = room.uploads / f".dramaturg-{secrets.token_hex(8)}"
    try:
        refused = await _receive(request, new, room.largest)
        if refused is not None:
            return refused
        kept = await run_in_threadpool(_keep, new, room.uploads, name)
    finally:
        new.unlink(missing_ok=True)
    job = room.jobs.put(kept, name)
    if job is None:
        return _refuse(503, TOO_MANY)
    return JSONResponse({"job": job.id, "name": kept.name}, 202)


async def _receive(request: Request, new: Path, largest: int) -> Response | None:
    """Write what comes into a new file; an answer where too much comes, or nothing for too long."""
    size = 0
    with new.open("xb") as file:
        async for chunk in _chunks(request):
            size += len(chunk)
            if size > largest:
                return _refuse(413, f"It is larger than {largest >> 20} MB. Start the server with a larger --largest.")
            await run_in_threadpool(file.write, chunk)
    return None if size else _refuse(400, "It is empty.")


async def _drain(request: Request) -> None:
    """Take some of what is too much and throw it away: who still sends does not see that it is refused."""
    size = 0
    stream = request.stream().__aiter__()
    try:
        while size < DRAINED:
            size += len(await asyncio.wait_for(anext(stream), 1.0))
    except (StopAsyncIteration, TimeoutError, ClientDisconnect):
        return


def _keep(new: Path, folder: Path, name: str) -> Path:
    """Give an upload its name; another file of that name stays, and the same file is not kept twice."""
    stem, suffix = Path(name).stem, Path(name).suffix
    number = 1
    while True:
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            os.link(new, path)  # unlike a rename, never over another file
            return path
        except FileExistsError:
            if path.is_file() and _same(new, path):
                return path
            number += 1
        except OSError:  # a file system without links
            if not path.exists():
                return new.replace(path)
            number += 1


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def safe_name(name: str) -> str | None:
    r"""The name under which an upload may be kept: its last part, of ordinary characters. None where it may not.

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
    if suffix.lower() in (
        *LIBRARY_SUFFIXES,
        PARQUET_SUFFIX,
    ):  # these are taken over without reading, which is not for strangers
        return None
    return stem[:LONGEST_NAME] + suffix


DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # Windows keeps these names to itself


async def _correct(room: Room, request: Request) -> Response:
    """What a person says of a story: the whole text of its corrections file, which takes the place of the old."""
    story = request.path_params["story"]
    known = await _asked(room, lambda library: _row(library, story))
    if known is None:
        return _no_such_story()
    beside = _correctable(known[1])
    if beside is None:
        return _refuse(409, "This story lies in a ZIP or is gone: unpack it to correct its reading.")
    data = await _some(request, LARGEST_CORRECTIONS)
    if data is None:
        return _refuse(413, "These are too many corrections for one story.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return _refuse(422, "The corrections are not UTF-8.")
    try:
        await run_in_threadpool(parse_corrections, text, beside.name)
    except DramaturgError as error:
        return _refuse(422, str(error))
    try:
        await run_in_threadpool(write_text, beside, text)
    except OSError as error:
        return _refuse(409, f"{beside.name} cannot be written: {error.strerror or error}.")
    job = room.jobs.put(Path(known[1]), Path(known[1]).name)
    if job is None:
        return _refuse(503, "The corrections are kept; too many stories wait to be read just now.")
    return JSONResponse({"job": job.id}, 202)


async def _merge(room: Room, request: Request) -> Response:
    """A corrections file with more of them in it, from `{"text": …, "more": …}` to `{"text": …}`. Nothing is kept."""
    data = await _some(request, 2 * LARGEST_CORRECTIONS)
    if data is None:
        return _refuse(413, "These are too many corrections for one story.")
    try:
        sent = json.loads(data)
        text, more = sent["text"], sent["more"]
        if not isinstance(text, str) or not isinstance(more, str):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        return _refuse(400, "That is nothing to merge.")
    try:
        found = await run_in_threadpool(lambda: merge_corrections(text, parse_corrections(more, "what the page gave")))
    except DramaturgError as error:
        return _refuse(422, str(error))
    return JSONResponse({"text": found})


async def _some(request: Request, most: int) -> bytes | None:
    """All that is sent, or None where it is more than so many bytes."""
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
    """What is sent, as it comes. Raises TimeoutError where nothing comes for too long, ClientDisconnect."""
    stream = request.stream().__aiter__()
    while True:
        try:
            chunk = await asyncio.wait_for(anext(stream), PATIENCE)
        except StopAsyncIteration:
            return
        yield chunk


# ---- shared


async def _asked(room: Room, ask: Callable[[Library], Any]) -> Any:
    """What a function finds in the library, in a thread, with a connection of its own."""

    def open_and_ask() -> Any:
        with Library(room.library, read_only=True) as library:
            return ask(library)

    return await run_in_threadpool(open_and_ask)


def _row(library: Library, story: int) -> tuple[str | None, str, str] | None:
    """A story's title, its place and the sha256 of its reading."""
    if not 0 < story < 1 << 62:
        return None
    found: tuple[str | None, str, str] | None = library.database.execute(
        "SELECT s.title, s.place, d.sha256 FROM stories s JOIN documents d ON d.story = s.id WHERE s.id = ?", (story,)
    ).fetchone()
    return found


def _correctable(place: str) -> Path | None:
    """Where a story's corrections stand: only beside a file that is there."""
    return corrections_path(place) if MEMBER_SEPARATOR not in place and Path(place).is_file() else None


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _declared(request: Request) -> int:
    return _number(request.headers.get("content-length", "0"))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _html(room: Room, title: str, body: str, query: str = "") -> Response:
    made = pages.page(title, room.guard.secret, body, query)
    return HTMLResponse(made.encode("utf-8", "replace"))


def _refuse(status: int, message: str) -> Response:
    # The rest of what is sent is not read: the connection is of no more use.
    return JSONResponse({"message": message}, status, {"connection": "close"})


def _no_such_story() -> Response:
    return PlainTextResponse("There is no such story.\n", 404)


async def _say_too_slow(request: Request, error: Exception) -> Response:
    return _refuse(408, "Nothing came for too long.")


async def _say_broken_off(request: Request, error: Exception) -> Response:
    return _refuse(400, "The connection broke off.")


async def _say(request: Request, error: Exception) -> Response:
    if isinstance(error, DramaturgError):
        return PlainTextResponse(f"{error}\n", 500)
    if isinstance(error, sqlite3.Error):
        return PlainTextResponse(f"The library cannot be read: {error}\n", 500)
    return PlainTextResponse("This is a fault of dramaturg.\n", 500)
