"""A real cluster of Ray's on this machine: pip install ray pyarrow fsspec; skipped where they are absent."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dramaturg.archive import Library, add
from dramaturg.archive.ingest import Summary, merge
from dramaturg.archive.listing import list_items
from dramaturg.cli import main

ray: Any = pytest.importorskip("ray")
pytest.importorskip("pyarrow")
pytest.importorskip("fsspec")

from dramaturg.archive.parquet import read_parquet  # noqa: E402
from dramaturg.archive.ray_jobs import add_on_ray, outcomes_in  # noqa: E402 (only where Ray is)

N_STORIES = 24


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    # Without it they have 15, with which nothing gets done on a busy machine.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 (its name)
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stories")
    for number in range(N_STORIES):
        text = f"“I have {number} letters,” said Ann to Bo.\n\n“Then read them, Ann,” Bo said.\n\n"
        (folder / f"{number:02}.txt").write_text(text * (1 + number), encoding="utf-8")
    (folder / "empty.txt").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def alone(stories: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    with Library(tmp_path_factory.mktemp("alone") / "books.db", create=True) as library:
        add(library, [str(stories)], n_workers=1)
        return list(library.documents())


def kill_a_worker(killed: list[int], ended: threading.Event) -> None:
    """Kill the first worker of the cluster's that is seen at work, a moment after."""
    while not killed and not ended.is_set():
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                command = path.read_bytes()
            except OSError:
                continue
            if command.startswith(b"ray::read_batch"):
                time.sleep(0.3)
                os.kill(int(path.parent.name), signal.SIGKILL)
                killed.append(int(path.parent.name))
                return
        time.sleep(0.05)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="its workers cannot be found here")
def test_a_worker_killed_changes_nothing(
    cluster: None, stories: Path, alone: list[tuple[str, bytes]], tmp_path: Path
) -> None:
    killed: list[int] = []
    ended = threading.Event()
    killer = threading.Thread(target=kill_a_worker, args=(killed, ended), daemon=True)
    killer.start()

    summary = add_on_ray([str(stories)], str(tmp_path / "parts"), batch_items=4)

    ended.set()
    killer.join()
    assert len(killed) == 1
    assert (summary.read, summary.failed, summary.skipped) == (N_STORIES, 1, 0)
    with Library(tmp_path / "books.db", create=True) as library:
        merged = add(library, [str(tmp_path / "parts")])
        assert (merged.read, merged.failed) == (N_STORIES, 1)
        assert list(library.documents()) == alone


def test_what_is_there_is_not_read_again(cluster: None, stories: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "parts")
    told: list[Summary] = []
    first = add_on_ray([str(stories / "0*.txt")], target, on_progress=lambda summary, outcome: told.append(summary))
    again = add_on_ray([str(stories / "0*.txt")], target)
    (tmp_path / "new.txt").write_text("“Yes,” said Ann.\n", encoding="utf-8")
    more = add_on_ray([str(tmp_path / "new.txt"), str(stories / "0*.txt")], target)
    (tmp_path / "new.txt").write_text("“No,” said Ann.\n", encoding="utf-8")
    changed = add_on_ray([str(tmp_path / "new.txt")], target)

    assert told and first.read == 10
    assert (again.read, again.skipped) == (0, 10)
    assert (more.read, more.skipped) == (1, 10)
    assert changed.read == 1
    with Library(tmp_path / "books.db", create=True) as library:
        add(library, [target])
        texts = [document for place, document in library.documents() if place.endswith("new.txt")]
    assert len(texts) == 1 and "“No,”".encode() in texts[0]


def test_an_object_store(cluster: None, stories: Path, alone: list[tuple[str, bytes]], tmp_path: Path) -> None:
    # fsspec's "local://" goes the way of folders, "simplecache" and the like that of stores: here one that is at hand.
    target = f"dir::file://{tmp_path}/store"
    summary = add_on_ray([str(stories / "0*.txt")], target)

    assert summary.read == 10
    found = [outcome for item in list_items([str(tmp_path / "store")]) for outcome in read_parquet(item.path)]
    assert len(found) == 10 and len(list(outcomes_in(target))) == 10
    with Library(tmp_path / "books.db", create=True) as library:
        assert merge(library, outcomes_in(target)).read == 10
        assert merge(library, outcomes_in(target)).skipped == 10
        assert list(library.documents()) == alone[:10]


def test_the_command(cluster: None, stories: Path, alone: list[tuple[str, bytes]], tmp_path: Path) -> None:
    db = tmp_path / "books.db"
    arguments = ["library", "--db", str(db), "add", str(stories), "--ray", "local"]

    assert main([*arguments, "--to", f"file://{tmp_path}/parts"]) == 0
    with Library(db, read_only=True) as library:
        assert list(library.documents()) == alone
    assert main(["library", "--db", str(db), "export", "-o", str(tmp_path / "all.parquet")]) == 0
    assert sum(1 for _ in read_parquet(str(tmp_path / "all.parquet"))) == N_STORIES + 1


def test_it_needs_a_place_for_its_files(stories: Path) -> None:
    assert main(["library", "add", str(stories), "--ray", "local"]) == 2
