"""The documents say what the program does now."""

import re
from pathlib import Path
from typing import Any

import pytest
from foreign import example
from renew_docs import ROOT, commands, renewed_help, renewed_sample, sample_story

from benchmarks.examples import load_gold, match_characters, match_quotations
from dramaturg.cli import parser
from dramaturg.commands.completion import SHELLS
from dramaturg.phrases import is_guess
from dramaturg.report.highlights import sample_conversation
from dramaturg.schema import load_schema
from dramaturg.utterances import utterances

RENEW = "stale: python tests/renew_docs.py"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_command_is_in_the_documents() -> None:
    names = "read who lines check schema continuity bonds cast uncertain diff export import compare library serve"
    assert list(commands(parser())) == [*names.split(), "completion"]
    for name in commands(parser()):
        assert f"## dramaturg {name}\n" in document("docs/cli.md"), RENEW


def test_the_help_in_the_documents_is_that_of_the_program() -> None:
    # Versions of Python set it in columns of different widths.
    assert renewed_help(document("docs/cli.md")).split() == document("docs/cli.md").split(), RENEW


def test_the_sample_in_the_readme_is_what_the_command_prints() -> None:
    assert renewed_sample(document("README.md")) == document("README.md"), RENEW


def test_the_sample_in_the_readme_is_right_or_marked_as_a_guess() -> None:
    path, _ = sample_story(document("README.md"))
    reading, gold = example(path), load_gold(path)
    partners = match_characters(reading, gold)
    true = {
        quotation.id: row["speaker"]
        for row, ours in zip(gold["quotations"], match_quotations(reading, gold), strict=True)
        for quotation in ours
    }

    shown = [utterance.first for utterance in sample_conversation(utterances(reading))]

    assert len(shown) > 3
    for quotation in shown:
        assert is_guess(quotation) or partners[quotation.speaker or ""] == true[quotation.id], quotation


def test_every_command_gives_examples() -> None:
    for name, command in commands(parser()).items():
        assert command.epilog and f"dramaturg {name}" in command.epilog


def test_every_exit_code_is_in_the_documents() -> None:
    from dramaturg import cli, errors

    codes = {cls.exit_code for cls in vars(errors).values() if isinstance(cls, type)}
    for code in {0, *codes, cli.BUG, cli.INTERRUPTED, cli.BROKEN_PIPE}:
        assert f"| {code} |" in document("docs/cli.md")


def test_every_field_is_in_the_contract() -> None:
    schema, told = load_schema(), document("docs/contract.md")
    tables: list[dict[str, Any]] = [schema, *schema["properties"].values(), *schema["$defs"].values()]

    for table in tables:
        for name in table.get("properties", {}):
            assert f"`{name}`" in told, name
        for value in table.get("enum", []):
            assert f"`{value}`" in told, value


def test_how_it_works_names_every_module_at_the_top_and_only_modules_there_are() -> None:
    page, source = document("docs/how-it-works.md"), ROOT / "src" / "dramaturg"
    there = {path.relative_to(source).as_posix() for path in source.rglob("*.py")}

    for named in set(re.findall(r"`([\w/]+\.py)`", page)):
        assert (ROOT / named).exists() or any(f"/{path}".endswith(f"/{named}") for path in there), named
    for path in source.iterdir():
        if path.name not in ("__main__.py", "__pycache__", "py.typed"):
            assert f"`{path.name}`" in page or f"`{path.name}/`" in page, path.name


def test_the_changelog_names_every_command() -> None:
    for name in [*commands(parser()), *SHELLS]:
        assert name in document("CHANGELOG.md")


@pytest.mark.parametrize("path", DOCUMENTS, ids=[str(path.relative_to(ROOT)) for path in DOCUMENTS])
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (path.parent / target).exists(), target
