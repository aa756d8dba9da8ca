"""Ten thousand short stories read into one library, killed again and again: losses, duplicates and speed.

    python -m benchmarks.library --corpora CORPORA
    python -m benchmarks.library --corpora CORPORA --stories 300 --broken 20 --kills 5 --kill-within 6

The stories are cut from the corpora's novels at paragraphs, to at most 2,000 characters, and varied: quotation marks,
line breaks, formats, some packed in a ZIP. They are written to a temporary folder, which is deleted at the end; with
--in FOLDER everything stays there, and the same command continues where it was stopped. Without --corpora they are
cut from examples/. Some files are broken, in all the ways in which real files are.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 2_000  # characters of a story
SHORTEST = 300
IN_CORPORA = ("pdnc/data/*/novel_text.txt", "litbank/original/*.txt")
IN_ZIP = 10  # one of so many stories is packed
MIB = 1 << 20


# ---- stories


def novels(corpora: Path | None) -> list[str]:
    """The texts that stories are cut from."""
    folder, patterns = (ROOT / "examples", ("*.txt",)) if corpora is None else (corpora, IN_CORPORA)
    places = [path for pattern in patterns for path in folder.glob(pattern)]
    return [path.read_text(encoding="utf-8", errors="replace") for path in sorted(places)]


def cut(text: str, chance: random.Random) -> str:
    """A stretch of whole paragraphs from a random place, or part of one that is too long."""
    start = text.find("\n\n", chance.randrange(max(1, len(text) - LONGEST)))
    piece = text[start + 2 : start + 2 + chance.randint(SHORTEST, LONGEST - 100)] if start >= 0 else text[:LONGEST]
    end = piece.rfind("\n\n", SHORTEST)
    return (piece[:end] if end > 0 else piece).strip()


def vary(text: str, chance: random.Random) -> str:
    """The same, typed otherwise."""
    if chance.random() < 0.4:
        text = text.translate(str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "—": "-"}))
    if chance.random() < 0.5:
        text = "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
    return text.replace("\n", "\r\n") if chance.random() < 0.1 else text


def good(number: int, texts: list[str], chance: random.Random) -> tuple[str, bytes]:
    """The name and the bytes of one story. It contains its number, so that no two are the same."""
    text = ""
    while len(text) < SHORTEST:
        text = vary(cut(chance.choice(texts), chance), chance)
    text = f"Story {number}\n\n{text[: LONGEST - 40]}\n"
    kind = chance.random()
    if kind < 0.15:
        body = "".join(f"<p>{escape(part)}</p>\n" for part in text.split("\n\n"))
        return (
            f"{number:06}.html",
            f"<html><head><title>Story {number}</title></head><body>{body}</body></html>".encode(),
        )
    if kind < 0.25:
        return f"{number:06}.txt", text.encode("cp1252", "replace")
    return f"{number:06}.{'md' if kind < 0.35 else 'txt'}", text.encode()


def broken(number: int, chance: random.Random) -> tuple[str, bytes]:
    """The name and the bytes of a file that nobody can read."""
    noise = chance.randbytes(chance.randint(200, 4_000))
    kinds = [
        ("txt", b""),
        ("txt", b" \r\n\t" * chance.randint(1, 50)),
        ("txt", b"\x7fELF\x02\x01\x01" + bytes(9) + noise),
        ("epub", b"PK\x03\x04\x14\0\0\0\x08\0" + noise),
        ("docx", b"PK\x03\x04\x14\0\0\0\x08\0" + noise),
        ("html", f"<html><body><!-- {number} --></body></html>".encode()),
        ("pdf", b"%PDF-1.7\n" + noise),
        ("jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + noise),
    ]
    ending, data = kinds[number % len(kinds)]
    return f"broken-{number:05}.{ending}", data


def make_stories(folder: Path, n_stories: int, n_broken: int, corpora: Path | None) -> None:
    """Write them all: in folders of a thousand, and some in a ZIP. The same ones for the same numbers."""
    if folder.exists():
        return
    whole, folder = folder, folder.with_name(f"{folder.name}.part")  # renamed when all are there
    shutil.rmtree(folder, ignore_errors=True)
    chance = random.Random(n_stories)
    texts = novels(corpora)
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(n_stories):
            name, data = good(number, texts, chance)
            if number % IN_ZIP == 0:
                archive.writestr(name, data)
            else:
                place = folder / f"{number // 1000:03}"
                place.mkdir(exist_ok=True)
                (place / name).write_bytes(data)
    for number in range(n_broken):
        name, data = broken(number, chance)
        (folder / f"{number * 20 // 1000:03}").mkdir(exist_ok=True)
        (folder / f"{number * 20 // 1000:03}" / name).write_bytes(data)
    folder.rename(whole)


# ---- running and killing


def command(db: Path, folder: Path, *more: str) -> list[str]:
    """What a person would type."""
    return [sys.executable, "-m", "dramaturg", "library", "--db", str(db), "add", str(folder), "--quiet", *more]


@dataclass
class Memory:
    """The most that a process and all it started had at one time, in bytes; and the one of them that had most."""

    whole: int = 0
    one: int = 0


@contextmanager
def watched(pid: int) -> Iterator[Memory]:
    """Look at a process and its children twice a second. Linux only; elsewhere nothing is found."""
    found, done = Memory(), threading.Event()

    def look() -> None:
        while not done.wait(0.5):
            sizes = list(_sizes(pid))
            found.whole, found.one = max(found.whole, sum(sizes)), max([found.one, *sizes])

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def _sizes(pid: int) -> Iterator[int]:
    """Resident bytes of a process and of those it started; pages they share count for each."""
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        try:
            yield int(Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
        except (OSError, ValueError, IndexError):
            continue


@dataclass
class Killed:
    """What came of the kills. `wall`: seconds of all runs together, but for one that the benchmark was stopped in."""

    kills: int = 0
    after_kill: list[int] = field(default_factory=list)
    wall: float = 0.0
    memory: Memory = field(default_factory=Memory)

    @classmethod
    def load(cls, place: Path) -> "Killed":
        """What an earlier call of the benchmark has seen, if there was one."""
        if not place.exists():
            return cls()
        told = json.loads(place.read_text(encoding="utf-8"))
        return cls(**{**told, "memory": Memory(**told["memory"])})

    def save(self, place: Path) -> None:
        """For a later call of the benchmark."""
        place.write_text(json.dumps(asdict(self)), encoding="utf-8")


def kill_and_finish(db: Path, folder: Path, n_kills: int, within: float, workers: int) -> Killed:
    """Run, kill at a random time, look; so many times; then run to the end.

    Every other kill comes at any time, while it starts too; the others once something new has been stored. Raises
    AssertionError where something is lost.
    """
    told = db.with_suffix(".killed.json")
    result, before = Killed.load(told), places(db)
    for number in range(len(result.after_kill), n_kills):
        wait = random.Random(f"{n_kills}, {number}").uniform(0.2, within)
        process = subprocess.Popen(command(db, folder, "--workers", str(workers)), stderr=subprocess.DEVNULL)
        with _measured(process, result):
            if number % 2:
                _wait_for_more(db, len(before), process)
            try:
                process.wait(wait)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                result.kills += 1
        now = places(db)
        assert before <= now, f"{len(before - now)} were there before the kill and are not after it"
        result.after_kill.append(len(now))
        result.save(told)
        before = now
    process = subprocess.Popen(command(db, folder, "--workers", str(workers)))
    with _measured(process, result):
        assert process.wait() == 0
    result.save(told)
    return result


@contextmanager
def _measured(process: "subprocess.Popen[bytes]", result: Killed) -> Iterator[None]:
    """Its time, and the most memory it held, go to the result."""
    started = time.monotonic()
    with watched(process.pid) as memory:
        yield
    result.wall += time.monotonic() - started
    _larger(result.memory, memory)


def _wait_for_more(db: Path, n_before: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None and len(places(db)) <= n_before:
        time.sleep(0.2)


def _larger(one: Memory, other: Memory) -> None:
    one.whole, one.one = max(one.whole, other.whole), max(one.one, other.one)


def places(db: Path) -> set[str]:
    """All places that a library tells of, read or failed."""
    from dramaturg.archive import Library
    from dramaturg.errors import UsageError

    try:
        with Library(db, read_only=True) as library:
            return {
                row[0]
                for row in library.database.execute("SELECT place FROM stories UNION ALL SELECT place FROM failures")
            }
    except UsageError:  # killed before there was one
        return set()


def prove(db: Path, folder: Path, n_stories: int, n_broken: int) -> dict[str, object]:
    """Count what is there. Raises AssertionError where it is not what was made."""
    from dramaturg.archive import Library
    from dramaturg.archive.listing import list_items
    from dramaturg.archive.queries import stats
    from dramaturg.archive.verify import verify

    with Library(db, read_only=True) as library:
        told = stats(library)
        wrong = list(verify(library, files=True))
        ask = library.database.execute
        stories = {row[0] for row in ask("SELECT place FROM stories")}
        failed = {row[0] for row in ask("SELECT place FROM failures")}
        titles = ask("SELECT count(DISTINCT substr(text, 1, 40)) FROM passages WHERE number = 0").fetchone()[0]
    made = {item.place for item in list_items([str(folder)])}
    assert (told["stories"], told["failed"]) == (n_stories, n_broken), (told["stories"], told["failed"])
    assert stories | failed == made and not stories & failed
    assert all("broken-" in place for place in failed) and not any("broken-" in place for place in stories)
    assert not wrong, wrong[:5]
    return {"stories": told["stories"], "failed": told["failed"], "by exit code": told["failures"], "titles": titles}


# ---- rates


def rate(folder: Path, n_stories: int, workers: int) -> tuple[float, float]:
    """Stories a minute into a fresh library, the start of the processes included: by the clock, and by one core's time.

    The second is what a core does in a minute that it has for itself; on a busy machine it says more.
    """
    with tempfile.TemporaryDirectory() as place:
        started, before = time.monotonic(), os.times()
        subprocess.run(command(Path(place) / "books.db", folder, "--workers", str(workers)), check=True)
        after = os.times()
        used = sum(after[2:4]) - sum(before[2:4])  # of the children: user, system
        return 60 * n_stories / (time.monotonic() - started), 60 * n_stories / used


ALONE = """
import json, sys, time, zipfile
from pathlib import Path
from dramaturg import DramaturgError, encoder
from dramaturg.pipeline import read_story
from dramaturg.sources import load_bytes
folder = Path(sys.argv[1])
data = [(path.name, path.read_bytes()) for path in sorted(folder.rglob("*.*")) if path.suffix != ".zip"]
with zipfile.ZipFile(folder / "packed.zip") as archive:
    data += [(name, archive.read(name)) for name in archive.namelist()]
