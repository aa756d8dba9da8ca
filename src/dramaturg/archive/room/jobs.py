"""What the reading room has to do: files and folders to read.

Files, which somebody waits for, and folders, which may take hours, are worked off beside each other, each by one thread
with its own pool of processes.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from dramaturg.archive.ingest import Reread, Summary, add
from dramaturg.archive.library import Library
from dramaturg.archive.outcomes import Failure, Outcome
from dramaturg.archive.pool import Pool
from dramaturg.archive.story_reader import Options
from dramaturg.errors import DramaturgError

MOST_WAITING = 100  # jobs that wait at a time
REMEMBERED = 200  # jobs that are done and still told of

State = Literal["waiting", "reading", "done", "failed"]


@dataclass
class Job:
    """One thing to read. `story`: the id of the story it came to, where it is one."""

    id: int
    name: str
    path: Path
    is_folder: bool = False
    state: State = "waiting"
    message: str = ""
    done: int = 0
    listed: int = 0
    story: int | None = None


class Jobs:
    """What waits, is worked at and was done. Each thread has a connection to the library of its own."""

    def __init__(self, library: Path, options: Options, n_workers: int | None) -> None:
        self._library, self._options, self._n_workers = library, options, n_workers
        self._jobs: deque[Job] = deque(maxlen=REMEMBERED + MOST_WAITING)
        self._n_jobs = 0
        self._changed = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(target=self._work, args=(is_folder,), name="reading", daemon=True)
            for is_folder in (False, True)
        ]

    def start(self) -> None:
        """Begin to work."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Stop; what was not read is read another time."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def put(self, path: Path, name: str) -> Job | None:
        """Have a file or folder read; None where too many wait already. The same path waits once."""
        with self._changed:
            waiting = self._waiting()
            for job in waiting:
                if job.path == path:
                    return job
            if len(waiting) >= MOST_WAITING:
                return None
            self._n_jobs += 1
            job = Job(self._n_jobs, name, path, path.is_dir())
            self._jobs.append(job)
            self._changed.notify_all()
            return job

    def is_full(self) -> bool:
        """Whether no more may wait."""
        with self._changed:
            return len(self._waiting()) >= MOST_WAITING

    def _waiting(self) -> list[Job]:
        return [job for job in self._jobs if job.state == "waiting"]

    def told(self) -> list[dict[str, Any]]:
        """All jobs, the latest first, as plain values."""
        with self._changed:
            return [{**asdict(job), "path": None} for job in reversed(self._jobs)]

    def _next(self, is_folder: bool) -> Job | None:
        """The next file or folder, waited for; None at the end."""
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
                except Exception as error:  # the room stays open whatever one story does
                    job.message, job.state = f"a fault of dramaturg: {type(error).__name__}: {error}", "failed"

    def _read(self, job: Job, library: Library, pool: Pool) -> None:
        reasons: list[str] = []

        def tell(summary: Summary, outcome: Outcome | None) -> None:
            job.done, job.listed = summary.read + summary.failed + summary.skipped, summary.listed
            if outcome is not None and isinstance(outcome.result, Failure):
                reasons[:] = [outcome.result.reason]
            if self._closing:
                raise _Closing

        # One file is tried again even if it failed before: somebody asks for it now.
        summary = add(library, [str(job.path)], reread=Reread(failed=job.path.is_file()), pool=pool, on_progress=tell)
        job.done, job.listed = summary.read + summary.failed + summary.skipped, summary.listed
        row = library.database.execute(
            "SELECT id FROM stories WHERE place = ?", (os.path.realpath(job.path),)
        ).fetchone()
        job.story = None if row is None else row[0]
        job.message = "; ".join(_lines(summary, reasons))
        job.state = "failed" if summary.failed and not summary.read and not summary.skipped else "done"


class _Closing(Exception):
    """The room closes while something is read."""


def _lines(summary: Summary, reasons: list[str]) -> Iterator[str]:
    if summary.listed > 1:
        yield f"{summary.read:,} read, {summary.skipped:,} known"
    if summary.failed > 1:
        yield f"{summary.failed:,} could not be read"
    yield from reasons[:1]


def wait_for(jobs: Jobs, seconds: float) -> bool:
    """Wait until nothing is left to do; whether that came in time. For tests and scripts."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if all(job["state"] in ("done", "failed") for job in jobs.told()):
            return True
        time.sleep(0.05)
    return False
