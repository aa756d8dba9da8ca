"""Commands over many stories."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from dramaturg.commands.common import Commands, Parser, add_command, say, show, style_of, writing
from dramaturg.console import safe
from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.sources.limits import parse_limits

if TYPE_CHECKING:  # what reads many stories is imported only where it is needed
    from dramaturg.archive import Library, Summary
    from dramaturg.archive.asking import Hit
    from dramaturg.archive.items import Shard
    from dramaturg.archive.work import Options, Outcome

LIBRARY = """Read many stories into one library, and ask it.

The library is one SQLite file; docs/library.md tells its tables and views.
`dramaturg library COMMAND --help` tells more of each command.

  dramaturg library --db books.db add ~/books fic.zip 'more/**/*.epub'
  dramaturg library --db books.db search 'letter AND speakers:harriet'
  dramaturg library --db books.db stats
"""
ADD = """Read stories into the library.

Folders, patterns, ZIPs and files; also other libraries and Parquet, whose readings
are taken over. What is known and has not changed is skipped, by its content. It can
be stopped at any time, by any means: the same command goes on. A story that cannot be
read is recorded with the reason, and the others go on.

  dramaturg library --db books.db add ~/books
  dramaturg library --db part-3.db add ~/books --shard 3/100
  dramaturg library --db books.db add part-*.db
  dramaturg library --db books.db add ~/books --ray auto --to s3://bucket/readings
"""
SEARCH = """Search across all stories.

Words, "a phrase", AND, OR, NOT, and a column before a colon: text, speakers (who
speaks in the passage), people (who is mentioned there, by whatever word).

  dramaturg library --db books.db search '"the red letter"'
  dramaturg library --db books.db search 'speakers:harriet AND people:elton'
"""
STATS = """Say what is in the library.

How many stories, people and lines; what could not be read, by exit code and, with
--failed, story by story.

  dramaturg library --db books.db stats
  dramaturg library --db books.db stats --json
"""
EXPORT = """Write what the library holds into files.

One document a line where the name ends in .jsonl (or .jsonl.gz; - is standard
output), Parquet where it ends in .parquet, else a folder with a file for each story:
JSON, or by --to any format of `dramaturg export`. With --table, a table as CSV.

  dramaturg library --db books.db export -o readings.jsonl
  dramaturg library --db books.db export --to tei -o tei/
  dramaturg library --db books.db export --table talkers -o talkers.csv
"""
VERIFY = """Check that the library is sound.

Looks at the database itself, at the index of words, and at every reading: that it is
what was written, and that the tables say the same. With --files also that the
stories' files are there and unchanged.

  dramaturg library --db books.db verify
"""
SERVE = """Open the reading room in a browser.

Serves a library, or a folder of stories (its library is kept in it, hidden), on this
machine alone: upload, read, correct, search. --host opens it to others, who then need
the token that is printed.

  dramaturg serve books.db
  dramaturg serve ~/books --port 8800