read_story(load_bytes(b"Ann ran.", "warm.txt"))
class Timed:
    seconds = 0.0
    def run(self, *given):
        started = time.process_time()
        found = session.run(*given)
        Timed.seconds += time.process_time() - started
        return found
session = encoder.load_session()
encoder.load_session = Timed
started, at = time.process_time(), time.perf_counter()
n = 0
for name, one in data:
    try:
        read_story(load_bytes(one, name)).to_json()
        n += 1
    except DramaturgError:
        pass
print(json.dumps({"stories": n, "seconds": time.perf_counter() - at, "processor": time.process_time() - started,
                  "encoder": Timed.seconds}))
"""


def rate_alone(folder: Path) -> tuple[float, float, float]:
    """Stories a minute of one process that reads them all and writes nothing: by the clock, by its core's time, and
    by the time of its encoder's network alone. Loading the model is not counted.
    """
    environment = {**os.environ, "DRAMATURG_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder)], env=environment, check=True, capture_output=True, text=True
    )
    told = json.loads(done.stdout)
    clock, core, network = (60 * float(told["stories"]) / float(told[n]) for n in ("seconds", "processor", "encoder"))
    return clock, core, network


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the stories, kill, prove, measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.library", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--corpora", type=Path, help="the folder of the corpora")
    parser.add_argument(
        "--in", dest="place", type=Path, metavar="FOLDER", help="keep all there, and go on with what is"
    )
    parser.add_argument("--stories", type=int, default=9_500, help="that can be read (default: 9500)")
    parser.add_argument("--broken", type=int, default=500, help="that cannot (default: 500)")
    parser.add_argument("--kills", type=int, default=20, help="how often (default: 20)")
    parser.add_argument("--kill-within", type=float, default=20.0, help="seconds (default: 20)")
    parser.add_argument("--workers", type=int, default=2, help="processes while it is killed (default: 2)")
    parser.add_argument("--curve", default="1,2", help="processes to measure the rate with (default: 1,2; empty: none)")
    parser.add_argument("--rate-stories", type=int, default=1_000, help="for the rates (default: 1000)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dramaturg-library-") as temporary:
        place = options.place or temporary
        folder = Path(place) / "stories"
        make_stories(folder, options.stories, options.broken, options.corpora)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        print(f"{options.stories:,} stories and {options.broken:,} broken files, {size / 1e6:.1f} MB", flush=True)
        db = Path(place) / "books.db"
        killed = kill_and_finish(db, folder, options.kills, options.kill_within, options.workers)
        print(f"killed {killed.kills} times; in the library after each: {killed.after_kill}")
        print(f"in the end: {json.dumps(prove(db, folder, options.stories, options.broken))}")
        again = subprocess.run([*command(db, folder)[:-1]], capture_output=True, text=True, check=True)
        print(f"once more: {again.stderr.strip()}")
        print(f"all runs together: {killed.wall:.0f} s, {60 * options.stories / killed.wall:,.0f} stories a minute")
        whole, one = killed.memory.whole / MIB, killed.memory.one / MIB
        print(f"peak memory: {whole:.0f} MiB together, {one:.0f} MiB in one process")
        print(f"library: {db.stat().st_size / 1e6:.1f} MB, {db.stat().st_size / size:.2f} times the files", flush=True)
        counts = [int(n) for n in options.curve.split(",") if n]
        if counts:
            n_rate = min(options.rate_stories, options.stories)
            make_stories(Path(place) / "fewer", n_rate, 0, options.corpora)
            print(f"\nstories a minute, {n_rate:,} stories     by the clock   of a core's time")
            clock, core, network = rate_alone(Path(place) / "fewer")
            print(f"  the encoder's network alone   {'':>14}   {network:>14,.0f}")
            alone = f"{clock:>14,.0f}   {core:>14,.0f}   {network / core:.2f} × the network's"
            print(f"  one process, only reading     {alone}", flush=True)
            for n in counts:
                clock, core = rate(Path(place) / "fewer", n_rate, n)
                print(f"  library add --workers {n:<4}    {clock:>14,.0f}   {core:>14,.0f}", flush=True)


if __name__ == "__main__":
    main()
