"""Other people's annotations → a Reading that reports, exports and corrections treat like ours: a module a format."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.importers.parts import Parts, reading_from
from dramaturg.reading import Reading


@dataclass(frozen=True, slots=True)
class Kind:
    """A format that can be read back. Its module has `read(path) -> Parts`. `endings`: of its files' names."""

    name: str
    about: str
    module: str
    endings: tuple[str, ...]


KINDS = (
    Kind("tei", "TEI with <said>", "dramaturg.importers.tei", (".xml", ".tei")),
    Kind(
        "booknlp",
        "BookNLP's .tokens, with .entities and .quotes",
        "dramaturg.importers.booknlp",
        (".tokens", ".entities", ".quotes", ".book"),
    ),
    Kind("brat", "brat's .ann and .txt", "dramaturg.importers.brat", (".ann",)),
    Kind(
        "csv",
        "tables as dramaturg writes them: text.txt, quotations.csv …",
        "dramaturg.importers.csv_tables",
        (".csv",),
    ),
)


def import_reading(path: str | Path, format: str | None = None) -> Reading:
    """The reading in somebody's annotations: a file, or a folder of files that belong together.

    `format` is one of KINDS by name; None looks at what is there. A file of several leads to the others beside it.
    Raises UsageError for an unknown format, UnreadableStory where nothing can be made of what is there.
    """
    path = Path(path)
    if not path.exists():
        raise UnreadableStory(f"{path}: there is no such file or folder. Check the name.")
    kind = _recognised(path) if format is None else find_kind(format)
    read: Callable[[Path], Parts] = import_module(kind.module).read
    try:
        return reading_from(read(path), str(path))
    except OSError as error:
        raise UnreadableStory(f"{path}: {error.strerror or error}. Check the file.") from error


def is_importable(path: str | Path) -> bool:
    """Whether a name looks like annotations: a folder, or a file with one of their endings."""
    return Path(path).is_dir() or str(path).endswith(tuple(ending for kind in KINDS for ending in kind.endings))


def find_kind(name: str) -> Kind:
    """The format with this name. Raises UsageError, with the names there are."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise UsageError(f"“{name}” cannot be imported. What can: {', '.join(kind.name for kind in KINDS)}.")


def files_of(path: Path, ending: str) -> list[Path]:
    """The files of that ending in a folder, or beside a file and called like it, in order."""
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.name.endswith(ending) and file.is_file())
    beside = path.with_name(f"{path.name.rpartition('.')[0]}{ending}")
    return [beside] if beside.is_file() else []


def one_of(path: Path, ending: str, what: str) -> Path:
    """The one file of that ending. Raises UnreadableStory where there is none, or where it cannot be told which."""
    found = files_of(path, ending)
    if not found:
        raise UnreadableStory(f"{path}: there is no {ending} file here, which {what}.")
    if len(found) > 1:
        names = ", ".join(file.name for file in found[:5])
        raise UnreadableStory(f"{path}: there are several stories here ({names}). Give one of these files.")
    return found[0]


def text_in(path: Path) -> str:
    """The text of a file as it stands, newlines and all, but for a mark of byte order at its beginning."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableStory(f"{path}: this is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error


def _recognised(path: Path) -> Kind:
    names = sorted(file.name for file in path.iterdir()) if path.is_dir() else [path.name]
    for kind in KINDS:
        if any(name.endswith(kind.endings) for name in names):
            return kind
    known = ", ".join(ending for kind in KINDS for ending in kind.endings)
    raise UnreadableStory(f"{path}: nothing here looks like annotations ({known}). Say which format by --from.")
