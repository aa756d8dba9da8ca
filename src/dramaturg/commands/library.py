"""The commands for many stories: `dramaturg library` and `dramaturg serve`."""

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
from dramaturg.commands.common import Commands, Parser, add_command, say, show, style_of, writing
from dramaturg.commands.progress import ProgressLine, duration
from dramaturg.console import safe
from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.exporters import export, find_format
from dramaturg.formatting import counted
from dramaturg.sources.limits import parse_limits

LIBRARY = """Read many stories into one library and query it.

The library is one SQLite file. docs/library.md describes its tables and views.
`dramaturg library COMMAND --help` describes each command.

  dramaturg library --db books.db add ~/books fic.zip 'more/**/*.epub'
  dramaturg library --db books.db search 'letter AND speakers:harriet'
  dramaturg library --db books.db stats
"""
ADD = """Read stories into the library.

Takes folders, glob patterns, ZIPs and files. Other libraries and Parquet files are
merged without reading their stories again. A story that has not changed is skipped. A
story that cannot be read is recorded with the reason, and the others go on. You can
stop at any time; the same command resumes.

  dramaturg library --db books.db add ~/books
  dramaturg library --db part-3.db add ~/books --shard 3/100
  dramaturg library --db books.db add part-*.db
  dramaturg library --db books.db add ~/books --ray auto --to s3://bucket/readings
"""
SEARCH = """Search the text of all stories.

Use words, "a phrase", AND, OR, NOT, and a column before a colon: text, speakers (who
speaks in the passage) or people (who is mentioned in it, by name or otherwise).

  dramaturg library --db books.db search '"the red letter"'
  dramaturg library --db books.db search 'speakers:harriet AND people:elton'
"""
STATS = """Show what is in the library.

Counts stories, people and lines, and the stories that failed by exit code. --failed
lists each of those with its reason.

  dramaturg library --db books.db stats
  dramaturg library --db books.db stats --json
"""
EXPORT = """Export the library to files.

The output is JSON lines if its name ends in .jsonl or .jsonl.gz (or is - for standard
output), Parquet if it ends in .parquet, and otherwise a folder with one file per story:
JSON, or any format of `dramaturg export` with --to. --table writes a table as CSV.

  dramaturg library --db books.db export -o readings.jsonl
  dramaturg library --db books.db export --to tei -o tei/
  dramaturg library --db books.db export --table talkers -o talkers.csv
"""
VERIFY = """Check that the library is sound.

Checks the database, the search index and every reading: that it is what was written,
and that the tables hold the same. --files also checks that the stories' files are still
there and unchanged.

  dramaturg library --db books.db verify
"""
SERVE = """Open the reading room in a browser.

Serves a library, or a folder of stories (its library is kept inside, as a hidden file),
on this computer only: upload, read, correct and search stories. --host lets others in,
who then need the token that is printed.

  dramaturg serve books.db
  dramaturg serve ~/books --port 8800
"""
DB = "the library file"

SECONDS_BETWEEN_LOG_LINES = 60.0


def add_commands(commands: Commands) -> None:
    """Add these commands to the command line."""
    library = add_command(commands, "library", _no_command, LIBRARY)
    library.add_argument("--db", metavar="FILE", help=DB)
    subcommands = library.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    _add_add_options(_add_subcommand(subcommands, "add", _add, ADD))

    command = _add_subcommand(subcommands, "search", _search, SEARCH)
    command.add_argument("query", metavar="QUERY", nargs="+", help="the words or query to search for")
    command.add_argument(
        "--limit", metavar="N", type=_positive, default=20, help="the number of passages to show (default: 20)"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--no-color", action="store_true", help="print without colours (or set NO_COLOR)")

    command = _add_subcommand(subcommands, "stats", _stats, STATS)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--failed", action="store_true", help="list the stories that could not be read, and why")

    command = _add_subcommand(subcommands, "export", _export, EXPORT)
    command.add_argument("-o", "--output", metavar="OUT", required=True, help="the file or folder to write")
    command.add_argument("--to", metavar="FORMAT", help="write each story in a format of `dramaturg export`")
    command.add_argument("--table", metavar="NAME", help="write a table or view as CSV")
    command.add_argument("--quiet", action="store_true", help="print only errors to standard error")

    command = _add_subcommand(subcommands, "verify", _verify, VERIFY)
    command.add_argument("--files", action="store_true", help="check the stories' files too")
    command.add_argument("--quiet", action="store_true", help="print nothing if the library is sound")

    _add_serve_options(add_command(commands, "serve", _serve, SERVE))


def _add_subcommand(subcommands: Commands, name: str, run: object, help: str) -> Parser:
    command = add_command(subcommands, name, run, help)
    command.add_argument("--db", metavar="FILE", default=argparse.SUPPRESS, help=DB)
    return command


def _add_add_options(command: Parser) -> None:
    command.add_argument("stories", metavar="STORIES", nargs="+", help="a folder, glob pattern, ZIP, file or library")
    command.add_argument(
        "--workers", metavar="N", type=_positive, help="the number of processes (default: one per core)"
    )
    command.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=900.0, help="the time limit for one story (default: 900)"
    )
    command.add_argument(
        "--memory", metavar="MB", type=_positive, help="the memory limit of one process (default: an equal share)"
    )
    command.add_argument("--shard", metavar="I/N", help="read only the I-th of N shares, for jobs on many machines")
    command.add_argument("--retry", action="store_true", help="read again what failed before")
    command.add_argument("--renew", action="store_true", help="read again what was read with other weights")
    command.add_argument("--tokens", action="store_true", help="include words and sentences in the readings")
    command.add_argument(
        "--limit", metavar="NAME=VALUE", action="append", default=[], help="raise a limit on files: depth=5000"
    )
    command.add_argument("--ray", metavar="ADDRESS", help="read on a Ray cluster: an address, auto, or local")
    command.add_argument("--to", metavar="URL", help="with --ray: the folder or object store to write Parquet files to")
    command.add_argument("--quiet", action="store_true", help="print only errors to standard error")


