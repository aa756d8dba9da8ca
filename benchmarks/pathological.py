"""Extreme texts at growing sizes: time and memory of each, and their growth.

    python -m benchmarks.pathological
    python -m benchmarks.pathological --size 8000000 --only "one word" --profile

Each text is read in a fresh process at three sizes, each twice the one before. The exponent is the slope of time over
size on two logarithmic axes: 1 is linear, 2 is quadratic. Times are CPU times, which depend little on the load of the
machine.
"""

import argparse
import itertools
import json
import math
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed import MB, SYLLABLES

TOLERATED = 1.3  # an exponent up to which it counts as linear: caches and n log n make it more than 1
QUICK = 0.5  # seconds below which no growth is measured: the process's own start is most of it

READ = """
import json, sys, time
import dramaturg
started = time.process_time()
reading = dramaturg.read(sys.argv[1])
seconds = time.process_time() - started
written = time.process_time()
reading.to_json()
with open("/proc/self/status", encoding="ascii") as status:
    peak = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
print(json.dumps({"seconds": seconds, "writing": time.process_time() - written, "peak": peak}))
"""

LOAD = (
    READ.replace("dramaturg.read(sys.argv[1])", "dramaturg.sources.load(sys.argv[1])")
    .replace("reading.to_json()", "")
    .replace("import dramaturg\n", "import dramaturg.sources\n")
)

PROFILE = """
import cProfile, pstats, sys
import dramaturg
profile = cProfile.Profile()
profile.runcall(dramaturg.read, sys.argv[1])
pstats.Stats(profile).sort_stats("cumulative").print_stats(25)
"""


def word(number: int) -> str:
    """A made-up word, a different one for each number below a million."""
    return "".join(SYLLABLES[number >> shift & 15] for shift in range(0, 20, 4))


def a_million_names() -> Iterator[str]:
    """A new person in each sentence."""
    for n in itertools.count():
        first, last = word(n)[:6].title(), word(n * 7 + 3).title()
        yield f"{first} {last} came in. " + ("\n\n" if n % 10 == 9 else "")


def names_that_speak() -> Iterator[str]:
    """A new person for each line of speech."""
    for n in itertools.count():
        yield f"“I know you, {word(n + 1).title()},” said {word(n).title()}.\n\n"


def one_name() -> Iterator[str]:
    """The same name, and hardly anything else."""
    return itertools.repeat("Ann saw Ann. ")


def names_of_many_parts() -> Iterator[str]:
    """People whose names share parts with all the others'."""
    chance = random.Random(1)
    parts = [word(n).title() for n in range(40)]
    while True:
        yield f"{' '.join(chance.choices(parts, k=chance.randint(2, 6)))} spoke to {chance.choice(parts)}. "


def capitals() -> Iterator[str]:
    """Every word begins like a name, without an end."""
    return (f"{word(n % 5000).title()} " for n in itertools.count())


def alternating_talk() -> Iterator[str]:
    """Nothing but speech without tags, two by turns."""
    return itertools.cycle(("“I never said so.”\n\n", "“You always say so.”\n\n"))


def talk_on_one_line() -> Iterator[str]:
    """The same without a paragraph's end."""
    return itertools.cycle(("“I never said so.” ", "“You always say so,” said Ann. "))


def open_marks() -> Iterator[str]:
    """Quotations that begin and never end."""
    return itertools.repeat("“And then ")


def nested_marks() -> Iterator[str]:
    """Speech in speech in speech."""
    return itertools.cycle(("“He said ‘she said ", "“they said ‘no’ ", "again” and"))


def apostrophes() -> Iterator[str]:
    """Marks that may be either."""
    return itertools.repeat("' 'twas the dogs' 'em ' ")


def pronouns() -> Iterator[str]:
    """He, she, and nobody named."""
    return itertools.cycle(("He told her that she told him. ", "She said he said it to them. "))


def vocatives() -> Iterator[str]:
    """Everybody is called by name."""
    return (f"“{word(n % 300).title()}, {word(n % 299).title()}, come!”\n\n" for n in itertools.count())


