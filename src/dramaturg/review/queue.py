"""The queue of doubts: decisions that may be wrong, in the order in which a person's answers help most.

Each doubt has an `expected_gain`: the number of utterances that the right answer is expected to correct. It is the
probability that the present answer is wrong times the number of utterances that it decides. The largest comes first,
and doubts of the same gain come in text order:

- The speaker of an utterance: the utterance itself. What an answer does to its neighbours shows when the story is read
  again. Answering the training stories of today's kinds in several orders, with a new reading after each answer, the
  plain probability corrected the most lines; to add the doubts of the neighbours, or to prefer long speeches, corrected
  fewer.
- The narrator, if a story in the first person has a narrator without a name: everything the narrator says, and many of
  the references in the narration, so this question comes first.
- Whether two names belong to one person: what the less prominent of the two says.

A decision that a correction has settled is not a doubt.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from dramaturg.lexicon.en import ENGLISH
from dramaturg.reading import Character, Quotation, Reading
from dramaturg.utterances import Utterance, utterances

DoubtKind = Literal["narrator", "same", "speaker"]

MAX_PROBABILITY = 0.95  # a speaker as probable as this is not asked about
MAX_GAP_LENGTH = 400  # code points of narration between two utterances of one conversation
MAX_STEPS = 4  # utterances between a line and those whose speakers may have said it
MAX_CHOICES = 20
WORTH_ASKING = 0.5  # expected gain: below, the present answer is more likely right than wrong
MAX_SHARE_OF_LINES = 0.25  # to be asked about in one session; past it, reading the story again is less work
MIN_QUESTIONS = 5  # of one session, however short the story
NEARBY = 800  # code points before and after an utterance in which whoever is mentioned may be its speaker
NAMED_NARRATOR_PROBABILITY = 0.9  # that a narrator without a name is a character who has one
SAME_PERSON_PROBABILITY = 0.3  # of two people who share a part of their names
MIN_MENTIONS = 3  # of each of two people, to ask whether they are one


@dataclass(frozen=True, slots=True)
class Choice:
    """A possible answer: a character's id and its probability, None if the model did not consider it."""

    character: str
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A decision that may be wrong. `expected_gain`: see above.

    `start`, `end`: the place in the text. `quotations`: the ids of the utterance's parts, for a speaker. `character`:
    the present answer, None if there is none; for `same`, the more prominent of the two people. `choices`: the other
    answers, most probable first; for `same`, the other person.
    """

    kind: DoubtKind
    expected_gain: float
    start: int
    end: int
    quotations: tuple[str, ...]
    character: str | None
    confidence: float | None
    choices: tuple[Choice, ...]


def find_doubts(reading: Reading) -> list[Doubt]:
    """Find the doubts of a reading, the one with the largest expected gain first, in time linear in its length."""
    spoken = utterances(reading)
    doubts = [*_doubt_speakers(spoken, _people_near(reading)), *_doubt_narrator(reading), *_doubt_namesakes(reading)]
    return sorted(doubts, key=lambda doubt: (-doubt.expected_gain, doubt.start, doubt.kind))


def is_worth_asking(doubt: Doubt) -> bool:
    """Whether the answer is expected to correct enough. Questions about people are few, and always worth it."""
    return doubt.kind != "speaker" or doubt.expected_gain >= WORTH_ASKING


def worth_asking(reading: Reading, doubts: Sequence[Doubt]) -> list[Doubt]:
    """Those of the doubts that a person should be asked about in one session."""
    return list(filter(is_worth_asking, doubts))[: questions_worth_asking(reading)]


def questions_worth_asking(reading: Reading) -> int:
    """How many questions about one story are not too many for one session."""
    return max(MIN_QUESTIONS, round(MAX_SHARE_OF_LINES * len(utterances(reading))))


def expected_errors(reading: Reading) -> float:
    """How many utterances are expected to have a wrong speaker, or none."""
    return sum(_error_probability(utterance.first) for utterance in utterances(reading))


def _people_near(reading: Reading) -> Callable[[Utterance], Iterator[str]]:
    """A function that gives the people who are mentioned near an utterance, the nearest first."""
    mentions = sorted((m.start, m.character) for m in reading.mentions if m.character is not None)
    starts = [start for start, _ in mentions]

    def near(utterance: Utterance) -> Iterator[str]:
        start, end = utterance.first.start, utterance.parts[-1].end
        found = mentions[bisect_left(starts, start - NEARBY) : bisect_right(starts, end + NEARBY)]
        return (id for _, id in sorted(found, key=lambda one: (max(start - one[0], one[0] - end, 0), one)))

    return near


def _doubt_speakers(spoken: Sequence[Utterance], near: Callable[[Utterance], Iterator[str]]) -> Iterator[Doubt]:
    conversations = _number_conversations(spoken)
    for i, utterance in enumerate(spoken):
        first = utterance.first
        error_probability = _error_probability(first)
        if error_probability <= 1 - MAX_PROBABILITY:
            continue
        yield Doubt(
            "speaker",
            round(error_probability, 4),
            first.start,
            utterance.parts[-1].end,
            tuple(part.id for part in utterance.parts),
            first.speaker,
            first.confidence,
            tuple(_choices(spoken, conversations, i, near)),
        )


def _choices(
    spoken: Sequence[Utterance], conversations: Sequence[int], i: int, near: Callable[[Utterance], Iterator[str]]
) -> list[Choice]:
    """Other speakers of an utterance: the reading's alternatives, who speaks and listens near it, who is mentioned."""
    first = spoken[i].first
    found = [Choice(one.speaker, one.confidence) for one in first.alternatives]
    known = {first.speaker, None, *(one.character for one in found)}
    around = [j for step in range(MAX_STEPS + 1) for j in (i - step, i + step) if 0 <= j < len(spoken)]
    talking = (spoken[j].first for j in around if conversations[j] == conversations[i])
    for id in chain((id for other in talking for id in (other.speaker, *other.addressees)), near(spoken[i])):
        if id is not None and id not in known:
            known.add(id)
            found.append(Choice(id, None))
    return found[:MAX_CHOICES]


