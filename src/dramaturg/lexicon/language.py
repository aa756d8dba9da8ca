"""What a language has to give so that its stories can be read: words, patterns of words and abbreviations.

A `Language` is made of sections, and `Draft.language` hands it from step to step. Words are lower case, with ' for an
apostrophe. Long lists are text files that are read when they are first used. Languages are compared by identity.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import NamedTuple

from dramaturg.lexicon.lists import (
    FormOfAddress,
    Gender,
    PersonNoun,
    SpeechPhrase,
    SpeechVerb,
    Title,
    read_classes,
    read_formal_names,
    read_forms_of_address,
    read_given_names,
    read_person_nouns,
    read_speech_phrases,
    read_speech_verbs,
    read_titles,
    read_words,
)


class Pronoun(NamedTuple):
    """A form of a personal pronoun: its gender, whether it is a plural, and whether it can be a subject."""

    gender: Gender
    plural: bool
    is_subject: bool


@dataclass(frozen=True, eq=False)
class Grammar:
    """Function words.

    `pronouns`: the forms that are mentions of people. `first_person`, …, `third_person_plural`: all forms of each
    person, possessive and reflexive ones among them; the first and third person singular unless the name says plural.
    `possessives`: pronouns that stand before what is owned. `function_words`: words that are never a name,
    although they have a capital at the start of a sentence.
    """

    pronouns: Mapping[str, Pronoun]
    first_person: frozenset[str]
    first_person_plural: frozenset[str]
    second_person: frozenset[str]
    masculine: frozenset[str]
    feminine: frozenset[str]
    neuter: frozenset[str]
    third_person_plural: frozenset[str]
    possessives: frozenset[str]
    articles: frozenset[str]
    determiners: frozenset[str]
    prepositions: frozenset[str]
    function_words: frozenset[str]
    subordinators: frozenset[str]
    auxiliaries: frozenset[str]


@dataclass(frozen=True, eq=False)
class Speech:
    """How speech is introduced, and how people are addressed.

    `lists`: the package with the word lists, as text files in a folder `lists`.

    >>> from dramaturg.lexicon.en import ENGLISH
    >>> ENGLISH.speech.verbs["said"]
    SpeechVerb(lemma='say', strength='core', tense='past')
    >>> sorted(ENGLISH.speech.phrases["put"].particles)
    ['forward', 'in']
    >>> ENGLISH.speech.vocatives["my dear fellow"]
    FormOfAddress(gender='m', kind='endearment')
    """

    lists: str

    @cached_property
    def verbs(self) -> Mapping[str, SpeechVerb]:
        """Every form of the verbs that introduce direct speech.

        `core` verbs say that somebody speaks; `manner` verbs may ("he smiled"); `mental` ones introduce thought. A
        form that is several of a verb's is the first of past, present, ing, participle, base.
        """
        return read_speech_verbs(_list(self.lists, "speech_verbs.txt"))

    @cached_property
    def phrases(self) -> Mapping[str, SpeechPhrase]:
        """Forms of verbs that introduce speech together with a particle: "went" with "on", "put" with "in"."""
        return read_speech_phrases(_list(self.lists, "speech_phrases.txt"))

    @cached_property
    def vocatives(self) -> Mapping[str, FormOfAddress]:
        """Words by which people are addressed, some of several words, separated by one space."""
        return read_forms_of_address(_list(self.lists, "vocatives.txt"))


@dataclass(frozen=True, eq=False)
class People:
    """Who can be a person of a story, and what people are called.

    `lists`: as in `Speech`. `more_nicknames`: gives pairs of a given name and its short form beside those of the list.

    >>> from dramaturg.lexicon.en import ENGLISH
    >>> people = ENGLISH.people
    >>> people.titles["mrs."]
    Title(gender='f', kind='courtesy')
    >>> people.honorifics["kun"]
    Title(gender='m', kind='familiar')
    >>> people.person_nouns["midwives"]
    PersonNoun(gender='f', plural=True, kind='occupation')
    >>> people.given_names["margaret"], people.given_names["robin"]
    ('f', '?')
    >>> people.not_names["monday"], people.not_names["french"]
    ('day', 'people')
    >>> "margaret" in people.formal_names("peggy")
    True
    """

    lists: str
    more_nicknames: Callable[[], Iterable[tuple[str, str]]] = tuple
    _same: dict[tuple[str, str], bool] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def titles(self) -> Mapping[str, Title]:
        """Titles that stand before a name, some of two words, those with a point both with and without it."""
        return read_titles(_list(self.lists, "titles.txt"))

    @cached_property
    def honorifics(self) -> Mapping[str, Title]:
        """Honorifics that follow a name after a hyphen: "san", "kun", "sensei"."""
        return read_titles(_list(self.lists, "honorifics.txt"))

    @cached_property
    def person_nouns(self) -> Mapping[str, PersonNoun]:
        """Nouns for people, both numbers, and for beings and animals that may speak in a tale."""
        return read_person_nouns(_list(self.lists, "person_nouns.txt"))

    @cached_property
    def body_parts(self) -> frozenset[str]:
        """Parts of the body, both numbers: "his lips" near speech mean the person who speaks."""
        return read_words(_list(self.lists, "body_parts.txt"))

    @cached_property
    def given_names(self) -> Mapping[str, Gender]:
        """Given names of many cultures, short forms included, with the gender of the people who have them."""
        return read_given_names(_list(self.lists, "given_names.txt"))

    @cached_property
    def not_names(self) -> Mapping[str, str]:
        """Words written with a capital that are not names of people, with their class."""
        return read_classes(_list(self.lists, "not_names.txt"))

    def formal_names(self, nickname: str) -> frozenset[str]:
        """The given names that a short form may stand for; empty if none is known."""
        return self._formal_names.get(nickname.lower(), frozenset())

    def same_given_name(self, a: str, b: str) -> bool:
        """Whether two given names may belong to one person: equal, long and short, or two short forms of one name.

        >>> from dramaturg.lexicon.en import ENGLISH
        >>> same = ENGLISH.people.same_given_name
        >>> same("Lizzie", "Elizabeth"), same("Harry", "Hal"), same("Ann", "Tom")
        (True, True, False)
        """
        known = self._same.get((a, b))
        if known is None:
            self._same[a, b] = known = self._may_be_same(a.lower(), b.lower())
        return known

    def _may_be_same(self, a: str, b: str) -> bool:
        if {self.given_names.get(a), self.given_names.get(b)} == {"m", "f"}:
            return a == b  # "Harry" is also short for "Harriet", but hardly ever in the same story
        first, second = {a, *self.formal_names(a)}, {b, *self.formal_names(b)}
        return not first.isdisjoint(second)

    @cached_property
    def _formal_names(self) -> Mapping[str, frozenset[str]]:
        return read_formal_names(_list(self.lists, "nicknames_extra.txt"), self.more_nicknames())


@dataclass(frozen=True, eq=False)
class Language:
    """A language that stories can be read in. `code`: its ISO 639-1 code."""

    code: str
    grammar: Grammar
    speech: Speech
    people: People


def _list(package: str, name: str) -> Traversable:
    return files(package) / "lists" / name
