"""Reading → TEI P5: one document with the exact text and everything found in it.

The text of `<body>`, whose white space is preserved, is the story's text. Speech is `<said>`; people and places are
`<persName>`, `<placeName>`, `<orgName>` and `<rs>`; thoughts are `<q type="thought">`, tags and events `<seg>`. If two
elements cross, the less important one is cut and its pieces are linked by `next` and `prev`. The cast is in the header;
the certainty of each speaker, with the evidence, is in `<standOff>`.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from dramaturg.exporters.common import entity_types
from dramaturg.exporters.common.mentions import nouns_inside_names
from dramaturg.exporters.common.nesting import RankedSpan, SpanPiece, nest
from dramaturg.exporters.common.networks import Edge, network_of
from dramaturg.exporters.common.tables import metadata_rows
from dramaturg.exporters.common.xml_text import Key, attributes, content, xml_ids
from dramaturg.reading import Character, EntityType, Fact, Mention, Quotation, Reading
from dramaturg.story import Chapter

ABOUT = "TEI P5: the text with speakers, addressees, people and relations"
SUFFIX = ".tei.xml"
NAME_ELEMENTS: dict[EntityType, str] = {
    "PER": "persName",
    "FAC": "placeName",
    "GPE": "placeName",
    "LOC": "placeName",
    "VEH": "name",
    "ORG": "orgName",
}
XS_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")  # XML Schema
VERSION = re.compile(r"\d+[a-z]*\d*(?:\.\d+[a-z]*\d*){0,3}")  # teidata.versionNumber
SAID, THOUGHT, MENTION, EMPHASIS, TAG, EVENT, WORD = range(
    7
)  # ranks: of two elements that cross, the one listed later is cut
BLOCK_ELEMENTS = {
    "title": "ab",
    "heading": "ab",
    "front_matter": "ab",
    "authors_note": "note",
    "summary": "note",
    "paragraph": "p",
    "scene_break": "ab",
    "back_matter": "ab",
}
NOTE_TYPES = {"authors_note": "author"}
TOKEN_COLUMNS = ("sentence", "pos", "lemma", "head", "deprel")


@dataclass(frozen=True, slots=True)
class Element:
    """An element, without the links between its pieces. `id` is its own, or the prefix of its pieces' ids."""

    name: str
    attributes: str
    id: str
    next: str = ""
    prev: str = ""


@dataclass(frozen=True, slots=True)
class Ids:
    """The xml:id of everything that has an id. If it differs from the id, the attribute `n` keeps the id."""

    of: dict[Key, str]

    def id_attributes(self, sort: str, name: str) -> dict[str, str | None]:
        """The attributes for an id."""
        id = self.of[sort, name]
        return {"xml_id": id, "n": None if id == name else name}

    def ref(self, sort: str, *names: str | None) -> str:
        """Pointers to these ids."""
        return " ".join(f"#{self.of[sort, name]}" for name in names if name is not None)


def to_text(reading: Reading, *, events: bool = True, tags: bool = True, words: bool = False) -> str:
    """The TEI document.

    `events`: mark events in the text
    `tags`: mark the words that introduce speech
    `words`: mark each word with lemma, part of speech and syntax, if the reading has tokens
    """
    ids = _ids(reading)
    marked = _marked(reading, ids, events, tags)
    if words:
        marked += list(_words(reading, marked))
    return "".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0">\n',
            *_header(reading, ids),
            *_certainties(reading, ids),
            f'<text{attributes(xml_lang=_language(reading))}><body xml:space="preserve">',
            *_body(reading, ids, marked),
            "</body></text>\n</TEI>\n",
        ]
    )


def _ids(reading: Reading) -> Ids:
    keys = [("entity", character.id) for character in reading.characters]
    keys += [("entity", mention.entity) for mention in reading.mentions]
    keys += [("quotation", quotation.id) for quotation in reading.quotations]
    keys += [("chapter", chapter.id) for chapter in reading.story.chapters]
    return Ids(xml_ids(keys))


def _language(reading: Reading) -> str | None:
    language = reading.story.source.language
    return language if language and XS_LANGUAGE.fullmatch(language) else None


