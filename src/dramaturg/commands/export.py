"""Commands that write a reading for other programs."""

import argparse
import inspect
from pathlib import Path

from dramaturg.commands.common import (
    STORY,
    Commands,
    add_command,
    add_common,
    called,
    check_outputs,
    forget_standard_output,
    reading_of,
    say,
    show,
)
from dramaturg.errors import UsageError
from dramaturg.export import Format, export, find_format, formats, options_of, parse_options

EXPORT = """Write a reading for another program.

--list names the formats, and with --to the options of one. Without -o the file,
or the folder where a format is several files, is named after the story.

  dramaturg export emma.txt --to tei -o emma.xml
  dramaturg export emma.json --to booknlp -o emma/
  dramaturg export emma.json --to gexf --option network=mention
  dramaturg export --list
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
    try:
        export(reading, format.name, target, **options)
    except BrokenPipeError:
        raise
    except OSError as error:
        if target == "-":
            forget_standard_output()
        raise UsageError(f"{called(target)}: {error.strerror or error}. It could not be written there.") from error
    if target != "-" and not args.quiet:
        say(f"wrote {target}")


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
