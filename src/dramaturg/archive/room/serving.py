"""Starting the reading room: where it listens and what it serves."""

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

FOLDER_LIBRARY = ".dramaturg.db"  # the library inside a folder that is served
UPLOADS_SUFFIX = ".uploads"  # added to a library's name: the folder for uploads
TOKEN_VARIABLE = "DRAMATURG_TOKEN"  # environment variable with the token to use
MAX_CONNECTIONS = 64
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
    """Serve a library or a folder until it is stopped. `say` is called with the address.

    Raises UsageError where it cannot listen on the address or `place` is neither a library nor a folder, MissingExtra
    where Starlette is not installed.
    """
    try:
        import uvicorn

        from dramaturg.archive.room.app import Room, make_app
        from dramaturg.archive.room.jobs import Jobs
    except ImportError as error:
        raise MissingExtra(INSTALL) from error
    library, uploads, first = _locate(place)
    listening = _listen(host, port)
    with listening:
        port = listening.getsockname()[1]
        guard = make_guard(host, port, names, os.environ.get(TOKEN_VARIABLE) or None)
        options = Options(memory=fair_memory(n_workers or cores()))
        with Library(library, create=True):
            pass
        room = Room(library, uploads, guard, Jobs(library, options, n_workers), largest)
        say(f"the reading room is running at {address(host, port, guard)}")
        if not is_loopback(host):
            say("connections are not encrypted: use this only in a network you trust, or through an SSH tunnel.")
        config: Any = uvicorn.Config(
            make_app(room, first),
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,  # there is no trusted proxy in front of it
            forwarded_allow_ips="",
            limit_concurrency=MAX_CONNECTIONS,
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


def _locate(place: str) -> tuple[Path, Path, Path | None]:
    """The library, the folder for uploads, and the folder to read at the start. Raises UsageError."""
    path = Path(place)
    if path.is_dir():
        return path / FOLDER_LIBRARY, path, path
    if is_library(path):
        return path, path.with_name(path.name + UPLOADS_SUFFIX), None
    raise UsageError(f"{place}: neither a folder nor a library. `dramaturg library --db FILE add …` makes one.")


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise UsageError(f"{host}:{port}: {error.strerror or error}. Choose another --port or --host.") from error
