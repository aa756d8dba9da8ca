"""Reading → X-Ray for Kindle, by way of WordDumb, a plug-in of Calibre: `worddumb-custom-x-ray.json`.

The file goes into the book's folder in Calibre's library. Each row is a name with its label (spaCy's), its other names,
and a description, which a Kindle shows when the name is touched. It is shown at the first page as at the last, so it
tells of nobody more than how the story first speaks of them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator

from dramaturg.exporters.manuscript import Manuscript
from dramaturg.exporters.networks import chapter_finder
from dramaturg.exporters.people import mentions_by_character, whole_mentions
from dramaturg.formatting import clip, one_line
from dramaturg.phrases import snippet
from dramaturg.reading import Character, EntityType, Mention, Reading

OWN = 0  # the description is ours and not an encyclopedia's
LABELS: dict[EntityType, str] = {
    "PER": "PERSON",
    "FAC": "FAC",
    "GPE": "GPE",
    "LOC": "LOC",
    "VEH": "PRODUCT",  # spaCy counts what one rides in among products
    "ORG": "ORG",
}
LONGEST = 400  # characters that a small screen shows at once

Row = tuple[str, str, str, str, int, bool]


def to_text(reading: Reading, *, named_only: bool = True) -> str:
    """The custom X-Ray list.

    `named_only`: leave out people without a name, whose noun (“the man”) may mean others as well
    """
    rows = [*_people(reading, named_only), *_things(reading)]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def _people(reading: Reading, named_only: bool) -> Iterator[Row]:
    mentions, manuscript = mentions_by_character(reading), Manuscript(reading)
    taken: set[str] = set()
    for character in reading.characters:
        name = one_line(character.name)
        met = mentions.get(character.id, [])
        if name and name not in taken and met and (character.named or not named_only):
            taken.add(name)
            label = "PERSON" if character.kind == "person" else "ORG"
            yield name, label, _aliases(character, name), _description(reading, manuscript, met, character), OWN, False


def _aliases(character: Character, name: str) -> str:
    # They are parted by commas, and so can hold none.
    aliases = dict.fromkeys(one_line(alias) for alias in character.aliases)
    return ",".join(alias for alias in aliases if alias and alias != name and "," not in alias)


def _description(reading: Reading, manuscript: Manuscript, met: list[Mention], character: Character | None) -> str:
    first = met[0]
    tells = "Tells the story. " if character is not None and character.narrator else ""
    chapter = chapter_finder(reading)(first.start) if len(reading.story.chapters) > 1 else 0
    where = f"First in chapter {chapter}: " if chapter else ""
    words = snippet(reading, first.start, before=120, after=200, words=manuscript.words)
    return clip(f"{tells}{where}{words}", LONGEST)


def _things(reading: Reading) -> Iterator[Row]:
    """Places, buildings, organisations and what one rides in, those with names, in the order of the text."""
    found: dict[tuple[EntityType, str], list[Mention]] = defaultdict(list)
    manuscript = Manuscript(reading)
    for mention in whole_mentions(reading):
        if mention.type != "PER" and mention.character is None:
            found[mention.type, mention.entity].append(mention)
    taken: set[str] = set()
    for (type, _), met in found.items():
        names = Counter(one_line(reading.text_of(mention)) for mention in met if mention.kind == "name")
        if not names:
            continue
        name = names.most_common(1)[0][0]
        if name in taken:
            continue
        taken.add(name)
        others = ",".join(other for other in names if other != name and "," not in other)
        yield name, LABELS[type], others, _description(reading, manuscript, met, None), OWN, False
