"""How people address each other: names, titles, pet names and insults in speech, each with its place.

They show how a bond changes: from “Mr. Knightley” to “George”, from “my dear” to “sir”.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import get_args

from dramaturg.findings import Vocative
from dramaturg.lexicon.language import Language
from dramaturg.reading import Address, AddressKind, Character, Quotation, Reading

KINDS: frozenset[str] = frozenset(get_args(AddressKind))
MAX_LEADS = 3  # words before a form of address that belong to it: “my dear old”


def find_addresses(reading: Reading, vocatives: Iterable[Vocative], language: Language) -> tuple[Address, ...]:
    """The forms of address of a reading whose speaker and addressee are known, in the order of the text."""
    starts = [quotation.start for quotation in reading.quotations]
    people = {
        (mention.start, mention.end): mention.character
        for mention in reading.mentions
        if mention.kind == "name" and mention.character is not None
    }
    found = []
    for vocative in vocatives:
        quotation = _quotation_at(reading, starts, vocative.start)
        if quotation is None or quotation.speaker is None:
            continue
        person = people.get((vocative.start, vocative.end))
        if person is None and len(quotation.addressees) == 1:
            person = quotation.addressees[0]
        if person is None or person == quotation.speaker:
            continue
        start = _start(reading.story.text, quotation, vocative, language)
        kind = kind_of(reading.story.text[vocative.start : vocative.end], reading.character(person), language)
        found.append(Address(quotation.id, quotation.speaker, person, kind, start, vocative.end))
    return tuple(found)


def _quotation_at(reading: Reading, starts: list[int], place: int) -> Quotation | None:
    """The innermost quotation around a place."""
    at = bisect_right(starts, place) - 1
    while at >= 0 and reading.quotations[at].end <= place:
        if reading.quotations[at].within is None:
            return None
        at -= 1
    return reading.quotations[at] if at >= 0 else None


def _start(text: str, quotation: Quotation, vocative: Vocative, language: Language) -> int:
    """Where a form of address begins, with the words that belong to it: “you fool”, “my dear Watson”."""
    start = vocative.start
    for _ in range(MAX_LEADS):
        before = re.search(r"(\w+) $", text[max(quotation.start, start - 12) : start])
        if before is None or before.group(1).lower() not in language.speech.address_leads:
            break
        start -= len(before.group(0))
    return start


def kind_of(words: str, person: Character, language: Language) -> AddressKind:
    """What kind of address some words are: a word of a known kind, or a part of the person’s name.

    >>> from dramaturg.lexicon.en import ENGLISH
    >>> anna = Character("anna", "Anna Pell", True, "person", (), None, False, 0, 0, 0, None, None)
    >>> [kind_of(words, anna, ENGLISH) for words in ("Miss Pell", "Anna", "Pell", "darling", "you fool", "Annie")]
    ['titled_name', 'first_name', 'surname', 'endearment', 'insult', 'short_name']
    """
    lower = " ".join(words.lower().split())
    parts = lower.split()
    form = language.speech.vocatives.get(lower) or language.speech.vocatives.get(parts[-1])
    if form is not None and form.kind in KINDS:
        return form.kind  # type: ignore[return-value]
    noun = language.people.person_nouns.get(parts[-1])
    if noun is not None and words.islower():
        return "kin" if noun.kind == "kin" else "insult" if noun.kind == "epithet" else "role"
    if parts[0] in language.people.titles and len(parts) > 1:
        return "titled_name"
    name = [part for part in person.name.lower().split() if part not in language.people.titles]
    if len(parts) > 1:
        return "full_name"
    if name and parts[0] == name[-1] and (len(name) > 1 or parts[0] not in language.people.given_names):
        return "surname"
    return "first_name" if name and parts[0] == name[0] else "short_name"
