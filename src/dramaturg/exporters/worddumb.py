"""Reading → X-Ray for Kindle with WordDumb, a plug-in for Calibre: `worddumb-custom-x-ray.json`.

Put the file into the book's folder in your Calibre library. Each row is a name with its spaCy label, its other names,
and a description that a Kindle shows when you tap the name. It is the same on every page, so to avoid spoilers it only
quotes the first mention.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from dramaturg.exporters.common.chapters import chapter_finder
from dramaturg.exporters.common.display_text import DisplayText
from dramaturg.exporters.common.entity_types import SPACY_LABELS
from dramaturg.exporters.common.mentions import mentions_by_character, whole_mentions
from dramaturg.formatting import clip, one_line
from dramaturg.phrases import snippet
from dramaturg.reading import Character, EntityType, Mention, Reading

ABOUT = "X-Ray on a Kindle, with Calibre's WordDumb plug-in"
SUFFIX = ".x-ray.json"
OWN_DESCRIPTION = 0  # WordDumb's code for a description that is not from an encyclopedia
MAX_DESCRIPTION_CHARACTERS = 400  # as many as a small screen shows at once

Row = tuple[str, str, str, str, int, bool]


def to_text(reading: Reading, *, named_only: bool = True) -> str:
    """The custom X-Ray list.

    `named_only`: leave out people without a name, since a noun like “the man” may refer to others too
    """
    rows = [*_people(reading, named_only), *_named_things(reading)]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _people(reading: Reading, named_only: bool) -> Iterator[Row]:
    mentions, display = mentions_by_character(reading), DisplayText(reading)
    taken: set[str] = set()
    for character in reading.characters:
        name = one_line(character.name)
        person_mentions = mentions.get(character.id, [])
        if name and name not in taken and person_mentions and (character.named or not named_only):
            taken.add(name)
            label = "PERSON" if character.kind == "person" else "ORG"
            yield (
                name,
                label,
                _aliases(character, name),
                _description(reading, display, person_mentions, character),
                OWN_DESCRIPTION,
                False,
            )


def _aliases(character: Character, name: str) -> str:
    # Aliases are separated by commas, so they cannot contain any.
    aliases = dict.fromkeys(one_line(alias) for alias in character.aliases)
    return ",".join(alias for alias in aliases if alias and alias != name and "," not in alias)


def _description(reading: Reading, display: DisplayText, mentions: list[Mention], character: Character | None) -> str:
    first = mentions[0]
    narrator = "The narrator. " if character is not None and character.narrator else ""
    chapter = chapter_finder(reading)(first.start) if len(reading.story.chapters) > 1 else 0
    where = f"First in chapter {chapter}: " if chapter else ""
    words = snippet(reading, first.start, before=120, after=200, words=display.plain)
    return clip(f"{narrator}{where}{words}", MAX_DESCRIPTION_CHARACTERS)


def _named_things(reading: Reading) -> Iterator[Row]:
    """Places, buildings, organisations and vehicles that have names, in text order."""
    found: dict[tuple[EntityType, str], list[Mention]] = defaultdict(list)
    display = DisplayText(reading)
    for mention in whole_mentions(reading):
        if mention.type != "PER" and mention.character is None:
            found[mention.type, mention.entity].append(mention)
    taken: set[str] = set()
    for (type, _), mentions in found.items():
        names = Counter(one_line(reading.text_of(mention)) for mention in mentions if mention.kind == "name")
        if not names:
            continue
        name = names.most_common(1)[0][0]
        if name in taken:
            continue
        taken.add(name)
        others = ",".join(other for other in names if other != name and "," not in other)
        yield name, SPACY_LABELS[type], others, _description(reading, display, mentions, None), OWN_DESCRIPTION, False
