"""A reading: everything found in one story, as tables that are easy to loop over.

This is the contract of the output (`dramaturg/1`): a reading is saved to one JSON document and
loads from it again, so that whatever shows or exports a reading never needs the story read twice.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from dramaturg.errors import UnreadableStory
from dramaturg.files import write_text
from dramaturg.story import Block, Chapter, Source, Span, Story

SCHEMA = "dramaturg/1"
T = TypeVar("T")

MentionKind = Literal["name", "noun", "pronoun"]
EntityType = Literal["PER", "FAC", "GPE", "LOC", "VEH", "ORG"]
EvidenceKind = Literal["tag", "pronoun_tag", "turn", "vocative", "action", "narrator", "content", "correction"]
SegmentKind = Literal["narration", "speech", "tag", "thought", "heading", "note", "break", "matter"]
MENTION_KINDS: tuple[MentionKind, ...] = get_args(MentionKind)
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)
SEGMENT_KINDS: tuple[SegmentKind, ...] = get_args(SegmentKind)


@dataclass(frozen=True, slots=True)
class Character:
    """A person of the cast, or a group that speaks as one."""

    id: str
    name: str
    named: bool
    kind: Literal["person", "group"]
    aliases: tuple[str, ...]
    pronouns: str | None
    narrator: bool
    mentions: int
    quotations: int
    words_spoken: int
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Mention:
    """A span that refers to an entity; `entity` is the id of its coreference cluster."""

    start: int
    end: int
    kind: MentionKind
    type: EntityType
    entity: str
    character: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a speaker was chosen, and the place in the text that says so."""

    kind: EvidenceKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another possible speaker, with the probability that it is right."""

    speaker: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Quotation:
    """One stretch of direct speech, its marks included, with who says it to whom.

    `speaker` is None where it is unknown, and then so is `confidence`.
    """

    id: str
    group: str
    within: str | None
    start: int
    end: int
    speaker: str | None
    addressees: tuple[str, ...]
    confidence: float | None
    evidence: Evidence | None
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text with one kind. Joined in order, the segments are the text."""

    start: int
    end: int
    kind: SegmentKind
    quotation: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something shown as having happened (realis; Sims, Park & Bamman 2019)."""

    start: int
    end: int
    agents: tuple[str, ...]
    patients: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class MadeBy:
    """The version of dramaturg, and the sha256 of its weights."""

    version: str
    weights: str | None


@dataclass(frozen=True, slots=True)
class Corrections:
    """What the user's corrections did: those applied, and those that fit nowhere any more."""

    applied: tuple[Any, ...] = ()
    unmatched: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything found in one story. `characters` stand most prominent first, the rest in text order."""

    made_by: MadeBy
    story: Story
    characters: tuple[Character, ...]
    mentions: tuple[Mention, ...]
    quotations: tuple[Quotation, ...]
    segments: tuple[Segment, ...]
    events: tuple[Event, ...] = ()
    corrections: Corrections = field(default_factory=Corrections)
    tokens: dict[str, list[int]] | None = None

    def text_of(self, span: Any) -> str:
        """The text of anything with a `start` and an `end`."""
        return self.story.text[span.start : span.end]

    def character(self, id: str) -> Character:
        """The character with this id. Raises KeyError where there is none."""
        for character in self.characters:
            if character.id == id:
                return character
        raise KeyError(id)

    def name_of(self, id: str | None) -> str | None:
        """The name of a character, or None for None."""
        return None if id is None else self.character(id).name

    def lines_of(self, id: str) -> Iterator[Quotation]:
        """The quotations that a character speaks, in order."""
        return (quotation for quotation in self.quotations if quotation.speaker == id)

    def table(self, name: str) -> list[dict[str, Any]]:
        """One table as a list of rows, ready for a data frame: `pandas.DataFrame(reading.table("quotations"))`.

        `name` is one of characters, mentions, quotations, segments, events, blocks, chapters, emphasis.
        """
        rows: Iterable[Any] = getattr(self.story if name in ("blocks", "chapters", "emphasis") else self, name)
        return [_plain(asdict(row)) for row in rows]

    def to_dict(self) -> dict[str, Any]:
        """The reading as the plain values of a dramaturg/1 document."""
        document: dict[str, Any] = {
            "schema": SCHEMA,
            "made_by": asdict(self.made_by),
            "source": asdict(self.story.source),
            "warnings": list(self.story.warnings),
            "text": self.story.text,
        }
        for name in ("blocks", "emphasis", "chapters", "characters", "mentions", "quotations", "segments", "events"):
            document[name] = self.table(name)
        document["corrections"] = _plain(asdict(self.corrections))
        if self.tokens is not None:
            document["tokens"] = self.tokens
        return document

    def to_json(self) -> str:
        """The dramaturg/1 document: the same text for the same reading, on every run.

        Lone surrogates, which UTF-8 cannot hold, and everything else beyond ASCII that is not a
        letter of the story stay as JSON allows: only surrogates are escaped.
        """
        text = json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))
        return _escape_surrogates(text) + "\n"

    def save(self, path: str | Path) -> None:
        """Write the dramaturg/1 document, beside the target first and then renamed."""
        write_text(path, self.to_json())

    @classmethod
    def load(cls, path: str | Path) -> "Reading":
        """The reading that `save` wrote. Raises UnreadableStory where the file holds none."""
        try:
            document = json.loads(Path(path).read_text(encoding="utf-8"))
            return cls.from_dict(document)
        except OSError as error:
            raise UnreadableStory(f"{path}: {error.strerror or error}. Give the path of a reading.") from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UnreadableStory(
                f"{path}: not a {SCHEMA} document ({error}). `dramaturg read STORY --json OUT` writes one."
            ) from error

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> "Reading":
        """The reading in the plain values of a dramaturg/1 document. Unknown fields are passed over."""
        if document["schema"] != SCHEMA:
            raise ValueError(f"its schema is {document['schema']!r}")
        story = Story(
            text=document["text"],
            blocks=_rows(Block, document["blocks"]),
            source=_row(Source, document["source"]),
            emphasis=_rows(Span, document["emphasis"]),
            chapters=_rows(Chapter, document["chapters"]),
            warnings=tuple(document["warnings"]),
        )
        return cls(
            made_by=_row(MadeBy, document["made_by"]),
            story=story,
            characters=_rows(Character, document["characters"]),
            mentions=_rows(Mention, document["mentions"]),
            quotations=tuple(_quotation(row) for row in document["quotations"]),
            segments=_rows(Segment, document["segments"]),
            events=_rows(Event, document["events"]),
            corrections=_row(Corrections, document["corrections"]),
            tokens=document.get("tokens"),
        )


def _quotation(row: dict[str, Any]) -> Quotation:
    evidence = row["evidence"]
    return _row(
        Quotation,
        {
            **row,
            "evidence": None if evidence is None else _row(Evidence, evidence),
            "alternatives": _rows(Alternative, row["alternatives"]),
        },
    )


def _row(kind: type[T], row: dict[str, Any]) -> T:
    fields = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k in fields})


def _rows(kind: type[T], rows: Iterable[dict[str, Any]]) -> tuple[T, ...]:
    return tuple(_row(kind, row) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return value


def _escape_surrogates(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text) if _has_surrogate(text) else text


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False