SHAPES: dict[str, Callable[[], Iterator[str]]] = {
    "a million names": a_million_names,
    "names that speak": names_that_speak,
    "one name": one_name,
    "names of many parts": names_of_many_parts,
    "every word a name": capitals,
    "one word": lambda: itertools.repeat("stone "),
    "one word, no spaces": lambda: itertools.repeat("stone"),
    "one word a line": lambda: itertools.repeat("stone\n"),
    "every line a quotation": alternating_talk,
    "talk on one line": talk_on_one_line,
    "marks that open": open_marks,
    "marks in marks": nested_marks,
    "marks alone": lambda: itertools.repeat("“"),
    "straight marks alone": lambda: itertools.repeat('"'),
    "apostrophes": apostrophes,
    "dashes": lambda: itertools.repeat("— "),
    "pronouns": pronouns,
    "vocatives": vocatives,
    "newlines": lambda: itertools.repeat("\n"),
    "empty paragraphs": lambda: itertools.repeat(" \n\n"),
    "scene breaks": lambda: itertools.cycle(("* * *\n\n", "Ann ran.\n\n")),
    "headings": lambda: (f"CHAPTER {n}\n\nAnn ran.\n\n" for n in itertools.count(1)),
    "emphasis": lambda: itertools.repeat("*so* _it_ **is** "),
    "brackets": lambda: itertools.repeat("(["),
    "full stops": lambda: itertools.repeat("Mr. A. B. "),
    "accents": lambda: itertools.repeat("e\u0301\u0301\u0301"),
    "emoji": lambda: itertools.repeat("\U0001f469\u200d\U0001f680 "),
    "right to left": lambda: itertools.repeat("\u202eשלום \u202c"),
}


@dataclass(frozen=True)
class FileShape:
    """A file in a format with mark-up, of which only the source is timed: a head, one piece again and again, a tail."""

    extension: str
    head: str
    piece: str
    tail: str = ""


HTML = "<html><body><p>It began.</p>"
ODT = (
    '<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
)
ODT_END = "</office:text></office:body></office:document>"
FB2 = "<FictionBook><body><section>"
FB2_END = "</section></body></FictionBook>"
MAIL = "From: A <a@example.org>\nSubject: T\nMIME-Version: 1.0\nContent-Type: text/plain"
FULL = "Marit put the lamp on the table by the door and looked out at the"  # a line that has no room
FILE_SHAPES = {
    "packed lines": FileShape(".txt", "", f"{FULL}\nrain.\n“No.”\n{FULL} boat.\n"),
    "full lines": FileShape(".txt", "", f"{FULL} boat.\n"),
    "lines and blank lines": FileShape(".txt", "", f"{FULL}\n\nrain.\n\n“No.”\n\n"),
    "pages and numbers": FileShape(".txt", "", "The Weir\n\n“No.”\n\n7\n\f\n"),
    "a pre in a page": FileShape(".html", "<pre>", f"{FULL}\nrain.\n", "</pre>"),
    "many pre": FileShape(".html", HTML, "<pre>No.</pre>"),
    "heads that never end": FileShape(".html", HTML, "<head><script>"),
    "comments that never end": FileShape(".html", HTML, "<!--"),
    "lines in <p>": FileShape(".html", HTML, f"<p>{FULL}<p>rain."),
    "RTF groups": FileShape(".rtf", "{\\rtf1 It began.\\par ", "{\\i a}\\par "),
    "RTF groups that open": FileShape(".rtf", "{\\rtf1 It began.\\par ", "{"),
    "RTF escapes": FileShape(".rtf", "{\\rtf1 It began.\\par ", "\\'e9\\u233?"),
    "RTF rows": FileShape(".rtf", "{\\rtf1 It began.\\par ", "\\trowd\\intbl a\\cell b\\cell\\row"),
    "RTF notes": FileShape(".rtf", "{\\rtf1 It began.\\par ", "a{\\super\\chftn{\\footnote b}}", "}"),
    "ODT spans": FileShape(".fodt", f"{ODT}<text:p>", "<text:span>a</text:span>", f"</text:p>{ODT_END}"),
    "ODT empty paragraphs": FileShape(".fodt", f"{ODT}<text:p>a</text:p>", "<text:p/>", ODT_END),
    "ODT notes": FileShape(
        ".fodt", ODT,
        "<text:p>a<text:note><text:note-body><text:p>b</text:p></text:note-body></text:note></text:p>", ODT_END,
    ),
    "FB2 sections": FileShape(".fb2", FB2, "<section><title><p>a</p></title><p>b</p></section>", FB2_END),
    "FB2 lines": FileShape(".fb2", FB2, f"<p>{FULL}</p><p>rain.</p>", FB2_END),
    "mail headers": FileShape(".eml", MAIL, "\nX-A: b", "\n\nIt began.\n"),
    "letters": FileShape(".mbox", "", "From a@example.org Mon\nFrom: a@example.org\nMIME-Version: 1.0\n\nNo.\n\n"),
    "flowed lines": FileShape(".eml", f"{MAIL}; format=flowed\n\n", "it rained \n"),
    "signatures": FileShape(".eml", f"{MAIL}\n\n", "-- \n"),
}  # fmt: skip


