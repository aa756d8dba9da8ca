"""Reading → foreign formats: one module a format, one place that writes.

A format is a module with one public function, whose keyword-only arguments are the format's options (a default each;
the default's type says how the command line reads the option, and a docstring line `name: …` what it does):

- `to_text(reading, *, option=default) -> str` for one text file,
- `to_bytes(reading, *, option=default) -> bytes` for one binary file,
- `to_files(reading, *, option=default) -> Iterable[tuple[str, str | bytes]]` for a folder: names in it, and contents.

It only makes; `export` writes, beside the target first and then renamed. Ours stand in FORMATS. A package adds its own
by an entry point in the group `dramaturg.exports`: the entry point's name is the format's short name, what it leads to
is such a module (or any object with that function), with `ABOUT`, one line about it, and `SUFFIX`, what its file's name
ends in.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dramaturg.errors import MissingExtra, UsageError
from dramaturg.files import replace_atomically, write_bytes
from dramaturg.reading import Reading

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "dramaturg.exports"
EXTRAS = {"parquet": "pyarrow", "networks": "networkx", "spacy": "spacy"}  # the package that each is for
SURROGATE = re.compile("[\ud800-\udfff]")
MAKERS = ("to_text", "to_bytes", "to_files")
Contents = str | bytes


@dataclass(frozen=True, slots=True)
class Format:
    """One foreign format.

    `place` is its module, or the entry point that leads to it. `folder`: whether it is several files. `suffix`: what
    its file's name ends in, empty for a folder. `extra`: the extra of the package that it needs, or None.
    """

    name: str
    about: str
    place: "str | EntryPoint"
    suffix: str = ""
    folder: bool = False
    extra: str | None = None

    def check(self) -> None:
        """Raise MissingExtra, without importing anything, where what it needs is not installed."""
        if self.extra is not None and find_spec(EXTRAS[self.extra]) is None:
            raise MissingExtra(_missing(EXTRAS[self.extra], self.extra))

    def maker(self) -> Callable[..., Any]:
        """The function that makes its contents. Raises MissingExtra where what it needs is not installed."""
        made = import_module(self.place) if isinstance(self.place, str) else _loaded(self.place)
        return _maker_of(made, self.name)


FORMATS = (
    Format(
        "tei", "TEI P5: the text with who says what to whom, people, relations", "dramaturg.exporters.tei", ".tei.xml"
    ),
    Format("booknlp", "BookNLP's files: tokens, entities, quotes, book", "dramaturg.exporters.booknlp", folder=True),
    Format("conll", "CoNLL-2012: coreference, with speakers", "dramaturg.exporters.conll", ".conll"),
    Format("conllu", "CoNLL-U: words and syntax, entities as in CorefUD", "dramaturg.exporters.conllu", ".conllu"),
    Format("brat", "brat stand-off: text, annotations, configuration", "dramaturg.exporters.brat", folder=True),
    Format("csv", "tables as CSV files, with a data dictionary", "dramaturg.exporters.csv_tables", folder=True),
    Format("parquet", "tables as Parquet files", "dramaturg.exporters.parquet", folder=True, extra="parquet"),
    Format("arrow", "tables as Arrow (Feather) files", "dramaturg.exporters.arrow", folder=True, extra="parquet"),
    Format("gexf", "networks of people, changing by chapter, for Gephi", "dramaturg.exporters.gexf", ".gexf"),
    Format("graphml", "networks of people for most graph programs", "dramaturg.exporters.graphml", ".graphml"),
    Format("script", "a script, line by line, nothing of the text lost", "dramaturg.exporters.script", ".script.json"),
    Format(
        "casting", "a casting sheet: each voice, its lines and minutes", "dramaturg.exporters.casting", ".casting.csv"
    ),
    Format("ssml", "SSML 1.1 for a synthesiser, a voice for each person", "dramaturg.exporters.ssml", ".ssml"),
    Format(
        "fountain", "Fountain, the screenplay mark-up, for table reads", "dramaturg.exporters.fountain", ".fountain"
    ),
    Format("docx", "Word: the manuscript, a comment at each doubtful place", "dramaturg.exporters.docx", ".docx"),
    Format("epub", "EPUB 3 with a who's who at the back of each chapter", "dramaturg.exporters.epub", ".epub"),
    Format("markdown", "a story bible in Markdown, a page for each person", "dramaturg.exporters.bible", folder=True),
    Format("worddumb", "X-Ray on a Kindle, by Calibre's WordDumb", "dramaturg.exporters.worddumb", ".x-ray.json"),
    Format("jsonld", "people and relations in schema.org's words", "dramaturg.exporters.jsonld", ".jsonld"),
    Format("features", "counts and measures, none of the text", "dramaturg.exporters.features", ".features.json"),
    Format("spacy", "spaCy: a DocBin of the story", "dramaturg.exporters.spacy_doc", ".spacy", extra="spacy"),
)


def export(reading: Reading, to: str, out: str | Path, **options: Any) -> Path:
    """Write a reading in a foreign format, to a file, or to a folder where the format is several files.

    `to` is a format's short name (`formats()` lists them), `options` are the format's own. A folder is made where there
    is none; files that are there already are replaced one by one, others left alone. `-` is standard output.
    Raises UsageError for an unknown format or option and MissingExtra where an extra is not installed, both before
    anything is written; OSError where the target cannot be written.
    """
    format = find_format(to)
    made = _make(format, reading, options)
    if format.folder:
        _write_folder(Path(out), made, format)
    else:
        write_bytes(out, encoded(made))
    return Path(out)


def render(reading: Reading, to: str, **options: Any) -> str | bytes | dict[str, Contents]:
    """What `export` would write: a text, bytes, or for a format of several files a dict of them by name."""
    format = find_format(to)
    made = _make(format, reading, options)
    return dict(made) if format.folder else made


def formats() -> dict[str, Format]:
    """Every format by its short name: ours in the order of FORMATS, then those of other packages by name."""
    return {format.name: format for format in FORMATS} | _foreign()


def find_format(name: str) -> Format:
    """The format with this short name. Raises UsageError, with the names there are."""
    known = formats()
    if name not in known:
        raise UsageError(f"there is no format “{name}”. There are: {', '.join(known)}.")
    return known[name]


def options_of(format: Format) -> dict[str, Any]:
    """The names of a format's options, each with its default. Raises MissingExtra."""
    parameters = inspect.signature(format.maker()).parameters.values()
    return {p.name: p.default for p in parameters if p.kind is inspect.Parameter.KEYWORD_ONLY}


