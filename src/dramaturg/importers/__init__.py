"""Annotations in other formats → a Reading like our own: one module and one line in FORMATS for each format."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.reading import Reading

if TYPE_CHECKING:
    from dramaturg.importers.annotations import Annotations


@dataclass(frozen=True, slots=True)
class ImportFormat:
    """A format that can be imported. `module` in this package has `read(path) -> Annotations`.

    `suffixes` are the ends of the file names by which it is recognised.
    """

    name: str
    about: str
    module: str
    suffixes: tuple[str, ...]


FORMATS = (
    ImportFormat("tei", "TEI with <said>", "tei", (".xml", ".tei")),
    ImportFormat(
        "booknlp",
        "BookNLP's .tokens, with .entities and .quotes",
        "booknlp",
        (".tokens", ".entities", ".quotes", ".book"),
    ),
    ImportFormat("brat", "brat's .ann and .txt", "brat", (".ann",)),
    ImportFormat("csv", "tables from dramaturg: text.txt, quotations.csv …", "csv_tables", (".csv",)),
)


def import_reading(path: str | Path, format: str | None = None) -> Reading:
    """The reading in annotations: in a file, or in a folder of files that belong together.

    `format` is the name of one of FORMATS; None recognises it by the file names. If a format has several files, you can
    give any of them. Raises UsageError for an unknown format, UnreadableStory if the files cannot be read.
    """
    from dramaturg.importers.annotations import reading_from  # slow to import

    path = Path(path)
    if not path.exists():
        raise UnreadableStory(f"{path}: there is no such file or folder. Check the path.")
    known = _recognise(path) if format is None else find_format(format)
    read: Callable[[Path], Annotations] = import_module(f"dramaturg.importers.{known.module}").read
    try:
        return reading_from(read(path), str(path))
    except OSError as error:
        raise UnreadableStory(f"{path}: {error.strerror or error}. Check the file.") from error


def is_importable(path: str | Path) -> bool:
    """Whether a path looks like annotations: a folder, or a file with a suffix of one of FORMATS."""
    return Path(path).is_dir() or str(path).endswith(_all_suffixes())


def find_format(name: str) -> ImportFormat:
    """The format with this name. Raises UsageError, with a list of the formats, if there is none."""
    for known in FORMATS:
        if known.name == name:
            return known
    raise UsageError(f"“{name}” cannot be imported. The formats are: {', '.join(known.name for known in FORMATS)}.")


def _all_suffixes() -> tuple[str, ...]:
    return tuple(suffix for known in FORMATS for suffix in known.suffixes)


def files_with(path: Path, suffix: str) -> list[Path]:
    """The files with a suffix in a folder, or the one beside a file with the same base name, in order."""
    if path.is_dir():
        return sorted(file for file in path.iterdir() if file.name.endswith(suffix) and file.is_file())
    beside = path.with_name(f"{path.name.rpartition('.')[0]}{suffix}")
    return [beside] if beside.is_file() else []


def only_file_with(path: Path, suffix: str, purpose: str) -> Path:
    """The only file with a suffix. Raises UnreadableStory if there is none, or more than one.

    `purpose` says in the error what the file is for, as in "gives the text back".
    """
    found = files_with(path, suffix)
    if not found:
        raise UnreadableStory(f"{path}: there is no {suffix} file here, which {purpose}.")
    if len(found) > 1:
        names = ", ".join(file.name for file in found[:5])
        raise UnreadableStory(f"{path}: this folder holds several stories ({names}). Give one of these files.")
    return found[0]


def read_utf8(path: Path) -> str:
    """The text of a file, with its newlines unchanged and without a byte order mark."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableStory(f"{path}: this file is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error


def _recognise(path: Path) -> ImportFormat:
    names = sorted(file.name for file in path.iterdir()) if path.is_dir() else [path.name]
    for known in FORMATS:
        if any(name.endswith(known.suffixes) for name in names):
            return known
    suffixes = ", ".join(_all_suffixes())
    raise UnreadableStory(f"{path}: there are no annotations here ({suffixes}). Give the format with --from.")
