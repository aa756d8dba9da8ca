"""The public face, and what comes with an installed package."""

import subprocess
import sys
from importlib.metadata import metadata
from importlib.resources import files

import pytest

import dramaturg

HEAVY = {"jsonschema", "scipy", "pandas", "torch", "onnxruntime", "lxml"}
HEAVY |= {"urllib.request", "http.client", "ssl", "asyncio"}


def test_the_public_names() -> None:
    names = "DramaturgError Limits Reading Story __version__ compare export import_reading read"
    assert sorted(dramaturg.__all__) == names.split()
    assert all(hasattr(dramaturg, name) for name in dramaturg.__all__)


def test_the_version_is_that_of_the_package() -> None:
    assert metadata("dramaturg")["Version"] == dramaturg.__version__


@pytest.mark.parametrize("module", ["dramaturg", "dramaturg.cli"])
def test_importing_it_brings_nothing_heavy_and_no_network(module: str) -> None:
    ask = f"import sys, numpy; known = set(sys.modules); import {module}; print({HEAVY} & (sys.modules.keys() - known))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60)

    assert (done.stdout.strip(), done.stderr) == ("set()", "")


def test_the_command_line_starts_without_what_only_reading_needs() -> None:
    slow = {"numpy", "sqlite3", "multiprocessing", "dramaturg.pipeline", "dramaturg.lexicon.en", "dramaturg.archive"}
    ask = f"import sys, dramaturg.cli as cli; cli.parser(); print({slow} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60)

    assert (done.stdout.strip(), done.stderr) == ("set()", "")


def test_its_files_come_with_it() -> None:
    for name in ("py.typed", "report/page.html", "report/page.css", "schema/dramaturg-1.schema.json"):
        assert files("dramaturg").joinpath(name).read_bytes() is not None


def test_its_licence_comes_with_it() -> None:
    told = metadata("dramaturg")

    assert told["License-Expression"] == "Apache-2.0" and "LICENSE" in told.get_all("License-File", [])


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "dramaturg", "--version"], capture_output=True, text=True, timeout=60)

    assert done.stdout == f"dramaturg {dramaturg.__version__}\n"
