"""Hints: whom the tags around a story name as its characters. A hint, not a fact: tags misname and leave out."""

import re

from dramaturg.story import Story

BESIDE = re.compile(r"\s*\([^)]*\)")  # “Ilo (Of the Tower)”
TOGETHER = re.compile(r"\s*(?:/|&|,| and | x )\s*")
NOBODY = re.compile(
    r"\b(?:original|characters?|reader|everyone|ensemble|other|minor|various|ocs?|omcs?|ofcs?)\b", re.IGNORECASE
)


def hinted_names(story: Story) -> tuple[str, ...]:
    """The names in a story's tags for characters and relationships, each once, in their order."""
    tags = [tag for key in ("characters", "relationships") for tag in _listed(story.source.metadata.get(key))]
    names = [name.strip() for tag in tags for name in TOGETHER.split(BESIDE.sub("", tag))]
    return tuple(dict.fromkeys(name for name in names if name[:1].isupper() and not NOBODY.search(name)))


def _listed(value: object) -> list[str]:
    """A tag's values: fan fiction's archives give one or several."""
    if isinstance(value, str):
        return [value]
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
