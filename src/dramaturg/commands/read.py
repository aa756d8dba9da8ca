"""The commands that read a story and show what is in it: read, who, lines, check, schema."""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from dramaturg.commands.common import (
    NAME_HELP,
    STORY_HELP,
    Commands,
    add_command,
    add_common,
    check_outputs,
    of_story,
    reading_of,
    say,
    show,
    style_of,
    write,
)
from dramaturg.commands.progress import ProgressLine
from dramaturg.console import safe
from dramaturg.errors import DramaturgError, UsageError
from dramaturg.report.terminal import show_character, show_lines, show_reading
from dramaturg.saved import load_saved

MANY = 20  # stories; from here on a library is worth it

READ = """Read a story and show who is in it.

Prints a summary: the cast, a sample conversation, and the least certain speakers.
With --json or --html, writes files instead. Several stories are read one after another,
and --json or --html then name a folder. For hundreds, see `dramaturg library add`.

  dramaturg read emma.txt
  dramaturg read emma.txt --json emma.json --html emma.html
  dramaturg read emma.json --html emma.html     (uses the saved reading)
  dramaturg read emma.txt persuasion.txt --html pages/
"""
WHO = """Show who a character is.

Prints who it is, the names, the pronouns, the first and last appearance, what the story
says of the character (kin, work, age, looks …) and where, how much they say, and to whom.

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
    command.add_argument("stories", metavar="STORY", nargs="+", help=STORY_HELP)
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
    add_common(command, reads=False, cached=False)

    add_command(commands, "schema", _schema, SCHEMA)


def _read(args: argparse.Namespace) -> None:
    if len(args.stories) == 1:
        _read_one(args, args.stories[0], args.json, args.html)
    else:
        _read_several(args)


def _read_one(
    args: argparse.Namespace, story: str, json_target: str | None, html_target: str | None, before: str = ""
) -> None:
    """Read a story and write what is asked for, or show it after the text `before`."""
    targets = [target for target in (json_target, html_target) if target is not None]
    check_outputs(story, targets)
    reading = reading_of(of_story(args, story))
    if json_target is not None:
        write(args, json_target, reading.to_json())
    if html_target is not None:
        from dramaturg.report.page import show_page

        with ProgressLine(shown=not args.quiet) as line:
            line.show(f"making the page of {safe(Path(story).name)} …", at_once=True)
            page = show_page(reading)
        write(args, html_target, page)
    if not targets:
        show(before + show_reading(reading, style_of(args)))


def _read_several(args: argparse.Namespace) -> None:
    """Read each story. One that cannot be read is reported, and the others follow; the first failure is raised."""
    if len(args.stories) > MANY and not args.quiet:
        say(f"{len(args.stories)} stories: `dramaturg library --db FILE add` reads on all cores, and can resume.")
    for folder in (args.json, args.html):
        if folder is not None:
            _make_folder(folder)
    failures: list[DramaturgError] = []
    n_shown = 0
    for story, stem in zip(args.stories, _distinct_stems(args.stories), strict=True):
        json_target, html_target = (
            None if folder is None else str(Path(folder) / f"{stem}{suffix}")
            for folder, suffix in ((args.json, ".json"), (args.html, ".html"))
        )
        try:
            _read_one(args, story, json_target, html_target, "\n\n" if n_shown else "")
            n_shown += 1
        except DramaturgError as error:
            failures.append(error)
            if len(failures) > 1:
                say(str(failures.pop()))
    if failures:
        raise failures[0]


def _make_folder(folder: str) -> None:
    if folder == "-":
        raise UsageError("-: standard output cannot hold several files. Give the name of a folder.")
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror or error}. With several stories, give a folder.") from error


def _distinct_stems(stories: Sequence[str]) -> Iterator[str]:
    """A file name without its suffix for each story; stories of the same name are numbered."""
    seen: Counter[str] = Counter()
    for story in stories:
        stem = Path(story).stem or "story"
        seen[stem.casefold()] += 1
        yield stem if seen[stem.casefold()] == 1 else f"{stem}-{seen[stem.casefold()]}"


def _who(args: argparse.Namespace) -> None:
    reading = reading_of(args)
    show(show_character(reading, reading.find(" ".join(args.name)), style_of(args)))


def _lines(args: argparse.Namespace) -> None:
    reading = reading_of(args)
    show(show_lines(reading, reading.find(" ".join(args.name)), style_of(args)))


def _check(args: argparse.Namespace) -> None:
    from dramaturg.report.check import show_check
    from dramaturg.sources import load
    from dramaturg.sources.limits import parse_limits

    limits = parse_limits(args.limit)
    saved = load_saved(args.story)
    story = load(args.story, limits) if saved is None else saved.story
    show(show_check(story, style_of(args), args.all))


def _schema(args: argparse.Namespace) -> None:
    from dramaturg.schema import schema_text

    show(schema_text())
