"""Renew the generated parts of the documents: help in docs/cli.md, sample in README.md, reference, figures, tables.

python tests/renew_docs.py
"""

import argparse
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from foreign import example
from handmade import ferry
from reference import reference

from dramaturg.cli import parser
from dramaturg.console import TerminalStyle
from dramaturg.exporters.common.tables import tables_of
from dramaturg.report.terminal import show_reading

ROOT = Path(__file__).resolve().parent.parent


def renewed_help(document: str) -> str:
    """docs/cli.md with the help of every command as it is now."""
    top = parser()
    helps = [(top.prog, top), *_with_parts(top)]
    made = "".join(f"\n## {name}\n\n```\n{_help(command)}```\n" for name, command in helps)
    return re.sub(r"(?<=<!-- help -->\n).*?(?=<!-- end of help -->)", lambda _: made + "\n", document, flags=re.DOTALL)


def renewed_sample(document: str) -> str:
    """README.md with the page of its sample story as it is now."""
    path, start = sample_story(document)
    page = show_reading(example(path), TerminalStyle(width=80))
    end = document.index("<!-- end of sample -->")
    return f"{document[:start]}```\n{page}```\n{document[end:]}"


def sample_story(document: str) -> tuple[Path, int]:
    """The story of README.md's sample, and where in the document the sample begins."""
    story = re.search(r"<!-- sample: dramaturg read (\S+) -->\n", document)
    assert story, "README.md names no sample"
    return ROOT / story[1], story.end()


def renewed_reference(document: str) -> str:
    """docs/reference.md from the current docstrings."""
    return reference()


def renewed_figures(document: str) -> str:
    """docs/how-well.md with the figures of the model card."""
    card = (ROOT / "docs" / "model-card.md").read_text(encoding="utf-8")
    told = re.search(r"^## How right they are\n\n(.*?)(?=^## )", card, re.MULTILINE | re.DOTALL)
    assert told, "docs/model-card.md has no section “How right they are”"
    pattern = r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)"
    return re.sub(pattern, lambda _: f"\n{told[1].rstrip()}\n\n", document, flags=re.DOTALL)


def renewed_tables(document: str) -> str:
    """docs/exports.md with the data dictionary of the tables as it is now."""
    reading = replace(ferry(), tokens={"start": [], "end": [], "sentence": []})
    made = ""
    for table in tables_of(reading):
        made += f"\n**{table.name}**: {table.about}\n\n| column | type | meaning |\n| --- | --- | --- |\n"
        made += "".join(f"| `{column.name}` | {column.type} | {column.about} |\n" for column in table.columns)
    return re.sub(
        r"(?<=<!-- tables -->\n).*?(?=<!-- end of tables -->)", lambda _: made + "\n", document, flags=re.DOTALL
    )


def commands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands by name; none where a command has no further ones."""
    return next((dict(a.choices) for a in top._actions if isinstance(a, argparse._SubParsersAction)), {})


def _with_parts(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for command in commands(top).values():
        yield command.prog, command
        yield from _with_parts(command)


def _help(command: argparse.ArgumentParser) -> str:
    # Python breaks lines at the width of the terminal, and from 3.14 on it colours them.
    before = dict(os.environ)
    os.environ.update(COLUMNS="90", NO_COLOR="1")
    try:
        return command.format_help()
    finally:
        os.environ.clear()
        os.environ.update(before)


RENEWED = {
    "docs/cli.md": renewed_help,
    "README.md": renewed_sample,
    "docs/reference.md": renewed_reference,
    "docs/how-well.md": renewed_figures,
    "docs/exports.md": renewed_tables,
}

if __name__ == "__main__":
    for name, renewed in RENEWED.items():
        path = ROOT / name
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        print(f"renewed {name}")
