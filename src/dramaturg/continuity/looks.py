"""Eyes and hair that cannot be one person's: other colours, hair on a bald head."""

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Literal

from dramaturg.continuity.told import Statement, Told, by_person
from dramaturg.facts.links import denoted, described
from dramaturg.reading import Slip

Kind = Literal["eyes", "hair"]
BALD = "bald"
MAX_PHRASE = 8  # units before a noun that can describe it
CONFIDENCE = 0.75


def find_looks(told: Told) -> Iterator[Slip]:
    """Slips of eyes and hair, one of a kind for each person."""
    for kind in ("eyes", "hair"):
        for statements in by_person(_statements(told, kind)):
            pair = next((p for p in combinations(statements, 2) if _disagree(told, kind, *p)), None)
            if pair is not None:
                yield _slip(told, kind, *pair)


def _slip(told: Told, kind: Kind, one: Statement, other: Statement) -> Slip:
    verb = "are" if kind == "eyes" else "is"
    says = f"{told.name_of(one.person)}’s {kind} {verb} “{one.shown}” here and “{other.shown}” there."
    if BALD in (one.value, other.value):
        says = f"{told.name_of(one.person)} is “{one.shown}” here and “{other.shown}” there."
    return told.slip(kind, one, other, CONFIDENCE, says)


def _statements(told: Told, kind: Kind) -> Iterator[Statement]:
    """The colours of somebody's eyes or hair, each a set of families; or that they are bald, or have hair at all."""
    yield from _of_nouns(told, kind)
    yield from _of_compounds(told, kind)
    if kind == "hair":
        yield from _of_people(told)


def _of_nouns(told: Told, kind: Kind) -> Iterator[Statement]:
    """“her hazel eyes”, “his eyes were brown”, “the grey of his eyes”."""
    story, words = told.story, told.words
    nouns = words.eye_nouns if kind == "eyes" else story.draft.language.facts.hair - words.other_hair
    for unit, word in enumerate(story.words):
        if word not in nouns or story.tag[unit] not in ("NOUN", "PROPN"):
            continue
        colours = [u for u in _describing(told, unit) if _families(told, kind, story.words[u])]
        is_thick = kind == "hair" and any(story.words[u] in words.much_hair for u in _describing(told, unit))
        if not colours and not is_thick:
            continue
        first, last = min([unit, *colours]), max([unit, *colours])
        person = told.owner_of(unit)
        if person is None or not told.is_stated(last, first) or _is_part(told, unit):
            continue
        families = frozenset(family for u in colours for family in _families(told, kind, story.words[u]))
        shown = story.text(min(colours), max(colours)) if colours else story.text(first, last)
        yield Statement(person, families, unit, first, last, shown)


def _describing(told: Told, noun: int) -> list[int]:
    """The units that describe a part of the body: before it, as its predicate, or joined by “of”."""
    story = told.story
    found = []
    at = noun - 1
    while at >= 0 and noun - at <= MAX_PHRASE and story.tag[at] in ("ADJ", "NOUN", "PUNCT", "ADV", "CCONJ", "VERB"):
        if story.tag[at] == "PUNCT" and story.words[at] not in (",", "-"):
            break
        found.append(at)
        at -= 1
    found += story.dependents(noun, "amod", "appos", "acl")
    head, relation = story.head[noun], story.relation[noun]
    if relation == "nsubj" and story.dependents(head, "cop") and not _is_passing(told, head):
        found += [head, *_joined(told, head)]
    if relation == "nmod" and story.cases(noun) & story.draft.language.facts.of_words:
        found.append(head)
    of = [u for u in story.dependents(noun, "nmod") if story.cases(u) & story.draft.language.facts.of_words]
    return found + [other for unit in of for other in (unit, *story.dependents(unit, "amod", "compound"))]


def _joined(told: Told, unit: int) -> list[int]:
    """The words that belong to a predicate: “dark brown”, “blue and clear”, “jet-black”."""
    below = told.story.dependents(unit, "conj", "amod", "compound", "obl:unmarked", "advmod", "nmod:unmarked")
    return [u for u in below if told.story.tag[u] in ("ADJ", "NOUN")]


def _is_passing(told: Told, predicate: int) -> bool:
    """Whether something looks so for a moment: “black with anger”."""
    story = told.story
    return any(story.cases(u) & story.draft.language.facts.with_words for u in story.dependents(predicate, "obl"))


def _of_compounds(told: Told, kind: Kind) -> Iterator[Statement]:
    """“blue-eyed”, “red-haired”."""
    story = told.story
    for unit, word in enumerate(story.words):
        if word not in told.words.looking[kind]:
            continue
        first, last = story.compound(unit)
        families = frozenset(f for u in range(first, unit) for f in _families(told, kind, story.words[u]))
        if not families or not told.is_stated(last, first):
            continue
        for person in _described_people(told, unit):
            yield Statement(person, families, unit, first, last, story.text(first, last))


def _of_people(told: Told) -> Iterator[Statement]:
    """“a brunette”, “she was blonde”, “the bald man”."""
    story = told.story
    for unit, word in enumerate(story.words):
        is_bald = word in told.words.bald
        if not (is_bald or word in told.words.hair_of_people) or not told.is_stated(unit):
            continue
        value = BALD if is_bald else _families(told, "hair", word)
        for person in _described_people(told, unit):
            yield Statement(person, value, unit, unit, unit, story.text(unit, unit))


def _described_people(told: Told, unit: int) -> set[str]:
    links = described(told.story, unit) if told.story.tag[unit] in ("ADJ", "VERB") else denoted(told.story, unit)
    close = (told.person_at(anchor) for anchor, link in links if link not in ("owner", "with", "having"))
    return {person for person in close if person is not None}


def _families(told: Told, kind: Kind, word: str) -> frozenset[str]:
    """The families of the colours in a word: “dark-blue” is blue."""
    known = told.words.colour_families
    found = frozenset(known[part] for part in re.findall(r"[a-z]+", word) if part in known)
    return found - told.words.no_eye_colours if kind == "eyes" else found


def _is_part(told: Told, noun: int) -> bool:
    """Whether a phrase is about one eye, or a lock of hair, that may look another way than the rest."""
    return bool(told.words.portions.intersection(told.story.words[max(0, noun - 5) : noun]))


def _disagree(told: Told, kind: Kind, one: Statement, other: Statement) -> bool:
    if one.value == other.value or not _values_disagree(told, one.value, other.value):
        return False
    return not (
        _is_changed(told, kind, one, other) or (kind == "hair" and told.years_between(one.unit, other.unit) > 5)
    )


def _values_disagree(told: Told, one: object, other: object) -> bool:
    """Whether two values exclude each other. A bald head has no hair that could be thick or black."""
    if BALD in (one, other):
        return True
    if not one or not other or not isinstance(one, frozenset) or not isinstance(other, frozenset):
        return False
    return not any(a == b or frozenset((a, b)) in told.words.like_colours for a in one for b in other)


def _is_changed(told: Told, kind: Kind, one: Statement, other: Statement) -> bool:
    """Whether the words around two values tell a change, a comparison or a pretence: “dyed”, “used to be”."""
    words = told.words
    telling = words.changes | (words.hair_changes if kind == "hair" else frozenset())
    near = told.words_near(one.unit) | told.words_near(other.unit)
    if telling & near or words.disguises & told.words_in(told.paragraphs_around(other.unit, 2)):
        return True
    return bool(words.disguises & told.words_in(told.paragraphs_around(one.unit, 0, 1)))
