"""Reading → JSON-LD with schema.org's words: the story, its people, whom each talks with, and if asked their lines.

What schema.org has no word for (how many quotations, how many words) has terms of its own under `urn:dramaturg:`. The
context stands in the document, so nothing needs to be fetched to understand it.
"""

import json
from typing import Any

from dramaturg.exporters.networks import network_of
from dramaturg.formatting import one_line
from dramaturg.reading import Character, Reading

OURS = "urn:dramaturg:"
COUNTS = ("quotations", "wordsSpoken", "mentions", "tellsTheStory", "start", "end", "confidence", "quotationsTo")
CONTEXT = {"@vocab": "https://schema.org/", **{term: OURS + term for term in COUNTS}}
GENDERS = {"she": "https://schema.org/Female", "he": "https://schema.org/Male"}


def to_text(reading: Reading, *, lines: bool = False) -> str:
    """The JSON-LD document.

    `lines`: also each quotation, with who says it to whom; this holds the story's words
    """
    graph: list[dict[str, Any]] = [_work(reading), *(_person(reading, c) for c in reading.characters)]
    graph += _relations(reading)
    if lines:
        graph += _lines(reading)
    return json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _work(reading: Reading) -> dict[str, Any]:
    source = reading.story.source
    return _known(
        {
            "@id": "#story",
            "@type": "CreativeWork",
            "name": one_line(source.title or source.path),
            "author": {"@type": "Person", "name": one_line(source.author)} if source.author else None,
            "inLanguage": source.language,
            "genre": "Fiction",
            "character": [{"@id": _id(character.id)} for character in reading.characters],
        }
    )


def _person(reading: Reading, character: Character) -> dict[str, Any]:
    return _known(
        {
            "@id": _id(character.id),
            "@type": "Person" if character.kind == "person" else "Organization",
            "identifier": character.id,
            "name": one_line(character.name),
            "alternateName": [one_line(alias) for alias in character.aliases],
            "gender": GENDERS.get(character.pronouns or "") if character.kind == "person" else None,
            "pronouns": character.pronouns if character.kind == "person" else None,
            "tellsTheStory": character.narrator,
            "quotations": character.quotations,
            "wordsSpoken": character.words_spoken,
            "mentions": character.mentions,
        }
    )


def _relations(reading: Reading) -> list[dict[str, Any]]:
    """An act of talking for each pair, from the one who talks to the one talked to, the most quotations first."""
    return [
        {
            "@id": f"#talk-{n}",
            "@type": "CommunicateAction",
            "agent": {"@id": _id(edge.source)},
            "recipient": {"@id": _id(edge.target)},
            "quotationsTo": edge.weight,
        }
        for n, edge in enumerate(network_of(reading, "conversation").edges, 1)
    ]


def _lines(reading: Reading) -> list[dict[str, Any]]:
    return [
        _known(
            {
                "@id": f"#{quotation.id}",
                "@type": "Quotation",
                "text": reading.text_of(quotation),
                "isPartOf": {"@id": "#story"},
                "spokenByCharacter": {"@id": _id(quotation.speaker)} if quotation.speaker is not None else None,
                "audience": [{"@id": _id(id)} for id in quotation.addressees],
                "start": quotation.start,
                "end": quotation.end,
                "confidence": quotation.confidence,
            }
        )
        for quotation in reading.quotations
    ]


def _id(character: str) -> str:
    return f"#character-{character}"


def _known(node: dict[str, Any]) -> dict[str, Any]:
    """A node without what is unknown or empty, which JSON-LD says by silence."""
    return {name: value for name, value in node.items() if value is not None and value != [] and value != ""}
