"""Speakers and addressees on PDNC novels, each read from its raw text: a table.

    python -m benchmarks.quotes --corpora corpora/pdnc --split dev --jobs 2
    python -m benchmarks.quotes --corpora corpora/pdnc --given cast,quotations

Each novel is read by `dramaturg.read` and scored by `benchmarks.scoring`, which says what each column is. With
`--given`, the reading gets part of the annotation as corrections: see `corpora.given`.
"""

import argparse
import sys
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks import booknlp
from benchmarks.scoring import (
    FIGURES,
    Measurement,
    alternation_f1,
    mean_figures,
    measure,
    measure_quotations,
)
from corpora.given import GIVEN, NEED_A_READING, Given, by_name, corrections_of
from corpora.pdnc import Novel, corpus_folder, load_novel, split
from dramaturg import DramaturgError, Reading, read
from dramaturg.corrections.model import Corrections
from dramaturg.pipeline import read_story
from dramaturg.sources import load

# BookNLP's own output for the four novels of dev, scored by this module with --booknlp: their mean.
BOOKNLP_ON_DEV = {
    "n": 4687,
    "acc": 0.539,
    "expl": 0.907,
    "anap": 0.570,
    "impl": 0.403,
    "many": 0.748,
    "b3": 0.459,
    "found": 0.960,
    "prec": 0.921,
}


@dataclass(frozen=True)
class ReadNovel:
    """A novel with our reading of it. `seconds`: how long reading took, None for a kept reading."""

    novel: Novel
    reading: Reading
    measurement: Measurement
    seconds: float | None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which novels are read, and how."""
    parser.add_argument("--corpora", metavar="DIR", help="the folder of PDNC; else pdnc in $DRAMATURG_CORPORA")
    parser.add_argument(
        "--split", default="dev", help="which novels: dev, train, or another of the corpus (default: dev)"
    )
    parser.add_argument("--novels", metavar="A,B", help="these novels, instead of a split")
    parser.add_argument(
        "--given",
        metavar="WHAT",
        type=_given_names,
        default=frozenset(),
        help=f"give the reading part of the annotation: {', '.join(GIVEN)}; separate several with commas",
    )
    parser.add_argument("--jobs", type=int, default=1, help="novels read at a time (default: 1)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep each novel's reading here, as NOVEL.json")
    parser.add_argument("--kept", type=Path, metavar="DIR", help="score the readings kept here")


def _given_names(value: str) -> frozenset[Given]:
    names = frozenset(value.split(","))
    if not names <= set(GIVEN):
        raise argparse.ArgumentTypeError(f"{value}: give one or more of {', '.join(GIVEN)}")
    return frozenset(name for name in GIVEN if name in names)


def names_of_novels(options: argparse.Namespace, folder: Path) -> list[str]:
    """The novels that the options ask for. Raises SystemExit, in one line, where one is not in the corpus."""
    names = options.novels.split(",") if options.novels else split(folder, options.split)
    for name in names:
        if not (folder / "data" / name).is_dir():
            raise SystemExit(f"{name}: no such novel in {folder / 'data'}.")
    return names


def read_novels(options: argparse.Namespace) -> Iterator[ReadNovel]:
    """Read and measure the novels that the options ask for, in their order.

    Raises SystemExit, in one line, where the corpus, a novel or a kept reading is missing.
    """
    folder = corpus_folder(options.corpora)
    novels = [load_novel(folder, name) for name in names_of_novels(options, folder)]
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    for novel, (reading, seconds) in zip(novels, _readings(novels, options), strict=True):
        if options.keep and seconds is not None:
            reading.save(options.keep / f"{novel.name}.json")
        partner = by_name(novel, reading) if "cast" in options.given else None
        yield ReadNovel(novel, reading, measure(novel, reading, partner), seconds)


def _readings(novels: list[Novel], options: argparse.Namespace) -> Iterator[tuple[Reading, float | None]]:
    if options.kept:
        for novel in novels:
            yield Reading.load(options.kept / f"{novel.name}.json"), None
    elif options.jobs > 1:
        with ProcessPoolExecutor(options.jobs) as pool:
            yield from pool.map(read_novel, novels, [options.given] * len(novels))
    else:
        yield from (read_novel(novel, options.given) for novel in novels)


def read_novel(novel: Novel, given: Collection[Given] = ()) -> tuple[Reading, float]:
    """Read a novel with what is given; return the reading, and the seconds that it took."""
    if given:
        plain = read_story(load(novel.path)) if NEED_A_READING.intersection(given) else None
        corrections = corrections_of(novel, given, plain)
        started = time.perf_counter()
        reading = read_story(load(novel.path), corrections=corrections)
    else:
        started = time.perf_counter()
        reading = read(novel.path, corrections=Corrections())
    return reading, time.perf_counter() - started


# The table

WIDTH_OF_NAMES = 34


def header() -> str:
    """The first line of the table."""
    return f"{'novel':{WIDTH_OF_NAMES}}{'n':>6}{'words/s':>9}" + "".join(f"{name:>7}" for name in FIGURES)


def line(name: str, figures: dict[str, float], speed: float | None = None) -> str:
    """One line of the table; a figure that cannot be had is a dash."""
    cells = [f"{figures[figure]:.3f}" if figure in figures else "-" for figure in FIGURES]
    speed_cell = "-" if speed is None else f"{speed:,.0f}"
    return f"{name:{WIDTH_OF_NAMES}}{figures['n']:>6.0f}{speed_cell:>9}" + "".join(f"{cell:>7}" for cell in cells)


def print_ours(options: argparse.Namespace) -> None:
    """Read the novels and print a line for each, as it is done, and their mean."""
    print(header())
    measurements: list[Measurement] = []
    n_words, seconds = 0, 0.0
    for one in read_novels(options):
        words = len(one.novel.text.split())
        speed = words / one.seconds if one.seconds else None
        print(line(one.novel.name, one.measurement.figures, speed), flush=True)
        measurements.append(one.measurement)
        n_words, seconds = n_words + words, seconds + (one.seconds or 0)
    speed = n_words / seconds if seconds else None
    figures = mean_figures(measurements)
    print(line(f"dramaturg: mean of {len(measurements)}", figures, speed))
    alternating = sum(map(alternation_f1, measurements)) / len(measurements)
    print(line("last other speaker", {"n": figures["n"], "addr": alternating}))


def print_booknlp(options: argparse.Namespace) -> None:
    """Score BookNLP's own output for those of the novels that it is there for."""
    folder = corpus_folder(options.corpora)
    measurements = []
    for name in names_of_novels(options, folder):
        path = options.booknlp / f"{name}.quotes"
        if path.exists():
            novel = load_novel(folder, name)
            measurement = measure_quotations(novel, booknlp.load_quotations(novel.text, path))
            print(line(f"BookNLP: {name}", _given(measurement.figures)))
            measurements.append(measurement)
    if not measurements:
        raise SystemExit(f"{options.booknlp}: none of these novels' NOVEL.quotes is here.")
    print(line(f"BookNLP: mean of {len(measurements)}", _given(mean_figures(measurements))))


