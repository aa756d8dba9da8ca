"""What the commands for many stories do. `library.py` has their arguments, and imports this when one of them runs."""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from dramaturg.archive.export import (
    export_documents,
    export_files,
    export_lines,
    export_parquet,
    export_table,
)
from dramaturg.archive.ingest import Reread, Summary, add, merge
from dramaturg.archive.library import Library
from dramaturg.archive.listing import WHOLE, Shard, parse_shard
from dramaturg.archive.outcomes import Outcome
from dramaturg.archive.pool import cores, fair_memory
from dramaturg.archive.queries import MATCH_END, MATCH_START, Hit, search, stats
from dramaturg.archive.ray_jobs import add_on_ray, outcomes_in
from dramaturg.archive.room.serving import serve
from dramaturg.archive.story_reader import Options
from dramaturg.archive.verify import verify
from dramaturg.commands.common import list_style, say, show, writing
from dramaturg.commands.progress import ProgressLine, duration
from dramaturg.console import TerminalStyle, safe
from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.exporters import export, find_format
from dramaturg.formatting import counted
from dramaturg.sources.limits import parse_limits

SECONDS_BETWEEN_LOG_LINES = 60.0


def _db(args: argparse.Namespace) -> str:
    if args.db is None:
        raise UsageError("library: give the library file: dramaturg library --db FILE …")
    return str(args.db)


def _open(args: argparse.Namespace) -> Library:
    return Library(_db(args), read_only=True)


def run_add(args: argparse.Namespace) -> None:
    """Read stories into the library."""
    options = _options(args)
    shard = WHOLE if args.shard is None else parse_shard(args.shard)
    if args.ray is not None:
        _add_on_ray(args, options, shard)
        return
    if args.to is not None:
        raise UsageError("--to needs --ray. `dramaturg library --db FILE export` writes Parquet from a library.")
    reread = Reread(failed=args.retry, outdated=args.renew)
    bar = _ProgressBar(args.quiet)
    with Library(_db(args), create=True) as library:
        try:
            summary = add(
                library,
                args.stories,
                options,
                n_workers=args.workers,
                shard=shard,
                reread=reread,
                on_progress=bar.update,
            )
        except KeyboardInterrupt:
            bar.clear()
            say("stopped. Nothing is lost: the same command resumes.")
            raise
        finally:
            bar.clear()
    if not args.quiet:
        say(_summary(summary, _db(args)))


def _options(args: argparse.Namespace) -> Options:
    memory = fair_memory(args.workers or cores()) if args.memory is None else args.memory << 20
    return Options(limits=parse_limits(args.limit), tokens=args.tokens, timeout=args.timeout, memory=memory)


def _add_on_ray(args: argparse.Namespace, options: Options, shard: Shard) -> None:
    """Read on a cluster into Parquet files, and merge them into the library if --db names one."""
    if args.to is None:
        raise UsageError("--ray needs --to: a folder or object store that every machine can write to.")
    bar = _ProgressBar(args.quiet)
    try:
        summary = add_on_ray(
            args.stories, args.to, options, address=args.ray, shard=shard, retry=args.retry, on_progress=bar.update
        )
    finally:
        bar.clear()
    if not args.quiet:
        say(_summary(summary, args.to))
    if args.db is not None:
        with Library(args.db, create=True) as library:
            summary = merge(library, outcomes_in(args.to))
        if not args.quiet:
            say(_summary(summary, args.db))


def _summary(summary: Summary, db: str) -> str:
    failed = f"{summary.failed:,} failed"
    if summary.failed and "://" not in db:
        failed += " (`dramaturg library --db FILE stats --failed` lists why)"
    return f"{db}: {summary.read:,} read, {summary.skipped:,} already up to date, {failed}."


class _ProgressBar:
    """The progress of `add`: one line that is overwritten in a terminal, or one line a minute in a log."""

    def __init__(self, quiet: bool) -> None:
        self._line = ProgressLine(shown=not quiet)
        self._logs = not quiet and not self._line.shown
        self._last = time.monotonic()

    def update(self, summary: Summary, outcome: Outcome | None) -> None:
        """Show the progress, unless it was shown a moment ago."""
        now = time.monotonic()
        self._line.show(progress_line(summary, now))
        if self._logs and now - self._last >= SECONDS_BETWEEN_LOG_LINES:
            self._last = now
            say(progress_line(summary, now))

    def clear(self) -> None:
        """Remove the line."""
        self._line.clear()


