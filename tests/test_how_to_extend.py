"""docs/how-to-extend.md is followed step by step, in a copy of the package, and counts its files right.

A comment on the line before a code block says what the test does with it:

- `<!-- new file: PATH -->`: it is written to that file;
- `<!-- edit: PATH -->`: it is a diff, applied to that file;
- `<!-- check -->`: it is run, commands of dramaturg or Python, in a folder with a copy of `examples/`.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from documents import ROOT

DOCUMENT = (ROOT / "docs" / "how-to-extend.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"^<!-- (?P<what>check|new file|edit)(?:: (?P<path>\S+))? -->\n"
    r"```(?P<language>python|sh|diff|text)\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
SECTION = re.compile(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = dict(SECTION.findall(DOCUMENT))


@dataclass(frozen=True, slots=True)
class Step:
    """One block of a section. `what`: "new file", "edit" or "check"."""

    what: str
    path: str
    language: str
    code: str


def steps(section: str) -> Iterator[Step]:
    for match in BLOCK.finditer(section):
        yield Step(match["what"], match["path"] or "", match["language"], match["code"])


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with a copy of the package and of the examples."""
    folder = tmp_path / "copy"
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "examples", folder / "examples")
    return folder


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_works_as_written(section: str, copy: Path) -> None:
    for step in steps(SECTIONS[section]):
        path = copy / step.path
        if step.what == "new file":
            assert not path.exists(), path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.code, encoding="utf-8")
        elif step.what == "edit":
            path.write_text(edited(path.read_text(encoding="utf-8"), step.code), encoding="utf-8")
        else:
            check(step, copy)


def edited(text: str, diff: str) -> str:
    """Apply a diff without line numbers: its old lines must be in the text once."""
    lines = diff.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    assert text.count(old) == 1, f"there {text.count(old)} times:\n{old}"
    return text.replace(old, new)


def check(step: Step, folder: Path) -> None:
    if step.language == "python":
        calls = [["-c", step.code]]
    else:
        calls = [["-m", *shlex.split(line)] for line in step.code.splitlines()]
        assert all(call[1] == "dramaturg" for call in calls)
    environment = {**os.environ, "PYTHONPATH": str(folder / "src"), "PYTHONUTF8": "1"}
    for call in calls:
        done = subprocess.run(
            [sys.executable, *call], cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=120
        )
        assert done.returncode == 0, done.stderr


def test_every_code_block_is_a_step() -> None:
    n_steps = sum(len(list(steps(text))) for text in SECTIONS.values())

    assert len(re.findall(r"^```\w", DOCUMENT, re.MULTILINE)) == n_steps


def test_the_table_counts_the_files_of_each_section() -> None:
    rows = re.findall(r"^\| \[(?:[^]]+)\]\(#([\w-]+)\) \| (\d+) \| (\d+) in (\d+) \|$", DOCUMENT, re.MULTILINE)
    told = {anchor: (int(new), int(lines), int(old)) for anchor, new, lines, old in rows}

    counted = {}
    for name, text in SECTIONS.items():
        new = {step.path for step in steps(text) if step.what == "new file"}
        edits = [step for step in steps(text) if step.what == "edit"]
        n_lines = sum(line.startswith("+") for step in edits for line in step.code.splitlines())
        counted[name.lower().replace(" ", "-")] = len(new), n_lines, len({step.path for step in edits})
    assert told == counted
