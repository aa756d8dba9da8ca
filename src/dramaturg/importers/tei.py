"""TEI with `<said>` → annotations, whether from dramaturg or not.

With `xml:space="preserve"`, which our export sets, the text is the exact character data of the body. Otherwise each run
of white space becomes one space, and blocks are separated by a blank line.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args
from xml.etree import ElementTree

from dramaturg.errors import RefusedStory, UnreadableStory
from dramaturg.importers.annotations import (
    AnnotatedPerson,
    AnnotatedQuotation,
    Annotations,
    entity_type,
    mention_kind,
    metadata_from,
    paragraphs_of,
)
from dramaturg.reading import Alternative, EntityType, Event, Evidence, EvidenceKind, Mention, MentionKind
from dramaturg.sources.safe_xml import Element, content, descendants, local, parse_xml
from dramaturg.story import Block, Chapter, Role, Source, Span, Story

XML = "{http://www.w3.org/XML/1998/namespace}"
ID, LANG, SPACE = f"{XML}id", f"{XML}lang", f"{XML}space"
WHITE = re.compile(r"[ \t\r\n]+")
DIVISIONS = frozenset(["div", *(f"div{n}" for n in range(8))])
BLOCKS = frozenset(
    "p ab head lg l item note stage trailer opener closer salute signed byline titlePart docAuthor".split()
)
DROPPED = frozenset(
    "teiHeader standOff fw figDesc del sic orig abbr index certainty speaker listPerson bibl desc".split()
)
NAMES: dict[str, EntityType] = {
    "persName": "PER",
    "roleName": "PER",
    "placeName": "LOC",
    "geogName": "LOC",
    "settlement": "GPE",
    "country": "GPE",
    "orgName": "ORG",
    "name": "PER",
    "rs": "PER",
}
ROLE_OF_TYPE: dict[str, Role] = {
    "title": "title",
    "heading": "heading",
    "front_matter": "front_matter",
    "back_matter": "back_matter",
    "scene_break": "scene_break",
    "author": "authors_note",
    "summary": "summary",
}
PRONOUNS = {"F": "she", "2": "she", "FEMALE": "she", "M": "he", "1": "he", "MALE": "he"}
CERTAINTIES = {"high": 0.9, "medium": 0.6, "low": 0.3}
OPENING, CLOSING = "\"'“‘„«‹「『", "\"'”’“»›」』"
MarkKind = Literal["said", "thought", "tag", "event", "mention", "emph", "word"]


@dataclass
class MarkedSpan:
    """An element that marks a span of the text, or a part of one."""

    sort: MarkKind
    element: Element
    start: int
    end: int = 0


@dataclass
class Body:
    """The text and the marked spans in it, while they are collected."""

    keeps_space: bool
    parts: list[str] = field(default_factory=list)
    length: int = 0
    blank: bool = True  # whether the text so far ends in white space
    pieces: list[MarkedSpan] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    divisions: list[tuple[Element, int, int]] = field(default_factory=list)
    dropped_notes: int = 0
    open: Counter[str] = field(default_factory=Counter)  # the elements around, by name
    open_blocks: int = 0

    def add(self, text: str | None) -> None:
        """Character data."""
        if not text:
            return
        if not self.keeps_space:
            text = WHITE.sub(" ", text)
            if self.blank:
                text = text.lstrip(" ")
        if text:
            self._put(text)

    def separate(self, between: str = "\n\n") -> None:
        """Separate what follows from the text so far."""
        if self.keeps_space or not self.length:
            return
        last = self.parts[-1].rstrip(" ") if self.parts else ""
        self.length -= len(self.parts[-1]) - len(last)
        self.parts[-1] = last
        if not last.endswith(between):
            self._put(between)
        self.blank = True

    def _put(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)
        self.blank = text[-1:].isspace() if text else self.blank


def read(path: Path) -> Annotations:
    """The annotations in a TEI file."""
    if path.is_dir():
        raise UnreadableStory(f"{path}: this is a folder. Give one of the TEI files in it.")
    data = path.read_bytes()
    root = _root(data, path)
    texts = [element for element in root.iter() if local(element) == "text"]
    if not texts:
        raise UnreadableStory(f"{path}: this file has no <text>, so it is not a TEI document.")
    body = _walked(texts[0], _keeps_space(texts[0]))
    text = "".join(body.parts)
    if not text.strip():
        raise UnreadableStory(f"{path}: this file contains no text.")
    ours = any(e.get("ident") == "dramaturg" for e in descendants(root, "application"))
    return _parts(root, body, text, _Names(root, ours), _source(root, path, data))


def _root(data: bytes, path: Path) -> Element:
    if b"<!ENTITY" in data:
        raise RefusedStory(
            f"{path}: its XML declares entities, which can be an attack. Resolve them first: xmllint --noent."
        )
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        return parse_xml(data, str(path))


def _keeps_space(text: Element) -> bool:
    return any(element.get(SPACE) == "preserve" for element in [text, *descendants(text, "body")])


def _walked(text: Element, keeps_space: bool) -> Body:
    """Walk through the text once, without recursion, because elements may be deeply nested."""
    body = Body(keeps_space)
    stack: list[tuple[Element, Iterator[Element], MarkedSpan | None, int]] = []

    def enter(element: Element) -> None:
        name = local(element)
        _before(body, element, name)
        piece = _piece(element, name, body.length)
        if piece is not None:
            body.pieces.append(piece)
        stack.append((element, iter(element), piece, body.length))
        body.open[name] += 1
        body.open_blocks += name in BLOCKS
        body.add(element.text)

    enter(text)
    while stack:
        element, children, piece, start = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if piece is not None:
                piece.end = body.length
            name = local(element)
            body.open[name] -= 1
            body.open_blocks -= name in BLOCKS
            _after(body, element, name, start)
            if stack:
                body.add(element.tail)
        elif _is_dropped(child, body):
            body.add(child.tail)
        else:
            enter(child)
    return body


def _is_dropped(element: Element, body: Body) -> bool:
    name = local(element)
    if name == "note" and not body.keeps_space and element.get("type") not in ("author", "summary"):
        body.dropped_notes += 1
        return True
    return not name or name in DROPPED


def _before(body: Body, element: Element, name: str) -> None:
    if name in BLOCKS or name in DIVISIONS:
        body.separate("\n" if name == "l" else "\n\n")
    elif name == "milestone" and element.get("unit") == "scene" and not body.keeps_space:
        body.separate()
        start = body.length
        body.add("* * *")
        body.blocks.append(Block(start, body.length, "scene_break"))
        body.separate()
    elif name == "lb" and not body.keeps_space:
        body.add(" ")


def _after(body: Body, element: Element, name: str, start: int) -> None:
    if name in DIVISIONS:
        body.divisions.append((element, start, body.length))
    elif name in BLOCKS and name != "l" and not body.open_blocks:
        role = _role(element, name, body)
        if role is not None and body.length > start:
            body.blocks.append(Block(start, body.length, role))
        body.separate()
    elif name in BLOCKS:
        body.separate("\n" if name == "l" else "\n\n")


def _role(element: Element, name: str, body: Body) -> Role | None:
    of_type = element.get("type", "")
    if name in ("ab", "note"):
        return (
            None if of_type == "other" else ROLE_OF_TYPE.get(of_type, "authors_note" if name == "note" else "paragraph")
        )
    if name == "head":
        return "title" if of_type == "title" else "heading"
    if body.open["front"]:
        return "title" if name == "titlePart" else "front_matter"
    return "back_matter" if body.open["back"] else "paragraph"


def _piece(element: Element, name: str, start: int) -> MarkedSpan | None:
    """The marked span of an element, if it is something that a reading has."""
    of_type = element.get("type", "")
    sort: MarkKind | None = None
    if name in ("said", "q"):
        is_speech = name == "said" or element.get("who") or of_type in ("spoken", "speech", "direct", "said")
        if element.get("aloud") == "false" or of_type in ("thought", "thoughts"):
            sort = "thought"
        elif is_speech and element.get("direct") != "false":
            sort = "said"
    elif name in NAMES:
        # A part of a name is a mention only if it refers to somebody.
        sort = "mention" if name != "roleName" or element.get("ref") or element.get("key") else None
    elif name == "emph" or (name == "hi" and "i" in re.split(r"\W+", element.get("rend", "").replace("italic", "i"))):
        sort = "emph"
    elif name == "seg" and of_type in ("tag", "event"):
        sort = cast(MarkKind, of_type)
    elif name in ("w", "pc") and len(element.get("n", "").split(" ", 2)) == 3:
        sort = "word"
    return None if sort is None else MarkedSpan(sort, element, start)


class _Names:
    """Resolves pointers and ids: the people of the document, and the ids that our export keeps in `n`."""

    def __init__(self, root: Element, ours: bool) -> None:
        self.ours = ours
        self.of: dict[str, str] = {}
        self.people: dict[str, AnnotatedPerson] = {}
        for element in root.iter():
            id = element.get(ID)
            if id is None:
                continue
            name = (element.get("n") if ours else None) or id
            self.of[id] = name
            if local(element) in ("person", "personGrp", "castItem", "role") and element.get("role") != "mentioned":
                self.people.setdefault(name, _person(element, name))

    def pointed(self, element: Element, *names: str) -> tuple[str, ...]:
        """The targets of the first of these attributes that is present."""
        for name in names:
            if pointers := element.get(name, "").split():
                return tuple(self._name(pointer) for pointer in pointers)
        return ()

    def _name(self, pointer: str) -> str:
        id = pointer.rpartition("#")[2] if "#" in pointer else pointer.rpartition(":")[2]
        return self.of.get(id, id or pointer)


def _person(element: Element, id: str) -> AnnotatedPerson:
    names = [child for child in element if local(child) in ("persName", "name", "roleName", "role")]
    told = [(child, content(child)) for child in names]
    told = [(child, words) for child, words in told if words]
    main = next((pair for pair in told if pair[0].get("type") == "main"), told[0] if told else None)
    pronouns = next((content(e) for e in element if local(e) == "trait" and e.get("type") == "pronouns"), None)
    sex = (
        element.get("gender")
        or element.get("sex")
        or next((e.get("value") or content(e) for e in element if local(e) in ("sex", "gender")), "")
    )
    own = content(element) if main is None and local(element) == "role" else None
    return AnnotatedPerson(
        id=id,
        name=main[1] if main else own or None,
        named=main[0].get("subtype") != "description" if main else None,
        kind="group" if local(element) == "personGrp" else "person",
        aliases=tuple(dict.fromkeys(words for child, words in told if main and child is not main[0])),
        pronouns=pronouns or PRONOUNS.get(sex.upper()),
        narrator=element.get("role") == "narrator",
    )


def _source(root: Element, path: Path, data: bytes) -> Source:
    statement = next(descendants(root, "titleStmt"), None)
    told = {local(child): content(child) or None for child in reversed(statement if statement is not None else ())}
    text = next(descendants(root, "text"))
    language = text.get(LANG) or root.get(LANG) or next((e.get("ident") for e in descendants(root, "language")), None)
    digest = hashlib.sha256(data).hexdigest()
    terms = [term for keywords in descendants(root, "keywords") for term in descendants(keywords, "term")]
    # Terms without a name, from other programs, are a list of keywords.
    rows = [(term.get("n", "keywords"), term.get("type", "item") if term.get("n") else "item", term) for term in terms]
    metadata = metadata_from((name, type, "".join(term.itertext())) for name, type, term in rows)
    return Source(path.name, "tei", told.get("title"), told.get("author"), digest, language, metadata)


def _parts(root: Element, body: Body, text: str, names: _Names, source: Source) -> Annotations:
    text = text if body.keeps_space else text.rstrip()
    pieces, linked = _joined(body.pieces, text)
    emphasis = tuple(
        sorted(
            (Span(p.start, p.end) for p in pieces if p.sort == "emph" and p.end > p.start),
            key=lambda span: (span.start, -span.end),
        )
    )
    blocks = tuple(_blocks(body, text, names.ours))
    story = Story(text, blocks, source, emphasis, tuple(_chapters(body, text, names)))
    parts = Annotations(story, list(names.people.values()), in_order=names.ours)
    parts.tokens = _tokens([piece for piece in pieces if piece.sort == "word"]) if names.ours else None
    evidence, alternatives = _certainties(root, names, text)
    several = 0
    for number, piece in enumerate(pieces):
        if piece.end <= piece.start:
            continue
        span = Span(piece.start, piece.end)
        match piece.sort:
            case "said":
                said = _said(piece, text, names, evidence, alternatives)
                said.group = linked.get(id(piece.element), "")
                parts.quotations.append(said)
                several += len(names.pointed(piece.element, "who")) > 1
            case "mention":
                parts.mentions.append(_mention(piece, text, names, number))
            case "event":
                parts.events.append(_event(piece, names))
            case "thought":
                parts.thoughts.append(span)
            case "tag":
                parts.tags.append(span)
    if several:
        parts.warnings.append(f"{several} quotations have several speakers; only the first of each was imported.")
    if body.dropped_notes:
        parts.warnings.append(f"{body.dropped_notes} of the document's notes were left out of the text.")
    return parts


def _blocks(body: Body, text: str, ours: bool) -> Iterator[Block]:
    """The blocks in order, without surrounding white space and without overlap."""
    at = 0
    for block in sorted(body.blocks, key=lambda block: (block.start, -block.end)):
        start, end = max(at, block.start), min(len(text), block.end)
        while start < end and text[start].isspace():
            start += 1
        while start < end and text[end - 1].isspace():
            end -= 1
        if start < end:
            yield Block(start, end, block.role)
            at = end
    if not body.blocks and not ours:
        yield from paragraphs_of(text)


def _chapters(body: Body, text: str, names: _Names) -> Iterator[Chapter]:
    """The divisions marked as chapters, or else the innermost ones with a heading."""
    found = sorted(body.divisions, key=lambda division: (division[1], -division[2]))
    chapters = [division for division in found if division[0].get("type") == "chapter"]
    if not chapters and not names.ours:
        inner = [division for division in found if not any(local(child) in DIVISIONS for child in division[0])]
        chapters = [division for division in inner if any(local(child) == "head" for child in division[0])]
    at = 0
    for number, (element, start, end) in enumerate(chapters, 1):
        start, end = max(at, start), min(end, len(text))
        if end < start:
            continue
        at = end
        id = element.get(ID)
        own = next((e.get("n") for e in element if local(e) == "milestone" and e.get("unit") == "chapter"), None)
        title = own if names.ours else " ".join(content(e) for e in element if local(e) == "head") or None
        yield Chapter(names.of[id] if id else f"chapter-{number}", title, start, end)


def _joined(pieces: list[MarkedSpan], text: str) -> tuple[list[MarkedSpan], dict[int, str]]:
    """The marked spans with the pieces of one span joined, and the utterance of each linked `<said>`.

    Linked speech consists of several parts of one utterance, which stay separate.
    """
    by_id = {name: piece for piece in pieces if (name := piece.element.get(ID))}
    kept: list[MarkedSpan] = []
    whole: dict[int, MarkedSpan] = {}
    groups: dict[int, str] = {}
    for piece in pieces:
        before = by_id.get(piece.element.get("prev", "").removeprefix("#"))
        if before is not None and before.sort == piece.sort and before is not piece:
            if piece.sort == "said":
                utterance = groups.setdefault(id(before.element), f"linked {len(groups)}")
                groups[id(piece.element)] = utterance
            else:
                first = whole.get(id(before.element), before)
                if first.end <= piece.start and not text[first.end : piece.start].strip():
                    first.end = piece.end
                    whole[id(piece.element)] = first
                    continue
        kept.append(piece)
    return kept, groups


def _said(
    piece: MarkedSpan,
    text: str,
    names: _Names,
    evidence: dict[str, Evidence],
    alternatives: dict[str, tuple[Alternative, ...]],
) -> AnnotatedQuotation:
    element = piece.element
    speakers = names.pointed(element, "who")
    id = element.get(ID, "")
    start, end = piece.start, piece.end
    if not names.ours and start and end < len(text) and text[start - 1] in OPENING and text[end] in CLOSING:
        start, end = start - 1, end + 1  # our quotations include their marks; many documents leave them outside
    return AnnotatedQuotation(
        start,
        end,
        speaker=speakers[0] if speakers else None,
        addressees=names.pointed(element, "toWhom"),
        id=names.of.get(id, ""),
        confidence=_certainty(element),
        evidence=evidence.get(id),
        alternatives=alternatives.get(id, ()),
    )


def _mention(piece: MarkedSpan, text: str, names: _Names, number: int) -> Mention:
    element, words = piece.element, text[piece.start : piece.end]
    refs = names.pointed(element, "ref", "key", "who", "corresp")
    own = names.pointed(element, "corresp") if names.ours else ()
    character = refs[0] if refs and refs[0] in names.people else None
    name = local(element)
    said_kind = element.get("subtype", "")
    is_name = name not in ("rs", "roleName")
    kind = said_kind if said_kind in get_args(MentionKind) else mention_kind(words, is_name)
    if names.ours and is_name:
        kind = "name"
    entity = (own or refs or (f"m{number}",))[0]
    of_type = entity_type(element.get("type", ""), NAMES[name])
    return Mention(piece.start, piece.end, cast(MentionKind, kind), of_type, entity, character, _certainty(element))


def _tokens(words: list[MarkedSpan]) -> dict[str, list[Any]] | None:
    """The token columns as marked by our export, without columns that have no values."""
    syntax = [word.element.get("n", "").split(" ", 2) for word in words]
    known = [[None if value == "_" else value for value in values] for values in syntax]
    columns: dict[str, list[Any]] = {
        "start": [word.start for word in words],
        "end": [word.end for word in words],
        "sentence": [_number(sentence) for sentence, _, _ in known],
        "pos": [word.element.get("pos") for word in words],
        "lemma": [word.element.get("lemma") for word in words],
        "head": [_number(head) for _, head, _ in known],
        "deprel": [deprel for _, _, deprel in known],
    }
    return {name: column for name, column in columns.items() if any(v is not None for v in column)} or None


def _number(told: str | None) -> int | None:
    return int(told) if told and told.isdigit() else None


def _event(piece: MarkedSpan, names: _Names) -> Event:
    people: dict[str, list[str]] = {"agents": [], "patients": []}
    for word in piece.element.get("n", "").split():
        role, _, id = word.partition(":")
        if role in people:
            people[role].append(names.of.get(id, id))
    return Event(piece.start, piece.end, tuple(people["agents"]), tuple(people["patients"]), _certainty(piece.element))


def _certainty(element: Element) -> float:
    """The certainty of an element; 1.0 if it gives none."""
    told = element.get("cert", "")
    return _probability(told, CERTAINTIES.get(told, 1.0))


def _probability(told: str | None, default: float) -> float:
    try:
        return min(1.0, max(0.0, float(told or "")))
    except ValueError:
        return default


def _certainties(
    root: Element, names: _Names, text: str
) -> tuple[dict[str, Evidence], dict[str, tuple[Alternative, ...]]]:
    """The evidence and the alternatives of quotations, by xml:id.

    Evidence is ignored if its words are no longer at its offsets because the text was edited.
    """
    evidence: dict[str, Evidence] = {}
    alternatives: dict[str, tuple[Alternative, ...]] = {}
    for element in descendants(root, "certainty"):
        if element.get("match") != "@who":
            continue
        for target in element.get("target", "").split():
            id = target.removeprefix("#")
            if other := names.pointed(element, "assertedValue"):
                chance = _probability(element.get("degree"), 0.0)
                alternatives[id] = (*alternatives.get(id, ()), Alternative(other[0], chance))
            for told in descendants(element, "desc"):
                place = told.get("n", "").split()
                if told.get("type") in get_args(EvidenceKind) and len(place) == 2 and all(p.isdigit() for p in place):
                    start, end = map(int, place)
                    if " ".join(text[start:end].split()) == content(told):
                        evidence[id] = Evidence(cast(EvidenceKind, told.get("type")), start, end)
    return evidence, alternatives
