"""Time and memory to read a story, each in a fresh process: a table.

    python -m benchmarks.speed emma.txt --synthetic
    python -m benchmarks.speed emma.txt --words 10000,100000,1000000
    python -m benchmarks.speed emma.txt --spacy en_core_web_sm --profile

It times one process from start to end. The process does what `dramaturg read FILE --json` does: it reads the story
and makes the whole JSON document, but does not write it. The time of the encoder's network alone is measured on the
way, as the minimum that any program would need. `--profile` shows where the rest goes, and `--spacy` how long spaCy's
pipeline takes for the same text in the same run.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

MB = 1_000_000
MIB = 1 << 20

# Runs in the fresh process. On Linux the peak is read from the process's own memory map: getrusage
# would give the peak of the process that started it, where that was higher.
READ = """
import json, sys, time
import dramaturg
from dramaturg import encoder

class Timed:
    seconds = 0.0

    def run(self, *given):
        started = time.perf_counter()
        found = session.run(*given)
        Timed.seconds += time.perf_counter() - started
        return found

def load():
    global session
    session = session or loaded()
    return Timed()

session, loaded = None, encoder.load_session
encoder.load_session = load
started = time.perf_counter()
reading = dramaturg.read(sys.argv[1])
seconds = time.perf_counter() - started
reading.to_json()
try:
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
except (OSError, StopIteration):
    try:
        import resource
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    except ImportError:
        peak = None
print(json.dumps({
    "reading": seconds,
    "encoder": Timed.seconds,
    "peak": peak,
    "words": len(reading.story.text.split()),
    "quotations": len(reading.quotations),
    "characters": len(reading.characters),
}))
"""


# The same, with each step timed. A step that runs inside another is not counted with it.
PROFILE = """
import json, sys, time
from functools import wraps
from dramaturg import cast, encoder, pipeline
from dramaturg.layers.neural import run

spent, running = {}, []

def timed(name, function):
    @wraps(function)
    def step(*given, **named):
        running.append(0.0)
        started = time.perf_counter()
        found = function(*given, **named)
        seconds = time.perf_counter() - started
        spent[name] = spent.get(name, 0.0) + seconds - running.pop()
        if running:
            running[-1] += seconds
        return found
    return step

def put(module, *names, name=None):
    for one in names:
        setattr(module, one, timed(name or one, getattr(module, one)))

put(pipeline, "load", "scan", "annotate_words", "run_rule_layers", "align_mentions")
put(pipeline, "run_neural_layers", name="windows and what is kept of them")

class Network:
    run = timed("encoder", lambda self, *given: session().run(*given))

session = encoder.load_session
encoder.load_session = Network
timed("loading of the network", session)()
put(run, "find_spans", "find_syntax", "find_events", "describe_mentions", "link_mentions")
put(cast, "set_scene", "rank_speakers", "choose_speakers", "find_addressees")
put(pipeline, "make_cast", name="make_cast, the rest")
put(pipeline, "assemble")
reading = timed("the rest of read", pipeline.read)(sys.argv[1])
timed("to_json", reading.to_json)()
print(json.dumps(spent))
"""

# spaCy reads no more than a million characters at once: it is given paragraphs, put together to some hundred thousand.
SPACY = """
import sys, time
import spacy
nlp = spacy.load(sys.argv[2])
text = open(sys.argv[1], encoding="utf-8").read()
pieces, size = [[]], 0
for paragraph in text.split("\\n\\n"):
    if size > 100_000:
        pieces.append([])
        size = 0
    pieces[-1].append(paragraph)
    size += len(paragraph)
started = time.perf_counter()
for piece in pieces:
    nlp("\\n\\n".join(piece))
