"""Commands that write a reading for other programs."""

import argparse
import inspect
import json
from pathlib import Path

from dramaturg.commands.common import (
    STORY,
    Commands,
    add_command,
    add_common,
    check_outputs,
    reading_of,
    say,
    show,
    write,
    writing,
)
from dramaturg.compare.agreement import compare, show_comparison
from dramaturg.errors import UsageError
from dramaturg.exporters import Format, export, find_format, formats, options_of, parse_options
from dramaturg.importers import KINDS, import_reading, is_importable
from dramaturg.reading import Reading

EXPORT = """Write a reading for another program.

--list names the formats, and with --to the options of one. Without -o the file,
or the folder where a format is several files, is named after the story.

  dramaturg export emma.txt --to tei -o emma.xml
  dramaturg export emma.json --to booknlp -o emma/
  dramaturg export emma.json --to gexf --option network=mention
  dramaturg export --list
"""
IMPORT = """Make a reading of somebody's annotations.

TEI with <said>, BookNLP's files, brat's, or tables as CSV: a file, or a folder
of those that belong together. The reading is like one of dramaturg's own: the
other commands take it, and compare holds it against another.

  dramaturg import emma.xml --json emma.json
  dramaturg import booknlp/emma.tokens --json emma.json
  dramaturg import annotations/ --from brat --json emma.json
"""
COMPARE = """Say how far two readings of one text agree.

By kind: quotations, speakers, addressees, mentions, events, and who is who. The
first is taken for what is right. Each is a saved reading, annotations as import
takes them, or a story.

  dramaturg compare gold.xml emma.json
  dramaturg compare gold/ emma.txt --json agreement.json
"""


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
    command = add_command(commands, "export", _export, EXPORT)
    command.add_argument("story", metavar="STORY", nargs="?", help=STORY)
    command.add_argument("--to", metavar="FORMAT", help="the format's short name")
    command.add_argument("-o", "--output", metavar="OUT", help="the file or folder to write; - is standard output")
    command.add_argument(
        "--option", metavar="NAME=VALUE", action="append", default=[], help="an option of the format's own"
    )
    command.add_argument("--list", action="store_true", help="list the formats, or the options of the one given")
    add_common(command)

    command = add_command(commands, "import", _import, IMPORT)
    command.add_argument("file", metavar="FILE", help="a file of annotations, or their folder")
    command.add_argument("--from", dest="format", metavar="FORMAT", help=" or ".join(kind.name for kind in KINDS))
    command.add_argument(
        "--json", metavar="OUT", required=True, help="where to write the reading; - is standard output"
    )
    command.add_argument("--quiet", action="store_true", help="say nothing on standard error but errors")

    command = add_command(commands, "compare", _compare, COMPARE)
    for name in ("first", "second"):
        command.add_argument(name, metavar="STORY", help="a saved reading, annotations, or a story")
    command.add_argument("--json", metavar="OUT", help="write the figures as JSON; - is standard output")
    add_common(command)


def _export(args: argparse.Namespace) -> None:
    if args.list:
        show(_list_of_formats() if args.to is None else _list_of_options(find_format(args.to)))
        return
    if args.story is None or args.to is None:
        raise UsageError("give a story and a format: dramaturg export STORY --to FORMAT. --list names the formats.")
    format = find_format(args.to)
    format.check()
    options = parse_options(format, args.option)
    target = args.output or _named_after(args.story, format)
    _check_target(args.story, target, format)
    reading = reading_of(args, with_tokens=True)
    with writing(target):
        export(reading, format.name, target, **options)
    if target != "-" and not args.quiet:
        say(f"wrote {target}")


def _import(args: argparse.Namespace) -> None:
    check_outputs(args.file, [args.json])
    reading = import_reading(args.file, args.format)
    if not args.quiet:
        for warning in reading.story.warnings:
            say(f"warning: {warning}")
    write(args, args.json, reading.to_json())


def _compare(args: argparse.Namespace) -> None:
    if args.json is not None:
        for story in (args.first, args.second):
            check_outputs(story, [args.json])
    comparison = compare(_either(args, args.first), _either(args, args.second))
    if args.json is not None:
        write(args, args.json, json.dumps(comparison.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        show(show_comparison(comparison, (args.first, args.second)))


def _either(args: argparse.Namespace, story: str) -> Reading:
    """A reading, whether of annotations or of a story."""
    if is_importable(story):
        return import_reading(story)
    return reading_of(argparse.Namespace(**{**vars(args), "story": story}))


def _check_target(story: str, target: str, format: Format) -> None:
    """Say before the long work what would only fail after it."""
    if not format.folder:
        check_outputs(story, [target])
    elif target == "-":
        raise UsageError(f"{format.name} is several files, which standard output cannot hold. Give a folder by -o.")
    elif not Path(target).is_dir():
        if Path(target).exists():
            raise UsageError(f"{target}: {format.name} is several files, and this is one. Give the name of a folder.")
        check_outputs(story, [str(Path(target))])


def _named_after(story: str, format: Format) -> str:
    stem = "story" if story == "-" else Path(story).stem or "story"
    return f"{stem}-{format.name}" if format.folder else f"{stem}{format.suffix}"


def _list_of_formats() -> str:
    known = formats()
    width = max(map(len, known))
    return "".join(f"{format.name:<{width}}  {format.about}{_needs(format)}\n" for format in known.values())


def _needs(format: Format) -> str:
    told = ["a folder"] if format.folder else []
    told += [f"needs dramaturg[{format.extra}]"] if format.extra else []
    return f" ({'; '.join(told)})" if told else ""


def _list_of_options(format: Format) -> str:
    known = options_of(format)
    if not known:
        return f"{format.name} has no options.\n"
    told = _told(inspect.getdoc(format.maker()) or "")
    return "".join(f"{name}={_shown(default)}  {told.get(name, '')}".rstrip() + "\n" for name, default in known.items())


def _told(docstring: str) -> dict[str, str]:
    """What a docstring's lines `name`: … say of each option."""
    lines = [line.strip().partition(": ") for line in docstring.splitlines() if line.strip().startswith("`")]
    return {name.strip("`"): words for name, found, words in lines if found}


def _shown(default: object) -> str:
    return {True: "yes", False: "no"}.get(default, str(default)) if isinstance(default, bool) else str(default)