def _add_serve_options(command: Parser) -> None:
    command.add_argument("place", metavar="PLACE", help="a library, or a folder of stories")
    command.add_argument(
        "--host", metavar="ADDRESS", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)"
    )
    command.add_argument(
        "--port", metavar="N", type=_port, default=8765, help="the port, or 0 for any free one (default: 8765)"
    )
    command.add_argument(
        "--name", metavar="HOST", action="append", default=[], help="a host name that requests may use"
    )
    command.add_argument(
        "--workers", metavar="N", type=_positive, help="the number of processes that read (default: one per core)"
    )
    command.add_argument("--largest", metavar="MB", type=_positive, default=64, help="the largest upload (default: 64)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e9:
        raise ValueError(text)
    return number


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 1 << 16:
        raise ValueError(text)
    return number


for _convert, _name in ((_positive, "number"), (_seconds, "number of seconds"), (_port, "port")):
    _convert.__name__ = _name  # argparse prints it: “invalid port value”


# ---- the commands


def _no_command(args: argparse.Namespace) -> None:
    raise UsageError("library: give a command: add, search, stats, export or verify. See `dramaturg library --help`.")


def _db(args: argparse.Namespace) -> str:
    if args.db is None:
        raise UsageError("library: give the library file: dramaturg library --db FILE …")
    return str(args.db)


def _open(args: argparse.Namespace) -> Library:
    return Library(_db(args), read_only=True)


def _add(args: argparse.Namespace) -> None:
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


def _search(args: argparse.Namespace) -> None:
    with _open(args) as library:
        hits = search(library, " ".join(args.query), limit=args.limit)
    if args.json:
        _print_json([asdict(hit) for hit in hits])
        return
    colour = style_of(args).colour
    show("\n".join(_hit(hit, colour) for hit in hits) if hits else "nothing found\n")


def _hit(hit: Hit, colour: bool) -> str:
    begin, end = ("\x1b[1m", "\x1b[0m") if colour else ("[", "]")
    text = safe(hit.text).replace(MATCH_START, begin).replace(MATCH_END, end)
    said = f"  speaking: {safe(hit.speakers)}\n" if hit.speakers else ""
    place = f"{safe(hit.place)}, story {hit.story}, at {hit.start}"
    return f"{safe(hit.title or hit.place)}  ({place})\n  {text}\n{said}"


def _stats(args: argparse.Namespace) -> None:
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
    show("".join(f"{name.replace('_', ' '):<24}{_value(value)}\n" for name, value in counts.items()))
    show("".join(f"{row['exit_code']:>4}  {safe(row['place'])}\n      {safe(row['reason'])}\n" for row in failures))


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{safe(name)}: {n:,}" for name, n in value.items()) or "-"
    return f"{value:,}"


def _print_json(value: object) -> None:
    show(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _export(args: argparse.Namespace) -> None:
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


def _verify(args: argparse.Namespace) -> None:
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


def _serve(args: argparse.Namespace) -> None:
    serve(
        args.place,
        host=args.host,
        port=args.port,
        names=args.name,
        n_workers=args.workers,
        largest=args.largest << 20,
        say=say,
    )
