"""What can go wrong, as one family of errors.

Each class carries the exit code that the command line returns for it. A message says in one
line what was found, where, and the way out.
"""


class DramaturgError(Exception):
    """The base of every error that dramaturg raises on purpose."""

    exit_code = 1


class UsageError(DramaturgError):
    """The command line, or a call's arguments, ask for something that does not exist."""

    exit_code = 2


class MissingExtra(UsageError):
    """What is asked for needs an optional package that is not installed; the message says how to install it."""


class UnreadableStory(DramaturgError):
    """Not a story that can be read: missing, a folder, empty, binary, truncated."""

    exit_code = 3


class BadCorrections(DramaturgError):
    """A corrections file that is not what it should be; the message names the line."""

    exit_code = 3


class RefusedStory(DramaturgError):
    """A story that is encrypted, or past a limit; the message names the limit and how to raise it."""

    exit_code = 4


class DamagedInstallation(DramaturgError):
    """Data that ships with the package is missing or not what it should be."""

    exit_code = 5
