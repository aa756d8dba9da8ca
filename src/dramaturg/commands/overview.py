"""What `dramaturg` alone prints: every command with an example."""

import argparse
import re
from collections.abc import Iterator

from dramaturg.console import TerminalStyle

NARROW = 60  # columns; a narrower terminal shows the name above its description
HINT = "To begin: dramaturg read STORY. All options of a command: dramaturg COMMAND --help."


def overview(parser: argparse.ArgumentParser, style: TerminalStyle) -> str:
    """Every command of a parser with what it does and its first example."""
    commands = list(_commands(parser))
    indent = " " * (2 + max((len(name) for name, _, _ in commands), default=0)) if style.width >= NARROW else "  "
    lines = [*style.wrap(parser.description or ""), ""]
    for name, about, command in commands:
        name_and_about = f"{name:{len(indent)}}{about}"
        lines += style.wrap(name_and_about, "", indent) if style.width >= NARROW else [name, *style.wrap(about, indent)]
        lines += [style.dim(line) for line in style.wrap(_first_example(command), indent, indent + "  ")]
    return "\n".join([*lines, "", *style.wrap(HINT)]) + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            yield from ((name, helps.get(name, ""), command) for name, command in action.choices.items())


def _first_example(command: argparse.ArgumentParser) -> str:
    """The first example of a command's help, without the remark after it."""
    lines = [line.strip() for line in (command.epilog or "").splitlines() if line.startswith("  ")]
    return re.split(r"\s{2,}", lines[0])[0] if lines else command.prog
