"""The tokens of a draft in the shape that the rule layers look up, with counts over the whole story.

The counts tell a name from a common word at the start of a sentence: a word that is in lower case elsewhere is not a
name there.
"""

import re
from collections import Counter
from dataclasses import dataclass

from dramaturg.draft import Draft
from dramaturg.scan.quote_marks import ALL_QUOTE_CHARACTERS

STUTTER = re.compile(r"^(?:(\w{1,3})[-‐‑])+(?=\1)", re.IGNORECASE)
OPENERS = frozenset(ALL_QUOTE_CHARACTERS + "([{—–-*_…")
ENDERS = frozenset(".!?:;…") | {"...", "--"}


@dataclass(frozen=True, slots=True)
class AnnotatedWords:
    """Columns of length (tokens,), and counts by lower-case word over the story.

    `text`: the token without a possessive ending or a stutter. `lower`: the same in lower case, with straight
    apostrophes. `capital`: whether it begins with a capital. `initial`: whether any word would have a capital here, at
    the start of a sentence or a quotation. `possessive`: whether it had a possessive ending.
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
            if not begins_capital:
                smalls[small] += 1
            elif not starts:
                capitals[small] += 1
            starts = False
        elif token in ENDERS:
            starts = True
        elif not (token in OPENERS and starts):
            starts = False
    return AnnotatedWords(text, lower, capital, initial, possessive, capitals, smalls)
