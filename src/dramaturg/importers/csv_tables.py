"""Tables as written by `dramaturg export --to csv` → annotations.

`text.txt` and `quotations.csv` with `start`, `end` and `speaker` are enough. Other tables are used if they are there.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar, cast, get_args

from dramaturg.errors import UnreadableStory
from dramaturg.importers import read_utf8
from dramaturg.importers.annotations import (
    AnnotatedPerson,
    AnnotatedQuotation,
    Annotations,
    mention_kind,
    metadata_from,
    story_of,
)
from dramaturg.reading import (
    Address,
    AddressKind,
    Alternative,
    CharacterKind,
    EntityType,
    Event,
    Evidence,
    EvidenceKind,
    Fact,
    FactKind,
    Mention,
    MentionKind,
    Slip,
    SlipKind,
    Supersense,
    SupersenseLabel,
)
from dramaturg.story import Block, Chapter, Role, Source, Span, Story

T = TypeVar("T")
Row = dict[str, str]
TOKEN_TYPES: dict[str, Callable[[str], Any]] = {"start": int, "end": int, "sentence": int, "head": int}


def read(path: Path) -> Annotations:
    """The annotations in a folder of tables. `path` is the folder, or one of its files."""
    folder = path if path.is_dir() else path.parent
    quotations_file = folder / "quotations.csv"
    if not (folder / "text.txt").is_file() or not quotations_file.is_file():
        raise UnreadableStory(f"{folder}: to import tables, this folder needs text.txt and quotations.csv.")
    text = read_utf8(folder / "text.txt")
    alternatives: dict[str, list[Alternative]] = {}
    for quotation, alternative in _rows(folder, "alternatives", _alternative):
        alternatives.setdefault(quotation, []).append(alternative)
    people = list(_rows(folder, "characters", _person))
    quotations = list(_rows(folder, "quotations", lambda row: _said(row, alternatives)))
    segments = list(_rows(folder, "segments", lambda row: (row.get("kind"), _span(row))))
    return Annotations(
        story=_story(folder, text, quotations_file.read_bytes()),
        people=people,
        mentions=list(_rows(folder, "mentions", lambda row: _mention(row, text))),
        quotations=quotations,
        thoughts=[span for kind, span in segments if kind == "thought"],
        tags=[span for kind, span in segments if kind == "tag"],
        events=list(_rows(folder, "events", _event)),
        supersenses=list(_rows(folder, "supersenses", _supersense)),
        facts=list(_rows(folder, "facts", _fact)),
        slips=_slips(folder),
        addresses=list(_rows(folder, "addresses", _address)),
        tokens=_tokens(folder),
        in_order=bool(people),
    )


def _story(folder: Path, text: str, data: bytes) -> Story:
    found = story_of(text, folder.name or "tables", "csv", data)
    blocks = tuple(_rows(folder, "blocks", lambda row: Block(*_place(row), cast(Role, row["role"]))))
    chapters = tuple(_rows(folder, "chapters", lambda row: Chapter(row["id"], row.get("title") or None, *_place(row))))
    emphasis = tuple(_rows(folder, "emphasis", _span))
    told = next(_rows(folder, "story", lambda row: row), None)
    source = found.source
    if told is not None:
        source = Source(
            path=told.get("path") or source.path,
            format="csv",
            title=told.get("title") or None,
            author=told.get("author") or None,
            sha256=told.get("sha256") or hashlib.sha256(data).hexdigest(),
            language=told.get("language") or None,
            metadata=metadata_from(_rows(folder, "metadata", lambda row: (row["name"], row["type"], row["value"]))),
        )
    is_whole = (folder / "blocks.csv").is_file()
    return Story(
        text if is_whole else found.text,
        blocks if is_whole else found.blocks,
        source,
        emphasis if is_whole else found.emphasis,
        chapters if is_whole else found.chapters,
        () if told is not None else found.warnings,
    )


def _rows(folder: Path, name: str, made: Callable[[Row], T]) -> Iterator[T]:
    """Each row of a table, converted by `made`; nothing if there is no such table."""
    path = folder / f"{name}.csv"
    if not path.is_file():
        return
    csv.field_size_limit(2**31 - 1)  # a field may hold a whole chapter
    for number, row in enumerate(csv.DictReader(StringIO(read_utf8(path), newline="")), 2):
        try:
            yield made(row)
        except (KeyError, ValueError, TypeError) as error:
            said = f"the column {error} is missing" if isinstance(error, KeyError) else str(error)
            raise UnreadableStory(f"{path}: row {number} cannot be read ({said}).") from error


def _place(row: Row) -> tuple[int, int]:
    return int(row["start"]), int(row["end"])


def _span(row: Row) -> Span:
    return Span(*_place(row))


def _listed(cell: str | None) -> tuple[str, ...]:
    return tuple(item.replace("%7C", "|").replace("%25", "%") for item in cell.split("|")) if cell else ()


def _number(cell: str | None, default: float | None = 1.0) -> float | None:
    return float(cell) if cell else default


def _known(value: str | None, kind: Any, default: Any) -> Any:
    return value if value in get_args(kind) else default


def _person(row: Row) -> AnnotatedPerson:
    return AnnotatedPerson(
        id=row["id"],
        name=row.get("name") or None,
        named=row["named"] == "true" if row.get("named") else None,
        kind=_known(row.get("kind"), CharacterKind, "person"),
        aliases=_listed(row.get("aliases")),
        pronouns=row.get("pronouns") or None,
        narrator=row.get("narrator") == "true",
    )


def _mention(row: Row, text: str) -> Mention:
    start, end = _place(row)
    character = row.get("character") or None
    return Mention(
        start,
        end,
        cast(MentionKind, _known(row.get("kind"), MentionKind, None) or mention_kind(text[start:end], True)),
        cast(EntityType, _known(row.get("type"), EntityType, "PER")),
        row.get("entity") or character or f"m{start}-{end}",
        character,
        float(_number(row.get("confidence")) or 0.0),
    )


def _said(row: Row, alternatives: dict[str, list[Alternative]]) -> AnnotatedQuotation:
    evidence = None
    if row.get("evidence_kind") in get_args(EvidenceKind):
        kind = cast(EvidenceKind, row["evidence_kind"])
        evidence = Evidence(kind, int(row["evidence_start"]), int(row["evidence_end"]))
    return AnnotatedQuotation(
        *_place(row),
        speaker=row["speaker"] or None,
        addressees=_listed(row.get("addressees")),
        id=row.get("id") or "",
        group=row.get("group") or "",
        confidence=_number(row.get("confidence")),
        evidence=evidence,
        alternatives=tuple(alternatives.get(row.get("id") or "", ())),
    )


def _alternative(row: Row) -> tuple[str, Alternative]:
    return row["quotation"], Alternative(row["speaker"], float(row["confidence"]))


def _event(row: Row) -> Event:
    confidence = float(_number(row.get("confidence")) or 0.0)
    return Event(*_place(row), _listed(row.get("agents")), _listed(row.get("patients")), confidence)


def _supersense(row: Row) -> Supersense:
    return Supersense(*_place(row), cast(SupersenseLabel, row["label"]))


def _fact(row: Row) -> Fact:
    return Fact(
        cast(FactKind, row["kind"]),
        row["value"],
        row.get("normalised") or row["value"].lower(),
        row["person"],
        row.get("of") or None,
        *_place(row),
        row.get("said_by") or None,
        float(_number(row.get("confidence")) or 0.0),
    )


def _address(row: Row) -> Address:
    kind = cast(AddressKind, row["kind"])
    return Address(row["quotation"], row["speaker"], row["addressee"], kind, *_place(row))


def _slips(folder: Path) -> list[Slip]:
    """The slips, each of which is a row for each of its places."""
    found: dict[str, Slip] = {}
    for row in _rows(folder, "slips", lambda row: row):
        known = found.get(row["slip"])
        places = (*(known.places if known else ()), _span(row))
        sure = float(_number(row.get("confidence")) or 0.0)
        kind, person = cast(SlipKind, row["kind"]), row.get("person") or None
        found[row["slip"]] = Slip(kind, person, places, sure, row.get("says") or "")
    return list(found.values())


def _tokens(folder: Path) -> dict[str, list[Any]] | None:
    rows = list(_rows(folder, "tokens", lambda row: row))
    if not rows:
        return None
    names = [name for name in rows[0] if name != "text" and (name in TOKEN_TYPES or any(row[name] for row in rows))]
    return {
        name: [TOKEN_TYPES.get(name, str)(row[name]) if row[name] else None for row in rows]
        for name in names
        if any(row[name] for row in rows)
    }
