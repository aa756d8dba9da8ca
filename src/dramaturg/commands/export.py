"""Commands that write a reading for other programs."""

from dramaturg.commands.common import Commands


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
