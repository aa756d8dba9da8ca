"""What users read is in plain words: the documents, the help, messages, the page and the reading room.

The list names turns of phrase that have crept in before. Where the test finds one, say it as you would to a colleague.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from renew_docs import ROOT, commands

from dramaturg.cli import parser

SOURCE = ROOT / "src" / "dramaturg"
WORST = re.compile(
    r"""
      (?<!there\s)\bis\ (?:no|none)\b(?!\ (?:longer|more|less))   # "this is no speech": this is not speech
    | \b(?:of\ no\ use | is\ of\ use | to\ be\ had | at\ hand | here\ and\ there)\b
    | \b(?:mend(?:s|ed|ing)? | anew | seldom | therein | reckon(?:s|ed|ing)?)\b
    | \b(?:nobody['’]s | this\ one['’]s | one['’]s\ own)\b
    | \b(?:whoever | whomever | whosoever)\b | (?<!to[ ])(?<!by[ ])(?<!with[ ])(?<!about[ ])\bwhom\b(?!")
    | \bfor\ who\b
    | \bnot\ further\ than\b
    | \bspeaks?\ for\ (?:it|him|her|them)\b
    | \b(?:hangs?|hung)\ on\b
    | \b(?:puts?|put\ it|puts\ it)\ right\b
    | \bwhere\ (?:it|they|he|she)\ stands?\b
    | ←\ Before\b
    """,
    re.VERBOSE | re.IGNORECASE,
)

DOCUMENTS = sorted({ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")})
SCRIPTS = sorted(
    path for suffix in ("html", "js") for path in SOURCE.rglob(f"*.{suffix}") if "vendor" not in path.parts
)
MODULES = sorted(SOURCE.rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose(document: str) -> str:
    """A document without its code, and without what it quotes from stories."""
    without_blocks = re.sub(r"^```.*?^```$|^> .*?$", "", document, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]*`|“[^”]*”", "", without_blocks)


def script(code: str) -> str:
    """A page or a script without its comments."""
    return re.sub(r"/\*.*?\*/|<!--.*?-->|^\s*//[^\n]*|\s//\s[^\n]*", "", code, flags=re.DOTALL | re.MULTILINE)


def messages(code: str) -> Iterator[str]:
    """The strings of a module that are not docstrings: help, errors, warnings, and what exports say."""
    tree = ast.parse(code)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def worst(path: Path) -> list[str]:
    """The turns of phrase of the list that a file shows its readers."""
    content = path.read_text(encoding="utf-8")
    read = {".md": prose, ".py": lambda code: "\n".join(messages(code))}.get(path.suffix, script)
    return [match[0] for match in WORST.finditer(read(content))]


@pytest.mark.parametrize("path", [*DOCUMENTS, *SCRIPTS], ids=name)
def test_documents_and_pages_are_in_plain_words(path: Path) -> None:
    assert worst(path) == []


def test_messages_are_in_plain_words() -> None:
    found = {name(path): worst(path) for path in MODULES if "lexicon" not in path.parts}

    assert {path: words for path, words in found.items() if words} == {}


def test_help_is_in_plain_words() -> None:
    helps = {name: command.format_help() for name, command in commands(parser()).items()}

    assert {name for name, help in helps.items() if WORST.search(help)} == set()
