"""Vocatives: names and words by which somebody is addressed inside a quotation. That person is not the speaker."""

from collections.abc import Iterator

from dramaturg.draft import Draft
from dramaturg.findings import Mention, Vocative
from dramaturg.layers.rules.words import ENDERS, OPENERS, AnnotatedWords
from dramaturg.lexicon.language import Language
from dramaturg.scan.quote_marks import CLOSING_QUOTE_CHARACTERS

ENDS = frozenset(",.!?;:—–-…)" + CLOSING_QUOTE_CHARACTERS) | {"--", "..."}


def find_vocatives(draft: Draft, words: AnnotatedWords, mentions: list[Mention]) -> list[Vocative]:
    """Find the people addressed in each quotation, by the punctuation around a name or a form of address."""
    quotation = draft.tokens.quotation.tolist()
    found = list(_names(words, quotation, mentions, draft.language))
    named = {(v.start, v.end) for v in found}
    found += [v for v in _words(draft, words, quotation) if not any(s <= v.start < e for s, e in named)]
    return sorted(found, key=lambda vocative: vocative.start)


def _names(
    words: AnnotatedWords, quotation: list[int], mentions: list[Mention], language: Language
) -> Iterator[Vocative]:
    for index, mention in enumerate(mentions):
        if mention.quotation < 0 or mention.kind != "name" or mention.possessive:
            continue
        if _is_set_off(words, quotation, mention.first, mention.last, language):
            yield Vocative(mention.quotation, index, "?", mention.start, mention.end)


def _words(draft: Draft, words: AnnotatedWords, quotation: list[int]) -> Iterator[Vocative]:
    vocatives, nouns = draft.language.speech.vocatives, draft.language.people.person_nouns
    for i, lower in enumerate(words.lower):
        known = vocatives.get(lower) or nouns.get(lower)
        if quotation[i] < 0 or known is None:
            continue
        if _is_set_off(words, quotation, i, i + 1, draft.language) and (
            lower in vocatives or not _is_whole_sentence(words, quotation, i)
        ):
            start, end = int(draft.tokens.start[i]), int(draft.tokens.end[i])
            yield Vocative(quotation[i], -1, known.gender, start, end)


def _is_whole_sentence(words: AnnotatedWords, quotation: list[int], i: int) -> bool:
    """Whether a noun is all that is said in its sentence: “Thief!” may be a cry, and “Servants.” an answer."""
    begins = i == 0 or quotation[i - 1] != quotation[i] or words.lower[i - 1] in ENDERS or words.lower[i - 1] in OPENERS
    ends = i + 1 >= len(words) or quotation[i + 1] != quotation[i] or words.lower[i + 1] != ","
    return begins and ends


def _is_set_off(words: AnnotatedWords, quotation: list[int], first: int, last: int, language: Language) -> bool:
    """Whether punctuation or the quotation's edge is on both sides, and it is not a list of names."""
    here = quotation[first]
    ends = last >= len(words) or quotation[last] != here or words.lower[last] in ENDS
    if not ends:
        return False
    if last + 1 < len(words) and words.lower[last] == "," and words.lower[last + 1] in language.grammar.conjunctions:
        return False
    if first == 0 or quotation[first - 1] != here:
        return True
    before = words.lower[first - 1]
    return before in OPENERS or before in ENDS or before in language.speech.vocative_leads
