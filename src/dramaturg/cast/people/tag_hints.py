"""Hints: the characters that a story's tags name. Tags misname characters and leave some out."""

import re

from dramaturg.lexicon.language import Language
from dramaturg.story import Story

NOTE = re.compile(r"\s*\([^)]*\)")  # “Ilo (Of the Tower)”


def hinted_names(story: Story, language: Language) -> tuple[str, ...]:
    """The names in a story's tags for characters and relationships, each once, in their order."""
    separators, unnamed = language.names.tag_separators, language.names.unnamed_in_tags
    tags = [tag for key in ("characters", "relationships") for tag in _values(story.source.metadata.get(key))]
    names = [name.strip() for tag in tags for name in separators.split(NOTE.sub("", tag))]
    return tuple(dict.fromkeys(name for name in names if name[:1].isupper() and not unnamed.search(name)))


def _values(value: object) -> list[str]:
    """A tag's values: archives of fan fiction give one or several."""
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
