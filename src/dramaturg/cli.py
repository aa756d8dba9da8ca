"""The command line: parses the arguments, runs one command, and turns errors into one line and an exit code."""

import argparse
import codecs
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dramaturg import __version__
from dramaturg.commands import continuity, correct, export, library
from dramaturg.commands import read as reading
from dramaturg.commands.common import Parser, add_command, forget_standard_output, say, show, terminal_style
from dramaturg.commands.completion import SHELLS, completion
from dramaturg.commands.overview import overview
from dramaturg.errors import DramaturgError

BUG = 1
INTERRUPTED = 130  # 128 + SIGINT, as shells report a program that Ctrl-C ended
BROKEN_PIPE = 141  # 128 + SIGPIPE, if the reader of our output has closed it
# For consoles whose encoding lacks these characters and would show “?”.
ASCII_REPLACEMENTS = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "—": "--", "–": "-", "·": "-", "█": "#"}
)
COMMAND_GROUPS = (reading, continuity, correct, export, library)  # in the order of the help
COMPLETION = """Print a script for tab completion in your shell.

  eval "$(dramaturg completion bash)"           in ~/.bashrc
  eval "$(dramaturg completion zsh)"            in ~/.zshrc, after compinit
  dramaturg completion fish | source            in ~/.config/fish/config.fish
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code. `arguments` are those of the process if None."""
    _open_missing_streams()
    _replace_unprintable_characters()
    try:
        given = sys.argv[1:] if arguments is None else arguments
        if given:
            args = parser().parse_args(given)
            args.run(args)
        else:
            show(overview(parser(), terminal_style()))
        sys.stdout.flush()
    except DramaturgError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        forget_standard_output()
        return BROKEN_PIPE
    except Exception as error:
        if os.environ.get("DRAMATURG_DEBUG"):
            traceback.print_exc()
        return _fail(_bug_report(error), BUG)
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of all commands, from which the help, docs/cli.md and shell completion are made."""
    top = Parser(
        prog="dramaturg",
        description="Read fiction: find the characters, and who says what to whom.",
        epilog="examples:\n  dramaturg read emma.txt\n  dramaturg who emma.txt Harriet\n\n"
        "Run `dramaturg COMMAND --help` to see the options of a command.",
    )
    top.add_argument("--version", action="version", version=f"dramaturg {__version__}", help="print the version")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)

    for group in COMMAND_GROUPS:
        group.add_commands(commands)
    command = add_command(commands, "completion", _completion, COMPLETION)
    command.add_argument("shell", metavar="SHELL", choices=SHELLS, help=" or ".join(SHELLS))
    return top


def _completion(args: argparse.Namespace) -> None:
    show(completion(parser(), args.shell))


def _fail(message: str, code: int) -> int:
    say(message)
    return code


def _bug_report(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"this is a bug in dramaturg {__version__}: {type(error).__name__}{where}: {error}. Please report this line, "
        "with the story if you can share it. Set DRAMATURG_DEBUG=1 to see the traceback."
    )


def _open_missing_streams() -> None:
    """Replace missing standard streams: a program can be started without them, and Python then sets them to None."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 (stays open while the program runs)


def _replace_unprintable_characters() -> None:
    """Replace characters of a story that the console cannot show, instead of raising UnicodeEncodeError."""
    codecs.register_error("dramaturg", _replace)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="dramaturg")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    replaced = error.object[error.start : error.end].translate(ASCII_REPLACEMENTS)
    return replaced.encode("ascii", "replace").decode("ascii"), error.end
