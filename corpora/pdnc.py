"""The Project Dialogism Novel Corpus (Vishnubhotla, Hammond & Hirst 2022), read from its own files.

The corpus is public at https://github.com/Priya22/project-dialogism-novel-corpus. The folder holds
`data/NOVEL/`, and here also `train.txt` and `dev.txt`, one novel a line.
"""

import ast
import csv
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

csv.field_size_limit(10**9)


@dataclass(frozen=True, slots=True)
class GoldQuotation:
    """One annotated quotation. `spans`: its stretches, code points of the novel's text.

    `speaker` and `addressees` are main names of characters. `type`: Explicit, Anaphoric, Implicit or "".
    """

    spans: tuple[tuple[int, int], ...]
    speaker: str
    addressees: tuple[str, ...]
    type: str


@dataclass(frozen=True, slots=True)
class GoldCharacter:
    """One annotated character, with the gender M, F, U or X."""

    name: str
    aliases: frozenset[str]
    gender: str


@dataclass(frozen=True, slots=True)
class Novel:
    """One annotated novel. Without quotations whose speaker the annotators call unknowable."""

    name: str
    author: str
    path: Path
    text: str
    quotations: tuple[GoldQuotation, ...]
    characters: tuple[GoldCharacter, ...]


def corpus_folder(given: str | Path | None = None) -> Path:
    """The folder of the corpus: as given, or `pdnc` in the folder that DRAMATURG_CORPORA names.

    Raises SystemExit, with one line, if there is none.
    """
    folder = Path(given) if given else Path(os.environ.get("DRAMATURG_CORPORA", "corpora")) / "pdnc"
    if not (folder / "data").is_dir():
        raise SystemExit(f"{folder}: no PDNC here (no folder data/ in it). Name its folder, or set DRAMATURG_CORPORA.")
    return folder


def split(folder: Path, name: str) -> list[str]:
    """The novels of a split, `train` or `dev`."""
    return (folder / f"{name}.txt").read_text(encoding="utf-8").split()


def load_novel(folder: Path, name: str) -> Novel:
    """Read one novel with its annotation."""
    path = folder / "data" / name
    characters = _characters(path / "character_info.csv")
    main = _main_names(characters)
    rows = _csv(path / "quotation_info.csv")
    quotations = [_quotation(row, main) for row in rows if row["speaker"].strip("_").lower() != "unknowable"]
    text = (path / "novel_text.txt").read_text(encoding="utf-8-sig")
    return Novel(name, _author(folder, name), path / "novel_text.txt", text, tuple(quotations), tuple(characters))


def _quotation(row: dict[str, str], main: dict[str, str]) -> GoldQuotation:
    spans = tuple((int(start), int(end)) for start, end in ast.literal_eval(row["quoteByteSpans"]))
    addressees = ast.literal_eval(row["addressees"]) if row["addressees"].startswith("[") else []
    kind = row["quoteType"] if row["quoteType"] in ("Explicit", "Anaphoric", "Implicit") else ""
    return GoldQuotation(
        spans, main.get(row["speaker"], row["speaker"]), tuple(main.get(name, name) for name in addressees), kind
    )


def _characters(path: Path) -> list[GoldCharacter]:
    return [
        GoldCharacter(row["Main Name"], frozenset(_literal(row["Aliases"])) | {row["Main Name"]}, row["Gender"])
        for row in _csv(path)
    ]


def _main_names(characters: list[GoldCharacter]) -> dict[str, str]:
    # Some speakers are given by an alias: one that only a single character has means that character.
    owners = defaultdict(set)
    for character in characters:
        for alias in character.aliases:
            owners[alias].add(character.name)
    mains = {character.name for character in characters}
    return {alias: min(names) for alias, names in owners.items() if len(names) == 1 and alias not in mains}


def _literal(text: str) -> set[str]:
    try:
        return set(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return set()


def _author(folder: Path, name: str) -> str:
    """The author: by the corpus' index, or else what the name begins with (`AUTHOR_STORY`, `own01-…`)."""
    index = folder / "PDNC-Novel-Index.csv"
    for row in _csv(index) if index.exists() else ():
        if row.get("Folder Name", "").strip() == name:
            return row.get("Author Code", name)
    return name if index.exists() else re.split(r"[_\d]", name, maxsplit=1)[0]


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
