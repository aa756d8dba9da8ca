"""Reading → JSON-LD in schema.org vocabulary: the story, its people, who talks to whom, and on request their lines.

Terms that schema.org lacks (the number of quotations, of words) are under `urn:dramaturg:`. The context is part of the
document, so nothing needs to be fetched to understand it.
"""

import json
from typing import Any

from dramaturg.exporters.common.networks import network_of
from dramaturg.formatting import one_line
from dramaturg.portraits import portrait
from dramaturg.reading import Character, Reading

ABOUT = "people and relations in schema.org vocabulary"
SUFFIX = ".jsonld"
NAMESPACE = "urn:dramaturg:"
OWN_TERMS = ("quotations", "wordsSpoken", "mentions", "tellsTheStory", "start", "end", "confidence", "quotationsTo")
CONTEXT = {"@vocab": "https://schema.org/", **{term: NAMESPACE + term for term in OWN_TERMS}}
GENDERS = {"she": "https://schema.org/Female", "he": "https://schema.org/Male"}


def to_text(reading: Reading, *, lines: bool = False) -> str:
    """The JSON-LD document.

    `lines`: include each quotation with its speaker and addressees; this includes the story's words
    """
    graph: list[dict[str, Any]] = [_work(reading), *(_person(reading, c) for c in reading.characters)]
    graph += _relations(reading)
    if lines:
        graph += _lines(reading)
    return json.dumps({"@context": CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _work(reading: Reading) -> dict[str, Any]:
    source = reading.story.source
    return _without_empty(
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
    return _without_empty(
        {
            "@id": _id(character.id),
            "@type": "Person" if character.kind == "person" else "Organization",
            "identifier": character.id,
            "name": one_line(character.name),
            "alternateName": [one_line(alias) for alias in character.aliases],
            "gender": GENDERS.get(character.pronouns or "") if character.kind == "person" else None,
            "pronouns": character.pronouns if character.kind == "person" else None,
            "description": one_line(portrait(reading, character)),
            "jobTitle": [one_line(f.value) for f in reading.facts if f.person == character.id and f.kind == "work"],
            "relatedTo": [
                {"@type": "Role", "roleName": one_line(f.value), "relatedTo": {"@id": _id(f.of)}}
                for f in reading.facts
                if f.person == character.id and f.kind == "kin" and f.of is not None
            ],
            "tellsTheStory": character.narrator,
            "quotations": character.quotations,
            "wordsSpoken": character.words_spoken,
            "mentions": character.mentions,
        }
    )


def _relations(reading: Reading) -> list[dict[str, Any]]:
    """A CommunicateAction for each speaker and addressee, by descending number of quotations."""
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
        _without_empty(
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


def _without_empty(node: dict[str, Any]) -> dict[str, Any]:
    """A node without unknown and empty values, which JSON-LD leaves out."""
    return {name: value for name, value in node.items() if value is not None and value != [] and value != ""}
