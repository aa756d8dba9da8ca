"""The queue of doubts: what a person should look at first, and what may be answered.

The order. Each doubt has a `weight`: the quotations that a right answer is expected to put right. It is the chance that
the present answer is wrong times what hangs on it, largest first, text order where equal:

- who speaks an utterance: itself, and of each utterance near it in the same talk whose speaker hangs on its neighbours
  the doubt, halved with every step; a long speech counts up to three times a short one;
- who tells a story in the first person, where the narrator has no name: what the narrator says, and a good part of all
  the narration's people, so that this one comes first;
- whether two names are one person's: what the lesser of them says.

What a correction has settled is no doubt.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log1p
from typing import Literal

from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Character, Quotation, Reading
from dramaturg.utterances import Utterance, utterances

DoubtKind = Literal["narrator", "same", "speaker"]

SETTLED = 0.95  # a speaker this sure is none for the queue
CONVERSATION = 400  # code points of narration between two utterances of one talk at most
REACH = 4  # utterances: how far an answer carries
HANGING = frozenset({"turn", "content", "vocative", "action", "pronoun_tag"})  # evidence that neighbours move
LONG = 60  # words: a speech of this length weighs twice a short one
MOST_CHOICES = 9
NAMELESS_NARRATOR = 0.9  # how surely an unnamed narrator is somebody with a name
SAME_NAME = 0.3  # how often two people who share a name are one
FEWEST = 3  # mentions: of whom less is said, no one is asked


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that may be given: a character's id, and how likely it is; None: that was not asked."""

    character: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """One decision that may be wrong. `weight`: see above.

    `start`, `end`: the place to look at. `quotations`: ids of the utterance's parts, for a speaker. `character`: whom
    the reading now says, or None; for `same`, the better known of the two. `choices`: other answers, likeliest first;
    for `same`, the one other.
    """

    kind: DoubtKind
    weight: float
    start: int
    end: int
    quotations: tuple[str, ...]
    character: str | None
    confidence: float | None
    choices: tuple[Choice, ...]


def uncertain(reading: Reading) -> list[Doubt]:
    """The doubts of a reading, the one most worth an answer first. Linear in its length."""
    spoken = utterances(reading)
    found = [*_speakers(spoken), *_narrator(reading), *_namesakes(reading)]
    return sorted(found, key=lambda doubt: (-doubt.weight, doubt.start, doubt.kind))


def _speakers(spoken: Sequence[Utterance]) -> Iterator[Doubt]:
    doubts = [_doubt(utterance.first) for utterance in spoken]
    talks = _talks(spoken)
    for i, utterance in enumerate(spoken):
        first = utterance.first
        if doubts[i] <= 1 - SETTLED:
            continue
        pulled = 0.0
        for step in range(1, REACH + 1):
            for j in (i - step, i + step):
                if 0 <= j < len(spoken) and talks[j] == talks[i] and _hangs(spoken[j].first):
                    pulled += doubts[j] * 0.5**step
        weight = doubts[i] * (1 + pulled) * _size(utterance)
        yield Doubt(
            "speaker",
            round(weight, 4),
            first.start,
            utterance.parts[-1].end,
            tuple(part.id for part in utterance.parts),
            first.speaker,
            first.confidence,
            tuple(_choices(spoken, talks, i)),
        )


def _choices(spoken: Sequence[Utterance], talks: Sequence[int], i: int) -> list[Choice]:
    """Who else may say an utterance: those that were thought of, then those who talk around it, the nearest first."""
    first = spoken[i].first
    found = [Choice(one.speaker, one.confidence) for one in first.alternatives]
    known = {first.speaker, None, *(one.character for one in found)}
    around = [j for step in range(REACH + 1) for j in (i - step, i + step) if 0 <= j < len(spoken)]
    for other in (spoken[j].first for j in around if talks[j] == talks[i]):
        for id in (other.speaker, *other.addressees):
            if id is not None and id not in known:
                known.add(id)
                found.append(Choice(id, None))
    return found[:MOST_CHOICES]


def _doubt(quotation: Quotation) -> float:
    """The chance that what is said of a quotation's speaker is wrong; 1 where nobody is given."""
    if quotation.evidence is not None and quotation.evidence.kind == "correction":
        return 0.0
    return 1.0 if quotation.confidence is None else 1 - quotation.confidence