def write(shape: str, size: int, folder: Path) -> Path:
    """A text of a shape, of so many code points: the same each time."""
    if shape in FILE_SHAPES:
        file_shape = FILE_SHAPES[shape]
        path = folder / f"{size}{file_shape.extension}"
        body = file_shape.piece * (size // len(file_shape.piece))
        path.write_text(file_shape.head + body + file_shape.tail, encoding="utf-8", newline="\n")
        return path
    path = folder / f"{shape.replace(' ', '-')}-{size}.txt"
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("It began.\n\n")
        left = size
        for piece in SHAPES[shape]():
            file.write(piece[:left])
            left -= len(piece)
            if left <= 0:
                break
        file.write("\n\n“It ended,” said Marit.\n")
    return path


@dataclass(frozen=True)
class Run:
    """One text read. `size` in code points, times in seconds, `peak` in bytes; `fault`: why it came to nothing."""

    size: int
    seconds: float = 0.0
    writing: float = 0.0
    peak: int = 0
    fault: str | None = None


def time_reading(path: Path, size: int, limit: float, script: str = READ) -> Run:
    """Read a text in a fresh process, which is ended after `limit` seconds. Linux only, for the memory."""
    try:
        done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return Run(size, fault="not done")
    if done.returncode:
        return Run(size, fault=(done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][:60])
    return Run(size, **json.loads(done.stdout.splitlines()[-1]))


def exponent(runs: Sequence[Run]) -> float | None:
    """How time grows with size: the slope of the last two runs. None where they are too quick to tell, or not done."""
    before, after = runs[-2:]
    if before.fault or after.fault or after.seconds < QUICK:
        return None
    return math.log(after.seconds / before.seconds) / math.log(after.size / before.size)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each shape; 1 where one grows faster than the text, or is not done."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pathological", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--size", type=int, default=4 * MB, help="code points of the largest (default: 4,000,000)")
    parser.add_argument("--only", default="", metavar="A,B", help="these shapes: " + ", ".join([*SHAPES, *FILE_SHAPES]))
    parser.add_argument("--limit", type=float, default=600, metavar="SECONDS", help="for each text (default: 600)")
    parser.add_argument("--profile", action="store_true", help="for what is not linear, where the time goes")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    options = parser.parse_args(arguments)
    chosen = [name.strip() for name in options.only.split(",") if name.strip()] or [*SHAPES, *FILE_SHAPES]
    for name in chosen:
        if name not in SHAPES and name not in FILE_SHAPES:
            parser.error(f"no shape {name!r}; there are {', '.join([*SHAPES, *FILE_SHAPES])}")
    sizes = [options.size // 4, options.size // 2, options.size]
    heads = "".join(f"{f'{size / MB:g} MB s':>12}" for size in sizes)
    print(f"{'text':26}{heads}{'peak MiB':>10}{'exponent':>10}")
    kept, worse = {}, []
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            script = LOAD if name in FILE_SHAPES else READ
            runs = [time_reading(write(name, size, Path(folder)), size, options.limit, script) for size in sizes]
            grows = exponent(runs)
            bad = any(run.fault for run in runs) or (grows is not None and grows > TOLERATED)
            print(_line(name, runs, grows) + ("  <--" if bad else ""), flush=True)
            kept[name] = {"seconds": [run.seconds for run in runs], "peak": runs[-1].peak, "exponent": grows}
            if bad:
                worse.append(name)
        if options.json:
            options.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        for name in worse if options.profile else []:
            print(f"\n{name}, at {sizes[0] / MB:g} MB")
            print(profile(write(name, sizes[0], Path(folder)), options.limit))
    return 1 if worse else 0


def _line(name: str, runs: Sequence[Run], grows: float | None) -> str:
    times = "".join(f"{'not done' if run.fault else f'{run.seconds:.2f}':>12}" for run in runs)
    peaks = [run.peak for run in runs if run.peak]
    peak = f"{max(peaks) / (1 << 20):,.0f}" if peaks else "-"
    return f"{name:26}{times}{peak:>10}{'-' if grows is None else f'{grows:.2f}':>10}"


def profile(path: Path, limit: float) -> str:
    """Where the time goes in reading a file."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", PROFILE, str(path)], capture_output=True, text=True, timeout=3 * limit
        )
    except subprocess.TimeoutExpired:
        return "not done"
    return done.stdout or done.stderr


if __name__ == "__main__":
    sys.exit(main())