def parse_options(format: Format, given: Iterable[str]) -> dict[str, Any]:
    """The options in words like `name=value`, as the types of their defaults. Raises UsageError."""
    known = options_of(format)
    parsed = {}
    for words in given:
        name, found, value = words.partition("=")
        name = name.strip().replace("-", "_")
        _check_options(format, known, [name])
        parsed[name] = _converted(f"--option {words}", value.strip() if found else None, known[name])
    return parsed


def needed(module: str, extra: str) -> ModuleType:
    """The module of another package, which an extra of ours brings. Raises MissingExtra where it is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtra(_missing(module.partition(".")[0], extra)) from error


def _missing(package: str, extra: str) -> str:
    return f"this needs {package}, which is not installed: pip install 'dramaturg[{extra}]'"


def encoded(contents: Contents) -> bytes:
    """A file's bytes."""
    return contents if isinstance(contents, bytes) else without_surrogates(contents).encode("utf-8")


def without_surrogates(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which UTF-8 cannot hold: one for one, so that places stay."""
    return SURROGATE.sub("\ufffd", text)


def _make(format: Format, reading: Reading, options: Mapping[str, Any]) -> Any:
    format.check()
    maker = format.maker()
    _check_options(format, options_of(format), options)
    return maker(reading, **options)


def _check_options(format: Format, known: Iterable[str], names: Iterable[str]) -> None:
    known = sorted(known)
    for name in names:
        if name not in known:
            there = f"It has {', '.join(known)}." if known else "It has none."
            raise UsageError(f"the format {format.name} has no option “{name}”. {there}")


def _converted(words: str, value: str | None, default: Any) -> Any:
    """A value as the type of the option's default: yes and no, a number, or the words as they stand."""
    if isinstance(default, bool):
        if value is None or value.lower() in ("yes", "true", "on", "1"):
            return True
        if value.lower() in ("no", "false", "off", "0"):
            return False
        raise UsageError(f"{words}: give yes or no.")
    if value is None:
        raise UsageError(f"{words}: give it as NAME=VALUE.")
    if isinstance(default, int | float):
        try:
            return type(default)(value)
        except ValueError as error:
            raise UsageError(f"{words}: give a number.") from error
    return value


def _write_folder(folder: Path, files: Iterable[tuple[str, Contents]], format: Format) -> None:
    if str(folder) == "-" or (folder.exists() and not folder.is_dir()):
        raise UsageError(f"{folder}: {format.name} is several files. Give the name of a folder.")
    if folder.is_dir():
        _fill(folder, files)
    else:
        with replace_atomically(folder) as new:
            new.mkdir()
            _fill(new, files)


def _fill(folder: Path, files: Iterable[tuple[str, Contents]]) -> None:
    for name, contents in files:
        place = PurePosixPath(name)
        if place.is_absolute() or ".." in place.parts or not place.parts:
            raise ValueError(f"{name!r} lies outside of the folder")
        target = folder / place
        target.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(target, encoded(contents))


@cache
def _foreign() -> dict[str, Format]:
    """The formats that other packages bring, by name. One that cannot be loaded says so when it is asked for."""
    from importlib.metadata import entry_points  # slow to import

    ours = {format.name for format in FORMATS}
    return {format.name: format for format in _described(sorted(entry_points(group=GROUP))) if format.name not in ours}


def _described(found: "Iterable[EntryPoint]") -> Iterator[Format]:
    for point in found:
        try:
            made = point.load()
            folder = hasattr(made, "to_files")
            yield Format(
                point.name, str(made.ABOUT), point, "" if folder else str(getattr(made, "SUFFIX", "")), folder=folder
            )
        except Exception as error:  # whatever may go wrong in somebody else's package
            yield Format(point.name, f"({point.value} cannot be loaded: {error})", point)


def _loaded(point: "EntryPoint") -> Any:
    try:
        return point.load()
    except Exception as error:
        raise MissingExtra(f"the format {point.name} ({point.value}) cannot be loaded: {error}") from error


def _maker_of(made: Any, name: str) -> Callable[..., Any]:
    for maker in MAKERS:
        if hasattr(made, maker):
            return getattr(made, maker)  # type: ignore[no-any-return]
    raise UsageError(f"the format {name} has none of {', '.join(MAKERS)}. Its package must bring one.")
