"""Two readings → what changed: between two drafts of a story, or between two readings of one text."""

from collections import defaultdict
from dataclasses import dataclass

from dramaturg.compare.alignment import Alignment
from dramaturg.compare.changes import same_people
from dramaturg.reading import Character, Quotation, Reading


@dataclass(frozen=True, slots=True)
class Pair:
    """A quotation that is in both readings."""

    old: Quotation
    new: Quotation


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed from an old reading to a new one.

    `people`: new character ids by old ones. `people_added`, `people_removed`: characters that only one reading has.
    `people_joined`: a new character and the old ones that were merged into it. `people_changed`: the old and new
    character where name, pronouns, kind or narrator differ. `speakers`, `addressees`: quotations of both readings
    where these differ. `added`, `removed`: quotations that only one reading has.
    """

    people: dict[str, str]
    people_added: tuple[Character, ...]
    people_removed: tuple[Character, ...]
    people_joined: tuple[tuple[Character, tuple[Character, ...]], ...]
    people_changed: tuple[tuple[Character, Character], ...]
    speakers: tuple[Pair, ...]
    addressees: tuple[Pair, ...]
    added: tuple[Quotation, ...]
    removed: tuple[Quotation, ...]
    paragraphs_added: int
    paragraphs_removed: int

    def __bool__(self) -> bool:
        """Whether anything changed."""
        people = (self.people_added, self.people_removed, self.people_joined, self.people_changed)
        quotations = (self.speakers, self.addressees, self.added, self.removed)
        return any(people) or any(quotations) or self.paragraphs_added + self.paragraphs_removed > 0


def find_differences(old: Reading, new: Reading) -> Differences:
    """Find what changed from an old reading to a new one."""
    alignment = Alignment(old, new)
    pairs = _pairs(old, new, alignment)
    starts = {m.start for m in old.mentions} | {q.start for q in old.quotations}
    place = {start: at for start in starts if (at := alignment.place(start)) is not None}
    people = same_people(old, new, place)
    _match_names(old, new, people)
    old_by_new: dict[str, list[Character]] = defaultdict(list)
    for character in old.characters:
        if character.id in people:
            old_by_new[people[character.id]].append(character)
    kept_old, kept_new = {pair.old.id for pair in pairs}, {pair.new.id for pair in pairs}
    return Differences(
        people=people,
        people_added=tuple(c for c in new.characters if c.id not in old_by_new),
        people_removed=tuple(c for c in old.characters if c.id not in people),
        people_joined=tuple((new.character(id), tuple(olds)) for id, olds in old_by_new.items() if len(olds) > 1),
        people_changed=tuple(
            (olds[0], new.character(id))
            for id, olds in old_by_new.items()
            if len(olds) == 1 and _facts(olds[0]) != _facts(new.character(id))
        ),
        speakers=tuple(p for p in pairs if _moved(p.old.speaker, people) != p.new.speaker),
        addressees=tuple(p for p in pairs if {_moved(id, people) for id in p.old.addressees} != set(p.new.addressees)),
        added=tuple(q for q in new.quotations if q.id not in kept_new),
        removed=tuple(q for q in old.quotations if q.id not in kept_old),
        paragraphs_added=alignment.added,
        paragraphs_removed=alignment.removed,
    )


def _moved(id: str | None, people: dict[str, str]) -> str | None:
    return None if id is None else people.get(id, "")


def _facts(character: Character) -> tuple[str, str | None, bool, str]:
    return character.name, character.pronouns, character.narrator, character.kind


def _match_names(old: Reading, new: Reading, people: dict[str, str]) -> None:
    """Match the characters left over by name."""
    taken = set(people.values())
    names = {c.name: c.id for c in new.characters if c.id not in taken}
    for character in old.characters:
        if character.id not in people and character.name in names:
            people[character.id] = names.pop(character.name)


def _pairs(old: Reading, new: Reading, alignment: Alignment) -> list[Pair]:
    theirs = {(q.start, q.within is None): q for q in new.quotations}
    found = []
    for quotation in old.quotations:
        at = alignment.place(quotation.start)
        other = theirs.get((at, quotation.within is None)) if at is not None else None
        if other is not None and old.text_of(quotation) == new.text_of(other):
            found.append(Pair(quotation, other))
    return found
