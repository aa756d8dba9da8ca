"""The size of a story's page, how fast it opens and how it scrolls, in a headless Chromium: a table.

    python -m benchmarks.page emma.txt middlemarch.json

Each file is a story or a saved reading. Without Chromium, only sizes are printed. `painted` and `usable` are times
since the browser was asked to open the file: until the first paint, and until the page's script has rendered the
first screen and responds. `work` is the CPU time of that on all threads, which depends least on the load of the
machine. `all set` is the time until the whole text is in the page, which happens in the background. `frame` is the
median and the longest time between frames while the text scrolls as by hand, from its middle; `leaps` is the median
when the same number of frames goes from top to bottom.
"""

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from dramaturg import Reading, read
from dramaturg.report.page import show_page
from tests.browser.chromium import Browser, find_chromium

MB = 1_000_000
ALLOWED = 400_000  # bytes more than three times the text
STEPS = 120  # pictures while a text is scrolled
HAND = 120  # pixels from picture to picture: seven thousand a second, a fast hand
BY_HAND = f"height / 2 + {HAND} * n"
LEAPS = f"(height * n) / {STEPS}"
# Scrolls to one place after the other, and gives the milliseconds between pictures, sorted.
SCROLL = f"""new Promise((done) => {{
  const times = [];
  const height = document.documentElement.scrollHeight;
  let last = performance.now();
  const step = (n) => {{
    const now = performance.now();
    times.push(now - last);
    last = now;
    window.scrollTo(0, PLACE);
    if (n < {STEPS}) requestAnimationFrame(() => step(n + 1));
    else done(times.slice(2).sort((a, b) => a - b));
  }};
  requestAnimationFrame(() => step(0));
}})"""


@dataclass(frozen=True)
class Opened:
    """How a page opened: milliseconds; `heap` in bytes of JavaScript's memory."""

    painted: float
    usable: float
    work: float
    all_set: float
    frame: float
    longest: float
    leaps: float
    heap: int


def open_page(browser: Browser, path: Path) -> Opened:
    """Open a page, wait until all of it is set, and scroll through it."""
    page = browser.open("about:blank")
    try:
        before = _work(browser)
        page.go(path.as_uri())
        work = _work(browser) - before
        painted = page.wait("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
        usable = page.wait("performance.getEntriesByName('usable')[0]?.startTime")
        all_set = page.wait("performance.getEntriesByName('all set')[0]?.startTime", 120)
        times = page.evaluate(SCROLL.replace("PLACE", BY_HAND))
        leaps = page.evaluate(SCROLL.replace("PLACE", LEAPS))
        heap = page.evaluate("performance.memory.usedJSHeapSize")
        return Opened(painted, usable, 1000 * work, all_set, _median(times), times[-1], _median(leaps), heap)
    finally:
        page.close()


def _median(times: list[float]) -> float:
    """Of sorted times the one in the middle."""
    return times[len(times) // 2]


def _work(browser: Browser) -> float:
    """Seconds of the processor's time that the processes of pages have taken so far."""
    processes = browser.call("SystemInfo.getProcessInfo")["processInfo"]
    return float(sum(one["cpuTime"] for one in processes if one["type"] == "renderer"))


def load(path: Path) -> Reading:
    """Load a saved reading, or read a story."""
    return Reading.load(path) if path.suffix == ".json" else read(path)


def header() -> str:
    """The first line of the table."""
    columns = (
        "text MB",
        "page MB",
        "allowed",
        "made s",
        "painted",
        "usable",
        "work",
        "all set",
        "frame",
        "longest",
        "leaps",
        "heap MB",
    )
    return f"{'story':28}" + "".join(f"{column:>9}" for column in columns)


def line(name: str, reading: Reading, html: str, seconds: float, opened: Opened | None) -> str:
    """A line of the table; times in the browser in milliseconds."""
    text, size = len(reading.story.text.encode("utf-8", "replace")), len(html.encode())
    cells = [f"{text / MB:.2f}", f"{size / MB:.2f}", f"{(3 * text + ALLOWED) / MB:.2f}", f"{seconds:.2f}"]
    if opened is not None:
        times = (opened.painted, opened.usable, opened.work, opened.all_set, opened.frame, opened.longest, opened.leaps)
        cells += [*(f"{time:.0f}" for time in times), f"{opened.heap / MB:.0f}"]
    return f"{name[:27]:28}" + "".join(f"{cell:>9}" for cell in cells)


def main(arguments: list[str] | None = None) -> None:
    """Print a line for each story."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a story, or a saved reading (.json)")
    options = parser.parse_args(arguments)
    for path in options.files:
        if not path.is_file():
            parser.error(f"{path}: no such file")
    program = find_chromium()
    if program is None:
        print("No Chromium here: sizes only.")
    print(header())
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(program) if program else None
        try:
            for number, path in enumerate(options.files):
                reading = load(path)
                started = time.perf_counter()
                html = show_page(reading)
                seconds = time.perf_counter() - started
                page = Path(folder) / f"{number}.html"
                page.write_text(html, encoding="utf-8")
                opened = open_page(browser, page) if browser else None
                print(line(path.stem, reading, html, seconds, opened), flush=True)
        finally:
            if browser:
                browser.close()


if __name__ == "__main__":
    main()
