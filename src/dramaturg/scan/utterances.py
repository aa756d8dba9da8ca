"""Which quotations are parts of one utterance.

Two quotations of one paragraph belong together if the first is not finished (it ends in a comma, a dash, dots or
without punctuation), if the second begins in lower case, or if the words between them end in a comma. They also do if
only a plain tag is between two whole sentences (`“Go,” he said. “I stay.”`), unless the second has a tag of its own.
They never do if the words between them introduce a new speaker (`“Go,” he said, and Tom said, “No.”`, also without the
commas).
Speech that is open at the end of a paragraph goes on if the next paragraph opens with a mark.
"""

import re

from dramaturg.lexicon.language import Language
from dramaturg.scan.quote_marks import ALL_QUOTE_CHARACTERS
from dramaturg.scan.tags import tag_at
from dramaturg.scan.tokens import BARE_WORD

_CLOSING = ALL_QUOTE_CHARACTERS + "_* \n\t\u00a0"
_SENTENCE_END = re.compile(r"[.!?]\s")
_BESIDE = ",*_/ \n\t\u00a0"
MAX_CHARACTERS_BETWEEN = 250  # between two parts of one utterance
MAX_SUBJECT_WORDS = 6  # of a tag after a conjunction
MAX_SHORT_TAG_WORDS = 4  # of a tag that only interrupts an utterance: `she said softly,`


def is_one_utterance(text: str, first: tuple[int, int], second: tuple[int, int], high: int, language: Language) -> bool:
    """Whether two quotations of one paragraph, given as (start, end), are parts of one utterance.

    `high`: the end of the paragraph.
    """
    if second[0] - first[1] > MAX_CHARACTERS_BETWEEN:
        return False
    after = first[1]  # a comma may follow the closing mark: „Ja“, sagte er
    while after < second[0] and text[after] in _BESIDE:
        after += 1
    between = text[after : second[0]].rstrip(_CLOSING)
    if not between:
        return text[first[1] : second[0]].strip() == ","
    beginning = text[second[0] : second[0] + 8].lstrip(_CLOSING)[:1]
    if not beginning.islower() and _introduces_new_speaker(between, language):
        return False
    if between[-1].isalpha() and _ends_in_new_tag(between, language):
        return False
    if beginning.islower() or between[-1] == ",":
        return True
    ending = text[max(first[0], first[1] - 8) : first[1]].rstrip(_CLOSING)[-1:]
    if (ending in ",—–-…" or ending.isalnum()) and between[-1] not in ".!?":
        return True
    tagged = "," in text[first[1] : after] or tag_at(text, after, second[0], language) >= 0
    if not tagged:
        return False
    return tag_at(text, second[1], high, language) < 0


def _ends_in_new_tag(between: str, language: Language) -> bool:
    """Whether the words between two quotations end in a clause of speech with a subject: `and my aunt said`."""
    *sentences, last = _SENTENCE_END.split(between)
    words = [word.lower() for word in BARE_WORD.findall(last)]
    begins = max((i for i, word in enumerate(words) if word in language.grammar.conjunctions), default=-1)
    clause = words[begins + 1 :]
    verbs = [i for i, word in enumerate(clause) if word in language.speech.core_past_verbs]
    is_clause = begins >= 0 or bool(sentences)
    return is_clause and bool(verbs) and 0 < verbs[-1] <= MAX_SUBJECT_WORDS and verbs[-1] >= len(clause) - 2


def _introduces_new_speaker(between: str, language: Language) -> bool:
    """Whether the words between two quotations end in a tag for the second that is not the tag of the first."""
    if between[-1] not in ",:" and not _SENTENCE_END.search(between):
        return False
    words = [word.lower() for word in BARE_WORD.findall(between)]
    return len(words) > MAX_SHORT_TAG_WORDS and any(word in language.speech.finite_verbs for word in words[-3:])
