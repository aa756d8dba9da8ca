"""Which language a text is in: by its script, then by the share of each language's most frequent words."""

import re

from dramaturg.lexicon import LANGUAGES
from dramaturg.lexicon.common_words import COMMON_WORDS

SAMPLE_CHARACTERS = 60_000  # from the middle of the text
MIN_WORDS = 20  # with fewer, no language is named
MIN_COMMON_SHARE = 0.15  # of the words, that are frequent ones of the language
MIN_LEAD_RATIO = 1.5  # the best language's share over the second's

NAMES = {
    "en": "English", "fr": "French", "de": "German", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch",
    "sv": "Swedish", "pl": "Polish", "la": "Latin", "ru": "Russian", "el": "Greek", "he": "Hebrew", "ar": "Arabic",
    "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "hi": "Hindi", "th": "Thai",
}  # fmt: skip
SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
WORD = re.compile(r"[^\W\d_]{1,40}")


def find_language(text: str) -> str | None:
    """The ISO 639-1 code of the text's language, or None where the text is too short or the result too close.

    >>> find_language("Il était une fois une fille qui ne voulait pas que le loup la mange dans la forêt de son père.")
    'fr'
    """
    middle = max(0, (len(text) - SAMPLE_CHARACTERS) // 2)
    sample = text[middle : middle + SAMPLE_CHARACTERS]
    n_letters = sum(c.isalpha() for c in sample)
    for language, script in SCRIPTS:
        if len(script.findall(sample)) > (0.1 if language == "ja" else 0.4) * max(n_letters, MIN_WORDS):
            return language
    words = [word.lower() for word in WORD.findall(sample)]
    if len(words) < MIN_WORDS:
        return None
    shares = {language: sum(word in common for word in words) / len(words) for language, common in COMMON_WORDS.items()}
    best, second = sorted(shares, key=lambda language: -shares[language])[:2]
    is_clear = shares[best] >= MIN_COMMON_SHARE and shares[best] >= MIN_LEAD_RATIO * shares[second]
    return best if is_clear else None


def warn_of_language(language: str | None) -> list[str]:
    """The warning for a story in a language that dramaturg does not have; nothing if its language is unknown."""
    if language is None or language in LANGUAGES:
        return []
    return [
        f"This looks like {NAMES[language]}. dramaturg knows only English: it finds the lines by their marks, but most "
        "speakers will be wrong."
    ]