def _header(reading: Reading, ids: Ids) -> Iterator[str]:
    source = reading.story.source
    title, author = (
        f"<{name}>{content(value or '')}</{name}>"
        for name, value in (("title", source.title or source.path), ("author", source.author))
    )
    author = author if source.author else ""
    version = reading.made_by.version
    known = attributes(version=version if VERSION.fullmatch(version) else "0")
    language = _language(reading)
    yield f"<teiHeader>\n<fileDesc>\n<titleStmt>{title}{author}</titleStmt>\n"
    yield "<publicationStmt><p>Made by a program from the source below, on which the right to publish it depends.</p>"
    yield f"</publicationStmt>\n<sourceDesc><bibl>{title}{author}"
    yield f'<idno type="file">{content(source.path)}</idno><idno type="sha256">{content(source.sha256)}</idno>'
    yield "</bibl></sourceDesc>\n</fileDesc>\n<encodingDesc><appInfo>"
    yield f'<application ident="dramaturg"{known}><label>dramaturg {content(version)}</label>'
    yield f"{_weights(reading)}</application></appInfo></encodingDesc>\n<profileDesc>\n"
    if language:
        yield f'<langUsage><language ident="{language}"/></langUsage>\n'
    yield from _keywords(reading)
    yield from _people(reading, ids)
    yield from _settings(reading, ids)
    yield "</profileDesc>\n</teiHeader>\n"


def _weights(reading: Reading) -> str:
    weights = reading.made_by.weights
    return "" if weights is None else f'<desc type="weights">{content(weights)}</desc>'


def _keywords(reading: Reading) -> Iterator[str]:
    """Other metadata of the file, such as an archive's tags or a publisher."""
    terms = [
        f"<term{attributes(type=type, n=name)}>{content(value)}</term>\n"
        for name, type, value in metadata_rows(reading.story.source.metadata)
    ]
    if terms:
        yield from ("<textClass><keywords>\n", *terms, "</keywords></textClass>\n")


def _people(reading: Reading, ids: Ids) -> Iterator[str]:
    """The cast, other people who are mentioned, and who talks to whom and about whom."""
    others = _others(reading)
    people = [_person(reading, character, ids) for character in reading.characters]
    people += [
        _other("person", "persName", entity, first, reading, ids) for entity, first in others if first.type == "PER"
    ]
    organizations = [
        _other("org", "orgName", entity, first, reading, ids) for entity, first in others if first.type == "ORG"
    ]
    if not people and not organizations:
        return
    yield "<particDesc>\n"
    if people:
        relations = [
            _relation(name, edge, ids)
            for network, name in (("conversation", "speaks-to"), ("mention", "speaks-of"))
            for edge in network_of(reading, network).edges
        ]
        relations += [_bond(reading, fact, ids) for fact in reading.facts if fact.of is not None]
        yield from ("<listPerson>\n", *people)
        yield from ("<listRelation>\n", *relations, "</listRelation>\n") if relations else ()
        yield "</listPerson>\n"
    if organizations:
        yield from ("<listOrg>\n", *organizations, "</listOrg>\n")
    yield "</particDesc>\n"


def _main(named: bool) -> str:
    """The attributes of a main name, which is a proper name or a description."""
    return attributes(type="main", subtype=None if named else "description")


def _person(reading: Reading, character: Character, ids: Ids) -> str:
    element = "personGrp" if character.kind == "group" else "person"
    main = _main(character.named)
    names = [f"<persName{main}>{content(character.name)}</persName>"]
    names += [f'<persName type="alias">{content(alias)}</persName>' for alias in character.aliases]
    if character.pronouns is not None:
        names.append(f'<trait type="pronouns"><label>{content(character.pronouns)}</label></trait>')
    names += [_told(fact, reading, ids) for fact in reading.facts if fact.person == character.id and fact.of is None]
    role = attributes(role="narrator" if character.narrator else None)
    return f"<{element}{attributes(**ids.id_attributes('entity', character.id))}{role}>{''.join(names)}</{element}>\n"


def _told(fact: Fact, reading: Reading, ids: Ids) -> str:
    """What the story says of a person: their age, their occupation, or a trait; with the place of the words."""
    told = attributes(cert=fact.confidence, resp=ids.ref("entity", fact.said_by), n=f"{fact.start} {fact.end}")
    value = content(" ".join(fact.value.split()))
    if fact.kind in ("age", "work"):
        name = "age" if fact.kind == "age" else "occupation"
        return f"<{name}{told}>{value}</{name}>"
    return f"<trait{attributes(type=fact.kind)}{told}><desc>{value}</desc></trait>"


def _bond(reading: Reading, fact: Fact, ids: Ids) -> str:
    """Kin, or a bond: what the first is to the second."""
    name = re.sub(r"[^\w.-]+", "-", fact.value.lower()).strip("-") or fact.kind
    who = attributes(
        name=name, type=fact.kind, active=ids.ref("entity", fact.person), passive=ids.ref("entity", fact.of)
    )
    told = attributes(cert=fact.confidence, n=f"{fact.start} {fact.end}")
    return f"<relation{who}{told}><desc>{content(' '.join(fact.value.split()))}</desc></relation>\n"


