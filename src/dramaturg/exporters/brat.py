"""Reading → brat stand-off: the text, its annotations, and the configuration that brat and INCEpTION need.

Stenetorp et al. (2012), "brat". A mention is a text-bound annotation whose type is the entity's, with a `Kind`; the
mentions of one entity are an `Equiv`. Speech is a `Quotation`, with the relations `Speaker` and `Addressee` to a
mention of the person, and `PartOf` to the preceding part of the same utterance. What brat cannot represent is in notes
as `name=value` with percent-encoding. A span over several lines is given in fragments, one for each line, as brat
requires.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

from dramaturg.exporters.common.mention_finder import MentionFinder
from dramaturg.exporters.common.titles import file_id
from dramaturg.reading import ENTITY_TYPES, MENTION_KINDS, SUPERSENSES, Character, Mention, Quotation, Reading

ABOUT = "brat stand-off: text, annotations, configuration"
CONFIGURATION = """\
[entities]
{entities}
Quotation
Thought
Tag
Event
{supersenses}
[relations]
Speaker\tArg1:Quotation, Arg2:PER
Addressee\tArg1:Quotation, Arg2:PER
PartOf\tArg1:Quotation, Arg2:Quotation
Equiv\tArg1:<ENTITY>, Arg2:<ENTITY>, <REL-TYPE>:symmetric-transitive
<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>

[events]

[attributes]
Kind\tArg:<ENTITY>, Value:{kinds}
"""
LABELS = {"thought": "Thought", "tag": "Tag"}


def to_files(reading: Reading, *, id: str = "", supersenses: bool = False) -> Iterator[tuple[str, str]]:
    """The files of one document.

    `id`: the base name of the files; the story's file name if empty
    `supersenses`: also annotate nouns and verbs with their broad meaning, which is nearly every second word
    """
    id = id or file_id(reading)
    yield (
        "annotation.conf",
        CONFIGURATION.format(
            entities="\n".join(ENTITY_TYPES),
            supersenses="".join(f"{supersense_type(label)}\n" for label in SUPERSENSES) if supersenses else "",
            kinds="|".join(MENTION_KINDS),
        ),
    )
    yield f"{id}.txt", reading.story.text
    yield f"{id}.ann", "".join(_annotations(reading, supersenses))


def supersense_type(label: str) -> str:
    """A supersense as the name of a type, in which brat allows no full stop.

    >>> supersense_type("noun.person")
    'noun_person'
    """
    return label.replace(".", "_")


class _Writer:
    """Makes the lines of an .ann file, numbered by kind."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._numbers = {kind: count(1) for kind in "TRA#"}

    def text_bound(self, type: str, span: Any) -> tuple[str, str]:
        """A text-bound annotation, as its id and its line."""
        id = f"T{next(self._numbers['T'])}"
        fragments = list(_fragments(self._text, span.start, span.end))
        places = ";".join(f"{start} {end}" for start, end in fragments)
        words = " ".join(self._text[start:end] for start, end in fragments).replace("\t", " ").replace("\r", " ")
        return id, f"{id}\t{type} {places}\t{words}\n"

    def relation(self, type: str, source: str, target: str) -> str:
        return f"R{next(self._numbers['R'])}\t{type} Arg1:{source} Arg2:{target}\n"

    def attribute(self, type: str, of: str, value: str) -> str:
        return f"A{next(self._numbers['A'])}\t{type} {of} {value}\n"

    def note(self, of: str, values: Iterable[tuple[str, object]]) -> str:
        text = " ".join(f"{name}={format_note(value)}" for name, value in values if value not in (None, ()))
        return f"#{next(self._numbers['#'])}\tAnnotatorNotes {of}\t{text}\n"


def format_note(value: object) -> str:
    """A value as written in a note. The values of a tuple are separated by commas."""
    if isinstance(value, tuple):
        return ",".join(format_note(v) for v in value)
    return quote(str(value), safe="-_.:/")


