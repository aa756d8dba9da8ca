"""Word lists in text files, and the types of their entries.

A list has one entry a line, its columns separated by tabs, and comments after ``#``. Entries are lower case and write
the apostrophe as ', so fold a word that way before you look it up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable
from typing import Literal, NamedTuple, cast, get_args

Gender = Literal["m", "f", "?"]
Strength = Literal["core", "manner", "mental"]
Tense = Literal["past", "present", "ing", "participle", "base"]

TENSES: tuple[Tense, ...] = (
    "past",
    "present",
    "ing",
    "participle",
    "base",
)  # a form of several tenses gets the first


class Title(NamedTuple):
    """A title before or after a name: its gender and its kind (the head of the list names the kinds)."""

    gender: Gender
    kind: str


class PersonNoun(NamedTuple):
    """One form of a noun for a person: its gender, whether it is a plural, and the kind of person."""

    gender: Gender
    plural: bool
    kind: str


class FormOfAddress(NamedTuple):
    """A word of address: the gender of the person addressed, and its kind (the head of the list names the kinds)."""

    gender: Gender
    kind: str


class SpeechVerb(NamedTuple):
    """What one form of a verb of speech is: ("say", "core", "past") for "said"."""

    lemma: str
    strength: Strength
    tense: Tense


class SpeechPhrase(NamedTuple):
    """One form of a verb that introduces speech only next to one of `particles`: "went" next to "on"."""

    lemma: str
    strength: Strength
    tense: Tense
    particles: frozenset[str]


def read_rows(file: Traversable) -> Iterator[list[str]]:
    """The entries of a list as columns, without its comments; none if there is no such file."""
    if not file.is_file():
        return
    for line in file.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def read_words(file: Traversable) -> frozenset[str]:
    """A list of words with a single column."""
    return frozenset(word for (word,) in read_rows(file))


def read_speech_verbs(file: Traversable) -> dict[str, SpeechVerb]:
    """Form → verb. Columns: lemma, past, third person present, -ing form, past participle, strength.

    If two verbs share a form, the stronger verb gets it.
    """
    found: dict[str, SpeechVerb] = {}
    for lemma, *columns, strength in read_rows(file):
        for form, tense in _forms(lemma, columns):
            verb = SpeechVerb(lemma, cast(Strength, strength), tense)
            if form not in found or _rank(verb) < _rank(found[form]):
                found[form] = verb
    return found


def read_speech_phrases(file: Traversable) -> dict[str, SpeechPhrase]:
    """Form → verb with its particles. Columns: as for verbs, then the particles."""
    found: dict[str, SpeechPhrase] = {}
    for lemma, *columns, strength, particles in read_rows(file):
        for form, tense in _forms(lemma, columns):
            phrase = SpeechPhrase(lemma, cast(Strength, strength), tense, frozenset(particles.split("/")))
            found.setdefault(form, phrase)
    return found


def read_titles(file: Traversable) -> dict[str, Title]:
    """Title or honorific → its gender and kind."""
    return {title: Title(cast(Gender, gender), kind) for title, gender, kind in read_rows(file)}


def read_person_nouns(file: Traversable) -> dict[str, PersonNoun]:
    """Form → noun. Columns: singular, plurals, gender, kind. A form of both numbers ("sheep") counts as singular."""
    found: dict[str, PersonNoun] = {}
    for singular, plurals, gender, kind in read_rows(file):
        found[singular] = PersonNoun(cast(Gender, gender), False, kind)
        for plural in plurals.split("/"):
            if plural not in ("-", singular):
                found[plural] = PersonNoun(cast(Gender, gender), True, kind)
    return found


def read_forms_of_address(file: Traversable) -> dict[str, FormOfAddress]:
    """Words, separated by single spaces → who is addressed with them."""
    return {words: FormOfAddress(cast(Gender, gender), kind) for words, gender, kind in read_rows(file)}


def read_given_names(file: Traversable) -> dict[str, Gender]:
    """Given name → the gender of the people who have it."""
    return {name: cast(Gender, gender) for name, gender in read_rows(file)}


def read_classes(file: Traversable) -> dict[str, str]:
    """Word → its class."""
    found: dict[str, str] = {}
    for word, kind in read_rows(file):
        found[word] = kind
    return found


def read_formal_names(file: Traversable, pairs: Iterable[tuple[str, str]] = ()) -> dict[str, frozenset[str]]:
    """Short form → the given names it may stand for. Columns: the spellings of a name, its short forms.

    `pairs`: more (name, short form). A pair is ignored if its short form has short forms of its own: the package
    `nicknames` also pairs full names that were related once (Jane and Janet, Emily and Emma), and in a story those
    are two people.
    """
    listed = [(names.split("/"), short_forms) for names, short_forms in read_rows(file)]
    pairs = list(pairs)
    full = {name for name, _ in pairs} | {name for spellings, _ in listed for name in spellings}
    found: dict[str, set[str]] = {}
    for name, short_form in pairs:
        if short_form not in full:
            found.setdefault(short_form, set()).add(name)
    for spellings, short_forms in listed:
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
    """Which verb gets a form that two share: the one that ranks lower."""
    return TENSES.index(verb.tense), get_args(Strength).index(verb.strength)