"""
DB = "the library's file"


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    library = add_command(commands, "library", _no_command, LIBRARY)
    library.add_argument("--db", metavar="FILE", help=DB)
    parts = library.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    _add_add(_part(parts, "add", _add, ADD))

    command = _part(parts, "search", _search, SEARCH)
    command.add_argument("query", metavar="QUERY", nargs="+", help="what to look for")
    command.add_argument("--limit", metavar="N", type=_positive, default=20, help="how many passages (default: 20)")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--no-color", action="store_true", help="print without colours (or set NO_COLOR)")

    command = _part(parts, "stats", _stats, STATS)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--failed", action="store_true", help="list what could not be read, with the reasons")

    command = _part(parts, "export", _export, EXPORT)
    command.add_argument("-o", "--output", metavar="OUT", required=True, help="the file or folder to write")
    command.add_argument("--to", metavar="FORMAT", help="a format of `dramaturg export`, a file for each story")
    command.add_argument("--table", metavar="NAME", help="a table or a view, as CSV")
    command.add_argument("--quiet", action="store_true", help="say nothing on standard error but errors")

    command = _part(parts, "verify", _verify, VERIFY)
    command.add_argument("--files", action="store_true", help="look at the stories' files too")
    command.add_argument("--quiet", action="store_true", help="say nothing where it is sound")

    _add_serve(add_command(commands, "serve", _serve, SERVE))


def _part(parts: Commands, name: str, run: object, help: str) -> Parser:
    command = add_command(parts, name, run, help)
    command.add_argument("--db", metavar="FILE", default=argparse.SUPPRESS, help=DB)
    return command


def _add_add(command: Parser) -> None:
    command.add_argument("stories", metavar="STORIES", nargs="+", help="a folder, pattern, ZIP, file or library")
    command.add_argument("--workers", metavar="N", type=_positive, help="processes (default: one for each core)")
    command.add_argument(
        "--timeout", metavar="SECONDS", type=_seconds, default=900.0, help="for one story (default: 900)"
    )
    command.add_argument("--memory", metavar="MB", type=_positive, help="for one process (default: its fair share)")
    command.add_argument("--shard", metavar="I/N", help="read only the I-th of N shares, for a job on many machines")
    command.add_argument("--retry", action="store_true", help="try again what failed before")
    command.add_argument("--renew", action="store_true", help="read again what older versions have read")
    command.add_argument("--tokens", action="store_true", help="put words and sentences into the readings too")
    command.add_argument(
        "--limit", metavar="NAME=VALUE", action="append", default=[], help="allow a file to ask for more: depth=5000"
    )
    command.add_argument("--ray", metavar="ADDRESS", help="read on a Ray cluster: its address, auto, or local")
    command.add_argument("--to", metavar="URL", help="with --ray: the folder or object store for the Parquet files")
    command.add_argument("--quiet", action="store_true", help="say nothing on standard error but errors")


def _add_serve(command: Parser) -> None:
    command.add_argument("place", metavar="PLACE", help="a library, or a folder of stories")
    command.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="where to listen (default: 127.0.0.1)")
    command.add_argument("--port", metavar="N", type=_port, default=8765, help="0 for any that is free (default: 8765)")
    command.add_argument("--name", metavar="HOST", action="append", default=[], help="a name it may be called by")
    command.add_argument("--workers", metavar="N", type=_positive, help="processes that read (default: one a core)")
    command.add_argument("--largest", metavar="MB", type=_positive, default=64, help="an upload at most (default: 64)")


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


for _convert, _called in ((_positive, "number"), (_seconds, "number of seconds"), (_port, "port")):
    _convert.__name__ = _called  # by which argparse names what is wrong


# ---- the commands


def _no_command(args: argparse.Namespace) -> None:
    raise UsageError("library: give a command: add, search, stats, export or verify. `dramaturg library --help`.")


def _db(args: argparse.Namespace) -> str:
    if args.db is None:
        raise UsageError("library: give the library's file: dramaturg library --db FILE …")
    return str(args.db)


def _open(args: argparse.Namespace) -> "Library":
    from dramaturg.archive import Library

    return Library(_db(args), read_only=True)


def _add(args: argparse.Namespace) -> None:
    from dramaturg.archive import Library, add
    from dramaturg.archive.adding import Again
    from dramaturg.archive.items import WHOLE, parse_shard

    options = _options(args)
    shard = WHOLE if args.shard is None else parse_shard(args.shard)
    if args.ray is not None:
        _add_by_ray(args, options, shard)
        return
    if args.to is not None:
        raise UsageError("--to goes with --ray. `dramaturg library --db FILE export` writes Parquet from a library.")
    again = Again(failed=args.retry, older=args.renew)
    bar = _Bar(args.quiet)
    with Library(_db(args), create=True) as library:
        try:
            summary = add(
                library, args.stories, options, n_workers=args.workers, shard=shard, again=again, tell=bar.tell
            )
        except KeyboardInterrupt:
            bar.end()
            say("stopped; nothing is lost: the same command goes on.")
            raise
        finally:
            bar.end()
    if not args.quiet:
        say(_told(summary, _db(args)))


def _options(args: argparse.Namespace) -> "Options":
    from dramaturg.archive import Options
    from dramaturg.archive.pool import cores, fair_memory

    memory = fair_memory(args.workers or cores()) if args.memory is None else args.memory << 20
    return Options(limits=parse_limits(args.limit), tokens=args.tokens, timeout=args.timeout, memory=memory)


def _add_by_ray(args: argparse.Namespace, options: "Options", shard: "Shard") -> None:
    """Read on a cluster into Parquet; and from there into the library, where one is named."""
    from dramaturg.archive import Library
    from dramaturg.archive.adding import take_over
    from dramaturg.archive.cluster import add_on_ray, outcomes_in

    if args.to is None:
        raise UsageError("--ray needs --to: the folder or object store that all machines can write to.")
    bar = _Bar(args.quiet)
    try:
        summary = add_on_ray(
            args.stories, args.to, options, address=args.ray, shard=shard, retry=args.retry, tell=bar.tell
        )
    finally:
        bar.end()
    if not args.quiet:
        say(_told(summary, args.to))
    if args.db is not None:
        with Library(args.db, create=True) as library:
            summary = take_over(library, outcomes_in(args.to))
        if not args.quiet:
            say(_told(summary, args.db))


def _told(summary: "Summary", db: str) -> str:
    failed = f"{summary.failed:,} could not be read"
    if summary.failed and "://" not in db:
        failed += "; `dramaturg library --db FILE stats --failed` tells why"
    return f"{db}: {summary.read:,} read, {summary.skipped:,} known, {failed}."


class _Bar:
    """How far `add` is: a line at a terminal, written over; in a log a line a minute."""

    def __init__(self, quiet: bool) -> None:
        self._at_terminal = sys.stderr.isatty()
        self._every = float("inf") if quiet else 0.2 if self._at_terminal else 60.0
        self._last = time.monotonic()
        self._shown = False

    def tell(self, summary: "Summary", outcome: "Outcome | None") -> None:
        """Show it, if it was not shown just now."""
        now = time.monotonic()
        if now - self._last < self._every:
            return
        self._last = now
        line = bar(summary, now)
        if self._at_terminal:
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
            self._shown = True
        else:
            say(line)

    def end(self) -> None:
        """Leave the line empty."""
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = False


def bar(summary: "Summary", now: float) -> str:
    """One line on how far it is, with the rate and the time left, which goes by bytes: stories are of any length."""
    done = summary.read + summary.failed
    seconds = max(now - summary.started, 1e-3)
    share = (summary.done_size + summary.skipped_size) / max(1, summary.listed_size)
    full = round(20 * min(1.0, share))
    left = summary.listed_size - summary.done_size - summary.skipped_size
    time_left = _span(left * seconds / summary.done_size) if summary.done_size else "?"
    failed = f", {summary.failed:,} failed" if summary.failed else ""
    return (
        f"[{'█' * full}{'·' * (20 - full)}] {done + summary.skipped:,} of {summary.listed:,}{failed} · "
        f"{60 * done / seconds:,.0f} a minute · {time_left} left"
    )


def _span(seconds: float) -> str:
    """A stretch of time in words.

    >>> [_span(n) for n in (42, 600, 9000, 400000)]
    ['42 s', '10 min', '2 h 30 min', '4 d 15 h']
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def _search(args: argparse.Namespace) -> None:
    from dataclasses import asdict

    from dramaturg.archive.asking import search

    with _open(args) as library:
        hits = search(library, " ".join(args.query), limit=args.limit)
    if args.json:
        _print_json([asdict(hit) for hit in hits])
        return
    colour = style_of(args).colour
    show("\n".join(_hit(hit, colour) for hit in hits) if hits else "nothing found\n")


