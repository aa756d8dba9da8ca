"""Commands to correct a reading, and to compare two readings."""

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from dramaturg.commands.common import (
    STORY_HELP,
    Commands,
    add_command,
    add_common,
    check_outputs,
    given_corrections,
    of_story,
    progress,
    reading_of,
    say,
    show,
    style_of,
    write,
)
from dramaturg.errors import UsageError
from dramaturg.reading import Reading
from dramaturg.saved import load_saved

if TYPE_CHECKING:
    from dramaturg.corrections.edit import CorrectionsFile
    from dramaturg.corrections.model import Corrections
    from dramaturg.review.background import BackgroundReader

T = TypeVar("T")

CAST = """Write a first corrections file for you to edit.

It lists every character who has a name, with the aliases and pronouns that were found.
Change what is wrong. The file is written beside the story, where `dramaturg read` finds it.

  dramaturg cast emma.txt                       (writes emma.cast.toml)
  dramaturg cast emma.json -o - | less
"""
UNCERTAIN = """Ask you about the least certain decisions, and save your answers.

The questions whose answers help most come first. Answer each with one key; ? lists the
keys. Each answer is saved at once in the corrections file beside the story and applied
before the next question, so you can stop at any time and continue later. The questions
end where the speaker shown is more likely right than wrong, or after a quarter of the
lines.

  dramaturg uncertain emma.txt
  dramaturg uncertain emma.json -n 20
"""
DIFF = """Show what changed between two drafts of a story, or two readings.

It lists characters who were added, removed or merged, quotations whose speaker changed,
and quotations that were added or removed.

  dramaturg diff draft-3.txt draft-4.txt
  dramaturg diff emma.json emma-corrected.json
"""


def add_commands(commands: Commands) -> None:
    """Add the commands to the command line."""
    command = add_command(commands, "cast", _cast, CAST)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("-o", "--output", metavar="OUT", help="the file to write; - is standard output")
    command.add_argument("--force", action="store_true", help="replace the file if it exists")
    add_common(command, reads=False)

    command = add_command(commands, "uncertain", _uncertain, UNCERTAIN)
    command.add_argument("story", metavar="STORY", help="the story's file, or a saved reading (JSON)")
    command.add_argument("-n", metavar="N", type=_number, help="ask at most N questions")
    command.add_argument("--all", action="store_true", help="also ask where an answer would change little")
    command.add_argument("-o", "--output", metavar="OUT", help="the corrections file that your answers are added to")
    add_common(command)

    command = add_command(commands, "diff", _diff, DIFF)
    command.add_argument("old", metavar="OLD", help="a story's file, or a saved reading (JSON)")
    command.add_argument("new", metavar="NEW", help="the later version of it")
    add_common(command)


def _cast(args: argparse.Namespace) -> None:
    from dramaturg.corrections.edit import first_file
    from dramaturg.corrections.toml import corrections_path

    target = args.output or ("-" if args.story == "-" else str(corrections_path(args.story)))
    check_outputs(args.story, [target])
    if target != "-" and Path(target).exists() and not args.force:
        raise UsageError(f"{target}: this file exists. Use --force to replace it, or -o OUT to write another.")
    reading = reading_of(argparse.Namespace(**{**vars(args), "no_corrections": True}))
    text = first_file(reading)
    if not _is_unchanged_by(reading, text, args):
        # Pronouns found in one place would change others if they were given for the whole story.
        text = first_file(reading, with_pronouns=False)
    write(args, target, text)


def _is_unchanged_by(reading: Reading, text: str, args: argparse.Namespace) -> bool:
    """Whether a story is read the same with a corrections file as without it."""
    from dramaturg.corrections.toml import parse_corrections
    from dramaturg.pipeline import read_story

    with progress(args):
        again = read_story(reading.story, corrections=parse_corrections(text))
    return replace(again, corrections=reading.corrections, made_by=reading.made_by, tokens=None) == replace(
        reading, tokens=None
    )


def _uncertain(args: argparse.Namespace) -> None:
    from dramaturg.corrections.edit import CorrectionsFile
    from dramaturg.corrections.toml import corrections_path
    from dramaturg.review.keys import KeyReader
    from dramaturg.review.session import Session

    if args.story == "-":
        raise UsageError("-: standard input is used for your answers. Give the story's file.")
    target = args.output or (args.corrections[-1] if args.corrections else str(corrections_path(args.story)))
    if target == "-":
        raise UsageError("-: your answers are saved in a file. Give its name.")
    check_outputs(args.story, [target])
    file = _report_errors(lambda: CorrectionsFile(target), target)
    reading = reading_of(args)
    is_saved = load_saved(args.story) is not None  # it may be somebody else's work: it stays as it is
    with ExitStack() as stack:
        reader = None if is_saved else stack.enter_context(_background_reader(reading))
        keys = stack.enter_context(KeyReader(sys.stdin))
        if reader is not None:
            reader.ask(_corrections_now(args, file))
        session = Session(
            reading,
            file,
            style_of(args),
            show,
            reread=None if reader is None else lambda: reader.ask(_corrections_now(args, file)),
            newest=None if reader is None else reader.newest,
        )
        n = _report_errors(lambda: session.run(keys.read, keys.line, args.n, args.all), target)
    if n and not args.quiet:
        later = " Read the story again to apply them." if is_saved else ""
        say(f"{n} answer{'s' if n > 1 else ''} in {target}.{later}")


def _background_reader(reading: Reading) -> "BackgroundReader":
    """Reads the story again while questions are asked. Answers through a pipe wait for what they change."""
    from dramaturg.pipeline import rereader
    from dramaturg.review.background import PATIENCE, BackgroundReader

    def stop_when_closed(done: int, words: int) -> None:
        if reader.is_closed:
            raise InterruptedError

    read_again = rereader(reading.story, stop_when_closed)
    reader = BackgroundReader(read_again, PATIENCE if sys.stdin.isatty() else None)
    return reader


def _corrections_now(args: argparse.Namespace, file: "CorrectionsFile") -> "Corrections":
    """The corrections that the command reads the story with, and those in the file of the answers."""
    from dramaturg.corrections.toml import corrections_paths, load_story_corrections

    given = given_corrections(args)
    now = load_story_corrections(args.story) if given is None else given
    loaded = [Path(path) for path in args.corrections or ([] if args.no_corrections else corrections_paths(args.story))]
    return now if file.path in loaded else now + file.corrections().of_story(Path(args.story).name)


def _report_errors(work: Callable[[], T], target: str) -> T:
    """Return what `work` returns. Raises UsageError, in one line, if the file cannot be read or written."""
    try:
        return work()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror or error}. Your last answer was not saved.") from error


def _diff(args: argparse.Namespace) -> None:
    from dramaturg.report.diff import show_differences

    if args.old == args.new == "-":
        raise UsageError("-: only one of the two files can be standard input.")
    if args.corrections:
        raise UsageError(
            "--corrections: each file is read with the corrections beside it. To use others, save both readings first."
        )
    old, new = (reading_of(of_story(args, story)) for story in (args.old, args.new))
    show(show_differences(old, new, style_of(args)))


def _number(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value}: give a whole number of 1 or more")
    return int(value)
