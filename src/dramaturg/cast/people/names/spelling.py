"""Repairing rare forms of names: misspelt, stammered (“V-Vesh”) or broken off (“Orihim--”)."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence

from dramaturg.cast.people.names.parts import Parts
from dramaturg.lexicon.language import Language

HYPHENS = re.compile(r"[-‐‑–—]")
STAMMER = re.compile(r"^(?:(\w{1,2})[-‐‑–—]+(?=\1))+")
MAX_CANDIDATES = 64  # so many similar words are looked at, so that time stays linear
MIN_MISSPELT_LETTERS = 5
MAX_MISSPELT_LETTERS = 20
MAX_MISSPELT_COUNT = 3  # a word that occurs more often is spelt as it is meant
MIN_RATIO_MISSPELT, MIN_RATIO_STAMMERED = 6, 2  # how many times as often the word that is meant occurs
MAX_BROKEN_OFF_COUNT = 2


def repair(forms: Counter[Parts], broken_off: Container[Parts], language: Language) -> dict[Parts, Parts]:
    """The form that each form is meant as: itself, unless it is a slip of a more frequent one."""
    words = count_words(forms)
    index = _index_by_spelling(words)
    meant = {word: _correct(word, words, index, language) for word in words}
    in_order = sorted(words)
    repaired = {}
    for parts in forms:
        correct = [meant[word] for word in parts.words]
        if parts in broken_off and correct:
            correct[-1] = _complete(correct[-1], words, in_order, language)
        repaired[parts] = Parts(parts.titles, tuple(correct), parts.gender)
    return repaired


def count_words(forms: Mapping[Parts, int]) -> Counter[str]:
    """How often each word of some names occurs, titles excepted."""
    words: Counter[str] = Counter()
    for parts, count in forms.items():
        for word in parts.words:
            words[word] += count
    return words


def _index_by_spelling(words: Counter[str]) -> dict[str, list[str]]:
    # Two words one edit apart share a form that lacks one letter: looking up is linear, not pairwise.
    index: dict[str, list[str]] = defaultdict(list)
    for word in words:
        for key in _deletions(word):
            index[key].append(word)
    return index


def _deletions(word: str) -> set[str]:
    plain = HYPHENS.sub("", word)
    if len(plain) > MAX_MISSPELT_LETTERS:
        return {plain}
    return {plain, *(plain[:i] + plain[i + 1 :] for i in range(len(plain)))}


def _correct(word: str, words: Counter[str], index: Mapping[str, Sequence[str]], language: Language) -> str:
    """The much more frequent word that a word is a misspelling or a stammered form of; else the word."""
    plain = HYPHENS.sub("", word)
    if len(plain) < MIN_MISSPELT_LETTERS or words[word] > MAX_MISSPELT_COUNT:
        return word
    similar = {other for key in _deletions(word) for other in index[key][:MAX_CANDIDATES] if other != word}
    is_stammered = plain != word
    ratio = MIN_RATIO_STAMMERED if is_stammered else MIN_RATIO_MISSPELT
    fits = [
        other
        for other in similar
        if words[other] >= ratio * words[word]
        and other[0] == word[0]
        and not _is_plural_of(word, other, language)
        and (is_stammered or word not in language.people.given_names)
    ]
    return max(fits, key=lambda other: (words[other], other), default=word)


def _is_plural_of(word: str, other: str, language: Language) -> bool:
    """Whether one of two words is the plural of the other."""
    return any(word == other + suffix or other == word + suffix for suffix in language.names.plural_suffixes)


def _complete(word: str, words: Counter[str], in_order: Sequence[str], language: Language) -> str:
    """The commonest name that begins as a broken-off one does. `in_order`: the words, sorted."""
    if words[word] > MAX_BROKEN_OFF_COUNT or len(word) < 2 or word in language.people.given_names:
        return word
    begun = STAMMER.sub("", word)
    first, last = bisect_left(in_order, begun), bisect_left(in_order, begun + "\U0010ffff")
    fits = [other for other in in_order[first : min(last, first + MAX_CANDIDATES)] if words[other] > words[word]]
    return max(fits, key=lambda other: (words[other], other), default=word)
