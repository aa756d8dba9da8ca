"""Reading on many machines: stories → Parquet files, as tasks of a Ray cluster.

The calling machine hands out batches, at most BATCHES_PER_CORE for each core of the cluster, and holds no readings:
each task writes its own Parquet file and returns counts. Inside a task, stories are read by the same pool as on one
machine, which handles the time limit and stories that crash their process. If a machine or worker is lost, Ray runs the
task again. The file name is the same then, so nothing is stored twice.

Every machine must find the stories under the same path. The Parquet files go to a folder, or to any object store that
fsspec supports (s3://, gs://, abfs:// …, each with a package of its own).
"""

import contextlib
import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from typing import Any

from dramaturg.archive.ingest import OnProgress, Summary
from dramaturg.archive.listing import WHOLE, Item, Listing, Shard, batches, list_items
from dramaturg.archive.outcomes import Failure, Outcome
from dramaturg.archive.parquet import arrow, parquet_bytes, read_parquet
from dramaturg.archive.pool import Pool
from dramaturg.archive.story_reader import Options, hash_corrections, hash_item
from dramaturg.errors import DramaturgError, MissingExtra, UsageError
from dramaturg.files import write_bytes

MAX_BATCH_ITEMS, MAX_BATCH_BYTES = 256, 4 << 20  # of a task: a few minutes of one core, and one Parquet file
MAX_RETRIES = 5  # of a task whose machine or worker was lost
BATCHES_PER_CORE = 2  # one being read, one waiting
SUFFIX = ".parquet"
RUN = re.compile(r"run(\d+)-[^/]*$")
INSTALL = "reading on a cluster needs Ray and PyArrow: pip install 'dramaturg[cluster]'"


def add_on_ray(
    paths: Sequence[str],
    target: str,
    options: Options | None = None,
    *,
    address: str | None = None,
    shard: Shard = WHOLE,
    retry: bool = False,
    batch_items: int = MAX_BATCH_ITEMS,
    on_progress: OnProgress = lambda summary, outcome: None,
) -> Summary:
    """Read stories on a Ray cluster, into Parquet files in `target`, a folder or the URL of an object store.

    Stories that are already there and have not changed are skipped; with `retry`, failed ones are read again. `address`
    is the cluster's; "auto" is the cluster this machine belongs to; "local" or None starts one on this machine, or uses
    the one you are connected to. `on_progress` is called after each batch.

    Raises UsageError, and Ray's own errors if the whole cluster is lost.
    """
    ray = _ray()
    arrow()
    options = options or Options()
    files, folder = _file_system(target)
    with _connected(ray, address):
        listing = list_items(paths, shard)
        summary = _summary(listing)
        stored = _StoredOutcomes(files, folder)
        task = ray.remote(num_cpus=1, max_retries=MAX_RETRIES, retry_exceptions=[OSError])(read_batch)
        running: dict[Any, list[Item]] = {}
        max_running = BATCHES_PER_CORE * max(1, int(ray.cluster_resources().get("CPU", 1)))
        unread = stored.unread(listing, options, retry, summary, on_progress)
        for batch in batches(unread, batch_items, MAX_BATCH_BYTES):
            while len(running) >= max_running:
                _collect(ray, running, summary, on_progress)
            running[task.remote(batch, target, options, stored.next_prefix)] = batch
        while running:
            _collect(ray, running, summary, on_progress)
    return summary


def read_batch(items: Sequence[Item], target: str, options: Options, prefix: str) -> tuple[int, int, int]:
    """Read a batch and write one Parquet file. Returns the number read, the number failed, and their size in bytes.

    The file name depends on `prefix` and on the names and contents of the stories, so a retry writes the same file.
    """
    outcomes = sorted(_pool(options).read(items), key=lambda outcome: outcome.item.place)
    digest = hashlib.sha256()
    for outcome in outcomes:
        digest.update(f"{outcome.item.place}\0{outcome.sha256}\0{outcome.corrections}\0".encode())
    files, folder = _file_system(target)
    _write(files, f"{folder}/{prefix}{digest.hexdigest()[:24]}{SUFFIX}", parquet_bytes(outcomes))
    n_failed = sum(isinstance(outcome.result, Failure) for outcome in outcomes)
    return len(outcomes) - n_failed, n_failed, sum(outcome.item.size for outcome in outcomes)


def outcomes_in(target: str) -> Iterator[Outcome]:
    """The outcomes in the Parquet files of a folder or store, latest last. Raises UnreadableStory, UsageError."""
    files, folder = _file_system(target)
    for path in sorted(files.glob(f"{folder}/*{SUFFIX}")):
        with files.open(path, "rb") as file:
            yield from read_parquet(path, file)


