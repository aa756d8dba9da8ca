"""The commands about a whole story: slips of continuity, bonds over time."""

import argparse
import json

from dramaturg.commands.common import (
    STORY_HELP,
    Commands,
    add_command,
    add_common,
    reading_of,
    say,
    show,
    style_of,
    write,
)
from dramaturg.errors import UsageError
from dramaturg.formatting import counted
from dramaturg.reading import Reading

CONTINUITY = """Find places of a story that do not agree.

Looks for eyes and hair that change their colour, ages that do not add up, bodies and kin that
cannot be, people who speak or act after they died or where they are not, two trades of one
person, what somebody never does and does, and names in two spellings. Prints the gravest and
surest first, each with its places. If you meant one so, --meant notes it in the corrections file beside the story,
and it is not shown again.

  dramaturg continuity novel.docx
  dramaturg continuity novel.docx --meant 2
  dramaturg continuity novel.json --json slips.json
"""


BONDS = """Show how bonds change: who turns to whom in each chapter, and how they address each other.

Titles, first names, pet names and insults, each with the number of lines. Give one name for a
person and everybody they talk with, two names for a pair.

  dramaturg bonds emma.txt Emma "Mr. Knightley"
  dramaturg bonds emma.txt Emma
  dramaturg bonds emma.txt --json bonds.json
"""


def add_commands(commands: Commands) -> None:
    """Add the command to the command line."""
    command = add_command(commands, "continuity", _continuity, CONTINUITY)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("--json", metavar="OUT", help="write the slips as JSON; - is standard output")
    command.add_argument(
        "--meant", metavar="N", type=int, action="append", help="slip N is meant so: do not show it again"
    )
    add_common(command)

    command = add_command(commands, "bonds", _bonds, BONDS)
    command.add_argument("story", metavar="STORY", help=STORY_HELP)
    command.add_argument("names", metavar="NAME", nargs="*", help="a character, or two")
    command.add_argument("--json", metavar="OUT", help="write the bonds as JSON; - is standard output")
    add_common(command)


def _bonds(args: argparse.Namespace) -> None:
    from dramaturg.bonds import bonds_of
    from dramaturg.report.bonds import bond_dict, show_bonds

    if len(args.names) > 2:
        raise UsageError(f"{args.names[2]}: bonds are between two people. Give one name or two.")
    reading = reading_of(args)
    people = {reading.find(name).id for name in args.names}
    bonds = [bond for bond in bonds_of(reading) if people <= {bond.speaker, bond.addressee}]
    if args.json is not None:
        made = {"bonds": [bond_dict(bond) for bond in bonds]}
        write(args, args.json, json.dumps(made, ensure_ascii=False, indent=2) + "\n")
    else:
        show(show_bonds(reading, bonds, style_of(args)))


def _continuity(args: argparse.Namespace) -> None:
    from dramaturg.report.slips import show_slips

    reading = reading_of(args)
    if args.meant:
        _note(args, reading)
        return
    if args.json is not None:
        made = {"slips": reading.table("slips")}
        write(args, args.json, json.dumps(made, ensure_ascii=False, indent=2) + "\n")
    else:
        show(show_slips(reading, reading.slips, style_of(args)))


def _note(args: argparse.Namespace, reading: Reading) -> None:
    """Note in the corrections file that slips are meant so."""
    from dramaturg.corrections.anchors import make_anchor
    from dramaturg.corrections.edit import CorrectionsFile
    from dramaturg.corrections.model import SlipCorrection
    from dramaturg.corrections.toml import corrections_path

    if args.story == "-" and not args.corrections:
        raise UsageError("-: --meant writes to the corrections file beside the story. Give the story's file.")
    target = args.corrections[-1] if args.corrections else str(corrections_path(args.story))
    wrong = next((n for n in args.meant if not 1 <= n <= len(reading.slips)), None)
    if wrong is not None:
        raise UsageError(f"--meant {wrong}: there are {counted(len(reading.slips), 'slip')}. Give the number of one.")
    meant = []
    for slip in (reading.slips[n - 1] for n in dict.fromkeys(args.meant)):
        place = slip.places[-1]
        meant.append(SlipCorrection(make_anchor(reading.story.text, place.start, place.end), slip.kind))
    try:
        CorrectionsFile(target).add(meant)
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror or error}. Nothing was noted.") from error
    if not args.quiet:
        say(f"{counted(len(meant), 'slip')} noted in {target} as meant so.")