def progress_line(summary: Summary, now: float) -> str:
    """The progress, the rate and the time left in one line. The time left is computed from bytes, not stories."""
    done = summary.read + summary.failed
    seconds = max(now - summary.started, 1e-3)
    share = (summary.done_size + summary.skipped_size) / max(1, summary.listed_size)
    full = round(20 * min(1.0, share))
    left = summary.listed_size - summary.done_size - summary.skipped_size
    time_left = duration(left * seconds / summary.done_size) if summary.done_size else "?"
    failed = f", {summary.failed:,} failed" if summary.failed else ""
    return (
        f"[{'█' * full}{'·' * (20 - full)}] {100 * min(1.0, share):.0f}% · "
        f"{done + summary.skipped:,} of {summary.listed:,}{failed} · "
        f"{60 * done / seconds:,.0f} a minute · {time_left} left"
    )


def run_search(args: argparse.Namespace) -> None:
    """Search the text of all stories."""
    with _open(args) as library:
        hits = search(library, " ".join(args.query), limit=args.limit)
    if args.json:
        _print_json([asdict(hit) for hit in hits])
        return
    style = list_style(colour=not args.no_color)
    show("\n".join(_hit(hit, style) for hit in hits) if hits else "nothing found\n")


def _hit(hit: Hit, style: TerminalStyle) -> str:
    begin, end = ("\x1b[1m", "\x1b[0m") if style.colour else ("[", "]")
    place = f"{safe(hit.place)}, story {hit.story}, at {hit.start}"
    lines = style.wrap(f"{safe(hit.title or hit.place)}  ({place})", hanging="  ")
    lines += style.wrap(safe(hit.text), "  ")
    lines += style.wrap(f"speaking: {safe(hit.speakers)}", "  ", "    ") if hit.speakers else []
    return "".join(f"{line}\n" for line in lines).replace(MATCH_START, begin).replace(MATCH_END, end)


def run_stats(args: argparse.Namespace) -> None:
    """Show what is in the library."""
    with _open(args) as library:
        counts: dict[str, Any] = stats(library)
        if args.failed:
            rows = library.database.execute("SELECT place, exit_code, reason FROM failures ORDER BY place")
            counts["failures_by_story"] = [
                {"place": place, "exit_code": code, "reason": reason} for place, code, reason in rows
            ]
    if args.json:
        _print_json(counts)
        return
    failures = counts.pop("failures_by_story", [])
    style = list_style()
    column = 24 if style.width > 48 else 2
    for name, value in counts.items():
        label = name.replace("_", " ")
        if column < len(label):
            show(f"{label}\n")
            label = ""
        show("\n".join(style.wrap(f"{label:<{column}}{_value(value)}", hanging=" " * column)) + "\n")
    show("".join(f"{row['exit_code']:>4}  {safe(row['place'])}\n      {safe(row['reason'])}\n" for row in failures))


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{safe(name)}: {n:,}" for name, n in value.items()) or "-"
    return f"{value:,}"


def _print_json(value: object) -> None:
    show(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def run_export(args: argparse.Namespace) -> None:
    """Export the library to files."""
    if args.table is not None and args.to is not None:
        raise UsageError("--table and --to cannot be used together: --table writes CSV, --to writes readings.")
    with _open(args) as library, writing(str(args.output)):
        n, unit = _exporter(args)(library)
    if args.output != "-" and not args.quiet:
        say(f"wrote {args.output}: {n:,} {unit}")


def _exporter(args: argparse.Namespace) -> Callable[[Library], tuple[int, str]]:
    """The function that writes what the options ask for. It returns how many it wrote, and of what."""
    target = str(args.output)
    if args.table is not None:
        return lambda library: (export_table(library, args.table, target), "rows")
    if args.to is not None:
        format = find_format(args.to)
        suffix = "" if format.folder else format.suffix
        return lambda library: (
            export_files(library, target, suffix, lambda reading, path: export(reading, format.name, path)),
            "stories",
        )
    if target.endswith(".parquet"):
        return lambda library: (export_parquet(library, target), "stories")
    if target == "-" or target.endswith((".jsonl", ".jsonl.gz")):
        return lambda library: (export_lines(library, target), "stories")
    return lambda library: (export_documents(library, target), "stories")


def run_verify(args: argparse.Namespace) -> None:
    """Check that the library is sound."""
    n_faults = 0
    with _open(args) as library:
        for fault in verify(library, files=args.files):
            n_faults += 1
            show(f"{safe(fault)}\n")
    if n_faults:
        raise UnreadableStory(
            f"{args.db}: {counted(n_faults, 'fault')} in this library. The rest is sound: export it, or add the "
            "stories to a new library."
        )
    if not args.quiet:
        say(f"{args.db}: the library is sound")


def run_serve(args: argparse.Namespace) -> None:
    """Serve the reading room."""
    serve(
        args.place,
        host=args.host,
        port=args.port,
        names=args.name,
        n_workers=args.workers,
        largest=args.largest << 20,
        say=say,
    )
