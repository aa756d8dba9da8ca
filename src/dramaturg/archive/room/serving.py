"""Starting the reading room: where it listens, what it serves."""

import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dramaturg.archive.library import Library
from dramaturg.archive.listing import is_library
from dramaturg.archive.pool import cores, fair_memory
from dramaturg.archive.room.guard import Guard, is_loopback, make_guard
from dramaturg.archive.story_reader import Options
from dramaturg.errors import MissingExtra, UsageError

HIDDEN = ".dramaturg.db"  # the library of a folder that is served, in it
UPLOADS = ".uploads"  # after a library's own name: the folder for what is uploaded to it
TOKEN = "DRAMATURG_TOKEN"  # the environment's variable that gives a token of one's own
AT_ONCE = 64  # connections
INSTALL = "the reading room needs Starlette and uvicorn: pip install 'dramaturg[serve]'"


def serve(
    place: str,
    *,
    host: str = "127.0.0.1",
    port: int = 8765,
    names: Sequence[str] = (),
    n_workers: int | None = None,
    largest: int = 64 << 20,
    say: Callable[[str], None] = lambda line: None,
) -> None:
    """Serve a library or a folder until it is stopped. `say` is told the address.

    Raises UsageError where it cannot listen there or `place` is neither, MissingExtra where Starlette is not installed.
    """
    try:
        import uvicorn

        from dramaturg.archive.room.app import Room, make_app
        from dramaturg.archive.room.jobs import Jobs
    except ImportError as error:
        raise MissingExtra(INSTALL) from error
    library, uploads, first = _what(place)
    listening = _listen(host, port)
    with listening:
        port = listening.getsockname()[1]
        guard = make_guard(host, port, names, os.environ.get(TOKEN) or None)
        options = Options(memory=fair_memory(n_workers or cores()))
        with Library(library, create=True):
            pass
        room = Room(library, uploads, guard, Jobs(library, options, n_workers), largest)
        say(f"the reading room is open: {address(host, port, guard)}")
        if not is_loopback(host):
            say("what is read and sent is not encrypted: use it in a network you trust, or through an SSH tunnel.")
        config: Any = uvicorn.Config(
            make_app(room, first),
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # nobody stands before it whose word on who asks would be taken
            forwarded_allow_ips="",
            limit_concurrency=AT_ONCE,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=5,
            ws="none",
        )
        uvicorn.Server(config).run(sockets=[listening])


def address(host: str, port: int, guard: Guard) -> str:
    """The address to open, with the token where one is needed."""
    shown = socket.gethostname() if host in ("0.0.0.0", "::") else host
    shown = f"[{shown}]" if ":" in shown else shown
    return f"http://{shown}:{port}/" + (f"?token={guard.token}" if guard.token else "")


def _what(place: str) -> tuple[Path, Path, Path | None]:
    """The library, the folder for uploads, and the folder that is read at the start. Raises UsageError."""
    path = Path(place)
    if path.is_dir():
        return path / HIDDEN, path, path
    if is_library(path):
        return path, path.with_name(path.name + UPLOADS), None
    raise UsageError(f"{place}: neither a folder nor a library. `dramaturg library --db FILE add …` makes one.")


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"{host}:{port}: {error.strerror or error}. Choose another --port or --host.") from error