_pools: dict[str, Pool] = {}


def _pool(options: Options) -> Pool:
    """The pool of this Ray worker, kept from task to task so that the model stays loaded. It has one process."""
    key = repr(options)
    if key not in _pools:
        for pool in _pools.values():
            pool.close()
        _pools.clear()
        _pools[key] = Pool(options, n_workers=1)
    return _pools[key]


def _collect(ray: Any, running: dict[Any, list[Item]], summary: Summary, on_progress: OnProgress) -> None:
    """Wait for one batch. Raises what the task raised, after Ray's retries."""
    done, _ = ray.wait(list(running), num_returns=1)
    for reference in done:
        del running[reference]
        try:
            n_read, n_failed, size = ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, DramaturgError):
                raise error.cause from error
            raise
        summary.read += n_read
        summary.failed += n_failed
        summary.done_size += size
        on_progress(summary, None)


def _summary(listing: Listing) -> Summary:
    return Summary(listed=len(listing), listed_size=listing.size, started=time.monotonic())


# ---- what is there already


class _StoredOutcomes:
    """What the Parquet files already hold, by place, in a temporary database on disk.

    `next_prefix` begins the names of the files to come. Its number is one higher in each run, so that if a story was
    read again, the later reading is in the later file.
    """

    def __init__(self, files: Any, folder: str) -> None:
        self._database = sqlite3.connect("")
        self._database.execute(
            "CREATE TABLE stored (place TEXT PRIMARY KEY, sha256 TEXT, corrections TEXT, failed INTEGER) WITHOUT ROWID"
        )
        parquet = arrow()
        paths = sorted(files.glob(f"{folder}/*{SUFFIX}"))
        runs = [int(match[1]) for path in paths if (match := RUN.search(path))]
        self.next_prefix = f"run{max(runs, default=0) + 1:05}-"
        for path in paths:
            with files.open(path, "rb") as file:
                columns = ["place", "sha256", "corrections", "exit_code"]
                for batch in parquet.ParquetFile(file).iter_batches(columns=columns):
                    self._database.executemany(
                        "INSERT OR REPLACE INTO stored VALUES (:place, :sha256, :corrections, :exit_code)",
                        batch.to_pylist(),
                    )

    def unread(
        self, listing: Listing, options: Options, retry: bool, summary: Summary, on_progress: OnProgress
    ) -> Iterator[Item]:
        """The items still to be read."""
        for item in listing:
            if item.kind != "story":
                raise UsageError(f"{item.path}: this file holds readings, not a story. Add it without --ray.")
            if self._is_up_to_date(item, options, retry):
                summary.skipped += 1
                summary.skipped_size += item.size
                on_progress(summary, None)
            else:
                yield item

    def _is_up_to_date(self, item: Item, options: Options, retry: bool) -> bool:
        row = self._database.execute(
            "SELECT sha256, corrections, failed FROM stored WHERE place = ?", (item.place,)
        ).fetchone()
        if row is None or row[0] is None or (row[2] and retry):
            return False
        with contextlib.suppress(DramaturgError):
            return bool(row[:2] == (hash_item(item, options.limits), hash_corrections(item)))
        return False


# ---- Ray and files


def _ray() -> Any:
    try:
        import ray
    except ImportError as error:
        raise MissingExtra(INSTALL) from error
    return ray


@contextlib.contextmanager
def _connected(ray: Any, address: str | None) -> Iterator[None]:
    """Connect to the cluster. An existing connection is used and stays open."""
    if ray.is_initialized():
        yield
        return
    try:
        ray.init(address=None if address == "local" else address, log_to_driver=False, include_dashboard=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"--ray {address}: there is no such cluster ({error}). Start one with `ray start --head`."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _file_system(target: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it. Raises UsageError if fsspec does not support the URL."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra(INSTALL) from error
    try:
        files, folder = url_to_fs(target)
        files.makedirs(folder, exist_ok=True)
    except (ImportError, ValueError, OSError) as error:
        raise UsageError(f"--to {target}: dramaturg cannot write there ({error}).") from error
    return files, str(folder).rstrip("/")


def _write(files: Any, path: str, data: bytes) -> None:
    """Write a file completely or not at all. Object stores show an object only once it is complete."""
    if "file" not in (files.protocol if isinstance(files.protocol, tuple | list) else (files.protocol,)):
        files.pipe_file(path, data)
        return
    write_bytes(path, data)
