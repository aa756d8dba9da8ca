"""The command line: parse, call one function of the package, and say what was written."""

import argparse
import codecs
import os
import re
import shutil
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from dramaturg import __version__
from dramaturg.completion import SHELLS, completion
from dramaturg.errors import DramaturgError, UsageError
from dramaturg.files import write_text
from dramaturg.pipeline import read
from dramaturg.reading import Reading
from dramaturg.report.check import show_check
from dramaturg.report.digest import safe
from dramaturg.report.page import show_page
from dramaturg.report.terminal import Style, show_character, show_lines, show_reading
from dramaturg.schema import schema_text
from dramaturg.sources import load
from dramaturg.sources.limits import parse_limits

FAULT = 1
INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended: 128 + SIGINT
BROKEN_PIPE = 141  # and of one whose reader went away: 128 + SIGPIPE
LONGEST = 1000  # characters of a message, in which a file's name or a story's words may stand
WIDEST = 100  # columns; longer lines tire the eye
SAVED_READING = re.compile(rb'"schema"\s*:\s*"dramaturg/')
# For consoles that have no such letters, where “?” would stand for each.
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "—": "--", "–": "-", "·": "-", "█": "#"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; `arguments` are those of the process where None. Returns the exit code."""
    _open_what_is_closed()
    _let_every_letter_through()
    try:
        args = parser().parse_args(arguments)
        args.run(args)
        sys.stdout.flush()
    except DramaturgError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_standard_output()
        return BROKEN_PIPE
    except Exception as error:
        if os.environ.get("DRAMATURG_DEBUG"):
            traceback.print_exc()
        return _fail(_fault(error), FAULT)
    return 0


def parser() -> argparse.ArgumentParser:
    """The commands and their options; the help, the documentation and the completion come from here."""
    top = _Parser(
        prog="dramaturg",
        description="Read fiction: who is who, who says what to whom, and where the text says so.",
        epilog="examples:\n  dramaturg read emma.txt\n  dramaturg who emma.txt Harriet\n\n"
        "`dramaturg COMMAND --help` tells more of each command.",
    )
    top.add_argument("--version", action="version", version=f"dramaturg {__version__}", help="print the version")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Parser)

    command = _command(commands, "read", _read, READ)
    command.add_argument("story", metavar="STORY", help=STORY)
    command.add_argument("--json", metavar="OUT", help="write the reading as a JSON document; - is standard output")
    command.add_argument("--html", metavar="OUT", help="write one self-contained page; - is standard output")
    command.add_argument("--tokens", action="store_true", help="put words and sentences into the JSON document too")
    _add_common(command)

    command = _command(commands, "who", _who, WHO)
    command.add_argument("story", metavar="STORY", help=STORY)
    command.add_argument("name", metavar="NAME", nargs="+", help=NAME)
    _add_common(command)

    command = _command(commands, "lines", _lines, LINES)
    command.add_argument("story", metavar="STORY", help=STORY)
    command.add_argument("name", metavar="NAME", nargs="+", help=NAME)
    _add_common(command)

    command = _command(commands, "check", _check, CHECK)
    command.add_argument("story", metavar="STORY", help=STORY)
    command.add_argument("--all", action="store_true", help="list every block by itself")
    _add_common(command)

    _command(commands, "schema", _schema, SCHEMA)
    command = _command(commands, "completion", _completion, COMPLETION)
    command.add_argument("shell", metavar="SHELL", choices=SHELLS, help=" or ".join(SHELLS))
    return top


STORY = "the story's file, a saved reading (JSON), or - for standard input"
NAME = "a character's id, name, alias, or the start of one"
READ = """Read a story and say who is in it.

Prints a page: the cast, a piece of talk, and what is uncertain. With --json or
--html it writes files instead.

  dramaturg read emma.txt
  dramaturg read emma.txt --json emma.json --html emma.html
  dramaturg read emma.json --html emma.html     (nothing is read twice)
"""
WHO = """Say who a character is.

