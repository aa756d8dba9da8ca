"""Titles without a name: “Madame”, “the Captain”."""

from collections.abc import Mapping, Sequence

from dramaturg.cast.people.names.entities import Entity
from dramaturg.cast.people.names.parts import Parts, take_apart
from dramaturg.findings import Mention
from dramaturg.lexicon.language import Language

MAX_TITLE_PARAGRAPHS = 20  # after so many, a title alone is no longer the person's who was last called by it


def entities_of(names: Sequence[Mention], owner: Mapping[Parts, Entity], language: Language) -> list[Entity]:
    """The entity of each name. A title alone that several people have is the last one's who was called by it.

    `names`: in the order of the text. `owner`: the entity of each form.
    """
    last: dict[tuple[str, ...], tuple[Entity, int]] = {}
    found = []
    for mention in names:
        parts = take_apart(mention.form, language)
        entity = owner[parts]
        if parts.words and parts.titles:
            last[parts.titles] = entity, mention.paragraph
        elif parts.titles and all(not form.words for form in entity.forms) and parts.titles in last:
            bearer, paragraph = last[parts.titles]
            if mention.paragraph - paragraph <= MAX_TITLE_PARAGRAPHS:
                entity = bearer
                last[parts.titles] = bearer, mention.paragraph
        found.append(entity)
    return found
