"""Commands over many stories."""

from dramaturg.commands.common import Commands


def add_commands(commands: Commands) -> None:
    """Add them to the command line."""
