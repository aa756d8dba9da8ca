"""Languages: the word lists, patterns of words and abbreviations that reading a story needs.

`language` declares what a language has to give, `lists` reads word lists from text files, and each language is a
package of its own beside them, such as `en`. No other module holds words of a language.
"""

from dramaturg.lexicon.en import ENGLISH
from dramaturg.lexicon.language import Language

LANGUAGES: dict[str, Language] = {  # by ISO 639-1 code
    "en": ENGLISH,
}


def language_of(code: str | None) -> Language:
    """The language with an ISO 639-1 code; English if the code is None or dramaturg does not have that language."""
    return LANGUAGES.get(code or "", ENGLISH)
