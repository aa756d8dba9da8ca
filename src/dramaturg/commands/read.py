"""The commands that read a story and show what is in it: read, who, lines, check, schema."""

import argparse

from dramaturg.commands.common import (
    NAME_HELP,
    STORY_HELP,
    Commands,
    add_command,
    add_common,
    check_outputs,
    reading_of,
    show,
    style_of,
    write,
)
from dramaturg.report.check import show_check
from dramaturg.report.page import show_page
from dramaturg.report.terminal import show_character, show_lines, show_reading
from dramaturg.saved import load_saved
from dramaturg.schema import schema_text
from dramaturg.sources import load
from dramaturg.sources.limits import parse_limits

READ = """Read a story and show who is in it.

Prints a summary: the cast, a sample conversation, and the least certain speakers.
With --json or --html, writes files instead.

  dramaturg read emma.txt
  dramaturg read emma.txt --json emma.json --html emma.html
  dramaturg read emma.json --html emma.html     (uses the saved reading)
"""
WHO = """Show who a character is.

Prints the names, the pronouns, the first and last appearance, how much the character
says, and to whom.

  dramaturg who emma.txt Miss Bates
  dramaturg who emma.json bates
"""
LINES = """List what a character says.

Prints each line with its place, its addressee, and how certain the speaker is.

  dramaturg lines emma.txt Knightley
  dramaturg lines emma.json knightley --no-color > knightley.txt
"""
CHECK = """Show how a file is understood, without reading the story.

Prints the format, the blocks by role (title, heading, paragraph, author's note …) with
their first words, and what was left out and why.

  dramaturg check emma.epub
  dramaturg check saved-page.html --all | less
"""
SCHEMA = """Print the JSON Schema of a saved reading.

  dramaturg schema > dramaturg-1.schema.json
"""


def add_commands(commands: Commands) -> None:
    """Add these commands to the command line."""
    command = add_command(commands, "read", _read, READ)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("--json", metavar="OUT", help="write the reading as JSON; - is standard output")
    command.add_argument("--html", metavar="OUT", help="write a self-contained web page; - is standard output")
    command.add_argument("--tokens", action="store_true", help="include words and sentences in the JSON")
    add_common(command)

    command = add_command(commands, "who", _who, WHO)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("name", metavar="NAME", nargs="+", help=NAME_HELP)
    add_common(command)

    command = add_command(commands, "lines", _lines, LINES)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("name", metavar="NAME", nargs="+", help=NAME_HELP)
    add_common(command)

    command = add_command(commands, "check", _check, CHECK)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("--all", action="store_true", help="list every block separately")
    add_common(command, reads=False)

    add_command(commands, "schema", _schema, SCHEMA)


def _read(args: argparse.Namespace) -> None:
    outputs = {"json": args.json, "html": args.html}
    check_outputs(args.story, [target for target in outputs.values() if target is not None])
    reading = reading_of(args)
    if args.json is not None:
        write(args, args.json, reading.to_json())
    if args.html is not None:
        write(args, args.html, show_page(reading))
    if args.json is None and args.html is None:
        show(show_reading(reading, style_of(args)))


def _who(args: argparse.Namespace) -> None:
    reading = reading_of(args)
    show(show_character(reading, reading.find(" ".join(args.name)), style_of(args)))


def _lines(args: argparse.Namespace) -> None:
    reading = reading_of(args)
    show(show_lines(reading, reading.find(" ".join(args.name)), style_of(args)))


def _check(args: argparse.Namespace) -> None:
    limits = parse_limits(args.limit)
    saved = load_saved(args.story)
    story = load(args.story, limits) if saved is None else saved.story
    show(show_check(story, style_of(args), args.all))


def _schema(args: argparse.Namespace) -> None:
    show(schema_text())
