"""The words of a draft as the rule layers look at them: bare, in lower case, at a sentence's start or not.

Counts over the whole story tell a name from a common word at a sentence's start: a word that is
written small elsewhere is no name there.
"""

import re
from collections import Counter
from dataclasses import dataclass

from dramaturg.draft import Draft

POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])$", re.IGNORECASE)
STUTTER = re.compile(r"^(?:(\w{1,3})[-‐‑])+(?=\1)", re.IGNORECASE)
OPENERS = frozenset("\"“”‘’'«»„‚‹›`([{—–-*_…")
ENDERS = frozenset(".!?:;…") | {"...", "--"}


@dataclass(frozen=True, slots=True)
class AnnotatedWords:
    """Columns of length (tokens,), and counts by lower-case word over the story.

    `text`: the token without a possessive ending or a stutter. `lower`: the same in lower case, straight
    apostrophes. `capital`: it begins with a capital. `initial`: a capital says nothing here (a sentence or
    a quotation begins). `possessive`: it had a possessive ending.
    `capitals`: times written with a capital where one says something; `smalls`: times written small.
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
    """Bring the tokens of a draft into the shape that the rule layers look up."""
    raw = [draft.text[s:e] for s, e in zip(draft.tokens.start.tolist(), draft.tokens.end.tolist(), strict=True)]
    sentence, quotation = draft.tokens.sentence.tolist(), draft.tokens.quotation.tolist()
    text, lower, capital, initial, possessive = [], [], [], [], []
    capitals: Counter[str] = Counter()
    smalls: Counter[str] = Counter()
    starts = True
    for i, token in enumerate(raw):
        if i == 0 or sentence[i] != sentence[i - 1] or quotation[i] != quotation[i - 1]:
            starts = True
        bare = POSSESSIVE.sub("", token) if len(token) > 2 else token
        owns = bare != token
        if "-" in bare:
            bare = STUTTER.sub("", bare)
        small = bare.lower().replace("’", "'")
        begins_capital = bare[:1].isupper()
        text.append(bare)
        lower.append(small)
        capital.append(begins_capital)
        initial.append(starts)
        possessive.append(owns)
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
