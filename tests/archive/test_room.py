"""The reading room on a real local server: what it does, and what it refuses."""

import asyncio
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from handmade import TALK

from dramaturg.archive import Library, Options
from dramaturg.archive.ingest import Summary, add
from dramaturg.archive.pool import Pool
from dramaturg.archive.queries import QUESTIONS
from dramaturg.archive.room.guard import make_guard
from dramaturg.cli import main

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

HOSTILE = "<script>alert(1)</script> \"'>&"


@dataclass
class Server:
    """A running server: its port, the folder it serves, and the first line it printed."""

    port: int
    folder: Path
    said: str
    secret: str = ""

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer. Underscores in header names become hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def send(self, path: str, body: bytes, **headers: str) -> tuple[int, dict[str, Any]]:
        """Send a POST request as the server's own pages do."""
        own = {"Origin": f"http://127.0.0.1:{self.port}", "X-Dramaturg": self.secret}
        status, _, answer = self.ask("POST", path, body, **{**own, **headers})
        return status, json.loads(answer)

    def wait(self, job: int) -> dict[str, Any]:
        """Wait until a job is done."""
        for _ in range(3000):
            jobs = json.loads(self.ask("GET", "/jobs")[2])
            (found,) = (one for one in jobs if one["id"] == job)
            if found["state"] in ("done", "failed"):
                return dict(found)
            time.sleep(0.1)
        raise AssertionError("the job did not finish")

    def upload(self, name: str, data: bytes) -> dict[str, Any]:
        """Upload a file and wait until it is read."""
        status, told = self.send(f"/uploads?name={quote(name)}", data)
        assert status == 202, told
        return self.wait(told["job"])


