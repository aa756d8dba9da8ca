"""What a process may do with its stories that no story should: for tests of the pool that must survive it."""

import os
import signal
import time
from collections.abc import Iterator, Sequence

from dramaturg.archive import story_reader
from dramaturg.archive.listing import Item
from dramaturg.archive.outcomes import Failure, Outcome
from dramaturg.archive.story_reader import Options, read_item


def misread(items: Sequence[Item], options: Options) -> Iterator[Outcome]:
    """Read as ever, but for stories whose names tell what becomes of the process over them."""
    for item in items:
        if item.name.startswith("segfault"):
            os.kill(os.getpid(), signal.SIGSEGV)
        elif item.name.startswith("killed"):
            os.kill(os.getpid(), signal.SIGKILL)
        elif item.name.startswith("leaves"):
            os._exit(7)
        elif item.name.startswith("stuck"):
            time.sleep(600)
        elif item.name.startswith("fault"):
            raise ZeroDivisionError("a fault of ours")
        elif item.name.startswith("hangup"):
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGHUP)
        elif item.name.startswith("threads"):
            yield Outcome(item, None, None, 0.0, Failure(int(os.environ["DRAMATURG_THREADS"]), "so many threads"))
            continue
        elif item.name.startswith("greedy"):
            story_reader.read = _read_greedily  # type: ignore[assignment]
        yield read_item(item, options)


def _read_greedily(*_: object, **__: object) -> None:
    bytearray(8 << 30)
