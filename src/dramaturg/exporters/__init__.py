"""Reading → other formats: one module and one line in FORMATS for each.

The module of a format has `ABOUT`, one line that describes it, and one public function. The function's keyword-only
arguments are the format's options. Each has a default, whose type tells the command line how to read the option, and a
line in the docstring, "`name`: what it does". The function is one of:

- `to_text(reading, *, option=default) -> str` for one text file,
- `to_bytes(reading, *, option=default) -> bytes` for one binary file,
- `to_files(reading, *, option=default) -> Iterable[tuple[str, str | bytes]]` for a folder: file names and contents.

A format of one file also has `SUFFIX`, the end of its file name. A format that needs another package has `EXTRA`, the
name of the extra that installs it. The functions only make contents; `export` writes them.

Another package adds a format with an entry point in the group `dramaturg.exports`. Its name is the format's name, and
it refers to such a module, or to any object with the same attributes.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from dramaturg.errors import MissingExtra, UsageError
from dramaturg.exporters.common.encoding import Contents, encode
from dramaturg.exporters.common.extras import check_extra
from dramaturg.exporters.common.networks import network_of, to_networkx
from dramaturg.files import replace_atomically, write_bytes
from dramaturg.reading import Reading

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["FORMATS", "Format", "export", "find_format", "formats", "network_of", "render", "to_networkx"]

# The name of each format and its module in this package, in the order in which they are listed.
FORMATS = {
    "tei": "tei",
    "booknlp": "booknlp",
    "conll": "conll",
    "conllu": "conllu",
    "brat": "brat",
    "csv": "csv_tables",
    "parquet": "parquet",
    "arrow": "arrow",
    "gexf": "gexf",
    "graphml": "graphml",
    "script": "script",
    "casting": "casting",
    "ssml": "ssml",
    "ebook2audiobook": "ebook2audiobook",
    "alexandria": "alexandria",
    "audiobooker": "audiobooker",
    "podvoice": "podvoice",
    "fountain": "fountain",
    "docx": "docx",
    "epub": "epub",
    "markdown": "bible",
    "worddumb": "worddumb",
    "jsonld": "jsonld",
    "features": "features",
    "spacy": "spacy_doc",
}
ENTRY_POINT_GROUP = "dramaturg.exports"
FUNCTIONS = ("to_text", "to_bytes", "to_files")  # a format's module has one of these


@dataclass(frozen=True, slots=True)
class Format:
    """A format that readings can be exported to.

    `module` is its module, or None if it cannot be loaded; `about` then says why. `suffix` is the end of its file name,
    empty for a folder. `folder` is whether it consists of several files. `extra` is the extra it needs, or None.
    """

    name: str
    about: str
    module: Any
    suffix: str = ""
    folder: bool = False
    extra: str | None = None

    def check(self) -> None:
        """Raise MissingExtra if a package that this format needs is not installed, without importing the package."""
        if self.extra is not None:
            check_extra(self.extra)

    def maker(self) -> Callable[..., Any]:
        """The function that makes the contents. Raises MissingExtra if the format's module cannot be loaded."""
        if self.module is None:
            raise MissingExtra(f"the format {self.name} is not available: {self.about}")
        for name in FUNCTIONS:
            if hasattr(self.module, name):
                return getattr(self.module, name)  # type: ignore[no-any-return]
        raise UsageError(f"the format {self.name} has none of {', '.join(FUNCTIONS)}. Its package must provide one.")


def export(reading: Reading, to: str, out: str | Path, **options: Any) -> Path:
    """Export a reading to a file, or to a folder if the format consists of several files. Returns the path.

    `to` is the name of a format (`formats()` lists them), and `options` are the format's options. `out` can be `-` for
    standard output. A folder is created if needed; files of the same name in it are replaced, others are kept.

    Raises UsageError for an unknown format or option and MissingExtra if a package is not installed, both before
    anything is written; OSError if the target cannot be written.
    """
    format = find_format(to)
    contents = _make(format, reading, options)
    if format.folder:
        _write_folder(Path(out), contents, format)
    else:
        write_bytes(out, encode(contents))
    return Path(out)


