"""A pool of processes that read stories, each with the model loaded once.

What concurrent.futures' pool cannot do is done here: a story that takes too long, or takes its process down with it
(a segmentation fault, the kernel out of memory), costs that one story; the process is replaced and the others go on.
Nothing is kept waiting: a process is handed stories as it gets done, and its answers wait with it until they are taken.
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

from dramaturg.archive.items import Item, batches
from dramaturg.archive.work import FAULT, REFUSED, Failure, Options, Outcome, hash_corrections, hash_item, read_items
from dramaturg.errors import DamagedInstallation, DramaturgError

BATCH_ITEMS, BATCH_BYTES = 16, 1 << 16  # what a process is handed at once: a few short stories, or one longer one
START = 300.0  # seconds a process may take to start and load the model, on a busy machine and a cold disk
STARTS = 3  # how often starting may fail before it is given up
END = 5.0  # seconds for a process to end by itself
READY = "ready"
THREADS = ("DRAMATURG_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
WARM_UP = "“Good morning,” said Ann.\n\nBo looked up. “Is it?” he asked.\n"


Read = Callable[[Sequence[Item], Options], Iterator[Outcome]]


def cores() -> int:
    """The cores that this process may use, which on a shared machine are fewer than there are."""
    if hasattr(os, "process_cpu_count"):  # Python 3.13
        return os.process_cpu_count() or 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fair_memory(n_workers: int) -> int | None:
    """The bytes that each of so many processes may have: what the machine has, shared out, and never under 2 GiB."""
    try:
        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None
    return max(2 << 30, whole // max(1, n_workers))


@dataclass
class _Worker:
    """A process, what it was handed and has not answered yet, and since when it is at the first of that."""

    process: SpawnProcess
    connection: "Connection[object, object]"
    ready: bool = False
    waiting: deque[Item] = field(default_factory=deque)
    since: float = field(default_factory=time.monotonic)


class Pool:
    """Processes that read stories. To be closed, or used by `with`."""

    def __init__(self, options: Options, n_workers: int | None = None, read: Read = read_items) -> None:
        """Nothing is started before there is something to read. `read` is what a process does with its stories."""
        self.options = options
        self._read = read
        self.n_workers = n_workers or cores()
        self._workers: list[_Worker] = []
        self._alone: deque[Item] = deque()  # to be read one by one: their process died over one of them
        self._failed_starts = 0
        Finalize(self, _kill_all, args=(self._workers,), exitpriority=1)  # where nobody closed it
        self._context = get_context("spawn")  # fork would copy threads' locks; and Windows and macOS have no other

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, items: Iterable[Item]) -> Iterator[Outcome]:
        """What comes of each item, as it is done. Items are taken only as they can be handed out.

        Raises DamagedInstallation where no process can read anything.
        """
        waiting = batches(items, BATCH_ITEMS, BATCH_BYTES)
        ended = False
        while True:
            while not ended and not self._alone and self._idle() is not None:
                batch = next(waiting, None)
                if batch is None:
                    ended = True
                else:
                    self._hand_out(batch)
            while self._alone and self._idle() is not None:
                self._hand_out([self._alone.popleft()])
            if ended and not self._alone and not any(worker.waiting for worker in self._workers):
                return
            yield from self._receive()

    def close(self) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.connection.close()  # which is what tells it
        for worker in self._workers:
            if worker.waiting or not worker.ready:
                worker.process.kill()
            worker.process.join(END)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._workers.clear()

    def _idle(self) -> _Worker | None:
        """A process with nothing to do, started if there may be one more."""
        for worker in [worker for worker in self._workers if not worker.waiting]:
            if worker.process.is_alive():
                return worker
            worker.connection.close()  # it has made way
            self._workers.remove(worker)
        if len(self._workers) < self.n_workers:
            self._workers.append(self._start())
            return self._workers[-1]
        return None

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs, self.options, self._read), daemon=True)
        with _threads():
            process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hand_out(self, batch: Sequence[Item]) -> None:
        worker = self._idle()
        assert worker is not None
        worker.waiting.extend(batch)
        worker.since = time.monotonic()
        try:
            worker.connection.send(list(batch))
        except OSError:  # it ended meanwhile: what it was handed is seen to where that is noticed
            return

    def _receive(self) -> Iterator[Outcome]:
        """Wait until something happens, and see to all that has."""
        busy = [worker for worker in self._workers if worker.waiting]
        first_end = min(self._end(worker) for worker in busy)
        happened = wait([worker.connection for worker in busy], max(0.0, first_end - time.monotonic()))
        for worker in busy:
            if worker.connection in happened:
                yield from self._take(worker)
            elif time.monotonic() >= self._end(worker) and not worker.connection.poll():
                yield from self._stop(worker)

    def _end(self, worker: _Worker) -> float:
        """When the time is over for what it is at."""
        return worker.since + (self.options.timeout if worker.ready else START)

    def _take(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            message = worker.connection.recv()
        except Exception:  # EOFError, OSError; and a message cut off by its sender's death may unpickle to anything
            yield from self._bury(worker)
            return
        worker.since = time.monotonic()
        if message == READY:
            worker.ready, self._failed_starts = True, 0
        elif isinstance(message, DramaturgError):  # of which every story would fail
            raise message
        elif isinstance(message, Outcome):
            worker.waiting.popleft()
            yield message

    def _stop(self, worker: _Worker) -> Iterator[Outcome]:
        """The first of what it was handed takes too long."""
        worker.process.kill()
        if not worker.ready:
            yield from self._bury(worker)
            return
        item = worker.waiting.popleft()
        limit = self.options.timeout
        reason = f"{item.name}: not done in {limit:g} seconds, the limit of --timeout. If you trust it, raise that."
        yield self._lost(item, limit, Failure(REFUSED, reason))
        yield from self._bury(worker, blame=False)

    def _bury(self, worker: _Worker, blame: bool = True) -> Iterator[Outcome]:
        """A process has ended: what it was handed is to blame, if that was one story; else each is tried alone."""
        worker.process.join(END)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.connection.close()
        self._workers.remove(worker)
        code = worker.process.exitcode or 0
        items = list(worker.waiting)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= STARTS:
                raise DamagedInstallation(
                    f"a process that reads stories cannot be started (it ended with code {code}). "
                    "Try `dramaturg read` on one story, which says more; or fewer processes: --workers 1."
                )
        elif blame and code != 0 and len(items) == 1:
            yield self._lost(items[0], time.monotonic() - worker.since, _death(items[0], code))
            return
        self._alone.extend(items)

    def _lost(self, item: Item, seconds: float, failure: Failure) -> Outcome:
        """What came of a story whose process can no longer say it."""
        try:
            sha256, corrections = hash_item(item, self.options.limits), hash_corrections(item)
        except DramaturgError:
            sha256 = corrections = None
        return Outcome(item, sha256, corrections, seconds, failure)


def _kill_all(workers: list[_Worker]) -> None:
    for worker in workers:
        worker.process.kill()


def _death(item: Item, code: int) -> Failure:
    if code > 0:
        return Failure(FAULT, f"{item.name}: the process that read it ended with code {code}, a fault of dramaturg.")
    name = signal.Signals(-code).name if -code in signal.valid_signals() else f"signal {-code}"
    hint = " Most likely the machine was out of memory: try --workers 1." if name == "SIGKILL" else ""
    return Failure(128 - code, f"{item.name}: the process that read it was ended by {name}.{hint}")


@contextlib.contextmanager
def _threads() -> Iterator[None]:
    """Processes started meanwhile compute in one thread each, there being one for each core; or as the user says."""
    before = {name: os.environ.get(name) for name in THREADS}
    given = os.environ.get("DRAMATURG_THREADS", "")
    os.environ.update(dict.fromkeys(THREADS, given if given.isdecimal() and int(given) else "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


# ---- in the process


def work(connection: "Connection[object, object]", options: Options, read: Read = read_items) -> None:
    """Read what comes over the connection, until that is closed or the process has grown too large."""
    # Ctrl-C, a terminal that is closed, a job that is taken away: they are for the one who started it, and come to all.
    # A story must not be blamed for them; this process ends with that one.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _offer_to_the_kernel()
    _limit_memory(options.memory)
    try:
        _warm_up()
        connection.send(READY)
        most = memory_used() + options.recycle
        while isinstance(batch := connection.recv(), list):
            for outcome in read(batch, options):
                connection.send(outcome)
            if memory_used() > most:
                give_back_memory()
            if memory_used() > most:
                return
    except (EOFError, OSError):  # the one who started it is gone, or wants no more
        return
    except DramaturgError as error:
        with contextlib.suppress(OSError):
            connection.send(error)


def _warm_up() -> None:
    """Read a story of no consequence, so that the clock of the first one that counts does not run while data load."""
    from dramaturg.pipeline import read_story
    from dramaturg.sources import load_bytes

    read_story(load_bytes(WARM_UP.encode(), "warm-up.txt"))


def _end_with_parent() -> None:
    """A process whose parent was killed has nobody to read for."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _offer_to_the_kernel() -> None:
    """Where memory runs out, Linux shall end this process rather than the one that writes the library."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("800", encoding="ascii")


def _limit_memory(limit: int | None) -> None:
    if limit is None or sys.platform != "linux":  # elsewhere the kernel does not hold to it
        return
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (limit, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def memory_used() -> int:
    """The bytes of memory that this process has now; 0 where that cannot be told."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def give_back_memory() -> None:
    """Hand freed memory back to the system, where the C library can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
