"""Word lists of fiction: who may speak, how speech is introduced, what people are called.

Each list is a text file beside this one, written for this project by hand: one entry a line, its columns
parted by tabs, comments after ``#``. A list is read when it is first asked for, and kept.
All entries are lower case and write the apostrophe as '; who looks a word up brings it into that shape first.
What is returned is shared by all who ask: never change it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, cast, get_args

from nicknames import name_triplets

Gender = Literal["m", "f", "?"]
Strength = Literal["core", "manner", "mental"]
Tense = Literal["past", "present", "ing", "participle", "base"]

TENSES: tuple[Tense, ...] = ("past", "present", "ing", "participle", "base")  # a form of several is the first of them


class Title(NamedTuple):
    """A word before or after a name: its gender, and what kind of title it is (the list's head names the kinds)."""

    gender: Gender
    kind: str


class PersonNoun(NamedTuple):
    """One form of a noun for a person: its gender, whether it is the plural, and what kind of person."""

    gender: Gender
    plural: bool
    kind: str


class Address(NamedTuple):
    """A word of address: the gender of who is addressed, and what it shows (the list's head names the kinds)."""

    gender: Gender
    kind: str


class SpeechVerb(NamedTuple):
    """What one form of a verb of speech is: ("say", "core", "past") for "said"."""

    lemma: str
    strength: Strength
    tense: Tense


class SpeechPhrase(NamedTuple):
    """One form of a verb that introduces speech only beside one of `particles`: "went" beside "on"."""

    lemma: str
    strength: Strength
    tense: Tense
    particles: frozenset[str]


@cache
def speech_verbs() -> dict[str, SpeechVerb]:
    """Every form of the verbs that introduce direct speech.

    `core` verbs say that somebody speaks; `manner` verbs may ("he smiled"); `mental` ones introduce thought.
    A form that is several of a verb's is the first of past, present, ing, participle, base; where two verbs
    share a form, the stronger one has it.

    >>> speech_verbs()["said"]
    SpeechVerb(lemma='say', strength='core', tense='past')
    """
    found: dict[str, SpeechVerb] = {}
    for lemma, *columns, strength in _rows("speech_verbs.txt"):
        for form, tense in _forms(lemma, columns):
            verb = SpeechVerb(lemma, cast(Strength, strength), tense)
            if form not in found or _rank(verb) < _rank(found[form]):
                found[form] = verb
    return found


@cache
def speech_phrases() -> dict[str, SpeechPhrase]:
    """Forms of verbs that introduce speech together with a particle: "went" with "on", "put" with "in".

    >>> sorted(speech_phrases()["put"].particles)
    ['forward', 'in']
    """
    found: dict[str, SpeechPhrase] = {}
    for lemma, *columns, strength, particles in _rows("speech_phrases.txt"):
        for form, tense in _forms(lemma, columns):
            phrase = SpeechPhrase(lemma, cast(Strength, strength), tense, frozenset(particles.split("/")))
            found.setdefault(form, phrase)
    return found


@cache
def titles() -> dict[str, Title]:
    """Titles that stand before a name, some of two words, those with a point both with it and without.

    >>> titles()["mrs."]
    Title(gender='f', kind='courtesy')
    """
    return {title: Title(cast(Gender, gender), kind) for title, gender, kind in _rows("titles.txt")}


@cache
def honorifics() -> dict[str, Title]:
    """Honorifics that follow a name after a hyphen: "san", "kun", "sensei".

    >>> honorifics()["kun"]
    Title(gender='m', kind='familiar')
    """
    return {title: Title(cast(Gender, gender), kind) for title, gender, kind in _rows("honorifics.txt")}


@cache
def person_nouns() -> dict[str, PersonNoun]:
    """Nouns for persons, both numbers, and for beings and animals that may speak in a tale.

    The list's head names the kinds; a form that is singular and plural alike ("sheep") counts as singular.

    >>> person_nouns()["midwives"]
    PersonNoun(gender='f', plural=True, kind='occupation')
    """
    found: dict[str, PersonNoun] = {}
    for singular, plurals, gender, kind in _rows("person_nouns.txt"):
        found[singular] = PersonNoun(cast(Gender, gender), False, kind)
        for plural in plurals.split("/"):
            if plural not in ("-", singular):
                found[plural] = PersonNoun(cast(Gender, gender), True, kind)
    return found


@cache
def body_parts() -> frozenset[str]:
    """Parts of the body, both numbers: "his lips" beside speech are he who speaks.

    >>> "eyes" in body_parts()
    True
    """
    return frozenset(word for (word,) in _rows("body_parts.txt"))


@cache
def action_nouns() -> frozenset[str]:
    """What a person does, shows or utters, both numbers: "her voice", "his laughter".

    >>> "voice" in action_nouns()
    True
    """
    return frozenset(word for (word,) in _rows("action_nouns.txt"))


@cache
def vocatives() -> dict[str, Address]:
    """Words by which people are addressed, some of several words, parted by one space.

    >>> vocatives()["my dear fellow"]
    Address(gender='m', kind='endearment')
    """
    return {words: Address(cast(Gender, gender), kind) for words, gender, kind in _rows("vocatives.txt")}


@cache
def given_names() -> dict[str, Gender]:
    """Given names of many cultures, short forms among them, with the gender of who bears them.

    >>> given_names()["margaret"], given_names()["robin"]
    ('f', '?')
    """
    return {name: cast(Gender, gender) for name, gender in _rows("given_names.txt")}


@cache
def not_names() -> dict[str, str]:
    """Words written with a capital that name no person, with their class (the list's head names the classes).

    >>> not_names()["monday"], not_names()["french"]
    ('day', 'people')
    """
    found: dict[str, str] = {}
    for word, kind in _rows("not_names.txt"):
        found[word] = kind
    return found


@cache
def formal_names(nickname: str) -> frozenset[str]:
    """The given names that a short form stands for; empty where none is known.

    >>> "margaret" in formal_names("peggy")
    True
    """
    return _formal_names().get(nickname.lower(), frozenset())


@cache
def same_given_name(a: str, b: str) -> bool:
    """Whether two given names may be one person's: the same, short and long, or two short forms of one name.

    >>> same_given_name("Lizzie", "Elizabeth"), same_given_name("Harry", "Hal"), same_given_name("Ann", "Tom")
    (True, True, False)
    """
    a, b = a.lower(), b.lower()
    if {given_names().get(a), given_names().get(b)} == {"m", "f"}:
        return a == b  # "Harry" is short for "Harriet" too, but hardly ever in one story
    first, second = {a, *formal_names(a)}, {b, *formal_names(b)}
    return not first.isdisjoint(second)


@cache
def _formal_names() -> dict[str, frozenset[str]]:
    """Short form → the names it stands for, from the package `nicknames` and from our own list.

    Of the package's pairs those stay whose second has no short forms of its own: it also pairs full names
    that were kin once (Jane and Janet, Emily and Emma), and in a story those are two persons.
    """
    own = [(names.split("/"), short_forms) for names, short_forms in _rows("nicknames_extra.txt")]
    pairs = [(triplet.name1, triplet.name2) for triplet in name_triplets()]
    full = {name for name, _ in pairs} | {name for spellings, _ in own for name in spellings}
    found: dict[str, set[str]] = {}
    for name, short_form in pairs:
        if short_form not in full:
            found.setdefault(short_form, set()).add(name)
    for spellings, short_forms in own:
        for name in [*spellings[1:], *short_forms.split(" ")]:
            found.setdefault(name, set()).update(set(spellings) - {name})
    return {name: frozenset(formal) for name, formal in found.items()}


def _forms(lemma: str, columns: list[str]) -> Iterator[tuple[str, Tense]]:
    """The forms of one verb, from its four columns and its lemma, in the order of `TENSES`."""
    for column, tense in zip([*columns, lemma], TENSES, strict=True):
        if column != "-":
            for form in column.split("/"):
                yield form, tense


def _rank(verb: SpeechVerb) -> tuple[int, int]:
    """How much a form is this verb's rather than another's: lower is more."""
    return TENSES.index(verb.tense), get_args(Strength).index(verb.strength)


def _rows(name: str) -> Iterator[list[str]]:
    """The entries of one list, as columns, without its comments."""
    text = files(__name__).joinpath(name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")
