"""Commands by which a person puts right what was misread."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from dramaturg.commands.common import (
    STORY_HELP,
    Commands,
    add_command,
    add_common,
    check_outputs,
    progress,
    reading_of,
    say,
    show,
    style_of,
    write,
)
from dramaturg.corrections.edit import CorrectionsFile, first_file
from dramaturg.corrections.toml import corrections_path, parse_corrections
from dramaturg.errors import UsageError
from dramaturg.pipeline import read_story
from dramaturg.reading import Reading
from dramaturg.report.diff import show_differences
from dramaturg.review.session import KeyReader, Session

T = TypeVar("T")

CAST = """Write a first corrections file to edit.

It lists everybody with a name, with aliases and pronouns, as they were read; what is
wrong in it can be changed. It goes beside the story, where `dramaturg read` finds it.

  dramaturg cast emma.txt                       (writes emma.cast.toml)
  dramaturg cast emma.json -o - | less
"""
UNCERTAIN = """Ask about what is least certain, and write down your answers.

The decisions most worth an answer come first. One key answers; ? tells which keys
there are. The answers go into the corrections file beside the story at once, so you
may stop at any time, and go on another day.

  dramaturg uncertain emma.txt
  dramaturg uncertain emma.json -n 20
"""
DIFF = """Say what changed between two drafts of a story, or two readings.

People who came, went, or were joined; quotations with another speaker, new ones, and
ones that are gone.

  dramaturg diff draft-3.txt draft-4.txt
  dramaturg diff emma.json emma-corrected.json
"""


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "cast", _cast, CAST)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("-o", "--output", metavar="OUT", help="write there instead; - is standard output")
    command.add_argument("--force", action="store_true", help="replace the file that is there")
    add_common(command, reads=False)

    command = add_command(commands, "uncertain", _uncertain, UNCERTAIN)
    command.add_argument("story", metavar="STORY", help="the story's file, or a saved reading (JSON)")
    command.add_argument("-n", metavar="N", type=_number, help="ask about so many at most")
    command.add_argument("-o", "--output", metavar="OUT", help="the corrections file to write into")
    add_common(command)

    command = add_command(commands, "diff", _diff, DIFF)
    command.add_argument("old", metavar="OLD", help="a story's file, or a saved reading (JSON)")
    command.add_argument("new", metavar="NEW", help="the same, later")
    add_common(command)


def _cast(args: argparse.Namespace) -> None:
    target = args.output or ("-" if args.story == "-" else str(corrections_path(args.story)))
    check_outputs(args.story, [target])
    if target != "-" and Path(target).exists() and not args.force:
        raise UsageError(f"{target}: this file is there already. --force replaces it, -o OUT writes another.")
    reading = reading_of(argparse.Namespace(**{**vars(args), "no_corrections": True}))
    text = first_file(reading)
    if not _same_with(reading, text, args):
        # Somebody's pronouns were told by one place alone: said of every place, they would change another.
        text = first_file(reading, with_pronouns=False)
    write(args, target, text)


def _same_with(reading: Reading, text: str, args: argparse.Namespace) -> bool:
    """Whether a story is read with a corrections file as it is without."""
    with progress(args):
        again = read_story(reading.story, corrections=parse_corrections(text))
    return replace(again, corrections=reading.corrections, made_by=reading.made_by, tokens=None) == replace(
        reading, tokens=None
    )


def _uncertain(args: argparse.Namespace) -> None:
    if args.story == "-":
        raise UsageError("-: the answers come from standard input; give the story's file.")
    target = args.output or (args.corrections[-1] if args.corrections else str(corrections_path(args.story)))
    if target == "-":
        raise UsageError("-: answers are written one by one; give the name of a file.")
    check_outputs(args.story, [target])
    answers = _told(lambda: CorrectionsFile(target), target)
    reading = reading_of(args)
    session = Session(reading, answers, style_of(args), show)
    with KeyReader(sys.stdin) as keys:
        n = _told(lambda: session.run(keys.read, keys.line, args.n), target)
    if n and not args.quiet:
        say(f"{n} answer{'s' if n > 1 else ''} in {target}. Read the story again to see what follows from them.")


def _told(work: Callable[[], T], target: str) -> T:
    """What the work makes; a file that cannot be written or read is said in one line."""
    try:
        return work()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror or error}. Your last answer is not in it.") from error


def _diff(args: argparse.Namespace) -> None:
    if args.old == args.new == "-":
        raise UsageError("-: only one of the two can come from standard input.")
    if args.corrections:
        raise UsageError("--corrections: each of the two has the corrections beside it. Read and save them first.")
    old, new = (reading_of(argparse.Namespace(**{**vars(args), "story": story})) for story in (args.old, args.new))
    show(show_differences(old, new, style_of(args)))


def _number(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise argparse.ArgumentTypeError(f"{value}: give a number from 1 on")
    return int(value)