def start(folder: Path, *arguments: str, **environment: str) -> tuple[subprocess.Popen[str], Server]:
    command = [sys.executable, "-m", "dramaturg", "serve", str(folder), "--port", "0", "--workers", "1", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
    assert process.stderr is not None
    said = process.stderr.readline()
    match = re.search(r"http://[^/]*:(\d+)/", said)
    assert match, said + (process.stderr.read() if process.poll() is not None else "")
    threading.Thread(target=process.stderr.read, daemon=True).start()
    return process, Server(int(match[1]), folder, said)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("room")
    (folder / "ferry.txt").write_text(TALK, encoding="utf-8")
    process, server = start(folder, "--largest", "1")
    try:
        page = server.ask("GET", "/")[2].decode()
        match = re.search(r'name="dramaturg-secret" content="([^"]+)"', page)
        assert match
        server.secret = match[1]
        server.wait(1)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def test_a_story_of_the_folder_can_be_read_and_searched(server: Server) -> None:
    shelf = server.ask("GET", "/")[2].decode()
    (story,) = set(re.findall(r'href="/stories/(\d+)">The Ferry', shelf))

    status, headers, page = server.ask("GET", f"/stories/{story}/page")

    assert status == 200 and "sandbox" in headers["content-security-policy"]
    assert "allow-same-origin" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "SAMEORIGIN" and "ferry" in page.decode()
    assert "<iframe" in server.ask("GET", f"/stories/{story}")[2].decode()
    assert json.loads(server.ask("GET", f"/stories/{story}/reading.json")[2])["schema"] == "dramaturg/1"
    assert "<mark>ferry</mark>" in server.ask("GET", "/search?q=ferry+speakers:ann")[2].decode()
    assert server.ask("GET", "/search?q=%22")[0] == 200
    assert server.ask("GET", "/search?q=")[0] == 303


def test_an_upload_is_read(server: Server) -> None:
    job = server.upload("A story.txt", "“Zebras,” said Zoe.\n".encode())

    assert job["state"] == "done" and job["story"]
    assert (server.folder / "A story.txt").read_text(encoding="utf-8") == "“Zebras,” said Zoe.\n"
    assert "A story" in server.ask("GET", "/search?q=zebras")[2].decode()


def test_an_upload_never_replaces_another_file(server: Server) -> None:
    first = server.upload("twice.txt", "“One,” said Ann.\n".encode())
    again = server.upload("twice.txt", "“One,” said Ann.\n".encode())
    other = server.upload("other name.txt", "“One,” said Ann.\n".encode())
    server.upload("twice.txt", "“Two,” said Ann.\n".encode())

    assert first["story"] == again["story"] == other["story"] and "already here as twice.txt" in other["message"]
    assert not (server.folder / "other name.txt").exists()

    assert sorted(path.name for path in server.folder.glob("twice*")) == ["twice-2.txt", "twice.txt"]
    assert not list(server.folder.glob(".dramaturg-*"))


def test_a_zip_with_its_own_files_beside_it_gives_each_story_once(tmp_path: Path) -> None:
    stories = {f"{name}.txt": f"{name}\n\n“It is {name},” said Ann.\n" for name in ("Able", "Baker", "Chase")}
    with zipfile.ZipFile(tmp_path / "A all.zip", "w") as archive:
        for name, text in stories.items():
            archive.writestr(name, text)
    archive_only = [str(tmp_path / "A all.zip")]
    everything = [*archive_only, *(str(tmp_path / name) for name in stories)]
    with Pool(Options(), 1) as pool, Library(tmp_path / "books.db", create=True) as library:
        add(library, archive_only, pool=pool, is_unique=True)
        assert all("!/" in place for _, place in library.stories())
        for name, text in stories.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        summary = add(library, everything, pool=pool, is_unique=True)
        assert (summary.read, summary.listed) == (0, 6)  # they are the files now, which can be corrected
        assert [Path(place).name for _, place in library.stories()] == ["Able.txt", "Baker.txt", "Chase.txt"]
        with Library(tmp_path / "fresh.db", create=True) as fresh:
            assert add(fresh, everything, pool=pool, is_unique=True).read == len(list(fresh.stories())) == 3


def test_a_story_is_removed_and_put_back(server: Server) -> None:
    story = server.upload("gone.txt", "Gone\n\n“Quagga,” said Ann.\n".encode())["story"]
    status, told = server.send(f"/stories/{story}/remove", b"")

    assert status == 200 and (server.folder / "gone.txt").is_file()
    assert server.ask("GET", f"/stories/{story}")[0] == 404
    assert "No results" in server.ask("GET", "/search?q=quagga")[2].decode()
    with Library(server.folder / ".dramaturg.db", create=True) as library:
        assert add(library, [str(server.folder)], n_workers=1, is_unique=True).read == 0  # it stays out
    assert server.send(f"/stories/{story}/remove", b"")[0] == 404
    status, back = server.send(f"/removed/{told['token']}", b"")
    assert status == 200 and b"Quagga" in server.ask("GET", f"/stories/{back['story']}/page")[2]
    assert server.send(f"/removed/{told['token']}", b"")[0] == 410
    server.send(f"/stories/{back['story']}/remove", b"")
    assert server.upload("gone.txt", "Gone\n\n“Quagga,” said Ann.\n".encode())["story"]  # asked for again by name


def test_the_list_is_sorted_and_filtered(server: Server) -> None:
    server.upload("long.txt", ("Zanzibar\n\n" + "“Ann went on and on,” said Ann. " * 20).encode())

    def titles(query: str) -> list[str]:
        return re.findall(r'<a href="/stories/\d+">([^<]+)</a>', server.ask("GET", f"/?{query}")[2].decode())

    assert titles("") == sorted(titles(""), key=str.lower) and titles("sort=words")[0] == "Zanzibar"
    assert titles("sort=title&reversed=yes") == titles("")[::-1] and titles("filter=ZANZ") == ["Zanzibar"]
    page = server.ask("GET", "/?filter=no%25such%3Cb%3E")[2].decode()
    assert "No story matches" in page and "<b>" not in page
    assert server.ask("GET", "/?sort=;drop&start=x")[0] == 200


def test_questions_are_charts_with_their_sql(server: Server) -> None:
    page = server.ask("GET", "/questions")[2].decode()

    assert "Who talks most" in page and "<rect" in page and "SELECT name, story, words" in page
    with Library(server.folder / ".dramaturg.db", read_only=True) as library:
        for question in QUESTIONS:
            assert library.database.execute(question.sql).fetchall()


def test_an_upload_that_cannot_be_read_says_why(server: Server) -> None:
    job = server.upload("broken.epub", b"PK\x03\x04 and no more")

    assert job["state"] == "failed" and "broken.epub" in job["message"]
    assert "broken.epub" in server.ask("GET", "/failures")[2].decode()


def test_hostile_names_and_texts_are_escaped(server: Server) -> None:
    text = f"{HOSTILE}\n\n“{HOSTILE},” said Ann.\n"
    job = server.upload("x'onload=alert(1) .txt", text.encode())

    for path in (
        "/",
        f"/stories/{job['story']}",
        f"/search?q={quote('alert')}",
        f"/search?q={quote(HOSTILE)}",
        "/failures",
    ):
        page = server.ask("GET", path)[2].decode()
        assert "<script>alert" not in page and "'onload=" not in page, path


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../escaped.txt", "escaped.txt"),
        ("C:\\fics\\back.txt", "back.txt"),
        ("/etc/passwd", "passwd"),
        ("a\0b\n.txt", "a_b_.txt"),
    ],
)
def test_an_upload_stays_in_its_folder(server: Server, name: str, kept: str) -> None:
    status, told = server.send(f"/uploads?name={quote(name)}", f"Ann ran to {kept}.\n".encode())

    assert (status, told["name"]) == (202, kept) and (server.folder / kept).is_file()