print(time.perf_counter() - started)
"""


@dataclass(frozen=True)
class Run:
    """One story read in a fresh process. Sizes in bytes, times in seconds; `fault`: why it came to nothing.

    `wall` is the whole process, `reading` only `dramaturg.read`, `encoder` only the network's part of that. `peak` is
    None where it cannot be had.
    """

    name: str
    size: int
    wall: float
    reading: float = 0.0
    encoder: float = 0.0
    peak: int | None = None
    words: int = 0
    quotations: int = 0
    characters: int = 0
    fault: str | None = None


def time_reading(path: Path, limit: float) -> Run:
    """Read a story in a fresh process, which is ended after `limit` seconds."""
    started = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-c", READ, str(path)], capture_output=True, text=True, encoding="utf-8", timeout=limit
        )
    except subprocess.TimeoutExpired:
        return Run(path.name, path.stat().st_size, time.perf_counter() - started, fault=f"not done in {limit:.0f} s")
    wall = time.perf_counter() - started
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return Run(path.name, path.stat().st_size, wall, fault=f"exit {done.returncode}: {last[:100]}")
    return Run(path.name, path.stat().st_size, wall, **json.loads(done.stdout.splitlines()[-1]))


def print_profile(path: Path) -> None:
    """Print where the time of reading a story goes, step by step."""
    done = subprocess.run([sys.executable, "-c", PROFILE, str(path)], capture_output=True, text=True, check=True)
    spent: dict[str, float] = json.loads(done.stdout)
    total = sum(spent.values())
    print(f"\n{path.name}, step by step: {total:.2f} s, {total / spent['encoder']:.2f} times the encoder's network")
    for name, seconds in sorted(spent.items(), key=lambda one: -one[1]):
        print(f"  {name:34}{seconds:>8.2f} s{seconds / total:>8.1%}{seconds / spent['encoder']:>8.2f}")


def print_spacy(path: Path, model: str, run: Run) -> None:
    """Print how long spaCy's pipeline takes for the same text, its loading left out, and our ratio to it."""
    command = [sys.executable, "-c", SPACY, str(path), model]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"spaCy {model}: {(done.stderr.strip().splitlines() or ['no message'])[-1][:100]}")
        return
    seconds = float(done.stdout.splitlines()[-1])
    print(f"{'spaCy ' + model:28}{'':>18}{'':>9}{seconds:>9.2f}    ours is {run.reading / seconds:.2f} times that")


