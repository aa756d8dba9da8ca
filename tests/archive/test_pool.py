"""Processes that read: what becomes of one costs one story."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from readers import misread

from dramaturg.archive.listing import list_items
from dramaturg.archive.outcomes import Failure, Outcome, Success
from dramaturg.archive.pool import Pool
from dramaturg.archive.story_reader import Options

STORY = "“Is it late?” asked Ann.\n\n“It is,” said Bo.\n"


def read(folder: Path, options: Options | None = None, n_workers: int = 1) -> dict[str, Outcome]:
    with Pool(options or Options(), n_workers, misread) as pool:
        outcomes = list(pool.read(list_items([str(folder)])))
    assert len(outcomes) == len({outcome.item.place for outcome in outcomes})
    return {outcome.item.name: outcome for outcome in outcomes}


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(STORY, encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a_process_that_dies_costs_one_story(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "fault.txt", "hangup.txt", "killed.txt", "leaves.txt", "m.txt", "segfault.txt", "z.txt")

    found = read(tmp_path, n_workers=2)

    failed = {name: outcome.result.exit_code for name, outcome in found.items() if isinstance(outcome.result, Failure)}
    assert failed == {
        "fault.txt": 1,
        "killed.txt": 128 + signal.SIGKILL,
        "leaves.txt": 1,
        "segfault.txt": 128 + signal.SIGSEGV,
    }
    assert all(isinstance(found[name].result, Success) for name in ("a.txt", "hangup.txt", "m.txt", "z.txt"))
    assert all(outcome.sha256 for outcome in found.values())


def test_a_story_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "stuck.txt", "z.txt")
    started = time.monotonic()

    found = read(tmp_path, Options(timeout=3))

    stuck = found["stuck.txt"].result
    assert isinstance(stuck, Failure) and stuck.exit_code == 4 and "--timeout" in stuck.reason
    assert [name for name, outcome in found.items() if isinstance(outcome.result, Success)] == ["a.txt", "z.txt"]
    assert time.monotonic() - started < 120


@pytest.mark.parametrize(("given", "threads"), [(None, 1), ("3", 3)])
def test_a_process_computes_in_one_thread_unless_told(
    given: str | None, threads: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if given is None:
        monkeypatch.delenv("DRAMATURG_THREADS", raising=False)
    else:
        monkeypatch.setenv("DRAMATURG_THREADS", given)
    write(tmp_path, "threads.txt")

    found = read(tmp_path)["threads.txt"].result

    assert isinstance(found, Failure) and found.exit_code == threads
    assert os.environ.get("DRAMATURG_THREADS") == given


def test_a_process_makes_way_when_it_has_grown(tmp_path: Path) -> None:
    write(tmp_path, *(f"{n}.txt" for n in range(3)))

    # It always has: one batch a process. A batch is a few short stories, so that these are one; another follows.
    with Pool(Options(recycle=-1 << 40), 1) as pool:
        assert len(list(pool.read(list_items([str(tmp_path)])))) == 3
        assert len(list(pool.read(list_items([str(tmp_path)])))) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel does not hold to it")
def test_a_story_that_needs_too_much_memory_fails_alone(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "greedy.txt")

    found = read(tmp_path, Options(memory=2 << 30))

    assert isinstance(found["a.txt"].result, Success)
    greedy = found["greedy.txt"].result
    assert isinstance(greedy, Failure) and greedy.exit_code == 4 and "--memory" in greedy.reason


def test_a_pool_that_nobody_closes_does_not_keep_its_program_from_ending(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    program = (
        "from dramaturg.archive.listing import list_items\nfrom dramaturg.archive.pool import Pool\n"
        "from dramaturg.archive.story_reader import Options\n"
        "if __name__ == '__main__':\n    pool = Pool(Options(), 1)\n"
        f"    print(len(list(pool.read(list_items([{str(tmp_path)!r}])))))\n"
    )
    (tmp_path / ".program.py").write_text(program, encoding="utf-8")

    done = subprocess.run([sys.executable, str(tmp_path / ".program.py")], capture_output=True, text=True, timeout=120)

    assert (done.returncode, done.stdout.strip()) == (0, "1")
