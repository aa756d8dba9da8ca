"""The word lists load, hold what their columns promise, and know their irregular forms."""

from importlib.resources import files

import pytest

from dramaturg.lexicon.en import ENGLISH

PEOPLE, SPEECH = ENGLISH.people, ENGLISH.speech


@pytest.mark.parametrize(
    ("form", "lemma", "strength", "tense"),
    [
        ("said", "say", "core", "past"),
        ("say", "say", "core", "base"),
        ("saith", "say", "core", "present"),
        ("quoth", "quoth", "core", "past"),
        ("told", "tell", "core", "past"),
        ("spoken", "speak", "core", "participle"),
        ("swore", "swear", "core", "past"),
        ("bade", "bid", "core", "past"),
        ("begged", "beg", "core", "past"),
        ("admitting", "admit", "core", "ing"),
        ("replies", "reply", "core", "present"),
        ("replied", "reply", "core", "past"),
        ("offered", "offer", "core", "past"),
        ("mimicked", "mimic", "core", "past"),
        ("agreeing", "agree", "core", "ing"),
        ("lied", "lie", "manner", "past"),
        ("grinned", "grin", "manner", "past"),
        ("wept", "weep", "manner", "past"),
        ("thought", "think", "mental", "past"),
        ("mused", "muse", "mental", "past"),
        ("deadpanned", "deadpan", "core", "past"),
        ("spat", "spit", "core", "past"),
    ],
)
def test_forms_of_speech_verbs(form, lemma, strength, tense):
    assert SPEECH.verbs[form] == (lemma, strength, tense)


def test_a_phrase_needs_its_particle():
    assert SPEECH.phrases["went"].lemma == "go"
    assert "on" in SPEECH.phrases["went"].particles
    assert "went" not in SPEECH.verbs


@pytest.mark.parametrize(
    ("noun", "gender", "plural"),
    [
        ("woman", "f", False),
        ("men", "m", True),
        ("children", "?", True),
        ("wives", "f", True),
        ("passers-by", "?", True),
        ("fathers-in-law", "m", True),
        ("wolves", "?", True),
        ("crowd", "?", False),
        ("people", "?", True),
        ("mice", "?", True),
    ],
)
def test_person_nouns(noun, gender, plural):
    found = PEOPLE.person_nouns[noun]

    assert (found.gender, found.plural) == (gender, plural)


def test_titles_know_their_gender():
    assert PEOPLE.titles["mr"] == PEOPLE.titles["mr."] == ("m", "courtesy")
    assert PEOPLE.titles["uncle"] == ("m", "kin")
    assert PEOPLE.titles["captain"].gender == "?"
    assert PEOPLE.honorifics["sensei"].gender == "?"


def test_what_stands_for_a_person_beside_speech():
    assert {"hand", "hands", "feet", "lips", "brow", "head"} <= PEOPLE.body_parts


@pytest.mark.parametrize(
    ("words", "gender", "kind"),
    [
        ("sir", "m", "respect"),
        ("ma'am", "f", "respect"),
        ("my dear", "?", "endearment"),
        ("old fellow", "m", "endearment"),
        ("your honour", "?", "respect"),
        ("papa", "m", "kin"),
        ("idiot", "?", "insult"),
        ("doctor", "?", "role"),
    ],
)
def test_vocatives(words, gender, kind):
    assert SPEECH.vocatives[words] == (gender, kind)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Henry", "Hal"),
        ("Margaret", "Peggy"),
        ("Edward", "Ned"),
        ("Mary", "Polly"),
        ("Aleksandr", "Sasha"),
        ("Dmitri", "Mitya"),
        ("José", "Pepe"),
        ("Francisco", "Paco"),
        ("Johann", "Hans"),
        ("Lizzy", "Eliza"),
        ("Catherine", "Katherine"),
        ("Charlotte", "Charlie"),
    ],
)
def test_names_of_one_person(a, b):
    assert PEOPLE.same_given_name(a, b)
    assert PEOPLE.same_given_name(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [("Jane", "Janet"), ("Emma", "Emily"), ("Harry", "Harriet"), ("Jane", "Elizabeth"), ("Lucy", "Louisa"), ("A", "")],
)
def test_names_of_two_persons(a, b):
    assert not PEOPLE.same_given_name(a, b)
    assert not PEOPLE.same_given_name(b, a)


def test_a_word_is_a_name_or_is_not():
    assert set(PEOPLE.given_names) & set(PEOPLE.not_names) <= {"paris"}
    assert PEOPLE.not_names["street"] == "placeword"
    assert PEOPLE.not_names["hush"] == "interjection"


@pytest.mark.parametrize(
    ("name", "gender"),
    [("elizabeth", "f"), ("fitzwilliam", None), ("akira", "m"), ("babajide", "m"), ("priya", "f"), ("alex", "?")],
)
def test_given_names(name, gender):
    assert PEOPLE.given_names.get(name) == gender


LISTS_FOLDER = files("dramaturg.lexicon.en") / "lists"
LISTS = {
    "speech_verbs.txt": 6,
    "speech_phrases.txt": 7,
    "titles.txt": 3,
    "honorifics.txt": 3,
    "person_nouns.txt": 4,
    "given_names.txt": 2,
    "not_names.txt": 2,
    "nicknames_extra.txt": 2,
    "body_parts.txt": 1,
    "vocatives.txt": 3,
}


def entries(name):
    text = (LISTS_FOLDER / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_every_list_is_tested():
    shipped = {path.name for path in LISTS_FOLDER.iterdir() if path.name.endswith(".txt")}

    assert shipped == set(LISTS)


@pytest.mark.parametrize(("name", "n_columns"), LISTS.items(), ids=LISTS)
def test_entries_are_whole_lower_case_and_once(name, n_columns):
    rows = [entry.split("\t") for entry in entries(name)]

    assert rows
    assert all(len(row) == n_columns and all(column.strip() == column != "" for column in row) for row in rows)
    assert all(entry == entry.lower() for entry in entries(name))
    firsts = [row[0] for row in rows]
    # A name may stand twice among short forms: "Josef" is Sepp in one language and Pepe in another.
    assert len(set(firsts)) == len(firsts) or name == "nicknames_extra.txt"


def test_sets_are_closed():
    gendered = [*PEOPLE.titles.values(), *PEOPLE.honorifics.values(), *SPEECH.vocatives.values()]
    genders = {entry.gender for entry in [*gendered, *PEOPLE.person_nouns.values()]}
    genders |= set(PEOPLE.given_names.values())

    assert genders == {"m", "f", "?"}
    assert {verb.strength for verb in SPEECH.verbs.values()} == {"core", "manner", "mental"}
    assert {phrase.strength for phrase in SPEECH.phrases.values()} == {"core", "manner"}
    assert {entry.kind for entry in SPEECH.vocatives.values()} == {
        "respect",
        "kin",
        "endearment",
        "relation",
        "insult",
        "role",
    }