def _other(element: str, name: str, entity: str, first: Mention, reading: Reading, ids: Ids) -> str:
    role = "mentioned" if element == "person" else None
    type = entity_types.WORDS[first.type] if element == "place" else None
    given = attributes(**ids.id_attributes("entity", entity), type=type, role=role)
    said = content(" ".join(reading.text_of(first).split()))
    return f"<{element}{given}><{name}{_main(first.kind == 'name')}>{said}</{name}></{element}>\n"


def _relation(name: str, edge: Edge, ids: Ids) -> str:
    who = attributes(name=name, active=ids.ref("entity", edge.source), passive=ids.ref("entity", edge.target))
    counted = "quotations" if name == "speaks-to" else "mentions"
    return f"<relation{who}><desc>{counted}: {edge.weight}</desc></relation>\n"


def _settings(reading: Reading, ids: Ids) -> Iterator[str]:
    """The places, including vehicles, since people are in them."""
    places = [
        _other("place", "placeName", entity, first, reading, ids)
        for entity, first in _others(reading)
        if first.type in ("FAC", "GPE", "LOC", "VEH")
    ]
    if places:
        yield from ("<settingDesc><listPlace>\n", *places, "</listPlace></settingDesc>\n")


def _others(reading: Reading) -> list[tuple[str, Mention]]:
    """The entities that are not characters, each with its first mention, or the first that is a name."""
    characters = {character.id for character in reading.characters}
    found: dict[str, Mention] = {}
    for mention in reading.mentions:
        if mention.entity not in characters:
            first = found.setdefault(mention.entity, mention)
            if mention.kind == "name" and first.kind != "name":
                found[mention.entity] = mention
    return list(found.items())


def _certainties(reading: Reading, ids: Ids) -> Iterator[str]:
    """The certainty of each speaker, the evidence, and the alternatives."""
    made = [text for quotation in reading.quotations for text in _certainty(reading, quotation, ids)]
    if made:
        yield from ("<standOff>\n", *made, "</standOff>\n")


def _certainty(reading: Reading, quotation: Quotation, ids: Ids) -> Iterator[str]:
    about = attributes(target=ids.ref("quotation", quotation.id), match="@who", locus="value")
    if quotation.evidence is not None:
        evidence = quotation.evidence
        where = attributes(type=evidence.kind, n=f"{evidence.start} {evidence.end}")
        words = content(" ".join(reading.text_of(evidence).split()))
        degree = attributes(degree=quotation.confidence)
        yield f"<certainty{about}{degree}><desc{where}>{words}</desc></certainty>\n"
    for alternative in quotation.alternatives:
        other = attributes(assertedValue=ids.ref("entity", alternative.speaker), degree=alternative.confidence)
        yield f"<certainty{about}{other}/>\n"


def _marked(reading: Reading, ids: Ids, events: bool, tags: bool) -> list[RankedSpan[Element]]:
    """The spans of everything that is marked in the text."""
    marked = [
        RankedSpan(q.start, q.end, SAID, element, block=True)
        for q, element in zip(reading.quotations, _saids(reading, ids), strict=True)
    ]
    for n, segment in enumerate(reading.segments):
        if segment.kind == "thought":
            thought = Element("q", attributes(type="thought"), f"thought.{n}")
            marked.append(RankedSpan(segment.start, segment.end, THOUGHT, thought, block=True))
        elif segment.kind == "tag" and tags:
            marked.append(
                RankedSpan(segment.start, segment.end, TAG, Element("seg", attributes(type="tag"), f"tag.{n}"))
            )
    inside_names = nouns_inside_names(reading)
    for n, mention in enumerate(reading.mentions):
        element = _mention(mention, f"mention.{n}", ids, n in inside_names)
        marked.append(RankedSpan(mention.start, mention.end, MENTION, element, phrase=True))
    for n, span in enumerate(reading.story.emphasis):
        marked.append(RankedSpan(span.start, span.end, EMPHASIS, Element("emph", "", f"emph.{n}")))
    for n, event in enumerate(reading.events if events else ()):
        who = {"agents": ids.ref("entity", *event.agents), "patients": ids.ref("entity", *event.patients)}
        links = " ".join(f"{name}:{ref}" for name, refs in who.items() for ref in refs.split())
        given = attributes(type="event", cert=event.confidence, n=links.replace("#", ""))
        marked.append(RankedSpan(event.start, event.end, EVENT, Element("seg", given, f"event.{n}")))
    return marked


