"""The reading room's queue: files and folders to read.

Someone waits for a file, while a folder may take hours. So files and folders are read in parallel, each by one thread
with its own pool of processes.
"""

import hashlib
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from dramaturg.archive.ingest import Reread, Summary, add, exists
from dramaturg.archive.library import Library
from dramaturg.archive.outcomes import Failure, Outcome
from dramaturg.archive.pool import Pool
from dramaturg.archive.story_reader import Options
from dramaturg.errors import DramaturgError

MAX_WAITING_JOBS = 100
MAX_FINISHED_JOBS = 200  # finished jobs that are still listed
SECONDS_PER_BYTE = 6e-5  # of reading, before a story has been read here
MOST = 0.95  # of a story, as long as it is not finished: its time is an estimate

State = Literal["waiting", "reading", "done", "failed"]


@dataclass
class Job:
    """A file or folder to read. `story`: for a file, the id of its story once it is read."""

    id: int
    name: str
    path: Path
    is_folder: bool = False
    state: State = "waiting"
    message: str = ""
    done: int = 0
    listed: int = 0
    story: int | None = None
    started: float | None = None  # as time.monotonic gives it
    expected: float = 0.0  # seconds that reading will probably take


class Jobs:
    """The queue and its threads. Each thread has its own connection to the library."""

    def __init__(self, library: Path, options: Options, n_workers: int | None) -> None:
        self._library, self._options, self._n_workers = library, options, n_workers
        self._jobs: deque[Job] = deque(maxlen=MAX_FINISHED_JOBS + MAX_WAITING_JOBS)
        self._n_jobs = 0
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._work, args=(is_folder,), name="reading", daemon=True)
            for is_folder in (False, True)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop the threads. Jobs that are not finished are dropped."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def put(self, path: Path, name: str) -> Job | None:
        """Queue a file or folder; None where the queue is full. A path that already waits is not queued again."""
        with self._changed:
            waiting = self._waiting()
            for job in waiting:
                if job.path == path:
                    return job
            if len(waiting) >= MAX_WAITING_JOBS:
                return None
            self._n_jobs += 1
            job = Job(self._n_jobs, name, path, path.is_dir())
            self._jobs.append(job)
            self._changed.notify_all()
            return job

    def is_full(self) -> bool:
        """Whether the queue is full."""
        with self._changed:
            return len(self._waiting()) >= MAX_WAITING_JOBS

    def _waiting(self) -> list[Job]:
        return [job for job in self._jobs if job.state == "waiting"]

    def rows(self) -> list[dict[str, Any]]:
        """All jobs as plain values, the newest first."""
        with self._changed:
            return [{**asdict(job), "path": None, "part": _part(job)} for job in reversed(self._jobs)]

    def note(self, name: str, story: int, message: str) -> Job:
        """List an upload that needs no reading."""
        with self._changed:
            self._n_jobs += 1
            job = Job(self._n_jobs, name, Path(name), state="done", message=message, story=story)
            self._jobs.append(job)
            return job

    def _next(self, is_folder: bool) -> Job | None:
        """Wait for the next file or folder; None when the queue is closed."""
        with self._changed:
            while not self._closing:
                for job in self._jobs:
                    if job.state == "waiting" and job.is_folder == is_folder:
                        job.state = "reading"
                        return job
                self._changed.wait()
        return None

    def _work(self, is_folder: bool) -> None:
        with Pool(self._options, self._n_workers) as pool, Library(self._library, create=True) as library:
            while (job := self._next(is_folder)) is not None:
                try:
                    self._read(job, library, pool)
                except _Closing:
                    return
                except DramaturgError as error:
                    job.message, job.state = str(error), "failed"
                except Exception as error:  # one story must not stop the server
                    job.message, job.state = f"internal error in dramaturg: {type(error).__name__}: {error}", "failed"

    def _read(self, job: Job, library: Library, pool: Pool) -> None:
        reasons: list[str] = []

        def tell(summary: Summary, outcome: Outcome | None) -> None:
            job.done, job.listed = summary.read + summary.failed + summary.skipped, summary.listed
            if outcome is not None and isinstance(outcome.result, Failure):
                reasons[:] = [outcome.result.reason]
            if self._closing:
                raise _Closing

        # A single file is tried again even if it failed before, because someone asked for it.
        job.expected = _expected(library, job.path)
        job.started = time.monotonic()
        reread = Reread(failed=job.path.is_file())
        summary = add(library, [str(job.path)], reread=reread, pool=pool, is_unique=True, on_progress=tell)
        job.done, job.listed = summary.read + summary.failed + summary.skipped, summary.listed
        row = library.database.execute(
            "SELECT id FROM stories WHERE place = ?", (os.path.realpath(job.path),)
        ).fetchone()
        job.story = None if row is None else row[0]
        job.message = "; ".join(_lines(summary, reasons))
        if row is None and not job.is_folder and summary.skipped and summary.listed == 1:
            same = same_story(library, job.path)
            job.story, job.message = same if same else (None, "already here")
        job.state = "failed" if summary.failed and not summary.read and not summary.skipped else "done"


def same_story(library: Library, path: Path) -> tuple[int, str] | None:
    """The story with the same content as a file: its id, and a message that names it. None: there is none."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    for story, place in library.database.execute(
        "SELECT id, place FROM stories WHERE sha256 = ? ORDER BY place", (digest,)
    ):
        if exists(place):
            return story, f"already here as {place.replace(chr(92), '/').rpartition('/')[2]}"
    return None


def _expected(library: Library, path: Path) -> float:
    """How long reading a file will probably take, in seconds, from how long the others took. A folder's is 0."""
    if not path.is_file():
        return 0.0
    seconds, size = library.database.execute("SELECT sum(seconds), sum(size) FROM stories").fetchone()
    return path.stat().st_size * (seconds / size if size else SECONDS_PER_BYTE)


def _part(job: Job) -> float | None:
    """How much of a job is done, from 0 to 1; None if it is not known."""
    if job.state != "reading" or job.started is None:
        return None
    if job.listed > 1:
        return job.done / job.listed
    return min(MOST, (time.monotonic() - job.started) / job.expected) if job.expected else None


class _Closing(Exception):
    """The server is closing while a story is being read."""


def _lines(summary: Summary, reasons: list[str]) -> Iterator[str]:
    if summary.listed > 1:
        yield f"{summary.read:,} read" + (f", {summary.skipped:,} already here" if summary.skipped else "")
    if summary.failed > 1:
        yield f"{summary.failed:,} could not be read"
    yield from reasons[:1]


def wait_for(jobs: Jobs, seconds: float) -> bool:
    """Wait until all jobs are finished; whether they were within `seconds`. For tests and scripts."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if all(job["state"] in ("done", "failed") for job in jobs.rows()):
            return True
        time.sleep(0.05)
    return False