def _annotations(reading: Reading, supersenses: bool) -> Iterator[str]:
    writer = _Writer(reading.story.text)
    ids: list[str | None] = []
    clusters: dict[str, list[str]] = {}
    people = {character.id: character for character in reading.characters}
    for mention in reading.mentions:
        if not reading.text_of(mention).strip():
            ids.append(None)  # brat has no empty annotations
            continue
        id, line = writer.text_bound(mention.type, mention)
        ids.append(id)
        clusters.setdefault(mention.entity, []).append(id)
        yield line
        yield writer.attribute("Kind", id, mention.kind)
        yield writer.note(id, _mention(mention))
        yield from _person_notes(people, writer, id, mention.character)
    yield from (f"*\tEquiv {' '.join(of)}\n" for of in clusters.values() if len(of) > 1)
    yield from _quotations(reading, writer, ids, people)
    for segment in reading.segments:
        if segment.kind in LABELS and reading.text_of(segment).strip():
            yield writer.text_bound(LABELS[segment.kind], segment)[1]
    for event in reading.events:
        if reading.text_of(event).strip():
            id, line = writer.text_bound("Event", event)
            yield line
            about = (("agents", event.agents), ("patients", event.patients), ("confidence", event.confidence))
            yield writer.note(id, about)
    if supersenses:
        for supersense in reading.supersenses:
            if reading.text_of(supersense).strip():
                yield writer.text_bound(supersense_type(supersense.label), supersense)[1]


def _person_notes(people: dict[str, Character], writer: _Writer, at: str, *ids: str | None) -> Iterator[str]:
    """A note on each of these people, attached to the first annotation that refers to them."""
    for id in ids:
        character = people.pop(id, None) if id is not None else None
        if character is not None:
            yield writer.note(at, _person(character))


def _mention(mention: Mention) -> tuple[tuple[str, object], ...]:
    return ("entity", mention.entity), ("character", mention.character), ("confidence", mention.confidence)


def _person(character: Character) -> tuple[tuple[str, object], ...]:
    return (
        ("person", character.id),
        ("name", character.name),
        ("named", "yes" if character.named else "no"),
        ("kind", character.kind),
        ("aliases", character.aliases),
        ("pronouns", character.pronouns),
        ("narrator", "yes" if character.narrator else None),
    )


def _quotations(
    reading: Reading, writer: _Writer, mentions: list[str | None], people: dict[str, Character]
) -> Iterator[str]:
    """Quotations with their relations. `people` are those who have no note yet."""
    finder = MentionFinder(reading)
    last: dict[str, str] = {}
    for quotation in reading.quotations:
        if not reading.text_of(quotation).strip():
            continue
        id, line = writer.text_bound("Quotation", quotation)
        yield line
        for relation, ends in (("Speaker", (quotation.speaker,)), ("Addressee", quotation.addressees)):
            for person in ends:
                at = None if person is None else finder.find(quotation, person)
                if at is not None and (target := mentions[at]) is not None:
                    yield writer.relation(relation, id, target)
        if quotation.group in last:
            yield writer.relation("PartOf", id, last[quotation.group])
        last[quotation.group] = id
        yield writer.note(id, _quotation(quotation))
        others = [alternative.speaker for alternative in quotation.alternatives]
        yield from _person_notes(people, writer, id, quotation.speaker, *quotation.addressees, *others)


def _quotation(quotation: Quotation) -> tuple[tuple[str, object], ...]:
    evidence = quotation.evidence
    return (
        ("id", quotation.id),
        ("group", quotation.group),
        ("speaker", quotation.speaker),
        ("addressees", quotation.addressees),
        ("confidence", quotation.confidence),
        ("evidence", None if evidence is None else (evidence.kind, evidence.start, evidence.end)),
        ("alternatives", tuple(f"{a.speaker}:{a.confidence}" for a in quotation.alternatives)),
    )


def _fragments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a span on each line, without surrounding white space."""
    at = start
    for line in text[start:end].split("\n"):
        if words := line.strip():
            first = at + line.index(words)
            yield first, first + len(words)
        at += len(line) + 1
