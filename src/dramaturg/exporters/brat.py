"""Reading → brat stand-off: the text, its annotations, and the configuration that brat (and INCEpTION) need.

Stenetorp et al. (2012), "brat". Mentions are text-bound annotations of their entity's type with a `Kind`, the
mentions of one entity an `Equiv`; speech is `Quotation`, with the relations `Speaker` and `Addressee` to a mention of
that person, and `PartOf` to the part of the same utterance before it. What brat has no place for stands in notes as
`name=value`, with `%`-escapes. A span that crosses a line is given in fragments, one a line, as brat demands.
"""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any
from urllib.parse import quote

from dramaturg.exporters.nearest import MentionFinder
from dramaturg.reading import ENTITY_TYPES, MENTION_KINDS, Character, Mention, Quotation, Reading

CONFIGURATION = """\
[entities]
{entities}
Quotation
Thought
Tag
Event

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


def to_files(reading: Reading, *, id: str = "") -> Iterator[tuple[str, str]]:
    """The files of one document.

    `id`: what the document's files are called; the story's file name where it is empty
    """
    id = id or file_id(reading)
    yield "annotation.conf", CONFIGURATION.format(entities="\n".join(ENTITY_TYPES), kinds="|".join(MENTION_KINDS))
    yield f"{id}.txt", reading.story.text
    yield f"{id}.ann", "".join(_annotations(reading))


def file_id(reading: Reading) -> str:
    """What a reading's files may be called: its source's name without the ending, of letters that any system takes."""
    stem = reading.story.source.path.rpartition(".")[0] or reading.story.source.path
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in stem).strip("_")[:100] or "story"


class _Writer:
    """The lines of an .ann file, numbered by kind."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._numbers = {kind: count(1) for kind in "TRA#"}

    def bound(self, type: str, span: Any) -> tuple[str, str]:
        """A text-bound annotation: its id and its line."""
        id = f"T{next(self._numbers['T'])}"
        fragments = list(_fragments(self._text, span.start, span.end))
        places = ";".join(f"{start} {end}" for start, end in fragments)
        words = " ".join(self._text[start:end] for start, end in fragments).replace("\t", " ").replace("\r", " ")
        return id, f"{id}\t{type} {places}\t{words}\n"

    def relation(self, type: str, one: str, other: str) -> str:
        return f"R{next(self._numbers['R'])}\t{type} Arg1:{one} Arg2:{other}\n"

    def attribute(self, type: str, of: str, value: str) -> str:
        return f"A{next(self._numbers['A'])}\t{type} {of} {value}\n"

    def note(self, of: str, values: Iterable[tuple[str, object]]) -> str:
        told = " ".join(f"{name}={noted(value)}" for name, value in values if value not in (None, ()))
        return f"#{next(self._numbers['#'])}\tAnnotatorNotes {of}\t{told}\n"


def noted(value: object) -> str:
    """A value as it stands in a note: several with commas between them."""
    if isinstance(value, tuple):
        return ",".join(noted(v) for v in value)
    return quote(str(value), safe="-_.:/")


def _annotations(reading: Reading) -> Iterator[str]:
    writer = _Writer(reading.story.text)
    ids: list[str | None] = []
    clusters: dict[str, list[str]] = {}
    people = {character.id: character for character in reading.characters}
    for mention in reading.mentions:
        if not reading.text_of(mention).strip():
            ids.append(None)  # brat has no empty annotations
            continue
        id, line = writer.bound(mention.type, mention)
        ids.append(id)
        clusters.setdefault(mention.entity, []).append(id)
        yield line
        yield writer.attribute("Kind", id, mention.kind)
        yield writer.note(id, _mention(mention))
        yield from _introduced(people, writer, id, mention.character)
    yield from (f"*\tEquiv {' '.join(of)}\n" for of in clusters.values() if len(of) > 1)
    yield from _quotations(reading, writer, ids, people)
    for segment in reading.segments:
        if segment.kind in LABELS and reading.text_of(segment).strip():
            yield writer.bound(LABELS[segment.kind], segment)[1]
    for event in reading.events:
        if reading.text_of(event).strip():
            id, line = writer.bound("Event", event)
            yield line
            about = (("agents", event.agents), ("patients", event.patients), ("confidence", event.confidence))
            yield writer.note(id, about)


def _introduced(people: dict[str, Character], writer: _Writer, at: str, *ids: str | None) -> Iterator[str]:
    """A note on each of these people, with the first annotation that has to do with them."""
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
    """Speech with its relations; `people`: those of whom there is no mention."""
    finder = MentionFinder(reading)
    last: dict[str, str] = {}
    for quotation in reading.quotations:
        if not reading.text_of(quotation).strip():
            continue
        id, line = writer.bound("Quotation", quotation)
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
        yield from _introduced(people, writer, id, quotation.speaker, *quotation.addressees, *others)


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
    """The parts of a span that lie on one line each, without white space at their ends."""
    at = start
    for line in text[start:end].split("\n"):
        if words := line.strip():
            first = at + line.index(words)
            yield first, first + len(words)
        at += len(line) + 1
