"""Writing files so that a full disk or a kill leaves the old file or the new, never half of one."""

import os
import sys
import tempfile
from pathlib import Path


def write_text(target: str | Path, text: str) -> None:
    """Write UTF-8 beside `target`, then rename. `-` is standard output; a pipe or device is written directly.

    Raises OSError where the target cannot be written.
    """
    if str(target) == "-":
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.flush()
        return
    path = Path(target)
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            file.write(text.encode("utf-8"))
        return
    path = path.resolve()
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
