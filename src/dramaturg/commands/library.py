"""The commands for many stories: `dramaturg library` and `dramaturg serve`. `library_run.py` does what they say."""

import argparse
from collections.abc import Callable
from importlib import import_module

from dramaturg.commands.common import Commands, Parser, add_command
from dramaturg.errors import UsageError

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


def add_commands(commands: Commands) -> None:
    """Add these commands to the command line."""
    library = add_command(commands, "library", _no_command, LIBRARY)
    library.add_argument("--db", metavar="FILE", help=DB)
    subcommands = library.add_subparsers(title="commands", metavar="COMMAND", parser_class=Parser)
    _add_add_options(_add_subcommand(subcommands, "add", _run("add"), ADD))

    command = _add_subcommand(subcommands, "search", _run("search"), SEARCH)
    command.add_argument("query", metavar="QUERY", nargs="+", help="the words or query to search for")
    command.add_argument(
        "--limit", metavar="N", type=_positive, default=20, help="the number of passages to show (default: 20)"
    )
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--no-color", action="store_true", help="print without colours (or set NO_COLOR)")

    command = _add_subcommand(subcommands, "stats", _run("stats"), STATS)
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--failed", action="store_true", help="list the stories that could not be read, and why")

    command = _add_subcommand(subcommands, "export", _run("export"), EXPORT)
    command.add_argument("-o", "--output", metavar="OUT", required=True, help="the file or folder to write")
    command.add_argument("--to", metavar="FORMAT", help="write each story in a format of `dramaturg export`")
    command.add_argument("--table", metavar="NAME", help="write a table or view as CSV")
    command.add_argument("--quiet", action="store_true", help="print only errors to standard error")

    command = _add_subcommand(subcommands, "verify", _run("verify"), VERIFY)
    command.add_argument("--files", action="store_true", help="check the stories' files too")
    command.add_argument("--quiet", action="store_true", help="print nothing if the library is sound")

    _add_serve_options(add_command(commands, "serve", _run("serve"), SERVE))


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


def _no_command(args: argparse.Namespace) -> None:
    raise UsageError("library: give a command: add, search, stats, export or verify. See `dramaturg library --help`.")


def _run(name: str) -> Callable[[argparse.Namespace], None]:
    """What a command does, imported when it runs: SQLite, the pool of processes and the room take time to load."""

    def run(args: argparse.Namespace) -> None:
        getattr(import_module("dramaturg.commands.library_run"), f"run_{name}")(args)

    return run
