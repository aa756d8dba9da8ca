"""The commands that exchange readings with other programs: export, import, compare."""

import argparse
import inspect
import json
from collections.abc import Iterable
from pathlib import Path

from dramaturg.commands.common import (
    STORY_HELP,
    Commands,
    add_command,
    add_common,
    check_outputs,
    list_style,
    of_story,
    reading_of,
    say,
    show,
    write,
    writing,
)
from dramaturg.compare.agreement import compare, show_comparison
from dramaturg.errors import UsageError
from dramaturg.exporters import Format, export, find_format, formats, options_of, parse_options
from dramaturg.importers import FORMATS as IMPORT_FORMATS
from dramaturg.importers import import_reading, is_importable
from dramaturg.reading import Reading

EXPORT = """Export a reading to another format.

--list lists the formats, and with --to the options of one format. Without -o, the file
is named after the story; so is the folder, if the format consists of several files.

  dramaturg export emma.txt --to tei -o emma.xml
  dramaturg export emma.json --to booknlp -o emma/
  dramaturg export emma.json --to gexf --option network=mention
  dramaturg export --list
"""
IMPORT = """Import annotations as a reading.

Takes TEI with <said>, BookNLP files, brat files, or CSV tables: one file, or a folder
of files that belong together. All other commands accept the reading, so you can compare
annotations with what dramaturg found.

  dramaturg import emma.xml --json emma.json
  dramaturg import booknlp/emma.tokens --json emma.json
  dramaturg import annotations/ --from brat --json emma.json
"""
COMPARE = """Measure how well two readings of one text agree.

Compares quotations, speakers, addressees, mentions, events and coreference. The first
reading is the gold standard. Each of the two is a saved reading, annotations in a
format that import accepts, or a story.

  dramaturg compare gold.xml emma.json
  dramaturg compare gold/ emma.txt --json agreement.json
"""


def add_commands(commands: Commands) -> None:
    """Add these commands to the command line."""
    command = add_command(commands, "export", _export, EXPORT)
    command.add_argument("story", metavar="STORY", nargs="?", help=STORY_HELP)
    command.add_argument("--to", metavar="FORMAT", help="the format's short name")
    command.add_argument("-o", "--output", metavar="OUT", help="the file or folder to write; - is standard output")
    command.add_argument("--option", metavar="NAME=VALUE", action="append", default=[], help="an option of the format")
    command.add_argument("--list", action="store_true", help="list the formats, or the options of the format in --to")
    add_common(command)

    command = add_command(commands, "import", _import, IMPORT)
    command.add_argument("file", metavar="FILE", help="a file of annotations, or a folder of them")
    command.add_argument(
        "--from", dest="format", metavar="FORMAT", help=" or ".join(known.name for known in IMPORT_FORMATS)
    )
    command.add_argument(
        "--json", metavar="OUT", required=True, help="where to write the reading; - is standard output"
    )
    command.add_argument("--quiet", action="store_true", help="print only errors to standard error")

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
        raise UsageError("give a story and a format: dramaturg export STORY --to FORMAT. --list lists the formats.")
    format = find_format(args.to)
    format.check()
    options = parse_options(format, args.option)
    target = args.output or _default_target(args.story, format)
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
    comparison = compare(_any_reading(args, args.first), _any_reading(args, args.second))
    if args.json is not None:
        write(args, args.json, json.dumps(comparison.to_dict(), ensure_ascii=False, indent=1) + "\n")
    else:
        show(show_comparison(comparison, (args.first, args.second)))


def _any_reading(args: argparse.Namespace, story: str) -> Reading:
    """The reading in annotations, in a saved reading, or of a story."""
    if is_importable(story):
        return import_reading(story)
    return reading_of(of_story(args, story))


def _check_target(story: str, target: str, format: Format) -> None:
    """Raise UsageError if the target cannot be written, before the story is read."""
    if not format.folder:
        check_outputs(story, [target])
    elif target == "-":
        raise UsageError(f"{format.name} consists of several files: standard output cannot hold them. Use -o FOLDER.")
    elif not Path(target).is_dir():
        if Path(target).exists():
            raise UsageError(f"{target}: {format.name} consists of several files. Give the name of a folder.")
        check_outputs(story, [str(Path(target))])


def _default_target(story: str, format: Format) -> str:
    stem = "story" if story == "-" else Path(story).stem or "story"
    return f"{stem}-{format.name}" if format.folder else f"{stem}{format.suffix}"


def _list_of_formats() -> str:
    known = formats()
    return _table((format.name, f"{format.about}{_requirements(format)}") for format in known.values())


def _requirements(format: Format) -> str:
    notes = ["a folder"] if format.folder else []
    notes += [f"needs dramaturg[{format.extra}]"] if format.extra else []
    return f" ({'; '.join(notes)})" if notes else ""


def _list_of_options(format: Format) -> str:
    known = options_of(format)
    if not known:
        return f"{format.name} has no options.\n"
    descriptions = _option_descriptions(inspect.getdoc(format.maker()) or "")
    return _table((f"{name}={_default_text(default)}", descriptions.get(name, "")) for name, default in known.items())


def _table(rows: Iterable[tuple[str, str]]) -> str:
    """Two columns that fit the terminal; on a narrow one, the second is below the first."""
    rows = list(rows)
    style = list_style()
    column = max(len(name) for name, _ in rows) + 2
    lines: list[str] = []
    for name, words in rows:
        if style.width < 3 * column:
            lines += [*style.wrap(name), *style.wrap(words, "  ")]
        else:
            lines += style.wrap(f"{name:<{column}}{words}", hanging=" " * column)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _option_descriptions(docstring: str) -> dict[str, str]:
    """The description of each option, from the docstring's lines of the form: `name`: …"""
    lines = [line.strip().partition(": ") for line in docstring.splitlines() if line.strip().startswith("`")]
    return {name.strip("`"): words for name, found, words in lines if found}


def _default_text(default: object) -> str:
    return {True: "yes", False: "no"}.get(default, str(default)) if isinstance(default, bool) else str(default)
