"""A pool of processes that read stories, each with the model loaded once.

This pool survives what breaks concurrent.futures.ProcessPoolExecutor: if a story takes too long or crashes its process
(a segmentation fault, or killed for lack of memory), only that story fails. The process is replaced and the others go
on. A process gets its next batch as soon as it has finished one.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.util import Finalize
from pathlib import Path

from dramaturg.archive.listing import Item, batches
from dramaturg.archive.outcomes import Failure, Outcome
from dramaturg.archive.story_reader import FAULT, REFUSED, Options, hash_corrections, hash_item, read_items
from dramaturg.errors import DamagedInstallation, DramaturgError
from dramaturg.pipeline import read_story
from dramaturg.sources import load_bytes

MAX_BATCH_ITEMS, MAX_BATCH_BYTES = 16, 1 << 16  # for one process at a time: a few short stories, or one longer one
START_TIMEOUT_SECONDS = 300.0  # to start and load the model, on a busy machine with a cold disk
MAX_FAILED_STARTS = 3
EXIT_TIMEOUT_SECONDS = 5.0  # for a process to end by itself
READY = "ready"
THREAD_VARIABLES = ("DRAMATURG_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
WARM_UP_STORY = "“Good morning,” said Ann.\n\nBo looked up. “Is it?” he asked.\n"

Read = Callable[[Sequence[Item], Options], Iterator[Outcome]]


def cores() -> int:
    """The number of cores this process may use, which can be fewer than the machine has."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fair_memory(n_workers: int) -> int | None:
    """The memory limit in bytes for each of `n_workers` processes: an equal share, and at least 2 GiB."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return max(2 << 30, whole // max(1, n_workers))


@dataclass
class _Worker:
    """A process, the items it has not answered yet, and when it began the first of them."""

    process: SpawnProcess
    connection: "Connection[object, object]"
    ready: bool = False
    waiting: deque[Item] = field(default_factory=deque)
    since: float = field(default_factory=time.monotonic)


class Pool:
    """Processes that read stories. Use it in a `with` statement, or close it."""

    def __init__(self, options: Options, n_workers: int | None = None, read: Read = read_items) -> None:
        """Processes start only when there is something to read. `read` is what they do with their stories."""
        self.options = options
        self._read = read
        self.n_workers = n_workers or cores()
        self._workers: list[_Worker] = []
        self._suspects: deque[Item] = deque()  # their process crashed on one of them: each is now read on its own
        self._failed_starts = 0
        Finalize(self, _kill_all, args=(self._workers,), exitpriority=1)  # if the pool was never closed
        self._context = get_context("spawn")  # fork copies locked locks; Windows and macOS have no safe fork

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """The outcome of each item, in the order they finish. Takes items only as processes become free.

        Raises DamagedInstallation if no process can start.
        """
        waiting = batches(items, MAX_BATCH_ITEMS, MAX_BATCH_BYTES)
        ended = False
        while True:
            while not ended and not self._suspects and self._idle() is not None:
                batch = next(waiting, None)
                if batch is None:
                    ended = True
                else:
                    self._send(batch)
            while self._suspects and self._idle() is not None:
                self._send([self._suspects.popleft()])
            if ended and not self._suspects and not any(worker.waiting for worker in self._workers):
                return
            yield from self._receive()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.connection.close()  # which tells it to end
        for worker in self._workers:
            if worker.waiting or not worker.ready:
                worker.process.kill()
            worker.process.join(EXIT_TIMEOUT_SECONDS)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()

    def _idle(self) -> _Worker | None:
        """A free process, started if fewer than `n_workers` are running; None if all are busy."""
        for worker in [worker for worker in self._workers if not worker.waiting]:
            if worker.process.is_alive():
                return worker
            worker.connection.close()  # it ended to be replaced
            self._workers.remove(worker)
        if len(self._workers) < self.n_workers:
            self._workers.append(self._start())
            return self._workers[-1]
        return None

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs, self.options, self._read), daemon=True)
        with _one_thread_each():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _send(self, batch: Sequence[Item]) -> None:
        worker = self._idle()
        assert worker is not None
        worker.waiting.extend(batch)
        worker.since = time.monotonic()
        try:
            worker.connection.send(list(batch))
        except OSError:  # it has just ended: `_receive` will notice and see to its items
            return

    def _receive(self) -> Iterator[Outcome]:
        """Wait for messages, timeouts and crashes, and handle all that have happened."""
        busy = [worker for worker in self._workers if worker.waiting]
        first_deadline = min(self._deadline(worker) for worker in busy)
        ready = wait([worker.connection for worker in busy], max(0.0, first_deadline - time.monotonic()))
        for worker in busy:
            if worker.connection in ready:
                yield from self._handle_message(worker)
            elif time.monotonic() >= self._deadline(worker) and not worker.connection.poll():
                yield from self._time_out(worker)

    def _deadline(self, worker: _Worker) -> float:
        """When the time limit of the current item is reached, by time.monotonic."""
        return worker.since + (self.options.timeout if worker.ready else START_TIMEOUT_SECONDS)

    def _handle_message(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            message = worker.connection.recv()
        except Exception:  # EOFError, OSError; and unpickling a truncated message may raise anything
            yield from self._remove(worker)
            return
        worker.since = time.monotonic()
        if message == READY:
            worker.ready, self._failed_starts = True, 0
        elif isinstance(message, DramaturgError):  # DamagedInstallation: every story would fail
            raise message
        elif isinstance(message, Outcome):
            worker.waiting.popleft()
            yield message

    def _time_out(self, worker: _Worker) -> Iterator[Outcome]:
        """The current item takes too long: kill the process and record a failure."""
        worker.process.kill()
        if not worker.ready:
            yield from self._remove(worker)
            return
        item = worker.waiting.popleft()
        limit = self.options.timeout
        reason = f"{item.name}: not finished after {limit:g} seconds. Raise the limit with --timeout."
        yield self._lost_outcome(item, limit, Failure(REFUSED, reason))
        yield from self._remove(worker, blame=False)

    def _remove(self, worker: _Worker, blame: bool = True) -> Iterator[Outcome]:
        """Handle the end of a process. If it crashed with one item, that item fails; else each is tried on its own."""
        worker.process.join(EXIT_TIMEOUT_SECONDS)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        code = worker.process.exitcode or 0
        items = list(worker.waiting)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= MAX_FAILED_STARTS:
                raise DamagedInstallation(
                    f"the processes that read stories cannot start (exit code {code}). "
                    "Run `dramaturg read` on one story to see why, or use fewer processes: --workers 1."
                )
        elif blame and code != 0 and len(items) == 1:
            yield self._lost_outcome(items[0], time.monotonic() - worker.since, _crash(items[0], code))
            return
        self._suspects.extend(items)

    def _lost_outcome(self, item: Item, seconds: float, failure: Failure) -> Outcome:
        """The outcome of a story whose process is gone."""
        try:
            sha256, corrections = hash_item(item, self.options.limits), hash_corrections(item)
        except DramaturgError:
            sha256 = corrections = None
        return Outcome(item, sha256, corrections, seconds, failure)


def _kill_all(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.process.kill()


def _crash(item: Item, code: int) -> Failure:
    if code > 0:
        return Failure(FAULT, f"{item.name}: a bug in dramaturg: the process that read it ended with code {code}.")
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
    hint = " The machine probably ran out of memory: try --workers 1." if name == "SIGKILL" else ""
    return Failure(128 - code, f"{item.name}: the process that read it was ended by {name}.{hint}")


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Processes started inside use one thread each, since there is one per core; or as DRAMATURG_THREADS says."""
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    given = os.environ.get("DRAMATURG_THREADS", "")
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, given if given.isdecimal() and int(given) else "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# ---- inside a process


