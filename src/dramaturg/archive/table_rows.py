"""Reading → the rows of a library's tables."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dramaturg.reading import Reading

# Characters that SQLite cannot store as text, or cuts it at. Each is replaced by one character, so offsets stay valid.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# EPUB and some other formats use the singular where the rest use the plural: both are stored as one kind.
FANDOM, FANDOMS = "fandom", "fandoms"


@dataclass(frozen=True, slots=True)
class StoryRows:
    """The table rows of one reading, without the id of the story. Columns are in the order of schema.sql."""

    story: tuple[Any, ...]  # format, title, author, language, length, words, version, weights
    tags: list[tuple[Any, ...]]
    characters: list[tuple[Any, ...]]
    aliases: list[tuple[Any, ...]]
    passages: list[tuple[Any, ...]]
    quotations: list[tuple[Any, ...]]
    addressees: list[tuple[Any, ...]]


def rows_of(reading: Reading) -> StoryRows:
    """The rows of one reading."""
    story, source = reading.story, reading.story.source
    return StoryRows(
        story=(
            source.format,
            storable(source.title),
            storable(source.author),
            source.language,
            len(story.text),
            len(story.text.split()),
            reading.made_by.version,
            reading.made_by.weights,
        ),
        tags=_tags(source.metadata),
        characters=[
            (
                character.id,
                rank,
                storable(character.name),
                character.named,
                character.kind,
                character.pronouns,
                character.narrator,
                character.mentions,
                character.quotations,
                character.words_spoken,
            )
            for rank, character in enumerate(reading.characters, 1)
        ],
        aliases=list(dict.fromkeys((c.id, storable(alias)) for c in reading.characters for alias in c.aliases)),
        passages=_passages(reading),
        quotations=_quotations(reading),
        addressees=list(dict.fromkeys((q.id, a) for q in reading.quotations for a in q.addressees)),
    )


def storable(text: str | None) -> str | None:
    """The text with U+FFFD for each NUL and lone surrogate.

    >>> storable("a\\ud800b\\0")
    'a�b�'
    """
    return None if text is None else UNSTORABLE.sub("\ufffd", text)


def _tags(metadata: dict[str, object]) -> list[tuple[Any, ...]]:
    """A row for each value of each metadata field."""
    found: dict[tuple[str | None, str | None], None] = {}
    for kind, value in metadata.items():
        for tag in value if isinstance(value, list | tuple) else [value]:
            if isinstance(tag, str | int | float) and str(tag).strip():
                found[storable(FANDOMS if kind == FANDOM else kind), storable(str(tag))] = None
    return list(found)


def _passages(reading: Reading) -> list[tuple[Any, ...]]:
    blocks, text = reading.story.blocks, reading.story.text
    starts = [block.start for block in blocks]
    speakers = _by_passage(starts, ((q.start, q.speaker) for q in reading.quotations))
    people = _by_passage(starts, ((m.start, m.character) for m in reading.mentions))
    names = {character.id: storable(character.name) or "" for character in reading.characters}
    return [
        (
            number,
            block.start,
            block.end,
            block.role,
            storable(text[block.start : block.end]),
            "; ".join(names[id] for id in speakers.get(number, ())),
            "; ".join(names[id] for id in people.get(number, ())),
        )
        for number, block in enumerate(blocks)
    ]


def _by_passage(starts: list[int], occurrences: Iterable[tuple[int, str | None]]) -> dict[int, dict[str, None]]:
    """The ids in each passage by its number, in order of appearance, without repetition."""
    found: dict[int, dict[str, None]] = {}
    for start, id in occurrences:
        if id is not None:
            found.setdefault(bisect_right(starts, start) - 1, {})[id] = None
    return found


def _quotations(reading: Reading) -> list[tuple[Any, ...]]:
    blocks, text = reading.story.blocks, reading.story.text
    starts = [block.start for block in blocks]
    found = []
    for q in reading.quotations:
        number = bisect_right(starts, q.start) - 1
        inside = number >= 0 and q.end <= blocks[number].end
        words = len(text[q.start : q.end].split())
        found.append((q.id, number if inside else None, q.start, q.end, q.within, q.speaker, q.confidence, words))
    return found
