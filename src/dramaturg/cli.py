"""The command line: parse, call one function of the package, and say what was written."""

import argparse
import codecs
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dramaturg import __version__
from dramaturg.commands import correct, export, library
from dramaturg.commands import read as reading
from dramaturg.commands.common import Parser, add_command, forget_standard_output, say, show
from dramaturg.commands.completion import SHELLS, completion
from dramaturg.errors import DramaturgError

FAULT = 1
INTERRUPTED = 130  # what shells say of a program that Ctrl-C ended: 128 + SIGINT
BROKEN_PIPE = 141  # and of one whose reader went away: 128 + SIGPIPE
# For consoles that have no such letters, where “?” would stand for each.
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "—": "--", "–": "-", "·": "-", "█": "#"})
FAMILIES = (reading, correct, export, library)  # of commands, in the order of the help
COMPLETION = """Print what lets a shell complete these commands.

  eval "$(dramaturg completion bash)"           in ~/.bashrc
  eval "$(dramaturg completion zsh)"            in ~/.zshrc, after compinit
  dramaturg completion fish | source            in ~/.config/fish/config.fish
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; `arguments` are those of the process where None. Returns the exit code."""
    _open_what_is_closed()
    _let_every_letter_through()
    try:
        args = parser().parse_args(arguments)
        args.run(args)
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
        return _fail(_fault(error), FAULT)
    return 0


def parser() -> argparse.ArgumentParser:
    """The commands and their options; the help, the documentation and the completion come from here."""
    top = Parser(
        prog="dramaturg",
        description="Read fiction: who is who, who says what to whom, and where the text says so.",
        epilog="examples:\n  dramaturg read emma.txt\n  dramaturg who emma.txt Harriet\n\n"
        "`dramaturg COMMAND --help` tells more of each command.",
    )
    top.add_argument("--version", action="version", version=f"dramaturg {__version__}", help="print the version")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)

    for family in FAMILIES:
        family.add_commands(commands)
    command = add_command(commands, "completion", _completion, COMPLETION)
    command.add_argument("shell", metavar="SHELL", choices=SHELLS, help=" or ".join(SHELLS))
    return top


def _completion(args: argparse.Namespace) -> None:
    show(completion(parser(), args.shell))


def _fail(message: str, code: int) -> int:
    say(message)
    return code


def _fault(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return (
        f"this is a fault of dramaturg {__version__}, not yours: {type(error).__name__}{where}: {error}. "
        "Please report this line to the project, with the story if you may; DRAMATURG_DEBUG=1 shows more."
    )


def _open_what_is_closed() -> None:
    """A program may be started without standard streams; Python then has None in their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115 (open as long as the program runs)


def _let_every_letter_through() -> None:
    """A story may hold letters that a console cannot show: they are replaced there, never an error."""
    codecs.register_error("dramaturg", _replace)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="dramaturg")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    replaced = error.object[error.start : error.end].translate(PLAIN)
    return replaced.encode("ascii", "replace").decode("ascii"), error.end
