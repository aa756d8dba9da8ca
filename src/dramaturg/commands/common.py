"""What the commands share: reading the story, writing files, printing, and messages on standard error.

A command imports what it runs when it runs, so that `dramaturg --help` and a kept reading answer at once.
"""

import argparse
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeAlias

from dramaturg.commands.progress import ProgressLine, ReadingProgress
from dramaturg.console import TerminalStyle, safe
from dramaturg.errors import UsageError
from dramaturg.files import write_text
from dramaturg.formatting import counted
from dramaturg.phrases import Locator
from dramaturg.reading import Reading
from dramaturg.saved import load_saved

if TYPE_CHECKING:
    from dramaturg.corrections.model import Corrections
    from dramaturg.sources.limits import Limits

MAX_MESSAGE_CHARACTERS = 1000  # a message may quote a file name or the story
MAX_CHANGES_LISTED = 5
MAX_COLUMNS = 100  # longer lines are hard to read
UNWRAPPED = 1_000_000  # columns of what is no terminal
WEB_ADDRESS = re.compile(r"(?:https?|ftp|file):/|www\.", re.IGNORECASE)
STORY_HELP = "the story's file, a saved reading (JSON), or - for standard input"
NAME_HELP = "a character's id, name or alias, or its beginning"


class Parser(argparse.ArgumentParser):
    """A parser that accepts no abbreviated options, so that new options cannot change what a script does."""

    def __init__(self, **options: object) -> None:
        super().__init__(
            **{"allow_abbrev": False, "formatter_class": argparse.RawDescriptionHelpFormatter, **options}  # type: ignore[arg-type]
        )

    def error(self, message: str) -> NoReturn:
        """Print the usage and a message on standard error, and exit with the code of a wrong command line."""
        self.print_usage(sys.stderr)
        self.exit(UsageError.exit_code, f"{_wrapped(f'{self.prog}: error: {message}')}\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Suggest the nearest of the allowed words, as argparse does itself from Python 3.14 on."""
        if action.choices is None or value in action.choices:
            return
        known = [str(choice) for choice in action.choices]
        nearest = get_close_matches(str(value), known, n=1, cutoff=0.5)
        wrong = f"“{value}” is unknown here"
        if isinstance(action, argparse._SubParsersAction):
            wrong = f"there is no command “{value}”"
            if looks_like_story(str(value)):
                raise argparse.ArgumentError(None, f"{wrong}. To read a story: {self.prog} read {value}")
        hint = f"Did you mean {nearest[0]}?" if nearest else f"There are: {', '.join(known)}."
        raise argparse.ArgumentError(None, f"{wrong}. {hint}")


Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


def looks_like_story(word: str) -> bool:
    """Whether somebody who typed this word probably meant a file."""
    return Path(word).suffix != "" or "/" in word or os.sep in word or Path(word).exists()


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


def add_common(command: argparse.ArgumentParser, *, reads: bool = True, cached: bool = True) -> None:
    """Add the options of every command that takes a story.

    `reads`: whether the command applies corrections. `cached`: whether it uses readings that are kept.
    """
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
    if cached:
        command.add_argument(
            "--no-cache", action="store_true", help="read again, and do not keep the reading for the next command"
        )
    command.add_argument(
        "--limit", metavar="NAME=VALUE", action="append", default=[], help="raise a limit on files: depth=5000"
    )
    command.add_argument("--quiet", action="store_true", help="print only errors to standard error")
    command.add_argument("--no-color", action="store_true", help="print without colours (or set NO_COLOR)")


def of_story(args: argparse.Namespace, story: str) -> argparse.Namespace:
    """The same arguments for this story."""
    return argparse.Namespace(**{**vars(args), "story": story})


def reading_of(args: argparse.Namespace, *, with_tokens: bool = False) -> Reading:
    """The reading of the command's story: loaded if it is a saved reading, else made now.

    `with_tokens`: whether a reading that is made now includes tokens.
    """
    want_tokens = getattr(args, "tokens", False)
    limits = _limits_of(args)
    given = given_corrections(args)
    check_story(args.story)
    saved = load_saved(args.story)
    if saved is None:
        reading = _read_or_recall(args, given, limits)
        reading = reading if want_tokens or with_tokens else replace(reading, tokens=None)
    else:
        reading = saved
        if given:
            from dramaturg.pipeline import correct_story

            with progress(args) as on_progress:
                reading = correct_story(
                    reading.story, given, tokens=want_tokens or with_tokens, on_progress=on_progress
                )
        if want_tokens and reading.tokens is None:
            raise UsageError(f"{args.story}: this saved reading holds no tokens. Give the story's file instead.")
    if not args.quiet:
        for warning in reading.story.warnings:
            say(f"warning: {warning}")
        say_corrected(reading)
    return reading


def _read_or_recall(args: argparse.Namespace, given: "Corrections | None", limits: "Limits | None") -> Reading:
    """A story's reading, with tokens: from the cache if it was read before, else made now and kept there."""
    from dramaturg.commands.reading_cache import cache_key, user_cache
    from dramaturg.corrections.toml import load_story_corrections

    corrections = load_story_corrections(args.story) if given is None else given
    cache = None if args.no_cache else user_cache()
    key = cache_key(args.story, corrections, args.limit) if cache else None
    kept = cache.load(key) if cache and key else None
    if kept is not None:
        return kept
    from dramaturg.pipeline import read

    with progress(args) as on_progress:
        reading = read(args.story, tokens=True, limits=limits, corrections=corrections, on_progress=on_progress)
    if cache and key:
        cache.save(key, reading)
    return reading


def _limits_of(args: argparse.Namespace) -> "Limits | None":
    """The limits that --limit sets; None for the defaults."""
    if not args.limit:
        return None
    from dramaturg.sources.limits import parse_limits

    return parse_limits(args.limit)


def check_story(story: str) -> None:
    """Raise UsageError if a story is given as a web address: dramaturg never uses the network."""
    if WEB_ADDRESS.match(story) and not Path(story).exists():
        raise UsageError(
            f"{story}: this is a web address, and dramaturg never goes online. Save the story in your browser, "
            "and give the saved file."
        )


def given_corrections(args: argparse.Namespace) -> "Corrections | None":
    """The corrections that --corrections and --no-corrections ask for; None for those beside the story."""
    from dramaturg.corrections.model import Corrections
    from dramaturg.corrections.toml import load_corrections

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
    """How a command prints on this terminal."""
    return terminal_style(colour=not args.no_color)


def terminal_style(colour: bool = True) -> TerminalStyle:
    """How to print on this terminal. `colour`: with colours, if the terminal has them."""
    columns = min(MAX_COLUMNS, shutil.get_terminal_size((80, 24)).columns)
    return TerminalStyle(colour=colour and _shows_colour(sys.stdout), width=columns)


def list_style(colour: bool = True) -> TerminalStyle:
    """How to print a list that programs may read too: wrapped on a terminal, one line a row elsewhere."""
    style = terminal_style(colour)
    return style if sys.stdout.isatty() else replace(style, width=UNWRAPPED)


def _shows_colour(stream: TextIO) -> bool:
    # https://no-color.org: any value but the empty one
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or not stream.isatty():
        return False
    return sys.platform != "win32" or bool(os.environ.get("WT_SESSION") or os.environ.get("TERM"))


@contextmanager
def progress(args: argparse.Namespace) -> Iterator[ReadingProgress]:
    """Show the progress while a story is read, if standard error is a terminal. Gives what `read` reports it to."""
    with ProgressLine(shown=not args.quiet) as line:
        yield ReadingProgress(line, Path(file_label(args.story, "standard input")).name)


def file_label(target: str, dash: str = "standard output") -> str:
    """The name of a file in a message; `dash` is used for `-`."""
    return dash if target == "-" else target


def say(message: str) -> None:
    """Print a message on standard error: in one line, or wrapped between words on a terminal."""
    line = safe(message)
    if len(line) > MAX_MESSAGE_CHARACTERS:
        half = MAX_MESSAGE_CHARACTERS // 2
        line = f"{line[:half]}…{line[-half:]}"  # keeps the end, which is the reason
    print(_wrapped(f"dramaturg: {line}"), file=sys.stderr)


def _wrapped(line: str) -> str:
    """A line for standard error, wrapped if that is a terminal."""
    if not sys.stderr.isatty():
        return line
    width = shutil.get_terminal_size((80, 24)).columns
    return "\n".join(textwrap.wrap(line, max(20, width), break_long_words=False, break_on_hyphens=False))


def forget_standard_output() -> None:
    """Discard the rest of the output, because standard output cannot be written."""
    # Python flushes standard output once more at exit, and would report the same error again.
    with Path(os.devnull).open("w") as nowhere:
        try:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        except (OSError, ValueError):  # standard output is not a real file, as in tests and notebooks
            return