def cut(path: Path, n_words: int, folder: Path) -> Path:
    """The first so many words of a story, which is repeated if it is shorter."""
    text = path.read_text(encoding="utf-8", errors="replace")
    words = len(text.split())
    whole = "\n\n".join([text] * -(-n_words // max(1, words)))
    end = next((match.end() for n, match in enumerate(re.finditer(r"\S+", whole), 1) if n == n_words), len(whole))
    made = folder / f"{path.stem}-{n_words}.txt"
    made.write_text(whole[:end] + "\n", encoding="utf-8")
    return made


def time_import(module: str | None, n_times: int = 5) -> float:
    """Seconds that a fresh Python takes to import a module (None: to start at all), the best of some."""
    command = [sys.executable, "-c", f"import {module}" if module else "pass"]
    times = []
    for _ in range(n_times):
        started = time.perf_counter()
        subprocess.run(command, check=True)
        times.append(time.perf_counter() - started)
    return min(times)


# Synthetic stories: what a reader must get through in linear time

SENTENCES = (
    "The lamp on the stairs had gone out again.",
    "Marit said, “Leave it, the moon is up,” and went ahead of him.",
    "Nobody had told Oskar about the second letter.",
    "“Who sent it?” he asked.",
    "She looked at the sea for a long while before she answered.",
    "“You did,” said Marit. “You wrote it in your sleep, Mr. Brandt.”",
)
SYLLABLES = ("ba", "do", "fe", "gi", "hu", "ka", "lo", "me", "ni", "pu", "ra", "so", "te", "vi", "wu", "za")
N_MANY = 1_000_000


def one_line(size: int) -> Iterator[str]:
    """Ordinary sentences on one line, `size` code points or a little more."""
    length = sum(len(sentence) + 1 for sentence in SENTENCES)
    n_rounds = -(-size // length)
    yield from (f"{sentence} " for _ in range(n_rounds) for sentence in SENTENCES)


def quotation_lines(size: int) -> Iterator[str]:
    """Paragraphs that are each one quotation without a tag, `size` code points or a little more."""
    n_lines = -(-size // len("“I never said so.”\n\n"))
    yield from islice(cycle(("“I never said so.”\n\n", "“You always say so.”\n\n", "“When, Marit?”\n\n")), n_lines)


def names(n: int) -> Iterator[str]:
    """`n` people, each with a name of their own, and each named once."""
    for number in range(n):
        digits = [SYLLABLES[number >> shift & 15] for shift in range(0, 20, 4)]
        yield f"{''.join(digits[:2]).title()} {''.join(digits[2:]).title()} came in. "
        if number % 10 == 9:
            yield "\n\n"


def same(piece: str, n: int) -> Iterator[str]:
    """A little text around one piece, `n` times over."""
    yield "It began.\n\n"
    yield from (piece for _ in range(n))
    yield "\n\n“It ended,” said Marit.\n"


SYNTHETIC: dict[str, Callable[[], Iterator[str]]] = {
    "line-1mb": lambda: one_line(MB),
    "line-10mb": lambda: one_line(10 * MB),
    "quotations": lambda: quotation_lines(MB),
    "names": lambda: names(N_MANY),
    "marks": lambda: same("“", N_MANY),
    "straight-marks": lambda: same('"', N_MANY),
    "newlines": lambda: same("\n", N_MANY),
}


def write_synthetic(name: str, folder: Path) -> Path:
    """Write one of SYNTHETIC as a text file: the same bytes each time."""
    path = folder / f"{name}.txt"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(SYNTHETIC[name]())
    return path


# The table


def header() -> str:
    """The first line of the table."""
    return (
        f"{'story':28}{'MB':>7}{'words':>11}{'wall s':>9}{'read s':>9}{'encoder s':>11}{'ratio':>7}{'words/s':>10}"
        f"{'peak MiB':>10}{'quotations':>12}{'characters':>12}"
    )


def line(run: Run) -> str:
    """One line of the table."""
    name = run.name if len(run.name) < 28 else run.name[:26] + "…"
    if run.fault:
        return f"{name:28}{run.size / MB:>7.2f}{'':>11}{run.wall:>9.2f}  {run.fault}"
    peak = "-" if run.peak is None else f"{run.peak / MIB:,.0f}"
    ratio = f"{run.wall / run.encoder:.2f}" if run.encoder else "-"
    return (
        f"{name:28}{run.size / MB:>7.2f}{run.words:>11,}{run.wall:>9.2f}{run.reading:>9.2f}{run.encoder:>11.2f}"
        f"{ratio:>7}{run.words / run.wall:>10,.0f}{peak:>10}{run.quotations:>12,}{run.characters:>12,}"
    )


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="a story")
    parser.add_argument(
        "--synthetic",
        nargs="?",
        const=",".join(SYNTHETIC),
        default="",
        metavar="A,B",
        help="hard stories made on the spot, all or these: " + ", ".join(SYNTHETIC),
    )
    parser.add_argument("--words", default="", metavar="N,M", help="each story's first so many words, too")
    parser.add_argument("--profile", action="store_true", help="each story's time, step by step")
    parser.add_argument("--spacy", metavar="MODEL", help="also time this spaCy pipeline on each story")
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="for each story (default: 600)")
    options = parser.parse_args(arguments)
    chosen = [name for name in options.synthetic.split(",") if name]
    for name in chosen:
        if name not in SYNTHETIC:
            parser.error(f"no synthetic story {name!r}; there are {', '.join(SYNTHETIC)}")
    for path in options.files:
        if not path.is_file():
            parser.error(f"{path}: no such file")
    if not all(number.isdecimal() and int(number) for number in filter(None, options.words.split(","))):
        parser.error(f"--words {options.words}: numbers with commas between them")
    print_speed(options, chosen)


def print_speed(options: argparse.Namespace, synthetic: list[str]) -> None:
    """Time the import and each story, and print a line for each as it is done."""
    files: list[Path] = options.files
    limit: float = options.limit
    print(
        f"import dramaturg: {time_import('dramaturg'):.2f} s, of which Python's own start {time_import(None):.2f} s\n"
    )
    print(header())
    for path in files:
        run = time_reading(path, limit)
        print(line(run), flush=True)
        if options.spacy and not run.fault:
            print_spacy(path, options.spacy, run)
    with tempfile.TemporaryDirectory() as folder:
        for path in files:
            for number in filter(None, options.words.split(",")):
                print(line(time_reading(cut(path, int(number), Path(folder)), limit)), flush=True)
        for name in synthetic:
            path = write_synthetic(name, Path(folder))
            print(line(time_reading(path, limit)), flush=True)
            path.unlink()
    print(
        "\nEach story in a fresh process. wall s: that whole process; words/s is by it. read s: dramaturg.read alone."
        "\nencoder s: the network alone. ratio: wall s to encoder s."
    )
    if options.profile:
        for path in files:
            print_profile(path)


if __name__ == "__main__":
    main()