def _error_probability(quotation: Quotation) -> float:
    """The probability that a quotation's speaker is wrong; 1 if it has none, 0 if a correction gives it."""
    if quotation.evidence is not None and quotation.evidence.kind == "correction":
        return 0.0
    return 1.0 if quotation.confidence is None else 1 - quotation.confidence


def _number_conversations(spoken: Sequence[Utterance]) -> list[int]:
    """The number of the conversation that each utterance belongs to."""
    numbers, number = [], 0
    for i, utterance in enumerate(spoken):
        if i and utterance.first.start - spoken[i - 1].parts[-1].end > MAX_GAP_LENGTH:
            number += 1
        numbers.append(number)
    return numbers


def _doubt_narrator(reading: Reading) -> Iterator[Doubt]:
    """A narrator without a name is most probably a character whom others call by name."""
    for narrator in reading.characters:
        if not narrator.narrator or narrator.named:
            continue
        others = [c for c in reading.characters if c.named and c.kind == "person" and c is not narrator]
        others.sort(key=lambda c: (-_narrator_score(c), c.id))
        place = narrator.first or 0
        gain = NAMED_NARRATOR_PROBABILITY * (narrator.quotations + narrator.mentions / 10 + 1)
        choices = tuple(Choice(c.id, None) for c in others[:MAX_CHOICES])
        yield Doubt("narrator", round(gain, 4), place, place, (), narrator.id, None, choices)


def _narrator_score(character: Character) -> float:
    """Higher for a character who is mentioned often and says little, as a narrator is, who appears as “I”."""
    return character.mentions / (1 + character.quotations)


def _doubt_namesakes(reading: Reading) -> Iterator[Doubt]:
    """Two people who share a part of their names and may be one: “Tom Gray”, “old Gray”.

    The place is the first one by which both have been called by the shared part.
    """
    people = [c for c in reading.characters if c.named and c.kind == "person" and c.mentions >= MIN_MENTIONS]
    settled = {row.get("person") for row in reading.corrections.applied if isinstance(row, dict)}
    bearers: dict[str, list[int]] = defaultdict(list)
    for number, character in enumerate(people):
        for word in _name_words(character):
            bearers[word].append(number)
    asked = set()
    called = _first_called(reading)
    for number, character in enumerate(people):
        for word in sorted(_name_words(character)):
            # A name that three or more people share is a surname: they are a family.
            if len(bearers[word]) != 2:
                continue
            other = next(n for n in bearers[word] if n != number)
            pair = (min(number, other), max(number, other))
            chief, lesser = people[pair[0]], people[pair[1]]  # characters are sorted by prominence
            if pair in asked or _differ_in_gender(chief, lesser) or {chief.name, lesser.name} <= settled:
                continue
            asked.add(pair)
            gain = SAME_PERSON_PROBABILITY * (lesser.quotations + lesser.mentions / 10)
            start, end = max(_first_place(called, one, word) for one in (chief, lesser))
            choice = (Choice(lesser.id, None),)
            yield Doubt("same", round(gain, 4), start, end, (), chief.id, None, choice)


def _first_called(reading: Reading) -> dict[tuple[str, str], tuple[int, int]]:
    """The first mention of each character by a name that contains each word."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for mention in reading.mentions:
        if mention.kind == "name" and mention.character is not None:
            for word in _words(reading.text_of(mention)):
                found.setdefault((mention.character, word), (mention.start, mention.end))
    return found


def _first_place(called: dict[tuple[str, str], tuple[int, int]], one: Character, word: str) -> tuple[int, int]:
    """The first mention of a character by a word; their last mention if the word does not occur."""
    place = one.last or one.first or 0
    return called.get((one.id, word), (place, place))


def _name_words(character: Character) -> set[str]:
    words = {word for name in (character.name, *character.aliases) for word in _words(name)}
    return words - ENGLISH.people.titles.keys()


def _words(name: str) -> list[str]:
    return [word for word in name.casefold().replace(".", "").split() if len(word) > 2]


def _differ_in_gender(one: Character, other: Character) -> bool:
    """Whether two people have different pronouns, as a husband and wife or a brother and sister do."""
    return None not in (one.pronouns, other.pronouns) and one.pronouns != other.pronouns
