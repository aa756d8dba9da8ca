"""The errors of dramaturg, one family.

Each class has the exit code that the command line returns for it. A message says in one line what was found, where, and
what to do.
"""


class DramaturgError(Exception):
    """The base of every error that dramaturg raises on purpose."""

    exit_code = 1


class UsageError(DramaturgError):
    """The command line, or the arguments of a call, are wrong."""

    exit_code = 2


class MissingExtra(UsageError):
    """An optional package is needed that is not installed. The message says how to install it."""


class UnreadableStory(DramaturgError):
    """A file that is not a story that can be read: missing, a folder, empty, binary or truncated."""

    exit_code = 3


class BadCorrections(DramaturgError):
    """A corrections file that is not valid. The message names the line."""

    exit_code = 3


class RefusedStory(DramaturgError):
    """A story that is encrypted or past a limit. The message names the limit and says how to raise it."""

    exit_code = 4


class DamagedInstallation(DramaturgError):
    """Data of the package are missing or damaged."""

    exit_code = 5
