"""Reading → the data inside the page: the text once, and each table as columns of small numbers.

People are indices in the cast, places are distances from the place before. `page_script/data.js` decodes it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from dramaturg.formatting import title_from_file_name
from dramaturg.reading import ADDRESS_KINDS, EVIDENCE_KINDS, MENTION_KINDS, Mention, Quotation, Reading
from dramaturg.review.queue import find_doubts, worth_asking
from dramaturg.story import ROLES

SURROGATES = re.compile("[\ud800-\udfff]")  # lone ones, which UTF-8 cannot encode


class _Span(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


def page_data(reading: Reading) -> str:
    """The JSON that the page's script reads. It contains no `<`, so nothing in the story can end the script element."""
    data = json.dumps(_tables(reading), ensure_ascii=False, separators=(",", ":"))
    return SURROGATES.sub("\ufffd", data).replace("<", "\\u003c")


def _tables(reading: Reading) -> dict[str, Any]:
    story, source = reading.story, reading.story.source
    rank = {character.id: n for n, character in enumerate(reading.characters)}
    mentions = list(_linked_mentions(reading))
    events = sorted((e for e in reading.events if e.agents or e.patients), key=lambda e: (e.start, e.end))
    return {
        "version": reading.made_by.version,
        "source": {name: getattr(source, name) for name in ("path", "format", "title", "author", "language", "sha256")},
        "title": source.title or title_from_file_name(source.path),
        "warnings": story.warnings,
        "text": story.text,
        "blocks": [*_spans(story.blocks), [ROLES.index(block.role) for block in story.blocks]],
        "roles": ROLES,
        "emphasis": _spans(sorted(story.emphasis, key=lambda span: span.start)),
        "chapters": [*_spans(story.chapters), [chapter.title for chapter in story.chapters]],
        "people": [
            [c.id, c.name, c.named, c.kind == "group", c.aliases, c.pronouns, c.narrator] for c in reading.characters
        ],
        "mentions": [*_spans(mentions), [_mention_code(mention, rank) for mention in mentions]],
        "mention_kinds": MENTION_KINDS,
        **_quotations(reading.quotations, rank),
        "evidence_kinds": EVIDENCE_KINDS,
        "thoughts": _spans(segment for segment in reading.segments if segment.kind == "thought"),
        "events": [
            *_spans(events),
            [_ranks(event.agents, rank) for event in events],
            [_ranks(event.patients, rank) for event in events],
        ],
        "facts": [
            *_spans(reading.facts),
            [
                [f.kind, f.value, rank[f.person], -1 if f.of is None else rank[f.of], rank.get(f.said_by or "", -1)]
                for f in reading.facts
            ],
        ],
        "slips": [
            [s.kind, rank.get(s.person or "", -1), s.says, [[p.start, p.end] for p in s.places]] for s in reading.slips
        ],
        "addresses": [
            *_spans(reading.addresses),
            [[rank[a.speaker], rank[a.addressee], ADDRESS_KINDS.index(a.kind)] for a in reading.addresses],
        ],
        "address_kinds": ADDRESS_KINDS,
        "uncertain": _queue(reading, rank),
        "corrections": {name: getattr(reading.corrections, name) for name in ("applied", "unmatched", "changed")},
    }


def _quotations(quotations: Sequence[Quotation], rank: dict[str, int]) -> dict[str, Any]:
    number = {quotation.id: n for n, quotation in enumerate(quotations)}
    first: dict[str, int] = {}
    for n, quotation in enumerate(quotations):
        first.setdefault(quotation.group, n)
    plain = all(quotation.id == f"q{n}" for n, quotation in enumerate(quotations, 1))
    return {
        "quotation_ids": None if plain else [quotation.id for quotation in quotations],
        "quotations": [
            *_spans(quotations),
            [n - first[quotation.group] for n, quotation in enumerate(quotations)],
            {n: number[q.within] for n, q in enumerate(quotations) if q.within is not None},
            [-1 if q.speaker is None else rank[q.speaker] for q in quotations],
            [_ranks(q.addressees, rank) for q in quotations],
            [_thousandths(q.confidence) for q in quotations],
            [_evidence(quotation) for quotation in quotations],
            {
                n: [[rank[a.speaker], round(1000 * a.confidence)] for a in q.alternatives]
                for n, q in enumerate(quotations)
                if q.alternatives
            },
        ],
    }


def _evidence(quotation: Quotation) -> list[int] | int:
    evidence = quotation.evidence
    if evidence is None:
        return 0
    return [EVIDENCE_KINDS.index(evidence.kind), evidence.start - quotation.start, evidence.end - evidence.start]


def _linked_mentions(reading: Reading) -> Iterator[Mention]:
    """The mentions of people to link in the text, outer ones first.

    Leaves out mentions inside a name of the same person, as the “Mr.” of “Mr. Darcy”. Of several mentions of a person
    that start at one place, keeps the name, or else the longest.
    """
    main: dict[tuple[int, str], Mention] = {}
    for mention in sorted(reading.mentions, key=lambda m: (m.kind != "name", -m.end)):
        if mention.character is not None:
            main.setdefault((mention.start, mention.character), mention)
    name_ends: dict[str, int] = {}  # the end of each person's last name so far
    for (_, id), mention in sorted(main.items(), key=lambda item: (item[1].start, -item[1].end)):
        if mention.end <= name_ends.get(id, -1):
            continue
        if mention.kind == "name":
            name_ends[id] = mention.end
        yield mention


def _mention_code(mention: Mention, rank: dict[str, int]) -> int:
    """The person and the kind of a mention in one number."""
    return rank[mention.character or ""] * len(MENTION_KINDS) + MENTION_KINDS.index(mention.kind)


def _queue(reading: Reading, rank: dict[str, int]) -> list[Any]:
    """The questions of the Uncertain view, in order, with their answers."""
    number = {quotation.id: n for n, quotation in enumerate(reading.quotations)}
    doubts = find_doubts(reading)
    worth = set(worth_asking(reading, doubts))
    return [
        [
            doubt.kind,
            doubt.start,
            doubt.end,
            [number[id] for id in doubt.quotations],
            -1 if doubt.character is None else rank[doubt.character],
            _thousandths(doubt.confidence),
            [
                [rank[choice.character], _thousandths(choice.confidence)]
                for choice in doubt.choices
                if doubt.kind != "speaker" or choice.confidence is not None  # the page finds nearby speakers itself
            ],
            int(doubt in worth),
        ]
        for doubt in doubts
    ]


def _thousandths(chance: float | None) -> int:
    return -1 if chance is None else round(1000 * chance)


def _ranks(ids: Iterable[str], rank: dict[str, int]) -> list[int]:
    return [rank[id] for id in ids]


def _spans(spans: Iterable[_Span]) -> list[list[int]]:
    """Spans as two columns: distances between starts, and lengths."""
    starts, lengths, last = [], [], 0
    for span in spans:
        starts.append(span.start - last)
        lengths.append(span.end - span.start)
        last = span.start
    return [starts, lengths]
