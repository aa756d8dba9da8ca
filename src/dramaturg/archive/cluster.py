"""Many machines: stories → Parquet files, by Ray.

The machine that calls this hands out batches, never more of them at a time than twice what the cluster has cores for,
and holds no readings: each task writes its own file and answers with counts. In the task a story is read as on one
machine, by the same pool, which sees to the time limit and to stories that take their process down. A task whose
machine or worker is lost is done again by Ray, under the same name of file, so that nothing stands there twice.

Stories must lie where every machine finds them under the same path. The Parquet files go to a folder or to any object
store that fsspec knows (s3://, gs://, abfs:// …, each with its own package).
"""

import contextlib
import hashlib
import re
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from dramaturg.archive.adding import Summary
from dramaturg.archive.items import WHOLE, Item, Listing, Shard, batches, list_items
from dramaturg.archive.parquet import arrow, parquet_bytes, read_parquet
from dramaturg.archive.pool import Pool
from dramaturg.archive.work import Failure, Options, Outcome, hash_corrections, hash_item
from dramaturg.errors import DramaturgError, MissingExtra, UsageError
from dramaturg.files import write_bytes

BATCH_ITEMS, BATCH_BYTES = 256, 4 << 20  # one task, some minutes of a core at most, and one file of Parquet
RETRIES = 5  # of a task whose machine or worker was lost
AHEAD = 2  # batches under way for each core: one in work, one that waits beside it
SUFFIX = ".parquet"
RUN = re.compile(r"run(\d+)-[^/]*$")
INSTALL = "reading on a cluster needs Ray and PyArrow: pip install 'dramaturg[cluster]'"


def add_on_ray(
    wanted: Sequence[str],
    target: str,
    options: Options | None = None,
    *,
    address: str | None = None,
    shard: Shard = WHOLE,
    retry: bool = False,
    batch_items: int = BATCH_ITEMS,
    tell: Callable[[Summary, Outcome | None], None] = lambda summary, outcome: None,
) -> Summary:
    """Read the stories that `wanted` names on a Ray cluster, into Parquet files in the folder or store `target`.

    What stands there already, unchanged, is skipped; with `retry`, not what failed. `address`: of the cluster; "auto"
    for the one this machine belongs to; "local" or None to start one on this machine, or use the one connected to.
    `tell` is told after each batch. Raises UsageError, and whatever Ray does where the cluster is lost for good.
    """
    ray = _ray()
    arrow()
    options = options or Options()
    files, folder = _file_system(target)
    with _connected(ray, address):
        listing = list_items(wanted, shard)
        summary = _summary(listing)
        known = _Known(files, folder)
        task = ray.remote(num_cpus=1, max_retries=RETRIES, retry_exceptions=[OSError])(read_batch)
        under_way: dict[Any, list[Item]] = {}
        most = AHEAD * max(1, int(ray.cluster_resources().get("CPU", 1)))
        unknown = known.without(listing, options, retry, summary, tell)
        for batch in batches(unknown, batch_items, BATCH_BYTES):
            while len(under_way) >= most:
                _collect(ray, under_way, summary, tell)
            under_way[task.remote(batch, target, options, known.next_prefix)] = batch
        while under_way:
            _collect(ray, under_way, summary, tell)
    return summary


def read_batch(items: Sequence[Item], target: str, options: Options, prefix: str) -> tuple[int, int, int]:
    """Read a few stories and write one Parquet file. Returns how many were read, how many failed, and their bytes.

    The name of the file hangs on `prefix` and the stories' names and contents: done again, it is the same file.
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
    """All that the Parquet files in a folder or store hold, the latest last. Raises as `read_parquet`; UsageError."""
    files, folder = _file_system(target)
    for path in sorted(files.glob(f"{folder}/*{SUFFIX}")):
        with files.open(path, "rb") as file:
            yield from read_parquet(path, file)


_pools: dict[str, Pool] = {}


def _pool(options: Options) -> Pool:
    """The pool of this process of Ray's, kept from task to task with the model loaded: one process that reads."""
    key = repr(options)
    if key not in _pools:
        for pool in _pools.values():
            pool.close()
        _pools.clear()
        _pools[key] = Pool(options, n_workers=1)
    return _pools[key]


def _collect(ray: Any, under_way: dict[Any, list[Item]], summary: Summary, tell: Callable[..., None]) -> None:
    """Wait for one batch. Raises what the task raised: Ray has tried again what trying again can mend."""
    done, _ = ray.wait(list(under_way), num_returns=1)
    for reference in done:
        del under_way[reference]
        try:
            n_read, n_failed, size = ray.get(reference)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, DramaturgError):
                raise error.cause from error
            raise
        summary.read += n_read
        summary.failed += n_failed
        summary.done_size += size
        tell(summary, None)


def _summary(listing: Listing) -> Summary:
    return Summary(listed=len(listing), listed_size=listing.size, started=time.monotonic())


# ---- what stands there already


class _Known:
    """What the Parquet files hold already, by place, on disk however much it is.

    `next_prefix`: of the names of the files to come. Each run counts one up, so that where a story was read again the
    later reading stands in the later file.
    """

    def __init__(self, files: Any, folder: str) -> None:
        self._database = sqlite3.connect("")
        self._database.execute(
            "CREATE TABLE known (place TEXT PRIMARY KEY, sha256 TEXT, corrections TEXT, failed INTEGER) WITHOUT ROWID"
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
                        "INSERT OR REPLACE INTO known VALUES (:place, :sha256, :corrections, :exit_code)",
                        batch.to_pylist(),
                    )

    def without(
        self, listing: Listing, options: Options, retry: bool, summary: Summary, tell: Callable[..., None]
    ) -> Iterator[Item]:
        """The items that are still to be read."""
        for item in listing:
            if item.kind != "story":
                raise UsageError(f"{item.path}: this holds readings, no story. Add it without --ray.")
            if self._holds(item, options, retry):
                summary.skipped += 1
                summary.skipped_size += item.size
                tell(summary, None)
            else:
                yield item

    def _holds(self, item: Item, options: Options, retry: bool) -> bool:
        row = self._database.execute(
            "SELECT sha256, corrections, failed FROM known WHERE place = ?", (item.place,)
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
    """A connection to the cluster; one that was there is used and stays."""
    if ray.is_initialized():
        yield
        return
    try:
        ray.init(address=None if address == "local" else address, log_to_driver=False, include_dashboard=False)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"--ray {address}: there is no such cluster ({error}). `ray start --head` starts one."
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _file_system(target: str) -> tuple[Any, str]:
    """The file system that an address stands for, and the path in it. Raises UsageError where fsspec knows none."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra(INSTALL) from error
    try:
        files, folder = url_to_fs(target)
        files.makedirs(folder, exist_ok=True)
    except (ImportError, ValueError, OSError) as error:
        raise UsageError(f"--to {target}: nothing can be written there ({error}).") from error
    return files, str(folder).rstrip("/")


def _write(files: Any, path: str, data: bytes) -> None:
    """All or nothing: in a folder beside and renamed; an object store shows an object only once it is whole."""
    if "file" not in (files.protocol if isinstance(files.protocol, tuple | list) else (files.protocol,)):
        files.pipe_file(path, data)
        return
    write_bytes(path, data)
