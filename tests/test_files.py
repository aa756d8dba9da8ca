"""Files are written whole or not at all: whatever happens, what was there is there, or the new."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dramaturg.files import replace_atomically, write_bytes, write_text

WRITE = """
import sys
from dramaturg.files import write_bytes
while True:
    for letter in b"abc":
        write_bytes(sys.argv[1], bytes([letter]) * 3_000_000)
"""
SMALL_DISK = """
import resource, sys
from dramaturg.files import write_bytes
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
write_bytes(sys.argv[1], b"x" * 1_000_000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such kill there")
def test_a_kill_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write_text(target, "the old one")
    for round in range(6):
        process = subprocess.Popen([sys.executable, "-c", WRITE, str(target)])
        end = time.monotonic() + 60
        while target.stat().st_size < 100 and time.monotonic() < end:  # until it has begun
            time.sleep(0.01)
        time.sleep(0.011 * round)
        process.send_signal(signal.SIGKILL)
        process.wait()
        data = target.read_bytes()
        assert len(data) == 3_000_000 and len(set(data)) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    write_text(target, "the old one")

    done = subprocess.run([sys.executable, "-c", SMALL_DISK, str(target)], capture_output=True, text=True)

    assert done.returncode == 1 and "OSError" in done.stderr
    assert target.read_text(encoding="utf-8") == "the old one"
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_a_fault_in_the_middle_leaves_the_old_folder(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), replace_atomically(tmp_path / "old") as new:
        new.mkdir()
        (new / "half").write_text("half", encoding="utf-8")
        raise ZeroDivisionError

    assert (tmp_path / "old").read_text(encoding="utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or sys.platform == "win32", reason="permissions are otherwise there")
def test_permissions_and_links_stay(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old", encoding="utf-8")
    (tmp_path / "real").chmod(0o640)
    (tmp_path / "link").symlink_to(tmp_path / "real")

    write_bytes(tmp_path / "link", b"new")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new" and (tmp_path / "real").stat().st_mode & 0o777 == 0o640