def render(reading: Reading, to: str, **options: Any) -> str | bytes | dict[str, Contents]:
    """What `export` would write: text, bytes, or a dict of contents by file name if the format has several files."""
    format = find_format(to)
    contents = _make(format, reading, options)
    return dict(contents) if format.folder else contents


def formats() -> dict[str, Format]:
    """All formats by name: those of FORMATS, then those of other packages in alphabetical order."""
    return {name: _our_format(name) for name in FORMATS} | _formats_of_other_packages()


def find_format(name: str) -> Format:
    """The format with this name. Raises UsageError, with the nearest name and all others, if there is none."""
    if name in FORMATS:
        return _our_format(name)
    others = _formats_of_other_packages()
    if name not in others:
        known = [*FORMATS, *others]
        nearest = get_close_matches(name.casefold(), known, n=1)
        hint = f"Did you mean {nearest[0]}? " if nearest else ""
        raise UsageError(f"there is no format “{name}”. {hint}The formats are: {', '.join(known)}.")
    return others[name]


def options_of(format: Format) -> dict[str, Any]:
    """A format's options by name, with their defaults. Raises MissingExtra."""
    parameters = inspect.signature(format.maker()).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def parse_options(format: Format, given: Iterable[str]) -> dict[str, Any]:
    """Options from strings like `name=value`, converted to the types of their defaults. Raises UsageError."""
    known = options_of(format)
    parsed = {}
    for option in given:
        name, has_value, value = option.partition("=")
        name = name.strip().replace("-", "_")
        _check_options(format, known, [name])
        parsed[name] = _convert(f"--option {option}", value.strip() if has_value else None, known[name])
    return parsed


def _make(format: Format, reading: Reading, options: Mapping[str, Any]) -> Any:
    format.check()
    maker = format.maker()
    _check_options(format, options_of(format), options)
    return maker(reading, **options)


def _check_options(format: Format, known: Iterable[str], names: Iterable[str]) -> None:
    known = sorted(known)
    for name in names:
        if name not in known:
            available = f"It has {', '.join(known)}." if known else "It has none."
            raise UsageError(f"the format {format.name} has no option “{name}”. {available}")


def _convert(option: str, value: str | None, default: Any) -> Any:
    """A value converted to the type of the option's default: bool, a number, or str."""
    if isinstance(default, bool):
        if value is None or value.lower() in ("yes", "true", "on", "1"):
            return True
        if value.lower() in ("no", "false", "off", "0"):
            return False
        raise UsageError(f"{option}: give yes or no.")
    if value is None:
        raise UsageError(f"{option}: give it as NAME=VALUE.")
    if isinstance(default, int | float):
        try:
            return type(default)(value)
        except ValueError as error:
            raise UsageError(f"{option}: give a number.") from error
    return value


def _write_folder(folder: Path, files: Iterable[tuple[str, Contents]], format: Format) -> None:
    if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder}: {format.name} consists of several files. Give the name of a folder.")
    if folder.is_dir():
        _write_files(folder, files)
    else:
        with replace_atomically(folder) as new:
            new.mkdir()
            _write_files(new, files)


def _write_files(folder: Path, files: Iterable[tuple[str, Contents]]) -> None:
    for name, contents in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise ValueError(f"{name!r} is outside of the folder")
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(target, encode(contents))


def _our_format(name: str) -> Format:
    return _format_of(name, import_module(f"dramaturg.exporters.{FORMATS[name]}"))


def _format_of(name: str, module: Any) -> Format:
    folder = hasattr(module, "to_files")
    suffix = "" if folder else str(getattr(module, "SUFFIX", ""))
    return Format(name, str(module.ABOUT), module, suffix, folder, getattr(module, "EXTRA", None))


@cache
def _formats_of_other_packages() -> dict[str, Format]:
    """The formats of other packages by name. One that cannot be loaded reports it when it is used."""
    from importlib.metadata import entry_points  # slow to import

    return {
        point.name: _load(point) for point in sorted(entry_points(group=ENTRY_POINT_GROUP)) if point.name not in FORMATS
    }


def _load(point: "EntryPoint") -> Format:
    try:
        return _format_of(point.name, point.load())
    except Exception as error:  # another package can raise anything
        return Format(point.name, f"({point.value} cannot be loaded: {error})", None)
