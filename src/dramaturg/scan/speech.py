"""Speech or not: scare quotes, titles and words that are only mentioned have quotation marks, too.

The order of the tests was found on PDNC's train novels: the most reliable ones come first.
"""

import re

from dramaturg.lexicon.language import Language
from dramaturg.scan.pairing import Stretch
from dramaturg.scan.quote_marks import ALL_QUOTE_CHARACTERS
from dramaturg.scan.tags import introduces_speech, tag_at
from dramaturg.scan.tokens import BARE_WORD

_MARKS = ALL_QUOTE_CHARACTERS + "<>_*/"
_EDGE = _MARKS + " \n\t\u00a0\u2009\u200a\u202f"
_POINTS = ",.!?…—–-;:~"
_STRONG = "!?…—–-"
_UNSAID = re.compile(r"[!?…—–-]|\.\.")
_SENTENCE_END = re.compile(r"[.!?…][\"”’'»)]*\s")
MAX_CHARACTERS = 60  # looked at on either side
MAX_NAME_WORDS = 4  # of what something is called
MAX_UNPOINTED_WORDS = 3  # of speech without punctuation after a verb of speech: he said “Not me” and left
MAX_MENTIONED_WORDS = 6  # in lower case within a sentence, of what is mentioned rather than said


def is_speech(
    text: str,
    stretch: Stretch,
    low: int,
    high: int,
    language: Language,
    last_end: int = -1,
    *,
    unpointed: bool = False,
) -> bool:
    """Whether a stretch between marks is somebody's speech, by its punctuation and the words around it.

    `low`, `high`: the bounds of the paragraph. `last_end`: the end of the last speech in it before this, or -1.
    `unpointed`: whether the story's tags have no comma before speech.
    """
    body = text[stretch.start : min(stretch.end, stretch.start + 400)]
    words = BARE_WORD.findall(body)
    if not words:  # "?" and "…!" are speech, "" is not
        return _UNSAID.search(body) is not None
    if not (stretch.opened and stretch.closed):
        return True
    last = text[max(stretch.start, stretch.end - 10) : stretch.end].rstrip(_MARKS)
    # `I thought "`: a dash was lost, or left out before the mark
    ending = "—" if last[-1:].isspace() else last.rstrip(_EDGE)[-1:]
    after = text[stretch.end : min(high, stretch.end + MAX_CHARACTERS)].lstrip("_*")
    beyond = stretch.end + (after.startswith(";"))  # `"No"; said he`
    pointed = (ending != "" and ending in _POINTS) or after[:1] == ","
    if tag_at(text, beyond, high, language) >= 0 and (pointed or words[0][0].isupper()):
        return True
    before = text[max(low, stretch.start - MAX_CHARACTERS) : stretch.start].rstrip("_* \n\t")
    if not before.strip(_EDGE) or before[-1] in "([":
        whole = not after.strip(_EDGE)
        return (
            whole
            or pointed
            or len(words) > 4
            or (len(words) > 2 and not is_title(words, language) and words[0][0].isupper())
            or after.lstrip()[:1] in ("-", "—", "–", "(")
        )
    pointed = ending != "" and ending in _POINTS
    if pointed and last_end >= 0 and _resumes(text, last_end, stretch.start):
        return True
    if last_end >= 0 and len(words) > 1 and _follows_tag_of(text, last_end, stretch.start, language):
        return True
    return (unpointed and _is_led(before, language)) or _is_speech_in_sentence(before, words, ending, pointed, language)


def _is_led(before: str, language: Language) -> bool:
    """Whether a verb of speech is among the last words of the sentence: `and she said back "`, `I told him "`."""
    last_words = [word.lower() for word in BARE_WORD.findall(_SENTENCE_END.split(before)[-1])[-2:]]
    other = language.speech.naming_words | language.speech.written_things
    return before[-1].isalpha() and introduces_speech(last_words, language) and other.isdisjoint(last_words)


def _follows_tag_of(text: str, last_end: int, start: int, language: Language) -> bool:
    """Whether nothing but the tag of the speech before is in between: “A watch” Lev said “or a compass”."""
    if start - last_end > MAX_CHARACTERS:
        return False
    tag_end = tag_at(text, last_end, start, language)
    return tag_end >= 0 and not text[tag_end:start].strip(_EDGE + ",:")


def _resumes(text: str, last_end: int, start: int) -> bool:
    """Whether unfinished speech goes on: “We always seem” she faltered “to quarrel.”"""
    if start - last_end > MAX_CHARACTERS:
        return False
    broken = text[max(0, last_end - 4) : last_end].rstrip(_EDGE)[-1:]
    between = text[last_end:start]
    if not any(map(str.isalnum, between)) or any(point in between for point in ".!?…"):
        return False
    return broken.isalnum() or broken in ("—", "–", "-")


def _is_speech_in_sentence(before: str, words: list[str], ending: str, pointed: bool, language: Language) -> bool:
    """The same for a stretch with words of its paragraph before it."""
    speech = language.speech
    strong = ending != "" and ending in _STRONG
    n_words = len(words)
    last_words = [word.lower() for word in BARE_WORD.findall(_SENTENCE_END.split(before)[-1])[-3:]]
    titled = n_words > 1 and not strong and is_title(words, language)
    if titled and not (ending == "." and _follows_tag(before, language)):
        return before[-1] in ",:" and introduces_speech(last_words, language)
    is_named = before[-1] not in ",:;" and not speech.naming_words.isdisjoint(last_words)
    if is_named and not strong and n_words <= MAX_NAME_WORDS:
        return False
    if before[-1] in ",:;—–-":
        return pointed or n_words > 3 or before[-1] == ":" or introduces_speech(last_words, language)
    if before[-1] in ".!?…\"”’'»)":
        return pointed or n_words > 4
    if last_words and last_words[-1] in speech.finite_verbs and words[0][0].isupper():
        said = last_words[-1] in speech.core_past_verbs and speech.written_things.isdisjoint(last_words)
        return pointed or (1 if said else 2) <= n_words <= MAX_UNPOINTED_WORDS
    if introduces_speech(last_words, language):
        return pointed
    if n_words <= MAX_MENTIONED_WORDS and words[0][0].islower():
        return False
    return strong or (pointed and n_words > 3)


def _follows_tag(before: str, language: Language) -> bool:
    """Whether a sentence with a verb of speech ends here: `said Tom.`"""
    return before[-1] in ".!?…" and not language.speech.finite_verbs.isdisjoint(BARE_WORD.findall(before))


def is_title(words: list[str], language: Language) -> bool:
    """Whether the words are written as in a title: each with a capital, except small words."""
    small = language.writing.title_small_words
    return all(word[0].isupper() or word[0].isdigit() or word in small for word in words) and words[-1] not in small
