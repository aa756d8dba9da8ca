"""Check everything in an environment of its own: style, types, tests.

    python tests/run.py

Makes `.venv-test` with the Python that runs this, installs the package there as a user would, with its
development tools, and stops at the first check that fails. What follows the command goes to pytest:
`python tests/run.py -k completion`.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".venv-test"
PYTHON = PLACE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main(arguments: list[str]) -> int:
    """Run every check; the exit code is that of the first one that fails."""
    make_environment()
    checks = {
        "install": ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ".[dev]"],
        "ruff check": ["-m", "ruff", "check", "."],
        "ruff format": ["-m", "ruff", "format", "--check", "."],
        "mypy": ["-m", "mypy"],
        # The package's own examples are run as installed, which shows that its data files came along.
        "pytest": ["-m", "pytest", *(arguments or ["tests", "--pyargs", "dramaturg"])],
    }
    for name, command in checks.items():
        print(f"== {name}", flush=True)
        code = subprocess.run([PYTHON, *command], cwd=ROOT, stdin=subprocess.DEVNULL).returncode
        if code:
            print(f"== {name} failed", flush=True)
            return code
    return 0


def make_environment() -> None:
    """Make the environment, anew where it is missing, broken, or of another Python."""
    ask = "import sys; print(sys.version)"
    try:
        known = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        known = ""
    if known != sys.version.strip():
        print(f"== environment {PLACE.name}, Python {sys.version.split()[0]}", flush=True)
        venv.create(PLACE, clear=True, with_pip=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
