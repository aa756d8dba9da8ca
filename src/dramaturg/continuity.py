"""Slips of continuity: places of a story that do not agree, each with what it says.

Nothing here decides anew what a story says: the slips come from the facts, the events, the mentions and the quotations
of a reading. A slip is shown only if both places are fairly sure: rather none than a wrong one.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from dramaturg.lexicon import language_of
from dramaturg.lexicon.language import ContinuityWords
from dramaturg.reading import Character, Event, Fact, Reading
from dramaturg.story import Span

SlipKind = Literal["eyes", "hair", "age", "body", "fate", "kin", "work", "name", "trait", "presence"]
MIN_EVENT = 0.7  # confidence of a death that is an event
MIN_SPEAKER = 0.8  # confidence of a speaker who is said to be dead
MAX_LINES_AFTER = 3  # of somebody with more lines after their death it is likelier that another died
MIN_NAME_LETTERS = 5  # a shorter name that differs in one letter is mostly another name
MIN_RATIO = 3  # how much more often one spelling stands than the other
MAX_SENTENCE = 300  # characters before and after a place that are looked at
MAX_RARE = 2  # how often a misspelling stands at most
GRAVITY: dict[str, float] = {"fate": 1.0, "age": 0.9, "eyes": 0.9, "hair": 0.7, "name": 0.6}


@dataclass(frozen=True, slots=True)
class Slip:
    """Places that do not agree. `person`: the id of a character. `says`: what does not agree, in a sentence."""

    kind: SlipKind
    person: str | None
    places: tuple[Span, ...]
    confidence: float
    says: str

    def to_dict(self) -> dict[str, Any]:
        """The slip as plain values."""
        places = [{"start": place.start, "end": place.end} for place in self.places]
        return {
            "kind": self.kind,
            "person": self.person,
            "places": places,
            "confidence": self.confidence,
            "says": self.says,
        }


def find_slips(reading: Reading) -> list[Slip]:
    """The slips of a story, the gravest and surest first."""
    words = language_of(reading.story.source.language).continuity
    found = [
        *_looks(reading, words),
        *_ages(reading, words),
        *_after_death(reading, words),
        *_spellings(reading, words),
    ]
    return sorted(found, key=lambda slip: (-slip.confidence * GRAVITY[slip.kind], slip.places[0].start))


def _looks(reading: Reading, words: ContinuityWords) -> Iterator[Slip]:
    """Eyes or hair of two colours that cannot be one."""
    kinds: tuple[Literal["eyes", "hair"], ...] = ("eyes", "hair")
    for kind in kinds:
        for person, facts in _by_person(f for f in reading.facts if f.kind == kind):
            coloured = [(fact, _colours(fact, words)) for fact in facts if not _is_part(fact, words)]
            for (one, colours), (other, others) in combinations([c for c in coloured if c[1]], 2):
                if not _agree(colours, others, words) and not _is_changed(reading, kind, one, other, words):
                    name = reading.name_of(person)
                    says = f"{name}’s {kind} are “{one.value}” here and “{other.value}” there"
                    if kind == "hair":
                        says = says.replace(" are ", " is ")
                    yield Slip(kind, person, _places(one, other), _both(one, other), f"{says}.")
                    break


def _by_person(facts: Iterable[Fact]) -> list[tuple[str, list[Fact]]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.person, []).append(fact)
    return list(found.items())


def _colours(fact: Fact, words: ContinuityWords) -> frozenset[str]:
    """The families of the colours in a value: “dark-blue” is blue."""
    parts = re.findall(r"[a-z]+", fact.normalised)
    found = frozenset(words.colour_families[part] for part in parts if part in words.colour_families)
    return found - words.no_eye_colours if fact.kind == "eyes" else found


def _is_part(fact: Fact, words: ContinuityWords) -> bool:
    """Whether a value is about hair of the face, which may have another colour."""
    return bool(words.other_hair.intersection(re.findall(r"[a-z]+", fact.normalised)))


def _agree(colours: frozenset[str], others: frozenset[str], words: ContinuityWords) -> bool:
    pairs = ((a, b) for a in colours for b in others)
    return any(a == b or frozenset((a, b)) in words.like_colours for a, b in pairs)


def _is_changed(reading: Reading, kind: str, one: Fact, other: Fact, words: ContinuityWords) -> bool:
    """Whether the words around two values tell a change, a comparison or a pretence: “dyed”, “used to be”."""
    telling = words.changes | (words.hair_changes if kind == "hair" else frozenset())
    return any(telling.intersection(_words_near(reading, fact)) for fact in (one, other))


def _words_near(reading: Reading, span: Any) -> set[str]:
    """The words of the sentence around a place and of the one before it, in lower case."""
    text = reading.story.text
    before = re.split(r"[.!?]\W|\n\n", text[max(0, span.start - MAX_SENTENCE) : span.start])[-2:]
    after = re.split(r"[.!?]\W|\n\n", text[span.end : span.end + MAX_SENTENCE])[0]
    return set(re.findall(r"[a-z]+", f"{' '.join(before)} {text[span.start : span.end]} {after}".lower()))


def _ages(reading: Reading, words: ContinuityWords) -> Iterator[Slip]:
    """Ages in numbers that go down, or that differ within a chapter."""
    starts = [chapter.start for chapter in reading.story.chapters]
    for person, facts in _by_person(f for f in reading.facts if f.kind == "age"):
        numbered = [(fact, age) for fact in facts if (age := words.number_of(fact.normalised)) is not None]
        for (one, age), (other, later) in combinations(numbered, 2):
            is_near = bisect_right(starts, one.start) == bisect_right(starts, other.start)
            telling = words.past | words.changes
            is_past = any(telling.intersection(_words_near(reading, fact)) for fact in (one, other))
            if (later < age or (is_near and later > age + 1)) and not is_past:
                says = f"{reading.name_of(person)} is {one.value} here and {other.value} there."
                yield Slip("age", person, _places(one, other), _both(one, other), says)
                break


def _after_death(reading: Reading, words: ContinuityWords) -> Iterator[Slip]:
    """Somebody who speaks, with a tag that says so, or acts after they died."""
    quoted = [(q.start, q.end) for q in reading.quotations if q.within is None]
    for character in reading.characters:
        death = next((e for e in reading.events if _is_death(reading, e, character, quoted, words)), None)
        if death is None:
            continue
        after = _first_sign(reading, character, death.end, words)
        if after is not None:
            says = f"{character.name} dies here and is alive again there."
            yield Slip(
                "fate", character.id, (Span(death.start, death.end), after), round(death.confidence * 0.7, 4), says
            )


def _is_death(
    reading: Reading, event: Event, character: Character, quoted: list[tuple[int, int]], words: ContinuityWords
) -> bool:
    """Whether the narration tells somebody's death as an event."""
    word = reading.text_of(event).lower()
    dies = word in words.dying and event.agents + event.patients == (character.id,)
    killed = word in words.killing and character.id in event.patients
    if not (dies or killed) or event.confidence < MIN_EVENT or character.kind == "group":
        return False
    if any(start <= event.start < end for start, end in quoted):
        return False
    before = reading.story.text[max(0, event.start - 60) : event.start].lower()
    after = reading.story.text[event.end : event.end + 30].lower()
    near = set(re.findall(r"[a-z']+", re.split(r"[.;!?\n]", before)[-1] + re.split(r"[.;,!?\n]", after)[0]))
    return not near & words.not_dying and not words.unreal & _words_near(reading, event)


