"""Which language a text is in: by its script, then by the small words that each language cannot do without."""

import re

SAMPLE = 60_000  # characters from the text's middle
MIN_WORDS = 20  # fewer say too little
SURE = 1.5  # the best language's small words against the second's

NAMES = {
    "en": "English", "fr": "French", "de": "German", "es": "Spanish", "it": "Italian", "pt": "Portuguese",
    "nl": "Dutch",
    "sv": "Swedish", "pl": "Polish", "la": "Latin", "ru": "Russian", "el": "Greek", "he": "Hebrew", "ar": "Arabic",
    "zh": "Chinese", "ja": "Japanese", "ko": "Korean", "hi": "Hindi", "th": "Thai",
}  # fmt: skip
SMALL_WORDS = {
    "en": "the and to of a in was he that it his her with as had she for you not at but on is be him said they i my",
    "fr": "le la les de des et un une il elle que qui dans ne pas pour sur est était avec ce se au je vous mais lui du",
    "de": "der die das und ist in den er sie nicht mit sich ein eine dem zu war auf es ich von auch als wie aber",
    "es": "el la los las de que y en un una no se por con su para es lo como era pero había al del le más yo sus",
    "it": "il la di che e un una non per è in si lo con era ma come gli del della le al da ed sono aveva più mi suo",
    "pt": "o a os as de que e em um uma não se por com para era mas do da no na ao mais como seu sua ele ela eu lhe",
    "nl": "de het een en van in dat niet is te op hij zij was met ik voor zijn maar aan had ze er als om ook naar bij",
    "sv": "och det att i en som han hon på är var inte med för sig den jag av till ett hade men om så de honom",
    "pl": "i w nie na się to że z do jest jak był a ale po co tak go jej jego za od przez była już tylko",
    "la": "et in est non ad cum ut sed quod qui ex si per quae ab esse sunt atque aut enim hoc nec",
}
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
    """The ISO 639-1 code of the text's language, or None where too little is there to tell.

    >>> find_language("Il était une fois une fille qui ne voulait pas que le loup la mange dans la forêt de son père.")
    'fr'
    """
    middle = max(0, (len(text) - SAMPLE) // 2)
    sample = text[middle : middle + SAMPLE]
    n_letters = sum(c.isalpha() for c in sample)
    for language, script in SCRIPTS:
        if len(script.findall(sample)) > (0.1 if language == "ja" else 0.4) * max(n_letters, MIN_WORDS):
            return language
    words = [word.lower() for word in WORD.findall(sample)]
    if len(words) < MIN_WORDS:
        return None
    scores = {
        language: sum(word in small for word in words) / len(words)
        for language, small in ((language, set(small.split())) for language, small in SMALL_WORDS.items())
    }
    best, second = sorted(scores, key=lambda language: -scores[language])[:2]
    sure = scores[best] >= 0.15 and scores[best] >= SURE * scores[second]
    return best if sure else None


def warn_of_language(language: str | None) -> list[str]:
    """What to tell a person whose story is not in English."""
    if language in (None, "en"):
        return []
    return [f"This looks like {NAMES[language]}. dramaturg reads English; results will be poor."]
