"""The command that looks for slips of continuity."""

import argparse
import json

from dramaturg.commands.common import STORY_HELP, Commands, add_command, add_common, reading_of, show, style_of, write

CONTINUITY = """Find places of a story that do not agree.

Looks for eyes and hair that change their colour, ages that do not add up, bodies and kin that
cannot be, people who speak or act after they died or where they are not, two trades of one
person, what somebody never does and does, and names in two spellings. Prints the gravest and
surest first, each with its places. Whether you meant it so, dramaturg cannot know.

  dramaturg continuity novel.docx
  dramaturg continuity novel.json --json slips.json
"""


def add_commands(commands: Commands) -> None:
    """Add the command to the command line."""
    command = add_command(commands, "continuity", _continuity, CONTINUITY)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("--json", metavar="OUT", help="write the slips as JSON; - is standard output")
    add_common(command)


def _continuity(args: argparse.Namespace) -> None:
    from dramaturg.report.slips import show_slips

    reading = reading_of(args)
    if args.json is not None:
        made = {"slips": reading.table("slips")}
        write(args, args.json, json.dumps(made, ensure_ascii=False, indent=2) + "\n")
    else:
        show(show_slips(reading, reading.slips, style_of(args)))
