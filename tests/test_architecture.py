"""The modules import in one direction, and English words stand in the lexicon.

The source is parsed, not imported, so that imports inside functions and under `if TYPE_CHECKING` count as well.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "dramaturg"
SOURCE = ROOT / "src" / PACKAGE

# The order of the steps: a module imports from its own line and from the lines above it.
STEPS = (
    "errors files version formatting",
    "story frames console lexicon schema weights",
    "draft reading saved",
    "findings utterances phrases portraits bonds",
    "corrections",  # an input: what the user says of a story
    "sources",  # file → Story
    "scan",  # Story → Draft
    "encoder",  # Draft → windows of vectors
    "layers",  # windows and words → Findings
    "cast",  # Findings → the people, who says what, the Reading
    "facts",  # what the story tells of its people, for the Reading
    "addresses",  # how people address each other, for the Reading
    "continuity",  # places of the story that do not agree, for the Reading
    "compare",  # two readings; what corrections changed is part of a reading
    "pipeline",  # the steps above, in order
    "review",
    "report exporters importers",
    "__init__",  # the public face
    "archive",
    "commands",
    "cli",
    "__main__",
)

# Words that carry grammar rather than meaning. A list with three of them is a list of English words.
FUNCTION_WORDS = frozenset(
    "i you he she it we they me him her us them my your his its our their mine yours hers ours theirs myself yourself "
    "himself herself themselves the a an this that these those and but or nor as at by for from in of on to with who "
    "whom whose which what is are was were be been am has have had do does did not no".split()
)
MIN_FUNCTION_WORDS = 3
PRONOUNS = {"she", "he", "they", "it"}  # what a character's `pronouns` may be: values of a field, not a word list


@cache
def modules() -> dict[str, Path]:
    """The modules of the package by their names within it: `cast.people.names`, `cast`, `__init__`."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)] = path
    return found


def imported_names(path: Path) -> Iterator[str]:
    """Everything that a file imports, absolute: `dramaturg.story.Block`, `numpy`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_of(name: str) -> str | None:
    """The module of the package that holds an imported name; None where another package does."""
    if name.partition(".")[0] != PACKAGE:
        return None
    inner = name.removeprefix(PACKAGE).removeprefix(".")
    while inner and inner not in modules():
        inner = inner.rpartition(".")[0]
    return inner or "__init__"


@cache
def graph() -> dict[str, set[str]]:
    """Each module with the modules of the package that it imports."""
    named = {module: {module_of(name) for name in imported_names(path)} for module, path in modules().items()}
    return {module: {other for other in others if other and other != module} for module, others in named.items()}


def circles(edges: dict[str, set[str]]) -> set[frozenset[str]]:
    """The groups of nodes that reach one another."""
    reached = {node: _reach(edges, node) for node in edges}
    mutual = {node: frozenset(other for other in reached[node] if node in reached[other]) for node in edges}
    return {group for group in mutual.values() if group}


def _reach(edges: dict[str, set[str]], start: str) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        new = edges[waiting.pop()] - reached
        reached |= new
        waiting += new
    return reached


def step(module: str) -> int:
    """The place of a module's step in the order."""
    top = module.partition(".")[0]
    places = [place for place, names in enumerate(STEPS) if top in names.split()]
    assert places, f"{module}: name its step in STEPS"
    return places[0]


def test_no_circle_of_imports() -> None:
    assert circles(graph()) == set()


def test_no_module_imports_a_later_step() -> None:
    late = {(module, other) for module, others in graph().items() for other in others if step(other) > step(module)}

    assert late == set()


def test_the_cast_decides_who_exists_before_who_speaks() -> None:
    people = {module for module in modules() if module.startswith("cast.people")}
    late = {(module, other) for module in people for other in graph()[module] if other.startswith("cast.speakers")}

    assert late == set()


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("src", {"training", "benchmarks", "corpora", "tests"}),
        ("corpora", {"training", "benchmarks", "tests"}),
        ("training", {"benchmarks", "tests"}),
        ("benchmarks", {"training"}),
    ],
)
def test_packages_of_the_repository_stay_apart(folder: str, forbidden: set[str]) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        tops = {name.partition(".")[0] for name in imported_names(path)}
        assert not tops & forbidden, path


def word_lists(tree: ast.AST) -> Iterator[tuple[int, set[str]]]:
    """The collections of words in a module, with their lines: sets and the like, `.split()`, regex alternatives."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        # The values of a field are not a word list, and neither is a docstring.
        is_literal = isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if is_literal or is_docstring:
            skipped.update(id(inner) for inner in ast.walk(node))
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
            yield node.lineno, {word for text in _strings([node.func.value]) for word in text.split()}
        elif isinstance(node, ast.Set | ast.Tuple | ast.List):
            yield node.lineno, set(_strings(node.elts))
        elif isinstance(node, ast.Dict):
            yield node.lineno, set(_strings(node.keys))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_pattern(node.value):
            yield node.lineno, set(re.findall(r"(?<![\\\w])[a-z]+", node.value))


def _strings(nodes: Iterable[ast.expr | None]) -> list[str]:
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _is_pattern(text: str) -> bool:
    is_alternatives = re.fullmatch(r"[\w’' ]+(\|[\w’' ]+)+\|?", text)
    return "|" in text and bool(is_alternatives or "(?" in text or re.search(r"\\[bws.]", text))


def test_english_words_stand_in_the_lexicon() -> None:
    found = {
        module: line
        for module, path in modules().items()
        if not module.startswith("lexicon")
        for line, words in word_lists(ast.parse(path.read_text(encoding="utf-8")))
        if len(words & FUNCTION_WORDS) >= MIN_FUNCTION_WORDS and not words <= PRONOUNS
    }

    assert found == {}
