"""Write the Python reference, docs/reference.md, from the docstrings of the source.

The source is parsed, not imported, so that every version of Python writes the same page.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "dramaturg"
# The modules on the page, in order, each with the names to show (None: all public names).
MODULES: tuple[tuple[str, str | None], ...] = (
    ("pipeline", "read read_story"),
    ("reading", "Reading Character Mention Quotation Evidence Alternative Segment Event MadeBy Corrections"),
    ("story", "Story Block Chapter Source Span"),
    ("errors", None),
    ("sources.limits", "Limits"),
    ("exporters", "export render formats find_format Format"),
    ("exporters.casting", "voices Voice"),
    ("exporters.common.script_lines", "script_lines ScriptLine"),
    ("exporters.common.display_text", "DisplayText Run"),
    ("exporters.common.networks", "network_of to_networkx Network Node Edge"),
    ("exporters.spacy_doc", "to_doc register"),
    ("importers", None),
    ("compare.agreement", None),
)
HEAD = """\
# Python reference

`import dramaturg` gives you `read`, `export`, `import_reading`, `compare`, `Reading`, `Story`, `Limits` and
`DramaturgError`; import the other names on this page from their modules. Names that are not on this page may change.

This page is generated from the docstrings by `python tests/renew_docs.py`.
"""


def reference() -> str:
    """The page."""
    return "\n\n".join([HEAD.rstrip("\n"), *(piece for module in MODULES for piece in _module(*module))]) + "\n"


def _module(name: str, wanted: str | None) -> Iterator[str]:
    tree = ast.parse(_path(name).read_text(encoding="utf-8"))
    yield f"## dramaturg.{name}"
    yield _words(ast.get_docstring(tree))
    known = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for shown in wanted.split() if wanted else (name for name in known if not name.startswith("_")):
        if shown in known:
            yield from _thing(known[shown])


def _path(name: str) -> Path:
    path = SOURCE.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _thing(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    yield f"### {node.name}"
    if isinstance(node, ast.FunctionDef):
        yield f"```text\n{_signature(node)}\n```"
        yield _words(ast.get_docstring(node))
        return
    yield _words(ast.get_docstring(node))
    fields = [f"{ast.unparse(row.target)}: {ast.unparse(row.annotation)}" for row in node.body if _is_field(row)]
    if fields:
        yield "```text\n" + "\n".join(fields) + "\n```"
    for method in node.body:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
            yield f"#### {node.name}.{method.name}"
            if not _is_property(method):
                yield f"```text\n{_signature(method)}\n```"
            yield _words(ast.get_docstring(method))


def _is_field(node: ast.stmt) -> bool:
    return isinstance(node, ast.AnnAssign) and not ast.unparse(node.target).startswith("_")


def _is_property(node: ast.FunctionDef) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def _signature(node: ast.FunctionDef) -> str:
    """The call without `self`, broken into lines if it is long."""
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    given = re.sub(r"^(?:self|cls)(?:, )?", "", ast.unparse(node.args))
    whole = f"{node.name}({given}){returns}"
    return whole if len(whole) <= 100 else f"{node.name}(\n    {_broken(given)}\n){returns}"


def _broken(arguments: str) -> str:
    """Put each argument on a line of its own: cut at the commas outside brackets."""
    made, depth = [], 0
    for letter in arguments:
        depth += (letter in "([{") - (letter in ")]}")
        made.append(letter)
        if letter == "," and depth == 0:
            made.append("\n   ")
    return "".join(made)


def _words(docstring: str | None) -> str:
    """A docstring as Markdown: its examples as code, names that look like HTML escaped."""
    made, code = [], False
    for line in (docstring or "").splitlines():
        is_code = line.lstrip().startswith((">>>", "...")) or (code and bool(line.strip()))
        if is_code != code:
            made += ["```pycon" if is_code else "```"]
            code = is_code
        made.append(line if code else _escaped(line))
    if code:
        made.append("```")
    return "\n".join(made).strip("\n")


def _escaped(line: str) -> str:
    """A line with `<` escaped outside of code, where Markdown would read HTML, and `[` before `(`, a link."""
    parts = line.split("`")
    parts[::2] = [part.replace("<", "&lt;").replace("](", "]\\(") for part in parts[::2]]
    return "`".join(parts)
