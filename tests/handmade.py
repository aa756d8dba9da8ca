"""Readings made by hand, for tests of whatever shows, saves or loads one."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dramaturg.reading import (
    Address,
    Alternative,
    Character,
    Event,
    Evidence,
    Fact,
    MadeBy,
    Mention,
    Quotation,
    Reading,
    Segment,
    Slip,
    Supersense,
)
from dramaturg.story import Block, Chapter, Role, Source, Span, Story

TALK = """\
The Ferry

Chapter One

“Is the ferry late?” asked Ann.

“It's always late,” said Bo. “Every night.”

She laughed. *Never again*, she thought.

“Then we wait, Bo.”

* * *

Chapter Two

A voice came over the water. “Anybody there?”

“Here!” Ann called.
"""


def person(id: str, name: str | None = None, **fields: Any) -> Character:
    """A character; what is not given is nothing."""
    nothing = {
        "named": True,
        "kind": "person",
        "aliases": (),
        "pronouns": None,
        "narrator": False,
        "mentions": 0,
        "quotations": 0,
        "words_spoken": 0,
        "first": None,
        "last": None,
    }
    return Character(**{"id": id, "name": name or id.capitalize(), **nothing, **fields})


def said(speaker: str | None = None, *to: str, **fields: Any) -> dict[str, Any]:
    """Who says a quotation to whom; `evidence`: (kind, the words that say so)."""
    return {"speaker": speaker, "addressees": to, "confidence": None if speaker is None else 0.95, **fields}


def make(text: str, cast: Sequence[Character] = (), spoken: Sequence[dict[str, Any]] = (), **source: Any) -> Reading:
    """A reading of a text whose paragraphs stand a blank line apart, `spoken` being its “quotations” in order.

    A paragraph that begins with “Chapter” is a heading, one of asterisks a scene break, and the first, where it is
    short and not speech, the title. `*emphasis*` is emphasis.
    """
    paragraphs = re.finditer(r"\S(?:[^\n]|\n(?!\n))*", text)
    blocks = tuple(
        Block(m.start(), m.start() + len(m.group().rstrip()), _role(m.group(), m.start())) for m in paragraphs
    )
    quotations = _quotations(text, blocks, spoken)
    headings = [b for b in blocks if b.role == "heading"]
    ends = [*(b.start for b in headings[1:]), len(text)][: len(headings)]
    chapters = tuple(
        Chapter(f"chapter{n}", text[b.start : b.end], b.start, end)
        for n, (b, end) in enumerate(zip(headings, ends, strict=True), 1)
    )
    emphasis = tuple(Span(m.start(1), m.end(1)) for m in re.finditer(r"\*(\S[^*\n]*)\*", text))
    fields = {
        "path": "story.txt",
        "format": "text",
        "title": None,
        "author": None,
        "sha256": "0" * 64,
        "language": "en",
        **source,
    }
    warnings = tuple(fields.pop("warnings", ()))
    story = Story(text, blocks, Source(**fields), emphasis, chapters, warnings)
    mentions = tuple(
        Mention(m.start(), m.end(), "name", "PER", c.id, c.id, 0.9)
        for c in cast
        for m in re.finditer(re.escape(c.name), text)
    )
    events = tuple(Event(m.start(), m.end(), (), (), 0.5) for m in re.finditer("laughed|called", text))
    return Reading(
        MadeBy("0.0", None),
        story,
        tuple(cast),
        tuple(sorted(mentions, key=lambda m: m.start)),
        quotations,
        _segments(text, blocks, quotations),
        events,
    )


def ferry(**source: Any) -> Reading:
    """A small story of two people at a ferry, and a voice that nobody can name."""
    cast = (
        person("ann", "Ann", pronouns="she", quotations=3, words_spoken=9, mentions=2, first=39, last=246),
        person("bo", "Bo", aliases=("Old Bo",), pronouns="he", quotations=2, words_spoken=5, mentions=2, first=76),
    )
    spoken = (
        said("ann", "bo", evidence=("tag", "asked Ann"), confidence=0.99),
        said("bo", "ann", evidence=("tag", "said Bo"), confidence=0.98),
        said("bo", "ann", evidence=("tag", "said Bo"), confidence=0.98, joined=True),
        said("ann", "bo", evidence=("turn", "She"), confidence=0.55, alternatives=(("bo", 0.3),)),
        said(),
        said("ann", evidence=("tag", "Ann called"), confidence=0.97),
    )
    late, wait = TALK.index("It's always late"), TALK.index("we wait, Bo")
    facts = (
        Fact("work", "Ferryman", "ferryman", "bo", None, late, late + 16, None, 0.6),
        Fact("bond", "friend", "friend", "bo", "ann", wait, wait + 11, "ann", 0.7),
    )
    slips = (
        Slip(
            "work", "bo", (Span(wait, wait + 11), Span(late, late + 16)), 0.6, "Bo waits here and is “Ferryman” there."
        ),
    )
    senses = (("asked", "verb.communication"), ("came over", "verb.motion"), ("water", "noun.object"))
    supersenses = tuple(Supersense(TALK.index(w), TALK.index(w) + len(w), label) for w, label in senses)
    reading = make(TALK, cast, spoken, **{"title": "The Ferry", "author": "A. Hand", **source})
    bo = wait + 9
    addresses = (Address("q4", "ann", "bo", "first_name", bo, bo + 2),)
    return replace(reading, supersenses=supersenses, facts=facts, slips=slips, addresses=addresses)


def _role(block: str, start: int) -> Role:
    if block.startswith("Chapter"):
        return "heading"
    if set(block) <= set("* "):
        return "scene_break"
    return "title" if start == 0 and len(block) < 40 and "“" not in block and "\n" not in block else "paragraph"


def _quotations(text: str, blocks: Sequence[Block], spoken: Sequence[dict[str, Any]]) -> tuple[Quotation, ...]:
    found: list[Quotation] = []
    places = [m.span() for m in re.finditer("“[^”]*”", text)]
    for n, ((start, end), row) in enumerate(zip(places, spoken, strict=True), 1):
        evidence = row.get("evidence")
        at = text.index(evidence[1]) if evidence else 0
        found.append(
            Quotation(
                id=f"q{n}",
                group=found[-1].group if row.get("joined") else f"u{n}",
                within=None,
                start=start,
                end=end,
                speaker=row["speaker"],
                addressees=tuple(row["addressees"]),
                confidence=row["confidence"],
                evidence=Evidence(evidence[0], at, at + len(evidence[1])) if evidence else None,
                alternatives=tuple(Alternative(*a) for a in row.get("alternatives", ())),
            )
        )
    return tuple(found)


def _segments(text: str, blocks: Sequence[Block], quotations: Sequence[Quotation]) -> tuple[Segment, ...]:
    kinds = {"heading": "heading", "title": "matter", "scene_break": "break"}
    segments: list[Segment] = []
    at = 0
    for block in blocks:
        if block.start > at:
            segments.append(Segment(at, block.start, "matter", None))
        at = block.start
        for quotation in quotations:
            if block.start <= quotation.start < block.end:
                if quotation.start > at:
                    segments.append(Segment(at, quotation.start, "narration", None))
                segments.append(Segment(quotation.start, quotation.end, "speech", quotation.id))
                at = quotation.end
        if block.end > at:
            segments.append(Segment(at, block.end, kinds.get(block.role, "narration"), None))  # type: ignore[arg-type]
        at = block.end
    if at < len(text):
        segments.append(Segment(at, len(text), "matter", None))
    return tuple(segments)
