"""Annotations from any format, and how they become a Reading.

The module of each format fills in Annotations. `reading_from` then counts, numbers and orders everything, makes the
segments, and checks that the whole is consistent.
"""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from dramaturg.cast.assembly import KIND_OF_ROLE, slug
from dramaturg.errors import UnreadableStory
from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import (
    Address,
    Alternative,
    Character,
    CharacterKind,
    EntityType,
    Event,
    Evidence,
    Fact,
    MadeBy,
    Mention,
    MentionKind,
    Quotation,
    Reading,
    Segment,
    SegmentKind,
    Slip,
    Supersense,
)
from dramaturg.sources import plain
from dramaturg.story import Block, Span, Story
from dramaturg.version import __version__


@dataclass
class AnnotatedPerson:
    """A person of the cast, as far as the annotations say. Without a `name`, the mentions give one."""

    id: str
    name: str | None = None
    named: bool | None = None
    kind: CharacterKind = "person"
    aliases: tuple[str, ...] = ()
    pronouns: str | None = None
    narrator: bool = False


@dataclass
class AnnotatedQuotation:
    """A quotation. The parts of one utterance share a `group`, which can be any name. `id` and `group` may be empty."""

    start: int
    end: int
    speaker: str | None = None
    addressees: tuple[str, ...] = ()
    id: str = ""
    group: str = ""
    confidence: float | None = 1.0
    evidence: Evidence | None = None
    alternatives: tuple[Alternative, ...] = ()


@dataclass
class Annotations:
    """Everything in the annotations. Characters that are only referred to need not be in `people`."""

    story: Story
    people: list[AnnotatedPerson] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    quotations: list[AnnotatedQuotation] = field(default_factory=list)
    thoughts: list[Span] = field(default_factory=list)
    tags: list[Span] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    supersenses: list[Supersense] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    tokens: dict[str, list[Any]] | None = None
    warnings: list[str] = field(default_factory=list)
    in_order: bool = False  # whether `people` are already ordered as in a reading, most prominent first


def story_of(text: str, name: str, format: str, data: bytes) -> Story:
    """A story from a text without structure, which is found as in a plain text file.

    `data` is the bytes of the annotations, for the hash. `name` and `format` are for the story's source.
    """
    if not text.strip():
        raise UnreadableStory(f"{name}: this file contains no text.")
    text = text.replace("\r\n", " \n").replace("\r", "\n")  # same length, so offsets stay valid
    found = plain.read(text.encode("utf-8"), name)
    if found.text != text:  # a leading U+FEFF, or text that looks like another encoding
        found = replace(found, text=text, blocks=tuple(paragraphs_of(text)), emphasis=(), chapters=())
    return replace(found, source=replace(found.source, format=format, sha256=sha256(data).hexdigest()))


def paragraphs_of(text: str) -> Iterator[Block]:
    """The paragraphs of a text, separated by blank lines."""
    at = 0
    for piece in text.split("\n\n"):
        if words := piece.strip():
            start = at + piece.index(words)
            yield Block(start, start + len(words), "paragraph")
        at += len(piece) + 2


def metadata_from(rows: Iterable[tuple[str, str, str]]) -> dict[str, object]:
    """The metadata in rows of name, type and value, as the exports write them.

    >>> metadata_from([("words", "number", "1200"), ("fandoms", "item", "Bleach"), ("fandoms", "item", "Naruto")])
    {'words': 1200, 'fandoms': ['Bleach', 'Naruto']}
    """
    found: dict[str, object] = {}
    for name, type, value in rows:
        if type == "item":
            listed = found.setdefault(name, [])
            if isinstance(listed, list):
                listed.append(value)
            continue
        try:
            found[name] = int(value) if type == "number" else json.loads(value) if type == "json" else value
        except ValueError:  # edited by hand
            found[name] = value
    return found


def mention_kind(words: str, is_name: bool) -> MentionKind:
    """The kind of a mention, guessed from its words."""
    if words.casefold() in ENGLISH.grammar.all_pronouns:
        return "pronoun"
    return "name" if is_name else "noun"


