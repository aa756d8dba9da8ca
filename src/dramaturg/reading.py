"""A reading: everything found in one story, as tables that are easy to loop over.

This is the contract of the output (`dramaturg/1`). A reading is saved as one JSON document and loaded from it again, so
reports and exports never need to read the story a second time.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache, cached_property
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from dramaturg.errors import UnreadableStory, UsageError
from dramaturg.files import write_text
from dramaturg.frames import find_library, make_frame
from dramaturg.story import ROLES, Block, Chapter, Source, Span, Story

SCHEMA = "dramaturg/1"
FRAMES = (
    "characters",
    "mentions",
    "quotations",
    "segments",
    "events",
    "supersenses",
    "facts",
    "slips",
    "addresses",
    "blocks",
    "chapters",
)
FRAMES_WITH_TEXT = ("mentions", "quotations", "segments", "events", "supersenses", "facts", "addresses", "blocks")
T = TypeVar("T")

CharacterKind = Literal["person", "group"]
MentionKind = Literal["name", "noun", "pronoun"]
EntityType = Literal["PER", "FAC", "GPE", "LOC", "VEH", "ORG"]
EvidenceKind = Literal["tag", "pronoun_tag", "turn", "vocative", "action", "narrator", "content", "correction"]
SegmentKind = Literal["narration", "speech", "tag", "thought", "heading", "note", "break", "matter"]
FactKind = Literal["kin", "bond", "work", "age", "eyes", "hair", "body", "origin", "trait", "fate"]
SlipKind = Literal["eyes", "hair", "age", "body", "fate", "presence", "kin", "work", "name", "trait"]
SupersenseLabel = Literal[
    "noun.Tops",
    "noun.act",
    "noun.animal",
    "noun.artifact",
    "noun.attribute",
    "noun.body",
    "noun.cognition",
    "noun.communication",
    "noun.event",
    "noun.feeling",
    "noun.food",
    "noun.group",
    "noun.location",
    "noun.motive",
    "noun.object",
    "noun.person",
    "noun.phenomenon",
    "noun.plant",
    "noun.possession",
    "noun.process",
    "noun.quantity",
    "noun.relation",
    "noun.shape",
    "noun.state",
    "noun.substance",
    "noun.time",
    "verb.body",
    "verb.change",
    "verb.cognition",
    "verb.communication",
    "verb.competition",
    "verb.consumption",
    "verb.contact",
    "verb.creation",
    "verb.emotion",
    "verb.motion",
    "verb.perception",
    "verb.possession",
    "verb.social",
    "verb.stative",
    "verb.weather",
]
AddressKind = Literal[
    "titled_name",
    "full_name",
    "first_name",
    "surname",
    "short_name",
    "respect",
    "kin",
    "role",
    "relation",
    "endearment",
    "insult",
]
CHARACTER_KINDS: tuple[CharacterKind, ...] = get_args(CharacterKind)
MENTION_KINDS: tuple[MentionKind, ...] = get_args(MentionKind)
ENTITY_TYPES: tuple[EntityType, ...] = get_args(EntityType)
EVIDENCE_KINDS: tuple[EvidenceKind, ...] = get_args(EvidenceKind)
SEGMENT_KINDS: tuple[SegmentKind, ...] = get_args(SegmentKind)
FACT_KINDS: tuple[FactKind, ...] = get_args(FactKind)
SLIP_KINDS: tuple[SlipKind, ...] = get_args(SlipKind)
SUPERSENSES: tuple[SupersenseLabel, ...] = get_args(SupersenseLabel)
ADDRESS_KINDS: tuple[AddressKind, ...] = get_args(AddressKind)


@dataclass(frozen=True, slots=True)
class Character:
    """A person of the cast, or a group that speaks as one.

    `first`, `last`: the start of the first and of the last mention.
    """

    id: str
    name: str
    named: bool
    kind: CharacterKind
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
    """Why a speaker was chosen, and the place in the text that shows it."""

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
    """A stretch of direct speech, including its quotation marks, with its speaker and addressees.

    `speaker` and `confidence` are None if the speaker is unknown.
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
    """A piece of the text of one kind. Joined in order, the segments are the whole text."""

    start: int
    end: int
    kind: SegmentKind
    quotation: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """An event that the story shows as having happened (realis; Sims, Park & Bamman 2019)."""

    start: int
    end: int
    agents: tuple[str, ...]
    patients: tuple[str, ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Supersense:
    """A noun or verb, or several words that are one, with its broad meaning (Ciaramita & Altun 2006).

    `label`: one of the 26 groups of nouns and 15 groups of verbs (lexicographer files) in WordNet. Supersenses do not
    overlap.
    """

    start: int
    end: int
    label: SupersenseLabel


@dataclass(frozen=True, slots=True)
class Fact:
    """What the story tells about a person, and the words that tell it.

    `value`: as written. `normalised`: in lower case, without articles and possessives. `of`: for kin and bond, to whom
    the person is this. `said_by`: the speaker whose claim it is; None if the narration tells it. `confidence`: the
    probability that a reader of the story would write the fact down.
    """

    kind: FactKind
    value: str
    normalised: str
    person: str
    of: str | None
    start: int
    end: int
    said_by: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Slip:
    """Places that do not agree, in the order of the text. `says`: what does not agree, in a sentence.

    `person`: the id of the character whom it is about, if it is about one.
    """

    kind: SlipKind
    person: str | None
    places: tuple[Span, ...]
    confidence: float
    says: str


@dataclass(frozen=True, slots=True)
class Address:
    """The words by which a speaker addresses somebody: “Mr. Knightley”, “my dear”, “you fool”."""

    quotation: str
    speaker: str
    addressee: str
    kind: AddressKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class MadeBy:
    """The version of dramaturg, and the sha256 of its weights."""

    version: str
    weights: str | None


@dataclass(frozen=True, slots=True)
class Corrected:
    """What the corrections did: those that were applied, those that were not, and what else changed because of them.

    All are plain JSON values. `changed`: quotations whose speaker is different without the corrections, except those
    whose speaker a correction gives.
    """

    applied: tuple[Any, ...] = ()
    unmatched: tuple[Any, ...] = ()
    changed: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything found in one story. `characters` are sorted by prominence, everything else by its place in the text.

    `tokens`: columns of one length, by name: start, end, sentence (int), pos, lemma, deprel (str), head (int).
    """

    made_by: MadeBy
    story: Story
    characters: tuple[Character, ...]
    mentions: tuple[Mention, ...]
    quotations: tuple[Quotation, ...]
    segments: tuple[Segment, ...]
    events: tuple[Event, ...] = ()
    corrections: Corrected = field(default_factory=Corrected)
    tokens: dict[str, list[Any]] | None = None
    facts: tuple[Fact, ...] = ()
    slips: tuple[Slip, ...] = ()
    supersenses: tuple[Supersense, ...] = ()
    addresses: tuple[Address, ...] = ()

    def text_of(self, span: Any) -> str:
        """The text of anything with a `start` and an `end`."""
        return self.story.text[span.start : span.end]

    @cached_property
    def _by_id(self) -> dict[str, Character]:
        return {character.id: character for character in self.characters}

    def character(self, id: str) -> Character:
        """The character with this id. Raises KeyError if there is none."""
        return self._by_id[id]

    def name_of(self, id: str | None) -> str | None:
        """The name of a character, or None for None."""
        return None if id is None else self.character(id).name

    def find(self, name: str) -> Character:
        """The character with this id, name or alias, or whose name begins like this; case is ignored.

        These are tried in order, and the first that any character matches decides. Raises UsageError, with the nearest
        names, if no character matches or several do.
        """
        wanted = _fold(name)
        names = [(character, [_fold(known) for known in _names(character)]) for character in self.characters]
        tests = (
            lambda character, known: character.id == name,
            lambda character, known: wanted in known[:2],
            lambda character, known: wanted in known,
            lambda character, known: any(k.startswith(wanted) for k in known),
            lambda character, known: any(f" {wanted}" in k for k in known),
        )
        for test in tests if wanted else ():
            found = [character for character, known in names if test(character, known)]
            if len(found) == 1:
                return found[0]
            if found:
                raise UsageError(f"“{name}” may be {_listed(found)}. Give one of these ids.")
        near = get_close_matches(wanted, [k for _, known in names for k in known], n=5, cutoff=0.5)
        nearest = [character for character, known in names if set(known) & set(near)] or self.characters[:5]
        if not nearest:
            raise UsageError(f"there is nobody called “{name}”: no characters were found in this story.")
        raise UsageError(f"there is nobody called “{name}”. The nearest: {_listed(nearest)}.")

    def lines_of(self, id: str) -> Iterator[Quotation]:
        """The quotations that a character speaks, in order."""
        return (quotation for quotation in self.quotations if quotation.speaker == id)

    def table(self, name: str) -> list[dict[str, Any]]:
        """One table as a list of rows, ready for a data frame: `pandas.DataFrame(reading.table("quotations"))`.

        `name` is one of characters, mentions, quotations, segments, events, supersenses, facts, slips, addresses,
        blocks, chapters, emphasis.
        """
        rows: Iterable[Any] = getattr(self.story if name in ("blocks", "chapters", "emphasis") else self, name)
        return [_plain(row) for row in rows]

    def frames(self, library: Literal["pandas", "polars"] | None = None) -> dict[str, Any]:
        """Every table as a data frame of pandas or Polars, by name; `library` None: the one that is installed.

        Tables of places in the text have a column `text`; quotations also have `speaker_name` and columns for their
        evidence. Raises MissingExtra, which says how to install a library, if neither is installed.
        """
        module = find_library(library)
        return {name: make_frame(module, self._frame_rows(name)) for name in FRAMES}

    def _frame_rows(self, name: str) -> list[dict[str, Any]]:
        rows = self.table(name)
        for row in rows:
            if name in FRAMES_WITH_TEXT:
                row["text"] = self.story.text[row["start"] : row["end"]]
            if name == "quotations":
                evidence = row.pop("evidence") or {"kind": None, "start": None, "end": None}
                row |= {f"evidence_{key}": value for key, value in evidence.items()}
                row["speaker_name"] = self.name_of(row["speaker"])
                row["alternatives"] = [alternative["speaker"] for alternative in row["alternatives"]]
        return rows

    def _repr_html_(self) -> str:
        """The HTML that a notebook shows: the characters, where they are in the story, and who talks to whom."""
        return _html_renderer(self)

    def to_dict(self) -> dict[str, Any]:
        """The reading as the plain values of a dramaturg/1 document."""
        document: dict[str, Any] = {
            "schema": SCHEMA,
            "made_by": _plain(self.made_by),
            "source": _plain(self.story.source),
            "warnings": list(self.story.warnings),
            "text": self.story.text,
        }
        for name in ("blocks", "emphasis", "chapters", "characters", "mentions", "quotations", "segments", "events"):
            document[name] = self.table(name)
        document["supersenses"] = self.table("supersenses")
        document["facts"] = self.table("facts")
        document["slips"] = self.table("slips")
        document["addresses"] = self.table("addresses")
        document["corrections"] = _plain(self.corrections)
        if self.tokens is not None:
            document["tokens"] = self.tokens
        return document

    def to_json(self) -> str:
        """The dramaturg/1 document on one line: always the same text for the same reading.

        The letters of the story are not escaped, except lone surrogates, which UTF-8 cannot hold.
        """
        text = json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return _escape_surrogates(text) + "\n"

    def save(self, path: str | Path) -> None:
        """Write the dramaturg/1 document to a file, which is replaced in one step."""
        write_text(path, self.to_json())

    @classmethod
    def load(cls, path: str | Path) -> "Reading":
        """The reading that `save` wrote. Raises UnreadableStory if the file is not a reading."""
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise UnreadableStory(f"{path}: {error.strerror or error}. Give the path of a reading.") from error
        return cls.from_json(data, str(path))

    @classmethod
    def from_json(cls, data: str | bytes, name: str = "this text") -> "Reading":
        """The reading in the text of a dramaturg/1 document. `name`: what an error message calls it.

        Raises UnreadableStory if it is not such a document, or damaged.
        """
        try:
            text = data if isinstance(data, str) else data.decode("utf-8-sig")
            reading = cls.from_dict(json.loads(text))
            _check(reading)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            said = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise UnreadableStory(
                f"{name}: not a whole {SCHEMA} document ({said}). `dramaturg read STORY --json OUT` writes one."
            ) from error
        return reading

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> "Reading":
        """The reading in the plain values of a dramaturg/1 document. Unknown fields are ignored.

        Raises ValueError, KeyError, TypeError or AttributeError if they are something else.
        """
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
            supersenses=_rows(Supersense, document.get("supersenses", ())),  # readings of earlier versions have none
            facts=_rows(Fact, document.get("facts", ())),
            slips=tuple(_row(Slip, {**row, "places": _rows(Span, row["places"])}) for row in document.get("slips", ())),
            addresses=_rows(Address, document.get("addresses", ())),
            corrections=_row(Corrected, document["corrections"]),
            tokens=document.get("tokens"),
        )


HtmlRenderer = Callable[[Reading], str]


def _title_only(reading: Reading) -> str:
    return f"<p>A reading of <b>{escape(reading.story.source.title or reading.story.source.path)}</b></p>"


_html_renderer: HtmlRenderer = _title_only


def register_html_renderer(renderer: HtmlRenderer) -> None:
    """Set how notebooks show a reading. `dramaturg/__init__.py` does, so that this module never imports a report."""
    global _html_renderer
    _html_renderer = renderer


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
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{name: tuple(v) if type(v) is list else v for name, v in row.items() if name in known})


def _rows(kind: type[T], rows: Iterable[dict[str, Any]]) -> tuple[T, ...]:
    return tuple(_row(kind, row) for row in rows)


def _plain(value: Any) -> Any:
    # dataclasses.asdict copies every leaf, which is most of the time of saving a long novel.
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {name: _plain(v) for name, v in value.items()}
    names = _field_names(type(value))  # type: ignore[arg-type]  # a class is hashable
    if names is None:
        return value
    row = {name: getattr(value, name) for name in names}
    return {name: v if type(v) in LEAVES else _plain(v) for name, v in row.items()}


LEAVES = frozenset((str, int, float, bool, type(None)))


@cache
def _field_names(kind: type) -> tuple[str, ...] | None:
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else None


def _names(character: Character) -> list[str]:
    return [character.id, character.name, *character.aliases]


def _fold(name: str) -> str:
    return " ".join(name.casefold().replace("’", "'").split())


def _listed(characters: Iterable[Character]) -> str:
    return ", ".join(f"{character.name} ({character.id})" for character in characters)


def _check(reading: Reading) -> None:
    """Raise ValueError if a reading is not consistent: spans outside the text, ids of unknown characters."""
    length = len(_of_type(reading.story.text, str, "text"))
    people = {character.id for character in reading.characters}
    spoken = {quotation.id for quotation in reading.quotations}
    story = reading.story
    for name, rows in (("blocks", story.blocks), ("emphasis", story.emphasis), ("chapters", story.chapters)):
        _check_spans(name, rows, length)
    for name in ("mentions", "quotations", "segments", "events", "supersenses", "facts", "addresses"):
        _check_spans(name, getattr(reading, name), length)
    _check_spans("evidence", [q.evidence for q in reading.quotations if q.evidence], length)
    _check_order("blocks", story.blocks)
    _check_order("segments", reading.segments)
    _check_order("supersenses", reading.supersenses)
    _check_known("a block's role", (b.role for b in story.blocks), ROLES)
    _check_known("a character's kind", (c.kind for c in reading.characters), CHARACTER_KINDS)
    _check_known("a mention's kind", (m.kind for m in reading.mentions), MENTION_KINDS)
    _check_known("a mention's type", (m.type for m in reading.mentions), ENTITY_TYPES)
    _check_known("evidence", (q.evidence.kind for q in reading.quotations if q.evidence), EVIDENCE_KINDS)
    _check_known("a segment's kind", (s.kind for s in reading.segments), SEGMENT_KINDS)
    _check_known("a mention's character", (m.character for m in reading.mentions if m.character is not None), people)
    _check_known("a speaker", (q.speaker for q in reading.quotations if q.speaker is not None), people)
    _check_known("an addressee", (a for q in reading.quotations for a in q.addressees), people)
    _check_known("an alternative", (a.speaker for q in reading.quotations for a in q.alternatives), people)
    _check_known("someone in an event", (a for e in reading.events for a in (*e.agents, *e.patients)), people)
    _check_known("a supersense", (s.label for s in reading.supersenses), SUPERSENSES)
    _check_known("a fact's kind", (f.kind for f in reading.facts), FACT_KINDS)
    _check_known("someone in a fact", (p for f in reading.facts for p in (f.person, f.of, f.said_by) if p), people)
    _check_spans("slips", [place for slip in reading.slips for place in slip.places], length)
    _check_known("a slip's kind", (s.kind for s in reading.slips), SLIP_KINDS)
    _check_known("someone in a slip", (s.person for s in reading.slips if s.person is not None), people)
    _check_known("a kind of address", (a.kind for a in reading.addresses), ADDRESS_KINDS)
    _check_known("someone in an address", (p for a in reading.addresses for p in (a.speaker, a.addressee)), people)
    _check_known("an address's quotation", (a.quotation for a in reading.addresses), spoken)
    _check_known("a segment's quotation", (s.quotation for s in reading.segments if s.quotation is not None), spoken)
    for character in reading.characters:
        for said in _names(character):
            _of_type(said, str, "a character's name")
        for count in (character.mentions, character.quotations, character.words_spoken):
            _of_type(count, int, "a count")
        for place in (character.first, character.last):
            if place is not None and not 0 <= _of_type(place, int, "a character's place") <= length:
                raise ValueError(f"{character.id}: {place} is not a place in a text of {length} characters")
    titles = (story.source.title, story.source.author, story.source.language, *(c.title for c in story.chapters))
    for written in (story.source.path, story.source.format, *story.warnings, *(t for t in titles if t is not None)):
        _of_type(written, str, "a title, a warning or the source")
    for pronouns in (c.pronouns for c in reading.characters if c.pronouns is not None):
        _of_type(pronouns, str, "a pronoun")
    for written in (w for f in reading.facts for w in (f.value, f.normalised)):
        _of_type(written, str, "a fact")
    for slip in reading.slips:
        _of_type(slip.says, str, "what a slip says")
    sure = (c for q in reading.quotations for c in (q.confidence, *(a.confidence for a in q.alternatives)))
    for chance in (*sure, *(f.confidence for f in reading.facts), *(s.confidence for s in reading.slips)):
        if chance is not None and not 0 <= _of_type(chance, (int, float), "a confidence") <= 1:
            raise ValueError(f"a confidence is {chance!r}")


def _check_spans(name: str, rows: Iterable[Any], length: int) -> None:
    for row in rows:
        start, end = row.start, row.end
        if type(start) is not int or type(end) is not int or not 0 <= start <= end <= length:
            raise ValueError(f"{name}: {start!r} to {end!r} is not a place in a text of {length} characters")


def _check_order(name: str, rows: Iterable[Any]) -> None:
    for before, after in pairwise(rows):
        if after.start < before.end:
            raise ValueError(f"{name}: the one at {after.start} begins before the one at {before.start} ends")


def _check_known(name: str, values: Iterable[str], known: Iterable[str]) -> None:
    known = frozenset(known)
    for value in values:
        if value not in known:
            raise ValueError(f"{name} is {value!r}, which is unknown")


def _of_type(value: Any, kind: Any, name: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{name} is {value!r}")
    return value


SURROGATE = re.compile("[\ud800-\udfff]")


def _escape_surrogates(text: str) -> str:
    return SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
