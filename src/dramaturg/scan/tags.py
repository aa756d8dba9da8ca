"""Tags: the words that introduce speech, as far as a scanner needs to know them.

Nothing here says who speaks, only where speech that lost a mark ends, and whether a quotation has a tag before or
after it.
"""

import re
from typing import NamedTuple

from dramaturg.lexicon.language import Language, Speech

MAX_WORDS = 9  # of a tag
MAX_SUBJECT_WORDS = 5
_BOUNDARY = re.compile(r"(?<![,.!?…;—–-])[,.!?…;—–-]+\s+(?=\S)")


class _Tag(NamedTuple):
    end: int
    verb: str
    plain: bool  # False for I, we or you with words before the verb: “we have said enough”

    def is_core(self, speech: Speech) -> bool:
        return self.verb in speech.core_verbs or self.verb in speech.finite_phrases

    def is_past(self, speech: Speech) -> bool:
        return self.verb in speech.core_past_verbs or self.verb in speech.finite_phrases


def tag_at(text: str, at: int, end: int, language: Language) -> int:
    """The end of the tag that begins at `at` (after white space), or -1 if none does."""
    tag = _match(text, at, end, language)
    return -1 if tag is None else tag.end


def core_tag_at(text: str, at: int, end: int, language: Language) -> int:
    """The same for verbs that always say that somebody speaks: said, asked, but not thought or laughed."""
    tag = _match(text, at, end, language)
    return -1 if tag is None or not tag.is_core(language.speech) else tag.end


def _match(text: str, at: int, end: int, language: Language) -> _Tag | None:
    """The tag that begins at `at`: `said the man`, `the old man then said`, `Mr. Gray went on`."""
    speech, grammar = language.speech, language.grammar
    words, ends = _next_words(text, at, end, speech)
    first = 0
    while first < len(words) and first < 2 and words[first] in speech.tag_conjunctions:
        first += 1
    if first == len(words):
        return None
    verb = _verb_end(words, first, speech)
    if words[first] in speech.narrated_verbs:
        verb = max(verb, first + 1)
    if verb:  # said Tom, gasped Tom
        subject = verb
        if subject < len(words) and words[subject].endswith(grammar.adverb_suffixes):
            subject += 1
        if subject < len(words) and _is_subject(words[subject], speech):
            return _Tag(ends[subject], words[first], True)
        return None
    if not _is_subject(words[first], speech):
        return None
    place = first + 1
    last = place
    if words[first].lower() not in speech.subject_pronouns:
        last += MAX_SUBJECT_WORDS
    while place < len(words) and place <= last:
        verb = _verb_end(words, place, speech)
        if verb:
            plain = words[first] not in speech.close_subjects or place == first + 1
            return _Tag(ends[verb - 1], words[place], plain)
        word = words[place]
        if word in speech.tag_helpers or word.endswith(grammar.adverb_suffixes):
            last += 1
        elif (
            word in speech.tag_blockers
            or word in speech.tag_conjunctions
            or word.lower() in speech.subject_pronouns
            or word.endswith(grammar.past_suffixes)
        ):
            return None
        place += 1
    return None


def _next_words(text: str, at: int, end: int, speech: Speech) -> tuple[list[str], list[int]]:
    """The next words with only white space between them, and the end of each."""
    words: list[str] = []
    ends: list[int] = []
    pattern = speech.tag_word
    while len(words) < MAX_WORDS:
        match = pattern.match(text, at, end)
        if match is None:
            break
        words.append(match[1])
        at = match.end()
        ends.append(at)
        if at < end and not text[at].isspace():
            break
    return words, ends


def _verb_end(words: list[str], place: int, speech: Speech) -> int:
    """One past the words of the verb of speech at `place`, or 0 if there is none."""
    word = words[place]
    if place + 1 < len(words) and words[place + 1] in speech.finite_phrases.get(word, ()):
        return place + 2
    return place + 1 if word in speech.finite_verbs else 0


def _is_subject(word: str, speech: Speech) -> bool:
    return word[0].isupper() or word in speech.subject_pronouns or word in speech.subject_determiners


def find_tag(text: str, start: int, end: int, language: Language) -> tuple[int, int] | None:
    """The first tag in `text[start:end]` that follows a punctuation mark: (end of the words before it, its own end).

    Speech is full of words that look like one (“Come, remember who waits”, “you lie, I think, to me”). So the verb has
    to be in the past, or in the present as in “says he”; after a full stop it has to be one that always means speech.
    """
    speech = language.speech
    for boundary in _BOUNDARY.finditer(text, start, end):
        tag = _match(text, boundary.end(), end, language)
        if tag is None:
            continue
        points = boundary.group().rstrip()
        if (
            not tag.plain
            or tag.verb not in speech.narrated_verbs
            or speech.said_so.match(text, tag.end, end)
            or (points == "." and not tag.is_past(speech))
        ):
            continue
        return boundary.start() + len(points), tag.end
    return None


def introduces_speech(words: list[str], language: Language) -> bool:
    """Whether the last words before a quotation introduce it: `he said`, `whispering softly to her`."""
    return not language.speech.introducing_verbs.isdisjoint(words)