def work(connection: "Connection[object, object]", options: Options, read: Read = read_items) -> None:
    """Read the batches that arrive, until the connection is closed or the process has grown too large."""
    # Ctrl-C, a closed terminal or a cancelled job signal the whole process group. The parent handles them, and this
    # process ends with it; otherwise the current story would be recorded as a failure.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _prefer_as_oom_victim()
    _limit_memory(options.memory)
    try:
        _warm_up()
        connection.send(READY)
        max_memory = memory_used() + options.recycle
        while isinstance(batch := connection.recv(), list):
            for outcome in read(batch, options):
                connection.send(outcome)
            if memory_used() > max_memory:
                release_memory()
            if memory_used() > max_memory:
                return
    except (EOFError, OSError):  # the parent is gone, or has closed the connection
        return
    except DramaturgError as error:
        with contextlib.suppress(OSError):
            connection.send(error)


def _warm_up() -> None:
    """Read a tiny story, so that loading the model does not count towards the time limit of a real one."""
    read_story(load_bytes(WARM_UP_STORY.encode(), "warm-up.txt"))


def _end_with_parent() -> None:
    """End this process if its parent is killed."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _prefer_as_oom_victim() -> None:
    """If memory runs out, let Linux kill this process and not the one that writes the library."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


def _limit_memory(limit: int | None) -> None:
    if limit is None or sys.platform != "linux":  # other kernels do not enforce it
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def memory_used() -> int:
    """The resident memory of this process in bytes; 0 if the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def release_memory() -> None:
    """Return freed memory to the system, if the C library can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