def _given(figures: dict[str, float]) -> dict[str, float]:
    return {name: figure for name, figure in figures.items() if name not in booknlp.NOT_GIVEN}


def print_how(options: argparse.Namespace) -> None:
    """Say how each kind of line was obtained."""
    if options.kept:
        ours = f"readings kept in {options.kept}, made by the version that wrote them"
    else:
        ours = f"dramaturg.read on each novel's raw text, {options.jobs} at a time, without the start of Python"
    print(f"\ndramaturg: {ours}.")
    if options.given:
        given = " and ".join(sorted(options.given))
        print(f"It was given the {given} (corpora/given.py). With the cast, characters are paired by name.")
    print(
        "BookNLP: its authors' published output for these novels, scored by the same code"
        + ("." if options.booknlp else "; recorded here, --booknlp DIR scores it again.")
    )
    print("last other speaker: the baseline for addressees, by which everybody talks to the person who spoke before.")
    print("In a mean, n is summed and ece is pooled; every other figure is averaged over novels.")
    print("Each column is defined in benchmarks/scoring.py.")


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quotes", description=(__doc__ or "").split("\n")[0])
    add_options(parser)
    parser.add_argument("--booknlp", type=Path, metavar="DIR", help="score BookNLP's NOVEL.quotes in this folder too")
    options = parser.parse_args(arguments)
    names_of_novels(options, corpus_folder(options.corpora))  # what is missing is said before the table begins
    try:
        print_ours(options)
    except DramaturgError as error:
        sys.exit(str(error))
    if options.booknlp:
        print_booknlp(options)
    elif options.split == "dev" and not options.novels:
        print(line("BookNLP: mean of 4, recorded", BOOKNLP_ON_DEV))
    print_how(options)


if __name__ == "__main__":
    main()
