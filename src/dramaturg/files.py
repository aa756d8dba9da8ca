"""Writing files so that a full disk or a kill leaves the old file or the new, never half of one."""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_text(target: str | Path, text: str) -> None:
    """Write UTF-8 beside `target`, then rename, as `write_bytes` does."""
    write_bytes(target, text.encode("utf-8"))


def write_bytes(target: str | Path, data: bytes) -> None:
    """Write beside `target`, then rename. `-` is standard output; a pipe or device is written directly.

    A link keeps pointing where it did, and a file that was there keeps its permissions.
    Raises OSError where the target cannot be written.
    """
    if str(target) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(target).resolve()
    if is_special(path):
        with path.open("wb") as file:
            file.write(data)
        return
    with beside(path) as new:
        with new.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the name must not reach the disk before what it names
        if path.exists():
            new.chmod(path.stat().st_mode & 0o7777)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A name beside `target` for a new file or folder, renamed to it at the end, removed where that fails."""
    path = target.resolve()
    # Not named after the target, whose name may already be as long as a name can be.
    new = path.with_name(f".dramaturg-{secrets.token_hex(8)}")
    try:
        yield new
        new.replace(path)
    except BaseException:
        if new.is_dir():
            shutil.rmtree(new, ignore_errors=True)
        else:
            new.unlink(missing_ok=True)
        raise


def is_special(path: Path) -> bool:
    """Whether something is there that cannot be replaced by a file: a pipe, a device, a folder."""
    return path.exists() and not path.is_file()