def _hangs(quotation: Quotation) -> bool:
    return quotation.evidence is None or quotation.evidence.kind in HANGING


def _size(utterance: Utterance) -> float:
    words = sum(part.end - part.start for part in utterance.parts) / 5.5
    return min(3.0, 0.5 + log1p(words / LONG * 3))


def _talks(spoken: Sequence[Utterance]) -> list[int]:
    """The number of the talk that each utterance belongs to."""
    numbers, number = [], 0
    for i, utterance in enumerate(spoken):
        if i and utterance.first.start - spoken[i - 1].parts[-1].end > CONVERSATION:
            number += 1
        numbers.append(number)
    return numbers


def _narrator(reading: Reading) -> Iterator[Doubt]:
    """An unnamed narrator, who is most likely somebody that the others call by name."""
    for narrator in reading.characters:
        if not narrator.narrator or narrator.named:
            continue
        others = [c for c in reading.characters if c.named and c.kind == "person" and c is not narrator]
        others.sort(key=lambda c: (-_called(c), c.id))
        place = narrator.first or 0
        weight = NAMELESS_NARRATOR * (narrator.quotations + narrator.mentions / 10 + 1)
        choices = tuple(Choice(c.id, None) for c in others[:MOST_CHOICES])
        yield Doubt("narrator", round(weight, 4), place, place, (), narrator.id, None, choices)


def _called(character: Character) -> float:
    """How likely a person is the narrator: of whom much is said and who says nothing, being the one that says I."""
    return character.mentions / (1 + character.quotations)


def _namesakes(reading: Reading) -> Iterator[Doubt]:
    """Two named people who share a word of their names, each with a word the other lacks: “Tom Gray”, “old Gray”.

    The place is where both have been called so.
    """
    people = [c for c in reading.characters if c.named and c.kind == "person" and c.mentions >= FEWEST]
    settled = {row.get("person") for row in reading.corrections.applied if isinstance(row, dict)}
    bearers: dict[str, list[int]] = defaultdict(list)
    for number, character in enumerate(people):
        for word in _name_words(character):
            bearers[word].append(number)
    asked = set()
    called = _first_called(reading)
    for number, character in enumerate(people):
        for word in sorted(_name_words(character)):
            # A whole family shares a surname: only who shares it with one other may be that other.
            if len(bearers[word]) != 2:
                continue
            other = next(n for n in bearers[word] if n != number)
            pair = (min(number, other), max(number, other))
            chief, lesser = people[pair[0]], people[pair[1]]  # characters stand most prominent first
            if pair in asked or _told_apart(chief, lesser) or {chief.name, lesser.name} <= settled:
                continue
            asked.add(pair)
            weight = SAME_NAME * (lesser.quotations + lesser.mentions / 10)
            start, end = max(_called_so(called, one, word) for one in (chief, lesser))
            choice = (Choice(lesser.id, None),)
            yield Doubt("same", round(weight, 4), start, end, (), chief.id, None, choice)


def _first_called(reading: Reading) -> dict[tuple[str, str], tuple[int, int]]:
    """Where each character is first called by a name with each word in it."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for mention in reading.mentions:
        if mention.kind == "name" and mention.character is not None:
            for word in _words(reading.text_of(mention)):
                found.setdefault((mention.character, word), (mention.start, mention.end))
    return found


def _called_so(called: dict[tuple[str, str], tuple[int, int]], one: Character, word: str) -> tuple[int, int]:
    """Where somebody is first called so; by a name that stands nowhere, where they are last spoken of."""
    place = one.last or one.first or 0
    return called.get((one.id, word), (place, place))


def _name_words(character: Character) -> set[str]:
    words = {word for name in (character.name, *character.aliases) for word in _words(name)}
    return words - ENGLISH.people.titles.keys()


def _words(name: str) -> list[str]:
    return [word for word in name.casefold().replace(".", "").split() if len(word) > 2]


def _told_apart(one: Character, other: Character) -> bool:
    """Whether two people differ in gender: a husband and wife, a brother and sister."""
    return None not in (one.pronouns, other.pronouns) and one.pronouns != other.pronouns
