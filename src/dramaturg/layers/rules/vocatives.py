"""Vocatives: names and words by which someone is addressed inside a quotation. Who is addressed does not speak."""

from collections.abc import Iterator

from dramaturg.draft import Draft
from dramaturg.findings import Mention, Vocative
from dramaturg.layers.rules.words import OPENERS, AnnotatedWords

ENDS = frozenset(",.!?;:—–-…'\"”’»)") | {"--", "..."}
LEADS = frozenset(
    """
    o oh ah dear my well yes no but and so now come why then hello hi hey goodbye please thanks sorry
    you poor old good it this that up here there me god sure right okay ok
    """.split()
)


def find_vocatives(draft: Draft, words: AnnotatedWords, mentions: list[Mention]) -> list[Vocative]:
    """Find who is addressed in each quotation, by punctuation on both sides of a name or a form of address."""
    quotation = draft.tokens.quotation.tolist()
    found = list(_named(words, quotation, mentions))
    named = {(v.start, v.end) for v in found}
    found += [v for v in _bare(draft, words, quotation) if not any(s <= v.start < e for s, e in named)]
    return sorted(found, key=lambda vocative: vocative.start)


def _named(words: AnnotatedWords, quotation: list[int], mentions: list[Mention]) -> Iterator[Vocative]:
    for index, mention in enumerate(mentions):
        if mention.quotation < 0 or mention.kind != "name" or mention.possessive:
            continue
        if _set_off(words, quotation, mention.first, mention.last):
            yield Vocative(mention.quotation, index, "?", mention.start, mention.end)


def _bare(draft: Draft, words: AnnotatedWords, quotation: list[int]) -> Iterator[Vocative]:
    lexicon = draft.language.speech.vocatives
    for i, lower in enumerate(words.lower):
        if quotation[i] < 0 or lower not in lexicon:
            continue
        if _set_off(words, quotation, i, i + 1):
            start, end = int(draft.tokens.start[i]), int(draft.tokens.end[i])
            yield Vocative(quotation[i], -1, lexicon[lower].gender, start, end)


def _set_off(words: AnnotatedWords, quotation: list[int], first: int, last: int) -> bool:
    """Whether punctuation or the quotation's edge stands on both sides, and it is no list of names."""
    here = quotation[first]
    ends = last >= len(words) or quotation[last] != here or words.lower[last] in ENDS
    if not ends:
        return False
    if last + 1 < len(words) and words.lower[last] == "," and words.lower[last + 1] == "and":
        return False
    if first == 0 or quotation[first - 1] != here:
        return True
    before = words.lower[first - 1]
    return before in OPENERS or before in ENDS or before in LEADS
