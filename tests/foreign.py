"""Readings for the tests of exports and imports: of the example stories, and any that hypothesis can think of."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from dramaturg import Reading, read
from dramaturg.importers.annotations import AnnotatedPerson, AnnotatedQuotation, Annotations, reading_from
from dramaturg.reading import (
    ENTITY_TYPES,
    EVIDENCE_KINDS,
    MENTION_KINDS,
    SUPERSENSES,
    Alternative,
    Event,
    Evidence,
    Mention,
    Supersense,
    SupersenseLabel,
)
from dramaturg.story import ROLES, Block, Chapter, Source, Span, Story

EXAMPLES = Path(__file__).parent.parent / "examples"
STORIES = sorted(path for path in EXAMPLES.glob("*") if path.suffix in (".txt", ".md") and path.stem != "README")
# Ids that are no names in XML, and words that mean something in one format or another.
PEOPLE = ("emma", "3-boys", "zoë", "miss bates", "a|b,c:d%", "#x", "q1")
WORDS = (
    "Emma",
    "she",
    "“Oh!”",
    "don't",
    "—",
    "…",
    "<b>",
    "a&b",
    "e\u0301",
    "😀",
    "]]>",
    '"',
    "x\ty",
    "|",
    "(",
    "#",
    "Mr.",
)
ODD = ("\x00", "\x0c", "\ufeffa", "a\rb", "\x85z", "\ufffe", "\ud800")
# The strategy is rich: few readings reach every corner, and a busy machine may be slow with one.
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@cache
def example(path: Path) -> Reading:
    """The reading of one of the example stories, with its tokens."""
    return read(path, tokens=True)


@st.composite
def readings(draw: st.DrawFn, odd: bool = True, crossing: bool = True, loose: bool = True) -> Reading:
    """Any reading: blocks of all roles, mentions that nest and cross, speech in speech, people without mentions.

    `odd`: with characters that XML or UTF-8 cannot hold. `crossing`: whether quotations may cross. `loose`: with text
    outside of all blocks.
    """
    words = st.sampled_from(WORDS + ODD if odd else WORDS)
    paragraph = st.lists(words, min_size=1, max_size=8).map(lambda said: _joined(said))
    pieces = draw(st.lists(st.tuples(paragraph, st.sampled_from(ROLES)), min_size=1, max_size=6))
    blocks, text = [], draw(st.sampled_from(["", "\n", " "]))
    for said, role in pieces:
        if not loose or draw(st.integers(0, 5)):
            blocks.append(Block(len(text), len(text) + len(said), role))
        text += said + draw(st.sampled_from(["\n\n", "\n", "\n\n\n  "]))
    places = [n for block in blocks for n in range(block.start, block.end) if not text[n].isspace()]
    people = draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1))
    story = Story(text, tuple(blocks), SOURCE, chapters=tuple(_chapters(draw, blocks, text)))
    parts = Annotations(story, [draw(_people(id)) for id in people], in_order=True)
    if places:
        who = st.sampled_from(people)
        spans = st.tuples(st.sampled_from(places), st.sampled_from(places)).map(lambda s: (min(s), max(s) + 1))
        emphasis = sorted(draw(st.lists(spans, max_size=3)), key=lambda span: (span[0], -span[1]))
        parts.story = replace(story, emphasis=tuple(Span(*span) for span in emphasis))
        parts.mentions = draw(st.lists(spans.flatmap(lambda span: _mentions(span, who)), max_size=8))
        parts.quotations = draw(st.lists(spans.flatmap(lambda span: _said(span, who)), max_size=6))
        if not crossing:
            parts.quotations = _nested(parts.quotations, blocks)
        parts.thoughts = [Span(*span) for span in draw(st.lists(spans, max_size=2)) if _in_one(span, blocks)]
        parts.tags = [Span(*span) for span in draw(st.lists(spans, max_size=2)) if _in_one(span, blocks)]
        parts.events = draw(st.lists(spans.flatmap(lambda span: _events(span, who)), max_size=3))
        parts.supersenses = _apart(draw(st.lists(st.tuples(spans, st.sampled_from(SUPERSENSES)), max_size=4)))
    return reading_from(parts, "a test")


METADATA: dict[str, object] = {
    "rating": "Teen & <Up>",
    "words": 1200,
    "fandoms": ["Bleach", "a|b"],
    "Release date": "1901",
    "completed": True,
}
SOURCE = Source("any story.txt", "text", "A <title>", "A & B", "0" * 64, "en", METADATA)
CHANCES = st.sampled_from([0.0, 0.25, 0.8421, 1.0])


def _joined(words: list[str]) -> str:
    text = " ".join(words).strip()
    return text if text.strip() == text and text else f"x{text}x"


def _chapters(draw: st.DrawFn, blocks: list[Block], text: str) -> list[Chapter]:
    starts = sorted(draw(st.sets(st.sampled_from([block.start for block in blocks]), max_size=2))) if blocks else []
    ends = [*starts[1:], len(text)]
    titles = [draw(st.sampled_from([None, "I", "The <Box>"])) for _ in starts]
    return [Chapter(f"c{n}", t, a, b) for n, (t, a, b) in enumerate(zip(titles, starts, ends, strict=False), 1)]


def _people(id: str) -> st.SearchStrategy[AnnotatedPerson]:
    return st.builds(
        AnnotatedPerson,
        id=st.just(id),
        name=st.sampled_from(["Emma", "Mr. <X>", "the “boys”"]),
        named=st.booleans(),
        kind=st.sampled_from(["person", "group"]),
        aliases=st.sampled_from([("a|b", "c%7C")]) | st.just(("Em",)),
        pronouns=st.sampled_from([None, "she", "xe"]),
        narrator=st.booleans(),
    )


def _mentions(span: tuple[int, int], who: st.SearchStrategy[str]) -> st.SearchStrategy[Mention]:
    kind, type = st.sampled_from(MENTION_KINDS), st.sampled_from(ENTITY_TYPES)
    # A cluster may have another id than the person whom it was found to be.
    entity = st.sampled_from([None, None, "e 9"])
    of_person = st.tuples(kind, who, entity).map(lambda v: Mention(*span, v[0], "PER", v[2] or v[1], v[1], 0.9))
    of_other = st.tuples(kind, type).map(lambda v: Mention(*span, v[0], v[1], f"the {v[1]}-1", None, 0.5))
    return of_person | of_other


def _said(span: tuple[int, int], who: st.SearchStrategy[str]) -> st.SearchStrategy[AnnotatedQuotation]:
    evidence = st.sampled_from(EVIDENCE_KINDS).map(lambda kind: Evidence(kind, *span))
    alternative = st.builds(Alternative, who, CHANCES)
    return st.builds(
        AnnotatedQuotation,
        start=st.just(span[0]),
        end=st.just(span[1]),
        speaker=st.none() | who,
        addressees=st.lists(who, max_size=2).map(tuple),
        group=st.sampled_from(["", "", "one"]),
        confidence=CHANCES,
        evidence=st.none() | evidence,
        alternatives=st.lists(alternative, max_size=2).map(tuple),
    )


def _events(span: tuple[int, int], who: st.SearchStrategy[str]) -> st.SearchStrategy[Event]:
    people = st.lists(who, max_size=2).map(tuple)
    return st.builds(Event, st.just(span[0]), st.just(span[1]), people, people, CHANCES)


def _apart(drawn: list[tuple[tuple[int, int], SupersenseLabel]]) -> list[Supersense]:
    """Those that begin after the one before ends."""
    kept: list[Supersense] = []
    for (start, end), label in sorted(drawn):
        if not kept or start >= kept[-1].end:
            kept.append(Supersense(start, end, label))
    return kept


def _in_one(span: tuple[int, int], blocks: list[Block]) -> bool:
    return any(block.start <= span[0] and span[1] <= block.end for block in blocks if block.role == "paragraph")


def _nested(said: list[AnnotatedQuotation], blocks: list[Block]) -> list[AnnotatedQuotation]:
    kept: list[AnnotatedQuotation] = []
    for row in said:
        crosses = any(a.start < row.start < a.end < row.end or row.start < a.start < row.end < a.end for a in kept)
        if not crosses and any(block.start <= row.start and row.end <= block.end for block in blocks):
            kept.append(row)
    return kept


def without(reading: Reading, *names: str) -> dict[str, Any]:
    """A reading as plain values, but for what says where it came from, and what else is named."""
    return {k: v for k, v in reading.to_dict().items() if k not in ("made_by", "source", "warnings", *names)}


def source_of(reading: Reading) -> tuple[object, ...]:
    """What a reading tells of where its story came from, but for the file itself."""
    source = reading.story.source
    return source.title, source.author, source.language, source.metadata
