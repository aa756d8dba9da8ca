"""What the commands share: the story they name, the files they write, how they print and what they say."""

import argparse
import codecs
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeAlias

from dramaturg.console import TerminalStyle, safe
from dramaturg.corrections.model import Corrections
from dramaturg.corrections.toml import load_corrections
from dramaturg.errors import UsageError
from dramaturg.files import write_text
from dramaturg.formatting import counted
from dramaturg.phrases import Locator
from dramaturg.pipeline import correct_story, read
from dramaturg.reading import Reading
from dramaturg.sources.limits import parse_limits

LONGEST = 1000  # characters of a message, in which a file's name or a story's words may stand
CHANGES_SAID = 5
WIDEST = 100  # columns; longer lines tire the eye
SAVED_READING = re.compile(rb'"schema"\s*:\s*"dramaturg/')
STORY = "the story's file, a saved reading (JSON), or - for standard input"
NAME = "a character's id, name, alias, or the start of one"


class Parser(argparse.ArgumentParser):
    """Options are never guessed from their beginnings, so that a later one cannot change what a script does."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter, **options}  # type: ignore[arg-type]
        )


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def add_command(commands: Commands, name: str, run: object, help: str) -> Parser:
    """Add a command; `help` is a summary, more of it, and examples, a blank line between them."""
    summary, *told, examples = help.strip("\n").split("\n\n")
    command: Parser = commands.add_parser(
        name,
        help=summary.rstrip("."),
        description="\n\n".join([summary, *told]),
        epilog=f"examples:\n{examples}",
    )
    command.set_defaults(run=run)
    return command


def add_common(command: argparse.ArgumentParser, *, reads: bool = True) -> None:
    """Add the options that every command with a story has. `reads`: the story is read for its people."""
    if reads:
        command.add_argument(
            "--corrections", metavar="FILE", action="append", help="take these corrections, not those beside the story"
        )
        command.add_argument("--no-corrections", action="store_true", help="take none, not even those beside the story")
    command.add_argument(
        "--limit", metavar="NAME=VALUE", action="append", default=[], help="allow a file to ask for more: depth=5000"
    )
    command.add_argument("--quiet", action="store_true", help="say nothing on standard error but errors")
    command.add_argument("--no-color", action="store_true", help="print without colours (or set NO_COLOR)")


def reading_of(args: argparse.Namespace, *, with_tokens: bool = False) -> Reading:
    """The reading of the story that the command names, read now or saved before.

    `with_tokens`: whether one that is read now holds its tokens.
    """
    want_tokens = getattr(args, "tokens", False)
    limits = parse_limits(args.limit)
    given = given_corrections(args)
    saved = saved_reading(args.story)
    if saved is not None:
        reading = Reading.from_json(saved, args.story)
        if given:
            with progress(args):
                reading = correct_story(reading.story, given, tokens=want_tokens or with_tokens)
        if want_tokens and reading.tokens is None:
            raise UsageError(f"{args.story}: this saved reading holds no tokens. Give the story itself.")
    else:
        with progress(args):
            reading = read(args.story, tokens=want_tokens or with_tokens, limits=limits, corrections=given)
    if not args.quiet:
        for warning in reading.story.warnings:
            say(f"warning: {warning}")
        say_corrected(reading)
    return reading


def given_corrections(args: argparse.Namespace) -> Corrections | None:
    """The corrections of the files that the command names; None where those beside the story are meant."""
    files = getattr(args, "corrections", None)
    if getattr(args, "no_corrections", False):
        if files:
            raise UsageError("--corrections and --no-corrections cannot both hold.")
        return Corrections()
    if files is None:
        return None
    found = Corrections()
    for file in files:
        found += load_corrections(file)
    return found


def say_corrected(reading: Reading) -> None:
    """Say what became of the corrections, and what else changed by them."""
    told = reading.corrections
    # People of a file that many stories share need not be in each of them.
    missed = [row for row in told.unmatched if isinstance(row, dict) and not (row.get("shared") and "person" in row)]
    if told.applied or missed:
        say(f"{counted(len(told.applied), 'correction')} applied" + (f", {len(missed)} of no use" if missed else ""))
    for row in missed:
        where = f"{row['file']}, line {row['line']}: " if row.get("file") else ""
        say(f"of no use: {where}{row['correction']}: {row['why']}")
    if told.changed:
        places = Locator(reading)
        rows = [
            f"{places.describe(row['start'])}: {row['now'] or 'unknown'} (was {row['before'] or 'unknown'})"
            for row in told.changed[:CHANGES_SAID]
        ]
        more = " …" if len(told.changed) > CHANGES_SAID else "."
        verb = "have" if len(told.changed) > 1 else "has"
        say(f"because of them {counted(len(told.changed), 'other quotation')} {verb} another speaker:")
        say(f"{'; '.join(rows)}{more}")


def saved_reading(story: str) -> bytes | None:
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


def check_outputs(story: str, targets: list[str]) -> None:
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


def write(args: argparse.Namespace, target: str, text: str) -> None:
    """Write to a file or standard output, and say so."""
    with writing(target):
        write_text(target, text)
    if target != "-" and not args.quiet:
        say(f"wrote {target}")


@contextmanager
def writing(target: str) -> Iterator[None]:
    """Around whatever writes to a target, `-` being standard output: raises UsageError where it cannot be written."""
    try:
        yield
    except BrokenPipeError:  # whoever reads our output has had enough of it, which is no fault
        raise
    except OSError as error:
        if target == "-":
            forget_standard_output()
        raise UsageError(f"{called(target)}: {error.strerror or error}. It could not be written there.") from error


def show(text: str) -> None:
    """Print to standard output, without a newline of its own."""
    with writing("-"):
        sys.stdout.write(text)
        sys.stdout.flush()


def style_of(args: argparse.Namespace) -> TerminalStyle:
    """How to print on this terminal."""
    columns = min(WIDEST, shutil.get_terminal_size((80, 24)).columns)
    return TerminalStyle(colour=not args.no_color and _shows_colour(sys.stdout), width=columns)


def _shows_colour(stream: TextIO) -> bool:
    # https://no-color.org: any value but the empty one
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))


@contextmanager
def progress(args: argparse.Namespace) -> Iterator[None]:
    """Tell a person who waits at a terminal that work goes on; a file or a pipe is told nothing."""
    shown = not args.quiet and sys.stderr.isatty()
    if shown:
        print(f"reading {safe(called(args.story, 'standard input'))} …", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        if shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def called(target: str, dash: str = "standard output") -> str:
    """What a message calls a file; `dash` for `-`."""
    return dash if target == "-" else target


def say(message: str) -> None:
    """Say one line on standard error."""
    line = safe(message)
    if len(line) > LONGEST:
        line = f"{line[: LONGEST // 2]}…{line[-LONGEST // 2 :]}"  # the reason stands at the end
    print(f"dramaturg: {line}", file=sys.stderr)


def forget_standard_output() -> None:
    """Write nothing more to a standard output that cannot take it."""
    # Python flushes standard output once more at its end, and would complain of what is already said.
    with Path(os.devnull).open("w") as nowhere:
        try:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        except (OSError, ValueError):  # standard output is no file (a test's, a notebook's)
            return
