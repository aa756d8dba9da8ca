"""Writing files so that a full disk or a kill leaves the old file or the new, never half of one."""

import secrets
import sys
from pathlib import Path


def write_text(target: str | Path, text: str) -> None:
    """Write UTF-8 beside `target`, then rename. `-` is standard output; a pipe or device is written directly.

    A link keeps pointing where it did, and a file that was there keeps its permissions.
    Raises OSError where the target cannot be written.
    """
    data = text.encode("utf-8")
    if str(target) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path = Path(target).resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            file.write(data)
        return
    # Not named after the target, whose name may already be as long as a name can be.
    beside = path.with_name(f".dramaturg-{secrets.token_hex(8)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o7777)
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
