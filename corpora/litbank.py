"""LitBank (Bamman et al. 2019, 2020; Sims et al. 2019), its annotation aligned with the text of the books.

The corpus is public at https://github.com/dbamman/litbank, CC BY 4.0. Its documents are lists of tokens; the
layers read the part of the book that these tokens cover, with its line breaks and punctuation.
"""

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A span of the document's text with its kind (name, noun, pronoun), type, and the entity it refers to."""

    start: int
    end: int
    kind: str
    type: str
    entity: str


@dataclass(frozen=True, slots=True)
class Document:
    """A stretch of a book and what was annotated in it; all places are code points of `text`.

    `mentions`: of coreference. `entities`: start, end and type of names, nouns and honorifics, annotated separately.
    """

    id: str
    text: str
    mentions: tuple[GoldMention, ...]
    events: frozenset[Place]
    entities: frozenset[tuple[int, int, str]]


KINDS = {"PROP": "name", "NOM": "noun", "PRON": "pronoun"}


def litbank_folder(given: str | Path | None = None) -> Path:
    """The folder of the corpus: as given, or `litbank` in the folder that DRAMATURG_CORPORA names."""
    folder = Path(given) if given else Path(os.environ.get("DRAMATURG_CORPORA", "corpora")) / "litbank"
    if not (folder / "original").is_dir():
        raise SystemExit(f"{folder}: no LitBank here (no folder original/). Name its folder, or set DRAMATURG_CORPORA.")
    return folder


def split_ids(folder: Path, name: str) -> list[str]:
    """The documents of a split, `train` or `dev`."""
    return (folder / f"{name}.ids").read_text(encoding="utf-8").split()


def load_document(folder: Path, id: str) -> Document:
    """Read one document. Raises ValueError if its tokens are not found in the book."""
    book = _one(folder / "original", id).read_text(encoding="utf-8-sig", errors="replace").replace("\r\n", "\n")
    rows = _rows(_one(folder / "coref/conll", id))
    places = align([row[3] for row in rows], book)
    known = [place for place in places if place]
    low, high = known[0][0], known[-1][1]
    while high < len(book) and not book[high].isspace():
        high += 1
    kinds = _kinds(folder, id)
    mentions = []
    for first, last, entity in _clusters(rows):
        place = _cover(places[first:last], low)
        if place:
            kind, type = kinds.get((first, last), ("PRON" if last == first + 1 else "NOM", "PER"))
            mentions.append(GoldMention(*place, KINDS[kind], type, entity))
    event_rows = _rows(_one(folder / "events/tsv", id))
    event_places = align([row[0] for row in event_rows], book)
    events = {
        _cover(event_places[i : i + 1], low) for i, row in enumerate(event_rows) if len(row) > 1 and row[1] == "EVENT"
    }
    entities = _entities(_rows(_one(folder / "entities/tsv", id)), book, low)
    return Document(id, book[low:high], tuple(mentions), frozenset(place for place in events if place), entities)


def _entities(rows: list[list[str]], book: str, low: int) -> frozenset[tuple[int, int, str]]:
    """The nested entities: a column for each depth, tags in BIO."""
    places = align([row[0] for row in rows], book)
    found = set()
    for depth in range(1, max(map(len, rows))):
        tags = [row[depth] if depth < len(row) else "O" for row in rows]
        for first, tag in enumerate(tags):
            if tag.startswith("B-"):
                last = next((i for i in range(first + 1, len(tags)) if not tags[i].startswith("I-")), len(tags))
                place = _cover(places[first:last], low)
                if place:
                    found.add((*place, tag[2:]))
    return frozenset(found)


def _one(folder: Path, id: str) -> Path:
    return next(p for p in sorted(folder.glob(f"{id}_*")) if p.suffix != ".ann")


def _rows(path: Path) -> list[list[str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def _cover(places: list[Place | None], low: int) -> Place | None:
    here = [place for place in places if place]
    return (here[0][0] - low, here[-1][1] - low) if here else None


def align(tokens: list[str], text: str) -> list[Place | None]:
    """Find the place of each token in a text, by its letters and digits in order; None for a token without any."""
    flat, where = _squash(text)
    keys = [_squash(token)[0] for token in tokens]
    joined = "".join(keys)
    at = next(
        (max(0, found - skip) for skip in range(0, 4000, 40) if (found := flat.find(joined[skip : skip + 80])) >= 0), -1
    )
    if at < 0:
        raise ValueError("the document is not in the book")
    places: list[Place | None] = []
    for key in keys:
        found = flat.find(key, at, at + len(key) + 400) if key else -1
        places.append((where[found], where[found + len(key) - 1] + 1) if found >= 0 else None)
        at = found + len(key) if found >= 0 else at
    return places


def _squash(text: str) -> tuple[str, list[int]]:
    kept = [(c.lower(), i) for i, c in enumerate(text) if c.isalnum()]
    letters = [(letter, i) for small, i in kept for letter in small]
    return "".join(letter for letter, _ in letters), [i for _, i in letters]


def _clusters(rows: list[list[str]]) -> list[tuple[int, int, str]]:
    opened: dict[str, list[int]] = defaultdict(list)
    found = []
    for i, row in enumerate(rows):
        cell = row[-1] if row[-1] not in ("_", "") else row[-2]
        for part in cell.split("|"):
            match = re.fullmatch(r"(\()?(\d+)(\))?", part)
            if match is None:
                continue
            if match[1]:
                opened[match[2]].append(i)
            if match[3]:
                found.append((opened[match[2]].pop(), i + 1, match[2]))
    return sorted(found)


def _kinds(folder: Path, id: str) -> dict[Place, tuple[str, str]]:
    """Kind and type of each mention by its tokens, from the stand-off annotation over the same tokens."""
    path = next(p for p in sorted((folder / "coref/brat").glob(f"{id}_*.ann")))
    text = path.with_suffix(".txt").read_text(encoding="utf-8")
    starts, ends = {}, {}
    for number, match in enumerate(re.finditer(r"\S+", text)):
        starts[match.start()], ends[match.end()] = number, number
    found = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        parts = line.split("\t")
        if line.startswith("T") and len(parts) == 3:
            label, start, end = parts[1].split(" ")[0], *map(int, re.findall(r"\d+", parts[1])[:2])
            kind, _, type = label.partition("_")
            if kind in KINDS and start in starts and end in ends:
                found[(starts[start], ends[end] + 1)] = (kind, type)
    return found