def entity_type(name: str, default: EntityType = "PER") -> EntityType:
    """Our entity type for another name of it: PERSON, PROP_PER, place, settlement …

    >>> entity_type("PROP_PER"), entity_type("Place"), entity_type("organisation")
    ('PER', 'LOC', 'ORG')
    """
    words = name.upper().replace("-", "_").split("_")
    return next((TYPES[word] for word in reversed(words) if word in TYPES), default)


TYPES: dict[str, EntityType] = {
    **dict.fromkeys("PER PERSON PERSNAME PEOPLE CHARACTER".split(), "PER"),
    **dict.fromkeys("FAC FACILITY BUILDING".split(), "FAC"),
    **dict.fromkeys("GPE POLITY SETTLEMENT COUNTRY REGION TOWN CITY".split(), "GPE"),
    **dict.fromkeys("LOC LOCATION PLACE PLACENAME GEOGNAME".split(), "LOC"),
    **dict.fromkeys("VEH VEHICLE".split(), "VEH"),
    **dict.fromkeys("ORG ORGANIZATION ORGANISATION ORGNAME".split(), "ORG"),
}


def reading_from(parts: Annotations, name: str) -> Reading:
    """The reading of these annotations. `name` is the file's, for errors. Raises UnreadableStory if they conflict."""
    story = replace(parts.story, warnings=(*parts.story.warnings, *dict.fromkeys(parts.warnings)))
    mentions = tuple(sorted((m for m in parts.mentions if m.end > m.start), key=lambda m: (m.start, -m.end)))
    quotations = tuple(_quotations(story, parts.quotations))
    reading = Reading(
        made_by=MadeBy(__version__, None),
        story=story,
        characters=_characters(story, parts, mentions, quotations),
        mentions=mentions,
        quotations=quotations,
        segments=tuple(segments_of(story, quotations, parts.thoughts, parts.tags)),
        events=tuple(sorted(parts.events, key=lambda e: (e.start, e.end))),
        tokens=parts.tokens,
        supersenses=tuple(sorted(parts.supersenses, key=lambda s: (s.start, s.end))),
        facts=tuple(parts.facts),
        slips=tuple(parts.slips),
        addresses=tuple(parts.addresses),
    )
    return Reading.from_json(reading.to_json(), name)  # checks it


def _quotations(story: Story, said: list[AnnotatedQuotation]) -> Iterator[Quotation]:
    """The quotations in order, cut at the ends of blocks, each with the quotation that contains it."""
    starts = [block.start for block in story.blocks]
    pieces = sorted(
        (
            (start, end, n)
            for n, row in enumerate(said)
            for start, end in _inside_blocks(story, starts, row.start, row.end)
        ),
        key=lambda piece: (piece[0], -piece[1], piece[2]),
    )
    ids = _ids(said, [n for _, _, n in pieces])
    groups: dict[object, str] = {}
    around: list[tuple[int, str]] = []
    for (start, end, n), id in zip(pieces, ids, strict=True):
        row = said[n]
        while around and around[-1][0] <= start:
            around.pop()
        group = groups.setdefault(row.group or n, f"u{len(groups) + 1}")
        yield Quotation(
            id=id,
            group=group,
            within=around[-1][1] if around and end <= around[-1][0] else None,
            start=start,
            end=end,
            speaker=row.speaker,
            addressees=tuple(dict.fromkeys(row.addressees)),
            confidence=None if row.speaker is None else row.confidence,
            evidence=row.evidence,
            alternatives=row.alternatives,
        )
        around.append((end, id))


def _ids(said: list[AnnotatedQuotation], order: list[int]) -> list[str]:
    """The quotations' own ids if all have one and all differ, or else q1, q2 …"""
    own = [said[n].id for n in order]
    return own if all(own) and len(set(own)) == len(own) else [f"q{n}" for n in range(1, len(own) + 1)]


