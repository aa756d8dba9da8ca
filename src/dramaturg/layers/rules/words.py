"""The tokens of a draft in the shape that the rule layers look up, with counts over the whole story.

The counts tell a name from a common word at the start of a sentence: a word that is in lower case elsewhere is not a
name there.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dramaturg.draft import Draft
from dramaturg.scan.quote_marks import ALL_QUOTE_CHARACTERS

STUTTER = re.compile(r"^(?:(\w{1,3})[-‐‑])+(?=\1)", re.IGNORECASE)
OPENERS = frozenset(ALL_QUOTE_CHARACTERS + "([{—–-*_…")
MIN_OPENING_CHARACTERS = 3  # of an opening in capitals: “I A” may be a slip
ENDERS = frozenset(".!?:;…") | {"...", "--"}


@dataclass(frozen=True, slots=True)
class AnnotatedWords:
    """Columns of length (tokens,), and counts by lower-case word over the story.

    `text`: the token without a possessive ending or a stutter. `lower`: the same in lower case, with straight
    apostrophes. `capital`: whether it begins with a capital that is not that of an opening set in capitals. `initial`:
    whether any word would have a capital here, at the start of a sentence or a quotation. `possessive`: whether it had
    a possessive ending.
    `capitals`: how often a word has a capital where not any word would; `smalls`: how often it is in lower case.
    """

    text: list[str]
    lower: list[str]
    capital: list[bool]
    initial: list[bool]
    possessive: list[bool]
    capitals: Counter[str]
    smalls: Counter[str]

    def __len__(self) -> int:
        return len(self.text)


def annotate_words(draft: Draft) -> AnnotatedWords:
    """Annotate the tokens of a draft for the rule layers."""
    remove_possessive = draft.language.writing.possessive.sub
    raw = [draft.text[s:e] for s, e in zip(draft.tokens.start.tolist(), draft.tokens.end.tolist(), strict=True)]
    sentence, quotation = draft.tokens.sentence.tolist(), draft.tokens.quotation.tolist()
    text, lower, capital, initial, possessive = [], [], [], [], []
    capitals: Counter[str] = Counter()
    smalls: Counter[str] = Counter()
    openings = {i for run in _openings_in_capitals(draft, raw) for i in run}
    starts = True
    for i, token in enumerate(raw):
        if i == 0 or sentence[i] != sentence[i - 1] or quotation[i] != quotation[i - 1]:
            starts = True
        bare = remove_possessive("", token) if len(token) > 2 else token
        is_possessive = bare != token
        if "-" in bare:
            bare = STUTTER.sub("", bare)
        small = bare.lower().replace("’", "'")
        begins_capital = bare[:1].isupper()
        text.append(bare)
        lower.append(small)
        capital.append(begins_capital)
        initial.append(starts)
        possessive.append(is_possessive)
        if token[0].isalnum():
            if i in openings:
                pass  # these capitals say nothing of the word
            elif not begins_capital:
                smalls[small] += 1
            elif not starts:
                capitals[small] += 1
            starts = False
        elif token in ENDERS:
            starts = True
        elif not (token in OPENERS and starts):
            starts = False
    given_names = draft.language.people.given_names
    for i in openings:
        if not initial[i]:
            word = lower[i]
            capital[i] = capitals[word] > smalls[word] or (word in given_names and not smalls[word])
    return AnnotatedWords(text, lower, capital, initial, possessive, capitals, smalls)


def _openings_in_capitals(draft: Draft, raw: Sequence[str]) -> Iterator[range]:
    """The tokens of each run of capitals that opens a chapter or a scene, as books set it: `MARTA SET the can down`.

    The run has two words or more, and small letters follow it.
    """
    paragraph = draft.tokens.paragraph
    for n, position in enumerate(draft.positions):
        if n and position == draft.positions[n - 1] + 1:
            continue
        first, last = np.searchsorted(paragraph, (n, n + 1)).tolist()
        i, words = first, 0
        while i < last and not any(c.islower() for c in raw[i]):
            words += raw[i][0].isalpha()
            i += 1
        is_long = sum(map(len, raw[first:i])) > MIN_OPENING_CHARACTERS
        if words > 1 and is_long and i < last and raw[i][0].islower():
            yield range(first, i)
