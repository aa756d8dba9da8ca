"""Entities: name forms that belong to one person, and what their titles and given names say."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from dramaturg.cast.people.names.parts import Parts
from dramaturg.findings import Gender
from dramaturg.lexicon.language import Language

SERVICE_KINDS = frozenset({"rank", "religious", "profession", "office"})  # of titles: the Admiral's wife is Mrs. Croft
MIN_OWN_NAME_COUNT = 15  # a form that occurs so often is not a slip


@dataclass(eq=False)
class Entity:
    """Name forms that belong to one person. Entities are compared by identity.

    `given`, `surnames`: its given names and surnames. `group`: a family (“the Westons”). `hinted`: named in a tag.
    """

    forms: Counter[Parts] = field(default_factory=Counter)
    given: set[str] = field(default_factory=set)
    surnames: set[str] = field(default_factory=set)
    gender: Gender = "?"
    group: bool = False
    hinted: bool = False

    @property
    def count(self) -> int:
        """How often any of its names occurs in the text."""
        return self.forms.total()

    def copy(self) -> "Entity":
        """Another entity with the same contents."""
        return replace(self, forms=self.forms.copy(), given=set(self.given), surnames=set(self.surnames))


def has_title_of(entity: Entity, titles: Collection[str]) -> bool:
    """Whether an entity is ever called by one of some titles."""
    return any(not set(parts.titles).isdisjoint(titles) for parts in entity.forms)


def is_in_service(entity: Entity, language: Language) -> bool:
    """Whether one of an entity's titles is a rank or an office."""
    return any(is_service_title(title, language) for parts in entity.forms for title in parts.titles)


def is_service_title(title: str, language: Language) -> bool:
    """Whether a title is a rank or an office that is not a woman's."""
    kind = language.people.titles[title]
    return kind.kind in SERVICE_KINDS and kind.gender != "f"


def is_noble(entity: Entity, language: Language) -> bool:
    """Whether an entity has a title of nobility, or is a knight."""
    used = {title for parts in entity.forms for title in parts.titles}
    titles = language.people.titles
    return bool(used & language.names.knightly_titles) or any(titles[title].kind == "nobility" for title in used)


def is_mostly_by_surname(entity: Entity, language: Language) -> bool:
    """Whether an entity is mostly called by a courtesy title and one name: “Mr. Gradgrind”."""
    titled = sum(
        n for p, n in entity.forms.items() if len(p.words) == 1 and set(p.titles) & language.names.courtesy_titles
    )
    return titled >= MIN_OWN_NAME_COUNT and 2 * titled > entity.count


def is_full_with_title(entity: Entity, language: Language) -> bool:
    """Whether an entity is called by courtesy title and full name, as one of several people of a surname is."""
    courtesy = language.names.courtesy_titles
    titled = sum(n for p, n in entity.forms.items() if len(p.words) > 1 and set(p.titles) & courtesy)
    plain = sum(n for p, n in entity.forms.items() if len(p.words) > 1 and not p.titles)
    return titled > 2 and titled > plain / 2


def known_gender(entity: Entity, language: Language) -> Gender:
    """An entity's gender by titles, else by given names."""
    if entity.gender != "?":
        return entity.gender
    known = {language.people.given_names.get(name, "?") for name in entity.given} - {"?"}
    return known.pop() if len(known) == 1 else "?"


def count_with_word(entity: Entity, word: str) -> int:
    """How often a word occurs among an entity's names."""
    return sum(n for parts, n in entity.forms.items() if word in parts.words)


def agree(one: Gender, other: Gender) -> bool:
    """Whether two genders may be one person's."""
    return one == "?" or other == "?" or one == other