def _first_sign(reading: Reading, character: Character, since: int, words: ContinuityWords) -> Span | None:
    """The first place after a death where somebody speaks, with a tag that says so."""
    text = reading.story.text
    paragraph_end = text.find("\n\n", since)
    since = paragraph_end if paragraph_end >= 0 else len(text)
    said = [
        quotation
        for quotation in reading.quotations
        if quotation.start >= since
        and quotation.speaker == character.id
        and (quotation.confidence or 0) >= MIN_SPEAKER
        and quotation.evidence is not None
        and quotation.evidence.kind == "tag"
    ]
    if not said or len(said) > MAX_LINES_AFTER or (words.unreal | words.past) & _words_near(reading, said[0]):
        return None
    return Span(said[0].start, said[0].end)


def _spellings(reading: Reading, words: ContinuityWords) -> Iterator[Slip]:
    """Names that stand in two spellings, one of them rarely."""
    people = {character.id: character for character in reading.characters}
    counts: Counter[str] = Counter()
    places: dict[str, list[tuple[Span, str]]] = {}
    for mention in reading.mentions:
        if mention.kind == "name" and mention.type == "PER":
            for match in re.finditer(r"[^\W\d_]{2,}", reading.text_of(mention)):
                counts[match.group()] += 1
                start = mention.start + match.start()
                places.setdefault(match.group(), []).append((Span(start, start + len(match.group())), mention.entity))
    for rare, n in counts.items():
        if n > MAX_RARE or len(rare) < MIN_NAME_LETTERS or not rare[:1].isupper() or rare.isupper():
            continue
        for name, many in counts.most_common():
            if many < max(MIN_RATIO * n, MIN_RATIO) or not _is_misspelt(rare, name):
                continue
            known = language_of(reading.story.source.language).people.given_names
            entity = places[name][0][1]
            same = all(other == entity for _, other in places[rare])
            if same or rare.lower() not in known:
                person = entity if entity in people else None
                says = f"“{name}” ({many} times) is also spelt “{rare}”."
                yield Slip("name", person, (places[name][0][0], places[rare][0][0]), 0.6 if same else 0.5, says)
                break


def _is_misspelt(rare: str, name: str) -> bool:
    """Whether two words differ in one letter, or in two that changed places, but not in an ending such as -s or -y."""
    if rare == name or rare[0] != name[0] or len(name) < MIN_NAME_LETTERS:
        return False
    if len(rare) == len(name):
        differing = [k for k in range(len(rare)) if rare[k] != name[k]]
        swapped = (
            len(differing) == 2
            and rare[differing[0]] == name[differing[1]]
            and rare[differing[1]] == name[differing[0]]
        )
        return swapped or (len(differing) == 1 and rare[:-1] != name[:-1])
    longer, shorter = sorted((rare, name), key=len, reverse=True)
    if len(longer) != len(shorter) + 1 or longer.startswith(shorter):
        return False
    return any(longer[:k] + longer[k + 1 :] == shorter for k in range(1, len(longer)))


def _places(one: Fact, other: Fact) -> tuple[Span, Span]:
    return Span(one.start, one.end), Span(other.start, other.end)


def _both(one: Fact, other: Fact) -> float:
    """How sure it is that two facts are both right: facts of looks are seldom wrong if a story says them at all."""
    return round(min(1.0, (one.confidence + other.confidence)) * 0.8, 4)