Names, pronouns, first and last appearance, how much this one says and to whom.

  dramaturg who emma.txt Miss Bates
  dramaturg who emma.json bates
"""
LINES = """List what a character says.

Each line with its place, whom it is said to, and how certain the speaker is.

  dramaturg lines emma.txt Knightley
  dramaturg lines emma.json knightley --no-color > knightley.txt
"""
CHECK = """Say what a file is and what of it will be read.

Its blocks by role (title, heading, paragraph, author's note …) with their first
words, and what was left out and why. Nothing is read for its people yet.

  dramaturg check emma.epub
  dramaturg check saved-page.html --all | less
"""
SCHEMA = """Print the JSON Schema of a saved reading.

  dramaturg schema > dramaturg-1.schema.json
"""
COMPLETION = """Print what lets a shell complete these commands.

  eval "$(dramaturg completion bash)"           in ~/.bashrc
  eval "$(dramaturg completion zsh)"            in ~/.zshrc, after compinit
  dramaturg completion fish | source            in ~/.config/fish/config.fish
"""


def _read(args: argparse.Namespace) -> None:
    outputs = {"json": args.json, "html": args.html}
    _check_outputs(args.story, [target for target in outputs.values() if target is not None])
    reading = _reading(args)
    if args.json is not None:
        _write(args, args.json, reading.to_json())
    if args.html is not None:
        _write(args, args.html, show_page(reading))
    if args.json is None and args.html is None:
        _print(show_reading(reading, _style(args)))


def _who(args: argparse.Namespace) -> None:
    reading = _reading(args)
    _print(show_character(reading, reading.find(" ".join(args.name)), _style(args)))


def _lines(args: argparse.Namespace) -> None:
    reading = _reading(args)
    _print(show_lines(reading, reading.find(" ".join(args.name)), _style(args)))


def _check(args: argparse.Namespace) -> None:
    limits = parse_limits(args.limit)
    saved = _saved(args.story)
    story = load(args.story, limits) if saved is None else Reading.from_json(saved, args.story).story
    _print(show_check(story, _style(args), args.all))


def _schema(args: argparse.Namespace) -> None:
    _print(schema_text())


def _completion(args: argparse.Namespace) -> None:
    _print(completion(parser(), args.shell))


def _reading(args: argparse.Namespace) -> Reading:
    """The reading of the story that the command names, read now or saved before."""
    want_tokens = getattr(args, "tokens", False)
    limits = parse_limits(args.limit)
    saved = _saved(args.story)
    if saved is not None:
        reading = Reading.from_json(saved, args.story)
        if want_tokens and reading.tokens is None:
            raise UsageError(f"{args.story}: this saved reading holds no tokens. Give the story itself.")
    else:
        with _progress(args):
            reading = read(args.story, tokens=want_tokens, limits=limits)
    if not args.quiet:
        for warning in reading.story.warnings:
            _say(f"warning: {warning}")
    return reading


def _saved(story: str) -> bytes | None:
    """The bytes of a saved reading; None where something else is there, which is left for the sources."""
    if story == "-":
        # What is only peeked at is still there for whoever reads the story.
        head = getattr(sys.stdin.buffer, "peek", lambda size: b"")(1)
        return sys.stdin.buffer.read() if _begins_like_one(head) and SAVED_READING.search(head) else None
    try:
        if not Path(story).is_file():  # a pipe, say, which can be read only once
            return None
        with Path(story).open("rb") as file:
            data = file.read(64)
            if not _begins_like_one(data):
                return None
            data += file.read()
    except (OSError, ValueError):  # ValueError: a name that no file can have; the sources say so
        return None
    return data if SAVED_READING.search(data) else None


def _begins_like_one(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{")


def _check_outputs(story: str, targets: list[str]) -> None:
    """Say before the long work what would only fail after it."""
    if len(targets) != len(set(targets)):
        raise UsageError(f"{targets[0]}: --json and --html cannot both go there.")
    for target in targets:
        if target == "-":
            continue
        try:
            _check_output(story, Path(target))
        except OSError as error:
            raise UsageError(f"{target}: {error.strerror or error}. Choose another name.") from error


def _check_output(story: str, path: Path) -> None:
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder. Give the name of a file in it.")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}. Make it first.")
    if not os.access(path if path.exists() and not path.is_file() else path.parent, os.W_OK):
        raise UsageError(f"{path}: writing there is not permitted.")
    if story != "-" and path.is_file() and Path(story).is_file() and path.samefile(story):
        raise UsageError(f"{path}: this would overwrite what is to be read.")


def _write(args: argparse.Namespace, target: str, text: str) -> None:
    try:
        write_text(target, text)
    except BrokenPipeError:
        raise
    except OSError as error:
        if target == "-":
            _forget_standard_output()
        raise UsageError(f"{_called(target)}: {error.strerror or error}. Nothing was written there.") from error
    if target != "-" and not args.quiet:
        _say(f"wrote {target}")


def _print(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _forget_standard_output()
        raise UsageError(f"standard output: {error.strerror or error}.") from error


def _style(args: argparse.Namespace) -> Style:
    columns = min(WIDEST, shutil.get_terminal_size((80, 24)).columns)
    return Style(colour=not args.no_color and _shows_colour(sys.stdout), width=columns)


def _shows_colour(stream: TextIO) -> bool:
    # https://no-color.org: any value but the empty one
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))


@contextmanager
def _progress(args: argparse.Namespace) -> Iterator[None]:
    """Tell a person who waits at a terminal that work goes on; a file or a pipe is told nothing."""
    shown = not args.quiet and sys.stderr.isatty()
    if shown:
        print(f"reading {safe(_called(args.story, 'standard input'))} …", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _called(target: str, dash: str = "standard output") -> str:
    return dash if target == "-" else target


def _say(message: str) -> None:
    line = safe(message)
    if len(line) > LONGEST:
        line = f"{line[: LONGEST // 2]}…{line[-LONGEST // 2 :]}"  # the reason stands at the end
    print(f"dramaturg: {line}", file=sys.stderr)


def _fail(message: str, code: int) -> int:
    _say(message)
    return code


def _fault(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"this is a fault of dramaturg {__version__}, not yours: {type(error).__name__}{where}: {error}. "
        "Please report this line to the project, with the story if you may; DRAMATURG_DEBUG=1 shows more."
    )


def _open_what_is_closed() -> None:
    """A program may be started without standard streams; Python then has None in their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 (open as long as the program runs)


def _let_every_letter_through() -> None:
    """A story may hold letters that a console cannot show: they are replaced there, never an error."""
    codecs.register_error("dramaturg", _replace)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="dramaturg")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    replaced = error.object[error.start : error.end].translate(PLAIN)
    return replaced.encode("ascii", "replace").decode("ascii"), error.end


def _forget_standard_output() -> None:
    # Python flushes standard output once more at its end, and would complain of what is already said.
    with Path(os.devnull).open("w") as nowhere:
        try:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        except (OSError, ValueError):  # standard output is no file (a test's, a notebook's)
            return


class _Parser(argparse.ArgumentParser):
    """Options are never guessed from their beginnings, so that a later one cannot change what a script does."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter, **options}  # type: ignore[arg-type]
        )


def _command(commands: "argparse._SubParsersAction[_Parser]", name: str, run: object, help: str) -> _Parser:
    summary, *told, examples = help.strip("\n").split("\n\n")
    command: _Parser = commands.add_parser(
        name,
        help=summary.rstrip("."),
        description="\n\n".join([summary, *told]),
        epilog=f"examples:\n{examples}",
    )
    command.set_defaults(run=run)
    return command


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--limit", metavar="NAME=VALUE", action="append", default=[], help="allow a file to ask for more: depth=5000"
    )
    command.add_argument("--quiet", action="store_true", help="say nothing on standard error but errors")
    command.add_argument("--no-color", action="store_true", help="print without colours (or set NO_COLOR)")