def _words(reading: Reading, marked: list[RankedSpan[Element]]) -> Iterator[RankedSpan[Element]]:
    """The tokens as `<w>` and `<pc>`, which cannot contain other elements, so they are cut where one begins or ends.

    `n` holds the number of the sentence, the number of the head and the relation to it, with `_` for unknown values.
    """
    columns = reading.tokens or {"start": [], "end": []}
    edges = sorted({edge for span in marked for edge in (span.start, span.end)})
    values = {name: columns.get(name) or [None] * len(columns["start"]) for name in TOKEN_COLUMNS}
    for n, (start, end) in enumerate(zip(columns["start"], columns["end"], strict=True)):
        syntax = ("_" if values[name][n] is None else str(values[name][n]) for name in ("sentence", "head", "deprel"))
        given = attributes(lemma=values["lemma"][n], pos=values["pos"][n], n=" ".join(syntax))
        is_word = any(c.isalnum() for c in reading.story.text[start:end])
        element = Element("w" if is_word else "pc", given, f"token.{n}")
        inside = edges[bisect_right(edges, start) : bisect_left(edges, end)]
        for low, high in pairwise([start, *inside, end]):
            yield RankedSpan(low, high, WORD, element)


def _saids(reading: Reading, ids: Ids) -> Iterator[Element]:
    """An element for each quotation, linked to the parts of its utterance before and after it."""
    groups: dict[str, list[str]] = defaultdict(list)
    for quotation in reading.quotations:
        groups[quotation.group].append(quotation.id)
    next_of, prev_of = {}, {}
    for parts in groups.values():
        for part, following in pairwise(parts):
            next_of[part], prev_of[following] = ids.ref("quotation", following), ids.ref("quotation", part)
    for q in reading.quotations:
        given = ids.id_attributes("quotation", q.id)
        id = given.pop("xml_id") or ""
        who = {"who": ids.ref("entity", q.speaker), "toWhom": ids.ref("entity", *q.addressees)}
        said = attributes(**given, **who, direct=True, aloud=True, cert=q.confidence)
        yield Element("said", said, id, next_of.get(q.id, ""), prev_of.get(q.id, ""))


def _mention(mention: Mention, id: str, ids: Ids, inside_name: bool) -> Element:
    """The element of a mention. It refers to the character, and to its cluster if that has another id.

    `inside_name`: whether it is a noun inside a name, as “Mr.” is in “Mr. Darcy”.
    """
    other = mention.entity if mention.character not in (None, mention.entity) else None
    refs = {"ref": ids.ref("entity", mention.character or mention.entity), "corresp": ids.ref("entity", other)}
    name = mention.kind == "name"
    of_type = (
        entity_types.WORDS[mention.type] if not name or NAME_ELEMENTS[mention.type] in ("placeName", "name") else None
    )
    typed = {"type": of_type, "subtype": None if name else mention.kind}
    cert = {"cert": mention.confidence}
    element = NAME_ELEMENTS[mention.type] if name else "roleName" if inside_name and mention.type == "PER" else "rs"
    return Element(element, attributes(**typed, **refs, **cert), id)


@dataclass(frozen=True, slots=True)
class Division:
    """A `<div>`: a chapter, or text outside of all chapters."""

    start: int
    end: int
    chapter: Chapter | None


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A block of the story, or text between blocks, which has the role `other`."""

    start: int
    end: int
    role: str


def _body(reading: Reading, ids: Ids, marked: Iterable[RankedSpan[Element]]) -> Iterator[str]:
    """The blocks in their chapters. All character data, joined, is the story's text."""
    text = reading.story.text
    blocks = list(_blocks(reading))
    filled = _filled(text, blocks, _linked(_pieces(blocks, marked), ids))
    at = number = 0
    for division in _divisions(reading):
        yield content(text[at : division.start])
        at = division.start
        yield _opened(division, reading, ids)
        top = True  # <head> must come first in a division
        while number < len(blocks) and blocks[number].start < division.end:
            block = blocks[number]
            top = top and block.role in ("title", "heading", "authors_note", "summary")
            yield content(text[at : block.start])
            yield _element(block, filled[number], top)
            at = block.end
            number += 1
        yield content(text[at : division.end])
        yield "</div>" if not top else "<p/></div>"
        at = max(at, division.end)
    yield content(text[at:])


