"""Documents whose code is run: their blocks, and what runs them.

A block of ```sh or ```python is run, in the order of the document, in a folder with a copy of `examples/`; all Python
blocks of a document share their names. A comment on the line before a block says otherwise:

- `<!-- needs: spacy -->`: skipped where that module is not installed;
- `<!-- not run: why -->`.

The commands keep their readings in a cache beside the folder, as they do for a user: no story is read twice.

A shell block whose lines are all commands of dramaturg's, maybe with `> FILE`, is run without a shell, in this process:
a new one for each line would take most of the time. Anything else goes to `sh`.
"""

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest import mock

from dramaturg.cli import main

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"(?:<!-- (needs|not run): ([^\n]*?) -->\n)?^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RUN_DOCUMENTS = [ROOT / "docs" / "cookbook.md", *sorted((ROOT / "docs" / "tutorials").glob("*.md"))]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """One block of code. `line`: where it begins in the document, counted from 1."""

    language: str
    code: str
    line: int
    needs: str | None
    not_run: str | None


def code_blocks(document: str) -> Iterator[CodeBlock]:
    """The blocks of a document that are, or could be, run."""
    for match in BLOCK.finditer(document):
        condition, told, language, code = match.groups()
        line = document.count("\n", 0, match.start(4)) + 1
        yield CodeBlock(
            language, code, line, told if condition == "needs" else None, told if condition == "not run" else None
        )


def run_document(path: Path, folder: Path) -> list[str]:
    """Run the blocks of a document in a folder; a line about each that was not. AssertionError at the first fault."""
    if not (folder / "examples").exists():
        shutil.copytree(ROOT / "examples", folder / "examples")
    with mock.patch.dict(os.environ, {"DRAMATURG_CACHE": str(folder.parent / "readings")}):
        return list(_run_blocks(path, folder))


def _run_blocks(path: Path, folder: Path) -> Iterator[str]:
    names: dict[str, Any] = {"__name__": "document"}
    for block in code_blocks(path.read_text(encoding="utf-8")):
        where = f"{path.name}:{block.line}"
        missing = [name for name in (block.needs or "").split() if find_spec(name) is None]
        if block.not_run or missing:
            yield f"{where}: {block.not_run or 'needs ' + ' '.join(missing)}"
        elif block.language == "python":
            with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()):
                exec(compile(block.code, where, "exec"), names)
        else:
            _run_shell(block.code, folder, where)


def _run_shell(code: str, folder: Path, where: str) -> None:
    lines = [line for line in code.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    commands = [_command(line) for line in lines]
    if all(commands):
        for line, command in zip(lines, commands, strict=True):
            _run_command(line, *(command or ([], None)), folder, where)
        return
    if shutil.which("sh") is None:  # on Windows there may be none
        return
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-e", "-c", code], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, f"{where}: {done.stderr}"


def _command(line: str) -> tuple[list[str], str | None] | None:
    """The arguments of a command of dramaturg's, and the file that its output goes to; None where it is none."""
    words = shlex.split(line, comments=True)
    target = words[-1] if len(words) > 2 and words[-2] == ">" else None
    words = words[:-2] if target else words
    simple = words[:1] == ["dramaturg"] and not set("|&;<>") & set("".join(w for w in words if len(w) < 3))
    return (words[1:], target) if simple else None


def _run_command(line: str, arguments: list[str], target: str | None, folder: Path, where: str) -> None:
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(arguments)
        out.flush()
    assert code == 0, f"{where}: {line}\n{err.getvalue()}"
    if target:
        (folder / target).write_bytes(out.buffer.getvalue())  # type: ignore[attr-defined]
