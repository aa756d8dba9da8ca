"""Names that stand in two spellings, one of them rarely."""

import re
from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from dramaturg.lexicon import language_of
from dramaturg.lexicon.language import People
from dramaturg.reading import Reading, Slip
from dramaturg.story import Span

MIN_LETTERS = 5  # a shorter name that differs in one letter is mostly another name
MIN_LETTERS_IN_FULL = 4  # the same where the rest of a full name is equal
MIN_RATIO = 3  # how much more often one spelling stands than the other
MAX_RARE = 2  # how often a misspelling stands at most
MIN_LIKENESS = 0.7  # of two names that begin alike
SAME_LETTERS = 3  # at the beginning of those
SOUNDS = (("ph", "f"), ("ck", "k"), ("c", "k"), ("y", "i"), ("th", "t"))
MAX_EDITS = 2  # letters that differ where the rest of a full name is equal


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a story's names: how often each stands, where and for which entity, and what stands beside it."""

    counts: Counter[str]
    places: dict[str, list[tuple[Span, str]]]
    beside: dict[str, set[str]]


def find_names(reading: Reading) -> Iterator[Slip]:
    """Slips of names, one for each misspelling."""
    words = _words_of(reading)
    language = language_of(reading.story.source.language)
    known = {character.id for character in reading.characters}
    frequent = [(name, n) for name, n in words.counts.most_common() if n >= MIN_RATIO]
    for rare, n in words.counts.items():
        if n > MAX_RARE or not rare[:1].isupper() or rare.isupper() or rare.lower() in language.people.titles:
            continue
        for name, many in frequent:
            if many < MIN_RATIO * n:
                break
            likely = _likely(words, language.people, language.speech.vocatives, rare, name)
            if likely:
                says = f"“{name}” ({many} times) is also spelt “{rare}”."
                entity = words.places[name][0][1]
                both = (words.places[name][0][0], words.places[rare][0][0])
                places = tuple(sorted(both, key=lambda span: span.start))
                yield Slip("name", entity if entity in known else None, places, likely, says)
                break


def _words_of(reading: Reading) -> _Words:
    words = _Words(Counter(), {}, {})
    for mention in reading.mentions:
        if mention.kind == "name" and mention.type == "PER":
            found = list(re.finditer(r"[^\W\d_]{2,}", reading.text_of(mention)))
            for match in found:
                start = mention.start + match.start()
                words.counts[match.group()] += 1
                words.places.setdefault(match.group(), []).append(
                    (Span(start, start + len(match.group())), mention.entity)
                )
            for one, other in pairwise(match.group() for match in found):
                words.beside.setdefault(one, set()).add(f"{other} after")
                words.beside.setdefault(other, set()).add(f"{one} before")
    return words


def _likely(words: _Words, people: People, vocatives: Container[str], rare: str, name: str) -> float:
    """How likely a rare word is a misspelling of a frequent one; 0 if it is none."""
    if rare == name:
        return 0
    if any(word.lower() in known for word in (rare, name) for known in (people.person_nouns, vocatives)):
        return 0  # Mummy, Mumsy
    alone = {beside for beside in words.beside.get(rare, ()) if beside.split()[0].lower() not in people.titles}
    shared = alone & words.beside.get(name, set())
    if alone and not shared:
        return 0  # Harry, and a Tom Hardy
    is_ending = rare.startswith(name) or name.startswith(rare)  # the Harlans, Kath
    if (
        shared
        and not is_ending
        and min(len(rare), len(name)) >= MIN_LETTERS_IN_FULL
        and _edits(rare, name) <= MAX_EDITS
    ):
        return 0.6
    same = all(entity == words.places[name][0][1] for _, entity in words.places[rare])
    if _is_misspelt(rare, name) and (same or rare.lower() not in people.given_names):
        return 0.6 if same else 0.5
    if _sound(rare) == _sound(name) and min(len(rare), len(name)) >= MIN_LETTERS:
        return 0.5  # Stefan, Stephan
    begins = rare[:SAME_LETTERS] == name[:SAME_LETTERS] and abs(len(rare) - len(name)) <= 1
    is_like = begins and SequenceMatcher(None, rare, name).ratio() >= MIN_LIKENESS and rare[-1] != "s"
    is_variant = rare.lower() in people.formal_names(name) or name.lower() in people.formal_names(rare)
    is_short = is_variant and abs(len(rare) - len(name)) > 1
    are_given = name.lower() in people.given_names and not is_short
    is_ending = rare.startswith(name[:-1]) or name.startswith(rare[:-1])
    return 0.5 if same and is_like and are_given and not is_ending else 0


def _sound(name: str) -> str:
    """A name as it sounds, roughly: spellings of one sound are one.

    >>> _sound("Stephan") == _sound("Stefan"), _sound("Catherine") == _sound("Katharine")
    (True, False)
    """
    sound = name.lower()
    for spelling, letter in SOUNDS:
        sound = sound.replace(spelling, letter)
    return re.sub(r"(.)\1", r"\1", sound)


def _edits(one: str, other: str) -> int:
    """How many letters differ: those of the longest stretches that are not the same."""
    matcher = SequenceMatcher(None, one.lower(), other.lower(), autojunk=False)
    return sum(max(b - a, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")


def _is_misspelt(rare: str, name: str) -> bool:
    """Whether two words differ in one letter, or in two that changed places, but not in an ending such as -s or -y."""
    if rare[0] != name[0] or min(len(name), len(rare)) < MIN_LETTERS:
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
