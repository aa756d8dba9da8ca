"""Writing files atomically: after a full disk or a kill there is the old file or the new one, never half of one."""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def write_text(target: str | Path, text: str) -> None:
    """Write a text as UTF-8, as `write_bytes` does."""
    write_bytes(target, text.encode("utf-8"))


def write_bytes(target: str | Path, data: bytes) -> None:
    """Write to a temporary file next to `target`, then rename it.

    `-` is standard output. A pipe or device is written directly. A symbolic link is followed, and an existing file
    keeps its permissions. Raises OSError if the target cannot be written.
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
    with replace_atomically(path) as temporary:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # the contents must reach the disk before the name
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o7777)


@contextmanager
def replace_atomically(target: Path) -> Iterator[Path]:
    """A temporary path next to `target` for a new file or folder. It is renamed to `target` at the end, or removed."""
    path = target.resolve()
    # The name of the target may already have the maximum length, so it is not used here.
    temporary = path.with_name(f".dramaturg-{secrets.token_hex(8)}")
    try:
        yield temporary
        temporary.replace(path)
    except BaseException:
        if temporary.is_dir():
            shutil.rmtree(temporary, ignore_errors=True)
        else:
            temporary.unlink(missing_ok=True)
        raise


def is_special(path: Path) -> bool:
    """Whether there is something at `path` that a file cannot replace: a pipe, a device, a folder."""
    return path.exists() and not path.is_file()
