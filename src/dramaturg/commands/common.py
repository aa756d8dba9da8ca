"""What the commands share: reading the story, writing files, printing, and messages on standard error."""

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeAlias

from dramaturg.console import TerminalStyle, safe
from dramaturg.corrections.model import Corrections
from dramaturg.corrections.toml import load_corrections
from dramaturg.errors import UsageError
from dramaturg.files import write_text
from dramaturg.formatting import counted
from dramaturg.phrases import Locator
from dramaturg.pipeline import correct_story, read
from dramaturg.reading import Reading
from dramaturg.saved import load_saved
from dramaturg.sources.limits import parse_limits

MAX_MESSAGE_CHARACTERS = 1000  # a message may quote a file name or the story
MAX_CHANGES_LISTED = 5
MAX_COLUMNS = 100  # longer lines are hard to read
STORY_HELP = "the story's file, a saved reading (JSON), or - for standard input"
NAME_HELP = "a character's id, name or alias, or its beginning"


class Parser(argparse.ArgumentParser):
    """A parser that accepts no abbreviated options, so that new options cannot change what a script does."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter, **options}  # type: ignore[arg-type]
        )


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add_command(commands: Commands, name: str, run: object, help: str) -> Parser:
    """Add a command. `help` is a summary, a description and examples, separated by blank lines."""
    summary, *description, examples = help.strip("\n").split("\n\n")
    command: Parser = commands.add_parser(
        name,
        help=summary.rstrip("."),
        description="\n\n".join([summary, *description]),
        epilog=f"examples:\n{examples}",
    )
    command.set_defaults(run=run)
    return command


def add_common(command: argparse.ArgumentParser, *, reads: bool = True) -> None:
    """Add the options of every command that takes a story. `reads`: whether the command applies corrections."""
    if reads:
        command.add_argument(
            "--corrections",
            metavar="FILE",
            action="append",
            help="use this corrections file, not those beside the story",
        )
        command.add_argument(
            "--no-corrections", action="store_true", help="use no corrections, not even those beside the story"
        )
    command.add_argument(
        "--limit", metavar="NAME=VALUE", action="append", default=[], help="raise a limit on files: depth=5000"
    )
    command.add_argument("--quiet", action="store_true", help="print only errors to standard error")
    command.add_argument("--no-color", action="store_true", help="print without colours (or set NO_COLOR)")


def reading_of(args: argparse.Namespace, *, with_tokens: bool = False) -> Reading:
    """The reading of the command's story: loaded if it is a saved reading, else made now.

    `with_tokens`: whether a reading that is made now includes tokens.
    """
    want_tokens = getattr(args, "tokens", False)
    limits = parse_limits(args.limit)
    given = given_corrections(args)
    saved = load_saved(args.story)
    if saved is not None:
        reading = saved
        if given:
            with progress(args):
                reading = correct_story(reading.story, given, tokens=want_tokens or with_tokens)
        if want_tokens and reading.tokens is None:
            raise UsageError(f"{args.story}: this saved reading holds no tokens. Give the story's file instead.")
    else:
        with progress(args):
            reading = read(args.story, tokens=want_tokens or with_tokens, limits=limits, corrections=given)
    if not args.quiet:
        for warning in reading.story.warnings:
            say(f"warning: {warning}")
        say_corrected(reading)
    return reading


def given_corrections(args: argparse.Namespace) -> Corrections | None:
    """The corrections that --corrections and --no-corrections ask for; None for those beside the story."""
    files = getattr(args, "corrections", None)
    if getattr(args, "no_corrections", False):
        if files:
            raise UsageError("--corrections and --no-corrections cannot be used together.")
        return Corrections()
    if files is None:
        return None
    found = Corrections()
    for file in files:
        found += load_corrections(file)
    return found


def say_corrected(reading: Reading) -> None:
    """Report which corrections were applied, which were not and why, and which other speakers they changed."""
    corrections = reading.corrections
    # A file shared by many stories may name people who are not in this one.
    unmatched = [
        row for row in corrections.unmatched if isinstance(row, dict) and not (row.get("shared") and "person" in row)
    ]
    applied = f"{counted(len(corrections.applied), 'correction')} applied"
    if len(unmatched) == 1:
        say(f"{applied}, 1 not applied ({_explanation(unmatched[0])})")
    elif corrections.applied or unmatched:
        say(applied + (f", {len(unmatched)} not applied:" if unmatched else ""))
        for row in unmatched:
            say(f"not applied: {_explanation(row)}")
    if corrections.changed:
        locator = Locator(reading)
        rows = [
            f"{locator.describe(row['start'])}: {row['now'] or 'unknown'} (was {row['before'] or 'unknown'})"
            for row in corrections.changed[:MAX_CHANGES_LISTED]
        ]
        more = " …" if len(corrections.changed) > MAX_CHANGES_LISTED else "."
        verb = "have" if len(corrections.changed) > 1 else "has"
        say(f"as a result, {counted(len(corrections.changed), 'other quotation')} {verb} a new speaker:")
        say(f"{'; '.join(rows)}{more}")


def _explanation(row: dict[str, Any]) -> str:
    """Where an unmatched correction is, what it says, and why it was not applied."""
    where = f"{row['file']}, line {row['line']}: " if row.get("file") else ""
    return f"{where}{row['correction']}: {row['why']}"


def check_outputs(story: str, targets: list[str]) -> None:
    """Raise UsageError if an output cannot be written, before the story is read."""
    if len(targets) != len(set(targets)):
        raise UsageError(f"{targets[0]}: --json and --html cannot both write here.")
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
        raise UsageError(f"{path}: there is no folder {path.parent}. Create it first.")
    if not os.access(path if path.exists() and not path.is_file() else path.parent, os.W_OK):
        raise UsageError(f"{path}: you have no permission to write here.")
    if story != "-" and path.is_file() and Path(story).is_file() and path.samefile(story):
        raise UsageError(f"{path}: this would overwrite the story.")


def write(args: argparse.Namespace, target: str, text: str) -> None:
    """Write to a file or standard output, and report it."""
    with writing(target):
        write_text(target, text)
    if target != "-" and not args.quiet:
        say(f"wrote {target}")


@contextmanager
def writing(target: str) -> Iterator[None]:
    """Around code that writes to a target (`-` is standard output): turns OSError into UsageError."""
    try:
        yield
    except BrokenPipeError:  # the reader of our output has closed it: `main` handles that
        raise
    except OSError as error:
        if target == "-":
            forget_standard_output()
        raise UsageError(f"{file_label(target)}: {error.strerror or error}. The output was not written.") from error


def show(text: str) -> None:
    """Print to standard output, without adding a newline."""
    with writing("-"):
        sys.stdout.write(text)
        sys.stdout.flush()


def style_of(args: argparse.Namespace) -> TerminalStyle:
    """How to print on this terminal."""
    columns = min(MAX_COLUMNS, shutil.get_terminal_size((80, 24)).columns)
    return TerminalStyle(colour=not args.no_color and _shows_colour(sys.stdout), width=columns)


def _shows_colour(stream: TextIO) -> bool:
    # https://no-color.org: any value but the empty one
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))


@contextmanager
def progress(args: argparse.Namespace) -> Iterator[None]:
    """Show “reading …” while the work goes on, if standard error is a terminal."""
    shown = not args.quiet and sys.stderr.isatty()
    if shown:
        print(f"reading {safe(file_label(args.story, 'standard input'))} …", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def file_label(target: str, dash: str = "standard output") -> str:
    """The name of a file in a message; `dash` is used for `-`."""
    return dash if target == "-" else target


def say(message: str) -> None:
    """Print a message in one line on standard error."""
    line = safe(message)
    if len(line) > MAX_MESSAGE_CHARACTERS:
        half = MAX_MESSAGE_CHARACTERS // 2
        line = f"{line[:half]}…{line[-half:]}"  # keeps the end, which is the reason
    print(f"dramaturg: {line}", file=sys.stderr)


def forget_standard_output() -> None:
    """Discard the rest of the output, because standard output cannot be written."""
    # Python flushes standard output once more at exit, and would report the same error again.
    with Path(os.devnull).open("w") as nowhere:
        try:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        except (OSError, ValueError):  # standard output is not a real file, as in tests and notebooks
            return