def _divisions(reading: Reading) -> Iterator[Division]:
    """The chapters and the text before, between and after them, without gaps other than white space."""
    text, at = reading.story.text, 0
    for chapter in reading.story.chapters:
        if text[at : chapter.start].strip():
            yield Division(at, chapter.start, None)
        start = max(at, chapter.start)
        at = max(start, chapter.end)
        yield Division(start, at, chapter)
    if text[at:].strip() or not reading.story.chapters:
        yield Division(at, len(text), None)


def _opened(division: Division, reading: Reading, ids: Ids) -> str:
    chapter = division.chapter
    if chapter is None:
        return f"<div{attributes(type='matter' if reading.story.chapters else 'text')}>"
    given = attributes(type="chapter", **ids.id_attributes("chapter", chapter.id))
    # The title may differ from the heading: through mark-up, or a heading of two lines.
    return f"<div{given}><milestone{attributes(unit='chapter', n=chapter.title)}/>"


def _element(block: TextBlock, inside: str, top: bool) -> str:
    """A block as an element. Headings are <head> at the top of a division and <ab> elsewhere."""
    if top and block.role in ("title", "heading"):
        return f"<head{attributes(type=block.role)}>{inside}</head>"
    if block.role == "scene_break":
        inside = f'<milestone unit="scene"/>{inside}'
    name = BLOCK_ELEMENTS.get(block.role, "ab")
    of_type = None if name == "p" else NOTE_TYPES.get(block.role, block.role)
    return f"<{name}{attributes(type=of_type)}>{inside}</{name}>"


def _blocks(reading: Reading) -> Iterator[TextBlock]:
    """The blocks, and the text between them that is not white space, so that no text is lost."""
    text, at = reading.story.text, 0
    for block in (*reading.story.blocks, None):
        gap = text[at : len(text) if block is None else block.start]
        if between := gap.strip():
            start = at + gap.index(between)
            yield TextBlock(start, start + len(between), "other")
        if block is not None:
            yield TextBlock(block.start, block.end, block.role)
            at = block.end


def _pieces(blocks: list[TextBlock], marked: Iterable[RankedSpan[Element]]) -> list[list[SpanPiece[Element]]]:
    """The marked spans in each block, as pieces that nest."""
    starts = [block.start for block in blocks]
    inside: list[list[RankedSpan[Element]]] = [[] for _ in blocks]
    for span in marked:
        n = max(0, bisect_right(starts, span.start) - 1)
        while n < len(blocks) and blocks[n].start < span.end:
            start, end = max(span.start, blocks[n].start), min(span.end, blocks[n].end)
            if start < end:
                inside[n].append(replace(span, start=start, end=end))
            n += 1
    return [nest(spans) for spans in inside]


def _linked(pieces: list[list[SpanPiece[Element]]], ids: Ids) -> list[list[tuple[int, int, str, str]]]:
    """Each piece as (start, end, opening tag, closing tag). The pieces of one element are linked to each other."""
    parts = Counter(piece.span.item.id for here in pieces for piece in here)
    taken = set(ids.of.values())
    n_pieces_before: Counter[str] = Counter()

    def id_of(element: Element, part: int) -> str:
        if element.name == "said" and part == 0:
            return element.id
        id = f"{element.id}.part{part + 1}"
        return f"_{id}" if id in taken else id

    def opened(element: Element) -> str:
        part, n = n_pieces_before[element.id], parts[element.id]
        n_pieces_before[element.id] += 1
        next = f"#{id_of(element, part + 1)}" if part + 1 < n else element.next
        prev = f"#{id_of(element, part - 1)}" if part else element.prev
        id = id_of(element, part) if n > 1 or element.name == "said" else None
        return f"<{element.name}{attributes(xml_id=id)}{element.attributes}{attributes(next=next, prev=prev)}>"

    return [[(p.start, p.end, opened(p.span.item), f"</{p.span.item.name}>") for p in here] for here in pieces]


def _filled(text: str, blocks: list[TextBlock], pieces: list[list[tuple[int, int, str, str]]]) -> list[str]:
    return ["".join(_mixed(text, block, here)) for block, here in zip(blocks, pieces, strict=True)]


def _mixed(text: str, block: TextBlock, pieces: list[tuple[int, int, str, str]]) -> Iterator[str]:
    """A block's text with its tags. The pieces are in order, outer ones first."""
    at = block.start
    open: list[tuple[int, str]] = []
    for start, end, opening, closing in pieces:
        while open and open[-1][0] <= start:
            yield content(text[at : open[-1][0]])
            at, tag = open.pop()
            yield tag
        yield content(text[at:start])
        yield opening
        at = start
        open.append((end, closing))
    while open:
        yield content(text[at : open[-1][0]])
        at, tag = open.pop()
        yield tag
    yield content(text[at : block.end])
