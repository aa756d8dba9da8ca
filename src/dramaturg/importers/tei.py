"""TEI with `<said>` → what it says: ours, and other people's.

Where white space is to be kept (`xml:space="preserve"`, as ours says), the text is the body's character data as it
stands. Elsewhere runs of white space are one space, and blocks stand a blank line apart.
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
from dramaturg.importers.parts import Parts, Person, Said, entity_type, mention_kind, metadata_from, paragraphs_of
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
Sort = Literal["said", "thought", "tag", "event", "mention", "emph", "word"]


@dataclass
class Piece:
    """An element that marks a stretch of the text, or a part of one."""

    sort: Sort
    element: Element
    start: int
    end: int = 0


@dataclass
class Body:
    """The text and what is marked in it, while it is put together."""

    keeps_space: bool
    parts: list[str] = field(default_factory=list)
    length: int = 0
    blank: bool = True  # whether the text so far ends in white space
    pieces: list[Piece] = field(default_factory=list)
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

    def part(self, between: str = "\n\n") -> None:
        """Make sure that what follows stands apart."""
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


def read(path: Path) -> Parts:
    """What a TEI file says."""
    if path.is_dir():
        raise UnreadableStory(f"{path}: this is a folder. Give one of the TEI files in it.")
    data = path.read_bytes()
    root = _root(data, path)
    texts = [element for element in root.iter() if local(element) == "text"]
    if not texts:
        raise UnreadableStory(f"{path}: there is no <text> in it, so it is no TEI document.")
    body = _walked(texts[0], _keeps_space(texts[0]))
    text = "".join(body.parts)
    if not text.strip():
        raise UnreadableStory(f"{path}: there is no text in it.")
    ours = any(e.get("ident") == "dramaturg" for e in descendants(root, "application"))
    return _parts(root, body, text, _Names(root, ours), _source(root, path, data))


def _root(data: bytes, path: Path) -> Element:
    if b"<!ENTITY" in data:
        raise RefusedStory(
            f"{path}: its XML declares entities, which can hide a bomb. Resolve them first (xmllint --noent)."
        )
    try:
        return ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError):
        return parse_xml(data, str(path))


def _keeps_space(text: Element) -> bool:
    return any(element.get(SPACE) == "preserve" for element in [text, *descendants(text, "body")])


def _walked(text: Element, keeps_space: bool) -> Body:
    """Go through the text once, without recursion: mark-up may be nested deep."""
    body = Body(keeps_space)
    stack: list[tuple[Element, Iterator[Element], Piece | None, int]] = []

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
        body.part("\n" if name == "l" else "\n\n")
    elif name == "milestone" and element.get("unit") == "scene" and not body.keeps_space:
        body.part()
        start = body.length
        body.add("* * *")
        body.blocks.append(Block(start, body.length, "scene_break"))
        body.part()
    elif name == "lb" and not body.keeps_space:
        body.add(" ")


def _after(body: Body, element: Element, name: str, start: int) -> None:
    if name in DIVISIONS:
        body.divisions.append((element, start, body.length))
    elif name in BLOCKS and name != "l" and not body.open_blocks:
        role = _role(element, name, body)
        if role is not None and body.length > start:
            body.blocks.append(Block(start, body.length, role))
        body.part()
    elif name in BLOCKS:
        body.part("\n" if name == "l" else "\n\n")


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


def _piece(element: Element, name: str, start: int) -> Piece | None:
    """What an element marks, if it is anything that a reading holds."""
    of_type = element.get("type", "")
    sort: Sort | None = None
    if name in ("said", "q"):
        is_speech = name == "said" or element.get("who") or of_type in ("spoken", "speech", "direct", "said")
        if element.get("aloud") == "false" or of_type in ("thought", "thoughts"):
            sort = "thought"
        elif is_speech and element.get("direct") != "false":
            sort = "said"
    elif name in NAMES:
        # What is part of a name tells of somebody only where it points to them.
        sort = "mention" if name != "roleName" or element.get("ref") or element.get("key") else None
    elif name == "emph" or (name == "hi" and "i" in re.split(r"\W+", element.get("rend", "").replace("italic", "i"))):
        sort = "emph"
    elif name == "seg" and of_type in ("tag", "event"):
        sort = cast(Sort, of_type)
    elif name in ("w", "pc") and len(element.get("n", "").split(" ", 2)) == 3:
        sort = "word"
    return None if sort is None else Piece(sort, element, start)


class _Names:
    """What pointers and ids mean: who is in the document, and what ours calls by another name."""

    def __init__(self, root: Element, ours: bool) -> None:
        self.ours = ours
        self.of: dict[str, str] = {}
        self.people: dict[str, Person] = {}
        for element in root.iter():
            id = element.get(ID)
            if id is None:
                continue
            name = (element.get("n") if ours else None) or id
            self.of[id] = name
            if local(element) in ("person", "personGrp", "castItem", "role") and element.get("role") != "mentioned":
                self.people.setdefault(name, _person(element, name))

    def pointed(self, element: Element, *names: str) -> tuple[str, ...]:
        """What the first of these attributes that is there points to."""
        for name in names:
            if pointers := element.get(name, "").split():
                return tuple(self._name(pointer) for pointer in pointers)
        return ()

    def _name(self, pointer: str) -> str:
        id = pointer.rpartition("#")[2] if "#" in pointer else pointer.rpartition(":")[2]
        return self.of.get(id, id or pointer)


def _person(element: Element, id: str) -> Person:
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
    return Person(
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
    # Terms of others, which say nothing of what they are, are a list of keywords.
    rows = [(term.get("n", "keywords"), term.get("type", "item") if term.get("n") else "item", term) for term in terms]
    metadata = metadata_from((name, type, "".join(term.itertext())) for name, type, term in rows)
    return Source(path.name, "tei", told.get("title"), told.get("author"), digest, language, metadata)


def _parts(root: Element, body: Body, text: str, names: _Names, source: Source) -> Parts:
    text = text if body.keeps_space else text.rstrip()
    pieces, linked = _joined(body.pieces, text)
    emphasis = tuple(Span(p.start, p.end) for p in pieces if p.sort == "emph" and p.end > p.start)
    blocks = tuple(_blocks(body, text, names.ours))
    story = Story(text, blocks, source, emphasis, tuple(_chapters(body, text, names)))
    parts = Parts(story, list(names.people.values()), in_order=names.ours)
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
                parts.said.append(said)
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
        parts.warnings.append(f"{several} quotations have several speakers; a reading holds the first of them.")
    if body.dropped_notes:
        parts.warnings.append(f"{body.dropped_notes} of the document's notes were left out of the text.")
    return parts


def _blocks(body: Body, text: str, ours: bool) -> Iterator[Block]:
    """The blocks in order, without white space at their ends and without overlap."""
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
    """The divisions that say they are chapters, or else the innermost ones that have a heading."""
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


def _joined(pieces: list[Piece], text: str) -> tuple[list[Piece], dict[int, str]]:
    """The pieces, those that were cut whole again; and for each `<said>` that is linked the name of its utterance.

    Speech that is linked is several parts of one utterance, which stay what they are.
    """
    by_id = {name: piece for piece in pieces if (name := piece.element.get(ID))}
    kept: list[Piece] = []
    whole: dict[int, Piece] = {}
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
    piece: Piece,
    text: str,
    names: _Names,
    evidence: dict[str, Evidence],
    alternatives: dict[str, tuple[Alternative, ...]],
) -> Said:
    element = piece.element
    speakers = names.pointed(element, "who")
    id = element.get(ID, "")
    start, end = piece.start, piece.end
    if not names.ours and start and end < len(text) and text[start - 1] in OPENING and text[end] in CLOSING:
        start, end = start - 1, end + 1  # a quotation includes its marks, which many leave outside
    return Said(
        start,
        end,
        speaker=speakers[0] if speakers else None,
        addressees=names.pointed(element, "toWhom"),
        id=names.of.get(id, ""),
        confidence=_certainty(element),
        evidence=evidence.get(id),
        alternatives=alternatives.get(id, ()),
    )


def _mention(piece: Piece, text: str, names: _Names, number: int) -> Mention:
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


def _tokens(words: list[Piece]) -> dict[str, list[Any]] | None:
    """The columns of the tokens as ours marks them; those that are unknown everywhere are left out."""
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


def _event(piece: Piece, names: _Names) -> Event:
    people: dict[str, list[str]] = {"agents": [], "patients": []}
    for word in piece.element.get("n", "").split():
        role, _, id = word.partition(":")
        if role in people:
            people[role].append(names.of.get(id, id))
    return Event(piece.start, piece.end, tuple(people["agents"]), tuple(people["patients"]), _certainty(piece.element))


def _certainty(element: Element) -> float:
    """How certain a piece of mark-up is; what a person marked without a word on that is certain."""
    told = element.get("cert", "")
    return _chance(told, CERTAINTIES.get(told, 1.0))


def _chance(told: str | None, default: float) -> float:
    try:
        return min(1.0, max(0.0, float(told or "")))
    except ValueError:
        return default


def _certainties(
    root: Element, names: _Names, text: str
) -> tuple[dict[str, Evidence], dict[str, tuple[Alternative, ...]]]:
    """For quotations by xml:id what the document says of why, and of who else.

    Evidence whose words do not stand at its place any more, since somebody has changed the text, is passed over.
    """
    evidence: dict[str, Evidence] = {}
    alternatives: dict[str, tuple[Alternative, ...]] = {}
    for element in descendants(root, "certainty"):
        if element.get("match") != "@who":
            continue
        for target in element.get("target", "").split():
            id = target.removeprefix("#")
            if other := names.pointed(element, "assertedValue"):
                chance = _chance(element.get("degree"), 0.0)
                alternatives[id] = (*alternatives.get(id, ()), Alternative(other[0], chance))
            for told in descendants(element, "desc"):
                place = told.get("n", "").split()
                if told.get("type") in get_args(EvidenceKind) and len(place) == 2 and all(p.isdigit() for p in place):
                    start, end = map(int, place)
                    if " ".join(text[start:end].split()) == content(told):
                        evidence[id] = Evidence(cast(EvidenceKind, told.get("type")), start, end)
    return evidence, alternatives
