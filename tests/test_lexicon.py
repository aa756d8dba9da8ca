"""The word lists load, hold what their columns promise, and know their irregular forms."""

import pytest

from dramaturg import lexicon


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
    assert lexicon.speech_verbs()[form] == (lemma, strength, tense)


def test_a_phrase_needs_its_particle():
    assert lexicon.speech_phrases()["went"].lemma == "go"
    assert "on" in lexicon.speech_phrases()["went"].particles
    assert "went" not in lexicon.speech_verbs()


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
    found = lexicon.person_nouns()[noun]

    assert (found.gender, found.plural) == (gender, plural)


def test_titles_know_their_gender():
    assert lexicon.titles()["mr"] == lexicon.titles()["mr."] == ("m", "courtesy")
    assert lexicon.titles()["uncle"] == ("m", "kin")
    assert lexicon.titles()["captain"].gender == "?"
    assert lexicon.honorifics()["sensei"].gender == "?"


def test_what_stands_for_a_person_beside_speech():
    assert {"hand", "hands", "feet", "lips", "brow", "head"} <= lexicon.body_parts()
    assert {"voice", "tone", "smile", "laughter"} <= lexicon.action_nouns()


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
    assert lexicon.vocatives()[words] == (gender, kind)