@pytest.mark.parametrize(
    "name", ["", ".", "..", "/", "\n", "x.cast.toml", "cast.toml", "lib.db", "a.parquet", "CON", "nul.txt"]
)
def test_file_names_that_are_not_stories_are_refused(server: Server, name: str) -> None:
    assert server.send(f"/uploads?name={quote(name)}", b"Ann ran.\n")[0] == 415


def test_too_large_an_upload_is_refused(server: Server) -> None:
    assert server.send("/uploads?name=large.txt", b"", Content_Length=str(2 << 20))[0] == 413
    assert server.send("/uploads?name=empty.txt", b"")[0] == 400
    # Without a Content-Length it is refused during the transfer.
    head = (
        f"POST /uploads?name=large.txt HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nX-Dramaturg: {server.secret}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as connection:
        connection.sendall(head.encode())
        try:
            for _ in range(40):
                connection.sendall(chunk)
        except OSError:
            pass
        try:
            answer = connection.recv(200)
        except OSError:  # the server closed the connection early
            answer = b" 413 "
    assert b" 413 " in answer
    assert not (server.folder / "large.txt").exists() and not list(server.folder.glob(".dramaturg-*"))


def test_corrections_are_written_next_to_the_story_and_take_effect(server: Server) -> None:
    story = server.upload("tea.txt", "“Tea?” asked Ann.\n\n“Please,” said the guest.\n".encode())["story"]
    toml = 'dramaturg = 1\n\n[people]\n"Annabel" = { aliases = ["Ann"] }\n'

    status, told = server.send(f"/stories/{story}/corrections", toml.encode())

    assert status == 202
    assert server.wait(told["job"])["story"] == story
    assert (server.folder / "tea.cast.toml").read_text(encoding="utf-8") == toml
    document = json.loads(server.ask("GET", f"/stories/{story}/reading.json")[2])
    assert "Annabel" in {character["name"] for character in document["characters"]}
    assert "Annabel" in server.ask("GET", f"/stories/{story}")[2].decode()


def test_invalid_corrections_change_nothing(server: Server) -> None:
    story = server.upload("cup.txt", "“Tea?” asked Ann.\n".encode())["story"]

    assert server.send(f"/stories/{story}/corrections", b"[[people")[0] == 422
    assert server.send(f"/stories/{story}/corrections", b"\xff\xfe")[0] == 422
    assert server.send(f"/stories/{story}/corrections", b"# " + b"a" * (1 << 20))[0] == 413
    assert not (server.folder / "cup.cast.toml").exists()


def test_corrections_from_the_page_are_merged_into_the_file(server: Server) -> None:
    sent = {"text": "# mine\nnarrator = 'Ann'\n", "more": "same = [['Ann', 'Annabel']]\n"}

    status, told = server.send("/merged", json.dumps(sent).encode())

    assert status == 200 and told["text"].count("# mine") == 1 and "narrator = 'Ann'" in told["text"]
    assert 'same = [["Ann", "Annabel"]]' in told["text"]
    assert server.send("/merged", json.dumps({**sent, "more": "[["}).encode())[0] == 422
    for nothing in (b"", b"[]", b"{}", b'{"text": 1, "more": 2}', b"\xff", b"[" * 100_000):
        assert server.send("/merged", nothing)[0] == 400
    assert server.send("/merged", b"a" * (3 << 20))[0] == 413
    assert server.ask("POST", "/merged", json.dumps(sent).encode())[0] == 403


def test_missing_pages_are_not_found(server: Server) -> None:
    for path in (
        "/stories/999999",
        "/stories/0",
        "/stories/99999999999999999999",
        "/stories/9/page",
        "/x",
        "/../etc/passwd",
    ):
        if path != "/stories/9/page":
            assert server.ask("GET", path)[0] == 404, path
    assert server.ask("GET", "/stories/999999/page")[0] == 404
    assert server.ask("GET", "/stories/999999/reading.json")[0] == 404
    assert server.ask("GET", "/stories/1;drop")[0] == 404


# ---- refused


def test_foreign_hosts_and_origins_are_refused(server: Server) -> None:
    own, secret = f"http://127.0.0.1:{server.port}", server.secret
    assert server.ask("GET", "/", Host="evil.example")[0] == 421
    assert server.ask("GET", "/", Host=f"evil.example:{server.port}")[0] == 421
    for path in ("/uploads?name=evil.txt", "/stories/1/corrections"):
        for headers in (
            {},
            {"Origin": own},
            {"Origin": own, "X-Dramaturg": "guess"},
            {"Origin": "http://evil.example", "X-Dramaturg": secret},
            {"Origin": "null", "X-Dramaturg": secret},
            {"Origin": own, "X-Dramaturg": secret, "Sec_Fetch_Site": "cross-site"},
            {"Origin": own, "Content_Type": "multipart/form-data; boundary=x"},
            {"Origin": own, "Content_Type": "text/plain"},
        ):
            assert server.ask("POST", path, b"Ann ran.", **headers)[0] == 403, headers
    assert server.ask("GET", "/jobs", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors")[0] == 403
    assert not (server.folder / "evil.txt").exists()


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    assert server.ask(method, "/")[0] in (400, 403, 405, 501)
    assert server.ask(method, "/", X_Dramaturg=server.secret)[0] in (400, 405, 501)


@pytest.mark.parametrize("path", ["/", "/room.js", "/jobs", "/x", "/search?q=a", "/failures"])
def test_every_response_has_the_security_headers(server: Server, path: str) -> None:
    _, headers, _ = server.ask("GET", path)

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert not any(name.startswith("access-control") for name in headers)


def test_there_are_no_websockets(server: Server) -> None:
    status = server.ask("GET", "/", Connection="Upgrade", Upgrade="websocket", Sec_WebSocket_Version="13")[0]

    assert status != 101


def test_a_token_is_required_beyond_the_loopback(tmp_path: Path) -> None:
    process, server = start(tmp_path, "--host", "0.0.0.0", DRAMATURG_TOKEN="t0ken")
    try:
        assert "?token=t0ken" in server.said
        for method in ("GET", "POST"):
            for path in ("/", "/jobs", "/room.js", "/uploads?name=a.txt"):
                assert server.ask(method, path)[0] == 401
        assert server.ask("GET", "/", Cookie="dramaturg-token=wrong")[0] == 401
        status, headers, _ = server.ask("GET", "/?token=t0ken")
        assert (status, headers["location"]) == (303, "/")
        assert server.ask("GET", "/", Cookie=headers["set-cookie"].partition(";")[0])[0] == 200
        assert server.ask("GET", "/", Authorization="Bearer t0ken")[0] == 200
        assert server.ask("GET", "/", Authorization="Bearer t0ken", Host=f"evil.example:{server.port}")[0] == 421
    finally:
        process.terminate()
        process.wait(30)


def test_a_library_is_served_and_its_uploads_are_next_to_it(tmp_path: Path) -> None:
    (tmp_path / "stories").mkdir()
    (tmp_path / "stories/ferry.txt").write_text(TALK, encoding="utf-8")
    db = tmp_path / "books.db"
    assert main(["library", "--db", str(db), "add", str(tmp_path / "stories"), "--workers", "1", "--quiet"]) == 0
    process, server = start(db)
    try:
        page = server.ask("GET", "/")[2].decode()
        match = re.search(r'name="dramaturg-secret" content="([^"]+)"', page)
        assert "The Ferry" in page and match
        server.secret = match[1]
        assert server.upload("more.txt", "“More,” said Ann.\n".encode())["state"] == "done"
        assert (tmp_path / "books.db.uploads/more.txt").is_file()
    finally:
        process.terminate()
        assert process.wait(30) in (0, -15)
    with Library(db, read_only=True) as library:
        assert len(list(library.stories())) == 2


def test_a_file_does_not_wait_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dramaturg.archive.room.jobs import Jobs, wait_for

    done, asked = threading.Event(), []

    def add(library: Library, wanted: list[str], **_: Any) -> Summary:
        asked.append(Path(wanted[0]).name)
        assert Path(wanted[0]).is_file() or done.wait(60)
        return Summary()

    monkeypatch.setattr("dramaturg.archive.room.jobs.add", add)
    (tmp_path / "folder").mkdir()
    (tmp_path / "a.txt").write_text("“Yes,” said Ann.\n", encoding="utf-8")
    with Library(tmp_path / "books.db", create=True):
        pass
    jobs = Jobs(tmp_path / "books.db", Options(), 1)
    folder, file = jobs.put(tmp_path / "folder", "folder"), jobs.put(tmp_path / "a.txt", "a.txt")
    assert folder and file
    jobs.start()
    try:
        for _ in range(6000):
            if file.state == "done":
                break
            time.sleep(0.01)
        assert file.state == "done" and folder.state != "done"
    finally:
        done.set()
        assert wait_for(jobs, 60)
        jobs.close()
    assert sorted(asked) == ["a.txt", "folder"]


# ---- refused when it is too much


class Asked:
    """The application without a server; its jobs never run."""

    def __init__(self, folder: Path) -> None:
        from dramaturg.archive.room.app import Room, make_app
        from dramaturg.archive.room.jobs import Jobs

        with Library(folder / "books.db", create=True):
            pass
        self.guard = make_guard("127.0.0.1", 8765)
        self.uploads = folder / "uploads"
        jobs = Jobs(folder / "books.db", Options(), 1)
        self.app = make_app(Room(folder / "books.db", self.uploads, self.guard, jobs))

    def post(self, path: str, query: str = "", body: bytes | None = b"Ann ran.\n", broken: bool = False) -> int:
        """The status of an answer. A body of None never comes; `broken`: whether the connection is, after it."""
        sent = [] if body is None else [{"type": "http.request", "body": body, "more_body": broken}]
        answers: list[Any] = []

        async def receive() -> Any:
            if not sent and not broken:
                await asyncio.sleep(60)
            return sent.pop() if sent else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            answers.append(message)

        headers = [(b"host", b"127.0.0.1:8765"), (b"x-dramaturg", self.guard.secret.encode())]
        scope = {"type": "http", "method": "POST", "path": path, "query_string": query.encode(), "headers": headers}
        asyncio.run(self.app(scope, receive, send))  # type: ignore[arg-type]
        return int(answers[0]["status"])


def test_a_client_that_sends_nothing_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dramaturg.archive.room.app.READ_TIMEOUT", 0.01)
    room = Asked(tmp_path)

    assert room.post("/uploads", "name=a.txt", body=None) == 408
    assert room.post("/merged", body=None) == 408
    assert room.post("/uploads", "name=a.txt", broken=True) == 400
    assert list(room.uploads.iterdir()) == []


def test_uploads_are_refused_when_the_queue_is_full(tmp_path: Path) -> None:
    room = Asked(tmp_path)

    assert [room.post("/uploads", f"name={n}.txt") for n in range(101)] == [202] * 100 + [503]
    assert len(list(room.uploads.iterdir())) == 100


def test_an_upload_leaves_free_space_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dramaturg.archive.room.app.MIN_FREE_BYTES", 1 << 62)
    room = Asked(tmp_path)

    assert room.post("/uploads", "name=a.txt") == 507
    assert list(room.uploads.iterdir()) == []


def test_serve_reports_what_it_cannot_serve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("no library", encoding="utf-8")
    assert main(["serve", str(tmp_path / "a.txt")]) == 2
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", str(tmp_path), "--port", str(taken.getsockname()[1])]) == 2
    assert "neither" in capsys.readouterr().err
