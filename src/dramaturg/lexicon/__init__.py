"""Languages: the word lists, patterns of words and abbreviations that reading a story needs.

`language` declares what a language has to give, `lists` reads word lists from text files, and each language is a
package of its own beside them, such as `en`. No other module holds words of a language.
"""

from collections.abc import Mapping

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language
from dramaturg.lexicon.lists import Gender, PersonNoun, SpeechPhrase, SpeechVerb, Title

LANGUAGES: dict[str, Language] = {  # by ISO 639-1 code
    "en": ENGLISH,
}


def language_of(code: str | None) -> Language:
    """The language with an ISO 639-1 code; English if the code is None or dramaturg does not have that language."""
    return LANGUAGES.get(code or "", ENGLISH)


formal_names = ENGLISH.people.formal_names
same_given_name = ENGLISH.people.same_given_name


def speech_verbs() -> Mapping[str, SpeechVerb]:
    """Use `language.speech.verbs`."""
    return ENGLISH.speech.verbs


def speech_phrases() -> Mapping[str, SpeechPhrase]:
    """Use `language.speech.phrases`."""
    return ENGLISH.speech.phrases


def titles() -> Mapping[str, Title]:
    """Use `language.people.titles`."""
    return ENGLISH.people.titles


def honorifics() -> Mapping[str, Title]:
    """Use `language.people.honorifics`."""
    return ENGLISH.people.honorifics


def person_nouns() -> Mapping[str, PersonNoun]:
    """Use `language.people.person_nouns`."""
    return ENGLISH.people.person_nouns


def body_parts() -> frozenset[str]:
    """Use `language.people.body_parts`."""
    return ENGLISH.people.body_parts


def given_names() -> Mapping[str, Gender]:
    """Use `language.people.given_names`."""
    return ENGLISH.people.given_names
