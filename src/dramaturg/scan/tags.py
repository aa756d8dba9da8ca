"""Tags: the words that introduce speech, as far as a scanner needs to know them.

Nothing here says who speaks. It only tells where speech that lost a mark stops, and whether a quotation
is introduced or followed by somebody's saying it.
"""

import re
from typing import NamedTuple

from dramaturg.lexicon import speech_phrases, speech_verbs

_FINITE = ("past", "present", "base")
SPEECH_VERBS = frozenset(
    form for form, verb in speech_verbs().items() if verb.tense in _FINITE and verb.strength != "manner"
)
_INTRODUCERS = frozenset(
    form for form, verb in speech_verbs().items() if verb.tense == "ing" and verb.strength != "manner"
)
_CORE = frozenset(form for form in SPEECH_VERBS if speech_verbs()[form].strength == "core")
SAID = frozenset(form for form in _CORE if speech_verbs()[form].tense == "past")
_TOLD = frozenset(
    form
    for form, verb in speech_verbs().items()
    if verb.tense == "past" or (verb.tense == "present" and verb.strength == "core")
) | frozenset(form for form, phrase in speech_phrases().items() if phrase.tense == "past")
_WITH_PARTICLE = {form: phrase.particles for form, phrase in speech_phrases().items() if phrase.tense in _FINITE}
_PRONOUNS = frozenset("he she they i we you it who somebody someone everyone everybody nobody one another both".split())
_DETERMINERS = frozenset("the a an his her my our their your this that these those another old poor little".split())
_NEAR_PRONOUNS = frozenset(["I", "we", "you", "We", "You"])
_HELPERS = frozenset(
    "had only just then again did not didn't didn’t could would was have has at last once also always never".split()
    + ["soon", "now", "presently"]
)
# After these a verb is no finite one: Stephen will apologise.
_NOT_YET = frozenset(
    ["will", "shall", "may", "might", "must", "to", "can", "should", "do", "does", "is", "are", "were"]
)
_CONJUNCTIONS = frozenset(["and", "then", "so", "but", "as"])
_WORD = re.compile(r"\s*((?:Mr|Mrs|Ms|Dr|St|Prof|Capt|Col|Rev|Hon|Lt|Sgt|Mme|Mlle|[A-Z])\.(?=\s)|[^\W\d_][\w’'-]*)")
N_WORDS = 9  # words that a tag may take
SUBJECT = 5  # words that who speaks may take


class _Tag(NamedTuple):
    end: int
    verb: str
    plain: bool  # not I, we or you with words before the verb: “we have said enough”

    @property
    def is_core(self) -> bool:
        return self.verb in _CORE or self.verb in _WITH_PARTICLE

    @property
    def is_past(self) -> bool:
        return self.verb in SAID or self.verb in _WITH_PARTICLE


def tag_at(text: str, at: int, end: int) -> int:
    """The end of the tag that begins at `at` (after white space), or -1 where none does."""
    tag = _find(text, at, end)
    return -1 if tag is None else tag.end


def core_tag_at(text: str, at: int, end: int) -> int:
    """The same for verbs that always say that somebody speaks: said, asked, but not thought or laughed."""
    tag = _find(text, at, end)
    return -1 if tag is None or not tag.is_core else tag.end


def _find(text: str, at: int, end: int) -> _Tag | None:
    """The tag that begins at `at`: `said the man`, `the old man then said`, `Mr. Gray went on`."""
    words, ends = _next_words(text, at, end)
    first = 0
    while first < len(words) and first < 2 and words[first] in _CONJUNCTIONS:
        first += 1
    if first == len(words):
        return None
    verb = _verb_end(words, first)
    if words[first] in _TOLD:
        verb = max(verb, first + 1)
    if verb:  # said Tom, gasped Tom
        subject = verb
        if subject < len(words) and words[subject].endswith("ly"):
            subject += 1
        if subject < len(words) and _is_subject(words[subject]):
            return _Tag(ends[subject], words[first], True)
        return None
    if not _is_subject(words[first]):
        return None
    place = first + 1
    last = place
    if words[first].lower() not in _PRONOUNS:
        last += SUBJECT
    while place < len(words) and place <= last:
        verb = _verb_end(words, place)
        if verb:
            plain = words[first] not in _NEAR_PRONOUNS or place == first + 1
            return _Tag(ends[verb - 1], words[place], plain)
        word = words[place]
        if word in _HELPERS or word.endswith("ly"):
            last += 1
        elif word in _NOT_YET or word in _CONJUNCTIONS or word.lower() in _PRONOUNS or word.endswith("ed"):
            return None
        place += 1
    return None


def _next_words(text: str, at: int, end: int) -> tuple[list[str], list[int]]:
    """The next words with nothing but white space between, and where each ends."""
    words: list[str] = []
    ends: list[int] = []
    while len(words) < N_WORDS:
        match = _WORD.match(text, at, end)
        if match is None:
            break
        words.append(match[1])
        at = match.end()
        ends.append(at)
        if at < end and not text[at].isspace():
            break
    return words, ends


def _verb_end(words: list[str], place: int) -> int:
    """One past the words of the verb of speech at `place`, or 0 where there is none."""
    word = words[place]
    if place + 1 < len(words) and words[place + 1] in _WITH_PARTICLE.get(word, ()):
        return place + 2
    return place + 1 if word in SPEECH_VERBS else 0


def _is_subject(word: str) -> bool:
    return word[0].isupper() or word in _PRONOUNS or word in _DETERMINERS


_SAID_SO = re.compile(r"\s+(?:so|that|it|this|what|why|how)\b")  # my husband said so: somebody speaks of it
_BOUNDARY = re.compile(r"(?<![,.!?…;—–-])[,.!?…;—–-]+\s+(?=\S)")


def find_tag(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The first tag in `text[start:end]` that follows a point: (where the words before it end, where it ends).

    Speech is full of what looks like one (“Come, remember who waits”, “you lie, I think, to me”): only a verb
    in the past counts, or one as in “says he”; after a full stop only one that always speaks of saying.
    """
    for boundary in _BOUNDARY.finditer(text, start, end):
        tag = _find(text, boundary.end(), end)
        if tag is None:
            continue
        points = boundary.group().rstrip()
        if (
            not tag.plain
            or tag.verb not in _TOLD
            or _SAID_SO.match(text, tag.end, end)
            or (points == "." and not tag.is_past)
        ):
            continue
        return boundary.start() + len(points), tag.end
    return None


def introduces(words: list[str]) -> bool:
    """Whether the last words before a quotation introduce speech: `he said`, `whispering softly to her`."""
    return any(word in SPEECH_VERBS or word in _INTRODUCERS for word in words)
