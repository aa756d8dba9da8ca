"""What the corrections state about the people of one story, laid out so that each step can look up its part."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dramaturg.corrections.model import MergeCorrection, NarratorCorrection, PersonCorrection, fold_name
from dramaturg.corrections.resolve import Outcome, ResolvedCorrections, ResolvedMention
from dramaturg.findings import Mention
from dramaturg.layers.rules.corrections import find_mention
from dramaturg.lexicon.language import Language

NARRATOR_NAME = "Narrator"  # what a reading calls a narrator whose name is not found


@dataclass(frozen=True, slots=True)
class PeopleCorrections:
    """The corrections that concern people.

    `placed`: the character of single mentions, by index of the mention. `by_name`, `by_alias`: the people listed under
    [people], by folded name.
    """

    resolved: ResolvedCorrections
    placed: Mapping[int, ResolvedMention]
    by_name: Mapping[str, Sequence[PersonCorrection]]
    by_alias: Mapping[str, Sequence[PersonCorrection]]
    language: Language

    @property
    def listed(self) -> tuple[PersonCorrection, ...]:
        """The people of the cast."""
        return self.resolved.corrections.people

    @property
    def same(self) -> tuple[MergeCorrection, ...]:
        """Names that belong to one person."""
        return self.resolved.corrections.same

    @property
    def narrator(self) -> NarratorCorrection | None:
        """Who tells the story; None if the corrections do not say."""
        return self.resolved.corrections.narrator

    @property
    def is_complete(self) -> bool:
        """Whether the list of people is complete, so that nobody else is a character."""
        return self.resolved.is_complete("cast")


def lay_out(
    mentions: Sequence[Mention], language: Language, resolved: ResolvedCorrections | None = None
) -> PeopleCorrections:
    """Lay out what the corrections state about people. `mentions`: those of the story."""
    resolved = resolved or ResolvedCorrections()
    placed = {
        number: mention
        for mention in resolved.mentions
        if mention.correction.character is not None and (number := find_mention(mentions, mention.span)) >= 0
    }
    by_name: dict[str, list[PersonCorrection]] = defaultdict(list)
    by_alias: dict[str, list[PersonCorrection]] = defaultdict(list)
    for person in resolved.corrections.people:
        by_name[fold_name(person.name)].append(person)
        for alias in dict.fromkeys(map(fold_name, person.aliases)):
            by_alias[alias].append(person)
    return PeopleCorrections(resolved, placed, dict(by_name), dict(by_alias), language)


def unused(corrections: PeopleCorrections) -> tuple[Outcome, ...]:
    """The outcome of each correction that no step has noted an outcome of."""
    found = [
        Outcome(same, why="the story has no narrator without a name", is_last_resort=True) for same in corrections.same
    ]
    found += [
        Outcome(person, why="none of their names occurs in the story", is_last_resort=True)
        for person in corrections.listed
    ]
    found += [
        Outcome(mention.correction, why="no reference to a person was found there", is_last_resort=True)
        for mention in corrections.resolved.mentions
        if mention.correction.character is not None
    ]
    return tuple(found)