def _inside_blocks(story: Story, starts: list[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span without surrounding white space, cut at the ends of blocks."""
    n = max(0, bisect_right(starts, start) - 1)
    while n < len(story.blocks) and story.blocks[n].start < end:
        block = story.blocks[n]
        first, last = max(start, block.start), min(end, block.end)
        while first < last and story.text[first].isspace():
            first += 1
        while first < last and story.text[last - 1].isspace():
            last -= 1
        if first < last:
            yield first, last
        n += 1


def _characters(
    story: Story, parts: Annotations, mentions: tuple[Mention, ...], quotations: tuple[Quotation, ...]
) -> tuple[Character, ...]:
    people = {person.id: person for person in parts.people}
    referred = [m.character for m in mentions]
    referred += [id for q in quotations for id in (q.speaker, *q.addressees, *(a.speaker for a in q.alternatives))]
    referred += [id for event in parts.events for id in (*event.agents, *event.patients)]
    referred += [id for fact in parts.facts for id in (fact.person, fact.of, fact.said_by)]
    referred += [slip.person for slip in parts.slips]
    referred += [id for address in parts.addresses for id in (address.speaker, address.addressee)]
    for id in referred:
        if id is not None:
            people.setdefault(id, AnnotatedPerson(id))
    places: dict[str, list[int]] = defaultdict(list)
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for mention in mentions:
        if mention.character is not None:
            places[mention.character].append(mention.start)
            if mention.kind != "pronoun":
                words = " ".join(story.text[mention.start : mention.end].split())
                forms[f"{mention.kind} {mention.character}"][words] += 1
    spoken = Counter(q.speaker for q in quotations)
    words_spoken: Counter[str | None] = Counter()
    for q in quotations:
        if q.within is None:
            words_spoken[q.speaker] += len(story.text[q.start : q.end].split())
    made = []
    for id, person in people.items():
        names, nouns = forms[f"name {id}"], forms[f"noun {id}"]
        found = (names or nouns).most_common(1)
        name = person.name or (found[0][0] if found else id.replace("_", " ").replace("-", " "))
        aliases = person.aliases or tuple(form for form, _ in names.most_common() if form != name)
        named = bool(names) or not nouns if person.named is None else person.named
        at = places[id]
        made.append(
            Character(
                id,
                name,
                named,
                person.kind,
                aliases,
                person.pronouns,
                person.narrator,
                len(at),
                spoken[id],
                words_spoken[id],
                min(at, default=None),
                max(at, default=None),
            )
        )
    return tuple(made if parts.in_order else sorted(made, key=lambda c: (-c.mentions - c.quotations, c.id)))


def segments_of(
    story: Story, quotations: Iterable[Quotation], thoughts: Iterable[Span], tags: Iterable[Span]
) -> Iterator[Segment]:
    """The whole text divided into segments. Of two that overlap, the first counts."""
    marked: list[tuple[int, int, int, SegmentKind, str | None]] = [
        (q.start, q.end, 0, "speech", q.id) for q in quotations if q.within is None
    ]
    marked += [(span.start, span.end, 1, "thought", None) for span in thoughts]
    marked += [(span.start, span.end, 2, "tag", None) for span in tags]
    marked += [(b.start, b.end, -1, KIND_OF_ROLE[b.role], None) for b in story.blocks if b.role != "paragraph"]
    at = 0
    for start, end, _, kind, quotation in sorted(marked, key=lambda piece: (piece[0], piece[2], -piece[1])):
        if start < at or end <= start:
            continue
        if start > at:
            yield Segment(at, start, "narration", None)
        yield Segment(start, end, kind, quotation)
        at = end
    if at < len(story.text):
        yield Segment(at, len(story.text), "narration", None)


def unique_ids(names: Iterable[str]) -> list[str]:
    """A readable, unique id for each name.

    >>> unique_ids(["Tom", "Miss Bates", "Tom"])
    ['tom', 'miss-bates', 'tom-2']
    """
    taken: set[str] = set()
    numbers: Counter[str] = Counter()
    ids = []
    for name in names:
        plain = id = slug(name)
        while id in taken:
            numbers[plain] += 1
            id = f"{plain}-{numbers[plain] + 1}"
        taken.add(id)
        ids.append(id)
    return ids