def _hit(hit: "Hit", colour: bool) -> str:
    from dramaturg.archive.asking import END_OF_FOUND, FOUND

    begin, end = ("\x1b[1m", "\x1b[0m") if colour else ("[", "]")
    text = safe(hit.text).replace(FOUND, begin).replace(END_OF_FOUND, end)
    said = f"  speaking: {safe(hit.speakers)}\n" if hit.speakers else ""
    place = f"{safe(hit.place)}, story {hit.story}, at {hit.start}"
    return f"{safe(hit.title or hit.place)}  ({place})\n  {text}\n{said}"


def _stats(args: argparse.Namespace) -> None:
    from dramaturg.archive.asking import stats

    with _open(args) as library:
        told: dict[str, Any] = stats(library)
        if args.failed:
            rows = library.database.execute("SELECT place, exit_code, reason FROM failures ORDER BY place")
            told["failures_by_story"] = [
                {"place": place, "exit_code": code, "reason": reason} for place, code, reason in rows
            ]
    if args.json:
        _print_json(told)
        return
    failures = told.pop("failures_by_story", [])
    show("".join(f"{name.replace('_', ' '):<24}{_value(value)}\n" for name, value in told.items()))
    show("".join(f"{row['exit_code']:>4}  {safe(row['place'])}\n      {safe(row['reason'])}\n" for row in failures))


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{safe(name)}: {n:,}" for name, n in value.items()) or "-"
    return f"{value:,}"


def _print_json(value: object) -> None:
    show(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def _export(args: argparse.Namespace) -> None:
    if args.table is not None and args.to is not None:
        raise UsageError("--table writes CSV, --to the stories' readings: give one of them.")
    with _open(args) as library, writing(str(args.output)):
        n, what = _exporter(args)(library)
    if args.output != "-" and not args.quiet:
        say(f"wrote {args.output}: {n:,} {what}")


def _exporter(args: argparse.Namespace) -> "Callable[[Library], tuple[int, str]]":
    from dramaturg.archive import exporting
    from dramaturg.exporters import export, find_format

    target = str(args.output)
    if args.table is not None:
        return lambda library: (exporting.export_table(library, args.table, target), "rows")
    if args.to is not None:
        format = find_format(args.to)
        suffix = "" if format.folder else format.suffix
        return lambda library: (
            exporting.export_files(library, target, suffix, lambda reading, path: export(reading, format.name, path)),
            "stories",
        )
    if target.endswith(".parquet"):
        from dramaturg.archive.parquet import export_parquet

        return lambda library: (export_parquet(library, target), "stories")
    if target == "-" or target.endswith((".jsonl", ".jsonl.gz")):
        return lambda library: (exporting.export_lines(library, target), "stories")
    return lambda library: (exporting.export_documents(library, target), "stories")


def _verify(args: argparse.Namespace) -> None:
    from dramaturg.archive.asking import verify

    n_wrong = 0
    with _open(args) as library:
        for wrong in verify(library, files=args.files):
            n_wrong += 1
            show(f"{safe(wrong)}\n")
    if n_wrong:
        raise UnreadableStory(
            f"{args.db}: {n_wrong:,} things are wrong with this library. What is not named is sound: export it, or add "
            "the stories to a new one."
        )
    if not args.quiet:
        say(f"{args.db}: sound")


def _serve(args: argparse.Namespace) -> None:
    from dramaturg.archive.room.serving import serve

    serve(
        args.place,
        host=args.host,
        port=args.port,
        names=args.name,
        n_workers=args.workers,
        largest=args.largest << 20,
        say=say,
    )
