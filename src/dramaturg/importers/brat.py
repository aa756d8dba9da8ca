"""brat's `.txt` and `.ann` → annotations, whether from dramaturg or not.

Entity types may be named as in ACE, as in LitBank (`PROP_PER`) or in words (`Person`). Speech may be `Quotation`,
`Quote`, `Speech` or `Said`. The speaker is a relation `Speaker` between the quotation and a mention, in either
direction. Mentions of one entity are joined by `Equiv`, or by relations named `Coref` or `Coreference`.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args
from urllib.parse import unquote

from dramaturg.errors import UnreadableStory
from dramaturg.importers import only_file_with, read_utf8
from dramaturg.importers.annotations import (
    TYPES,
    AnnotatedPerson,
    AnnotatedQuotation,
    Annotations,
    entity_type,
    mention_kind,
    story_of,
)
from dramaturg.reading import (
    SUPERSENSES,
    Alternative,
    Event,
    Evidence,
    EvidenceKind,
    Mention,
    MentionKind,
    Supersense,
)
from dramaturg.story import Span

SPEECH = frozenset(["quotation", "quote", "speech", "said", "direct_speech", "utterance"])
COREFERENCE = frozenset(["coref", "coreference", "identity", "equiv"])
SPEAKERS = frozenset(["speaker", "said_by", "spoken_by", "attribution", "speaks", "says"])
ADDRESSEES = frozenset(["addressee", "said_to", "spoken_to"])
KINDS: dict[str, MentionKind] = {"PROP": "name", "NOM": "noun", "PRON": "pronoun", "NAM": "name", "PRO": "pronoun"}
LABELS = {label.replace(".", "_").lower(): label for label in SUPERSENSES}
FRAGMENT = re.compile(r"(\d+) (\d+)")


@dataclass
class TextBound:
    """A text-bound annotation, with the values of its attributes and its note."""

    id: str
    type: str
    start: int
    end: int
    values: dict[str, str] = field(default_factory=dict)

    def listed(self, name: str) -> tuple[str, ...]:
        """The items of a value that is a list."""
        return tuple(unquote(item) for item in self.values[name].split(",")) if self.values.get(name) else ()

    def one(self, name: str) -> str | None:
        """A value, or None."""
        return unquote(self.values[name]) if self.values.get(name) else None

    def confidence(self) -> float:
        """The confidence; 1.0 if the annotation gives none."""
        try:
            return float(self.values.get("confidence", 1.0))
        except ValueError:
            return 1.0


@dataclass
class AnnFile:
    """The lines of an .ann file."""

    bound: dict[str, TextBound] = field(default_factory=dict)
    relations: list[tuple[str, str, str]] = field(default_factory=list)
    together: list[list[str]] = field(default_factory=list)
    people: list[AnnotatedPerson] = field(default_factory=list)


def read(path: Path) -> Annotations:
    """The annotations in an .ann file of the .txt beside it. `path` is either file, or their folder."""
    ann = path if path.name.endswith(".ann") else only_file_with(path, ".ann", "holds the annotations")
    text = read_utf8(only_file_with(ann, ".txt", "holds the text"))
    data = ann.read_bytes()
    found = _annotations(read_utf8(ann), len(text), ann)
    story = story_of(text, f"{ann.name.removesuffix('.ann')}.txt", "brat", data)
    mentions = [b for b in found.bound.values() if _is_mention(b)]
    entities = _entities(found, mentions)
    parts = Annotations(story)
    parts.people = _people(text, found, mentions, entities)
    known = {person.id for person in parts.people}
    for bound in mentions:
        character = bound.one("character") or (entities[bound.id] if entities[bound.id] in known else None)
        kind = bound.values.get("Kind") or KINDS.get(bound.type.partition("_")[0].upper())
        kind = kind if kind in get_args(MentionKind) else mention_kind(text[bound.start : bound.end], True)
        entity = bound.one("entity") or entities[bound.id]
        parts.mentions.append(
            Mention(
                bound.start,
                bound.end,
                cast(MentionKind, kind),
                entity_type(bound.type),
                entity,
                character,
                bound.confidence(),
            )
        )
    parts.quotations = _speech(found, len(text), {m.id: m.one("character") or entities[m.id] for m in mentions})
    spans = [(bound.type.lower(), bound) for bound in found.bound.values()]
    parts.thoughts = [Span(b.start, b.end) for name, b in spans if name == "thought"]
    parts.tags = [Span(b.start, b.end) for name, b in spans if name == "tag"]
    parts.events = [
        Event(b.start, b.end, b.listed("agents"), b.listed("patients"), b.confidence())
        for name, b in spans
        if name == "event"
    ]
    parts.supersenses = [Supersense(b.start, b.end, LABELS[name]) for name, b in spans if name in LABELS]
    return parts


def _is_mention(bound: TextBound) -> bool:
    return bound.type.lower() not in SPEECH | LABELS.keys() and any(
        word in TYPES for word in bound.type.upper().split("_")
    )


def _annotations(lines: str, length: int, path: Path) -> AnnFile:
    found = AnnFile()
    for number, line in enumerate(lines.split("\n"), 1):
        if line.strip():
            try:
                _take(found, line.rstrip("\r"), length)
            except (ValueError, KeyError, IndexError) as error:
                raise UnreadableStory(f"{path}: line {number} is not an annotation of this text ({error}).") from error
    return found


def _take(found: AnnFile, line: str, length: int) -> None:
    id, _, rest = line.partition("\t")
    words = rest.partition("\t")[0].split(" ")
    match id[:1]:
        case "T":
            places = [(int(a), int(b)) for a, b in FRAGMENT.findall(" ".join(words[1:]))]
            start, end = min(a for a, _ in places), max(b for _, b in places)
            if not 0 <= start <= end <= length:
                raise ValueError(f"{start} to {end} is outside of the text")
            found.bound[id] = TextBound(id, words[0], start, end)
        case "R":
            found.relations.append((words[0].lower(), words[1].partition(":")[2], words[2].partition(":")[2]))
        case "*":
            found.together.append(words[1:])
        case "A" | "M":
            if words[1] in found.bound:
                found.bound[words[1]].values[words[0]] = words[2] if len(words) > 2 else "yes"
        case "#":
            pairs = [pair.partition("=") for pair in rest.partition("\t")[2].split(" ")]
            told = {name: value for name, is_one, value in pairs if is_one}
            if told.get("person"):
                found.people.append(_person(TextBound(id, "", 0, 0, told)))
            elif words[1] in found.bound:
                found.bound[words[1]].values.update(told)


def _entities(found: AnnFile, mentions: Iterable[TextBound]) -> dict[str, str]:
    """The cluster of each mention: the one in its note, or the id of a mention that it is joined with."""
    first: dict[str, str] = {bound.id: bound.id for bound in mentions}

    def root(id: str) -> str:
        while first[id] != id:
            first[id] = first[first[id]]
            id = first[id]
        return id

    joined = [*found.together, *([a, b] for name, a, b in found.relations if name in COREFERENCE)]
    for group in joined:
        known = [id for id in group if id in first]
        for id in known[1:]:
            first[root(id)] = root(known[0])
    return {id: found.bound[id].one("entity") or root(id) for id in first}


def _people(text: str, found: AnnFile, mentions: list[TextBound], entities: dict[str, str]) -> list[AnnotatedPerson]:
    """The cast: as in the notes, or else everybody who has a name, speaks or is addressed."""
    if found.people or any("entity" in bound.values for bound in mentions):
        return found.people
    active = {entities.get(id) for name, *ends in found.relations if name in SPEAKERS | ADDRESSEES for id in ends}
    forms: dict[str, Counter[str]] = {}
    for bound in mentions:
        if entity_type(bound.type) == "PER":
            words = " ".join(text[bound.start : bound.end].split())
            kind = KINDS.get(bound.type.partition("_")[0].upper()) or mention_kind(words, True)
            forms.setdefault(entities[bound.id], Counter())[words] += {"name": 1000, "noun": 1, "pronoun": 0}[kind]
    cast = {id: counted for id, counted in forms.items() if id in active or max(counted.values()) >= 1000}
    names = {id: counted.most_common(1)[0] for id, counted in cast.items()}
    return [AnnotatedPerson(id, name, named=n >= 1000) for id, (name, n) in names.items()]


def _person(told: TextBound) -> AnnotatedPerson:
    return AnnotatedPerson(
        id=told.one("person") or "",
        name=told.one("name"),
        named=told.values.get("named") == "yes",
        kind="group" if told.values.get("kind") == "group" else "person",
        aliases=told.listed("aliases"),
        pronouns=told.one("pronouns"),
        narrator=told.values.get("narrator") == "yes",
    )


def _speech(found: AnnFile, length: int, people: dict[str, str]) -> list[AnnotatedQuotation]:
    quotations = {bound.id: bound for bound in found.bound.values() if bound.type.lower() in SPEECH}
    speakers: dict[str, str] = {}
    addressees: dict[str, list[str]] = {}
    part_of: dict[str, str] = {}
    for name, one, other in found.relations:
        quotation, mention = (one, other) if one in quotations else (other, one)
        if name == "partof":
            part_of[one] = other
        elif quotation in quotations and mention in people:
            if name in SPEAKERS:
                speakers.setdefault(quotation, people[mention])
            elif name in ADDRESSEES:
                addressees.setdefault(quotation, []).append(people[mention])
    groups: dict[str, str] = {}
    for id in quotations:
        chain = [id]
        seen = {id}
        while chain[-1] not in groups and (before := part_of.get(chain[-1])) is not None and before not in seen:
            chain.append(before)
            seen.add(before)
        group = groups.get(chain[-1], chain[-1])
        groups.update(dict.fromkeys(chain, group))
    return [
        _said(bound, length, speakers.get(id), addressees.get(id, []), groups[id]) for id, bound in quotations.items()
    ]


def _said(bound: TextBound, length: int, speaker: str | None, addressees: list[str], group: str) -> AnnotatedQuotation:
    evidence = None
    told = bound.listed("evidence")
    if len(told) == 3 and told[0] in get_args(EvidenceKind) and told[1].isdigit() and told[2].isdigit():
        start, end = min(int(told[1]), length), min(int(told[2]), length)
        evidence = Evidence(cast(EvidenceKind, told[0]), min(start, end), end)
    others = [other.rpartition(":") for other in bound.listed("alternatives")]
    return AnnotatedQuotation(
        bound.start,
        bound.end,
        speaker=bound.one("speaker") or speaker,
        addressees=bound.listed("addressees") or tuple(addressees),
        id=bound.one("id") or "",
        group=bound.one("group") or group,
        confidence=bound.confidence(),
        evidence=evidence,
        alternatives=tuple(Alternative(who, float(chance)) for who, _, chance in others if who),
    )
